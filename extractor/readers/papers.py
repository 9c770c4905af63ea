"""Readers: a lazy stream of papers, and of rows that are none, from inputs of every format."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from extractor.errors import InputError
from extractor.readers.columnar import read_parquet
from extractor.readers.delimited import read_csv, read_tsv, split_header
from extractor.readers.duplicates import without_duplicates
from extractor.readers.finding import find_inputs, format_of_name, passed_over
from extractor.readers.jsonarray import read_json
from extractor.readers.jsonl import read_jsonl
from extractor.readers.listing import looks_like_listing, read_listing
from extractor.readers.plaintext import (
    guess_shape,
    is_text_name,
    read_line_papers,
    read_paragraphs,
    read_text,
)
from extractor.readers.record import Item, Paper, ReadOptions, Reject, Repeat, find_columns
from extractor.readers.references import (
    BIBTEX_ENTRY,
    MEDLINE_ENTRY,
    RIS_ENTRY,
    read_bibtex,
    read_medline,
    read_ris,
)
from extractor.readers.source import STDIN, Meter, Source, wide_encoding
from extractor.readers.webrecords import looks_like_one_object
from extractor.readers.workbook import read_xlsx
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
    "passed_over",
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
    "medline": read_medline,
    "xlsx": read_xlsx,
    "text": read_text,
    "paragraphs": read_paragraphs,
    "lines": read_line_papers,
}
# Names of what other formats hold; their fields are known by the usual names.
_ALIASES = {"arxiv": "jsonl", "semantic-scholar": "jsonl", "openalex": "jsonl", "zotero": "csv"}
_ALIASES |= {"crossref": "json", "openreview": "json", "pubmed": "xml", "oai": "xml"}
_MAGIC = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx"}
_ARRAY = re.compile(r"\[\s*[\[{\]]")
_FIRST_LINES = {re.compile(r"\{"): "jsonl", RIS_ENTRY: "ris", MEDLINE_ENTRY: "medline"}
FORMATS = (*_READERS, "listing", *_ALIASES)


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
    items = _read_all(list(inputs), options, meter or Meter())
    yield from without_duplicates(items) if options.unique else items


def _read_all(inputs: list[str], options: ReadOptions, meter: Meter) -> Iterator[Item]:
    seen: set[bytes] = set()
    alone = one_text(inputs)
    for name in inputs:
        source = Source(name, meter)
        yield from rejecting_errors(name, partial(_items, source, options, seen, alone))


def one_text(inputs: Iterable[str]) -> bool:
    """Says whether at most one of the inputs is a plain text; of several each is one paper."""
    return sum(map(is_text_name, inputs)) < 2


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


def _items(source: Source, options: ReadOptions, seen: set[bytes], alone: bool) -> Iterator[Item]:
    chosen = resolve_format(options.format or guess_format(source, alone=alone))
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


def guess_format(source: Source, *, alone: bool = True) -> str:
    """Tells the format of an input from its first bytes and its name.

    Args:
        source: The input.
        alone: It is the only plain text among the inputs, if it is one; of several each is one paper.

    Raises:
        OSError: It cannot be opened.
        InputError: Neither tells.
    """
    head = source.head()
    if head[:4] in _MAGIC:
        return _MAGIC[head[:4]]
    text = head.decode(wide_encoding(head[:4]) or "utf-8", errors="replace")
    text = text.lstrip("\ufeff")
    begin = text.lstrip()
    is_text = is_text_name(source.name)
    if _looks_like_json(begin, source.name):
        return "json"
    if looks_like_records(head):
        return "xml"
    by_name = format_of_name(source.name)
    guessed = by_name or _format_of_text(text)
    if guessed is None and is_text:
        guessed = "listing" if _is_text_page(text) else guess_shape(text, alone=alone)
    if guessed is None:
        message = (
            f"the format is not clear from name and content; name it with --format: {', '.join(FORMATS)}"
        )
        raise InputError(message, file=source.name)
    return guessed


def _looks_like_json(begin: str, name: str) -> bool:
    """Says whether a text begins as one array or object; a plain text may begin with a bracket, too."""
    lines = Path(name).suffix.lower() in (".jsonl", ".ndjson")
    is_array = begin.startswith("[") and (not is_text_name(name) or _ARRAY.match(begin) is not None)
    return is_array or (begin.startswith("{") and not lines and looks_like_one_object(begin))


def _format_of_text(text: str) -> str | None:
    lines = text.lstrip().split("\n", 3)
    for pattern, name in _FIRST_LINES.items():
        if pattern.match(lines[0]):
            return name
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


def _is_text_page(text: str) -> bool:
    """Says whether short lines and long ones alternate in a text: a listing without its furniture."""
    lines = text.split("\n", 5)[:4]
    if len(lines) > 1 and not lines[1].strip():  # a heading with a blank line below it
        return False
    lines = [line for line in lines if line.strip()]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    return bool(pairs) and all(2 * len(a) < len(b) for a, b in pairs)
