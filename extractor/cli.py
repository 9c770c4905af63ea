"""The ``extractor`` command: registers the commands, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from extractor import __version__, commands
from extractor.collection import let_go, no_collection
from extractor.commands._streams import (
    Interrupted,
    ReaderGone,
    discard_output,
    open_closed_streams,
    output_told,
    signals_raised,
)
from extractor.errors import ExtractorError, visible

_FIRST = ("run", "parse")  # in the help, before the other commands


class _Group(TyperGroup):
    """Meets the errors of the standard output before typer does, which ends with 1 for each of them."""

    def make_context(self, *given: Any, **options: Any) -> Any:
        with output_told():
            return super().make_context(*given, **options)

    def invoke(self, ctx: Any) -> Any:
        with output_told():
            return super().invoke(ctx)


def build_app(*only: str) -> typer.Typer:
    """Returns the application with every command registered.

    Args:
        *only: Modules of commands to register; all if none are named.
    """
    app = typer.Typer(
        cls=_Group,
        name="extractor",
        help="Reads the claims of paper abstracts into a tidy table.",
        epilog="To begin: extractor sample papers.jsonl; extractor run papers.jsonl -o claims.csv --show 9",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_common)
    for name in only or command_modules():
        importlib.import_module(f"extractor.commands.{name}").register(app)
    return app


def command_modules() -> list[str]:
    """Returns the names of the command modules in the order of the help."""
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    return [*_FIRST, *sorted(name for name in found - {*_FIRST} if not name.startswith("_"))]


def _asked() -> list[str]:
    """Returns the module of the command that is run, so that no other is loaded; none if it is not clear."""
    return [name for name in sys.argv[1:2] if name in command_modules()]


def _common(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Reads the claims of paper abstracts into a tidy table."""
    if version:
        typer.echo(f"paperclaims {__version__}")
        raise typer.Exit


def main() -> None:
    """Runs the command line.

    The exit code is 0 for success, 1 for an error of the input, 2 for one of usage, 128 and its number for a
    signal. A reader of our output that has gone, such as head, is no error.
    """
    open_closed_streams()
    try:
        with signals_raised():
            with no_collection():
                app = build_app(*_asked())
            app()
    except ExtractorError as error:
        print(visible(f"error: {error}"), file=sys.stderr)
        discard_output()
        sys.exit(1)
    except ReaderGone:
        discard_output()
        sys.exit(0)
    except Interrupted as end:
        print(end, file=sys.stderr)
        discard_output()
        sys.exit(end.exit_code)
    finally:
        let_go()
