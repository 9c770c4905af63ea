"""Tells quickly which rules cannot match a sentence: those that need a word of a class it does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import chain
from operator import or_
from typing import TYPE_CHECKING

from extractor.rulelang.rows import Rows
from extractor.rulelang.syntax import Alternation, Atom, Look, Node, Repetition
from extractor.rulelang.tagbits import TagBits

if TYPE_CHECKING:
    from extractor.rulelang.ruleset import CompiledRule
    from extractor.rulelang.tagging import TaggedSentence, Tagger

Need = frozenset[str]  # classes of which a sentence must have a word
_MOST = 4  # needs of a rule that are looked at; more of them hold next to nothing back


class Sieve:
    """Holds rules, and gives those that may match a sentence.

    Args:
        rules: The rules, in the order in which they are tried.
        tagger: The tagger over whose tags they are compiled.
    """

    def __init__(self, rules: Sequence[CompiledRule], tagger: Tagger) -> None:
        self.rows = Rows(rules)
        # Of each tag, the rows whose first need it meets, above these those whose second need it meets ...
        self._met = TagBits(tagger)
        self._idle = 0  # the bits of needs that a row does not have
        self._last: tuple[TaggedSentence | None, int] = (None, 0)
        needs_of = Needs(tagger.count)
        for number, tree in enumerate(self.rows.trees):
            needs = needs_of.rarest(tree)
            for place in range(_MOST):
                bit = 1 << (place * len(self.rows) + number)
                if place < len(needs):
                    self._met.add(bit, needs[place])
                else:
                    self._idle |= bit

    def passing(self, sentence: TaggedSentence) -> int:
        """Returns the rows that may match, as bits; see `Rows`.

        Args:
            sentence: The sentence. The last one is remembered, as many ask for the same.
        """
        last, passing = self._last
        if last is sentence:
            return passing
        met = reduce(or_, map(self._met.__getitem__, sentence.kinds), self._idle)
        passing = met
        for _ in range(_MOST - 1):
            met >>= len(self.rows)
            passing &= met
        self._last = (sentence, passing)
        return passing

    def group(self, rules: Iterable[CompiledRule]) -> RuleGroup:
        """Returns some of the rules of the sieve as a group that can be asked for alone."""
        return RuleGroup(self, self.rows.mask(rules))


class RuleGroup:
    """Some rules of a sieve.

    Args:
        sieve: The sieve.
        mask: Their rows in it, as bits.
    """

    def __init__(self, sieve: Sieve, mask: int) -> None:
        self._sieve, self._mask = sieve, mask

    def passing(self, sentence: TaggedSentence, among: int = -1) -> list[CompiledRule]:
        """Returns the rules of the group that may match, in their order.

        Args:
            sentence: The sentence.
            among: The rows of the sieve to look at, as bits; all if none are given.
        """
        return self._sieve.rows.rules(self.rows(sentence) & among)

    def rows(self, sentence: TaggedSentence) -> int:
        """Returns the rows of the group that may match, as bits; see `Rows`."""
        return self._sieve.passing(sentence) & self._mask


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
