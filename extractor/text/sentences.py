"""Sentence boundaries on raw text, past abbreviations, decimals, stripped LaTeX and hard line breaks."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

# Words after which a full stop ends no sentence: language, not field, so kept beside their pattern.
_ABBREVIATIONS = frozenset(
    "e.g i.e etc al vs cf fig figs eq eqs sec ref refs resp approx no nos vol pp w.r.t res dr prof st ca "
    "incl avg max min".split()
)
# A quick test before the word is cut out.
_ABBREVIATION_ENDS = frozenset(word[-2:] for word in _ABBREVIATIONS)
_BEHIND = r"[\"'”’)\]]*(?:\s+(?=[A-Z0-9\\$(\[\"'“‘]|[a-z]+[A-Z])|(?=[A-Z][a-z]+\s[a-z]))"
_END = re.compile(r"[.!?]" + _BEHIND)
# A pattern that begins with one certain character is the quicker one.
_FULL_STOP = re.compile(r"\." + _BEHIND)
_PARAGRAPH = "\n\n"
_END_OR_PARAGRAPH = re.compile(rf"[.!?]{_BEHIND}|{_PARAGRAPH}\s*")
_LAST_WORD = re.compile(r"(?<![\w.])[\w.]+\Z")
_BROKEN_DECIMAL = re.compile(r"\. ?\d{1,2}\\?%")  # "37. 5%", a blank lost its way
_LETTERS_THAT_END = "ABCIXV"  # "in case A." ends a sentence, an initial ("J. Doe") does not
_LONGEST = 40  # characters looked back at for the abbreviation before a full stop


class Span(NamedTuple):
    """A stretch of text, ``text[start:end]``."""

    start: int
    end: int


def sentences(text: str) -> tuple[Span, ...]:
    """Splits a text into sentences that cover it without gap.

    Args:
        text: Any string.

    Returns:
        Spans in order; blanks after a full stop belong to the sentence before.
    """
    return _split(text)[0]


def sentence_at(text: str, place: int) -> Span:
    """Returns the sentence of a text in which a character stands; the last one behind its end."""
    spans, starts = _split(text)
    return spans[bisect_right(starts, place) - 1] if spans else Span(0, 0)


@lru_cache(maxsize=1)  # several readers ask for the sentences of one text in turn
def _split(text: str) -> tuple[tuple[Span, ...], list[int]]:
    """Returns the sentences of a text, and where they start."""
    if not text:
        return (), []
    starts = [0]
    pattern = _END if "!" in text or "?" in text else _FULL_STOP
    if _PARAGRAPH in text:
        pattern = _END_OR_PARAGRAPH
    for match in pattern.finditer(text):
        stop, end = match.span()
        if end < len(text) and not _is_abbreviation(text, stop):
            starts.append(end)
    return tuple(
        Span(start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ), starts


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
