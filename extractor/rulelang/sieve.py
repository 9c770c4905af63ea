"""Tells quickly which rules cannot match a sentence: those that need a word of a class it does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from extractor.rulelang.patterns import classes_of, plain_signs
from extractor.rulelang.tagbits import TagBits

if TYPE_CHECKING:
    from extractor.rulelang.patterns import Piece
    from extractor.rulelang.ruleset import CompiledRule
    from extractor.rulelang.tagging import TaggedSentence, Tagger

Need = frozenset[str]  # classes of which a sentence must have a word
Needs = list[Need]
Size = Callable[[Need], int]
_MOST = 4  # needs of a rule that are looked at; more of them hold next to nothing back


class Sieve:
    """Holds rules, and gives those that may match a sentence.

    Args:
        rules: The rules, in the order in which they are tried.
        tagger: The tagger over whose tags they are compiled.
    """

    def __init__(self, rules: Sequence[CompiledRule], tagger: Tagger) -> None:
        self._rules = rules
        # Of each tag, the rules whose first need it meets, above these those whose second need it meets ...
        self._met = TagBits(tagger)
        self._idle = 0  # the bits of needs that a rule does not have
        self._last: tuple[TaggedSentence | None, int] = (None, 0)
        for number, rule in enumerate(rules):
            needs = rule.needs
            for place in range(_MOST):
                bit = 1 << (place * len(rules) + number)
                if place < len(needs):
                    self._met.add(bit, needs[place])
                else:
                    self._idle |= bit

    def passing(self, sentence: TaggedSentence) -> int:
        """Returns the rules that may match, as bits; the first rule has the lowest.

        Args:
            sentence: The sentence. The last one is remembered, as many ask for the same.
        """
        last, passing = self._last
        if last is sentence:
            return passing
        met = reduce(or_, map(self._met.__getitem__, sentence.kinds), self._idle)
        passing = met
        for _ in range(_MOST - 1):
            met >>= len(self._rules)
            passing &= met
        self._last = (sentence, passing)
        return passing

    def group(self, rules: Iterable[CompiledRule]) -> Group:
        """Returns some of the rules of the sieve as a group that can be asked for alone."""
        wanted = {rule.rule.id for rule in rules}
        mask = sum(1 << number for number, rule in enumerate(self._rules) if rule.rule.id in wanted)
        return Group(self, self._rules, mask)


class Group:
    """Some rules of a sieve.

    Args:
        sieve: The sieve.
        rules: All its rules.
        mask: Those of the group, as bits.
    """

    def __init__(self, sieve: Sieve, rules: Sequence[CompiledRule], mask: int) -> None:
        self._sieve, self._rules, self._mask = sieve, rules, mask

    def passing(self, sentence: TaggedSentence, among: int = -1) -> list[CompiledRule]:
        """Returns the rules of the group that may match, in their order.

        Args:
            sentence: The sentence.
            among: The rules of the sieve to look at, as bits; all if none are given.
        """
        bits = self._sieve.passing(sentence) & self._mask & among
        rules = []
        while bits:
            lowest = bits & -bits
            rules.append(self._rules[lowest.bit_length() - 1])
            bits ^= lowest
        return rules


class _Level:
    """The open bracket that is being read (or the whole pattern)."""

    def __init__(self, *, negative: bool = False) -> None:
        self.negative = negative  # what must not stand there is no need
        self.alternatives: list[Needs] = []
        self.needs: Needs = []  # of the alternative that is being read, without its last element
        self.last: Needs = []  # of the last element, which a quantifier may make optional

    def add(self, needs: Needs) -> None:
        self.needs += self.last
        self.last = needs

    def part(self) -> None:
        self.add([])
        self.alternatives.append(self.needs)
        self.needs = []

    def close(self, size: Size) -> Needs:
        """Returns the needs of the whole bracket.

        Of alternatives, a sentence needs one of the rarest classes that each needs, one of the second rarest
        of each, and so on.
        """
        self.part()
        if self.negative or not all(self.alternatives):
            return []
        if len(self.alternatives) == 1:
            return self.alternatives[0]
        ranked = [sorted(needs, key=size) for needs in self.alternatives]
        longest = max(map(len, ranked))
        return [
            frozenset().union(*(needs[min(place, len(needs) - 1)] for needs in ranked))
            for place in range(longest)
        ]


def needs_of(pieces: Iterable[Piece], size: Size) -> tuple[Need, ...]:
    """Returns what every sentence has that a pattern matches.

    Args:
        pieces: A well-formed pattern.
        size: Tells how many tags meet a need.

    Returns:
        Sets of classes; the sentence has a word of at least one of each. Nothing is said of places or order.
    """
    levels = [_Level()]
    for piece in pieces:
        if piece.sort in ("group", "look", "open"):
            levels.append(_Level(negative="!" in piece.text and piece.sort == "look"))
        elif piece.sort in ("cls", "word"):
            negated = piece.text.startswith("<!")
            levels[-1].add([] if negated else [frozenset(classes_of(piece))])
        elif piece.sort == "quant" and piece.text.startswith(("{0", "{,")):
            levels[-1].last = []
        elif piece.sort == "op":
            _read_signs(piece.text, levels, size)
    return tuple(dict.fromkeys(levels[0].close(size)))


def _read_signs(text: str, levels: list[_Level], size: Size) -> None:
    for sign in plain_signs(text):
        if sign == ")":
            inner = levels.pop()
            levels[-1].add(inner.close(size))
        elif sign == "|":
            levels[-1].part()
        elif sign in "?*":
            levels[-1].last = []
