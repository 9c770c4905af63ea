"""Cuts a text into the words of a Doc: where its tokens stand, and which of them a blank follows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Place = tuple[int, int]

_RUN = re.compile(r"\S+")
_PIECE = re.compile(r"\S+|\s+")


class Words:
    """The words of a text, from its begin on, and which of them a blank follows.

    Args:
        text: The text.

    Attributes:
        position: Up to where the text has been cut.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._words: list[str] = []  # each with the blank that follows it
        self._blank: list[int] = []  # the numbers of those that are blanks themselves

    def add(self, place: Place) -> None:
        """Adds a token, and before it what is in between: blank, or a token as it is.

        Args:
            place: Where it stands, not before `position`.
        """
        start, end = place
        if start != self.position:
            self.fill(start)
        self._words.append(self.text[start:end])
        self.position = end

    def extend(self, start: int, end: int, texts: re.Pattern[str]) -> bool:
        """Adds the tokens of a stretch, if there is nothing between them but a blank each.

        Args:
            start: Where it begins, not before `position`.
            end: Where it ends.
            texts: Finds tokens, each with the blank behind it.

        Returns:
            Whether it did; if not, nothing is added.
        """
        text = self.text
        first = start
        if start < end and text[start] == " " and self._words and start == self.position:
            first = start + 1  # it belongs to the word before
            if text[start - 1] == " ":
                return False
        elif start != self.position:
            return False
        words = texts.findall(text, first, end)
        if sum(map(len, words)) != end - first:
            return False
        if first > start:
            self._words[-1] += " "
        self._words += words
        self.position = end
        return True

    def fill(self, end: int) -> None:
        """Adds what stands up to a place: a first blank to the token before it, the rest as tokens."""
        words, text, position = self._words, self.text, self.position
        if end == position + 1 and text[position] == " " and words and text[position - 1] != " ":
            words[-1] += " "  # as between most words
        else:
            for piece in _PIECE.findall(text, position, end):
                self._fill(piece)
        self.position = end

    def _fill(self, piece: str) -> None:
        words = self._words
        if piece[0] == " " and words and not words[-1].endswith(" "):
            words[-1] += " "
            piece = piece[1:]
        if piece:
            if piece.isspace():
                self._blank.append(len(words))
            words.append(piece)

    def cut(self) -> Pieces:
        """Returns the words; the rest of the text is a word or blank."""
        if self.position < len(self.text):
            self.fill(len(self.text))
        spaces = [word[-1] == " " for word in self._words]
        for number in self._blank:
            spaces[number] = False
        return Pieces(self._words, spaces, self._blank)


class Pieces(NamedTuple):
    """A text in words.

    Attributes:
        pieces: The words, each with the blank that follows it.
        spaces: Which of them a blank follows.
        blank: The numbers of those that are blanks themselves, in order.
    """

    pieces: list[str]
    spaces: list[bool]
    blank: list[int]

    def words(self) -> list[str]:
        """Returns the words without the blanks behind them."""
        words = [piece[:-1] if piece[-1] == " " else piece for piece in self.pieces]
        for number in self.blank:
            words[number] = self.pieces[number]
        return words


def pieces(text: str, places: Iterable[Place]) -> Pieces:
    """Returns words and blanks that give the text again, character by character.

    Args:
        text: The text.
        places: Where its tokens stand, in order and without overlap; what is between them is blank, or
            becomes a token as it is.
    """
    made = Words(text)
    for place in places:
        made.add(place)
    return made.cut()


def covering(
    text: str,
    places: Iterable[tuple[int, int, bool]],
    edges: Sequence[int] = (),
    bounds: Place | None = None,
) -> list[Place]:
    """Returns places that cover all of a text but its blanks.

    Args:
        text: The text.
        places: Where tokens stand, and whether one must stay whole; of two that overlap one that must, else
            the first.
        edges: Where the others are cut, in order.
        bounds: The stretch of the text that is to be covered; all of it if none is given.
    """
    position, last_end = bounds or (0, len(text))
    ordered = sorted(places)
    whole = [(start, end) for start, end, must in ordered if must]
    made: list[Place] = []
    following = 0
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
    made += _between(text, position, last_end, edges)
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
