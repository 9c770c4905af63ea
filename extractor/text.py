"""Sentence boundaries on raw text: abbreviations, decimals, stripped LaTeX and hard line breaks are read through."""

from __future__ import annotations

import re
from typing import NamedTuple

# Word pieces after which a full stop ends no sentence. Language, not field: kept beside the pattern that needs them.
_ABBREVIATIONS = frozenset(
    "e.g i.e etc al vs cf fig figs eq eqs sec ref refs resp approx no nos vol pp w.r.t res dr prof st ca incl avg max min".split()
)
_END = re.compile(r"[.!?][\"'”’)\]]*(?:\s+(?=[A-Z0-9\\$(\[\"'“‘]|[a-z]+[A-Z])|(?=[A-Z][a-z]+\s[a-z]))")
_LAST_WORD = re.compile(r"[\w.]+\Z")
_BROKEN_DECIMAL = re.compile(r"\. ?\d{1,2}\\?%")  # "37. 5%", a blank lost its way
_LONGEST = 40  # characters looked back at for the abbreviation before a full stop


class Span(NamedTuple):
    """A stretch of text, ``text[start:end]``."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Splits a text into sentences that cover it without gap.

    Args:
        text: Any string.

    Returns:
        Spans in order; blanks after a full stop belong to the sentence before.
    """
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if match.end() > start and not _is_abbreviation(text, match.start()):
            spans.append(Span(start, match.end()))
            start = match.end()
    if start < len(text):
        spans.append(Span(start, len(text)))
    return spans


def _is_abbreviation(text: str, stop: int) -> bool:
    if text[stop] != ".":
        return False
    if stop and text[stop - 1].isdigit() and _BROKEN_DECIMAL.match(text, stop):
        return True
    word = _LAST_WORD.search(text[max(0, stop - _LONGEST) : stop])
    return word is not None and (word[0].lower() in _ABBREVIATIONS or (len(word[0]) == 1 and word[0].isupper() and word[0] not in "ABCIXV"))
