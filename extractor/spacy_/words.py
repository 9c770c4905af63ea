"""Cuts a text into the words of a Doc: where its tokens stand, and which of them a blank follows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

Place = tuple[int, int]

_RUN = re.compile(r"\S+")
_PIECE = re.compile(r"\S+|\s+")


def words_and_spaces(text: str, places: Iterable[Place]) -> tuple[list[str], list[bool]]:
    """Returns words and spaces that give the text again, character by character.

    Args:
        text: The text.
        places: Where its tokens stand, in order and without overlap; what is between them is blank, or
            becomes a token as it is.
    """
    words: list[str] = []
    spaces: list[bool] = []
    position = 0
    for start, end in places:
        if start != position:
            if start == position + 1 and spaces and text[position] == " ":  # as between most words
                spaces[-1] = True
            else:
                _fill(text[position:start], words, spaces)
        words.append(text[start:end])
        spaces.append(False)
        position = end
    _fill(text[position:], words, spaces)
    return words, spaces


def _fill(between: str, words: list[str], spaces: list[bool]) -> None:
    """Adds what stands between two tokens: the first blank to the token before it, the rest as tokens."""
    for piece in _PIECE.findall(between):
        rest = piece
        if piece[0] == " " and spaces:
            spaces[-1] = True
            rest = piece[1:]
        if rest:
            words.append(rest)
            spaces.append(False)


def covering(text: str, places: Iterable[tuple[int, int, bool]], edges: Sequence[int] = ()) -> list[Place]:
    """Returns places that cover all of a text but its blanks.

    Args:
        text: The text.
        places: Where tokens stand, and whether one must stay whole; of two that overlap one that must, else
            the first.
        edges: Where the others are cut, in order.
    """
    ordered = sorted(places)
    whole = [(start, end) for start, end, must in ordered if must]
    made: list[Place] = []
    position, following = 0, 0
    for start, end, must in ordered:
        while following < len(whole) and whole[following][1] <= max(start, position):
            following += 1
        free = not must and following < len(whole)
        first, last = max(start, position), min(end, whole[following][0]) if free else end
        if first >= last:
            continue
        if first > position:
            made += _between(text, position, first, edges)
        made += [(first, last)] if must else _cut(first, last, edges)
        position = last
    made += _between(text, position, len(text), edges)
    return made


def _between(text: str, start: int, end: int, edges: Sequence[int]) -> Iterator[Place]:
    """Yields what is no token and not blank, as LaTeX is."""
    for run in _RUN.finditer(text, start, end):
        yield from _cut(*run.span(), edges)


def _cut(start: int, end: int, edges: Sequence[int]) -> Iterator[Place]:
    """Yields the parts of a place between the edges in it."""
    index = bisect_right(edges, start)
    while index < len(edges) and edges[index] < end:
        yield start, edges[index]
        start = edges[index]
        index += 1
    yield start, end
