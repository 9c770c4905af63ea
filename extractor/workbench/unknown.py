"""Finds the names of a text that nothing looked at: in no list, with no words beside that speak for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

REASON = "in no list of hardware or datasets, and no words beside say that it is one"
# A capital, and behind it a digit, or a capital behind a small letter: FooQA, X9, GPT-4; no LLM, no Low-Rank.
_NAME = re.compile(r"(?<![\w.@/-])[A-Z](?=[A-Za-z-]{0,20}?(?:[a-z][A-Z]|\d))[\w-]{1,40}\b(?![@/])")


def unknown_names(text: str, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yields the places of names that are no part of what was read, each name once.

    Args:
        text: The text, as it is read.
        taken: The places that something was made of, or refused with a reason of its own.
    """
    places = list(taken)
    seen = {text[low:high] for low, high in places}
    for match in _NAME.finditer(text):
        start, end = match.span()
        if match[0] not in seen and not any(low < end and start < high for low, high in places):
            seen.add(match[0])
            yield start, end
