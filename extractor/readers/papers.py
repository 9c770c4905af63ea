"""Readers: a lazy stream of papers, and of rows that are none, from inputs of every format."""

from __future__ import annotations

import glob
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from extractor.errors import InputError
from extractor.outputs import is_output
from extractor.readers.columnar import read_parquet
from extractor.readers.delimited import read_csv, read_tsv, split_header
from extractor.readers.jsonarray import read_json
from extractor.readers.jsonl import read_jsonl
from extractor.readers.listing import looks_like_listing, read_listing
from extractor.readers.record import Item, Paper, ReadOptions, Reject, Repeat, find_columns
from extractor.readers.references import BIBTEX_ENTRY, RIS_ENTRY, read_bibtex, read_ris
from extractor.readers.source import STDIN, Meter, Source, file_system, is_address, wide_encoding
from extractor.readers.webrecords import looks_like_one_object
from extractor.readers.xmlrecords import looks_like_records, read_xml

__all__ = [
    "FORMATS",
    "STDIN",
    "Item",
    "Meter",
    "Paper",
    "ReadOptions",
    "Reject",
    "Repeat",
    "find_inputs",
    "read_papers",
]

_Reader = Callable[[Source, ReadOptions], Iterator[Item]]

_READERS: dict[str, _Reader] = {
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": read_tsv,
    "parquet": read_parquet,
    "bibtex": read_bibtex,
    "ris": read_ris,
    "xml": read_xml,
}
# Names of what other formats hold; their fields are known by the usual names.
_ALIASES = {"arxiv": "jsonl", "semantic-scholar": "jsonl", "openalex": "jsonl", "zotero": "csv"}
_ALIASES |= {"crossref": "json", "openreview": "json", "pubmed": "xml", "oai": "xml"}
FORMATS = (*_READERS, "listing", *_ALIASES)
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
}
_COMPRESSED = (".gz", ".zst", ".gzip")


def read_papers(
    inputs: Iterable[str], options: ReadOptions | None = None, *, meter: Meter | None = None
) -> Iterator[Item]:
    """Reads inputs one after the other, in constant memory.

    Args:
        inputs: Files, as :func:`find_inputs` returns them; ``-`` is standard input.
        options: Format, columns and encoding; guessed from name and content by default.
        meter: Counts the bytes read, for a progress bar.

    Yields:
        A :class:`Paper` for each row with an abstract, in the order of the inputs; a :class:`Reject` for each
        row, or rest of a file, that could not be read; a :class:`Repeat` for a paper that stood in a listing
        before.

    Raises:
        InputError: The options name an unknown format or encoding.
    """
    options = options or ReadOptions()
    check_options(options)
    seen: set[bytes] = set()
    for name in inputs:
        source = Source(name, meter or Meter())
        yield from rejecting_errors(name, partial(_items, source, options, seen))


def check_options(options: ReadOptions) -> None:
    """Raises an InputError if the options name an unknown format or encoding."""
    if options.format is not None and options.format not in FORMATS:
        message = f"unknown format {options.format!r}; known: {', '.join(FORMATS)}"
        raise InputError(message)
    try:
        "".encode(options.encoding)
    except LookupError:
        message = f"unknown encoding {options.encoding!r}; such as utf-8, latin-1, cp1252, utf-16"
        raise InputError(message) from None


def _items(source: Source, options: ReadOptions, seen: set[bytes]) -> Iterator[Item]:
    chosen = resolve_format(options.format or guess_format(source))
    if chosen == "listing":
        return read_listing(source, options, seen)
    return _READERS[chosen](source, options)


def rejecting_errors(file: str, read: Callable[[], Iterator[Item]]) -> Iterator[Item]:
    """Reads one input; what breaks off its reading becomes the last item, so that the others are read.

    Args:
        file: The input.
        read: Opens it and returns its items.
    """
    row = 0
    try:
        for item in read():
            row = item.row or row
            yield item
    except (OSError, EOFError, zlib.error, UnicodeError, InputError) as error:
        yield Reject(file, None, _broken(error, row), broken=True)


def _broken(error: Exception, row: int) -> str:
    if isinstance(error, InputError):
        return error.message
    if isinstance(error, EOFError):
        reason = "the compressed file is cut short"
    elif isinstance(error, OSError) and error.strerror:
        reason = error.strerror
    else:
        reason = str(error) or type(error).__name__
    return f"cannot be read: {reason}" if row == 0 else f"cannot be read behind row {row}: {reason}"


def resolve_format(name: str) -> str:
    """Returns the format of which a name is another one, such as jsonl for openalex."""
    return _ALIASES.get(name, name)


def guess_format(source: Source) -> str:
    """Tells the format of an input from its first bytes and its name.

    Raises:
        OSError: It cannot be opened.
        InputError: Neither tells.
    """
    head = source.head()
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.decode(wide_encoding(head[:4]) or "utf-8", errors="replace")
    text = text.lstrip("\ufeff")
    begin = text.lstrip()
    lines = Path(source.name).suffix.lower() in (".jsonl", ".ndjson")
    if begin.startswith("[") or (begin.startswith("{") and not lines and looks_like_one_object(begin)):
        return "json"
    if looks_like_records(head):
        return "xml"
    by_name = _format_of_name(source.name)
    guessed = by_name or _format_of_text(text) or ("listing" if _is_text_page(source.name, text) else None)
    if guessed is None:
        message = (
            f"the format is not clear from name and content; name it with --format: {', '.join(FORMATS)}"
        )
        raise InputError(message, file=source.name)
    return guessed


def _format_of_name(name: str) -> str | None:
    path = Path(name)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return _SUFFIXES.get(path.suffix.lower())


def _format_of_text(text: str) -> str | None:
    lines = text.lstrip().split("\n", 3)
    if lines[0].startswith("{"):
        return "jsonl"
    if RIS_ENTRY.match(lines[0]):
        return "ris"
    if any(BIBTEX_ENTRY.match(line) for line in text.split("\n")[:50]):
        return "bibtex"
    if looks_like_listing(lines):
        return "listing"
    delimiter, header = split_header(lines[0])
    is_table = len(lines) > 1 and split_header(lines[1])[0] == delimiter and all(map(_is_name, header))
    if len(header) > 1 and (is_table or find_columns(header, ReadOptions()).text):
        return "tsv" if delimiter == "\t" else "csv"
    return None


def _is_name(cell: str) -> bool:
    return 0 < len(cell) < 40 and cell[0].isalpha()


def _is_text_page(name: str, text: str) -> bool:
    """Says whether short lines and long ones alternate in a text file: a listing without its furniture."""
    lines = [line for line in text.split("\n", 5)[:4] if line.strip()]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    return ".txt" in Path(name).suffixes and bool(pairs) and all(2 * len(a) < len(b) for a, b in pairs)


def find_inputs(names: Iterable[str]) -> list[str]:
    """Resolves files, folders and glob patterns to files.

    Args:
        names: As the user wrote them; ``-`` is standard input. Of a folder, every file of a known suffix at
            any depth is taken, in the order of the paths; hidden ones are not. Of folders and patterns, what
            a run wrote is not taken either.

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
    return sorted(file for file in files if not is_output(file, lambda other: Path(other).exists()))


def _files_in(folder: Path) -> list[str]:
    """Returns the inputs of a folder, and what in it cannot be looked into: reading that tells why."""
    found: list[str] = []

    def unreadable(error: OSError) -> None:
        place = Path(error.filename or folder)
        if place == folder or not _is_hidden(place.relative_to(folder).as_posix()):
            found.append(str(place))

    for place, _, names in os.walk(folder, onerror=unreadable):
        files = [Path(place, name) for name in names]
        found += [str(file) for file in files if _is_input(file, folder)]
    return found


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
    return not _is_hidden(path) and (bare or _format_of_name(path) is not None)


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "_")) for part in path.split("/"))


def _is_input(file: Path, folder: Path) -> bool:
    return file.is_file() and _is_known(file.relative_to(folder).as_posix())
