"""How many devices a text says stand at a place: "8xA100", "eight H100s", "a 512-GPU cluster", "a single"."""

from __future__ import annotations

import re
from typing import Any

import regex

from extractor.text.lookup.lazypattern import late
from extractor.text.numberwords import NumberWords

_REACH = 60  # characters in front of a mention that are read
_YEARS = range(2010, 2031)
_NUMERAL = r"(?<![\w.,:/])\d{1,3}(?:(?:,|\{,\}|\\,)\d{3})++|(?<![\w.:])\d{1,7}"
_RUN = re.compile(r"(?<![\w-])[a-z]+(?!\w)")  # that number words begin with
_DIGIT = re.compile(r"(?<![\w.:])\d")  # one that a number begins with
_NO_DIGIT = regex.compile(r"\D")
_ARTICLE = regex.compile(r"(?<!\w)[Aa]n? \Z")  # "a 440 ARM board": a type number, no count
_TIMES = r"[\s~]?\$?[\s~]?(?:[x\u00d7X*]|\\times|times(?=[\s~]?[A-Z]))[\s~]?\$?[\s~]?"


class Counter:
    """Reads counts with the number words, stop words and head nouns of the rules."""

    def __init__(self, words: dict[str, Any], number_words: NumberWords) -> None:
        self._number_words = number_words
        self._numbers: dict[str, int] = {word: int(number) for word, number in words["numbers"].items()}
        listed = " ".join([*number_words.counts, *self._numbers])
        self._counting = frozenset(re.findall("[a-z]+", listed.lower()))
        numbers = "|".join(regex.escape(word) for word in sorted(self._numbers, key=len, reverse=True))
        stops = "|".join(regex.escape(word) for word in words["count_stops"])
        modifier = rf"(?!\d+[\s~])(?!(?i:{stops})(?![\w-]))[A-Za-z0-9][\w/+.-]{{0,24}}(?<!\.)[\s~]{{1,2}}"
        figure = rf"(?P<figure>{_NUMERAL})(?P<kilo>[\s~]?[kK](?!\w))?\+?"
        word = rf"(?<![\w-])(?i:(?P<words>{number_words.run})|(?P<word>{numbers}))(?!\w)"
        number = rf"(?:{figure}|{word})(?:[\s~]\(\d{{1,6}}\))?"
        self._before = late(
            rf"{number}(?:(?P<glue>-\$?|[\s~-]?-[\s~-]?)|(?P<times>{_TIMES})|(?:(?<=single),)?\$?[\s~]{{1,2}})"
            rf"(?P<mods>(?:{modifier}){{0,3}})\Z"
        )
        self._after = late(rf"{_TIMES}(?P<figure>\d{{1,5}})(?![\w.])|[\s~]\((?P<times>\d{{1,5}})[x\u00d7]\)")
        heads = "|".join(regex.escape(word) for word in words["count_heads"])
        self._head = late(rf"[\s~-]{{1,2}}(?:{heads})(?!\w)")
        hosts = "|".join(regex.escape(word) for word in words["count_hosts"])
        self._hosts = late(rf"[\s~-]{{1,2}}(?:{hosts})(?!\w)")
        self._parts = late(
            rf"(?:[\s~-]{{1,2}}[A-Z]PUs?)?[\s~-]{{1,2}}(?:{'|'.join(words['count_parts'])})(?!\w)|-based",
            regex.IGNORECASE,
        )

    def named(self, text: str, start: int, end: int, before: tuple[int, int]) -> int | None:
        """Returns how many of the named device at start to end the text speaks of, or None.

        ``before`` is the span of the mention before, whose digits are no count.
        """
        if self._parts.match(text, end):
            return None
        behind = self._after.match(text, end)
        if behind is not None:
            return int(behind["figure"] or behind["times"])
        found = self._number(text, start, before)
        if found is None:
            return None
        value, glued, article = found
        return None if article and not glued and not self._head.match(text, end) else value

    def generic(self, text: str, start: int, end: int, before: tuple[int, int]) -> int | None:
        """The same for a generic class; its singular needs "single" or a head behind it: "32 GPU cluster"."""
        if self._parts.match(text, end):
            return None
        found = self._number(text, start, before)
        if found is None:
            return None
        value, glued, _ = found
        plural = text[end - 1] == "s"
        if value > 1 and not plural and not glued and self._hosts.match(text, end):
            return None
        return value if plural or glued or value == 1 or self._head.match(text, end) else None

    def _number(self, text: str, start: int, before: tuple[int, int]) -> tuple[int, bool, bool] | None:
        """Returns the number before ``start``, whether a hyphen ties it, whether an article precedes it."""
        low = max(0, start - _REACH)
        left = text[low:start]
        may_count = _DIGIT.search(left) or not self._counting.isdisjoint(_RUN.findall(left.lower()))
        match = self._before.search(left) if may_count else None
        if match is None or before[0] <= low + match.start() < before[1]:
            return None
        glued = match["glue"] is not None
        if glued and match["mods"]:
            return None
        if match["words"] is not None:
            number = self._number_words.read(match["words"])
            return None if number is None else (int(number), glued, False)
        if match["word"] is not None:
            return self._numbers[match["word"].lower()], glued, False
        value = int(_NO_DIGIT.sub("", match["figure"])) * (1000 if match["kilo"] else 1)
        times = match["times"] is not None
        if value == 0 or (value in _YEARS and match["figure"].isdigit() and not times):
            return None
        return value, glued, not times and _ARTICLE.search(left, 0, match.start()) is not None
