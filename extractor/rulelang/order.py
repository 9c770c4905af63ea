"""The order in which rules are tried: that of their files, but for what a rule says it stands before."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence

from extractor.errors import RuleProblem
from extractor.rulelang.rule import Rule


def ordered(rules: Sequence[Rule]) -> list[Rule]:
    """Sorts rules so that each stands before those that it names; otherwise they keep their order.

    Rules that stand before one another in a circle keep theirs, behind all others; see `order_faults`.
    """
    places = {rule.id: place for place, rule in enumerate(rules)}
    after = {rule.id: [places[name] for name in rule.before if name in places] for rule in rules}
    waits_for = [0] * len(rules)
    for named in after.values():
        for place in named:
            waits_for[place] += 1
    ready = [place for place, count in enumerate(waits_for) if count == 0]  # in order, so a heap
    taken: list[int] = []
    while ready:
        place = heapq.heappop(ready)
        taken.append(place)
        for other in after[rules[place].id]:
            waits_for[other] -= 1
            if waits_for[other] == 0:
                heapq.heappush(ready, other)
    circle = [place for place, count in enumerate(waits_for) if count > 0]
    return [rules[place] for place in (*taken, *circle)]


def order_faults(
    rules: Sequence[Rule], known: Collection[str], own: Collection[str]
) -> Iterator[RuleProblem]:
    """Yields what is wrong with ``before`` of the rules of some files.

    Args:
        rules: The rules.
        known: The ids of all rules that were read, also of those that others took out.
        own: Names of the files.
    """
    kinds = {rule.id: rule.kind for rule in rules}
    below = _closure(rules)
    for rule in rules:
        for name in rule.before if rule.file in own else ():
            fault = None
            if name not in known:
                fault = f"there is no rule {name!r}"
            elif kinds.get(name, rule.kind) != rule.kind:
                fault = f"{name!r} is of another kind; kinds are tried in an order of their own"
            elif name == rule.id or rule.id in below.get(name, ()):
                fault = f"{name!r} stands before this rule itself"
            if fault:
                yield RuleProblem(f"before: {fault}", file=rule.file, line=rule.line, rule=rule.id)


def declared(rules: Sequence[Rule]) -> dict[str, frozenset[str]]:
    """Returns for each rule those that it stands before, as it says or others in between do."""
    return {name: frozenset(below) for name, below in _closure(rules).items()}


def _closure(rules: Sequence[Rule]) -> dict[str, set[str]]:
    named = {rule.id: rule.before for rule in rules}
    below: dict[str, set[str]] = {}
    for name, first in named.items():
        seen: set[str] = set()
        waiting = list(first)
        while waiting:
            other = waiting.pop()
            if other not in seen:
                seen.add(other)
                waiting += named.get(other, ())
        below[name] = seen
    return below
