"""Sentence boundaries on raw text, past abbreviations, decimals, stripped LaTeX and hard line breaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Words after which a full stop ends no sentence: language, not field, so kept beside their pattern.
_ABBREVIATIONS = frozenset(
    "e.g i.e etc al vs cf fig figs eq eqs sec ref refs resp approx no nos vol pp w.r.t res dr prof st ca "
    "incl avg max min".split()
)
# A quick test before the word is cut out.
_ABBREVIATION_ENDS = frozenset(word[-2:] for word in _ABBREVIATIONS)
# Most sentences end with a word of small letters that is no abbreviation, which needs no second look.
_ENDS = "|".join(map(re.escape, sorted(_ABBREVIATION_ENDS)))
_PLAIN = rf"(?:(?<=[a-z][a-z].)(?<!(?:{_ENDS}).)|(?P<odd>))"
_BEHIND = _PLAIN + r"[\"'”’)\]]*(?:\s+(?=[A-Z0-9\\$(\[\"'“‘]|[a-z]+[A-Z])|(?=[A-Z][a-z]+\s[a-z]))"
_END = re.compile(r"[.!?]" + _BEHIND)
# A pattern that begins with one certain character is the quicker one.
_FULL_STOP = re.compile(r"\." + _BEHIND)
_PARAGRAPH = "\n\n"
_END_OR_PARAGRAPH = re.compile(rf"[.!?]{_BEHIND}|{_PARAGRAPH}\s*")
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


def sentences(text: str) -> tuple[Span, ...]:
    """Splits a text into sentences that cover it without gap.

    Args:
        text: Any string.

    Returns:
        Spans in order; blanks after a full stop belong to the sentence before. One of more than
        `LONGEST_SENTENCE` characters comes in parts.
    """
    return _split(text)[0]


def sentence_at(text: str, place: int) -> Span:
    """Returns the sentence of a text in which a character stands; the last one behind its end."""
    spans, starts, _ = _split(text)
    return spans[bisect_right(starts, place) - 1] if spans else Span(0, 0)


def is_part(text: str, span: Span) -> bool:
    """Tells whether a sentence of a text is a part of an overlong one."""
    cuts = _split(text)[2]
    return span.start in cuts or span.end in cuts


@lru_cache(maxsize=1)  # several readers ask for the sentences of one text in turn
def _split(text: str) -> tuple[tuple[Span, ...], list[int], frozenset[int]]:
    """Returns the sentences of a text, where they start, and where overlong ones are cut."""
    if not text:
        return (), [], frozenset()
    starts = [0]
    pattern = _END if "!" in text or "?" in text else _FULL_STOP
    if _PARAGRAPH in text:
        pattern = _END_OR_PARAGRAPH
    for match in pattern.finditer(text):
        if match.lastgroup is None or not _is_abbreviation(text, match.start()):
            starts.append(match.end())
    if starts[-1] == len(text):
        starts.pop()
    spans = list(map(Span, starts, [*starts[1:], len(text)]))
    cuts = [cut for span in spans for cut in _cuts(text, span)] if len(text) > LONGEST_SENTENCE else []
    if cuts:
        starts = sorted([*starts, *cuts])
        spans = list(map(Span, starts, [*starts[1:], len(text)]))
    return tuple(spans), starts, frozenset(cuts)


def _cuts(text: str, sentence: Span) -> Iterator[int]:
    """Yields where an overlong sentence is cut: behind a clause, else a word, if one ends there."""
    start = sentence.start
    while sentence.end - start > LONGEST_SENTENCE:
        last = start + LONGEST_SENTENCE
        ways = (place.match(text, last - _SEARCHED, last) for place in (_CLAUSE_END, _WORD_END, _SIGN))
        start = next((way.end() for way in ways if way), last)
        yield start


def _is_abbreviation(text: str, stop: int) -> bool:
    if text[stop] != ".":
        return False
    last = text[stop - 1 : stop]
    if last.isdigit() and _BROKEN_DECIMAL.match(text, stop):
        return True
    if not last.isupper() and text[stop - 2 : stop].lower() not in _ABBREVIATION_ENDS:
        return False
    low = max(0, stop - _LONGEST)
    word = text[max(low, text.rfind(" ", low, stop) + 1) : stop]
    if not word.isalnum():  # brackets or points in it, or no blank before it
        found = _LAST_WORD.search(text[low:stop])
        if found is None:
            return False
        word = found[0]
    initial = len(word) == 1 and word.isupper() and word not in _LETTERS_THAT_END
    return initial or word.lower() in _ABBREVIATIONS
