"""What may stand around a device's name: maker and product line before it, form factor and noun behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import regex

from extractor.text.lookup.lazypattern import late

_RUN = re.compile("[A-Za-z]+")
REACH = 40  # characters a vendor and a product line may take in front of a name


class Around:
    """What may stand around a name in its mention: maker and line before, form factor, class noun behind."""

    def __init__(self, words: dict[str, Any]) -> None:
        self._makers: dict[str, str] = dict(words["makers"])
        vendors, lines = _alternatives(words["vendors"]), _alternatives(words["lines"])
        nouns = _alternatives(words["nouns"])
        suffixes = "|".join(words["suffixes"])
        classes = _alternatives(form for item in words["classes"] for form in item["forms"])
        acronym = rf"(?:\s?\((?:{classes}|{_alternatives(words['acronyms'])})s?\))?"
        carriers = "|".join(words["carriers"])
        self._left = late(
            rf"(?<![\w-])(?:(?P<vendor>{vendors})(?:['\u2019]s?|\(R\)|\u00ae|\u2122|\\textregistered(?:\{{\}})?)?[\s~/-]{{1,2}})?+"
            rf"(?:\d{{1,3}}-(?:{_alternatives(words['core_words'])})[\s~])?(?:(?:{lines})[\s~-]{{1,2}}){{0,2}}\Z"
        )
        self._may_lead = _runs([*words["vendors"], *words["lines"], *words["core_words"]])
        memory, suffix = words["memory"], rf"[\s~-]{{0,2}}(?:{suffixes})(?!\w)"
        self._right = late(
            rf"(?:{memory}(?!\w)|{suffix}){{0,3}}?"
            rf"[\s~-]{{1,2}}(?:{nouns})(?![\w])(?:[\s~](?:{carriers})(?!\w))?{acronym}"
            rf"|(?:{suffix})?{memory}(?![\w/])"
        )
        units = "|".join(words["compute_units"])
        self._unit = late(rf"[\s~\u2010\u2011\u2013-]{{1,2}}(?:{units})(?!\w)", regex.IGNORECASE)
        self._part_nouns: dict[str, str] = words["parts"]
        self._part_noun = late(rf"(?<!\w)(?:{_alternatives(words['parts'])})(?!\w)")
        stems = "|".join(words["part_stops"])
        machines = "|".join(words["machine_stops"])
        self._machine = late(
            rf"(?<![\w-])(?P<name>(?!(?:{machines}|{vendors})\b)[A-Z][\w-]{{2,20}}"
            r"(?:[\s~][A-Z0-9][\w.-]{0,12})?)[\s~]\Z"
        )
        self._part = late(rf"(?<![\w-])(?!(?:{stems})\d)(?P<name>[A-Z]{{1,4}}\d{{2,5}}[A-Z]{{0,2}})[\s~]\Z")

    def extend(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Returns the span of the whole mention around the name at start to end."""
        low = max(0, start - REACH)
        if not self._may_lead.isdisjoint(_RUN.findall(text, low, start)):
            left = self._left.search(text, low, start)
            start = left.start() if left else start
        right = self._right.match(text, end)
        if right is not None and not self.is_compute_unit(text, right.end()):
            end = right.end()
        return start, end

    def vendor(self, text: str, start: int, end: int, expected: str | None) -> bool | None:
        """Says whether the maker in front of a name is its own (True) or not (False); None without one."""
        left = self._left.search(text, start, end)
        if left is None or left["vendor"] is None:
            # Only a product line stands there: it tells as much as the maker.
            return True if start < end else None
        name = " ".join(left["vendor"].split())
        if expected is None:
            return None
        return name.casefold() == expected.casefold() or self._makers.get(name) == expected

    def is_specified(self, text: str, end: int, stop: int) -> bool:
        """Says whether the mention has a class noun or a memory size between the name's end and its own."""
        return stop > end and self._right.match(text, end) is not None

    def part_meant(self, text: str, end: int, stop: int) -> str | None:
        """Returns the category of the part that a class noun behind the name picks out ("Kirin 9000 NPU")."""
        found = self._part_noun.search(text, end, stop)
        return self._part_nouns[found[0]] if found else None

    def is_compute_unit(self, text: str, end: int) -> bool:
        """Says whether hours or days follow, so that the word before is part of a unit ("GPU-hours")."""
        return self._unit.match(text, end) is not None

    def machine(self, text: str, start: int) -> regex.Match[str] | None:
        """Returns the capitalised name right before a marker such as "supercomputer"."""
        return self._machine.search(text, max(0, start - 36), start)

    def part(self, text: str, start: int) -> regex.Match[str] | None:
        """Returns the part number right before a class noun."""
        return self._part.search(text, max(0, start - 14), start)


def telling(words: dict[str, Any]) -> frozenset[str]:
    """Returns the runs of letters of all makers, product lines and class nouns."""
    return _runs([*words["vendors"], *words["lines"], *words["nouns"]])


def _runs(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(_RUN.findall(" ".join(listed)))


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(regex.escape(word).replace(r"\ ", r"[\s~]") for word in ordered)
