"""A value as it stands in a text, before anyone knows what it is about."""

from __future__ import annotations

from typing import Literal, NamedTuple

from extractor.numbers.amounts import Form
from extractor.numbers.units import Unit


class ValueMention(NamedTuple):
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


def balanced(text: str, mention: ValueMention) -> ValueMention:
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
    if text[end - 1] not in "Bb" or not text[end - 2].isdigit():
        return False
    named = text[max(0, start - 1) : start] in ("-", ":") or text[max(0, start - 2) : start] == "-a"
    return text[end - 1] == "B" or (text[end - 1] == "b" and named)
