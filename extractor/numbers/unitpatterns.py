"""The patterns of units, one for each way in which some begin, compiled when a text first has it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

_OPENING = 3  # characters by which units are told apart: few are left to one pattern, which compiles fast
_MOST = 5_000  # openings that are kept; a text can hold any


class UnitPatterns:
    """Gives the pattern of the units that may stand at a place.

    Args:
        symbols: The symbols, as they stand.
        words: The words; each may be a plural, in capitals, and with a hyphen for a blank.
        end: What follows a unit.
    """

    def __init__(self, symbols: Iterable[str], words: Iterable[str], end: str) -> None:
        self._symbols = _by_first((symbol[0], symbol) for symbol in symbols)
        self._words = _by_first((first, word) for word in words for first in {word[0], word[0].upper()})
        self._end = end
        self._of_opening: dict[str, re.Pattern[str] | None] = {}
        self._of_source: dict[str, re.Pattern[str]] = {}  # many openings leave the same units

    def at(self, text: str, start: int) -> re.Pattern[str] | None:
        """Returns the pattern of the units that may stand at a place; its first group holds the unit."""
        opening = text[start : start + _OPENING]
        try:
            return self._of_opening[opening]
        except KeyError:
            if len(self._of_opening) >= _MOST:
                self._of_opening.clear()
            pattern = self._of_opening[opening] = self._compiled(opening)
            return pattern

    def _compiled(self, opening: str) -> re.Pattern[str] | None:
        """Compiles the pattern of the units that may begin so; the longest are tried first."""
        units = sorted({*self._sources(opening)}, key=lambda source: (-len(source), source))
        if not units:
            return None
        source = f"({'|'.join(units)}){self._end}"
        if source not in self._of_source:
            self._of_source[source] = re.compile(source)
        return self._of_source[source]

    def _sources(self, opening: str) -> Iterator[str]:
        for symbol in self._symbols.get(opening[:1], ()):
            if opening.startswith(symbol[:_OPENING]):
                yield re.escape(symbol)
        plain, lower = opening.isascii(), opening.lower()
        for word in self._words.get(opening[:1], ()):
            if plain and _begins_plainly(word) and word[:_OPENING].lower() != lower:
                continue
            plural = "(?i:" + r"[\s-]".join(re.escape(part) + "s?" for part in word.split(" ")) + ")"
            yield plural.replace("/", "s?/")


def _begins_plainly(word: str) -> bool:
    """Tells whether all forms of a word begin alike, but for capitals."""
    opening = word[:_OPENING]
    return len(opening) == _OPENING and opening.isascii() and opening.isalpha()


def _by_first(units: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Gathers units by the characters that they can begin with."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for first, unit in units:
        found[first].append(unit)
    return dict(found)
