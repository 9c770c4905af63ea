"""Plain text: a file, a paragraph or a line for each paper."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from extractor.readers.record import (
    NOT_DECODED,
    Columns,
    Item,
    ReadOptions,
    Reject,
    make_paper,
    undecoded,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.readers.source import Source

_COLUMNS = Columns("abstract", "id", "title")
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n\s*")
_SHORTEST = 200  # characters of an abstract; lines that were wrapped, and headings, are shorter
_MOST = 2_000_000  # characters of a file that is one paper; what is longer is no abstract, which is told
_ENDINGS = re.compile(r"(?:\.txt|\.text)?(?:\.gz|\.gzip|\.zst)?\Z", re.IGNORECASE)


def is_text_name(name: str) -> bool:
    """Says whether an input is named as a plain text is."""
    return ".txt" in (suffix.lower() for suffix in PurePath(name).suffixes[-2:])


def guess_shape(head: str, *, alone: bool) -> str:
    """Tells what of a plain text is a paper.

    Args:
        head: Its first characters.
        alone: It is the only text of a run; of several each is a paper.

    Returns:
        ``paragraphs`` or ``lines`` where there are several and each is long enough for an abstract, else
        ``text``: the whole file.
    """
    if not alone:
        return "text"
    paragraphs = _BLANK_LINES.split(head.strip())
    lines = [line for line in head.strip().splitlines() if line.strip()]
    for shape, parts in (("paragraphs", paragraphs), ("lines", lines)):
        if len(parts) > 1:
            # where blank lines part the text, its lines are no papers; the last part may be cut
            return shape if all(len(part.strip()) >= _SHORTEST for part in parts[:-1]) else "text"
    return "text"


def read_text(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields the whole file as one paper, whose id is the name of the file without its suffix."""
    with source.text(options.encoding) as stream:
        text = stream.read(_MOST)
    name = _ENDINGS.sub("", PurePath(source.name).name)
    yield _paper(text, name if name != "-" else None, source.name, 1)


def read_paragraphs(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields a paper for each paragraph, numbered by its first line; blank lines stand between them."""
    begin, block = 1, list[str]()
    for number, line in _with_an_end(source.lines(options.encoding)):
        if line.strip():
            begin = begin if block else number
            block.append(line)
        elif block:
            yield _paper("\n".join(block), None, source.name, begin)
            block = []


def _with_an_end(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield from lines
    yield 0, ""


def read_line_papers(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields a paper for each line that is not blank."""
    for number, line in source.lines(options.encoding):
        if line.strip():
            yield _paper(line, None, source.name, number)


def _paper(text: str, identity: str | None, file: str, row: int) -> Item:
    if undecoded(text):
        return Reject(file, row, NOT_DECODED, id=identity)
    return make_paper({"abstract": text, "id": identity}, _COLUMNS, file, row)
