"""The files that a run writes: their names, how to know them again, and that none of them is an input."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

from extractor.errors import InputError

WITHOUT_CLAIMS, REJECTS, MANIFEST = "without-claims.jsonl", "rejects.jsonl", "manifest.json"
_PAGE = b"<!doctype html"
PAPERS = "papers.jsonl"  # only where it is asked for
JOURNAL = "journal.json"
_PARTIAL = "partial"
_SIDES = tuple(f".{name}" for name in (WITHOUT_CLAIMS, REJECTS, MANIFEST, PAPERS))


def side_file(out: Path, name: str) -> Path:
    """Returns the place of a file that stands beside the output, such as ``claims.csv.rejects.jsonl``."""
    return out.with_name(f"{out.name}.{name}")


def partial_folder(out: Path) -> Path:
    """Returns the folder that holds the work while the output is not complete."""
    return side_file(out, _PARTIAL)


def output_files(out: Path) -> list[Path]:
    """Returns the output and the files beside it."""
    return [out, *(side_file(out, name) for name in (WITHOUT_CLAIMS, REJECTS, MANIFEST, PAPERS))]


def is_output(file: str, exists: Callable[[str], bool]) -> bool:
    """Says whether a run wrote a file.

    Args:
        file: Path of the file.
        exists: Says whether a file is there. A table is known by the manifest beside it, unfinished work by
            its journal; the files beside a table are known by their names.
    """
    folder = PurePath(file).parent
    unfinished = folder.suffix == f".{_PARTIAL}" and exists(str(folder / JOURNAL))
    return file.endswith(_SIDES) or unfinished or exists(f"{file}.{MANIFEST}")


def keep_to_files(outputs: Iterable[Path]) -> None:
    """Refuses to write where something stands that is no file: a run puts a new file in its place.

    Args:
        outputs: Files to be written.

    Raises:
        InputError: One is a folder, a device, a pipe or a socket, be it by a symbolic link.
    """
    for out in outputs:
        try:
            mode = out.stat().st_mode
        except (OSError, ValueError):  # not there
            continue
        if stat.S_ISDIR(mode):
            message = "is a folder; name a file to write"
        elif not stat.S_ISREG(mode):
            message = "is no file, and would be replaced by one; name a file, or - for standard output"
        else:
            continue
        raise InputError(message, file=str(out))


def keep_inputs(inputs: Iterable[str | Path | None], outputs: Iterable[str | Path | None]) -> None:
    """Refuses to write over what is read; a command asks before it does either.

    Args:
        inputs: Files that are read; None for an option that was not given.
        outputs: Files to be written.

    Raises:
        InputError: An output is an input, be it by another name of the same file.
    """
    read = [Path(name) for name in inputs if name is not None]
    for out in outputs:
        if out is not None and any(_is_same(Path(out), path) for path in read):
            message = "is an input and the output at once; name another output"
            raise InputError(message, file=str(out))


def keep_no_pages(out: Path | None) -> None:
    """Refuses to write a page over a file that is none, such as a table whose name was typed by mistake.

    Raises:
        InputError: The output is there, and neither empty nor a page.
    """
    if out is None or not out.is_file():
        return
    try:
        with out.open("rb") as stream:
            begin = stream.read(len(_PAGE))
    except OSError:  # whoever writes it will say why it cannot be
        return
    if begin and begin.lower() != _PAGE:
        message = "is there already and no page; name another output, such as page.html"
        raise InputError(message, file=str(out))


def unwritable(error: OSError) -> str:
    """Says that a file cannot be written, and what to do about it."""
    todo = "name a place that can be"
    if isinstance(error, FileNotFoundError):
        todo = "the folder must be there"
    elif isinstance(error, PermissionError):
        todo = "name a folder in which you may write"
    return f"cannot be written ({error.strerror}); {todo}"


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one of them is not there, or its name can be no file's
        return False
