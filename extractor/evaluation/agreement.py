"""How far two annotators agree: tiers and attributes as in an evaluation, and agreement beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from extractor.evaluation.alignment import attributes_of
from extractor.evaluation.results import Evaluation
from extractor.evaluation.run import evaluate
from extractor.evaluation.scoring import Result
from extractor.record.models import read_fields

if TYPE_CHECKING:
    from extractor.record.schema import BaseClaim, Extraction

_COMPARED_AS_A_WHOLE = ("choice", "text")  # equal or not: what kappa can be taken of


class Kappa(Result):
    """Cohen's kappa of one attribute with a closed set of values, over the claims that both annotators have.

    Attributes:
        claims: Claims that both have.
        observed: Share of them with the same value.
        kappa: Agreement beyond chance: 1 for all, 0 for chance, None where both use only one value.
    """

    kind: str
    attribute: str
    claims: int
    observed: float
    kappa: float | None


class Agreement(Result):
    """Agreement of two annotators.

    Attributes:
        labels: Labels that at least one of them set (a pair counts once).
        same_place: Labels that both set with the same kind and span (for named things, the same name).
        identical: Labels that both set the same, to the letter, in every attribute and mention.
        kappas: Cohen's kappa of the attributes with a closed set of values.
        evaluation: The second annotator scored against the first; exact, detect, record and linked F1 and the
            accuracies over all are the same either way round.
    """

    labels: int
    same_place: int
    identical: int
    kappas: tuple[Kappa, ...]
    evaluation: Evaluation


def agreement(
    first: Iterable[Extraction], second: Iterable[Extraction], *, seed: int = 0, resamples: int = 1000
) -> Agreement:
    """Compares the labels of two annotators.

    Args:
        first: Labels of one annotator.
        second: Labels of the other, of the same abstracts.
        seed: Seed of the bootstrap over abstracts.
        resamples: Number of its resamples.

    Returns:
        The agreement.

    Raises:
        InputError: The two do not label the same abstracts.
    """
    evaluation = evaluate(first, second, seed=seed, resamples=resamples)
    micro = evaluation.row("micro")
    return Agreement(
        labels=micro.gold + micro.predicted - micro.detect.right,
        same_place=micro.exact.right,
        identical=_identical(evaluation),
        kappas=_kappas(evaluation),
        evaluation=evaluation,
    )


def _identical(evaluation: Evaluation) -> int:
    """Counts the aligned pairs that are the same to the letter, whoever or whatever found them."""
    return sum(
        _said(document.gold[left]) == _said(document.predicted[right])
        for document in evaluation.documents
        for left, right in document.pairs
    )


def _said(claim: BaseClaim) -> dict[str, Any]:
    """Returns what a claim says, without how it came to be."""
    return claim.model_dump(exclude=set(read_fields(claim)))


def _kappas(evaluation: Evaluation) -> tuple[Kappa, ...]:
    pairs: dict[str, list[tuple[Any, Any]]] = {kind: [] for kind in evaluation.kinds}
    for document in evaluation.documents:
        for left, right in document.pairs:
            pairs[document.gold[left].kind].append((document.gold[left], document.predicted[right]))
    found = []
    for kind, spec in evaluation.kinds.items():
        for attribute, tier in attributes_of(spec):
            known = spec.by_name.get(attribute)
            if known and tier != "exact" and known.type in _COMPARED_AS_A_WHOLE and pairs[kind]:
                values = [
                    (getattr(ours, attribute), getattr(theirs, attribute)) for ours, theirs in pairs[kind]
                ]
                if known.since and not any(value for pair in values for value in pair):
                    continue  # labelled before the attribute was there
                observed, kappa = cohen(values)
                found.append(
                    Kappa(kind=kind, attribute=attribute, claims=len(values), observed=observed, kappa=kappa)
                )
    return tuple(found)


def cohen(values: Sequence[tuple[object, object]]) -> tuple[float, float | None]:
    """Computes Cohen's kappa.

    Args:
        values: The two annotators' values of each claim; at least one.

    Returns:
        The observed agreement, and kappa (None where chance alone would agree always).
    """
    number = len(values)
    observed = sum(ours == theirs for ours, theirs in values) / number
    left, right = Counter(ours for ours, _ in values), Counter(theirs for _, theirs in values)
    expected = sum(left[value] * right[value] for value in left) / number**2
    return observed, None if expected == 1 else (observed - expected) / (1 - expected)
