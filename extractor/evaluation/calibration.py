"""What the confidence of claims is worth: precision and recall by threshold, and how often it is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from extractor.evaluation.alignment import align, tiers
from extractor.evaluation.scoring import Result

if TYPE_CHECKING:
    from extractor.evaluation.results import Document
    from extractor.record.schema import BaseClaim

THRESHOLDS = tuple(hundredth / 100 for hundredth in range(100))
BINS = 10

RatedTier = Literal["record", "linked"]
_RATINGS: tuple[tuple[RatedTier, str], ...] = (("record", "confidence"), ("linked", "link_confidence"))
"""The tiers whose chance a claim tells, each with the attribute that holds it."""


class Rates(Result):
    """Precision and recall of one tier.

    Attributes:
        right: How many pairs reach the tier.
        precision: ``right`` of the claims that are kept; None if none is.
        recall: ``right`` of all gold claims; None if there are none.
    """

    right: int
    precision: float | None
    recall: float | None


class Cut(Result):
    """The scores of the claims that are sure enough.

    Attributes:
        least: The least confidence that is kept; claims that are not rated are kept always.
        kept: How many claims that leaves.
        detect: Claims that are found at all.
        record: Claims whose record is right.
    """

    least: float
    kept: int
    detect: Rates
    record: Rates


class Bin(Result):
    """Claims of about the same confidence.

    Attributes:
        low: The least confidence in it.
        high: Where the next bin begins; 1 belongs to the last bin.
        claims: How many claims there are.
        confidence: Their mean confidence; None without a claim.
        share: The share of them that is right; None without a claim.
    """

    low: float
    high: float
    claims: int
    confidence: float | None
    share: float | None


class Reliability(Result):
    """Whether claims are right as often as they say.

    Attributes:
        tier: What right means: ``record`` for ``confidence``, ``linked`` for ``link_confidence``.
        claims: How many claims say it.
        error: Expected calibration error: the mean, over claims, of how far the share of right ones in a bin
            is from its mean confidence.
        bins: The bins, from 0 to 1.
    """

    tier: RatedTier
    claims: int
    error: float
    bins: tuple[Bin, ...]


class Calibration(Result):
    """What the confidence of claims is worth.

    Attributes:
        gold: How many gold claims there are.
        cuts: The scores at each of ``THRESHOLDS``.
        reliability: For each tier that is rated whether its confidence is right.
    """

    gold: int
    cuts: tuple[Cut, ...]
    reliability: tuple[Reliability, ...]

    def at(self, least: float) -> Cut:
        """Returns the scores at one of ``THRESHOLDS``."""
        return self.cuts[THRESHOLDS.index(least)]


class _Counts(NamedTuple):
    """What a threshold leaves of one abstract."""

    kept: int
    detect: int
    record: int


def calibrate(documents: Sequence[Document]) -> Calibration | None:
    """Judges the confidence of the predicted claims.

    Args:
        documents: The aligned abstracts.

    Returns:
        What it is worth; None if no predicted claim says how sure it is.
    """
    reliability = tuple(
        _reliability(tier, rated)
        for tier, attribute in _RATINGS
        if (rated := list(_rated(documents, tier, attribute)))
    )
    if not reliability:
        return None
    gold = sum(len(document.gold) for document in documents)
    return Calibration(gold=gold, cuts=tuple(_cuts(documents, gold)), reliability=reliability)


def _cuts(documents: Iterable[Document], gold: int) -> Iterator[Cut]:
    totals = [Counter[str]() for _ in THRESHOLDS]
    for document in documents:
        for total, counts in zip(totals, _by_threshold(document), strict=True):
            total.update(counts._asdict())
    for least, total in zip(THRESHOLDS, totals, strict=True):
        kept = total["kept"]
        detect, record = (_rates(total[tier], kept, gold) for tier in ("detect", "record"))
        yield Cut(least=least, kept=kept, detect=detect, record=record)


def _by_threshold(document: Document) -> Iterator[_Counts]:
    """Scores what each threshold leaves, aligned anew: a claim left out may have stood in another's place."""
    counts, known = _Counts(0, 0, 0), -1
    for least in THRESHOLDS:
        kept = [claim for claim in document.predicted if _sure(claim, least)]
        if len(kept) != known:
            counts, known = _score(document.gold, kept), len(kept)
        yield counts


def _sure(claim: BaseClaim, least: float) -> bool:
    return claim.confidence is None or claim.confidence >= least


def _score(gold: Sequence[BaseClaim], kept: Sequence[BaseClaim]) -> _Counts:
    pairs = align(gold, kept)
    right = sum(tiers(kept[pair.predicted], gold[pair.gold])["record"] for pair in pairs)
    return _Counts(len(kept), len(pairs), right)


def _rates(right: int, kept: int, gold: int) -> Rates:
    return Rates(right=right, precision=right / kept if kept else None, recall=right / gold if gold else None)


def _rated(documents: Iterable[Document], tier: RatedTier, attribute: str) -> Iterator[tuple[float, bool]]:
    """Yields for each claim that says it how sure it is, and whether it is right."""
    for document in documents:
        partner = {right: left for left, right in document.pairs}
        for place, claim in enumerate(document.predicted):
            chance: float | None = getattr(claim, attribute)
            if chance is not None:
                right = place in partner and tiers(claim, document.gold[partner[place]])[tier]
                yield chance, right


def _reliability(tier: RatedTier, rated: Sequence[tuple[float, bool]]) -> Reliability:
    inside: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, right in rated:
        inside[min(int(chance * BINS), BINS - 1)].append((chance, right))
    bins = tuple(_bin(place, each) for place, each in enumerate(inside))
    off = sum(
        abs(sum(chance - right for chance, right in each)) for each in inside
    )  # of a bin: its claims times the gap between mean confidence and share
    return Reliability(tier=tier, claims=len(rated), error=off / len(rated), bins=bins)


def _bin(place: int, rated: Sequence[tuple[float, bool]]) -> Bin:
    number = len(rated)
    return Bin(
        low=place / BINS,
        high=(place + 1) / BINS,
        claims=number,
        confidence=sum(chance for chance, _ in rated) / number if number else None,
        share=sum(right for _, right in rated) / number if number else None,
    )
