"""Reads one amount at a place of a text: a numeral with the multiplier, suffix or unit that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from extractor import numerals
from extractor.units import Unit, UnitTable

Form = Literal["ratio", "percent", "point", "dB", "count", "unit", "bare"]

_LARGEST_ORDER = 30  # "30 orders of magnitude" is the largest that is worked out
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


class Amount(NamedTuple):
    """A numeral with what belongs to it: one end of a range or a whole mention.

    Attributes:
        start: Offset of its first character.
        end: Offset behind its last character.
        value: Its value, multiplier and unit prefix worked in.
        form: What the suffix says.
        unit: The unit of form ``unit``.
        number_end: Offset behind the numeral alone.
        word: Whether the numeral is a word.
    """

    start: int
    end: int
    value: float
    form: Form
    unit: Unit | None
    number_end: int
    word: bool


class Expander:
    """Makes patterns of named fragments.

    Args:
        fragments: Fragments by name; a fragment may name others as ``{name}``.
    """

    def __init__(self, fragments: dict[str, str]) -> None:
        self._fragments = fragments

    def compile(self, pattern: str) -> re.Pattern[str]:
        """Compiles a pattern with all fragments put in."""
        return re.compile(self.expand(pattern))

    def expand(self, pattern: str) -> str:
        """Replaces every ``{name}`` by the fragment of that name."""
        return _FRAGMENT.sub(lambda match: self.expand(self._fragments[match[1]]), pattern)


class AmountReader:
    """Reads amounts.

    Args:
        expander: The character fragments (rules/fragments.yaml).
        units: The unit surfaces.
    """

    def __init__(self, expander: Expander, units: UnitTable) -> None:
        self._units = units
        self._forms: dict[str, Callable[[float], tuple[float, Form]]] = {
            "ratio": lambda value: (value, "ratio"),
            "percent": lambda value: (value, "percent"),
            "point": lambda value: (value, "point"),
            "decibel": lambda value: (value, "dB"),
            "order": lambda value: (order_of_magnitude(value), "ratio"),
        }
        self._gap = expander.compile(r"-|{ws}")
        self._tail = expander.compile(r"{spread}?{ws}-?(?=[{tail_start}])")
        self._suffix = expander.compile(
            r"{spread}?(?:(?P<magnitude>{ws}-?{magnitude}(?!\w))?{ws}-?(?:(?P<point>{point})|(?P<decibel>{decibel})|"
            r"(?P<percent>{percent})|(?P<order>{magnitude_order}))|{ws}(?P<ratio>{ratio}))"
        )
        self._magnitude = expander.compile(r"{ws}-?(?P<magnitude>{magnitude})(?!\w)")
        self._spread = expander.compile(r"{spread}")

    def read(self, text: str, start: int, number_end: int, *, word: bool = False) -> Amount | None:
        """Reads the amount whose numeral is ``text[start:number_end]``; None where that is no number."""
        surface = text[start:number_end]
        value = numerals.read(surface)
        if value is None or (word and surface in ("a", "A")):
            return None
        if self._tail.match(text, number_end) and (suffix := self._suffix.match(text, number_end)):
            if magnitude := suffix["magnitude"]:
                value *= self._scale(magnitude)
            value, form = self._forms[suffix.lastgroup or "ratio"](value)
            return Amount(start, suffix.end(), value, form, None, number_end, word)
        return self._with_unit(text, start, number_end, value, word=word)

    def _with_unit(self, text: str, start: int, number_end: int, value: float, *, word: bool) -> Amount:
        """Reads a magnitude and a unit; a unit that is longer wins over the magnitude ("5 TB")."""
        end, form = number_end, "bare"
        magnitude = self._magnitude.match(text, number_end)
        if magnitude is not None:
            found = self._unit(text, number_end)
            if found is None or found[0] <= magnitude.end():
                value *= self._scale(magnitude["magnitude"])
                end, form = magnitude.end(), "count"
        spread = self._spread.match(text, end)
        found = self._unit(text, spread.end() if spread else end)
        if found is not None and not _is_decade(text[start : found[0]]):
            return Amount(start, found[0], value * found[1].scale, "unit", found[1], number_end, word)
        return Amount(start, end, value, form, None, number_end, word)  # type: ignore[arg-type]

    def _unit(self, text: str, position: int) -> tuple[int, Unit] | None:
        gap = self._gap.match(text, position)
        return self._units.match(text, gap.end() if gap else position)

    def _scale(self, magnitude: str) -> float:
        key = magnitude.strip(" -~\n\\,")
        return self._units.magnitudes.get(key) or self._units.magnitudes[key.lower()]


def order_of_magnitude(value: float) -> float:
    """Returns what so many orders of magnitude are."""
    return 10.0**value if value < _LARGEST_ORDER else value


def _is_decade(surface: str) -> bool:
    """Tells "the 1990s" from seconds."""
    return len(surface) == len("1990s") and surface.endswith("0s") and surface.startswith(("19", "20"))
