"""Text pages of a paper listing: two lines of furniture, then title and abstract on alternating lines."""

from __future__ import annotations

import re
from collections import deque
from hashlib import blake2b
from typing import TYPE_CHECKING

from extractor.readers.record import (
    NOT_DECODED,
    Item,
    Paper,
    ReadOptions,
    Reject,
    Repeat,
    default_id,
    undecoded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.readers.source import Source

_GLUED = re.compile(r"Subscribe(?=\S)")
_FURNITURE_WIDTH = 120  # characters; abstracts are longer
_Line = tuple[int, str]


def read_listing(source: Source, options: ReadOptions, seen: set[bytes]) -> Iterator[Item]:
    """Yields the papers of one or several pages.

    Args:
        source: The input; pages may follow each other in it.
        options: Only the encoding is used.
        seen: Digests of the papers read so far, on this page or another; a paper in it is not read again.
    """
    lines = _without_furniture(source.lines(options.encoding))
    for number, title in lines:
        if not title.strip():
            continue
        following = next(lines, None)
        if following is None or not following[1].strip():
            yield Reject(source.name, number, "a title without an abstract in the next line")
            continue
        yield _paper(source.name, number, title.strip(), following[1], seen)


def looks_like_listing(lines: list[str]) -> bool:
    """Says whether the first lines of an input are those of a listing page."""
    return any(_GLUED.match(line) for line in lines[:3])


def _paper(file: str, number: int, title: str, abstract: str, seen: set[bytes]) -> Item:
    if undecoded(title) or undecoded(abstract):
        return Reject(file, number, NOT_DECODED)
    digest = blake2b(f"{title}\n{abstract}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest in seen:
        return Repeat(file, number)
    seen.add(digest)
    return Paper(default_id(file, number), title, abstract, file, number)


def _without_furniture(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Drops the two short lines above each glued ``Subscribe``, and the word itself."""
    window: deque[_Line] = deque()
    while True:
        while len(window) < 3 and (line := next(lines, None)) is not None:
            window.append(line)
        if not window:
            return
        if len(window) == 3 and _GLUED.match(window[2][1]) and _is_furniture(window[0], window[1]):
            window.popleft()
            window.popleft()
        number, text = window.popleft()
        yield number, _GLUED.sub("", text, count=1) if _GLUED.match(text) else text


def _is_furniture(*lines: _Line) -> bool:
    return all(len(text) < _FURNITURE_WIDTH for _, text in lines)
