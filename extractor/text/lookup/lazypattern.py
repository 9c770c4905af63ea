"""Patterns that are compiled when they are first tried, by the quicker of two libraries that can."""

from __future__ import annotations

import re
from collections.abc import Callable

import regex

from extractor.collection import no_collection

Pattern = re.Pattern[str] | regex.Pattern[str]
Match = re.Match[str] | regex.Match[str]


_CAPTURES = "(?P<name>"  # a group of which every capture is asked for, and `re` remembers the last only


def compiled(source: str) -> Pattern:
    """Compiles a pattern with `re`, whose calls take half the time, or with `regex`, where that is needed."""
    if _CAPTURES in source:
        return regex.compile(source)
    try:
        return re.compile(source)
    except re.error:
        return regex.compile(source)


class LazyPattern:
    """A pattern that is compiled when it is first tried: a text tries few of them, and compiling is slow.

    Args:
        source: The regular expression.
    """

    __slots__ = ("match", "search", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.match: Callable[..., Match | None] = lambda *arguments: self._compiled().match(*arguments)
        self.search: Callable[..., Match | None] = lambda *arguments: self._compiled().search(*arguments)

    def _compiled(self) -> Pattern:
        with no_collection():
            pattern = compiled(self.source)
        self.match, self.search = pattern.match, pattern.search  # from now on without the detour
        return pattern
