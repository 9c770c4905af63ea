"""What commands share: the text they are given, the terminal for their tables, and how they write files."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from extractor.errors import InputError, cause, one_line, visible
from extractor.outputs import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console
    from rich.text import Text

    from extractor.batch.timeouts import TimeUp

_FILE_NAME = re.compile(r"[^\s<>|?*]{0,250}(?:/[^\s<>|?*]{1,100}|\w\.[A-Za-z]{2,8})")


def console() -> Console:
    """Returns a console that is wide enough for the tables also where the output is no terminal."""
    from rich.console import Console

    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=130)


def say(text: str = "", *, err: bool = False) -> None:
    """Prints a line; what could steer the terminal, in an abstract or the name of a file, is escaped."""
    typer.echo(visible(text), err=err)


def counted(number: int, noun: str) -> str:
    """Writes how many there are: ``1 paper``, ``20,000 papers``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cell(text: str | None) -> Text:
    """Makes a cell of a table, on one line and as :func:`say` prints it."""
    from rich.text import Text

    return Text(one_line(text or ""))


def given_text(argument: str) -> str:
    """Returns the text that an argument is or, as ``-``, names; of the name of a file says what reads it."""
    if argument == "-":
        try:
            return sys.stdin.buffer.read().decode("utf-8", "replace")
        except OSError as error:
            message = f"cannot be read: {cause(error)}"
            raise InputError(message, file="standard input") from error
    if os.path.isfile(argument):  # noqa: PTH113 - that of Path raises an error for a long text
        say(f"note: {argument} is read as a text; `extractor run` reads files", err=True)
    return argument


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Gives the reading of a text so many seconds.

    Raises:
        InputError: They were not enough; the rule that took them is named.
    """
    from extractor.batch.timeouts import TimeUp, guard_here

    with guard_here() as guard:
        try:
            with guard(seconds):
                yield
        except TimeUp as end:
            raise InputError(late(end, seconds)) from None


def late(end: TimeUp, seconds: float) -> str:
    """Says that a text took too long, and in which rule."""
    from extractor.batch.timeouts import rule_at_work

    rule = rule_at_work(end)
    where = f", in the pattern of rule {rule}" if rule else ""
    return f"took longer than {seconds:g} s{where}; raise --timeout to read it"


def ask_for_a_file(argument: str) -> None:
    """Asks whether a text in which nothing was found is the name of a file that is not there."""
    if _FILE_NAME.fullmatch(argument) and not os.path.isfile(argument):  # noqa: PTH113 - as above
        note = f"note: was a file meant? There is no {argument}, and `extractor run` reads files"
        say(note, err=True)


def write_file(path: Path, text: str) -> None:
    """Writes a file in UTF-8; what UTF-8 cannot write is escaped.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(unwritable(error), file=str(path)) from error
