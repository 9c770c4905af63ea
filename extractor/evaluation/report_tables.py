"""An evaluation, comparison or agreement as plain tables and lists, for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from extractor.evaluation.alignment import TIERS
from extractor.evaluation.results import NONE
from extractor.record.models import read_fields

if TYPE_CHECKING:
    from extractor.evaluation.agreement import Agreement
    from extractor.evaluation.budget import Cost
    from extractor.evaluation.calibration import Bin, Calibration
    from extractor.evaluation.comparison import Comparison, Difference
    from extractor.evaluation.results import Confusion, Error, Evaluation
    from extractor.evaluation.scoring import Estimate, Row
    from extractor.record.schema import BaseClaim

DASH = "–"
UNRULED = "(no rule)"
SHOWN_THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
"""Those of ``THRESHOLDS`` that tables show."""

TIER_NOTES = {
    "detect": "same kind, and the spans overlap or the names agree",
    "exact": "same kind, and the same span or canonical name",
    "record": "detected, and every core attribute is right",
    "linked": "record, and metric, baseline, dataset and model too",
}
"""What a claim must be to count, in the words of the page and of the terminal."""

MOST_CAUSES = 25  # of the error budget
_MOST_CARRIERS = 3

_TITLES = {"miss": "missed", "false_alarm": "false alarm", "wrong_attribute": "wrong"}


class Sheet(NamedTuple):
    """A table: its title, headings and cells.

    Attributes:
        words: How many columns, the first ones, hold words; the others hold numbers.
        note: A sentence under the table.
        narrow: The table with less in it, for where this one is too wide.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    note: str = ""
    narrow: Sheet | None = None


class ErrorText(NamedTuple):
    """One error in words.

    Attributes:
        sentence: The sentences around it.
        gold: Offsets in the sentence of the gold claim; None if there is none.
        predicted: Offsets in the sentence of the predicted claim.
        lines: What is wrong, predicted beside gold.
    """

    head: str
    sentence: str
    gold: tuple[int, int] | None
    predicted: tuple[int, int] | None
    lines: tuple[str, ...]


class Section(NamedTuple):
    """Errors of one kind and one rule."""

    title: str
    entries: tuple[ErrorText, ...]


def number(value: float | None) -> str:
    """Writes a score with three digits; a dash where it is not defined."""
    return DASH if value is None else f"{value:.3f}"


def estimate(score: Estimate) -> str:
    """Writes a score with its interval."""
    interval = f" ({score.low:.2f}{DASH}{score.high:.2f})" if score.low is not None else ""
    return number(score.value) + interval


def evaluation_sheets(evaluation: Evaluation, *, rules: bool = True) -> list[Sheet]:
    """Lays an evaluation out as tables.

    Args:
        evaluation: The result.
        rules: Whether to add the table of rules.

    Returns:
        Scores, precision and recall, attributes, confusion, confidence where claims have one, the error
        budget, and rules.
    """
    sheets = [_f1_sheet(evaluation), _pr_sheet(evaluation), _attribute_sheet(evaluation)]
    sheets.append(_confusion_sheet(evaluation.confusion))
    if evaluation.calibration is not None:
        sheets += confidence_sheets(evaluation.calibration)
    sheets.append(budget_sheet(evaluation.budget[:MOST_CAUSES]))
    return [*sheets, _rule_sheet(evaluation)] if rules else sheets


def _shown(rows: Iterable[Row]) -> list[Row]:
    """Leaves out kinds that occur on neither side."""
    return [row for row in rows if row.gold or row.predicted or row.level != "kind"]


def _f1_sheet(
    evaluation: Evaluation, title: str = "", sides: tuple[str, str] = ("gold", "predicted")
) -> Sheet:
    title = title or f"F1 on {evaluation.abstracts} abstracts"
    headings = ("kind", *sides, *TIERS)
    long, short = [], []
    for row in _shown(evaluation.rows):
        scores = [row.tier(tier).f1 for tier in TIERS]
        start = (row.name, str(row.gold), str(row.predicted))
        long.append((*start, *(estimate(score) for score in scores)))
        short.append((*start, *(number(score.value) for score in scores)))
    narrow = Sheet(title, headings, tuple(short))
    if not evaluation.resamples:
        return narrow
    note = f"In brackets: 95% intervals, {evaluation.resamples} bootstrap resamples of the abstracts."
    return Sheet(title, headings, tuple(long), note=note, narrow=narrow)


def _pr_sheet(evaluation: Evaluation) -> Sheet:
    rows = []
    for row in _shown(evaluation.rows):
        scores = [row.tier(tier) for tier in TIERS]
        pairs = (f"{number(score.precision.value)} / {number(score.recall.value)}" for score in scores)
        rows.append((row.name, *pairs))
    return Sheet("Precision / recall", ("kind", *TIERS), tuple(rows))


def _attribute_sheet(evaluation: Evaluation) -> Sheet:
    rows = [
        (
            *(score.kind, score.attribute, score.tier),
            *(number(score.accuracy), str(score.total)),
            *(number(score.accuracy_set), str(score.total_set)),
        )
        for score in evaluation.attributes
        if score.total
    ]
    headings = ("kind", "attribute", "tier", "accuracy", "of", "where gold has one", "of")
    return Sheet("Attributes of detected claims", headings, tuple(rows), words=3)


def _confusion_sheet(confusion: Confusion) -> Sheet:
    rows = []
    for label, counts in zip(confusion.labels, confusion.counts, strict=True):
        name = "no claim" if label == NONE else label
        if any(counts):
            rows.append((name, *(str(count) if count else DASH for count in counts)))
    headings = ("gold \\ predicted", *confusion.labels[:-1], "missed")
    short = ("gold", *(heading[:6] for heading in headings[1:]))
    narrow = Sheet("Confusion between kinds, gold by predicted", short, tuple(rows))
    return Sheet("Confusion between kinds", headings, tuple(rows), narrow=narrow)


def confidence_sheets(calibration: Calibration) -> list[Sheet]:
    """Lays out what confidence is worth: precision and recall by threshold, and reliability."""
    return [_cut_sheet(calibration), _reliability_sheet(calibration)]


def _cut_sheet(calibration: Calibration) -> Sheet:
    rows = []
    for cut in calibration.cuts:
        if cut.least in SHOWN_THRESHOLDS:
            parts = [f"{number(each.precision)} / {number(each.recall)}" for each in (cut.detect, cut.record)]
            rows.append((f"{cut.least:g}", str(cut.kept), *parts))
    headings = ("at least", "claims", "detect", "record")
    return Sheet("Precision / recall by confidence", headings, tuple(rows), words=0)


def _reliability_sheet(calibration: Calibration) -> Sheet:
    title = "Whether claims are right as often as they say"
    parts = calibration.reliability
    cells = [[_bin_cells(each) for each in part.bins] for part in parts]
    names = [f"{each.low:.1f}{DASH}{each.high:.1f}" for each in parts[0].bins]
    rows = [(name, *(cell for cell in chain(*line))) for name, *line in zip(names, *cells, strict=True)]
    heads = [("claims", "mean", f"{part.tier} right") for part in parts]
    errors = ", ".join(f"{part.error:.3f} for {part.tier}" for part in parts)
    note = f"Expected calibration error: {errors}."
    return Sheet(title, ("confidence", *chain(*heads)), tuple(rows), note=note)


def _bin_cells(each: Bin) -> tuple[str, str, str]:
    return str(each.claims), number(each.confidence), number(each.share)


def budget_sheet(costs: Sequence[Cost]) -> Sheet:
    """Lays out what the causes of errors cost, in points of F1."""
    headings = ("kind", "cause", "carried by", "errors", "detect", "record", "linked", "of all linked")
    rows = tuple(
        (
            *(cost.kind, cost.cause, carriers(cost), str(cost.errors)),
            *(f"{cost.points[tier]:.1f}" for tier in ("detect", "record", "linked")),
            f"{cost.overall['linked']:.2f}",
        )
        for cost in costs
    )
    kept = (0, 1, 3, 6, 7)
    title, note = "Error budget", "Points of the kind's F1 at each tier, and of the linked F1 of all claims."
    short = tuple(tuple(row[place] for place in kept) for row in rows)
    narrow = Sheet(title, tuple(headings[place] for place in kept), short, words=2, note=note)
    return Sheet(title, headings, rows, words=3, note=note, narrow=narrow)


def carriers(cost: Cost) -> str:
    """Names the rules that carry a cause, each with the number of its errors; a dash where none does."""
    found = [f"{each.rule} {each.errors}" for each in cost.carriers if each.rule]
    more = ["..."] if len(found) > _MOST_CARRIERS else []
    return ", ".join([*found[:_MOST_CARRIERS], *more]) or DASH


def _rule_sheet(evaluation: Evaluation) -> Sheet:
    title = "Rules, most false alarms first"
    headings = ("rule", "kind", "fired", "right", "wrong", "by an attribute", "false alarm", "only it finds")
    kept = [0, 2, 4, 6, 7]
    rows = []
    for rule in sorted(evaluation.rules, key=lambda each: (-each.false_alarm, -each.wrong, each.rule or "")):
        counts = (rule.fired, rule.right, rule.wrong, rule.wrong_attribute, rule.false_alarm, rule.sole)
        rows.append((rule.rule or UNRULED, rule.kind, *map(str, counts)))
    short = tuple(tuple(row[place] for place in kept) for row in rows)
    narrow = Sheet(title, tuple(headings[place] for place in kept), short)
    return Sheet(title, headings, tuple(rows), words=2, narrow=narrow)


def sections(errors: Sequence[Error], *, by: str = "kind", limit: int | None = None) -> list[Section]:
    """Groups errors and words them.

    Args:
        errors: The errors.
        by: ``kind`` for groups by kind and then rule, ``rule`` for groups by rule, the largest first.
        limit: How many errors to word; None for all.

    Returns:
        The groups.
    """
    groups: dict[tuple[str, str], list[Error]] = {}
    for error in errors:
        rule = error.rule or ("(missed)" if error.type == "miss" else UNRULED)
        groups.setdefault((error.kind, rule), []).append(error)
    order = list(groups)
    if by == "rule":
        order.sort(key=lambda key: -len(groups[key]))
    found, left = [], len(errors) if limit is None else limit
    for kind, rule in order:
        group = groups[kind, rule]
        if left > 0:
            title = f"{rule} ({kind})" if by == "rule" else f"{kind} · {rule}"
            found.append(Section(f"{title}: {len(group)}", tuple(entry(error) for error in group[:left])))
        left -= len(group)
    return found


def entry(error: Error) -> ErrorText:
    """Words one error."""
    lines = list(_lines(error))
    gold = _inside(error.gold, error)
    predicted = _inside(error.predicted, error)
    claim = error.gold or error.predicted
    text = claim.text if claim else ""
    return ErrorText(
        f"{error.id}  {_TITLES[error.type]}  “{text}”", error.sentence, gold, predicted, tuple(lines)
    )


def _inside(claim: BaseClaim | None, error: Error) -> tuple[int, int] | None:
    return None if claim is None else (claim.start - error.sentence_start, claim.end - error.sentence_start)


def _lines(error: Error) -> Iterator[str]:
    if error.confused_with:
        side = "predicted" if error.type == "miss" else "gold has"
        yield f"{side} a {error.confused_with} here"
    if error.type == "wrong_attribute":
        for wrong in error.attributes:
            yield f"{wrong.attribute}: predicted {wrong.predicted!r}, gold {wrong.gold!r}  [{wrong.tier}]"
        return
    claim = error.gold or error.predicted
    if claim is not None:
        yield f"{'gold' if error.gold else 'predicted'}: {describe(claim)}"


def describe(claim: BaseClaim) -> str:
    """Writes the attributes of a claim that have a value, on one line."""
    left_out = {"kind", "text", "start", "end", "mentions", *read_fields(claim)}
    fields = claim.model_dump(exclude=left_out, exclude_none=True)
    words = [f"{name} {_plain(value)}" for name, value in fields.items()]
    mentions = len(getattr(claim, "mentions", ()))
    return ", ".join([*words, *([f"{mentions} mentions"] if mentions > 1 else [])])


def _plain(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def comparison_sheets(comparison: Comparison) -> list[Sheet]:
    """Lays out the scores that two evaluations do not share."""
    rows = []
    for change in comparison.scores:
        moved = "" if change.old is None or change.new is None else f"{change.new - change.old:+.3f}"
        rows.append((change.row, change.tier, number(change.old), number(change.new), moved))
    return [Sheet("F1 that changed", ("kind", "tier", "old", "new", "by"), tuple(rows), words=2)]


def difference_sections(comparison: Comparison) -> list[Section]:
    """Words what was fixed and what was broken."""
    return [
        Section(f"{name}: {len(found)}", tuple(_difference(each) for each in found))
        for name, found in (("broken", comparison.broken), ("fixed", comparison.fixed))
    ]


def _difference(each: Difference) -> ErrorText:
    head = f"{each.id}  {each.kind}  {_TITLES[each.type]}  “{each.text}”"
    lines = [f"rule {each.rule}"] if each.rule else []
    if each.attribute:
        lines.append(f"{each.attribute}: predicted {each.predicted!r}, gold {each.gold!r}")
    return ErrorText(head, each.sentence, None, None, tuple(lines))


def agreement_sheets(agreement: Agreement) -> list[Sheet]:
    """Lays an agreement out: counts, the tiers as F1, attributes and kappas."""
    shares = [
        (name, str(count), number(count / agreement.labels if agreement.labels else None))
        for name, count in (
            ("set by at least one", agreement.labels),
            ("same kind and place", agreement.same_place),
            ("the same in every attribute", agreement.identical),
        )
    ]
    scores = _f1_sheet(agreement.evaluation, "Agreement as F1", ("first", "second"))
    accuracies = {
        (score.kind, score.attribute): (number(score.accuracy), str(score.total))
        for score in agreement.evaluation.attributes
        if score.total
    }
    kappas = {(each.kind, each.attribute): number(each.kappa) for each in agreement.kappas}
    rows = [(*key, *cells, kappas.get(key, "")) for key, cells in accuracies.items()]
    return [
        Sheet("Labels", ("", "labels", "share"), tuple(shares)),
        scores,
        Sheet(
            "Attributes of labels that both set",
            ("kind", "attribute", "same", "of", "kappa"),
            tuple(rows),
            words=2,
        ),
    ]
