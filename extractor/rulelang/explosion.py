"""Finds repetitions within one another with nothing between them, such as ``(a{1,9}){1,9}``.

They match the same words in a number of ways that doubles with each word, and a search that fails tries them
all. Every word of a pattern is a place, with an edge to each place that may come next: where the inner and
the outer repetition give the same edge, there are two ways to go on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.rulelang.patterns import Piece, plain_signs

_LOOP = 3  # times from which a repetition is looked at; twice within twice does no harm
_LIMITS = re.compile(r"\{(\d*)(,?)(\d*)\}")
_OPENERS = frozenset({"group", "look", "open"})


class _Part(NamedTuple):
    """A part of a pattern: whether it can be empty, where it begins and where it ends."""

    empty: bool
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


@dataclass
class _Walk:
    """Reads the pieces of a pattern from left to right.

    Attributes:
        places: The pieces that match a word.
        edges: From a place to one that may follow, and in how many ways: inside and around a repetition.
    """

    pieces: Sequence[tuple[str, str, Piece]]
    places: list[Piece] = field(default_factory=list)
    edges: Counter[tuple[int, int]] = field(default_factory=Counter)
    at: int = 0

    def choice(self) -> _Part:
        """Reads alternatives up to their closing bracket, or the end."""
        parts = [self._sequence()]
        while self._sign() == "|":
            self.at += 1
            parts.append(self._sequence())
        first = tuple(place for part in parts for place in part.first)
        last = tuple(place for part in parts for place in part.last)
        return _Part(any(part.empty for part in parts), first, last)

    def _sign(self) -> str:
        return self.pieces[self.at][0] if self.at < len(self.pieces) else ""

    def _sequence(self) -> _Part:
        whole = _Part(True)
        while self._sign() not in ("", "|", ")"):
            part = self._repeated(self._one())
            self._join(whole.last, part.first)
            first = whole.first + part.first if whole.empty else whole.first
            last = whole.last + part.last if part.empty else part.last
            whole = _Part(whole.empty and part.empty, first, last)
        return whole

    def _one(self) -> _Part:
        sign, _, piece = self.pieces[self.at]
        self.at += 1
        if sign == "(":
            inner = self.choice()
            self.at += 1  # the closing bracket
            return _Part(True) if piece.sort == "look" else inner  # a look is a search of its own
        if sign != ".":
            return _Part(True)
        self.places.append(piece)
        return _Part(False, (len(self.places) - 1,), (len(self.places) - 1,))

    def _repeated(self, part: _Part) -> _Part:
        while self._sign() == "*":
            least, most = _times(self.pieces[self.at][1])
            self.at += 1
            if most >= _LOOP:
                self._join(part.last, part.first)
            part = part._replace(empty=part.empty or least == 0)
        return part

    def _join(self, last: Collection[int], first: Collection[int]) -> None:
        self.edges.update((one, next_) for one in last for next_ in first)


def explodes(pieces: Sequence[Piece]) -> bool:
    """Says whether repetitions within one another share a way, so that the ways double with each word.

    Args:
        pieces: The pattern, well formed, with its fragments put in.
    """
    signs = list(_signs(pieces))
    if sum(sign == "*" and _times(text)[1] >= _LOOP for sign, text, _ in signs) < 2:
        return False
    walk = _Walk(signs)
    walk.choice()
    return any(ways > 1 for ways in walk.edges.values())


def _signs(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, Piece]]:
    """Yields brackets, bars, ``*`` for any repetition and ``.`` for a word; what matches none as ``^``."""
    for piece in pieces:
        if piece.sort in _OPENERS:
            yield "(", piece.text, piece
        elif piece.sort == "quant":
            yield "*", piece.text, piece
        elif piece.sort == "op":
            for sign in plain_signs(piece.text):
                yield ("*" if sign in "?*+" else "^" if sign == "$" else sign), sign, piece
        else:
            yield ".", piece.text, piece


def _times(repetition: str) -> tuple[int, int]:
    if limits := _LIMITS.match(repetition):
        least = int(limits[1] or 0)
        return least, int(limits[3] or _LOOP) if limits[2] else least
    return (0, 1) if repetition == "?" else (int(repetition == "+"), _LOOP)
