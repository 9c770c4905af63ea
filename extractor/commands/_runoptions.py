"""The options of ``extractor run``."""

from __future__ import annotations

from typing import Annotated

import typer

_INPUTS = "Files, folders or glob patterns: JSON lines, CSV, listing pages ...; - is standard input."
_FORMATS = (
    "jsonl, json, csv, tsv, xlsx, parquet, bibtex, ris, medline, xml, listing, text, paragraphs, lines, "
    "arxiv, semantic-scholar, openalex, zotero, crossref, openreview, pubmed, oai"
)
_OUTPUT_FORMATS = "csv, tsv, jsonl, parquet, sqlite, duckdb, xlsx, feather"
_OUT = (
    "Output: a name ending in .csv, .tsv, .jsonl, .parquet, .sqlite, .duckdb, .xlsx or .feather, or - for "
    "standard output."
)

# --- what is read -------------------------------------------------------------------------------------------
Inputs = Annotated[list[str], typer.Argument(help=_INPUTS)]
InputFormat = Annotated[
    str | None, typer.Option(help=f"Format of the inputs, told from them by default: {_FORMATS}.")
]
TextColumn = Annotated[str | None, typer.Option(help="Column or field with the abstract.")]
IdColumn = Annotated[str | None, typer.Option(help="Column or field with the id.")]
TitleColumn = Annotated[str | None, typer.Option(help="Column or field with the title.")]
Encoding = Annotated[str, typer.Option(help="Encoding of text inputs.")]
SkipDuplicates = Annotated[
    bool, typer.Option("--skip-duplicates", help="Read a paper once, known by arXiv id, DOI or title.")
]

# --- what is written ----------------------------------------------------------------------------------------
Out = Annotated[str, typer.Option("-o", "--out", help=_OUT)]
Shape = Annotated[str, typer.Option(help="long: a row a claim; wide: a row a paper; records: JSON.")]
OutputFormat = Annotated[
    str | None, typer.Option(help=f"Format of the output, where its name does not tell: {_OUTPUT_FORMATS}.")
]
Keep = Annotated[
    list[str] | None,
    typer.Option(help="Columns or fields of the inputs for the table, such as year,venue."),
]
OnlyKinds = Annotated[
    list[str] | None, typer.Option(help="Only claims of these kinds, such as speedup,score.")
]
Papers = Annotated[
    bool, typer.Option("--papers", help="Write the abstracts beside the table, for view and atlas.")
]
OnlyColumns = Annotated[
    list[str] | None, typer.Option(help="Only these columns, in this order, such as id,text,value.")
]
KeepFormulas = Annotated[
    bool, typer.Option("--keep-formulas", help="Leave CSV cells that begin with = + - @ as they are.")
]
ByteOrderMark = Annotated[
    bool, typer.Option("--bom", help="Begin CSV and TSV with a byte order mark, as Excel wants it.")
]
Show = Annotated[int, typer.Option(min=0, help="Print that many rows of the table at the end.")]

# --- how ----------------------------------------------------------------------------------------------------
Processes = Annotated[
    int | None,
    typer.Option(min=1, help="Number of processes, 1 by default; of a local cluster one a core."),
]
Chunk = Annotated[int, typer.Option(min=1, help="Papers handed to a process at once.")]
PaperTimeout = Annotated[float, typer.Option(min=0.001, help="Seconds after which a paper is rejected.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut off.")]
Cluster = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler, or local; OUT becomes a folder of parts.")
]
