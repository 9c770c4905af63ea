"""Finds the places of a text where a value can begin; the costly patterns are tried only there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from extractor.text.lookup.vocabulary import digit_runs, runs
from extractor.text.numberwords import NumberWords

_VULGAR = re.compile(r"(?<!\d)(?<!\d\s)[\u00bc-\u00be\u2150-\u215e]")  # "½" where it stands alone
_DIGITS_AND_POINT = frozenset("0123456789.")


class PlaceFinder:
    """Finds first digits, and first letters of number words.

    Args:
        words: The number words.
    """

    def __init__(self, words: NumberWords) -> None:
        self.words = words.runs
        self._articles = tuple(word + joint for word in words.articles for joint in " -")

    def find(self, text: str, shown: Set[str] | None = None) -> list[int]:
        """Returns where the first digit or letter of a numeral could stand, in order; see the scanner."""
        starts = _first_digits(text)
        if not text.isascii():
            starts += [match.start() for match in _VULGAR.finditer(text)]
            starts.sort()
        words = self.words & (runs(text) if shown is None else shown)
        return sorted(starts + self._word_starts(text, words)) if words else starts

    def _word_starts(self, text: str, words: Iterable[str]) -> list[int]:
        """Returns where words with the given runs of letters begin, an article before them counted in."""
        starts = [start for run in words for start in _places(text, run)]
        led = [start for start in starts if text.endswith(self._articles, 0, start)]
        return starts + [
            start - len(each) for start in led for each in self._articles if text.endswith(each, 0, start)
        ]


def _first_digits(text: str) -> list[int]:
    """Returns where runs of digits and points begin, in order."""
    starts: list[int] = []
    position = 0
    for run in digit_runs(text):
        position = text.find(run, position)
        if not _goes_on(text, position):
            starts.append(position)
        position += len(run)
    return starts


def _places(text: str, run: str) -> list[int]:
    """Returns where a run of letters stands in a text, behind no letter."""
    places: list[int] = []
    start = text.find(run)
    while start >= 0:
        if not text[start - 1 : start].isalpha():
            places.append(start)
        start = text.find(run, start + len(run))
    return places


def _goes_on(text: str, start: int) -> bool:
    """Tells whether digits stand behind a point within a number ("2.5", "1..5")."""
    return text[start - 1 : start] == "." and text[start - 2 : start - 1] in _DIGITS_AND_POINT
