"""Tells quickly which rules cannot match a sentence, by the words that they need in it and around values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from extractor.rulelang.needs import Needs
from extractor.rulelang.neighbours import Neighbours
from extractor.rulelang.rows import Rows
from extractor.rulelang.tagbits import TagBits

if TYPE_CHECKING:
    from extractor.rulelang.ruleset import CompiledRule
    from extractor.rulelang.tagging import TaggedSentence, Tagger

_MOST = 4  # needs of a rule that are looked at; more of them hold next to nothing back


class Sieve:
    """Holds rules, and gives those that may match a sentence.

    Args:
        rules: The rules, in the order in which they are tried.
        tagger: The tagger over whose tags they are compiled.
        kept: What was kept of a sieve; see `kept`. That of other rules is not taken.
    """

    def __init__(
        self, rules: Sequence[CompiledRule], tagger: Tagger, kept: Sequence[Any] | None = None
    ) -> None:
        self._names = [rule.rule.id for rule in rules]
        known = kept if kept and kept[0] == self._names else None
        _, counts, neighbours, bits, idle = known or (None, None, None, None, "0")
        self.rows = Rows(rules, counts)
        self._count = len(self.rows)
        self._neighbours = Neighbours(self.rows, tagger, neighbours)
        # Of each tag, the rows whose first need it meets, above these those whose second need it meets ...
        self._met = TagBits(tagger, bits)
        self._idle = int(idle, 16)  # the bits of needs that a row does not have
        self._last: tuple[TaggedSentence | None, int] = (None, 0)
        if known is None:
            self._work_out(tagger)

    def _work_out(self, tagger: Tagger) -> None:
        needs_of = Needs(tagger.count)
        for number, tree in enumerate(self.rows.trees):
            needs = needs_of.rarest(tree)
            for place in range(_MOST):
                bit = 1 << (place * self._count + number)
                if place < len(needs):
                    self._met.add(bit, needs[place])
                else:
                    self._idle |= bit

    def kept(self) -> list[Any]:
        """Returns what was worked out as plain data, for the same rules."""
        return [self._names, self.rows.counts, self._neighbours.kept(), self._met.kept(), f"{self._idle:x}"]

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
            met >>= self._count
            passing &= met
        passing = self._neighbours.allowing(sentence, passing)
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

    def passing(self, sentence: TaggedSentence) -> list[CompiledRule]:
        """Returns the rules of the group that may match, in their order."""
        return self._sieve.rows.rules(self._sieve.passing(sentence) & self._mask)
