"""``extractor parse``: the claims of one text."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.collection import let_go, no_collection
from extractor.commands._console import ask_for_a_file, cell, given_text, limited
from extractor.commands._options import TIMEOUT, MinConfidence, Rules, Timeout

if TYPE_CHECKING:
    from rich.table import Table

    from extractor.record.schema import Extraction

# What stands in columns of its own, or in another form.
_APART = frozenset({"value", "value_high", "bound", "unit", "form", "direction", "mentions"})


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("parse")(parse)


def parse(
    text: Annotated[str, typer.Argument(help="The text, or - to read it from standard input.")],
    rules: Rules = None,
    min_confidence: MinConfidence = 0.0,
    timeout: Timeout = TIMEOUT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Print the claims of one text."""
    text = given_text(text)
    with no_collection():  # what one text needs is less than what the walks through it take
        _print_claims(text, rules, min_confidence, timeout, as_json=as_json)
        let_go()


def _print_claims(text: str, rules: Rules, min_confidence: float, timeout: float, *, as_json: bool) -> None:
    from extractor.engine import engine_of

    engine = engine_of(rules or ())
    with limited(timeout):
        extraction = engine.parse(text).sure(min_confidence)
    if not extraction.claims:
        ask_for_a_file(text)
    if as_json:
        import json

        typer.echo(json.dumps(extraction.model_dump(mode="json"), indent=2))
        return
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120)
    if extraction.claims:
        console.print(claims_table(extraction))
    else:
        console.print("no claims")


def claims_table(extraction: Extraction) -> Table:
    """Returns the claims as a table for the terminal."""
    from rich.table import Table

    from extractor.record.models import spec_of

    table = Table(box=None, pad_edge=False)
    for heading in ("kind", "text", "value", "direction", "details", "rule"):
        table.add_column(heading, overflow="fold")
    for claim in extraction.claims:
        fields = claim.model_dump()
        names = [each.name for each in spec_of(claim).attributes if each.gold and each.name not in _APART]
        details = [f"{name} {fields[name]}" for name in names if fields[name] is not None]
        cells = (
            claim.kind,
            claim.text,
            value_text(fields),
            fields.get("direction"),
            ", ".join(details),
            claim.rule,
        )
        table.add_row(*map(cell, cells))
    return table


def value_text(fields: dict[str, object]) -> str:
    """Writes value, range, bound and unit of a claim as one short text, such as ``<= 20-30 percent``."""
    if fields.get("value") is None:
        return ""
    marks = {"upper": "<= ", "lower": ">= ", "approx": "~ "}
    numbers = "-".join(
        f"{fields[name]:.6g}" for name in ("value", "value_high") if fields.get(name) is not None
    )
    unit = fields.get("unit") or {"ratio": "x", "percent": "%"}.get(str(fields.get("form")), "")
    unit = {"percent": "%"}.get(str(unit), unit)
    blank = "" if unit in ("x", "%", "") else " "
    return f"{marks.get(str(fields.get('bound')), '')}{numbers}{blank}{unit}"
