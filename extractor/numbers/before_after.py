"""Takes ranges apart that are a before and after: "from 12 ms to 3.4 ms", "a 4% gain (61% to 65%)"."""

from __future__ import annotations

import re

from extractor.numbers.digits import is_decimal
from extractor.numbers.fragments import Expander
from extractor.numbers.valuemention import ValueMention, balanced
from extractor.text.sentences import SentenceSplitter

_LOOK_BACK = 160  # characters before a range in which a word of change makes it a before and after
_NEAR = 60  # characters before a range in which a word can say that it is one
_WHOLE = 100.0  # percent
_LEVEL_WIDTH = 4.0  # times the amount of a gain that the level behind it is at least ("by 3% to 91%")
_LOWEST_LEVEL = 60.0  # percent; a gain of so many is none of accuracy
_LEAST_LEVEL = 30.0  # percent, at the low end of a bracket that holds two levels
_ROUNDING = 0.11  # by which a difference may miss that of two rounded numbers
_METRIC_CLOSES = re.compile(r"\s[A-Za-z][\w@-]{1,11}\)")
_CURRENCY = re.compile(r"(?:US|\\)?\$\Z")


class BeforeAfter:
    """Tells states before and after a change from ranges.

    Args:
        expander: The character fragments.
        sentences: Splits texts.
    """

    def __init__(self, expander: Expander, sentences: SentenceSplitter) -> None:
        self._sentences = sentences
        self._before_after = expander.compile(r"{before_after}\Z")
        self._ratio_before_after = expander.compile(r"{ratio_before_after}\Z")
        self._lead = expander.compile(r"{range_lead}\Z")
        self._gain_of_level = expander.compile(r"{gain_of_level}\Z")
        self._change_word = expander.compile("{change_word}")
        self._moved = expander.compile("{change_word}|{beat_word}")
        self._from_in_bracket = expander.compile(r"{from_in_bracket}\Z")
        self._behind_change = expander.compile(r"{behind_change}\Z")
        self._improved = expander.compile("{improved_quality}")
        self._again = expander.compile("{before_after_again}")

    def split(self, text: str, found: list[ValueMention]) -> list[ValueMention]:
        """Takes "from 12 ms to 3.4 ms" apart where something changed or fell; elsewhere it is a range."""
        result: list[ValueMention] = []
        before: ValueMention | None = None  # the last that was taken apart
        for mention in found:
            if mention.high is None:  # no range
                result.append(mention)
                continue
            apart = (
                _falls(mention)
                or (before is not None and self._continues(text, before, mention))
                or self._is_before_after(text, mention)
                or (bool(result) and self._is_difference(text, result[-1], mention))
                or self._are_levels(text, mention)
            )
            before = mention if apart else before
            result += _halves(text, mention) if apart else [_ordered(mention)]
        return result

    def _is_before_after(self, text: str, mention: ValueMention) -> bool:
        if mention.ends is None or mention.sep != "to" or mention.form == "count":
            return False
        opening = self._sentences.at(text, mention.start).start
        before = text[max(opening, mention.start - _NEAR) : mention.start]
        is_range = self._lead.search(before) is not None
        from_in_bracket = not is_range and self._from_in_bracket.search(before)
        if _is_wide(text, mention) and (from_in_bracket or self._gain_of_level.search(before)):
            return True
        if mention.form == "ratio":
            return self._ratio_before_after.search(before) is not None
        if is_range or not self._before_after.search(before):
            return False
        first = max(opening, mention.start - _LOOK_BACK)
        return self._change_word.search(text, first, mention.start) is not None

    def _is_difference(self, text: str, change: ValueMention, levels: ValueMention) -> bool:
        """Tells whether levels stand behind their difference: "by 3.6% (60.6% to 64.2%)"."""
        if levels.sep != "to" or levels.high is None or change.form not in ("percent", "point"):
            return False
        near = text[change.end : levels.start]
        if len(near) > _NEAR or not self._behind_change.search(near):
            return False
        points = levels.form == "bare" and levels.high <= 1  # "+7.6 points, from 0.536 to 0.612"
        gap = abs(levels.high - levels.value) * (_WHOLE if points else 1.0)
        return abs(gap - change.value) < _ROUNDING

    def _are_levels(self, text: str, mention: ValueMention) -> bool:
        """Tells whether a bracket holds two levels: "improves recall (73% to 81%)", "(0.61 to 0.86 mAP)"."""
        if mention.sep != "to" or text[mention.start - 1 : mention.start] != "(":
            return False
        first = max(self._sentences.at(text, mention.start).start, mention.start - _LOOK_BACK)
        if mention.form == "bare" and mention.decimal and _METRIC_CLOSES.match(text, mention.end):
            return self._moved.search(text, first, mention.start) is not None
        percent = mention.form == "percent" and mention.value >= _LEAST_LEVEL
        closed = text[mention.end : mention.end + 1] == ")"
        return percent and closed and self._improved.search(text, first, mention.start) is not None

    def _continues(self, text: str, before: ValueMention, mention: ValueMention) -> bool:
        """Tells whether a before and after follows another ("from 40% to 45% on A and 50% to 65% on B")."""
        if mention.sep != "to" or not mention.form == before.form == "percent":
            return False
        return self._again.fullmatch(text, before.end, mention.start) is not None


def _is_wide(text: str, mention: ValueMention) -> bool:
    """Tells whether the ends of a range lie as far apart as a gain and the level that it leads to."""
    high = mention.high or 0.0
    if mention.ends is None or "+" in text[slice(*mention.ends[1])]:
        return False
    level = mention.form == "bare" or (mention.form == "percent" and _LOWEST_LEVEL <= high <= _WHOLE)
    return level and high >= _LEVEL_WIDTH * mention.value


def _falls(mention: ValueMention) -> bool:
    return mention.high is not None and 0 <= mention.high < mention.value


def _ordered(mention: ValueMention) -> ValueMention:
    """Puts the low end of "-3 to -7" first."""
    if mention.high is None or mention.high >= mention.value:
        return mention
    return mention._replace(value=mention.high, high=mention.value)


def _halves(text: str, mention: ValueMention) -> list[ValueMention]:
    """The two ends of a range as mentions of their own."""
    if mention.ends is None or mention.high is None:
        return [mention]
    (low_start, low_end), (high_start, high_end) = mention.ends
    shared = mention._replace(high=None, ends=None, sep=None, cue=None)
    low = shared._replace(start=low_start, end=low_end, decimal=is_decimal(text[low_start:low_end]))
    high_decimal = is_decimal(text[high_start:high_end])
    high = shared._replace(start=high_start, end=high_end, value=mention.high, decimal=high_decimal)
    halves = [balanced(text, low), balanced(text, high)]
    paid = mention.unit is not None and mention.unit.dimension == "money"
    return [_with_currency(text, half) for half in halves] if paid else halves


def _with_currency(text: str, half: ValueMention) -> ValueMention:
    """Counts the sign of a currency in: each price of "from $0.60 to $0.15" has its own."""
    sign = _CURRENCY.search(text, max(0, half.start - len("US$")), half.start)
    return half._replace(start=sign.start()) if sign else half
