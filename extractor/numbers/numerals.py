"""Reads the numeral at a place of a text: its span, its value, and what sort of numeral it is."""

from __future__ import annotations

from typing import Literal, NamedTuple, cast

from extractor.numbers.digits import read_digits, sensible
from extractor.numbers.fragments import Expander
from extractor.text.lookup.lazypattern import Match
from extractor.text.numberwords import NumberWords

_LEAD_ENDS = frozenset("$+-−–{.")  # what the fragment numeral_lead can end with
_LONGEST_LEAD = (
    8  # signs and LaTeX that can stand before the first digit of a numeral: "\\dfrac{", "$-", "{+"
)

Kind = Literal["digits", "glued", "name", "active", "small", "word", "magnitude", "order"]


class Numeral(NamedTuple):
    """A number as it stands, without what follows it.

    Attributes:
        start: Offset of its first character.
        end: Offset behind its last character.
        value: Its value.
        kind: ``digits``, or ``glued`` to a prefix ("sub-50"); part of a model's name ("Foo-7B"), or its
            ``active`` part ("-A3B", ``small`` "-a3b"); a ``word``, a ``magnitude`` that counts itself
            ("a trillion-parameter model"), or an ``order`` of magnitude.
    """

    start: int
    end: int
    value: float
    kind: Kind

    @property
    def in_words(self) -> bool:
        """Whether it is written in words."""
        return self.kind in ("word", "magnitude", "order")


class NumeralReader:
    """Reads numerals.

    Args:
        expander: The character fragments.
        words: The number words.
    """

    def __init__(self, expander: Expander, words: NumberWords) -> None:
        self._words = words
        self._lead = expander.compile(r"{numeral_lead}\Z")
        self._number = expander.compile(
            r"(?<![\w.^_@\\}])(?<![_^]\{)(?:(?<!\d:)|(?=\d{1,3}(?:\.\d{1,2})?[bB]\b)){behind_decimal}(?:(?<=[A-Za-z]-)(?!{behind_prefix})(?P<name>{closed_number})(?=[BMTb]\b)|(?<![A-Za-z]-)(?P<digits>{numeral}))"
            r"|(?<=-A)(?P<active>{decimal})(?=[BM]\b)|(?<=-a)(?P<small>{decimal})(?=b\b)|(?:{behind_prefix}|{behind_macro})(?P<glued>{number})"
        )
        self._word = expander.lazily(
            r"{word_before}(?:(?P<word>(?i:{word_share_of}|{word_fraction}|{word_ratio})|{behind_factor}(?i:{word_number})"
            r"|(?>(?i:{word_number})){word_reach}){word_end}"
            r"|(?P<magnitude>{lone_magnitude})|(?P<order>{lone_order}))"
        )
        self._next = expander.lazily(
            r"(?P<cue>{range_cue}?)(?:(?P<digits>{numeral})|(?P<word>(?i:{word_share_of}|{word_fraction}|{word_number})){word_end})"
        )

    def at(self, text: str, start: int, position: int) -> Numeral | None:
        """Reads the numeral at a place.

        Args:
            text: The text.
            start: Where its first digit or letter stands.
            position: Behind what was read before; no sign of it is taken.
        """
        match = self._match(text, start, position)
        if match is None:
            return None
        kind = cast("Kind", match.lastgroup)
        value = self.read(match[0]) if kind != "order" else self._words.orders(match[0])
        return None if value is None else Numeral(match.start(), match.end(), value, kind)

    def behind(self, text: str, position: int) -> tuple[Numeral, str] | None:
        """Reads the numeral that begins at an offset, and the cue of a bound before it ("over 5")."""
        match = self._next.match(text, position)
        if match is None:
            return None
        kind: Kind = "digits" if match["digits"] else "word"
        value = self.read(match[kind])
        return None if value is None else (Numeral(*match.span(kind), value, kind), match["cue"].strip())

    def cut(self, text: str, numeral: Numeral, end: int) -> Numeral | None:
        """Reads as much of a numeral as stands before an offset."""
        value = self.read(text[numeral.start : end])
        return None if value is None else numeral._replace(end=end, value=value)

    def more(self, surface: str) -> float:
        """Reads what is added behind "orders of magnitude": "and a half"."""
        return self._words.orders(surface) - 1.0

    def read(self, surface: str) -> float | None:
        """Reads what a numeral is worth, in digits, in words, or both ("2 and a half")."""
        if surface[:1].isalpha():
            return sensible(self._words.read(surface))
        whole, rest = surface, ""
        if "a" in surface:  # of "and"
            whole, *behind = surface.split(maxsplit=1)
            rest = behind[0] if behind else ""
        part = self._words.part_of(rest) if rest else None
        if part is None:
            return read_digits(surface)
        value = read_digits(whole)
        return None if value is None else value + part

    def _match(self, text: str, start: int, position: int) -> Match | None:
        """Matches the numeral at a place, the longest lead first."""
        if text[start].isalpha():
            return self._word.match(text, start)
        if text[start - 1 : start] in _LEAD_ENDS:
            lead = self._lead.search(text, max(position, start - _LONGEST_LEAD), start)
            for first in range(lead.start(), start) if lead else ():
                if match := self._number.match(text, first):
                    return match
        return self._number.match(text, start)
