"""``extractor compare``: what a change fixed and what it broke."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("compare")(compare)


def compare(
    old: Annotated[
        Path, typer.Argument(help="Result before the change, from evaluate --json.", metavar="OLD.json")
    ],
    new: Annotated[Path, typer.Argument(help="Result after it.", metavar="NEW.json")],
    json: Annotated[Path | None, typer.Option(help="Write the comparison as JSON.", metavar="FILE")] = None,
    fail_on_broken: Annotated[
        bool, typer.Option("--fail-on-broken", help="Exit code 1 if anything broke.")
    ] = False,
) -> None:
    """List what a change fixed and what it broke."""
    from extractor.commands._console import console, say, write_file
    from extractor.evaluation import comparison as library
    from extractor.evaluation.render import from_json, print_sections, print_sheets
    from extractor.evaluation.report_tables import comparison_sheets, difference_sections
    from extractor.labels.goldfile import dump_json
    from extractor.outputs import keep_inputs

    keep_inputs([old, new], [json])
    result = library.compare(from_json(old), from_json(new))
    if json:
        write_file(json, dump_json(result.model_dump(mode="json"), indent=1) + "\n")
    terminal = console()
    print_sheets(comparison_sheets(result), terminal)
    print_sections(difference_sections(result), terminal)
    for ids, what in (
        (result.relabelled, "have another text or other gold claims in the new file"),
        (result.only_old, "are only in the old file"),
        (result.only_new, "are only in the new file"),
    ):
        if ids:
            say(f"note: {len(ids)} abstracts {what}; their errors are not compared", err=True)
    if fail_on_broken and result.broken:
        raise typer.Exit(1)
