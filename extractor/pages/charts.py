"""The geometry of the report's charts: numbers in, percentages of a track out; the templates draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from extractor.evaluation.budget import FALSE_ALARM, MISSED, OTHER_KIND
from extractor.evaluation.report_tables import carriers

if TYPE_CHECKING:
    from extractor.evaluation.alignment import Tier
    from extractor.evaluation.budget import Cost
    from extractor.evaluation.results import AttributeScore, Confusion, Evaluation, RuleScore
    from extractor.evaluation.scoring import Estimate, Row

TIER_ORDER: tuple[Tier, ...] = ("detect", "exact", "record", "linked")
"""The tiers as the report shows them: the loosest first, then place, record, links."""

_TICK_STEPS = (0.02, 0.05, 0.1, 0.2, 0.25)
_HEAT_FLOOR = 0.5  # an accuracy of a half or less has the full colour
_MOST_RULES = 15
_LEAST_SCALE = 10  # errors that fill a bar, at least: one error must not look like many


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from ``low`` to 1, as all score tracks of the page share it."""

    low: float
    ticks: tuple[float, ...]

    def at(self, score: float) -> float:
        """Returns the place of a score on the track, in percent from the left."""
        return round(100 * (min(max(score, self.low), 1) - self.low) / (1 - self.low), 2)


class Dot(NamedTuple):
    """A score on its track, in percent; ``low`` and ``high`` are None without an interval."""

    value: float
    at: float
    low: float | None
    high: float | None
    words: str


class ScoreLine(NamedTuple):
    """A row of the score chart: one dot for each tier, None where the score is not defined."""

    row: Row
    dots: tuple[Dot | None, ...]


class HeatCell(NamedTuple):
    """An attribute's accuracy with the strength of its colour in percent, over all and where gold has one."""

    score: AttributeScore
    all: float
    set: float


class RuleBar(NamedTuple):
    """A rule with the widths of its bar's two parts in percent of the track."""

    score: RuleScore
    alarms: float
    wrong: float


class CostBar(NamedTuple):
    """A cause of errors with the width of its bar in percent of the track, and the address of its errors."""

    cost: Cost
    width: float
    address: str
    carriers: str


class SupportBar(NamedTuple):
    """A kind with the widths of its two bars in percent of the track."""

    row: Row
    gold: float
    predicted: float


def score_axis(rows: Iterable[Row]) -> Axis:
    """Chooses the scale of the score chart: from a round number below every interval up to 1."""
    return axis_of(
        end
        for row in rows
        for estimate in (row.tier(tier).f1 for tier in TIER_ORDER)
        for end in (estimate.value, estimate.low)
        if end is not None
    )


def axis_of(scores: Iterable[float]) -> Axis:
    """Chooses a scale for scores: from a round number below them up to 1."""
    floor = min([*scores, 0.9])
    step = next((step for step in _TICK_STEPS if (1 - floor) / step <= 5), _TICK_STEPS[-1])
    count = max(2, -int(-(1 - floor) // step))
    while count * step > 1 + 1e-9:
        count -= 1
    ticks = tuple(round(1 - step * place, 2) for place in range(count, -1, -1))
    return Axis(ticks[0], ticks)


def score_lines(rows: Iterable[Row], axis: Axis) -> list[ScoreLine]:
    """Places the F1 of every row and tier."""
    return [ScoreLine(row, tuple(_dot(row.tier(tier).f1, axis) for tier in TIER_ORDER)) for row in rows]


def _dot(estimate: Estimate, axis: Axis) -> Dot | None:
    if estimate.value is None:
        return None
    low, high = (None if end is None else axis.at(end) for end in (estimate.low, estimate.high))
    return Dot(estimate.value, axis.at(estimate.value), low, high, interval_words(estimate))


def interval_words(estimate: Estimate) -> str:
    """Writes a score with its interval, such as ``0.912, interval 0.880 to 0.941``."""
    if estimate.value is None:
        return "not defined"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f}, interval {estimate.low:.3f} to {estimate.high:.3f}"


def heat_map(scores: Sequence[AttributeScore]) -> tuple[list[str], dict[str, dict[str, HeatCell]]]:
    """Arranges the accuracies of attributes as a map.

    Returns:
        The attributes in the order of their first use, by tier; and for each kind its cells by attribute.
    """
    tiers = ("exact", "record", "linked", "reported")
    ordered = sorted(scores, key=lambda score: tiers.index(score.tier))
    columns = list(dict.fromkeys(score.attribute for score in ordered))
    cells: dict[str, dict[str, HeatCell]] = {}
    for score in scores:
        cell = HeatCell(score, _heat(score.accuracy), _heat(score.accuracy_set))
        cells.setdefault(score.kind, {})[score.attribute] = cell
    return columns, cells


def _heat(accuracy: float | None) -> float:
    if accuracy is None:
        return 0.0
    return round(100 * min(1.0, (1 - accuracy) / (1 - _HEAT_FLOOR)), 1)


def rule_bars(rules: Sequence[RuleScore]) -> list[RuleBar]:
    """Takes the rules that are wrong most often, false alarms first, and scales their bars to the worst."""
    faulty = [rule for rule in rules if rule.wrong]
    faulty.sort(key=lambda rule: (-rule.false_alarm, -rule.wrong_attribute, rule.rule or ""))
    shown = faulty[:_MOST_RULES]
    most = max([_LEAST_SCALE, *(rule.false_alarm + rule.wrong_attribute for rule in shown)])
    return [
        RuleBar(rule, _share(rule.false_alarm, most), _share(rule.wrong_attribute, most)) for rule in shown
    ]


def cost_bars(costs: Sequence[Cost]) -> list[CostBar]:
    """Takes the causes that cost most of the linked F1 of all claims, and scales their bars to the first."""
    shown = [cost for cost in costs[:_MOST_RULES] if cost.overall["linked"] > 0]
    most = max((cost.overall["linked"] for cost in shown), default=1.0)
    return [
        CostBar(cost, round(100 * cost.overall["linked"] / most, 2), _address(cost), carriers(cost))
        for cost in shown
    ]


def _address(cost: Cost) -> str:
    """Returns the filters of the error browser that show a cause, or the least that holds it."""
    chosen = {MISSED: "&type=miss", FALSE_ALARM: "&type=false_alarm", OTHER_KIND: "&type=miss,false_alarm"}
    return f"#kind={cost.kind}{chosen.get(cost.cause, f'&attribute={cost.cause}')}"


def support_bars(rows: Iterable[Row]) -> list[SupportBar]:
    """Scales the numbers of gold and predicted claims to the largest."""
    kinds = [row for row in rows if row.level == "kind"]
    most = max((max(row.gold, row.predicted) for row in kinds), default=0) or 1
    return [SupportBar(row, _share(row.gold, most), _share(row.predicted, most)) for row in kinds]


def confusion_heat(confusion: Confusion) -> list[list[float]]:
    """Returns the strength of colour of every cell off the diagonal, in percent of the largest of them."""
    off = [
        count
        for place, row in enumerate(confusion.counts)
        for column, count in enumerate(row)
        if place != column
    ]
    most = max(off, default=0) or 1
    return [
        [0.0 if place == column else _share(count, most) for column, count in enumerate(row)]
        for place, row in enumerate(confusion.counts)
    ]


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)


def headline(evaluation: Evaluation) -> list[tuple[str, Estimate, Estimate, Estimate]]:
    """Returns for each tier its name and the F1, precision and recall over all claims together."""
    row = evaluation.row("micro")
    scores = [(tier, row.tier(tier)) for tier in TIER_ORDER]
    return [(tier, score.f1, score.precision, score.recall) for tier, score in scores]
