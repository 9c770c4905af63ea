"""Finds value mentions on raw text: numerals and ranges with their multiplier, suffix or unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from extractor.numbers import numerals
from extractor.numbers.amounts import Amount, AmountReader, Expander, Form, is_closed, order_of_magnitude
from extractor.numbers.numerals import NumeralReader, times
from extractor.numbers.ranges import Mention, RangeReader, balanced, is_glued_size, share_suffix
from extractor.numbers.units import Unit, UnitTable
from extractor.text.lookup.vocabulary import digit_runs, runs

__all__ = ["Mention", "MentionScanner"]

_VULGAR = re.compile(r"(?<!\d)(?<!\d\s)[\u00bc-\u00be\u2150-\u215e]")  # "½" where it stands alone
_THOUSAND = 1e3
_MILLION = 1e6
_FEWEST = 10  # in words, of images or tokens that are an amount of data
_DOLLAR = Unit("USD", "money")
_METRE = Unit("m", "length")
_DIGITS_AND_POINT = frozenset("0123456789.")
_LEAD_ENDS = frozenset("$+-−–{.")  # what the fragment numeral_lead can end with
_FACTOR_REACH = 48  # characters in front of a number in which "by a factor of approximately" stands
_LONGEST_LEAD = 8  # signs and LaTeX that can stand before the first digit of a numeral: "\dfrac{", "$-", "{+"


class MentionScanner:
    """Scans text for value mentions.

    Args:
        fragments: Named character patterns (rules/fragments.yaml).
        units: The unit surfaces.
        reader: Reads the numerals.
    """

    def __init__(self, fragments: dict[str, str], units: UnitTable, reader: NumeralReader) -> None:
        words = reader.words
        expander = Expander(
            {**fragments, **words.lists, "data_noun": _nouns(units), "unit_start": units.start_pattern}
        )
        self._units = units
        self._words = words
        self._amounts = AmountReader(expander, units, reader)
        self._ranges = RangeReader(expander, self._amounts)
        self._word_runs = words.runs
        self._articles = tuple(word + joint for word in words.articles for joint in " -")
        self._lead = expander.compile(r"{numeral_lead}\Z")
        self._number = expander.compile(
            r"(?<![\w.^_@\\}])(?:(?<!\d:)|(?=\d{1,3}(?:\.\d{1,2})?[bB]\b)){behind_decimal}(?:(?<=[A-Za-z]-)(?!{behind_prefix})(?P<name>{number})(?=[BMTb]\b)|(?<![A-Za-z]-)(?P<digits>{numeral}))"
            r"|(?<=-A)(?P<active>{decimal})(?=[BM]\b)|(?<=-a)(?P<small>{decimal})(?=b\b)|(?:{behind_prefix}|{behind_macro})(?P<glued>{number})"
        )
        self._word = expander.compile(
            r"{word_before}(?:(?P<word>(?i:{word_share_of}|{word_fraction}|{word_ratio})|{behind_factor}(?i:{word_number})"
            r"|(?>(?i:{word_number})){word_reach}){word_end}"
            r"|(?P<magnitude>(?<![\d.])(?<![\d.]\s)(?:billion|trillion|million)(?=[-\s](?:parameter|scale\sparameter)))"
            r"|(?P<oom>order(?:\s+|-)of(?:\s+|-)magnitude\b{and_a_half}?))"
        )
        self._point_of = expander.compile(r"\s{point_of}(?=[\s-])")
        self._factor = expander.compile(r"{factor_of}\Z")
        self._gap = expander.compile(r"{list_gap}")
        self._spread = expander.compile(r"{spread}(?:\\?%\$?)?")
        self._device = expander.compile(r"(?:{ws}|-){device_time}")
        self._data = expander.compile(r"{data_tail}")
        self._counted = expander.compile(r"[\s~](?i:{data_noun})s\b")
        self._parameters = expander.compile(r"{parameter_tail}")
        self._plus = expander.compile(r"{plus}")
        self._money = expander.compile(r"{money}")
        self._verb_object = expander.compile(r"{verb_object}")
        self._si = expander.compile(r"\\SI\{(?P<number>{number})\}\{(?P<unit>[^{}]{1,40})\}")

    def scan(self, text: str) -> list[Mention]:
        """Returns the mentions of a text, in order and without overlap. Bare numbers are among them."""
        found: list[Mention] = []
        position = 0
        for start in self._candidates(text):
            if start < position:
                continue
            match = self._number_at(text, start, position)
            mention = self._read(text, match) if match else None
            if mention is not None:
                found.append(mention)
                position = mention.tail or mention.end
        if "\\SI{" in text:
            found = self._with_si(text, found)
        return share_suffix(text, self._ranges.split(text, found), self._gap) if found else found

    def measure(self, surface: str) -> str | None:
        """Returns what the points of a value are points of ("F1" of "2.3 F1 points"), if it says so."""
        found = self._point_of.search(surface)
        return found[0].strip() if found else None

    def _candidates(self, text: str) -> list[int]:
        """Returns where a numeral could begin, in order; the costly patterns are tried only there."""
        starts = _first_digits(text)
        if not text.isascii():
            starts += [match.start() for match in _VULGAR.finditer(text)]
            starts.sort()
        words = self._word_runs & runs(text)
        return sorted(starts + self._word_starts(text, words)) if words else starts

    def _word_starts(self, text: str, words: Iterable[str]) -> list[int]:
        """Returns where words with the given runs of letters begin, an article before them counted in."""
        starts = [start for run in words for start in _places(text, run)]
        led = [start for start in starts if text.endswith(self._articles, 0, start)]
        return starts + [
            start - len(each) for start in led for each in self._articles if text.endswith(each, 0, start)
        ]

    def _number_at(self, text: str, start: int, position: int) -> re.Match[str] | None:
        """Matches the numeral whose first digit or letter stands at ``start``, the longest lead first."""
        if text[start].isalpha():
            return self._word.match(text, start)
        if text[start - 1 : start] in _LEAD_ENDS:
            lead = self._lead.search(text, max(position, start - _LONGEST_LEAD), start)
            for first in range(lead.start(), start) if lead else ():
                if match := self._number.match(text, first):
                    return match
        return self._number.match(text, start)

    def _read(self, text: str, match: re.Match[str]) -> Mention | None:
        kind = match.lastgroup
        if kind == "oom":
            orders = 1.5 if match["oom"].endswith("half") else 1.0
            return Mention(match.start(), match.end(), order_of_magnitude(orders), "ratio", word=True)
        amount = self._amounts.read(text, match.start(), match.end(), word=kind in ("word", "magnitude"))
        if amount is None:
            return None
        if kind in ("name", "active", "small"):
            size = _named_size(text, amount, active=kind != "name")
            return self._sizes(text, amount) or size if kind == "name" else size
        mention = self._range(text, amount) or self._single(text, amount)
        if mention is None:
            return None
        if mention.form == "bare" and self._is_factor(text, mention.start):
            mention = mention._replace(form="ratio")
        mention = self._finish(text, mention)
        return None if _is_glued(text, mention) else _signed(text, mention)

    def _sizes(self, text: str, amount: Amount) -> Mention | None:
        """Reads the sizes of a family joined to its name: "Foo-70M-12B", but not "Foo-1B-7B", "Foo-2B-4T"."""
        found = self._ranges.read(text, amount) if amount.form == "count" else None
        if found is None or found.ends is None or not (found.high and found.high > found.value):
            return None
        (_, low_end), (high_start, high_end) = found.ends
        low, joint, high = text[low_end - 1], text[low_end:high_start], text[high_end - 1]
        several = high in "bB" and (low in "mM" or joint != "-")
        return found._replace(role="joined") if several and found.sep == "dash" else None

    def _range(self, text: str, amount: Amount) -> Mention | None:
        """Reads a range; but "by a factor of 3 to 2.1%" ends at a level."""
        mention = self._ranges.read(text, amount)
        level = mention is not None and mention.form not in ("bare", "ratio")
        return None if level and amount.form == "bare" and self._is_factor(text, amount.start) else mention

    def _single(self, text: str, amount: Amount) -> Mention | None:
        surface = text[amount.start : amount.number_end]
        form: Form | None = amount.form
        if form == "bare" and amount.word:
            form = self._word_form(text, amount, surface)
        elif form == "bare" and _VULGAR.fullmatch(surface):
            form = "ratio"
        elif form == "bare" and "/" in surface and "." not in surface:
            form = "ratio" if _is_reciprocal(surface) else None  # "33/33" counts
        if form is None:
            return None
        return Mention(
            amount.start, amount.end, amount.value, form, unit=amount.unit,
            decimal=numerals.is_decimal(surface), word=amount.word,
            verbal=amount.word and amount.number_end == amount.end and self._words.is_verb(surface),
            glued=is_glued_size(text, amount.start, amount.end),
            role="joined" if form == "count" and _is_tagged(text, amount.start) else None,
        )  # fmt: skip

    def _word_form(self, text: str, amount: Amount, surface: str) -> Form | None:
        """What a number word without suffix says; None where it only counts things or is an adjective."""
        if self._device.match(text, amount.number_end):
            return "bare"
        if self._words.is_count(surface) and amount.value < _MILLION:
            if self._is_factor(text, amount.start):
                return "ratio"
            counted = amount.value >= _FEWEST and self._counted.match(text, amount.number_end)
            return "bare" if counted else None
        if self._words.is_verb_stem(surface) and not self._verb_object.match(text, amount.end):
            return None  # "double precision"
        return "count" if amount.value >= _MILLION else "ratio"

    def _is_factor(self, text: str, start: int) -> bool:
        """Tells whether a number stands behind "by a factor of"."""
        before = text[max(0, start - _FACTOR_REACH) : start]
        return "factor" in before and self._factor.search(before) is not None

    def _finish(self, text: str, mention: Mention) -> Mention:
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

    def _further(self, text: str, mention: Mention, plus: re.Match[str] | None) -> Mention | None:
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

    def _paid(self, text: str, mention: Mention) -> Mention | None:
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

    def _currency(self, text: str, mention: Mention) -> tuple[int, Unit] | None:
        if (found := self._units.currency(text, mention.start)) is not None:
            return found
        # A dollar sign alone opens a formula more often than not.
        money = self._money.match(text, mention.start - 1) if mention.start else None
        return (money.start(), _DOLLAR) if money and money.end() == mention.start else None

    def _with_si(self, text: str, found: list[Mention]) -> list[Mention]:
        """Reads siunitx macros, whose unit stands in a second pair of braces."""
        macros = []
        for match in self._si.finditer(text):
            value = numerals.read_digits(match["number"])
            unit = self._units.match(match["unit"].strip() + " ", 0)
            if value is not None and unit is not None:
                macros.append(Mention(*match.span(), times(value, unit[1].scale), "unit", unit=unit[1]))
        kept = [m for m in found if not any(s.start <= m.start < s.end for s in macros)]
        return sorted(kept + macros, key=lambda mention: mention.start)


def _first_digits(text: str) -> list[int]:
    """Returns where runs of digits and points begin, in order."""
    starts: list[int] = []
    position = 0
    for run in digit_runs(text):
        position = text.find(run, position)
        if not _goes_on(text, position):
            starts.append(position)
        position += len(run)
    return starts


def _places(text: str, run: str) -> list[int]:
    """Returns where a run of letters stands in a text, behind no letter."""
    places: list[int] = []
    start = text.find(run)
    while start >= 0:
        if not text[start - 1 : start].isalpha():
            places.append(start)
        start = text.find(run, start + len(run))
    return places


def _goes_on(text: str, start: int) -> bool:
    """Tells whether digits stand behind a point within a number ("2.5", "1..5")."""
    return text[start - 1 : start] == "." and text[start - 2 : start - 1] in _DIGITS_AND_POINT


def _nouns(units: UnitTable) -> str:
    nouns = sorted(units.data_nouns, key=len, reverse=True)
    return "|".join(nouns)


def _named_size(text: str, amount: Amount, *, active: bool) -> Mention | None:
    """A size inside a model's name ends with its letter."""
    if amount.form != "count":
        return None
    glued = is_glued_size(text, amount.start, amount.end)
    role: Literal["joined", "active"] = "active" if active else "joined"
    return Mention(amount.start, amount.end, amount.value, "count", glued=glued, role=role)


def _is_tagged(text: str, start: int) -> bool:
    """Tells whether a number stands behind a name and a colon, as hubs write it ("foo2:1.7b")."""
    return text[start - 1 : start] == ":" and text[start - 2 : start - 1].isalnum()


def _is_glued(text: str, mention: Mention) -> bool:
    """A bare number that goes on as a word ("128-core", "3D", "10th") is part of that word."""
    after = text[mention.end : mention.end + 2]
    return mention.form == "bare" and (after[:1].isalpha() or (after[:1] == "-" and after[1:].isalpha()))


def _signed(text: str, mention: Mention) -> Mention:
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


def _is_reciprocal(surface: str) -> bool:
    """A fraction with the numerator one ("1/190th") is a ratio; "4.19/5" or "11/15" is not."""
    return surface.replace("\\frac{", "").replace("\\dfrac{", "").lstrip().startswith(("1/", "1 /", "1}"))
