"""Which files an input names: files, folders, patterns, addresses; and what is passed over in folders."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from extractor.errors import InputError
from extractor.outputs import is_output
from extractor.readers.plaintext import is_text_name
from extractor.readers.source import STDIN, file_system, is_address

_SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".ris": "ris",
    ".xml": "xml",
    ".atom": "xml",
    ".medline": "medline",
    ".nbib": "medline",
    ".xlsx": "xlsx",
}
_COMPRESSED = (".gz", ".zst", ".gzip")


def format_of_name(name: str) -> str | None:
    """Tells the format of an input from its suffix, if that is a known one."""
    path = Path(name)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return _SUFFIXES.get(path.suffix.lower())


def find_inputs(names: Iterable[str]) -> list[str]:
    """Resolves files, folders and glob patterns to files.

    Args:
        names: As the user wrote them; ``-`` is standard input. Of a folder, every file of a known suffix at
            any depth is taken, in the order of the paths, and plain texts if there is nothing else; hidden
            ones are not. Of folders and patterns, what a run wrote is not taken either.

    Returns:
        The files in the order of the names, each once, also where two names lead to the same file.

    Raises:
        InputError: One names nothing, or nothing was named.
    """
    found: dict[str, str] = {}
    for name in names:
        files = _files_of(name)
        if not files:
            is_folder = Path(name).is_dir()
            kind = "folder without readable files" if is_folder else "no such file"
            but = " but those that a run wrote" if is_folder or glob.has_magic(name) else ""
            raise InputError(f"{kind}{but}: nothing to read", file=name)
        for file in files:
            found.setdefault(file if file == STDIN or is_address(file) else str(Path(file).resolve()), file)
    if not found:
        message = "no input was named"
        raise InputError(message)
    return list(found.values())


def _files_of(name: str) -> list[str]:
    if is_address(name):
        return _files_at(name)
    path = Path(name)
    if name == STDIN or path.is_file() or (path.exists() and not path.is_dir()):
        return [name]
    if path.is_dir():
        files = _files_in(path)
    else:
        matches = glob.glob(name, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute patterns
        files = [match for match in matches if Path(match).is_file()]
    return sorted(file for file in files if not _is_written(file))


def _files_in(folder: Path) -> list[str]:
    """Returns the inputs of a folder, and what in it cannot be looked into: reading that tells why."""
    known: list[str] = []
    texts: list[str] = []
    unreadable: list[str] = []

    def note(error: OSError) -> None:
        place = Path(error.filename or folder)
        if place == folder or not _is_hidden(place.relative_to(folder).as_posix()):
            unreadable.append(str(place))

    for place, _, names in os.walk(folder, onerror=note):
        files = [Path(place, name) for name in names]
        known += [str(file) for file in files if _is_input(file, folder) and not _is_written(str(file))]
        texts += [str(file) for file in files if is_text_name(file.name) and _is_shown(file, folder)]
    return unreadable + (known or texts)


def _is_written(file: str) -> bool:
    return is_output(file, lambda other: Path(other).exists())


def passed_over(names: Iterable[str]) -> list[str]:
    """Names the files of folders that no suffix makes inputs; hidden ones, and what a run wrote, aside.

    Args:
        names: As for :func:`find_inputs`; only folders on this machine pass files over.
    """
    found: list[str] = []
    for name in names:
        folder = Path(name)
        if name == STDIN or is_address(name) or not folder.is_dir():
            continue
        taken = set(_files_in(folder))
        for place, _, files in os.walk(folder):
            shown = [Path(place, file) for file in files if _is_shown(Path(place, file), folder)]
            found += [str(file) for file in shown if str(file) not in taken]
    return sorted(file for file in found if not _is_written(file))


def _is_shown(file: Path, folder: Path) -> bool:
    return file.is_file() and not _is_hidden(file.relative_to(folder).as_posix())


def _files_at(address: str) -> list[str]:
    """Finds what an address such as ``s3://bucket/folder/*.parquet`` names."""
    system, path = file_system(address)
    try:
        if glob.has_magic(path):
            found = there = system.glob(path)
        elif system.isdir(path):
            there = system.find(path)
            found = [name for name in there if _is_known(name.removeprefix(path))]
        else:
            return [system.unstrip_protocol(path)] if system.exists(path) else []
    except OSError as error:
        raise InputError(f"cannot be looked for: {error}", file=address) from error
    exists = set(there).__contains__
    return [system.unstrip_protocol(name) for name in sorted(found) if not is_output(name, exists)]


def _is_known(path: str) -> bool:
    """Says whether a file in a folder is an input: of a known suffix, or compressed and without any other."""
    name = PurePosixPath(path)
    bare = name.suffix.lower() in _COMPRESSED and not name.with_suffix("").suffix
    return not _is_hidden(path) and (bare or format_of_name(path) is not None)


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "_")) for part in path.split("/"))


def _is_input(file: Path, folder: Path) -> bool:
    return file.is_file() and _is_known(file.relative_to(folder).as_posix())
