"""What every sentence has that a pattern matches: words of some classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from extractor.rulelang.syntax import Alternation, Atom, Look, Node, Repetition

Need = frozenset[str]  # classes of which a sentence must have a word


class Needs:
    """Works out what every sentence has that a pattern matches.

    Args:
        size: Tells how many tags meet a need.
        into_looks: Whether what a pattern only looks at counts too.
    """

    def __init__(self, size: Callable[[Need], int], *, into_looks: bool = True) -> None:
        self._size, self._into_looks = size, into_looks
        self._known: dict[Node, list[Need]] = {}  # patterns share most of their parts

    def rarest(self, *nodes: Node) -> list[Need]:
        """Returns the needs of parts that follow one another, those first that the fewest tags meet."""
        return sorted(dict.fromkeys(chain.from_iterable(map(self.of, nodes))), key=self._size)

    def of(self, node: Node) -> list[Need]:
        """Returns the needs of a part of a pattern.

        Returns:
            Sets of classes; a sentence that the part matches has a word of at least one of each. Nothing is
            said of places or order.
        """
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = list(dict.fromkeys(self._needs(node)))
        return found

    def _needs(self, node: Node) -> Iterable[Need]:
        match node:
            case Atom(classes, negated):
                return () if negated else (frozenset(classes),)
            case Alternation():
                return self._one_of([self.of(part) for part in node.parts])
            case Repetition(least=0):
                return ()
            case Look(negated=negated) if negated or not self._into_looks:
                return ()  # what must not stand there is no need
        return chain.from_iterable(map(self.of, node.parts))

    def _one_of(self, alternatives: Sequence[Sequence[Need]]) -> Iterable[Need]:
        """Returns one of the rarest needs of each alternative, one of each second rarest, and so on."""
        if not all(alternatives):
            return ()
        ranked = [sorted(needs, key=self._size) for needs in alternatives]
        longest = max(map(len, ranked))
        return [
            frozenset().union(*(needs[min(place, len(needs) - 1)] for needs in ranked))
            for place in range(longest)
        ]
