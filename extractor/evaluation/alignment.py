"""Which predicted claim stands for which gold claim, and which of its attributes are right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from extractor.evaluation.assignment import assign
from extractor.knowledge.kinds import KindSpec, Level
from extractor.record.derived import name_key
from extractor.record.models import kind_of, spec_of
from extractor.record.schema import BaseClaim

Tier = Literal["exact", "detect", "record", "linked"]
TIERS: tuple[Tier, ...] = ("exact", "detect", "record", "linked")
_FILLERS = frozenset({"the", "a", "an", "of", "in", "our", "its"})
_WORD = re.compile(r"[a-z0-9]+")


class Pair(NamedTuple):
    """A predicted claim and the gold claim it stands for, by their places in the two sequences."""

    gold: int
    predicted: int


def attributes_of(spec: KindSpec) -> list[tuple[str, Level]]:
    """Lists the attributes of a kind in the order of the tables, each with the tier that needs it.

    Args:
        spec: The kind.

    Returns:
        Pairs of attribute and ``exact``, ``record``, ``linked`` or ``reported``.
    """
    levels: tuple[Level, ...] = ("record", "linked", "reported")
    return [(spec.exact, "exact"), *((name, level) for level in levels for name in spec.of_tier(level))]


def same_number(predicted: float | None, gold: float | None) -> bool:
    """Compares numbers: within one in a thousand of the larger; None equals only None."""
    if predicted is None or gold is None:
        return predicted is None and gold is None
    return abs(predicted - gold) <= 1e-3 * max(abs(predicted), abs(gold), 1e-12)


def same_words(predicted: str | None, gold: str | None) -> bool:
    """Compares words of the abstract: at least half of the longer one's words are shared.

    Words are runs of ASCII letters and digits, without case and without articles, ``of``, ``in``, ``our`` and
    ``its``. Where one side has no such word (a metric written ``α``), the strings themselves must be equal.
    """
    left, right = _bag(predicted), _bag(gold)
    if not left or not right:
        return (predicted or "").strip() == (gold or "").strip()
    return sum((left & right).values()) / max(left.total(), right.total()) >= 0.5


def _bag(text: str | None) -> Counter[str]:
    return Counter(word for word in _WORD.findall((text or "").lower()) if word not in _FILLERS)


def same_attribute(attribute: str, predicted: BaseClaim, gold: BaseClaim) -> bool:
    """Says whether a predicted claim has an attribute right.

    Args:
        attribute: Name of the attribute, as in ``attributes_of``.
        predicted: The predicted claim.
        gold: The gold claim of the same kind.
    """
    if attribute == "text":
        return (predicted.start, predicted.end) == (gold.start, gold.end)
    ours, theirs = getattr(predicted, attribute, None), getattr(gold, attribute, None)
    if attribute == "name":
        return name_key(ours or "") == name_key(theirs or "")
    type_ = spec_of(gold).by_name[attribute].type
    if type_ in ("number", "integer"):
        return same_number(ours, theirs)
    if type_ == "words":
        return same_words(ours, theirs)
    if type_ == "mentions":
        return spans(predicted) == spans(gold)
    return (ours or None) == (theirs or None)


def spans(claim: BaseClaim) -> set[tuple[int, int]]:
    """Returns where a claim stands: its own span or, for a named thing, those of all its mentions."""
    mentions: Sequence[Any] = getattr(claim, "mentions", ())
    return {(mention.start, mention.end) for mention in mentions} or {(claim.start, claim.end)}


def tiers(predicted: BaseClaim, gold: BaseClaim) -> dict[Tier, bool]:
    """Says which tiers an aligned pair reaches; ``detect`` is always reached."""
    spec = spec_of(gold)
    record = all(same_attribute(name, predicted, gold) for name in spec.of_tier("record"))
    linked = record and all(same_attribute(name, predicted, gold) for name in spec.of_tier("linked"))
    exact = same_attribute(spec.exact, predicted, gold)
    return {"exact": exact, "detect": True, "record": record, "linked": linked}


def align(gold: Sequence[BaseClaim], predicted: Sequence[BaseClaim]) -> list[Pair]:
    """Aligns the claims of one abstract one to one, inside each kind, so that the whole fits best.

    Of all alignments the one is taken with, in this order, the most exact pairs, the most pairs, the most
    characters shared, the most right records, the most right linked records and the most right attributes;
    all tiers are therefore the same whatever the order of the claims.

    Args:
        gold: Gold claims.
        predicted: Predicted claims of the same abstract.

    Returns:
        The pairs, in the order of the gold claims.
    """
    return _best(gold, predicted, _weight)


def _best(
    gold: Sequence[BaseClaim],
    predicted: Sequence[BaseClaim],
    weigh: Callable[[BaseClaim, BaseClaim], tuple[int, ...]],
) -> list[Pair]:
    """Chooses the pairs of the largest weight; an empty weight is no pair."""
    weights: dict[tuple[int, int], tuple[int, ...]] = {}
    gold_order, predicted_order = _canonical(gold), _canonical(predicted)
    for left, gold_index in enumerate(gold_order):
        for right, predicted_index in enumerate(predicted_order):
            weight = weigh(predicted[predicted_index], gold[gold_index])
            if weight:
                weights[left, right] = weight
    return sorted(Pair(gold_order[left], predicted_order[right]) for left, right in assign(weights))


def _canonical(claims: Sequence[BaseClaim]) -> list[int]:
    """Orders claims by their content, so that even a tie is broken in one way only."""
    if len(claims) < 2:
        return list(range(len(claims)))
    return sorted(range(len(claims)), key=lambda i: (claims[i].start, claims[i].end, repr(claims[i])))


def _weight(predicted: BaseClaim, gold: BaseClaim) -> tuple[int, ...]:
    if kind_of(predicted) != kind_of(gold):
        return ()
    spec = spec_of(gold)
    shared = shared_characters(predicted, gold)
    if not spec.is_value:
        named = same_attribute("name", predicted, gold)
        candidate = named or (spec.family != "address" and bool(_surfaces(predicted) & _surfaces(gold)))
    else:
        candidate = shared > 0 or (predicted.start, predicted.end) == (gold.start, gold.end)
    if not candidate:
        return ()
    reached = tiers(predicted, gold)
    right = sum(same_attribute(name, predicted, gold) for name, _ in attributes_of(spec))
    return (int(reached["exact"]), 1, shared, int(reached["record"]), int(reached["linked"]), right)


def _weight_across(predicted: BaseClaim, gold: BaseClaim) -> tuple[int, ...]:
    if kind_of(predicted) == kind_of(gold):
        return ()
    shared = shared_characters(predicted, gold)
    return (shared,) if shared else ()


def is_reading_of(predicted: BaseClaim, gold: BaseClaim) -> bool:
    """Says whether a predicted claim could be aligned with a gold claim at all."""
    return bool(_weight(predicted, gold))


def _surfaces(claim: BaseClaim) -> set[str]:
    mentions: Sequence[Any] = getattr(claim, "mentions", ())
    return {name_key(mention.text) for mention in mentions or (claim,)}


def shared_characters(predicted: BaseClaim, gold: BaseClaim) -> int:
    """Counts the characters two claims share: of their spans or, for named things, of all their mentions."""
    return sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in spans(predicted)
        for other_start, other_end in spans(gold)
    )


def align_across(gold: Sequence[BaseClaim], predicted: Sequence[BaseClaim]) -> list[Pair]:
    """Pairs claims of different kinds that stand in the same place, by the characters they share.

    Args:
        gold: Gold claims that no prediction of their kind matched.
        predicted: Predictions that matched no gold claim of their kind.

    Returns:
        The pairs, in the order of the gold claims.
    """
    return _best(gold, predicted, _weight_across)
