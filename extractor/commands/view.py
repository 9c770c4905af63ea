"""``extractor view``: the results of a batch as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands._options import OwnKinds
from extractor.commands._pages import Output, Title, write_page


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
    output: Output,
    title: Title = None,
    rules: OwnKinds = None,
) -> None:
    """Write a page that shows every claim in its abstract, to filter, sort and search in a browser."""
    from extractor.pages import view_html

    write_page(view_html, source, output, title=title, rules=rules)
