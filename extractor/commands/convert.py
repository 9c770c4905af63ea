"""``extractor convert``: gold to and from annotation tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands._options import OwnKinds

_FORMATS = "gold, brat, doccano, label-studio or docbin"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("convert")(convert)


def convert(
    source: Annotated[Path, typer.Argument(help="What to read.", metavar="SRC")],
    target: Annotated[Path, typer.Argument(help="What to write.", metavar="DST")],
    from_: Annotated[
        str | None, typer.Option("--from", help=f"Format of SRC: {_FORMATS}; without it the name tells.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Format of DST; without it the name tells.")] = None,
    as_labels: Annotated[
        bool, typer.Option("--as-labels", help="Leave out what only reading says: a draft to be corrected.")
    ] = False,
    rules: OwnKinds = None,
) -> None:
    """Turn labelled abstracts into the format of an annotation tool, and back."""
    from extractor.commands._console import say
    from extractor.labels import convert as library
    from extractor.outputs import keep_inputs
    from extractor.rulelang.ruleset import kinds_of_rules

    keep_inputs([source], [target])
    known = (from_ or library.guess_format(source), to or library.guess_format(target))
    kinds = kinds_of_rules(rules or ())
    number = library.convert(source, target, from_=known[0], to=known[1], kinds=kinds, as_labels=as_labels)
    say(f"{number} abstracts: {known[0]} {source} -> {known[1]} {target}", err=True)
