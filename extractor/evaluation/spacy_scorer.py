"""The scorer that spaCy asks in ``nlp.evaluate``: our tiers, by the evaluation of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.training import Example

    from extractor.record.schema import Extraction

NAME = "paperclaims.claims_scorer.v1"


def make_claims_scorer() -> Callable[..., dict[str, Any]]:
    """Makes the scorer; spaCy finds it by an entry point."""
    return score_claims


def score_claims(
    examples: Iterable[Example], *, spans_key: str = "claims", kinds: Iterable[str] = (), **_config: Any
) -> dict[str, Any]:
    """Scores the claims of examples.

    Args:
        examples: Docs as read, and as labelled: with the claims of `extractor.spacy_.to_doc`.
        spans_key: Key of ``doc.spans``, with which the names of the scores begin.
        kinds: The kinds that count; all if none are named.

    Returns:
        For each tier (detect, exact, record, linked) precision, recall and F1 of all claims, as
        ``claims_record_p``, ``_r`` and ``_f``, and under ``claims_per_kind`` those of each kind; None where
        there is neither a labelled nor a read claim.

    Raises:
        InputError: A Doc holds no claims.
    """
    from extractor.evaluation.alignment import TIERS
    from extractor.evaluation.run import evaluate
    from extractor.spacy_.codec import to_extraction

    wanted = frozenset(kinds)
    gold, read = [], []
    for number, example in enumerate(examples, 1):
        gold.append(_of(to_extraction(example.reference, id=f"{number}", key=spans_key), wanted))
        read.append(_of(to_extraction(example.predicted, id=f"{number}", key=spans_key), wanted))
    rows = {row.name: row for row in evaluate(gold, read, resamples=0).rows}

    def marks(name: str) -> dict[str, dict[str, float | None]]:
        found = ((tier, rows[name].tier(tier)) for tier in TIERS)
        return {
            tier: {"p": each.precision.value, "r": each.recall.value, "f": each.f1.value}
            for tier, each in found
        }

    counted = {name: row for name, row in rows.items() if row.level == "kind" and row.gold + row.predicted}
    total = {f"{spans_key}_{t}_{m}": v for t, each in marks("micro").items() for m, v in each.items()}
    return {**total, f"{spans_key}_per_kind": {name: marks(name) for name in counted}}


def _of(extraction: Extraction, wanted: frozenset[str]) -> Extraction:
    """Returns an extraction with the claims of some kinds only."""
    if not wanted:
        return extraction
    return extraction.model_copy(
        update={"claims": tuple(claim for claim in extraction.claims if claim.kind in wanted)}
    )
