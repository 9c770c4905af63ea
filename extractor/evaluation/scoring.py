"""Precision, recall and F1 from counts, with bootstrap intervals over abstracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from extractor.evaluation.alignment import TIERS, Tier
from extractor.knowledge.kinds import Kinds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

COLUMNS = ("gold", "predicted", *TIERS)
"""What is counted for each abstract and kind, in the order of the last axis of the counts."""

LEVEL = 0.95
_GROUPS = ("values", "things")


def groups_of(kinds: Kinds) -> dict[str, tuple[str, ...]]:
    """Returns the rows that add up the claims of several kinds; ``micro`` is all of them."""
    return {"values": kinds.value_names, "things": kinds.thing_names, "micro": kinds.names}


def rows_of(kinds: Kinds) -> tuple[str, ...]:
    """Returns every row of the score table, in its order."""
    return (*kinds, *groups_of(kinds), "macro")


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
    counts: Sequence[Sequence[Sequence[int]]], kinds: Kinds, *, seed: int = 0, resamples: int = 1000
) -> tuple[Row, ...]:
    """Computes the score table.

    Args:
        counts: Abstracts x kinds x ``COLUMNS``: how many claims of each kind each abstract has.
        kinds: The kinds.
        seed: Seed of the bootstrap.
        resamples: How many times the abstracts are drawn anew, with replacement; 0 leaves the intervals out.

    Returns:
        The rows of `rows_of`, in that order.
    """
    import numpy as np

    table = np.asarray(counts, dtype=np.int64).reshape(len(counts), len(kinds), len(COLUMNS))
    total = table.sum(axis=0)
    samples = resample(table, seed, resamples)
    scores, drawn = _scores(total[None], kinds), _scores(samples, kinds)
    return tuple(
        _row(_members(name, kinds), name, total, scores[0, index], drawn[:, index])
        for index, name in enumerate(rows_of(kinds))
    )


def resample(table: Any, seed: int, resamples: int) -> Any:
    """Draws the abstracts with replacement, and adds up what each draw holds.

    Args:
        table: An array, abstracts x whatever was counted of each.
        seed: Seed of the draws.
        resamples: How many there are.

    Returns:
        An array, resamples x whatever was counted.
    """
    import numpy as np

    abstracts = len(table)
    if not abstracts or not resamples:
        return np.zeros((0, *table.shape[1:]), dtype=table.dtype)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(abstracts, np.full(abstracts, 1 / abstracts), size=resamples)
    return (weights @ table.reshape(abstracts, -1)).reshape(resamples, *table.shape[1:])


def _members(row: str, kinds: Kinds) -> list[int]:
    """Returns the places of the kinds that a row adds up; the mean of the kinds has all of them."""
    names = kinds.names
    return [names.index(kind) for kind in ([row] if row in kinds else groups_of(kinds).get(row, names))]


def _scores(counts: Counts, kinds: Kinds) -> Floats:
    """Turns samples x kinds x columns into samples x rows x tiers x (precision, recall, F1), or NaN."""
    import numpy as np

    members = [_members(group, kinds) for group in groups_of(kinds)]
    groups = [counts[:, indexes].sum(axis=1, keepdims=True) for indexes in members]
    plain = _prf(np.concatenate([counts, *groups], axis=1))
    of_kinds = plain[:, : len(kinds)]
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


def _row(members: list[int], name: str, total: Counts, scores: Floats, drawn: Floats) -> Row:
    sums = [int(number) for number in total[members].sum(axis=0)]
    tiers = {
        tier: TierScore(
            right=sums[2 + place],
            precision=estimate_of(scores[place, 0], drawn[:, place, 0]),
            recall=estimate_of(scores[place, 1], drawn[:, place, 1]),
            f1=estimate_of(scores[place, 2], drawn[:, place, 2]),
        )
        for place, tier in enumerate(TIERS)
    }
    level: Literal["kind", "group", "micro", "macro"] = "group" if name in _GROUPS else "kind"
    if name in ("micro", "macro"):
        level = name  # type: ignore[assignment]  # mypy does not narrow a str by membership
    return Row(name=name, level=level, gold=sums[0], predicted=sums[1], **tiers)


def estimate_of(value: float, drawn: Floats) -> Estimate:
    """Makes a score with its interval of what the resamples came to; NaN is what is not defined."""
    import numpy as np

    if np.isnan(value):
        return Estimate()
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        return Estimate(value=float(value))
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=float(value), low=float(low), high=float(high))
