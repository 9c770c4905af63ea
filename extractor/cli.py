"""The ``extractor`` command: registers the commands, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import typer

from extractor import __version__, commands
from extractor.errors import ExtractorError

_FIRST = ("run", "parse")  # in the help, before the other commands


def build_app() -> typer.Typer:
    """Returns the application with every command registered."""
    app = typer.Typer(
        name="extractor",
        help="Reads the claims of paper abstracts into a tidy table.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_common)
    for name in command_modules():
        importlib.import_module(f"extractor.commands.{name}").register(app)
    return app


def command_modules() -> list[str]:
    """Returns the names of the command modules in the order of the help."""
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    return [*_FIRST, *sorted(name for name in found - {*_FIRST} if not name.startswith("_"))]


def _common(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Reads the claims of paper abstracts into a tidy table."""
    if version:
        typer.echo(f"paperclaims {__version__}")
        raise typer.Exit


def main() -> None:
    """Runs the command line: exit code 0 for success, 1 for an error of the input, 2 for one of usage."""
    try:
        build_app()()
    except ExtractorError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output, such as head, has gone: no error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
