"""Finds repetitions within one another with nothing between them, such as ``(a{1,9}){1,9}``.

They match the same words in a number of ways that doubles with each word, and a search that fails tries them
all. Every word of a pattern is a place, with an edge to each place that may come next: where the inner and
the outer repetition give the same edge, there are two ways to go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from extractor.rulelang.syntax import Alternation, Atom, Look, Node, Repetition

_LOOP = 3  # times from which a repetition is looked at; twice within twice does no harm


class _Part(NamedTuple):
    """A part of a pattern: whether it can be empty, where it begins and where it ends."""

    empty: bool
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


class _Walk:
    """Reads a pattern from left to right.

    Attributes:
        edges: From a place to one that may follow, and in how many ways: inside and around a repetition.
    """

    def __init__(self) -> None:
        self.edges: Counter[tuple[int, int]] = Counter()
        self._places = 0

    def read(self, node: Node) -> _Part:
        """Reads a part; one that stands twice in a pattern has places for each."""
        match node:
            case Atom():
                self._places += 1
                return _Part(False, (self._places,), (self._places,))
            case Look():
                return _Part(True)  # a search of its own
            case Repetition(least, most):
                part = self._row(node.parts)
                if most is None or most >= _LOOP:
                    self._join(part.last, part.first)
                return part._replace(empty=part.empty or least == 0)
            case Alternation():
                parts = [self.read(part) for part in node.parts]
                first = tuple(place for part in parts for place in part.first)
                last = tuple(place for part in parts for place in part.last)
                return _Part(any(part.empty for part in parts), first, last)
        return self._row(node.parts)

    def _row(self, parts: Collection[Node]) -> _Part:
        whole = _Part(True)
        for part in map(self.read, parts):
            self._join(whole.last, part.first)
            first = whole.first + part.first if whole.empty else whole.first
            last = whole.last + part.last if part.empty else part.last
            whole = _Part(whole.empty and part.empty, first, last)
        return whole

    def _join(self, last: Collection[int], first: Collection[int]) -> None:
        self.edges.update((one, next_) for one in last for next_ in first)


def explodes(tree: Node) -> bool:
    """Says whether repetitions within one another share a way, so that the ways double with each word."""
    walk = _Walk()
    walk.read(tree)
    return any(ways > 1 for ways in walk.edges.values())
