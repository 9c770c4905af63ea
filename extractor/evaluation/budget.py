"""The error budget: how many points of F1 each cause costs, and which rules carry it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from extractor.evaluation.alignment import TIERS, Tier
from extractor.evaluation.scoring import Result

if TYPE_CHECKING:
    from extractor.evaluation.results import Error
    from extractor.evaluation.scoring import Row

MISSED, FALSE_ALARM, OTHER_KIND = "missed", "false alarm", "other kind"
_NEEDS: dict[Tier, frozenset[str]] = {
    "exact": frozenset({"exact"}),
    "detect": frozenset(),
    "record": frozenset({"record"}),
    "linked": frozenset({"record", "linked"}),
}
"""For each tier the levels of the attributes that it asks for."""


class Carrier(Result):
    """A rule with its errors of one cause; None for claims that no rule found."""

    rule: str | None
    errors: int


class Cost(Result):
    """What one cause costs one kind.

    Attributes:
        cause: ``missed``, ``false alarm``, ``other kind`` (read as another kind, or another read as this), or
            the attribute that is wrong.
        errors: How many errors have it.
        points: For each tier how many points (hundredths) it costs of the kind's F1.
        overall: For each tier how many it costs of the F1 over all claims.
        carriers: The rules of its errors, the one with the most first.
    """

    kind: str
    cause: str
    errors: int
    points: dict[Tier, float]
    overall: dict[Tier, float]
    carriers: tuple[Carrier, ...]


def error_budget(errors: Sequence[Error], rows: Sequence[Row]) -> tuple[Cost, ...]:
    """Shares out what is lacking to an F1 of 1 among the causes.

    Since F1 is twice the right pairs by the claims of both sides, a claim without a partner costs one of
    these claims, and a pair that does not reach the tier two, split among the attributes that keep it from
    it. So the points of a kind add up to what its F1 lacks.

    Args:
        errors: Every error.
        rows: The score table.

    Returns:
        The causes, those that cost most of the linked F1 over all claims first.
    """
    lost: dict[tuple[str, str], Counter[Tier]] = defaultdict(Counter)
    carried: dict[tuple[str, str], Counter[str | None]] = defaultdict(Counter)
    for error in errors:
        for cause, claims in _causes(error).items():
            lost[error.kind, cause].update(claims)
            carried[error.kind, cause][error.rule] += 1
    sizes = {row.name: row.gold + row.predicted for row in rows}
    costs = [
        _cost(*key, lost[key], carried[key], of_kind=sizes[key[0]], of_all=sizes["micro"]) for key in lost
    ]
    order = {row.name: place for place, row in enumerate(rows)}
    costs.sort(
        key=lambda cost: (*(-cost.overall[tier] for tier in reversed(TIERS)), order[cost.kind], cost.cause)
    )
    return tuple(costs)


def _causes(error: Error) -> Mapping[str, Counter[Tier]]:
    """Returns the causes of an error, each with how many claims it costs each tier."""
    if error.type != "wrong_attribute":
        alone = MISSED if error.type == "miss" else FALSE_ALARM
        return {OTHER_KIND if error.confused_with else alone: Counter(dict.fromkeys(TIERS, 1))}
    found: dict[str, Counter[Tier]] = defaultdict(Counter)
    for tier, attribute, share in _kept_from(error):
        found[attribute][tier] += share  # type: ignore[assignment]  # a share of two claims
    return found


def _kept_from(error: Error) -> Iterator[tuple[Tier, str, float]]:
    """Yields the tiers that a pair does not reach, each attribute that keeps it from it, and its share."""
    for tier in TIERS:
        wrong = [each.attribute for each in error.attributes if each.tier in _NEEDS[tier]]
        for attribute in wrong:
            yield tier, attribute, 2 / len(wrong)


def _cost(
    kind: str,
    cause: str,
    lost: Counter[Tier],
    carried: Counter[str | None],
    *,
    of_kind: int,
    of_all: int,
) -> Cost:
    return Cost(
        kind=kind,
        cause=cause,
        errors=carried.total(),
        points={tier: 100 * lost[tier] / of_kind for tier in TIERS},
        overall={tier: 100 * lost[tier] / of_all for tier in TIERS},
        carriers=tuple(
            Carrier(rule=rule, errors=number)
            for rule, number in sorted(carried.items(), key=lambda item: (-item[1], item[0] or ""))
        ),
    )
