"""What the evaluating commands share: the terminal they print tables to, and how they write files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console


def console() -> Console:
    """Returns a console that is wide enough for the tables also where the output is no terminal."""
    from rich.console import Console

    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=130)


def write_file(path: Path, text: str) -> None:
    """Writes a file in UTF-8; what UTF-8 cannot write is escaped.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        message = f"cannot be written ({error.strerror}); the folder must be there"
        raise InputError(message, file=str(path)) from error
