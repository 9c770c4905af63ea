"""Joins amounts that belong together: the ends of a range, the members of a list that share a suffix."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from extractor.numbers import numerals
from extractor.numbers.amounts import Amount, AmountReader, Expander, Form, is_closed, order_of_magnitude
from extractor.numbers.numerals import times
from extractor.numbers.units import Unit

_LOOK_BACK = 160  # characters before a range in which a word of change makes it a before and after
_WHOLE = 100.0  # percent
_LARGE_SHARE = 20.0  # percent; a number below 1 in front of it, in a list, is in another unit
_LEVEL_WIDTH = 4.0  # times the amount of a gain that the level behind it is at least ("by 3% to 91%")
_LOWEST_LEVEL = 60.0  # percent; a gain of so many is none of accuracy
_WIDEST = 1000  # times the low end of a range of counts
_NEAR = 60  # characters before a range in which a word can say that it is one
_ROUNDING = 0.11  # by which a difference may miss that of two rounded numbers
_LEAST_PLAIN = 100  # the least number that falls to another with a magnitude, and does not share it
_FROM = re.compile(r"\bfrom\s\$?\Z")
_NUMBER = re.compile(r"[\d.,]+")
_CURRENCY = re.compile(r"(?:US|\\)?\$\Z")
_AGAIN = re.compile(r"[^.;:()]{0,60}(?:,|,?\s(?:and|&))\s")
_LABEL = re.compile(r"\b[A-Z][\w-]*\s\Z")
_LABEL_REACH = 30


class Mention(NamedTuple):
    """One value as it stands in the text, before anyone knows what it is about.

    Attributes:
        start: Offset of its first character.
        end: Offset behind its last character (suffix or unit included).
        value: The number, magnitudes and unit prefixes multiplied in.
        high: High end of a range.
        form: What the suffix says: ``count`` has a magnitude (7B), ``bare`` has nothing.
        unit: The unit of form ``unit``.
        cue: A bound cue inside the range ("25% to over 80%"), as it stands there.
        plus: A trailing plus ("100 million-plus").
        ends: Spans of the low and the high end of a range, to take it apart again.
        sep: What stands between the ends of a range: ``dash``, ``to`` or ``and``.
        decimal: Whether the numeral has a decimal point.
        word: Whether the numeral is a word ("half", "two").
        sign: 1 or -1 for a leading sign; values with a suffix are kept without it.
        verbal: Whether the word is a verb ("halving", "doubles").
        role: What it is within a name: ``joined`` to it ("Foo-7B"), its ``active`` part ("Foo-A3B").
        tail: Offset behind a spread that follows ("5.8 ± 0.3"), which belongs to no claim.
        glued: Whether a capital B stands right behind the digits ("7B").
    """

    start: int
    end: int
    value: float
    form: Form
    high: float | None = None
    unit: Unit | None = None
    cue: str | None = None
    plus: bool = False
    ends: tuple[tuple[int, int], tuple[int, int]] | None = None
    sep: str | None = None
    decimal: bool = False
    word: bool = False
    sign: int = 0
    verbal: bool = False
    glued: bool = False
    role: Literal["joined", "active"] | None = None
    tail: int | None = None


class RangeReader:
    """Reads ranges.

    Args:
        expander: The character fragments.
        amounts: Reads the high end.
    """

    def __init__(self, expander: Expander, amounts: AmountReader) -> None:
        self._amounts = amounts
        self._joint = expander.compile(r"(?P<to>-?{to})|(?P<dash>{dash})|(?P<and>\s+and\s+{opening})")
        self._next = expander.compile(
            r"(?P<cue>{range_cue}?)(?:(?P<digits>{numeral})|(?P<word>(?i:{word_share_of}|{word_fraction}|{word_number})){word_end})"
        )
        self._between = expander.compile(r"\b[Bb]etween{ws}\\?\$?\Z")
        self._before_after = expander.compile(r"{before_after}\Z")
        self._ratio_before_after = expander.compile(r"{ratio_before_after}\Z")
        self._lead = expander.compile(r"{range_lead}\Z")
        self._gain_of_level = expander.compile(r"{gain_of_level}\Z")
        self._change_word = expander.compile("{change_word}")

    def read(self, text: str, low: Amount) -> Mention | None:
        """Reads the range that begins with an amount; None if it begins none."""
        joint = None if is_closed(text, low.end) else self._joint.match(text, low.end)
        if joint is None or (joint.lastgroup == "and" and not self._is_between(text, low.start)):
            return None
        second = self._next.match(text, joint.end())
        if second is None:
            return None
        group = "digits" if second["digits"] else "word"
        high = self._amounts.read(text, second.start(group), second.end(), word=group == "word")
        if high is None or not _fits(low, high) or not _joins(text, low, joint, high):
            return None
        return Mention(
            low.start, high.end, _low_value(text, low, high), high.form, high=high.value, unit=high.unit,
            cue=second["cue"].strip() or None,
            ends=((low.start, low.end), (high.start, high.end)), sep=joint.lastgroup,
            decimal=numerals.is_decimal(text[low.start : high.end]), word=low.word,
            glued=is_glued_size(text, low.start, high.end),
        )  # fmt: skip

    def split(self, text: str, found: list[Mention]) -> list[Mention]:
        """Takes "from 12 ms to 3.4 ms" apart where something changed or fell; elsewhere it is a range."""
        result: list[Mention] = []
        before: Mention | None = None  # the last that was taken apart
        for mention in found:
            apart = (
                _falls(mention)
                or (before is not None and _continues(text, before, mention))
                or self._is_before_after(text, mention)
                or (bool(result) and _is_difference(text, result[-1], mention))
            )
            before = mention if apart else before
            result += _halves(text, mention) if apart else [_ordered(mention)]
        return result

    def _is_between(self, text: str, start: int) -> bool:
        return self._between.search(text[max(0, start - len("between    \\$")) : start]) is not None

    def _is_before_after(self, text: str, mention: Mention) -> bool:
        if mention.ends is None or mention.sep != "to" or mention.form == "count":
            return False
        before = text[max(0, mention.start - _NEAR) : mention.start]
        if _is_wide(text, mention) and self._gain_of_level.search(before):
            return True
        if mention.form == "ratio":
            return self._ratio_before_after.search(before) is not None
        if not self._before_after.search(before) or self._lead.search(before):
            return False
        return self._change_word.search(text, max(0, mention.start - _LOOK_BACK), mention.start) is not None


def share_suffix(text: str, found: list[Mention], gap: re.Pattern[str]) -> list[Mention]:
    """Gives "12.1, 6.5" of "12.1, 6.5 and 2.8 points" the form and unit of the last member.

    Args:
        text: The text.
        found: Its mentions, in order; changed in place.
        gap: What may stand between two members.
    """
    for index in range(len(found) - 2, -1, -1):
        current, following = found[index], found[index + 1]
        if current.form != "bare" or current.word or not _can_share(following):
            continue
        if not gap.fullmatch(text, current.end, following.start) or _looks_like_label(text, current):
            continue
        if following.form == "percent" and current.value < 1 and following.value >= _LARGE_SHARE:
            continue  # "an F1 of 0.71 and 83% recall": not in the same unit
        grouped = numerals.is_grouped(text[current.start : current.end])
        scale = _shared_scale(text, following, grouped=grouped)
        found[index] = current._replace(
            value=times(current.value, scale),
            high=times(current.high, scale) if current.high is not None else None,
            form=following.form,
            unit=following.unit,
        )
    return found


def balanced(text: str, mention: Mention) -> Mention:
    """Leaves an outer pair of dollars off, and one whose partner stands outside the mention."""
    surface = text[mention.start : mention.end]
    odd = surface.count("$") % 2 == 1
    if odd and surface.endswith("$"):
        return mention._replace(end=mention.end - 1)
    if odd and surface.startswith("$"):
        return mention._replace(start=mention.start + 1)
    if not odd and surface[0] == surface[-1] == "$":
        return mention._replace(start=mention.start + 1, end=mention.end - 1)
    return mention


def is_glued_size(text: str, start: int, end: int) -> bool:
    """Tells whether a B stands right behind digits: "7B", or in a name "llama-7b", "llama:7b", "foo-a3b"."""
    if not text[end - 2].isdigit():
        return False
    named = text[max(0, start - 1) : start] in ("-", ":") or text[max(0, start - 2) : start] == "-a"
    return text[end - 1] == "B" or (text[end - 1] == "b" and named)


def _can_share(following: Mention) -> bool:
    if following.verbal:
        return False  # "a recall of 0.74, doubling the area"
    if following.form == "bare":
        return following.high is not None
    return following.unit is None or following.unit.dimension != "data"


def _shared_scale(text: str, following: Mention, *, grouped: bool) -> float:
    """What the last member of a list gives to one before it; its magnitude not to "200,000"."""
    if following.unit:
        return following.unit.scale
    if following.form != "count" or grouped:
        return 1.0
    number = _NUMBER.match(text, following.start)
    plain = numerals.read_digits(number[0].rstrip(",.")) if number else None
    return following.value / plain if plain else 1.0


def _looks_like_label(text: str, mention: Mention) -> bool:
    """A bare year or a number behind a capitalised word ("Table 2, 5%") is no member of a list."""
    surface = text[mention.start : mention.end]
    if not surface.isdigit():
        return False
    if len(surface) == len("2024") and surface[:2] in ("19", "20"):
        return True
    return _LABEL.search(text[max(0, mention.start - _LABEL_REACH) : mention.start]) is not None


def _continues(text: str, before: Mention, mention: Mention) -> bool:
    """Tells whether a before and after follows another ("from 40% to 45% on A and 50% to 65% on B")."""
    if mention.sep != "to" or not mention.form == before.form == "percent":
        return False
    return _AGAIN.fullmatch(text, before.end, mention.start) is not None


def _is_wide(text: str, mention: Mention) -> bool:
    """Tells whether the ends of a range lie as far apart as a gain and the level that it leads to."""
    high = mention.high or 0.0
    if mention.ends is None or "+" in text[slice(*mention.ends[1])]:
        return False
    level = mention.form == "bare" or (mention.form == "percent" and _LOWEST_LEVEL <= high <= _WHOLE)
    return level and high >= _LEVEL_WIDTH * mention.value


def _falls(mention: Mention) -> bool:
    return mention.high is not None and 0 <= mention.high < mention.value


def _ordered(mention: Mention) -> Mention:
    """Puts the low end of "-3 to -7" first."""
    if mention.high is None or mention.high >= mention.value:
        return mention
    return mention._replace(value=mention.high, high=mention.value)


def _is_difference(text: str, change: Mention, levels: Mention) -> bool:
    """Tells whether a bracket says between which levels a change took place: "by 3.6% (60.6% to 64.2%)"."""
    if levels.sep != "to" or levels.high is None or change.form not in ("percent", "point"):
        return False
    near = text[change.end : levels.start]
    bracketed = len(near) <= _NEAR and near.endswith("(")
    return bracketed and abs(abs(levels.high - levels.value) - change.value) < _ROUNDING


def _halves(text: str, mention: Mention) -> list[Mention]:
    """The two ends of a range as mentions of their own."""
    if mention.ends is None or mention.high is None:
        return [mention]
    (low_start, low_end), (high_start, high_end) = mention.ends
    shared = mention._replace(high=None, ends=None, sep=None, cue=None)
    low = shared._replace(start=low_start, end=low_end, decimal=numerals.is_decimal(text[low_start:low_end]))
    high_decimal = numerals.is_decimal(text[high_start:high_end])
    high = shared._replace(start=high_start, end=high_end, value=mention.high, decimal=high_decimal)
    halves = [balanced(text, low), balanced(text, high)]
    paid = mention.unit is not None and mention.unit.dimension == "money"
    return [_with_currency(text, half) for half in halves] if paid else halves


def _with_currency(text: str, half: Mention) -> Mention:
    """Counts the sign of a currency in: each price of "from $0.60 to $0.15" has its own."""
    sign = _CURRENCY.search(text, max(0, half.start - len("US$")), half.start)
    return half._replace(start=sign.start()) if sign else half


def _fits(low: Amount, high: Amount) -> bool:
    if low.form == high.form == "count" and high.value >= _WIDEST * low.value:
        return False  # a size, and the tokens it was trained on ("Foo-2B-4T")
    if low.form == high.form:
        return low.unit is None or high.unit is None or low.unit.name == high.unit.name
    return low.form == "bare" or (low.form == "count" and high.form == "unit")


def _joins(text: str, low: Amount, joint: re.Match[str], high: Amount) -> bool:
    """Tells whether what stands between two amounts makes a range of them."""
    if joint[0] == "-to-" and high.form == "bare":
        return False  # "16-to-4-bit", "1-to-1"
    numbers = low.form == "bare" and high.form in ("bare", "count") and joint.lastgroup == "dash"
    return not numbers or _is_plain_range(text, low, high)


def _is_plain_range(text: str, low: Amount, high: Amount) -> bool:
    """Two numbers and a dash are a range where the first is smaller and no version ("LLaMA 3.1-70B")."""
    grouped = numerals.is_grouped(text[low.start : low.number_end])
    if low.value >= (high.value if grouped or high.form == "bare" else high.number):
        return False
    if high.form == "bare":
        return True
    word = text[: low.start].rstrip().rpartition(" ")[2].lstrip("([{$\"'")
    return not (word[:1].isupper() and word[-1].isalnum())


def _low_value(text: str, low: Amount, high: Amount) -> float:
    """The low end, with what only the high end has: a magnitude, a prefix, an order ("2-4 million")."""
    if low.form != "bare":
        return low.value
    if high.form in ("count", "unit"):
        scale = high.unit.scale if high.unit else 1.0
        shared = times(low.value, times(scale, high.magnitude))
        return shared if _shares_magnitude(text, low, high, shared) else times(low.value, scale)
    if high.form == "ratio" and _is_order(text[high.number_end : high.end]):
        return order_of_magnitude(low.value)
    return low.value


def _shares_magnitude(text: str, low: Amount, high: Amount, shared: float) -> bool:
    """Tells whether "million" at the end of a range serves its first number too, then ``shared``.

    It does where the range rises ("2 to 3 million"), and where it falls ("from 3 to 1.5 million").
    """
    if high.magnitude == 1:
        return True
    if numerals.is_grouped(text[low.start : low.number_end]):
        return False
    before = text[max(0, low.start - len("from $")) : low.start]
    return shared <= high.value or (low.value < _LEAST_PLAIN and _FROM.search(before) is not None)


def _is_order(suffix: str) -> bool:
    return "rder" in suffix or "OOM" in suffix
