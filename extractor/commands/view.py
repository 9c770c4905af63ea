"""``extractor view``: the results of a batch as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands._options import OwnKinds


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("view")(view)


def view(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE_OR_JSONL",
            help="What `extractor run` wrote: JSONL of extractions, which hold the abstracts, "
            "or the tidy table in any format, with its abstracts if the run had --papers.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PAGE.html", help="The page to write.")],
    title: Annotated[
        str | None, typer.Option(help="Heading of the page; else the name of the input.")
    ] = None,
    rules: OwnKinds = None,
) -> None:
    """Write a page that shows every claim in its abstract, to filter, sort and search in a browser."""
    from extractor.commands._console import say, write_file
    from extractor.outputs import keep_inputs
    from extractor.pages import read_documents, view_html
    from extractor.rulelang.ruleset import kinds_of_rules

    keep_inputs([source], [output])
    kinds = kinds_of_rules(rules or ())
    documents = read_documents(source, kinds=kinds)
    html = view_html(documents, title=title or source.name, kinds=kinds)
    write_file(output, html)
    claims = sum(len(document.claims) for document in documents)
    say(f"{output}: {claims:,} claims in {len(documents):,} papers", err=True)
    if documents and all(document.abstract is None for document in documents):
        say("the table holds no abstracts; run with --papers to see the claims in them", err=True)
