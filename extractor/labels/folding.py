"""An abstract without what copying changes: its folded text, the hash of that, and both texts' places."""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

Place = tuple[int, int]


class Folded(NamedTuple):
    """A folded text, and where its characters stand in the text that it was made of.

    Attributes:
        raw: The text as it was.
        text: The folded one.
        starts: For each character of ``text`` where it begins in ``raw``; of a blank its white space.
        ends: For each where it ends.
    """

    raw: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def to_raw(self, start: int, end: int) -> Place:
        """Returns the place in ``raw`` of a span of ``text`` that is not empty."""
        return self.starts[start], self.ends[end - 1]

    def to_folded(self, start: int, end: int) -> Place:
        """Returns the place in ``text`` of a span of ``raw`` that has other characters than white space."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


def fold(text: str) -> str:
    """Folds a text: Unicode form NFC, each run of white space one blank, none at either end.

    White space is what ``str.split`` splits at.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def fingerprint(text: str) -> str:
    """Returns the SHA-256 of the folded text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()


def fold_with_places(text: str) -> Folded:
    """Folds a text and remembers where each character stood.

    Characters that NFC joins or splits share one place.
    """
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    blank: Place | None = None
    for character, (start, end) in _normal(text):
        if character.isspace():
            blank = (blank[0] if blank else start, end)
            continue
        if blank and characters:
            characters.append(" ")
            starts.append(blank[0])
            ends.append(blank[1])
        blank = None
        characters.append(character)
        starts.append(start)
        ends.append(end)
    return Folded(text, "".join(characters), tuple(starts), tuple(ends))


def _normal(text: str) -> Iterator[tuple[str, Place]]:
    """Yields the characters of the text in NFC, each with its place in the text."""
    if unicodedata.is_normalized("NFC", text):
        yield from ((character, (place, place + 1)) for place, character in enumerate(text))
        return
    for start, end in _clusters(text):
        normal = unicodedata.normalize("NFC", text[start:end])
        if normal == text[start:end]:
            yield from ((character, (start + n, start + n + 1)) for n, character in enumerate(normal))
        else:
            yield from ((character, (start, end)) for character in normal)


def _clusters(text: str) -> Iterator[Place]:
    """Yields stretches that NFC leaves apart: the form of the text is that of the stretches, joined."""
    start = 0
    for place in range(1, len(text)):
        character = text[place]
        if character.isascii() or _apart(text[start:place], character):
            yield start, place
            start = place
    if text:
        yield start, len(text)


def _apart(before: str, character: str) -> bool:
    if unicodedata.combining(character):
        return False
    normal = unicodedata.normalize
    return normal("NFC", before + character) == normal("NFC", before) + normal("NFC", character)
