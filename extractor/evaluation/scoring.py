"""Precision, recall and F1 from counts, with bootstrap intervals over abstracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from extractor.evaluation.alignment import KINDS, TIERS, Tier
from extractor.record.schema import THING_KINDS, VALUE_KINDS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

COLUMNS = ("gold", "predicted", *TIERS)
"""What is counted for each abstract and kind, in the order of the last axis of the counts."""

GROUPS: dict[str, tuple[str, ...]] = {"values": VALUE_KINDS, "things": THING_KINDS, "micro": KINDS}
"""Rows that add up the claims of several kinds; ``micro`` is all of them."""

ROWS: tuple[str, ...] = (*KINDS, *GROUPS, "macro")
"""Every row of the score table, in its order."""

LEVEL = 0.95


class Result(BaseModel):
    """What every result of an evaluation is: frozen, read back strictly."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Estimate(Result):
    """A score and its 95% bootstrap interval; all None where the score is not defined.

    Attributes:
        value: The score, from 0 to 1.
        low: Low end of the interval.
        high: High end of the interval.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None


class TierScore(Result):
    """Precision, recall and F1 of one tier.

    Attributes:
        right: How many pairs reached the tier.
    """

    right: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class Row(Result):
    """The scores of one kind, of a group of kinds, or the mean of the kinds.

    Attributes:
        name: The kind, ``values``, ``things``, ``micro`` (all claims together) or ``macro`` (mean over the
            kinds).
        level: Which of these it is.
        gold: How many gold claims there are (the support).
        predicted: How many predicted claims there are.
        exact: Same kind and same offsets; for named things the same canonical name.
        detect: Same kind and an overlapping span; for named things the same name or a shared surface form.
        record: Detected, and the core attributes are right.
        linked: Record, and metric, baseline, dataset and model are right too.
    """

    name: str
    level: Literal["kind", "group", "micro", "macro"]
    gold: int
    predicted: int
    exact: TierScore
    detect: TierScore
    record: TierScore
    linked: TierScore

    def tier(self, name: Tier) -> TierScore:
        """Returns the scores of a tier by its name."""
        score: TierScore = getattr(self, name)
        return score


def score(
    counts: Sequence[Sequence[Sequence[int]]], *, seed: int = 0, resamples: int = 1000
) -> tuple[Row, ...]:
    """Computes the score table.

    Args:
        counts: Abstracts x ``KINDS`` x ``COLUMNS``: how many claims of each kind each abstract has.
        seed: Seed of the bootstrap.
        resamples: How many times the abstracts are drawn anew, with replacement; 0 leaves the intervals out.

    Returns:
        The rows of ``ROWS``, in that order.
    """
    import numpy as np

    table = np.asarray(counts, dtype=np.int64).reshape(len(counts), len(KINDS), len(COLUMNS))
    total = table.sum(axis=0)
    samples = _resample(table, seed, resamples)
    scores, drawn = _scores(total[None]), _scores(samples)
    return tuple(
        _row(index, name, total, scores[0, index], drawn[:, index]) for index, name in enumerate(ROWS)
    )


def _resample(table: Counts, seed: int, resamples: int) -> Counts:
    """Draws the abstracts with replacement; returns resamples x kinds x columns."""
    import numpy as np

    abstracts = len(table)
    if not abstracts or not resamples:
        return np.zeros((0, *table.shape[1:]), dtype=np.int64)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(abstracts, np.full(abstracts, 1 / abstracts), size=resamples)
    drawn: Counts = (weights @ table.reshape(abstracts, -1)).reshape(resamples, *table.shape[1:])
    return drawn


def _scores(kinds: Counts) -> Floats:
    """Turns samples x kinds x columns into samples x rows x tiers x (precision, recall, F1), or NaN."""
    import numpy as np

    members = [[KINDS.index(kind) for kind in GROUPS[group]] for group in GROUPS]
    groups = [kinds[:, indexes].sum(axis=1, keepdims=True) for indexes in members]
    plain = _prf(np.concatenate([kinds, *groups], axis=1))
    of_kinds = plain[:, : len(KINDS)]
    defined = ~np.isnan(of_kinds)
    number = defined.sum(axis=1, keepdims=True)
    mean = np.where(defined, of_kinds, 0).sum(axis=1, keepdims=True) / np.where(number, number, 1)
    return np.concatenate([plain, np.where(number, mean, np.nan)], axis=1)


def _prf(counts: Counts) -> Floats:
    """Precision, recall and F1 on a new last axis: NaN with neither gold nor prediction, else 0 for 0/0."""
    import numpy as np

    gold, predicted, right = counts[..., 0, None], counts[..., 1, None], counts[..., 2:]
    empty = (gold + predicted) == 0

    def ratio(above: Any, below: Any) -> Floats:
        shares: Floats = np.where(empty, np.nan, above / np.where(below, below, 1))
        return shares

    return np.stack(
        [ratio(right, predicted), ratio(right, gold), ratio(2 * right, gold + predicted)], axis=-1
    )


def _row(index: int, name: str, total: Counts, scores: Floats, drawn: Floats) -> Row:
    kinds = [index] if name in KINDS else [KINDS.index(kind) for kind in GROUPS.get(name, KINDS)]
    sums = [int(number) for number in total[kinds].sum(axis=0)]
    tiers = {
        tier: TierScore(
            right=sums[2 + place],
            precision=_estimate(scores[place, 0], drawn[:, place, 0]),
            recall=_estimate(scores[place, 1], drawn[:, place, 1]),
            f1=_estimate(scores[place, 2], drawn[:, place, 2]),
        )
        for place, tier in enumerate(TIERS)
    }
    level: Literal["kind", "group", "micro", "macro"] = "kind" if name in KINDS else "group"
    if name in ("micro", "macro"):
        level = name  # type: ignore[assignment]  # mypy does not narrow a str by membership
    return Row(name=name, level=level, gold=sums[0], predicted=sums[1], **tiers)


def _estimate(value: float, drawn: Floats) -> Estimate:
    import numpy as np

    if np.isnan(value):
        return Estimate()
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        return Estimate(value=float(value))
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=float(value), low=float(low), high=float(high))
