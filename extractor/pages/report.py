"""The report page: an evaluation as charts and a browser of its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extractor.evaluation.alignment import attributes_of
from extractor.evaluation.report_tables import TIER_NOTES, budget_sheet, confidence_sheets
from extractor.pages import charts, curves
from extractor.pages.documents import claim_json, finite, from_claim, utf16_spans
from extractor.pages.render import page

if TYPE_CHECKING:
    from extractor.evaluation.results import Document, Error, Evaluation
    from extractor.record.schema import Claim

NO_RULE = "(no rule)"
"""How the page names the rule of predictions that carry none, and of misses."""


def report_html(evaluation: Evaluation, *, title: str = "Evaluation report") -> str:
    """Renders an evaluation as one self-contained HTML page: charts, and every error in its text.

    Args:
        evaluation: The result of :func:`extractor.evaluation.run.evaluate`.
        title: Heading of the page.

    Returns:
        The whole page; it works offline and fetches nothing.
    """
    axis = charts.score_axis(evaluation.rows)
    columns, heat = charts.heat_map(evaluation.attributes)
    calibration = evaluation.calibration
    return page(
        "report.html",
        title=title,
        data=_data(evaluation),
        assets=("page", "dom", "marks", "record", "pager", "curves", "report"),
        kinds=evaluation.kinds,
        evaluation=evaluation,
        no_rule=NO_RULE,
        tiers=charts.TIER_ORDER,
        tier_notes=TIER_NOTES,
        headline=charts.headline(evaluation),
        axis=axis,
        score_lines=charts.score_lines(evaluation.rows, axis),
        heat_columns=columns,
        heat=heat,
        rule_bars=charts.rule_bars(evaluation.rules),
        support=charts.support_bars(evaluation.rows),
        confusion_heat=charts.confusion_heat(evaluation.confusion),
        calibration=calibration,
        threshold_plot=calibration and curves.threshold_plot(calibration),
        reliability_plot=calibration and curves.reliability_plot(calibration),
        cost_bars=charts.cost_bars(evaluation.budget),
        budget_sheet=budget_sheet(evaluation.budget),
        confidence_sheets=confidence_sheets(calibration) if calibration else [],
    )


def _data(evaluation: Evaluation) -> dict[str, Any]:
    """Returns what the error browser reads: the abstracts that have errors, and the errors."""
    faulty = {error.id for error in evaluation.errors}
    documents = [document for document in evaluation.documents if document.id in faulty]
    places = {document.id: place for place, document in enumerate(documents)}
    return {
        "kinds": evaluation.kinds.names,
        "linked": [spec.name for spec in evaluation.kinds.specs if spec.of_tier("linked")],
        "noRule": NO_RULE,
        "attributes": list(
            dict.fromkeys(name for spec in evaluation.kinds.specs for name, _ in attributes_of(spec))
        ),
        "docs": [_document_json(document) for document in documents],
        "errors": [
            _error_json(error, places[error.id], documents[places[error.id]].abstract)
            for error in evaluation.errors
        ],
    }


def _document_json(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "text": document.abstract,
        "gold": [_claim_json(claim, document.abstract) for claim in document.gold],
        "pred": [_claim_json(claim, document.abstract) for claim in document.predicted],
        "pairs": document.pairs,
    }


def _claim_json(claim: Claim, abstract: str) -> dict[str, Any]:
    return claim_json(from_claim(claim, derive=False), abstract)


def _error_json(error: Error, place: int, abstract: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "type": error.type,
        "doc": place,
        "kind": error.kind,
        "rule": error.rule,
        "tiers": error.tiers,
        "g": error.gold_index,
        "p": error.predicted_index,
        "around": utf16_spans(abstract, [(error.sentence_start, error.sentence_end)])[0],
        "wrong": [
            finite({"a": wrong.attribute, "tier": wrong.tier, "p": wrong.predicted, "g": wrong.gold})
            for wrong in error.attributes
        ],
        "as": error.confused_with,
    }
    return {name: value for name, value in record.items() if value not in (None, [], ())}
