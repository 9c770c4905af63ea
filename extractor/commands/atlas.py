"""``extractor atlas``: the claims of a literature as one page of charts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands._options import OwnKinds
from extractor.commands._pages import Output, Title, write_page


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("atlas")(atlas)


def atlas(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="CLAIMS",
            help="What `extractor run` wrote: records (--table records), or the tidy table in any format, "
            "with its abstracts if the run had --papers.",
        ),
    ],
    output: Output,
    title: Title = None,
    rules: OwnKinds = None,
) -> None:
    """Write a page of charts: speed-ups, hardware, datasets, scores, sizes of models and links over time."""
    from extractor.pages import atlas_html

    write_page(atlas_html, source, output, title=title, rules=rules, whole=True)
