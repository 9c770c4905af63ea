"""Where the telling part of a pattern begins: what stands there is searched for before the whole pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractor.rulelang.neighbours import opening_tags
from extractor.rulelang.syntax import Alternation, Concat, Node

if TYPE_CHECKING:
    from extractor.rulelang.tagging import Tagger

_COMMON = ("det", "prep", "and", "comma", "adv")  # words of these classes stand in nearly every sentence
_OPEN = ("w",)  # these make up most of them
_VALUES = ("val",)
_FEW = 4  # times as many open words are there as words that are telling


class TailFinder:
    """Finds the tails of patterns.

    Args:
        tagger: The tagger whose tags the patterns are over.
    """

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._common, self._values = tagger.members(_COMMON), tagger.members(_VALUES)
        self._few = tagger.count(_OPEN) / _FEW
        self._known: dict[Node, tuple[bool, bool]] = {}  # patterns share the parts that are fragments

    def tails(self, tree: Node) -> list[Node]:
        """Returns the rest of each alternative of a pattern, from its first telling word on.

        Every match of the pattern has a match of one of them at its end; most sentences that have none are
        told by them in a fraction of the time. None are returned where that saves nothing: an alternative has
        no such word, or all of them begin with one.
        """
        tails: list[Node] = []
        shorter = False
        for alternative in tree.parts if isinstance(tree, Alternation) else (tree,):
            parts = alternative.parts if isinstance(alternative, Concat) else (alternative,)
            first = next((place for place, part in enumerate(parts) if part.ends.first), 0)
            start = self._first_telling(parts)
            if start is None:
                return []
            shorter = shorter or start > first
            tails.append(Concat(parts=parts[start:]))
        return tails if shorter else []

    def _first_telling(self, parts: Sequence[Node]) -> int | None:
        """Returns the first part that must be there, with words that stand in few sentences.

        Of values it is known already that they stand there: they count where such a word must follow them.
        """
        first: int | None = None
        for place, part in enumerate(parts):
            if part.ends.empty:
                continue
            telling, beyond_values = self._opening(part)
            if telling:
                first = place if first is None else first
                if beyond_values:
                    return first
        return None

    def _opening(self, part: Node) -> tuple[bool, bool]:
        """Tells whether the words that a part can begin with are telling, and whether some are no values."""
        if part not in self._known:
            opening = opening_tags(part, self._tagger)
            telling = len(opening) < self._few and opening.isdisjoint(self._common)
            self._known[part] = telling, not opening or not opening <= self._values
        return self._known[part]
