"""Sentence boundaries on raw text, past abbreviations, decimals, stripped LaTeX and hard line breaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

_PARAGRAPH = "\n\n"
_BEHIND = r"[\"'”’)\]]*(?:\s+(?=[A-Z0-9\\$(\[\"'“‘]|[a-z]+[A-Z])|(?=[A-Z][a-z]+\s[a-z]))"
_LAST_WORD = re.compile(r"(?<![\w.])[\w.]+\Z")
_BROKEN_DECIMAL = re.compile(r"\. ?\d{1,2}\\?%")  # "37. 5%", a blank lost its way
_LETTERS_THAT_END = "ABCIXV"  # "in case A." ends a sentence, an initial ("J. Doe") does not
_LONGEST = 40  # characters looked back at for the abbreviation before a full stop
# Nobody writes a longer sentence (the longest of 30,000 abstracts has 1,719 characters); it is read in parts,
# as rules look through all of a sentence.
LONGEST_SENTENCE = 2000
_SEARCHED = 200  # characters before the end of a part, for a place where it can end
_CLAUSE_END = re.compile(r".*[,;:]\s", re.DOTALL)
_WORD_END = re.compile(r".*[^\d\s]\s(?![\d%])", re.DOTALL)  # not within a value
_SIGN = re.compile(r".*\W", re.DOTALL)


class Span(NamedTuple):
    """A stretch of text, ``text[start:end]``."""

    start: int
    end: int


class SentenceSplitter:
    """Splits texts into sentences.

    Args:
        abbreviations: Words behind which a full stop ends none, in small letters.
    """

    def __init__(self, abbreviations: Iterable[str]) -> None:
        self._abbreviations = frozenset(abbreviations)
        # A quick test before the word is cut out.
        self._last_letters = frozenset(word[-2:] for word in self._abbreviations)
        # Most sentences end with a word of small letters that is no abbreviation, which needs no second look.
        ends = "|".join(map(re.escape, sorted(self._last_letters)))
        no_abbreviation = f"(?<!(?:{ends}).)" if ends else ""
        behind = rf"(?:(?<=[a-z][a-z].){no_abbreviation}|(?P<odd>)){_BEHIND}"
        self._end = re.compile(rf"[.!?]{behind}")
        # A pattern that begins with one certain character is the quicker one.
        self._full_stop = re.compile(rf"\.{behind}")
        self._end_or_paragraph = re.compile(rf"[.!?]{behind}|{_PARAGRAPH}\s*")
        # Several readers ask for the sentences of one text in turn.
        self._split = lru_cache(maxsize=1)(self._split_anew)

    def sentences(self, text: str) -> tuple[Span, ...]:
        """Splits a text into sentences that cover it without gap.

        Args:
            text: Any string.

        Returns:
            Spans in order; blanks after a full stop belong to the sentence before. One of more than
            `LONGEST_SENTENCE` characters comes in parts.
        """
        return self._split(text)[0]

    def at(self, text: str, place: int) -> Span:
        """Returns the sentence of a text in which a character stands; the last one behind its end."""
        spans, starts, _ = self._split(text)
        return spans[bisect_right(starts, place) - 1] if spans else Span(0, 0)

    def is_part(self, text: str, span: Span) -> bool:
        """Tells whether a sentence of a text is a part of an overlong one."""
        cuts = self._split(text)[2]
        return span.start in cuts or span.end in cuts

    def _split_anew(self, text: str) -> tuple[tuple[Span, ...], list[int], frozenset[int]]:
        """Returns the sentences of a text, where they start, and where overlong ones are cut."""
        if not text:
            return (), [], frozenset()
        starts = [0]
        pattern = self._end if "!" in text or "?" in text else self._full_stop
        if _PARAGRAPH in text:
            pattern = self._end_or_paragraph
        for match in pattern.finditer(text):
            if match.lastgroup is None or not self._is_abbreviation(text, match.start()):
                starts.append(match.end())
        if starts[-1] == len(text):
            starts.pop()
        spans = list(map(Span, starts, [*starts[1:], len(text)]))
        cuts = [cut for span in spans for cut in _cuts(text, span)] if len(text) > LONGEST_SENTENCE else []
        if cuts:
            starts = sorted([*starts, *cuts])
            spans = list(map(Span, starts, [*starts[1:], len(text)]))
        return tuple(spans), starts, frozenset(cuts)

    def _is_abbreviation(self, text: str, stop: int) -> bool:
        if text[stop] != ".":
            return False
        last = text[stop - 1 : stop]
        if last.isdigit() and _BROKEN_DECIMAL.match(text, stop):
            return True
        if not last.isupper() and text[stop - 2 : stop].lower() not in self._last_letters:
            return False
        low = max(0, stop - _LONGEST)
        word = text[max(low, text.rfind(" ", low, stop) + 1) : stop]
        if not word.isalnum():  # brackets or points in it, or no blank before it
            found = _LAST_WORD.search(text[low:stop])
            if found is None:
                return False
            word = found[0]
        initial = len(word) == 1 and word.isupper() and word not in _LETTERS_THAT_END
        return initial or word.lower() in self._abbreviations


def _cuts(text: str, sentence: Span) -> Iterator[int]:
    """Yields where an overlong sentence is cut: behind a clause, else a word, if one ends there."""
    start = sentence.start
    while sentence.end - start > LONGEST_SENTENCE:
        last = start + LONGEST_SENTENCE
        ways = (place.match(text, last - _SEARCHED, last) for place in (_CLAUSE_END, _WORD_END, _SIGN))
        start = next((way.end() for way in ways if way), last)
        yield start
