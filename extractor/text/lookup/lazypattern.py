"""Patterns that are compiled when they are first tried, by the quicker of two libraries that can."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

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


class _Late:
    """A pattern of `regex` that is compiled when something of it is first asked for.

    Args:
        source: The regular expression.
        flags: Those of `regex`.
    """

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    @cached_property
    def made(self) -> regex.Pattern[str]:
        """The pattern."""
        with no_collection():
            return regex.compile(self._source, self._flags)

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = getattr(self.made, name)  # from now on without the detour
        return value


def late(source: str, flags: int = 0) -> regex.Pattern[str]:
    """Returns a pattern of `regex` that is compiled when something of it is first asked for."""
    return cast("regex.Pattern[str]", _Late(source, flags))


def compile_late(*things: object) -> None:
    """Compiles the patterns that are left for later among the attributes of things.

    Raises:
        regex.error: One of them is wrong.
    """
    for thing in things:
        if isinstance(thing, _Late):
            thing.made  # noqa: B018 - compiles it
        elif isinstance(thing, dict):
            compile_late(*thing.values())
        elif isinstance(thing, list | tuple):
            compile_late(*thing)
        elif hasattr(thing, "__dict__"):
            compile_late([value for value in vars(thing).values() if isinstance(value, _HOLDERS)])


_HOLDERS = (_Late, dict, list, tuple)
