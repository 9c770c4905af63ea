"""The alternatives of many rules side by side, numbered, so that a set of them is a number of bits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from extractor.rulelang.syntax import Alternation, Node

if TYPE_CHECKING:
    from extractor.rulelang.ruleset import CompiledRule


class Rows:
    """Each alternative of each rule is a row: what a rule needs is told best of each way to match it.

    Args:
        rules: The rules, in the order in which they are tried.
        counts: How many alternatives each has, where that is known; then no trees are looked at.

    Attributes:
        counts: The same.
        trees: What each row matches; those of a rule stand side by side.
    """

    def __init__(self, rules: Sequence[CompiledRule], counts: Sequence[int] | None = None) -> None:
        self.trees: list[Node] = []
        if counts is None:
            alternatives = [_alternatives(rule.rule.tree) for rule in rules]
            self.trees = [tree for each in alternatives for tree in each]
            counts = list(map(len, alternatives))
        self.counts = counts
        self._owners: list[tuple[CompiledRule, int]] = []  # of each row its rule, and all rows but the rule's
        self._masks: dict[str, int] = {}  # by the ids of rules
        for rule, count in zip(rules, counts, strict=True):
            mask = ((1 << count) - 1) << len(self._owners)
            self._masks[rule.rule.id] = mask
            self._owners += [(rule, ~mask)] * count

    def __len__(self) -> int:
        return len(self._owners)

    def mask(self, rules: Iterable[CompiledRule]) -> int:
        """Returns the rows of some rules, as bits; the first row has the lowest."""
        mask = 0
        for rule in rules:
            mask |= self._masks[rule.rule.id]
        return mask

    def rules(self, bits: int) -> list[CompiledRule]:
        """Returns the rules of which a row is among the bits, in their order."""
        rules: list[CompiledRule] = []
        while bits:
            rule, others = self._owners[(bits & -bits).bit_length() - 1]
            rules.append(rule)
            bits &= others
        return rules


def _alternatives(tree: Node) -> Sequence[Node]:
    return tree.parts if isinstance(tree, Alternation) else (tree,)
