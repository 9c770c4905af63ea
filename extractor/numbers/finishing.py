"""Finishes a mention: device time, data, parameters, a plus or a spread behind it; currency and sign."""

from __future__ import annotations

import re

from extractor.numbers.amounts import is_closed
from extractor.numbers.digits import times
from extractor.numbers.fragments import Expander
from extractor.numbers.units import Unit, UnitTable
from extractor.numbers.valuemention import ValueMention, balanced

_THOUSAND = 1e3
_MILLION = 1e6
_DOLLAR = Unit("USD", "money")
_METRE = Unit("m", "length")
_INNER_PLUS = re.compile(r"\d\+\s?[\\%a-zA-Zµμ]")  # "98+%", "50+ hours"


class Finisher:
    """Adds to a mention what stands around it.

    Args:
        expander: The character fragments.
        units: The unit surfaces.
    """

    def __init__(self, expander: Expander, units: UnitTable) -> None:
        self._units = units
        self._spread = expander.compile(r"{spread}(?:\\?%\$?)?")
        self._device = expander.compile(r"(?:{ws}|-){device_time}")
        self._data = expander.compile(r"{data_tail}")
        self._parameters = expander.compile(r"{parameter_tail}")
        self._plus = expander.compile(r"{plus}")
        self._money = expander.compile(r"{money}")

    def finish(self, text: str, mention: ValueMention) -> ValueMention | None:
        """Finishes a mention; None where its number turns out to be part of a word."""
        mention = self._extended(text, mention)
        if "+" in text[mention.start : mention.end] and _INNER_PLUS.search(
            text, mention.start + 1, mention.end
        ):
            mention = mention._replace(plus=True)
        return None if _is_glued(text, mention) else _signed(text, mention)

    def _extended(self, text: str, mention: ValueMention) -> ValueMention:
        """Adds what stands further behind: device time, data nouns, a plus, a spread; and currency before."""
        closed, behind = is_closed(text, mention.end), text[mention.end : mention.end + 1]
        plus = self._plus.match(text, mention.end) if behind in ("+", "-") else None
        if mention.form in ("bare", "count"):
            found = (None if closed else self._further(text, mention, plus)) or self._paid(text, mention)
        else:
            found = self._paid(text, mention) if mention.unit == _METRE else None
        if found is not None:
            return found
        spread = None if closed else self._spread.match(text, mention.end)
        if spread:
            mention = mention._replace(tail=spread.end())
        elif plus:
            mention = mention._replace(plus=True)
        return balanced(text, mention) if "$" in text[mention.start : mention.end] else mention

    def _further(self, text: str, mention: ValueMention, plus: re.Match[str] | None) -> ValueMention | None:
        """Reads a number without suffix as device time, data or parameters."""
        if (device := self._device.match(text, mention.end)) and (
            unit := self._units.device_unit(device["device"] or "GPU", device["noun"])
        ):
            return mention._replace(end=device.end(), form="unit", unit=unit)
        data = self._data.match(text, plus.end() if plus else mention.end)
        if data and (unit := self._units.data_unit(data["one"] or data["many"])):
            return mention._replace(
                end=data.end(data.lastgroup or 0), form="unit", unit=unit, plus=bool(plus)
            )
        if mention.value >= _THOUSAND and self._parameters.match(text, mention.end):
            return mention._replace(form="count")
        return None

    def _paid(self, text: str, mention: ValueMention) -> ValueMention | None:
        """Reads a number behind a currency as money; an m behind it is no metre but a million."""
        if text[mention.start - 1 : mention.start].isdigit() or not (found := self._currency(text, mention)):
            return None
        start, unit = found
        if mention.form == "unit":
            if not text[mention.start : mention.end].endswith("m"):
                return None
            high = None if mention.high is None else times(mention.high, _MILLION)
            mention = mention._replace(value=times(mention.value, _MILLION), high=high)
        return mention._replace(start=start, form="unit", unit=unit)

    def _currency(self, text: str, mention: ValueMention) -> tuple[int, Unit] | None:
        if (found := self._units.currency(text, mention.start)) is not None:
            return found
        # A dollar sign alone opens a formula more often than not.
        money = self._money.match(text, mention.start - 1) if mention.start else None
        return (money.start(), _DOLLAR) if money and money.end() == mention.start else None


def _is_glued(text: str, mention: ValueMention) -> bool:
    """A bare number that goes on as a word ("128-core", "3D", "10th") is part of that word."""
    after = text[mention.end : mention.end + 2]
    return mention.form == "bare" and (after[:1].isalpha() or (after[:1] == "-" and after[1:].isalpha()))


def _signed(text: str, mention: ValueMention) -> ValueMention:
    """Notes a leading sign; a change has its size in the value and its way in the direction."""
    if text[mention.start].isalnum():
        return mention
    first = text[mention.start : mention.start + 2].lstrip("$")[:1]
    sign = 1 if first == "+" else -1 if first in "-−–" and first else 0
    if not sign:
        return mention
    if mention.form not in ("percent", "ratio", "point"):
        return mention._replace(sign=sign)
    low, high = mention.value, mention.high
    if high is None:
        return mention._replace(sign=sign, value=abs(low))
    if low < 0 < high and (mention.sep != "dash" or "+" in text[mention.start : mention.end]):
        return mention  # "-2% to +5%" goes both ways
    return mention._replace(sign=sign, value=abs(low), high=abs(high))
