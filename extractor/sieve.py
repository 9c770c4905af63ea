"""Tells quickly which rules cannot match a sentence: those that need a word of a class it does not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

from extractor.patterns import classes_of

if TYPE_CHECKING:
    from extractor.patterns import Piece
    from extractor.ruleset import CompiledRule
    from extractor.tagging import Tagger

Need = frozenset[str]  # tags of which a sentence must have one
Needs = list[Need]


class Sieve:
    """Holds rules, and gives those that may match a sentence.

    Args:
        rules: The rules, in the order in which they are tried.
        tagger: The tagger over whose tags they are compiled.
    """

    def __init__(self, rules: Iterable[CompiledRule], tagger: Tagger) -> None:
        @cache
        def tags_of(piece: Piece) -> Need | None:
            negated = piece.text.startswith("<!")
            return None if negated else tagger.members(classes_of(piece))

        self._bits: dict[str, int] = {}
        self._rules: list[tuple[int, int, CompiledRule]] = []  # its bit, the needs it has as bits, and the rule
        numbers: dict[Need, int] = {}
        for place, rule in enumerate(rules):
            wanted = 0
            for need in needs_of(rule.rule.pieces, tags_of):
                wanted |= 1 << numbers.setdefault(need, len(numbers))
            self._rules.append((1 << place, wanted, rule))
        for need, number in numbers.items():
            for tag in need:
                self._bits[tag] = self._bits.get(tag, 0) | 1 << number

    def passing(self, tags: str, among: int = -1) -> list[CompiledRule]:
        """Returns the rules that may match, in their order.

        Args:
            tags: The tags of a sentence.
            among: The rules to look at, as bits, the first rule the lowest; all rules if none are given.
        """
        met = 0
        for tag in set(tags):
            met |= self._bits.get(tag, 0)
        missing = ~met
        return [rule for bit, wanted, rule in self._rules if among & bit and not wanted & missing]


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

    def close(self) -> Needs:
        """Returns the needs of the whole bracket: of several alternatives, a tag that one of them needs."""
        self.part()
        if self.negative or not all(self.alternatives):
            return []
        if len(self.alternatives) == 1:
            return self.alternatives[0]
        return [frozenset().union(*(min(needs, key=len) for needs in self.alternatives))]


def needs_of(pieces: Iterable[Piece], tags_of: Callable[[Piece], Need | None]) -> tuple[Need, ...]:
    """Returns what every sentence has that a pattern matches.

    Args:
        pieces: A well-formed pattern.
        tags_of: Gives the tags of a word or class, or None for a class that is negated.

    Returns:
        Sets of tags; the sentence has at least one of each. Nothing is said of places or order.
    """
    levels = [_Level()]
    for piece in pieces:
        if piece.sort in ("group", "look", "open"):
            levels.append(_Level(negative="!" in piece.text and piece.sort == "look"))
        elif piece.sort in ("cls", "word"):
            tags = tags_of(piece)
            levels[-1].add([] if tags is None else [tags])
        elif piece.sort == "quant" and piece.text.startswith(("{0", "{,")):
            levels[-1].last = []
        elif piece.sort == "op":
            _read_signs(piece.text, levels)
    return tuple(dict.fromkeys(levels[0].close()))


def _read_signs(signs: str, levels: list[_Level]) -> None:
    for sign in re.sub(r"([?*+])[?+]", r"\1", signs):  # a second sign says how greedy the first one is
        if sign == ")":
            inner = levels.pop()
            levels[-1].add(inner.close())
        elif sign == "|":
            levels[-1].part()
        elif sign in "?*":
            levels[-1].last = []
