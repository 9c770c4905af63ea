"""Scores predictions against gold: a pure function that returns one result object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.evaluation.alignment import (
    TIERS,
    Pair,
    align,
    align_across,
    attributes_of,
    is_reading_of,
    same_attribute,
    tiers,
)
from extractor.evaluation.budget import error_budget
from extractor.evaluation.calibration import calibrate
from extractor.evaluation.error_listing import list_errors
from extractor.evaluation.results import (
    NONE,
    Aligned,
    AttributeScore,
    Confusion,
    Document,
    Evaluation,
    RuleScore,
)
from extractor.evaluation.scoring import score
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.record.models import kind_of, kinds_of, spec_of

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import BaseClaim, Extraction

__all__ = ["Evaluation", "evaluate"]


def evaluate(
    gold: Iterable[Extraction],
    predictions: Iterable[Extraction],
    *,
    kinds: Kinds | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Evaluation:
    """Scores predictions against gold.

    Args:
        gold: Labelled abstracts, each with an id of its own.
        predictions: Extractions of the same abstracts in any order, found by their ids. Those that gold does
            not have are left out and counted.
        kinds: The kinds of claims; if none are given, those that the extractions can hold.
        seed: Seed of the bootstrap over abstracts.
        resamples: Number of its resamples; 0 leaves the intervals out.

    Returns:
        The result; the same for the same input and seed.

    Raises:
        InputError: An id is missing or stands twice, a gold abstract has no prediction, or the two abstracts
            of an id are not the same text.
    """
    labelled, found = _by_id(gold, "gold"), _by_id(predictions, "predictions")
    missing = [name for name in labelled if name not in found]
    if missing:
        shown = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")
        message = (
            f"the predictions lack {len(missing)} of {len(labelled)} gold abstracts ({shown}); "
            "every gold abstract needs a line, also one without claims"
        )
        raise InputError(message)
    kinds = kinds or _kinds((*labelled.values(), *found.values()))
    aligned = [_align(extraction, found[name]) for name, extraction in labelled.items()]
    rows = score([_counts(each.document, kinds) for each in aligned], kinds, seed=seed, resamples=resamples)
    errors = list_errors(aligned, kinds)
    return Evaluation(
        abstracts=len(labelled),
        ignored=sum(name not in labelled for name in found),
        seed=seed,
        resamples=resamples,
        rows=rows,
        attributes=_attribute_scores(aligned, kinds),
        confusion=_confusion(aligned, kinds),
        rules=_rule_scores(aligned, kinds),
        calibration=calibrate([each.document for each in aligned]),
        budget=error_budget(errors, rows),
        errors=errors,
        documents=tuple(each.document for each in aligned),
        own_kinds=kinds.own,
    )


def _kinds(extractions: Iterable[Extraction]) -> Kinds:
    """Returns the kinds of the first extraction that can hold a user's own."""
    own = (kinds_of(extraction) for extraction in extractions if extraction.own_kinds)
    return next(own, builtin_kinds())


def _by_id(extractions: Iterable[Extraction], side: str) -> dict[str, Extraction]:
    table: dict[str, Extraction] = {}
    for row, extraction in enumerate(extractions, 1):
        if extraction.id is None:
            message = f"abstract {row} of the {side} has no id; give every abstract one"
            raise InputError(message)
        if extraction.id in table:
            message = f"id {extraction.id!r} stands twice in the {side}; ids are unique"
            raise InputError(message)
        table[extraction.id] = extraction
    return table


def _align(gold: Extraction, predicted: Extraction) -> Aligned:
    if gold.abstract != predicted.abstract:
        message = f"abstract {gold.id!r} of the predictions is not the gold text; offsets would not compare"
        raise InputError(message)
    pairs = align(gold.claims, predicted.claims)
    document = Document(
        id=str(gold.id),
        title=gold.title,
        abstract=gold.abstract,
        gold=gold.claims,
        predicted=predicted.claims,
        pairs=tuple((pair.gold, pair.predicted) for pair in pairs),
    )
    missed = sorted(set(range(len(gold.claims))) - {pair.gold for pair in pairs})
    alarms = sorted(set(range(len(predicted.claims))) - {pair.predicted for pair in pairs})
    across = align_across([gold.claims[i] for i in missed], [predicted.claims[i] for i in alarms])
    crossed = [Pair(missed[pair.gold], alarms[pair.predicted]) for pair in across]
    read_as = {pair.gold: predicted.claims[pair.predicted].kind for pair in crossed}
    meant = {pair.predicted: gold.claims[pair.gold].kind for pair in crossed}
    return Aligned(document, {i: read_as.get(i) for i in missed}, {i: meant.get(i) for i in alarms})


def _pairs(aligned: Iterable[Aligned]) -> Iterator[tuple[BaseClaim, BaseClaim]]:
    """Yields every aligned pair as (gold claim, predicted claim)."""
    for each in aligned:
        for left, right in each.document.pairs:
            yield each.document.gold[left], each.document.predicted[right]


def _counts(document: Document, kinds: Kinds) -> list[list[int]]:
    """Counts an abstract's claims: kinds x (gold, predicted, then each tier)."""
    gold = Counter(kind_of(claim) for claim in document.gold)
    predicted = Counter(kind_of(claim) for claim in document.predicted)
    reached: Counter[tuple[str, str]] = Counter()
    for left, right in document.pairs:
        for tier, good in tiers(document.predicted[right], document.gold[left]).items():
            reached[document.gold[left].kind, tier] += good
    return [[gold[kind], predicted[kind], *(reached[kind, tier] for tier in TIERS)] for kind in kinds]


def _attribute_scores(aligned: Sequence[Aligned], kinds: Kinds) -> tuple[AttributeScore, ...]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for gold, predicted in _pairs(aligned):
        for attribute, _ in attributes_of(spec_of(gold)):
            right = same_attribute(attribute, predicted, gold)
            given = getattr(gold, attribute) is not None
            counter = counts.setdefault((kind_of(gold), attribute), Counter())
            counter.update(total=1, right=right, total_set=given, right_set=right and given)
    return tuple(
        _attribute_score(kind, attribute, tier, counts.get((kind, attribute), Counter()))
        for kind, spec in kinds.items()
        for attribute, tier in attributes_of(spec)
    )


def _attribute_score(kind: str, attribute: str, tier: Any, counts: Counter[str]) -> AttributeScore:
    return AttributeScore(
        kind=kind,
        attribute=attribute,
        tier=tier,
        total=counts["total"],
        right=counts["right"],
        total_set=counts["total_set"],
        right_set=counts["right_set"],
        accuracy=counts["right"] / counts["total"] if counts["total"] else None,
        accuracy_set=counts["right_set"] / counts["total_set"] if counts["total_set"] else None,
    )


def _confusion(aligned: Sequence[Aligned], kinds: Kinds) -> Confusion:
    cells: Counter[tuple[str, str]] = Counter((kind_of(gold), kind_of(gold)) for gold, _ in _pairs(aligned))
    for document, missed, alarms in aligned:
        cells.update((document.gold[i].kind, other or NONE) for i, other in missed.items())
        cells.update((NONE, document.predicted[i].kind) for i, other in alarms.items() if other is None)
    labels = (*kinds, NONE)
    return Confusion(
        labels=labels, counts=tuple(tuple(cells[row, column] for column in labels) for row in labels)
    )


def _rule_scores(aligned: Sequence[Aligned], kinds: Kinds) -> tuple[RuleScore, ...]:
    counts: dict[tuple[str, str | None], Counter[str]] = {}
    for document, _, _ in aligned:
        partner = {right: left for left, right in document.pairs}
        for index, claim in enumerate(document.predicted):
            counter = counts.setdefault((claim.kind, claim.rule), Counter())
            counter["fired"] += 1
            if index not in partner:
                counter["false_alarm"] += 1
                continue
            gold = document.gold[partner[index]]
            counter["right" if tiers(claim, gold)["record"] else "wrong_attribute"] += 1
            counter["sole"] += not any(
                other.rule != claim.rule and is_reading_of(other, gold) for other in document.predicted
            )
    names = ("fired", "right", "wrong_attribute", "false_alarm", "sole")
    return tuple(
        RuleScore(rule=rule, kind=kind, **{name: counter[name] for name in names})
        for (kind, rule), counter in sorted(
            counts.items(), key=lambda item: (kinds.names.index(item[0][0]), item[0][1] or "")
        )
    )
