"""Gives the members of a list the suffix of the last: "12.1, 6.5 and 2.8 points"."""

from __future__ import annotations

import re

from extractor.numbers.digits import is_grouped, read_digits, times
from extractor.numbers.fragments import Expander
from extractor.numbers.valuemention import ValueMention

_LARGE_SHARE = 20.0  # percent; a number below 1 in front of it, in a list, is in another unit
_NUMBER = re.compile(r"[\d.,]+")
_LABEL = re.compile(r"\b[A-Z][\w-]*\s\Z")
_LABEL_REACH = 30


class ListReader:
    """Reads lists.

    Args:
        expander: The character fragments.
    """

    def __init__(self, expander: Expander) -> None:
        self._gap = expander.compile(r"{list_gap}")

    def share(self, text: str, found: list[ValueMention]) -> list[ValueMention]:
        """Gives "12.1, 6.5" of "12.1, 6.5 and 2.8 points" the form and unit of the last member.

        Args:
            text: The text.
            found: Its mentions, in order; changed in place.
        """
        shared: set[int] = set()
        for index in range(len(found) - 2, -1, -1):
            current, following = found[index], found[index + 1]
            if self._counts_alike(text, current, following, joined=found[index + 1].end in shared):
                found[index] = current._replace(form=following.form, unit=following.unit)
                shared.add(current.end)
                continue
            if current.form != "bare" or current.word or not _can_share(following):
                continue
            if not self._gap.fullmatch(text, current.end, following.start) or _looks_like_label(
                text, current
            ):
                continue
            if following.form == "percent" and current.value < 1 and following.value >= _LARGE_SHARE:
                continue  # "an F1 of 0.71 and 83% recall": not in the same unit
            grouped = is_grouped(text[current.start : current.end])
            scale = _shared_scale(text, following, grouped=grouped)
            found[index] = current._replace(
                value=times(current.value, scale),
                high=times(current.high, scale) if current.high is not None else None,
                form=following.form,
                unit=following.unit,
            )
        return found

    def _counts_alike(
        self, text: str, current: ValueMention, following: ValueMention, *, joined: bool
    ) -> bool:
        """Tells whether a number with a magnitude counts what the next one does ("8B and 28B tokens").

        A comma alone joins two only within a list that goes on: "(7B, 2T tokens)" is a size and its data.
        """
        if current.form != "count" or current.unit is not None or following.unit is None:
            return False
        if following.unit.dimension != "data" or not self._gap.fullmatch(text, current.end, following.start):
            return False
        return joined or text[current.end : following.start].strip() not in {",", "/"}


def _can_share(following: ValueMention) -> bool:
    if following.verbal:
        return False  # "a recall of 0.74, doubling the area"
    if following.form == "bare":
        return following.high is not None
    return following.unit is None or following.unit.dimension != "data"


def _shared_scale(text: str, following: ValueMention, *, grouped: bool) -> float:
    """What the last member of a list gives to one before it; its magnitude not to "200,000"."""
    if following.unit:
        return following.unit.scale
    if following.form != "count" or grouped:
        return 1.0
    number = _NUMBER.match(text, following.start)
    plain = read_digits(number[0].rstrip(",.")) if number else None
    return following.value / plain if plain else 1.0


def _looks_like_label(text: str, mention: ValueMention) -> bool:
    """A bare year or a number behind a capitalised word ("Table 2, 5%") is no member of a list."""
    surface = text[mention.start : mention.end]
    if not surface.isdigit():
        return False
    if len(surface) == len("2024") and surface[:2] in ("19", "20"):
        return True
    return _LABEL.search(text[max(0, mention.start - _LABEL_REACH) : mention.start]) is not None
