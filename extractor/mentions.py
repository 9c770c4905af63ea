"""Finds value mentions: numerals and ranges with their multiplier, suffix or unit, by character patterns on raw text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import regex

from extractor import numerals
from extractor.resources import rules_dir
from extractor.strictyaml import load_yaml
from extractor.units import Unit, UnitTable, unit_table

MentionForm = Literal["ratio", "percent", "point", "dB", "count", "unit", "bare"]

_FORM = {"ratio": "ratio", "percent": "percent", "point": "point", "decibel": "dB"}
_PLURAL_GAP = regex.compile(r"(?:,|\s(?:and|or|vs\.?|versus)|,\s(?:and|or))\s|,", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
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
        sep: What stands between the ends of a range: ``dash`` or ``to``.
        decimal: Whether the numeral has a decimal point.
        word: Whether the numeral is a word ("half", "two").
        sign: 1 or -1 for a leading sign; values with a suffix are kept without it.
        verbal: Whether the word is a verb ("halving", "doubles").
        tail: Offset behind a spread that follows ("5.8 ± 0.3"), which belongs to no claim.
        glued: Whether a capital B stands right behind the digits ("7B").
    """

    start: int
    end: int
    value: float
    form: MentionForm
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
    tail: int | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A numeral with what belongs to it: one end of a range or the whole mention."""

    start: int
    end: int
    value: float
    form: MentionForm
    unit: Unit | None
    number_end: int
    word: bool


class MentionScanner:
    """Scans text for value mentions.

    Args:
        fragments: Named character patterns (rules/fragments.yaml).
        units: The unit surfaces.
    """

    def __init__(self, fragments: dict[str, str], units: UnitTable) -> None:
        expand = _Expander({**fragments, "data_noun": _nouns(units)})
        self._units = units
        # A cheap scan for where a numeral could start; the costly patterns are tried only there.
        self._candidate = re.compile(
            plain(r"[$+\-−–{.]{0,3}\d|\\num\{|\border\s+of\s+mag|\b(?:[bmtr]+illion\b|{word_start})", expand)
        )
        self._number = regex.compile(
            expand(
                r"(?<![\w.^_@\\}]|\d/)(?:(?<=[A-Za-z]-)(?<name>{number})(?=[BMT]\b)|(?<![A-Za-z]-)(?<digits>{numeral}))"
                r"|(?<=-A)(?<active>{decimal})(?=[BM]\b)|(?<=\b(?:sub|pre|post|non|approx|over)-)(?<sub>{number})"
                r"|(?<=\b(?:sim|times|approx|gtrsim|lesssim))(?<glued>{number})"
                r"|(?<![-\w])(?<word>(?i:{word_fraction}|{word_ratio}|{word_unit}))(?!\w)"
                r"|(?<![-\w])(?<word>(?i:{word_unit}))(?=fold)"
                r"|(?<magnitude>(?<![\d.]\s?)\b(?:billion|trillion|million)(?=[-\s](?:parameter|scale\sparameter)))"
                r"|(?<oom>\border\s+of\s+magnitude\b)"
            )
        )
        self._next_number = regex.compile(
            expand(r"(?<cue>{range_cue}?)(?:(?<digits>{numeral})|(?<word>(?i:{word_unit}))(?![\w]))")
        )
        self._suffix = regex.compile(
            expand(
                r"{spread}?(?:(?<magnitude>{ws}-?{magnitude}(?!\w))?{ws}-?(?:(?<point>{point})|(?<decibel>{decibel})|"
                r"(?<percent>{percent})|(?<order>{magnitude_order}))|{ws}(?<ratio>{ratio}))"
            )
        )
        self._magnitude = regex.compile(expand(r"{ws}-?(?<magnitude>{magnitude})(?!\w)"))
        self._gap = regex.compile(expand(r"(?:-|{ws})"))
        self._spread = regex.compile(expand(r"{spread}"))
        self._dash = regex.compile(expand("{dash}"))
        self._to = regex.compile(expand("{to}|-{to}"))
        self._before_after = regex.compile(expand("(?r){before_after}"))
        self._range_lead = regex.compile(expand("(?r){range_lead}"))
        self._change_word = regex.compile(expand("{change_word}"))
        self._and = regex.compile(r"\s+and\s+")
        self._between = regex.compile(expand(r"(?r)\bbetween\s{ws}\$?"))
        self._device = regex.compile(expand(r"(?:{ws}|-){device_time}"))
        self._data = regex.compile(expand("{data_tail}"))
        self._plus = regex.compile(expand("{plus}"))
        self._money = regex.compile(expand("(?r){money}"))
        self._si = regex.compile(expand(r"\\SI\{(?<number>{number})\}\{(?<unit>[^{}]{1,40})\}"))

    def scan(self, text: str) -> list[Mention]:
        """Returns the mentions of a text, in order and without overlap. Bare numbers are among them."""
        found: list[Mention] = []
        position = 0
        for candidate in self._candidate.finditer(text):
            match = self._number_at(text, candidate) if candidate.start() >= position else None
            mention = self._read(text, match) if match else None
            if mention is not None:
                found.append(mention)
                position = mention.tail or mention.end
        if "\\SI{" in text:
            found = self._with_si(text, found)
        return _share_suffix(text, self._split(text, found))

    def _split(self, text: str, found: list[Mention]) -> list[Mention]:
        """Takes "from 12 ms to 3.4 ms" apart where something changed; elsewhere it is a range."""
        result: list[Mention] = []
        for mention in found:
            if self._is_before_after(text, mention):
                result += _halves(text, mention)
            else:
                result.append(mention)
        return result

    def _is_before_after(self, text: str, mention: Mention) -> bool:
        if mention.ends is None or mention.sep != "to" or mention.form in ("count", "ratio"):
            return False
        if not self._before_after.match(text, 0, mention.start) or self._range_lead.match(text, 0, mention.start):
            return False
        return self._change_word.search(text, max(0, mention.start - _LOOK_BACK), mention.start) is not None

    def _number_at(self, text: str, candidate: re.Match[str]) -> regex.Match[str] | None:
        """Matches a numeral at the first character of the candidate where one can start."""
        for start in range(candidate.start(), candidate.end()):
            if match := self._number.match(text, start):
                return match
            if text[start] in _WORD_INITIALS:
                break
        return None

    def _read(self, text: str, match: regex.Match[str]) -> Mention | None:
        kind = match.lastgroup
        if kind == "oom":
            return Mention(match.start(), match.end(), 10.0, "ratio", word=True)
        low = self._part(text, match.start(), match.end(), word=kind in ("word", "magnitude"))
        if low is None:
            return None
        if kind in ("name", "active"):
            return self._named_size(text, low)
        mention = self._range(text, low) or self._single(text, low)
        mention = self._finish(text, mention) if mention else None
        return _signed(text, mention) if mention and not _is_glued(text, mention) else None

    def _part(self, text: str, start: int, number_end: int, *, word: bool) -> _Part | None:
        """Reads the numeral and the suffix that follows it."""
        surface = text[start:number_end]
        value = numerals.read(surface)
        if value is None or (word and value == 1 and surface.lower() == "a"):
            return None
        end, form, unit = number_end, "bare", None
        suffix = self._suffix.match(text, number_end)
        if suffix:
            if magnitude := suffix["magnitude"]:
                value *= self._scale(magnitude)
            if suffix["order"]:
                value, form = 10.0**value if value < 30 else value, "ratio"
            else:
                form = next(_FORM[group] for group in _FORM if suffix[group])
            return _Part(start, suffix.end(), value, form, None, number_end, word)  # type: ignore[arg-type]
        scale = 1.0
        if magnitude_match := self._magnitude.match(text, number_end):
            found = self._units.match(text, _after_gap(self._gap, text, number_end))
            if found is None or found[0] <= magnitude_match.end():
                scale, end, form = self._scale(magnitude_match["magnitude"]), magnitude_match.end(), "count"
        after = self._spread.match(text, end)
        found = self._units.match(text, _after_gap(self._gap, text, after.end() if after else end))
        if found is not None and not _is_decade(text, start, found[0]):
            end, unit = found
            form, scale = "unit", scale * unit.scale
        return _Part(start, end, value * scale, form, unit, number_end, word)  # type: ignore[arg-type]

    def _scale(self, magnitude: str) -> float:
        key = magnitude.strip(" -~\n\\,")
        return self._units.magnitudes.get(key) or self._units.magnitudes[key.lower()]

    def _named_size(self, text: str, low: _Part) -> Mention | None:
        """A size inside a model's name ends with its letter."""
        if low.form != "count":
            return None
        return Mention(low.start, low.end, low.value, "count", glued=_is_glued_b(text, low.end))

    def _single(self, text: str, low: _Part) -> Mention | None:
        surface = text[low.start : low.number_end]
        if low.word and low.form == "bare" and surface.lower() in _COUNT_WORDS:
            return self._data_or_none(text, low)
        form = low.form
        if low.word and surface.lower() in _BASE_VERBS and not text[low.end :].startswith((" the ", " its ", " their ", " our ")):
            return None  # an adjective: "double precision"
        if form == "bare" and (("/" in surface and _is_reciprocal(surface)) or (low.word and low.value != int(low.value))):
            form = "ratio"
        if low.word and form == "bare":
            form = "count" if low.value >= _MILLION else "ratio"
        if "/" in surface and form == "bare" and "." not in surface:
            return None  # "33/33" counts
        return Mention(
            low.start, low.end, low.value, form, unit=low.unit, decimal="." in surface, word=low.word,
            verbal=low.word and low.end - low.start > 4 and low.number_end == low.end and surface[0].lower() in "dtqh" and low.value in (2, 3, 4, 0.5) and surface[-1] in "dsg",
            glued=_is_glued_b(text, low.end),
        )  # fmt: skip

    def _data_or_none(self, text: str, low: _Part) -> Mention | None:
        """A number word without suffix is a value only before device time ("two GPU-days")."""
        if self._device.match(text, low.number_end):
            return Mention(low.start, low.end, low.value, "bare", word=True)
        return None

    def _range(self, text: str, low: _Part) -> Mention | None:
        separator, sep = self._dash.match(text, low.end), "dash"
        if not separator:
            separator, sep = self._to.match(text, low.end), "to"
        if not separator and self._between.match(text, 0, low.start):
            separator, sep = self._and.match(text, low.end), "and"
        if not separator:
            return None
        second = self._next_number.match(text, separator.end())
        if not second:
            return None
        start = second.start("digits") if second["digits"] else second.start("word")
        high = self._part(text, start, second.end(), word=bool(second["word"]))
        if high is None or not _fits(low, high):
            return None
        if low.form == "bare" and high.form in ("bare", "count") and sep == "dash" and not _plain_range(text, low, high):
            return None
        value = low.value
        if low.form == "bare" and high.form in ("count", "unit"):
            value *= _common_scale(high, text)
        if low.form == "bare" and high.form == "ratio" and "order" in text[high.number_end : high.end].lower():
            value = 10.0**value
        if low.form == "bare" and high.form == "ratio" and "OOM" in text[high.number_end : high.end]:
            value = 10.0**value
        return Mention(
            low.start, high.end, value, high.form, high=high.value, unit=high.unit, cue=second["cue"].strip() or None,
            ends=((low.start, low.end), (high.start, high.end)), sep=sep,
            decimal="." in text[low.start : high.end], word=low.word, glued=_is_glued_b(text, high.end),
        )  # fmt: skip

    def _finish(self, text: str, mention: Mention) -> Mention | None:
        """Adds what stands further behind: device time, data nouns, a plus, and currency before."""
        if mention.form in ("bare", "count"):
            if device := self._device.match(text, mention.end):
                unit = self._units.device_unit(device["device"] or "GPU", device["noun"])
                if unit:
                    return replace(mention, end=device.end(), form="unit", unit=unit)
            plus = self._plus.match(text, mention.end)
            end = plus.end() if plus else mention.end
            data = self._data.match(text, end)
            if data and (unit := self._units.data_unit(data["noun"])):
                return replace(mention, end=data.end("noun"), form="unit", unit=unit, plus=bool(plus))
            currency = self._money.match(text, 0, mention.start)
            if currency:
                return replace(mention, start=currency.start(), form="unit", unit=Unit("USD", "money"))
        plus = self._plus.match(text, mention.end)
        spread = self._spread.match(text, mention.end)
        if spread:
            mention = replace(mention, tail=spread.end())
        return _balanced(text, replace(mention, plus=True) if plus and not spread else mention)

    def _with_si(self, text: str, found: list[Mention]) -> list[Mention]:
        """Reads siunitx macros, whose unit stands in a second pair of braces."""
        spans = []
        for match in self._si.finditer(text):
            value = numerals.read(match["number"])
            unit = self._units.match(match["unit"].strip() + " ", 0)
            if value is not None and unit is not None:
                spans.append(
                    Mention(match.start(), match.end(), value * unit[1].scale, "unit", unit=unit[1])
                )
        kept = [m for m in found if not any(s.start <= m.start < s.end for s in spans)]
        return sorted(kept + spans, key=lambda m: m.start)


_COUNT_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred dozen "
    "twenty-five twentyfive".split()
)


_MILLION = 1e6
_BASE_VERBS = frozenset({"double", "triple", "quadruple", "halve"})
_LOOK_BACK = 160  # characters before a range in which a word of change makes it a before and after
_WORD_INITIALS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\\")


def plain(pattern: str, expand: _Expander) -> str:
    """Expands fragments into a pattern for the standard library's faster scanner."""
    return expand(pattern)


class _Expander:
    """Replaces ``{name}`` by the fragment of that name, in fragments too."""

    def __init__(self, fragments: dict[str, str]) -> None:
        self._fragments = fragments

    def __call__(self, pattern: str) -> str:
        return regex.sub(r"\{([a-z_]+)\}", lambda m: self(self._fragments[m[1]]), pattern)


def _nouns(units: UnitTable) -> str:
    nouns = sorted(units.data_nouns, key=len, reverse=True)
    return "(?i:" + "|".join(nouns) + r")s?\b"


def _after_gap(gap: regex.Pattern[str], text: str, position: int) -> int:
    match = gap.match(text, position)
    return match.end() if match else position


def _halves(text: str, mention: Mention) -> list[Mention]:
    """The two ends of a range as mentions of their own."""
    if mention.ends is None or mention.high is None:
        return [mention]
    (low_start, low_end), (high_start, high_end) = mention.ends
    shared = replace(mention, high=None, ends=None, sep=None, cue=None)
    return [
        replace(shared, start=low_start, end=low_end, decimal="." in text[low_start:low_end]),
        replace(shared, start=high_start, end=high_end, value=mention.high, decimal="." in text[high_start:high_end]),
    ]


def _balanced(text: str, mention: Mention) -> Mention:
    """Leaves an outer pair of dollars off, and a closing one whose partner stands before the mention."""
    surface = text[mention.start : mention.end]
    if surface.count("$") % 2 and surface.endswith("$"):
        return replace(mention, end=mention.end - 1)
    if surface.count("$") == 2 and surface[0] == surface[-1] == "$":
        return replace(mention, start=mention.start + 1, end=mention.end - 1)
    return mention


def _is_glued_b(text: str, end: int) -> bool:
    return text[end - 1] == "B" and text[end - 2].isdigit()


def _is_glued(text: str, mention: Mention) -> bool:
    """A bare number that goes on as a word ("128-core", "3D", "10th") is part of that word."""
    after = text[mention.end : mention.end + 2]
    return mention.form == "bare" and (after[:1].isalpha() or (after[:1] == "-" and after[1:].isalpha()))


def _signed(text: str, mention: Mention) -> Mention:
    """Notes a leading sign; a change has its size in the value and its way in the direction."""
    first = text[mention.start : mention.start + 2].lstrip("$")[:1]
    sign = 1 if first == "+" else -1 if first in "-−–" and first else 0
    if not sign:
        return mention
    value = abs(mention.value) if mention.form in ("percent", "ratio", "point") else mention.value
    return replace(mention, sign=sign, value=value)


def _is_decade(text: str, start: int, end: int) -> bool:
    """Tells "the 1990s" from seconds."""
    surface = text[start:end]
    return len(surface) == 5 and surface.endswith("0s") and surface.startswith(("19", "20"))


def _is_reciprocal(surface: str) -> bool:
    """A fraction with the numerator one ("1/190th") is a ratio; "4.19/5" or "11/15" is not."""
    return surface.replace("\\frac{", "").replace("\\dfrac{", "").lstrip().startswith(("1/", "1 /", "1}"))


def _plain_range(text: str, low: _Part, high: _Part) -> bool:
    """Two numbers and a dash are a range where the first is the smaller and no version of a name ("LLaMA 3.1-70B")."""
    if high.form == "bare":
        return low.value < high.value
    word = text[: low.start].rstrip().rpartition(" ")[2]
    return not word[:1].isupper()


def _fits(low: _Part, high: _Part) -> bool:
    if low.form == high.form:
        return low.unit is None or high.unit is None or low.unit.dimension == high.unit.dimension
    if low.form == "bare":
        return True
    return low.form == "count" and high.form == "unit"


def _common_scale(high: _Part, text: str) -> float:
    """Magnitude and prefix that the low end of "2-4 million" or "0.5-3 GHz" shares with the high end."""
    plain = numerals.read(text[high.start : high.number_end])
    return high.value / plain if plain else 1.0


def _share_suffix(text: str, found: list[Mention]) -> list[Mention]:
    """Gives "12.1, 6.5" of "12.1, 6.5 and 2.8 points" the form and unit of the last member."""
    for index in range(len(found) - 2, -1, -1):
        current, following = found[index], found[index + 1]
        if current.form != "bare" or following.form in ("bare", "count") and not following.high:
            if not (current.form == "bare" and following.form == "count"):
                continue
        if following.unit is not None and following.unit.dimension == "data":
            continue
        if not _PLURAL_GAP.fullmatch(text, current.end, following.start) or current.word:
            continue
        if _looks_like_label(text, current):
            continue
        scale = following.unit.scale if following.unit else 1.0
        if following.form == "count":
            plain = numerals.read(regex.match(r"[\d.,]+", text, pos=following.start)[0].rstrip(",."))  # type: ignore[index]
            scale = following.value / plain if plain else 1.0
        high = current.high * scale if current.high is not None else None
        found[index] = replace(
            current, value=current.value * scale, high=high, form=following.form, unit=following.unit
        )
    return found


def _looks_like_label(text: str, mention: Mention) -> bool:
    """A bare year or a number behind a capitalised word ("Table 2, 5%") is no member of a list."""
    surface = text[mention.start : mention.end]
    if len(surface) == len("2024") and surface.isdigit() and surface[:2] in ("19", "20"):
        return True
    return surface.isdigit() and regex.search(r"\b[A-Z][\w-]*\s\Z", text[max(0, mention.start - 30) : mention.start]) is not None


@cache
def scanner() -> MentionScanner:
    """Returns the scanner of the built-in fragments and units."""
    return MentionScanner(load_yaml(rules_dir() / "fragments.yaml"), unit_table())
