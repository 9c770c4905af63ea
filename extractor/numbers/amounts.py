"""Reads one amount: a numeral with the multiplier, suffix or unit that belongs to it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from extractor.numbers.digits import times
from extractor.numbers.fragments import Expander
from extractor.numbers.numerals import Numeral, NumeralReader
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
_FACTOR_REACH = 48  # characters before a number in which "by a factor of approximately" stands
_COMMA = re.compile(r"[-+−–]?\d{1,4},(?:\d{1,2}|\d{4,6})\Z|[-+−–]?0,\d{1,6}\Z")
_FRACTION_OF_ONE = re.compile(r"[-+−–]?0,\d{2,6}\Z")
_PAIRS = ("()", "[]", "{}", "(]", "[)")  # what stands around an interval or a set: "[0,25]"
_LARGEST_ORDER = 30  # "30 orders of magnitude" is the largest that is worked out
_YEARS = re.compile(r"(?:19\d\d|20[0-3]\d|20\d0)s")
_JOINED = re.compile(r"\\?&[A-Z]\b")  # behind a letter that is no unit: "J&F" is a metric


class Amount(NamedTuple):
    """A numeral with what belongs to it: one end of a range or a whole mention.

    Attributes:
        numeral: The numeral.
        end: Offset behind its last character.
        value: Its value, multiplier and unit prefix worked in.
        form: What the suffix says.
        unit: The unit of form ``unit``.
        magnitude: What the magnitude behind the numeral is worth ("million").
        orders: Whether it counts orders of magnitude.
        factor: Whether it stands behind "by a factor of", without a suffix.
    """

    numeral: Numeral
    end: int
    value: float
    form: Form = "bare"
    unit: Unit | None = None
    magnitude: float = 1.0
    orders: bool = False
    factor: bool = False

    @property
    def start(self) -> int:
        """Offset of its first character."""
        return self.numeral.start


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
        self._behind = expander.compile(r"(?:{spread}|{inner_plus})?(?:-|{ws})(?P<tail>(?=-?{tail_start}))?")
        self._suffix = expander.compile(
            r"(?:{spread}|{inner_plus})?(?:(?:{ws}-?(?P<magnitude>{magnitude})(?:(?!\w|\s?[xX])|(?=fold)))?(?:{ws}-?(?:(?P<point>{point})"
            r"|(?P<decibel>{decibel})|(?P<percent>{percent})|(?P<order>{magnitude_order}))|{ws}(?P<ratio>{ratio})))"
        )
        self._magnitude = expander.compile(r"{ws}-?(?P<magnitude>{magnitude})(?!\w)")
        self._device = expander.compile(r"{ws}-?{device_time}")
        self._of_one = expander.compile("{of_one}")
        self._factor = expander.compile(r"{factor_of}\Z")
        self._factor_word = expander.expand("{factor_word}")

    def read(self, text: str, numeral: Numeral) -> Amount | None:
        """Reads the amount that begins with a numeral; None where it turns out to be no number."""
        amount = self.read_end(text, numeral)
        if amount is None or amount.form != "bare" or not self._is_factor(text, numeral.start):
            return amount
        return amount._replace(factor=True)

    def read_end(self, text: str, numeral: Numeral) -> Amount | None:
        """Reads the same at the high end of a range, which no factor stands before."""
        if numeral.kind == "order":
            value = order_of_magnitude(numeral.value)
            return Amount(numeral, numeral.end, value, "ratio", orders=True)
        whole = numeral if numeral.in_words else self._whole(text, numeral)
        if whole is None:
            return None
        bare = Amount(whole, whole.end, whole.value)
        if numeral.in_words and whole.value < 1 and (one := self._of_one.match(text, whole.end)):
            shared = bare._replace(numeral=whole._replace(end=one.end()), end=one.end())
            found = self._read_behind(text, shared)
            if found.form != "bare" or self._device.match(text, one.end()):
                return found
        return self._read_behind(text, bare)

    def _read_behind(self, text: str, bare: Amount) -> Amount:
        """Reads what belongs to a numeral and stands behind it."""
        behind = None if is_closed(text, bare.end) else self._behind.match(text, bare.end)
        if behind is None:
            return bare
        if behind.lastgroup:
            if suffix := self._suffix.match(text, bare.end):
                return self._with_suffix(bare, suffix)
            if magnitude := self._magnitude.match(text, bare.end):
                return self._with_magnitude(text, bare, magnitude, behind.end())
        return self._with_unit(text, bare, behind.end())

    def _with_suffix(self, bare: Amount, suffix: re.Match[str]) -> Amount:
        value, magnitude = bare.value, suffix["magnitude"]
        if magnitude:
            value = times(value, self._scale(magnitude))
        kind = suffix.lastgroup or "ratio"
        if kind == "order":
            value = order_of_magnitude(value + self._numerals.more(suffix["order"]))
        return bare._replace(end=suffix.end(), value=value, form=_FORMS[kind], orders=kind == "order")

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

    def _whole(self, text: str, numeral: Numeral) -> Numeral | None:
        """Looks once more at what could be two numbers: a blank between thousands, a decimal comma."""
        start, end = numeral.start, numeral.end
        surface = text[start:end]
        if " " in surface and _THOUSANDS.match(surface):
            named = _NAMED.search(text, max(0, start - _NAME_REACH), start)
            return self._numerals.cut(text, numeral, text.index(" ", start)) if named else numeral
        if "," not in surface or not _COMMA.match(surface):
            return numeral
        around = text[start - 1 : start] + text[end : end + 1]
        decimals = _FRACTION_OF_ONE.match(surface) and around not in _PAIRS
        if decimals or self._is_measured(text, end):
            return numeral
        return self._numerals.cut(text, numeral, text.index(",", start))

    def _is_factor(self, text: str, start: int) -> bool:
        before = text[max(0, start - _FACTOR_REACH) : start]
        return self._factor_word in before and self._factor.search(before) is not None

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
