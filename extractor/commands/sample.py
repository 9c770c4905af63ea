"""``extractor sample``: labelled abstracts to try the other commands on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sample")(sample)


def sample(
    out: Annotated[Path, typer.Argument(help="The file; - is standard output.", metavar="[OUT]")] = Path(
        "sample.jsonl"
    ),
    papers: Annotated[int | None, typer.Option(help="How many; all if not given.", min=1)] = None,
) -> None:
    """Write abstracts that people labelled, to try run, view and evaluate on; no file is overwritten."""
    from extractor.commands._console import say, write_file
    from extractor.errors import InputError
    from extractor.knowledge.resources import sample_file

    lines = sample_file().read_text(encoding="utf-8").splitlines(keepends=True)[:papers]
    if out == Path("-"):
        typer.echo("".join(lines), nl=False)
        return
    if out.exists():
        message = "is there already; name another file"
        raise InputError(message, file=str(out))
    write_file(out, "".join(lines))
    say(f"{out}: {len(lines)} labelled abstracts, which the rules were written with", err=True)
    say(f"Try: extractor run {out} -o claims.csv --show 12", err=True)
    say(f"     extractor evaluate {out}", err=True)
