"""Joins two amounts to a range: "2 to 3 million", "30–40%", "between 3 W and 5 W"."""

from __future__ import annotations

import re

from extractor.numbers.amounts import Amount, AmountReader, is_closed, order_of_magnitude
from extractor.numbers.digits import is_decimal, is_grouped, times
from extractor.numbers.fragments import Expander
from extractor.numbers.numerals import NumeralReader
from extractor.numbers.valuemention import ValueMention, is_glued_size
from extractor.text.lookup.lazypattern import Match

_WIDEST = 1000  # times the low end of a range of counts
_LEAST_PLAIN = 100  # the least number that falls to another with a magnitude, and does not share it
_LEAD_REACH = 16  # characters before a range in which "between" stands


class RangeReader:
    """Reads ranges.

    Args:
        expander: The character fragments.
        numerals: Reads the numeral of the high end.
        amounts: Reads the high end.
    """

    def __init__(self, expander: Expander, numerals: NumeralReader, amounts: AmountReader) -> None:
        self._numerals = numerals
        self._amounts = amounts
        self._joint = expander.lazily(
            r"(?P<to>-?{to})|(?P<or>{or_high})|(?P<dash>{dash})|(?P<and>{and_high})"
        )
        self._between = expander.compile(r"{between}\Z")
        self._from = expander.compile(r"{from_low}\Z")

    def read(self, text: str, low: Amount) -> ValueMention | None:
        """Reads the range that begins with an amount; None if it begins none.

        Of the parts of a model's name only the sizes of a family make a range ("Foo-70M–12B"); and "by a
        factor of 3 to 2.1%" ends at a level.
        """
        kind = low.numeral.kind
        if kind in ("active", "small") or (kind == "name" and low.form != "count"):
            return None
        found = self._joined(text, low)
        if found is None or kind == "name":
            return found if found and _is_family(text, found) else None
        if low.factor:
            return None if found.form not in ("bare", "ratio") else found._replace(form="ratio")
        return found

    def _joined(self, text: str, low: Amount) -> ValueMention | None:
        """Joins an amount to the one behind a joint."""
        joint = None if is_closed(text, low.end) else self._joint.match(text, low.end)
        if joint is None or (joint.lastgroup == "and" and not self._stands(self._between, text, low.start)):
            return None
        second = self._numerals.behind(text, joint.end())
        high = self._amounts.read_end(text, second[0]) if second else None
        if second is None or high is None or not _fits(low, high) or not _joins(text, low, joint, high):
            return None
        if joint.lastgroup == "or" and not _alike(low, high):
            return None
        return ValueMention(
            low.start, high.end, self._low_value(text, low, high), high.form, high=high.value, unit=high.unit,
            cue=second[1] or None,
            ends=((low.start, low.end), (high.start, high.end)), sep=joint.lastgroup,
            decimal=is_decimal(text[low.start : high.end]), word=low.numeral.in_words,
            glued=is_glued_size(text, low.start, high.end),
            role="joined" if low.numeral.kind == "name" else None,
        )  # fmt: skip

    def _stands(self, lead: re.Pattern[str], text: str, start: int) -> bool:
        """Tells whether words stand right before an offset."""
        return lead.search(text, max(0, start - _LEAD_REACH), start) is not None

    def _low_value(self, text: str, low: Amount, high: Amount) -> float:
        """The low end, with what only the high end has: a magnitude, a prefix, an order ("2-4 million")."""
        if low.form != "bare":
            return low.value
        if high.form in ("count", "unit"):
            scale = high.unit.scale if high.unit else 1.0
            falling = self._stands(self._from, text, low.start)
            shared = times(low.value, times(scale, high.magnitude))
            return (
                shared
                if _shares_magnitude(text, low, high, shared, falling=falling)
                else times(low.value, scale)
            )
        if high.form == "ratio" and high.orders:
            return order_of_magnitude(low.value)
        return low.value


def _is_family(text: str, found: ValueMention) -> bool:
    """Tells the sizes of a family joined to its name: "Foo-70M-12B", but not "Foo-1B-7B", "Foo-2B-4T"."""
    if found.ends is None or found.sep != "dash" or not (found.high and found.high > found.value):
        return False
    (_, low_end), (high_start, high_end) = found.ends
    low, joint, high = text[low_end - 1], text[low_end:high_start], text[high_end - 1]
    return high in "bB" and (low in "mM" or joint != "-")


def _alike(low: Amount, high: Amount) -> bool:
    """Tells "two or three times", which means the span between, from two settings ("2 or 4 GPUs")."""
    return low.numeral.kind == high.numeral.kind == "word" and low.value < high.value


def _fits(low: Amount, high: Amount) -> bool:
    if low.numeral.kind == "word" and low.value < 1 and high.form == "unit" and high.numeral.kind != "word":
        return False  # by how much, and what is left ("falls by two-thirds to 4 GB")
    if low.form == high.form == "count" and high.value >= _WIDEST * low.value:
        return False  # a size, and the tokens it was trained on ("Foo-2B-4T")
    if low.form == high.form:
        return low.unit is None or high.unit is None or low.unit.name == high.unit.name
    return low.form == "bare" or (low.form == "count" and high.form == "unit")


def _joins(text: str, low: Amount, joint: Match, high: Amount) -> bool:
    """Tells whether what stands between two amounts makes a range of them."""
    if joint[0] == "-to-" and high.form == "bare":
        return False  # "16-to-4-bit", "1-to-1"
    numbers = low.form == "bare" and high.form in ("bare", "count") and joint.lastgroup == "dash"
    return not numbers or _is_plain_range(text, low, high)


def _is_plain_range(text: str, low: Amount, high: Amount) -> bool:
    """Two numbers and a dash are a range where the first is smaller and no version ("LLaMA 3.1-70B")."""
    grouped = is_grouped(text[slice(*low.numeral[:2])])
    if low.value >= (high.value if grouped or high.form == "bare" else high.numeral.value):
        return False
    if high.form == "bare":
        return True
    word = text[: low.start].rstrip().rpartition(" ")[2].lstrip("([{$\"'")
    return not (word[:1].isupper() and word[-1].isalnum())


def _shares_magnitude(text: str, low: Amount, high: Amount, shared: float, *, falling: bool) -> bool:
    """Tells whether "million" at the end of a range serves its first number too, then ``shared``.

    It does where the range rises ("2 to 3 million"), and where it falls ("from 3 to 1.5 million").
    """
    if high.magnitude == 1:
        return True
    if is_grouped(text[slice(*low.numeral[:2])]):
        return False
    return shared <= high.value or (falling and low.value < _LEAST_PLAIN)
