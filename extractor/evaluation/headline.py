"""What the README says of the scores: F1 by kind, attributes and confidence, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.evaluation.alignment import attributes_of, same_attribute, tiers
from extractor.evaluation.calibration import BINS, Cut, RatedTier
from extractor.evaluation.render import sheet_markdown
from extractor.evaluation.report_tables import Sheet, estimate, evaluation_sheets, number
from extractor.evaluation.scoring import Estimate, estimate_of, resample
from extractor.record.models import spec_of

if TYPE_CHECKING:
    from extractor.evaluation.agreement import Agreement
    from extractor.evaluation.results import Document, Evaluation
    from extractor.knowledge.kinds import Level

_NOT_SHOWN = ("mentions", "value_high")
_FEWEST = 10  # claims with an attribute, for it to be shown
_THRESHOLDS = (0.0, 0.5, 0.9)
_RATED: tuple[tuple[RatedTier, str], ...] = (("record", "confidence"), ("linked", "link_confidence"))


class AttributeTrust(NamedTuple):
    """How far an attribute of detected claims can be trusted, whatever their kind.

    Attributes:
        given: Claims for which the extractor gives one.
        precision: The share of them that is right.
        gold: Claims for which gold has one.
        recall: The share of them that is right.
    """

    attribute: str
    tier: Level
    given: int
    precision: Estimate
    gold: int
    recall: Estimate


class ConfidenceTrust(NamedTuple):
    """Whether claims are right as often as they say.

    Attributes:
        claims: How many say it.
        said: Their mean confidence.
        right: The share of them that is right.
        error: Expected calibration error, in ten bins.
    """

    tier: RatedTier
    claims: int
    said: float
    right: Estimate
    error: Estimate


def attribute_trust(evaluation: Evaluation) -> list[AttributeTrust]:
    """Says of every attribute how often it is right, all kinds that have it together.

    Args:
        evaluation: The result; its resamples and seed make the intervals.

    Returns:
        The attributes that tiers need, then those that are reported only.
    """
    import numpy as np

    levels = _levels(evaluation)
    names = list(levels)
    counts = [_attribute_counts(document, names) for document in evaluation.documents]
    table = np.asarray(counts, dtype=np.int64).reshape(len(counts), len(names), 4)
    total, drawn = table.sum(axis=0), resample(table, evaluation.seed, evaluation.resamples)
    return [
        AttributeTrust(
            name,
            levels[name],
            int(total[place, 0]),
            _share(total[place, 1], total[place, 0], drawn[:, place, 1], drawn[:, place, 0]),
            int(total[place, 2]),
            _share(total[place, 3], total[place, 2], drawn[:, place, 3], drawn[:, place, 2]),
        )
        for place, name in enumerate(names)
    ]


def _levels(evaluation: Evaluation) -> dict[str, Level]:
    """Returns the attributes in their order, each with the strictest tier that needs it in any kind."""
    found = [each for spec in evaluation.kinds.specs for each in attributes_of(spec)]
    order: tuple[Level, ...] = ("reported", "linked", "record")
    needed = {name: tier for level in order for name, tier in found if tier == level}
    shown = {name: tier for name, tier in needed.items() if name not in _NOT_SHOWN}
    return dict(sorted(shown.items(), key=lambda item: -order.index(item[1])))


def _attribute_counts(document: Document, names: Sequence[str]) -> list[list[int]]:
    """Counts, for each attribute, claims that it is given for, those right, claims of gold, those right."""
    counts = {name: [0, 0, 0, 0] for name in names}
    for left, right in document.pairs:
        gold, predicted = document.gold[left], document.predicted[right]
        for name, _ in attributes_of(spec_of(gold)):
            if name in counts:
                good = same_attribute(name, predicted, gold)
                given, there = (getattr(each, name, None) is not None for each in (predicted, gold))
                parts = (given, given and good, there, there and good)
                counts[name] = [one + part for one, part in zip(counts[name], parts, strict=True)]
    return [counts[name] for name in names]


def _share(right: Any, of: Any, right_drawn: Any, of_drawn: Any) -> Estimate:
    import numpy as np

    drawn = np.where(of_drawn, right_drawn / np.where(of_drawn, of_drawn, 1), np.nan)
    return estimate_of(right / of if of else np.nan, drawn)


def confidence_trust(evaluation: Evaluation) -> list[ConfidenceTrust]:
    """Says whether claims are right as often as they say; nothing where they say nothing."""
    import numpy as np

    found = []
    for tier, attribute in _RATED:
        bins = [_bins(document, tier, attribute) for document in evaluation.documents]
        table = np.asarray(bins, dtype=np.float64).reshape(len(bins), BINS, 3)
        total, drawn = table.sum(axis=0), resample(table, evaluation.seed, evaluation.resamples)
        claims = total[:, 0].sum()
        if claims:
            right = _share(total[:, 2].sum(), claims, drawn[:, :, 2].sum(axis=1), drawn[:, :, 0].sum(axis=1))
            error = estimate_of(_error(total[None])[0], _error(drawn))
            found.append(ConfidenceTrust(tier, int(claims), float(total[:, 1].sum() / claims), right, error))
    return found


def _bins(document: Document, tier: RatedTier, attribute: str) -> list[list[float]]:
    """Adds up, for each bin of confidence, its claims, what they say, and how many are right."""
    bins = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    partner = {right: left for left, right in document.pairs}
    for place, claim in enumerate(document.predicted):
        chance: float | None = getattr(claim, attribute)
        if chance is not None:
            right = place in partner and tiers(claim, document.gold[partner[place]])[tier]
            row = min(int(chance * BINS), BINS - 1)
            bins[row] = [before + new for before, new in zip(bins[row], (1, chance, right), strict=True)]
    return bins


def _error(bins: Any) -> Any:
    import numpy as np

    claims = bins[:, :, 0].sum(axis=1)
    off = np.abs(bins[:, :, 1] - bins[:, :, 2]).sum(axis=1)
    return np.where(claims, off / np.where(claims, claims, 1), np.nan)


def readme_scores(evaluation: Evaluation, labels: Agreement | None = None, *, title: str = "") -> str:
    """Writes what the README says of the scores on a split.

    Args:
        evaluation: The extractor's scores.
        labels: Agreement of the annotators of the same gold.
        title: Heading of the first table; the usual one without it.

    Returns:
        Markdown.
    """
    sheet = evaluation_sheets(evaluation, rules=False)[0]
    lines = sheet_markdown(sheet._replace(title=title or sheet.title), level=3)
    return "\n".join([*lines, *([_ceiling(labels)] if labels else [])])


def readme_trust(evaluation: Evaluation) -> str:
    """Writes the tables of attributes and of confidence, as Markdown."""
    lines = sheet_markdown(_attribute_sheet(evaluation), level=4)
    rated = confidence_trust(evaluation)
    if rated and evaluation.calibration is not None:
        lines += sheet_markdown(
            _cut_sheet([evaluation.calibration.at(each) for each in _THRESHOLDS]), level=4
        )
        lines += [_promise(each) for each in rated]
    return "\n".join(lines)


def _attribute_sheet(evaluation: Evaluation) -> Sheet:
    rows = tuple(
        (
            *(each.attribute, each.tier),
            *(str(each.given), estimate(each.precision), str(each.gold), estimate(each.recall)),
        )
        for each in attribute_trust(evaluation)
        if each.gold >= _FEWEST
    )
    headings = ("attribute", "tier", "given", "right of these", "in gold", "right of those")
    return Sheet("Attributes of the claims that were found", headings, rows, words=2)


def _cut_sheet(cuts: Sequence[Cut]) -> Sheet:
    most = max(cut.kept for cut in cuts)
    rows = tuple(
        (
            *(f"{cut.least:g}", f"{cut.kept / most:.0%}" if most else ""),
            *(number(value) for value in (cut.detect.precision, cut.record.precision, cut.record.recall)),
        )
        for cut in cuts
    )
    headings = ("confidence", "claims kept", "found", "record right", "recall of records")
    return Sheet("By confidence", headings, rows, words=0)


def _promise(trust: ConfidenceTrust) -> str:
    what = "record is" if trust.tier == "record" else "links are"
    return (
        f"Of {trust.claims} claims that say how sure their {what}, "
        f"the mean is {number(trust.said)} and {estimate(trust.right)} are right; "
        f"expected calibration error {estimate(trust.error)}."
    )


def _ceiling(labels: Agreement) -> str:
    micro = labels.evaluation.row("micro")
    record, linked = (number(score.f1.value) for score in (micro.record, micro.linked))
    share = number(labels.identical / labels.labels if labels.labels else None)
    return (
        f"The two annotators of these abstracts agree with each other at {record} (record) and {linked} "
        f"(linked); {share} of their labels are the same in every attribute. That is the ceiling."
    )
