"""Renders rows as CSV or JSON lines, of which the other formats are made (extractor.tables.stores)."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.tables.frames import scrub
from extractor.tables.guard import guarded, unguarded
from extractor.tables.rows import Row, Tables, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction

TABLES = ("long", "wide", "records")
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".sqlite": "sqlite",
    ".db": "sqlite",
    ".duckdb": "duckdb",
    ".xlsx": "xlsx",
    ".arrow": "feather",
    ".feather": "feather",
}
OUTPUT_FORMATS = tuple(dict.fromkeys(_SUFFIXES.values()))
TEXT_FORMATS = ("csv", "tsv", "jsonl")  # rendered as they will stand in the output
_DATABASES = ("sqlite", "duckdb")
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_MARK = "\ufeff".encode()  # of UTF-8, by which a spreadsheet knows it


@dataclass(frozen=True, slots=True)
class Layout:
    """What the output looks like.

    Attributes:
        format: One of ``OUTPUT_FORMATS``.
        table: ``long``, one row a claim; ``wide``, one row a paper; ``records``, one extraction a line (JSON
            lines only).
        safe: Put a quote mark before a CSV cell that a spreadsheet would take for a formula.
        mark: Begin CSV and TSV with a byte order mark, by which a spreadsheet knows UTF-8.
        kinds: The kinds of claims, which make the columns; None for the built-in ones.
        min_confidence: Claims that are less sure are left out.
        only_kinds: The kinds whose claims are wanted; all if none are named.
        only_columns: The columns that are wanted, in their order; all if none are named.
        keep: Columns of the inputs that stand in the table too, behind the title.
        papers: Write the papers with their abstracts beside the table.
    """

    format: str = "csv"
    table: str = "long"
    safe: bool = True
    kinds: Kinds | None = None
    mark: bool = False
    min_confidence: float = 0.0
    only_kinds: tuple[str, ...] = ()
    only_columns: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    papers: bool = False

    @property
    def tables(self) -> Tables:
        """The tables of the kinds."""
        return tables_of(self.kinds)

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the table and their types."""
        columns = self._all_columns
        return {name: columns[name] for name in self.only_columns} if self.only_columns else columns

    @property
    def _all_columns(self) -> dict[str, str]:
        columns = self.tables.wide if self.table == "wide" else self.tables.long
        if not self.keep:
            return columns
        first = dict(islice(columns.items(), 2))  # id and title
        return {**first, **dict.fromkeys(self.keep, "text"), **columns}

    @property
    def is_chosen(self) -> bool:
        """Says whether the columns are not those of every table."""
        return bool(self.keep or self.only_columns)

    def chosen(self, row: Row, extraction: Extraction) -> Row:
        """Takes the columns of the table from a row and from what its paper keeps."""
        if not self.is_chosen:
            return row
        kept = extraction.kept
        return {name: row[name] if name in row else kept.get(name) for name in self.columns}

    def check(self) -> None:
        """Asks whether the kinds and columns that were named are there.

        Raises:
            InputError: One is not, or a column to keep has the name of one of the table.
        """
        # In a database, names that differ by case alone are one.
        folded = str.casefold if self.format in _DATABASES else str
        plain = [folded(name) for name in (self.tables.wide if self.table == "wide" else self.tables.long)]
        kept = [folded(name) for name in self.keep]
        for name in self.keep:
            if folded(name) in plain or kept.count(folded(name)) > 1:
                message = f"the column to keep {name!r} stands in the table already; rename it in the input"
                raise InputError(message)
        for what, named, known in (
            ("kind", self.only_kinds, self.tables.kinds),
            ("column", self.only_columns, self._all_columns),
        ):
            for name in named:
                if name not in known:
                    message = f"there is no {what} {name!r}; known: {', '.join(known)}"
                    raise InputError(message)
        if self.is_chosen and self.table == "records":
            message = "records have all that was found; --columns and --keep are for the long and wide table"
            raise InputError(message)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the bytes of the output besides what is found."""
        return {
            "format": self.format,
            "table": self.table,
            "safe": self.safe,
            "mark": self.mark,
            "min_confidence": self.min_confidence,
            "kinds": list(self.only_kinds),
            "columns": list(self.only_columns),
            "keep": list(self.keep),
            "papers": self.papers,
        }

    @property
    def header(self) -> bytes:
        """What stands before the first row."""
        if self.format not in _DELIMITERS:
            return b""
        names = _csv_bytes([list(self.columns)], self.delimiter)
        return _MARK + names if self.mark else names

    @property
    def delimiter(self) -> str:
        """What stands between the cells of a text table."""
        return _DELIMITERS.get(self.format, ",")

    @property
    def is_text(self) -> bool:
        """Says whether the rendered rows are the output."""
        return self.format in TEXT_FORMATS


def format_of_output(out: str) -> str | None:
    """Tells the format of an output from its suffix, if that is a known one."""
    return _SUFFIXES.get(Path(out).suffix.lower())


def make_layout(
    out: str,
    *,
    format: str | None = None,
    table: str = "long",
    safe: bool = True,
    kinds: Kinds | None = None,
    mark: bool = False,
    min_confidence: float = 0.0,
    only_kinds: Sequence[str] = (),
    only_columns: Sequence[str] = (),
    keep: Sequence[str] = (),
    papers: bool = False,
) -> Layout:
    """Chooses the layout of an output by its name.

    Args:
        out: Path of the output, or ``-`` for standard output.
        format: Name of the format; None tells it from the name (CSV on standard output).
        table: One of ``TABLES``.
        safe: See :class:`Layout`.
        kinds: See :class:`Layout`.
        mark: See :class:`Layout`.
        min_confidence: See :class:`Layout`.
        only_kinds: See :class:`Layout`.
        only_columns: See :class:`Layout`.
        keep: See :class:`Layout`.
        papers: See :class:`Layout`.

    Raises:
        InputError: The name does not tell, the format is unknown, or it cannot hold the table.
    """
    chosen = format or ("csv" if out == "-" else format_of_output(out))
    if chosen not in OUTPUT_FORMATS:
        known = ", ".join(OUTPUT_FORMATS)
        if format:
            message = f"unknown output format {format!r}; known: {known}"
            raise InputError(message)
        message = (
            f"the format is not clear from the name; end it in {', '.join(_SUFFIXES)}, or use --to: {known}"
        )
        raise InputError(message, file=out)
    if table not in TABLES:
        message = f"unknown table {table!r}; known: {', '.join(TABLES)}"
        raise InputError(message)
    if table == "records" and chosen != "jsonl":
        message = f"records are written as JSON lines, not as {chosen}; name the output .jsonl"
        raise InputError(message, file=out)
    if mark and chosen not in _DELIMITERS:
        message = f"a byte order mark is for CSV and TSV, not for {chosen}"
        raise InputError(message, file=out)
    if out == "-" and chosen not in TEXT_FORMATS:
        message = f"{chosen} cannot be written to standard output; name a file"
        raise InputError(message)
    if papers and out == "-":
        message = "the papers are written beside a table; name a file"
        raise InputError(message)
    named = (tuple(only_kinds), tuple(only_columns), tuple(keep))
    return Layout(chosen, table, safe, kinds, mark, min_confidence, *named, papers)


def render(extractions: Iterable[Extraction], layout: Layout) -> bytes:
    """Renders extractions as lines of CSV or JSON.

    Args:
        extractions: Any number of them.
        layout: How. What is no text is made of JSON lines later, by :func:`extractor.tables.stores.convert`.

    Returns:
        Whole lines in UTF-8; concatenated results of several calls are the result of one call for all.
    """
    if layout.table == "records":
        return b"".join(_json_line(extraction.model_dump(mode="json")) for extraction in extractions)
    if layout.table == "wide":
        rows: Iterator[Row] = (
            layout.chosen(layout.tables.paper_row(extraction), extraction) for extraction in extractions
        )
    else:
        rows = (
            layout.chosen(row, extraction)
            for extraction in extractions
            for row in layout.tables.claim_rows(extraction)
        )
    if layout.format in _DELIMITERS:
        safe = layout.safe
        cells = (["" if value is None else _cell(value, safe) for value in row.values()] for row in rows)
        return _csv_bytes(cells, layout.delimiter)
    return b"".join(map(_json_line, rows))


class _Lines(list[str]):
    """A file for the csv module, which hands over one line at a time."""

    def write(self, line: str) -> None:
        self.append(line[:-2] + "\n")


def _csv_bytes(rows: Iterable[list[str]], delimiter: str) -> bytes:
    lines = _Lines()
    # The terminator makes the module quote both characters on every version of Python; _Lines takes \r away.
    csv.writer(lines, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return scrub("".join(lines)).encode("utf-8")


def _cell(value: Any, safe: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        plain = not value or not isinstance(value[0], dict)
        value = (
            "; ".join(v if isinstance(v, str) else _number(v) for v in value) if plain else dump_json(value)
        )
    text = str(value)
    return guarded(text) if safe else text


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _json_line(row: dict[str, Any]) -> bytes:
    text = dump_json(row)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # lone surrogates are kept as escapes
        return f"{json.dumps(json.loads(text))}\n".encode()


def cell_text(value: Any) -> str:
    """Writes a value for a cell that no program takes for a formula."""
    return _cell(value, safe=False)


def dump_json(value: Any) -> str:
    """Writes a value as JSON; a number that is none becomes null."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number beyond every float
        return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def has_rows_to_show(layout: Layout) -> bool:
    """Says whether :func:`first_rows` can read a layout: no database, and no records, which are no rows."""
    return layout.table != "records" and layout.format in (*TEXT_FORMATS, "parquet")


def first_rows(out: str, layout: Layout, limit: int) -> list[dict[str, str]]:
    """Reads the first rows of a finished table back, every value as text."""
    if layout.format == "parquet":
        import pyarrow.parquet as pq

        batches = pq.ParquetFile(Path(out).absolute()).iter_batches(batch_size=limit)
        rows: Iterable[Row] = next((batch.to_pylist() for batch in batches), [])
    else:
        is_table = layout.format in _DELIMITERS
        with Path(out).open(encoding="utf-8-sig", newline="") as stream:
            delimiter = layout.delimiter
            lines = csv.DictReader(stream, delimiter=delimiter) if is_table else map(json.loads, stream)
            rows = list(islice(lines, limit))
        if is_table and layout.safe:
            rows = [{name: unguarded(value) for name, value in row.items()} for row in rows]
    return [{name: cell_text(value) for name, value in row.items()} for row in rows]
