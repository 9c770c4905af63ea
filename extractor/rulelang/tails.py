"""Where the telling part of a pattern begins: what stands there is searched for before the whole pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.rulelang.neighbours import opening_tags
from extractor.rulelang.patterns import Piece

if TYPE_CHECKING:
    from extractor.rulelang.tagging import Tagger

_SIGNS = re.compile(r"[()|]|[?*+]+|[$^]")
_COMMON = ("det", "prep", "and", "comma", "adv")  # words of these classes stand in nearly every sentence
_OPEN = ("w",)  # these make up most of them
_VALUES = ("val",)
_FEW = 4  # times as many open words are there as words that are telling


@dataclass(slots=True)
class _Element:
    """What stands in a sequence: a word, a bracket or a look around, with its quantifier."""

    pieces: list[Piece]
    optional: bool = False

    @property
    def consumes(self) -> bool:
        """Whether a match takes words for it."""
        return self.pieces[0].sort in ("cls", "word", "open", "group")


def tails_of(pieces: Iterable[Piece], tagger: Tagger) -> list[list[Piece]]:
    """Returns the rest of each alternative of a pattern, from its first telling word on.

    Every match of the pattern has a match of one of them at its end; most sentences that have none are told
    by them in a fraction of the time. None are returned where that saves nothing: an alternative has no such
    word, or all of them begin with one.
    """
    tails: list[list[Piece]] = []
    shorter = False
    for elements in _alternatives(pieces):
        first = next((at for at, each in enumerate(elements) if each.consumes), 0)
        start = _first_telling(elements, tagger)
        if start is None:
            return []
        shorter = shorter or start > first
        tails.append([piece for each in elements[start:] for piece in each.pieces])
    return tails if shorter else []


def _first_telling(elements: Sequence[_Element], tagger: Tagger) -> int | None:
    """Returns the first element that must be there, with words that stand in few sentences.

    Of values it is known already that they stand there: they count where such a word must follow them.
    """
    common, few = tagger.members(_COMMON), tagger.count(_OPEN) / _FEW
    values = tagger.members(_VALUES)
    first: int | None = None
    for place, element in enumerate(elements):
        if element.optional or not element.consumes:
            continue
        opening = opening_tags(element.pieces, tagger)
        if len(opening) < few and opening.isdisjoint(common):
            first = place if first is None else first
            if not opening or not opening <= values:
                return first
    return None


def _alternatives(pieces: Iterable[Piece]) -> Iterator[Sequence[_Element]]:
    """Yields the elements of each alternative of a well-formed pattern."""
    elements: list[_Element] = []
    depth = 0
    for piece in _split(pieces):
        if depth:
            elements[-1].pieces.append(piece)
            depth += (piece.sort in ("open", "group", "look")) - (piece.text == ")" and piece.sort == "op")
        elif piece.sort == "quant" or (piece.sort == "op" and piece.text[0] in "?*+"):
            elements[-1].pieces.append(piece)
            elements[-1].optional = piece.text[0] in "?*" or piece.text.startswith(("{0", "{,"))
        elif piece == ("op", "|"):
            yield elements
            elements = []
        else:
            elements.append(_Element([piece]))
            depth = int(piece.sort in ("open", "group", "look"))
    yield elements


def _split(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yields pieces with the brackets and bars of each sign for itself."""
    for piece in pieces:
        if piece.sort == "op":
            yield from (Piece("op", sign) for sign in _SIGNS.findall(piece.text))
        else:
            yield piece
