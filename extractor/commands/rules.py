"""``extractor rules``: list, check and test the rules, ours and a user's, and what helps to write them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands._console import late, say
from extractor.commands._options import TIMEOUT, OwnKinds, Timeout
from extractor.errors import one_line

if TYPE_CHECKING:
    from extractor.engine import Engine

_Paths = Annotated[
    list[Path] | None, typer.Argument(help="Files or folders with rules; none: the built-in ones only.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="List, check and test the rules; begin one of your own.", no_args_is_help=True)
    group.command("list")(list_rules)
    group.command("check")(check)
    group.command("test")(run_tests)
    group.command("overlaps")(show_overlaps)
    group.command("new")(new)
    group.command("guide")(show_guide)
    group.command("schemas")(schemas)
    app.add_typer(group, name="rules")


def list_rules(
    paths: _Paths = None,
    kind: Annotated[str | None, typer.Option(help="Only rules of this kind.")] = None,
    status: Annotated[str | None, typer.Option(help="Only rules of this status.")] = None,
    as_json: _Json = False,
) -> None:
    """List the rules in the order in which they are tried."""
    from typing import get_args

    from extractor.rulelang.rule import Status
    from extractor.rulelang.ruleset import builtin_ruleset, load_ruleset

    ruleset = load_ruleset(*paths) if paths else builtin_ruleset()
    for name, value, known in (("kind", kind, ruleset.grammar.all), ("status", status, get_args(Status))):
        if value is not None and value not in known:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=f"--{name}")
    rules = [rule for rule in ruleset.rules if kind in (None, rule.kind) and status in (None, rule.status)]
    if as_json:
        _print_json([rule.listed() for rule in rules])
        return
    from rich.table import Table

    from extractor.commands._console import cell, console

    table = Table(box=None, pad_edge=False)
    for heading in ("id", "kind", "status", "examples", "rejects", "place"):
        table.add_column(heading, justify="right" if heading in ("examples", "rejects") else "left")
    for rule in rules:
        place = f"{Path(rule.file).name}:{rule.line}"
        cells = (rule.id, rule.kind, rule.status, str(len(rule.examples)), str(len(rule.rejects)), place)
        table.add_row(*map(cell, cells))
    console().print(table)


def check(paths: _Paths = None, as_json: _Json = False) -> None:
    """Load rules and show every problem; exit code 1 if there is one."""
    from extractor.workbench import rulebench

    problems = rulebench.check(paths or ())
    if as_json:
        keys = ("file", "line", "rule", "message")
        _print_json([{key: getattr(problem, key) for key in keys} for problem in problems])
    else:
        for problem in problems:
            say(str(problem))
        say(f"{len(problems)} problem{'' if len(problems) == 1 else 's'}")
    if problems:
        raise typer.Exit(1)


def run_tests(
    paths: _Paths = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Test the built-in rules too, with the others laid over them.")
    ] = False,
    timeout: Timeout = TIMEOUT,
    as_json: _Json = False,
) -> None:
    """Run the examples and rejects of rules; exit code 1 if one does not go as it must."""
    from extractor.batch.timeouts import TimeUp, guard_here
    from extractor.workbench import rulebench

    def run(case: rulebench.Case, engine: Engine) -> rulebench.CaseResult:
        try:
            with guard(timeout):
                return rulebench.run_case(case, engine)
        except TimeUp as end:
            return rulebench.failed(case, late(end, timeout))

    with guard_here() as guard:
        results = rulebench.examine(paths or (), everything=everything, run=run)
    failed = [result for result in results if not result.ok]
    if as_json:
        _print_json([result.to_json() for result in results])
    else:
        for result in results:
            if result.message:
                mark = "note" if result.ok else "FAILED"
                say(f"{one_line(result.file)}:{result.line}: {mark}: rule {result.rule}: {result.message}")
                say(f"    {result.sort}: {result.text}")
        rules = len({result.rule for result in results})
        say(f"{rules} rules, {len(results)} sentences, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)


def show_overlaps(paths: _Paths = None, as_json: _Json = False) -> None:
    """Show pairs of rules that differ about a value of an example, where none says it is before the other.

    Exit code 1 if there is such a pair.
    """
    from extractor.engine import engine_of
    from extractor.knowledge.sources import rule_files
    from extractor.workbench.overlaps import overlaps

    found = overlaps(engine_of(paths or ()), [file.name for file in rule_files(paths or ())])
    if as_json:
        _print_json([pair._asdict() for pair in found])
    else:
        for pair in found:
            place = f"{pair.file}:{pair.line}"
            say(f"{place}: {pair.first} is tried before {pair.second}, and reads it otherwise:")
            say(f"    {pair.value}: {pair.text}")
        say(f"{len(found)} pair{'' if len(found) == 1 else 's'} without an order")
    if found:
        raise typer.Exit(1)


def new(
    sort: Annotated[str, typer.Argument(metavar="kind|rule|terms", help="What to begin.")],
    name: Annotated[
        str, typer.Argument(help="Name of the kind (kind, terms), or id of the rule, kind.slug.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The file; else NAME.yaml here. - is standard output.")
    ] = None,
    family: Annotated[str, typer.Option(help="Of a kind: amount, level or thing.")] = "amount",
) -> None:
    """Write a kind, a rule or terms with comments, to begin with; an existing file is left alone."""
    from extractor.commands._console import say, write_file
    from extractor.errors import InputError
    from extractor.workbench.skeletons import skeleton

    text = skeleton(sort, name, family=family)
    if out == Path("-"):
        say(text.rstrip("\n"))
        return
    path = out or Path(f"{name}.yaml")
    if path.exists():
        message = "is there already; name another file with --out"
        raise InputError(message, file=str(path))
    write_file(path, text)
    say(f"{path}: {'terms' if sort == 'terms' else f'a {sort}'}", err=True)


def show_guide(
    name: Annotated[
        str, typer.Argument(metavar="[rules|kinds]", help="The language of rules, or kinds of your own.")
    ] = "rules",
) -> None:
    """Print how rules are written, and where the built-in ones are."""
    from extractor.knowledge.kindfiles import builtin_kinds
    from extractor.knowledge.resources import GUIDES, guide

    if name not in GUIDES:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(GUIDES)}", param_hint="NAME")
    say(guide(name).rstrip("\n"))
    place = Path(builtin_kinds().specs[0].file).parent.parent
    say(f"\nThe files of the built-in rules, kinds and words: {place}")


def schemas(
    folder: Annotated[Path, typer.Argument(help="The folder, which must be there.")],
    rules: OwnKinds = None,
) -> None:
    """Write a JSON Schema of each type of file, by which editors complete keys and mark what is wrong."""
    import json

    from extractor.commands._console import write_file
    from extractor.rulelang.ruleset import kinds_of_rules
    from extractor.workbench.fileschemas import file_name, file_schemas

    written = file_schemas(kinds_of_rules(rules or ()))
    for sort, schema in written.items():
        write_file(folder / file_name(sort), json.dumps(schema, indent=1, ensure_ascii=False) + "\n")
    say(f"{folder}: {len(written)} schemas", err=True)


def _print_json(data: object) -> None:
    import json

    typer.echo(json.dumps(data, indent=2))
