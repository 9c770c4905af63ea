"""Reads one amount at a place of a text: a numeral with the multiplier, suffix or unit that belongs to it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from extractor.numbers.numerals import NumeralReader, times
from extractor.numbers.units import Unit, UnitTable

Form = Literal["ratio", "percent", "point", "dB", "count", "unit", "bare"]

_CLOSING = frozenset(("", *").]},;:"))  # nothing that belongs to a number begins so
# The form that each kind of suffix gives.
_FORMS: dict[str, Form] = {
    "ratio": "ratio", "percent": "percent", "point": "point", "decibel": "dB", "order": "ratio"
}  # fmt: skip
_THOUSANDS = re.compile(r"\d{1,3} \d{3}(?:\.\d+)?\Z")
_NAMED = re.compile(r"[A-Z][\w.+-]{0,30}\s\Z")  # a word that a number belongs to: "ResNet 50 101"
_NAME_REACH = 32
_COMMA = re.compile(r"[-+−–]?\d{1,4},(?:\d{1,2}|\d{4,6})\Z|[-+−–]?0,\d{1,6}\Z")
_FRACTION_OF_ONE = re.compile(r"[-+−–]?0,\d{2,6}\Z")
_PAIRS = ("()", "[]", "{}", "(]", "[)")  # what stands around an interval or a set: "[0,25]"
_LARGEST_ORDER = 30  # "30 orders of magnitude" is the largest that is worked out
_YEARS = re.compile(r"(?:19\d\d|20[0-3]\d|20\d0)s")
_JOINED = re.compile(r"\\?&[A-Z]\b")  # behind a letter that is no unit: "J&F" is a metric
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
        number: The numeral's own value.
        magnitude: What the magnitude behind the numeral is worth ("million").
    """

    start: int
    end: int
    value: float
    form: Form
    unit: Unit | None
    number_end: int
    word: bool
    number: float
    magnitude: float = 1.0


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
        numerals: Reads the numerals.
    """

    def __init__(self, expander: Expander, units: UnitTable, numerals: NumeralReader) -> None:
        self._units = units
        self._numerals = numerals
        self._behind = expander.compile(r"{spread}?(?:-|{ws})(?P<tail>(?=-?{tail_start}))?")
        self._suffix = expander.compile(
            r"{spread}?(?:(?:{ws}-?(?P<magnitude>{magnitude})(?:(?!\w|\s?[xX])|(?=fold)))?(?:{ws}-?(?:(?P<point>{point})"
            r"|(?P<decibel>{decibel})|(?P<percent>{percent})|(?P<order>{magnitude_order}))|{ws}(?P<ratio>{ratio})))"
        )
        self._magnitude = expander.compile(r"{ws}-?(?P<magnitude>{magnitude})(?!\w)")
        self._device = expander.compile(r"{ws}-?{device_time}")
        self._of_one = expander.compile("{of_one}")

    def read(self, text: str, start: int, number_end: int, *, word: bool = False) -> Amount | None:
        """Reads the amount whose numeral is ``text[start:number_end]``; None where that is no number."""
        if not word:
            number_end = self._numeral_end(text, start, number_end)
        value = self._numerals.read(text[start:number_end])
        if value is None:
            return None
        bare = Amount(start, number_end, value, "bare", None, number_end, word, value)
        if word and value < 1 and (one := self._of_one.match(text, number_end)):
            shared = self._read_behind(text, bare._replace(end=one.end(), number_end=one.end()))
            if shared.form != "bare" or self._device.match(text, one.end()):
                return shared
        return self._read_behind(text, bare)

    def _read_behind(self, text: str, bare: Amount) -> Amount:
        """Reads what belongs to a numeral and stands behind it."""
        number_end = bare.end
        behind = None if is_closed(text, number_end) else self._behind.match(text, number_end)
        if behind is None:
            return bare
        if behind.lastgroup:
            if suffix := self._suffix.match(text, number_end):
                return self._with_suffix(bare, suffix)
            if magnitude := self._magnitude.match(text, number_end):
                return self._with_magnitude(text, bare, magnitude, behind.end())
        return self._with_unit(text, bare, behind.end())

    def _with_suffix(self, bare: Amount, suffix: re.Match[str]) -> Amount:
        value, magnitude = bare.value, suffix["magnitude"]
        if magnitude:
            value = times(value, self._scale(magnitude))
        kind = suffix.lastgroup or "ratio"
        if kind == "order":
            value = order_of_magnitude(value + (0.5 if suffix["order"].endswith("half") else 0))
        return bare._replace(end=suffix.end(), value=value, form=_FORMS[kind])

    def _with_magnitude(self, text: str, bare: Amount, magnitude: re.Match[str], unit_start: int) -> Amount:
        """Reads a unit behind the magnitude; one in its place wins over it ("5 TB", "300 K" of heat)."""
        unit = self._units.match(text, unit_start)
        if unit is not None and unit[0] >= magnitude.end():
            return self._with_unit(text, bare, unit_start)
        end, scale = magnitude.end(), self._scale(magnitude["magnitude"])
        count = bare._replace(end=end, value=times(bare.value, scale), form="count", magnitude=scale)
        behind = None if is_closed(text, end) else self._behind.match(text, end)
        return self._with_unit(text, count, behind.end()) if behind else count

    def _with_unit(self, text: str, amount: Amount, unit_start: int) -> Amount:
        """Adds the unit that stands at a place, if there is one."""
        found = self._units.match(text, unit_start)
        if found is None or _is_decade(text[amount.start : found[0]]) or _JOINED.match(text, found[0]):
            return amount
        end, unit = found
        return amount._replace(end=end, value=times(amount.value, unit.scale), form="unit", unit=unit)

    def _numeral_end(self, text: str, start: int, end: int) -> int:
        """Looks once more at what could be two numbers: a blank between thousands, a decimal comma."""
        surface = text[start:end]
        if (
            " " in surface
            and _THOUSANDS.match(surface)
            and _NAMED.search(text, max(0, start - _NAME_REACH), start)
        ):
            return text.index(" ", start)
        if "," not in surface or not _COMMA.match(surface):
            return end
        decimals = (
            _FRACTION_OF_ONE.match(surface) and (text[start - 1 : start] + text[end : end + 1]) not in _PAIRS
        )
        return end if decimals or self._is_measured(text, end) else text.index(",", start)

    def _is_measured(self, text: str, end: int) -> bool:
        """Tells whether a suffix, a magnitude or a unit stands behind a number."""
        if any(each.match(text, end) for each in (self._suffix, self._magnitude, self._device)):
            return True
        behind = self._behind.match(text, end)
        return behind is not None and self._units.match(text, behind.end()) is not None

    def _scale(self, magnitude: str) -> float:
        return self._units.magnitudes.get(magnitude) or self._units.magnitudes[magnitude.lower()]


def is_closed(text: str, end: int) -> bool:
    """Tells whether nothing more can belong to what ends here: the text ends, or punctuation follows."""
    return text[end : end + 1] in _CLOSING


def order_of_magnitude(value: float) -> float:
    """Returns what so many orders of magnitude are."""
    return 10.0**value if value < _LARGEST_ORDER else value


def _is_decade(surface: str) -> bool:
    """Tells "the 1990s" and what someone made of a year ("the 2018s data") from seconds."""
    return _YEARS.fullmatch(surface) is not None
