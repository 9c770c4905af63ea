"""Where names stand in one text, also in a long text that is asked for thousands of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

_LONG = 5_000  # characters from which on an index pays; no abstract has them
_KEY = 32  # characters by which the index is sorted
_BEGINNING = re.compile(r"(?:(?<![^\W_])|(?=[\W_]))\S")  # where a name can begin: not within a word


class Standing:
    """Finds names in a text: one by one in a short text, by an index of where words begin in a long one.

    In a long text only what begins a word, or with a sign, is found.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[str, list[int]] = {}  # of a long text, as many names recur

    def find(self, name: str) -> int:
        """Returns where a name first stands, as part of a longer word too; -1 if nowhere."""
        return next(self.starts(name), -1)

    def starts(self, name: str) -> Iterator[int]:
        """Yields where a name stands, in order and without overlap."""
        text, last = self.text, 0
        if len(text) > _LONG:
            if name not in self._found:
                self._found[name] = self._indexed(name)
            for start in self._found[name]:
                if start >= last:
                    yield start
                    last = start + len(name)
            return
        start = text.find(name)
        while start >= 0:
            yield start
            start = text.find(name, start + len(name))

    def _indexed(self, name: str) -> list[int]:
        key = name[:_KEY]
        index, found = self._index, []
        for at in range(bisect_left(index, (key, -1)), len(index)):
            beginning, start = index[at]
            if not beginning.startswith(key):
                break
            if self.text.startswith(name, start):
                found.append(start)
        return sorted(found)

    @cached_property
    def _index(self) -> list[tuple[str, int]]:
        """The beginnings of words and where they stand, sorted."""
        text = self.text
        return sorted(
            (text[start : start + _KEY], start) for start in (m.start() for m in _BEGINNING.finditer(text))
        )
