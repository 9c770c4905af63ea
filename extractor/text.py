"""Sentence boundaries on raw text, past abbreviations, decimals, stripped LaTeX and hard line breaks."""

from __future__ import annotations

import re
from typing import NamedTuple

# Words after which a full stop ends no sentence: language, not field, so kept beside their pattern.
_ABBREVIATIONS = frozenset(
    {
        *(
            "e.g",
            "i.e",
            "etc",
            "al",
            "vs",
            "cf",
            "fig",
            "figs",
            "eq",
            "eqs",
            "sec",
            "ref",
            "refs",
            "resp",
            "approx",
        ),
        *("no", "nos", "vol", "pp", "w.r.t", "res", "dr", "prof", "st", "ca", "incl", "avg", "max", "min"),
    }
)
_END = re.compile(r"[.!?][\"'”’)\]]*(?:\s+(?=[A-Z0-9\\$(\[\"'“‘]|[a-z]+[A-Z])|(?=[A-Z][a-z]+\s[a-z]))")
_LAST_WORD = re.compile(r"(?<![\w.])[\w.]+\Z")
_BROKEN_DECIMAL = re.compile(r"\. ?\d{1,2}\\?%")  # "37. 5%", a blank lost its way
_LETTERS_THAT_END = "ABCIXV"  # "in case A." ends a sentence, an initial ("J. Doe") does not
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
    low = max(0, stop - _LONGEST)
    word = text[max(low, text.rfind(" ", low, stop) + 1) : stop]
    if not word.isalnum():  # brackets or points in it, or no blank before it
        found = _LAST_WORD.search(text[low:stop])
        if found is None:
            return False
        word = found[0]
    initial = len(word) == 1 and word.isupper() and word not in _LETTERS_THAT_END
    return initial or word.lower() in _ABBREVIATIONS
