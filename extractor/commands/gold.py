"""``extractor gold``: labels without text, and the texts put back to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands._console import say
from extractor.commands._options import OwnKinds

if TYPE_CHECKING:
    from extractor.labels import detached

_SHOWN = 10
_Out = Annotated[Path | None, typer.Option("-o", "--out", help="File to write; without it, standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Labels without text, and their texts put back.", no_args_is_help=True)
    group.command("attach")(attach)
    group.command("strip")(strip)
    app.add_typer(group, name="gold")


def attach(
    labels: Annotated[
        Path,
        typer.Argument(help="Labels without text: a file, or a folder of them.", metavar="LABELS"),
    ],
    sources: Annotated[
        list[str],
        typer.Argument(
            help="What holds the abstracts: arXiv snapshot, OAI or Atom files, folders; - is standard input.",
            metavar="SOURCE...",
        ),
    ],
    out: _Out = None,
    as_read: Annotated[
        bool, typer.Option("--as-read", help="Keep line breaks and blanks as the sources have them.")
    ] = False,
    format: Annotated[
        str | None, typer.Option(help="Format of the sources, told from them by default.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column or field with the abstract.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column or field with the id.")] = None,
    title_column: Annotated[str | None, typer.Option(help="Column or field with the title.")] = None,
    rules: OwnKinds = None,
) -> None:
    """Put the texts back to labels, and write gold.

    Texts are known by the hash of the abstract. Exit code 1 if none of the labels found its text.
    """
    from extractor.labels import detached
    from extractor.outputs import keep_inputs
    from extractor.readers.papers import ReadOptions
    from extractor.rulelang.ruleset import kinds_of_rules

    files = sorted(labels.glob("*.jsonl")) if labels.is_dir() else [labels]
    keep_inputs([*files, *map(Path, sources)], [out])
    options = ReadOptions(format, text_column, id_column, title_column)
    kinds = kinds_of_rules(rules or ())
    result = detached.attach(files, sources, options, as_read=as_read, kinds=kinds)
    for reject in [each for each in result.rejects if each.broken]:
        say(f"not read: {reject}", err=True)
    _tell_lost(result.lost)
    _write(out, result.lines)
    missing = sum(lost.why == "missing" for lost in result.lost)
    counts = f"{len(result.lines)} attached, {missing} missing, {len(result.lost) - missing} changed"
    say(counts, err=True)
    if not result.lines:
        raise typer.Exit(1)


def strip(
    gold: Annotated[Path, typer.Argument(help="Labelled abstracts, JSON lines.", metavar="GOLD")],
    out: _Out = None,
    split: Annotated[
        str | None, typer.Option(help="Name of the split that the lines are of, such as dev or val.")
    ] = None,
    rules: OwnKinds = None,
) -> None:
    """Take the text off labelled abstracts: what is left may be published."""
    from extractor.labels.detached import detach
    from extractor.outputs import keep_inputs
    from extractor.rulelang.ruleset import kinds_of_rules

    keep_inputs([gold], [out])
    extra = {"split": split} if split else {}
    lines = list(detach(gold, extra, kinds=kinds_of_rules(rules or ())))
    _write(out, lines)
    say(f"{len(lines)} abstracts", err=True)


def _tell_lost(lost: list[detached.Lost]) -> None:
    """Names the labels without a text: of each reason the first ones, and how many more."""
    for why in ("missing", "changed"):
        found = [each for each in lost if each.why == why]
        for each in found[:_SHOWN]:
            source = f" ({each.source})" if each.source else ""
            place = f": its abstract at {each.place} is another" if each.place else ""
            say(f"{why}: {each.id}{source}{place}", err=True)
        if len(found) > _SHOWN:
            say(f"{why}: ... and {len(found) - _SHOWN} more", err=True)


def _write(out: Path | None, lines: list[str]) -> None:
    from extractor.commands._console import write_file

    text = "".join(f"{line}\n" for line in lines)
    if out:
        write_file(out, text)
    else:
        typer.echo(text, nl=False)
