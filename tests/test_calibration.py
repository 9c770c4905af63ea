"""What confidence is worth, worked out by hand and compared with evaluations of what a threshold leaves."""

from __future__ import annotations

import pytest
from evaluation_samples import claim, paper, papers
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.evaluation.calibration import BINS, THRESHOLDS, Calibration, Cut, Rates
from extractor.evaluation.render import to_markdown
from extractor.evaluation.report_tables import evaluation_sheets
from extractor.evaluation.run import evaluate
from extractor.record.schema import Claim, Extraction

TEXT = "LumoNet is 3x faster than Tessa and needs 40% less memory on two K9 boards; a K9 draws 5 W."
REST = "Nothing else is 9x."
GOLD = (
    paper(
        "one",
        TEXT,
        claim(TEXT, "speedup", "3x", value=3.0, metric="faster", baseline="Tessa"),
        claim(TEXT, "change", "40%", value=40.0, metric="memory"),
        claim(TEXT, "hardware", "K9", "K9", count=2),
        claim(TEXT, "quantity", "5 W", value=5.0, unit="W", dimension="power"),
    ),
    paper("two", REST),
)


def sure(found: Claim, confidence: float, link_confidence: float | None = None) -> Claim:
    return found.model_copy(update={"confidence": confidence, "link_confidence": link_confidence})


PREDICTED = (
    paper(
        "one",
        TEXT,
        # right in all
        sure(claim(TEXT, "speedup", "3x", value=3.0, metric="faster", baseline="Tessa"), 0.95, 0.82),
        # record right, metric wrong
        sure(claim(TEXT, "change", "40%", value=40.0, metric="boards"), 0.85, 0.8),
        # found, its count is missing
        sure(claim(TEXT, "hardware", "K9", "K9"), 0.92, 0.92),
    ),
    paper("two", REST, sure(claim(REST, "speedup", "9x", value=9.0), 0.3, 0.1)),
)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    found = evaluate(GOLD, PREDICTED).calibration
    assert found is not None
    return found


BY_HAND = {
    # least: claims kept, found, record right
    0.0: (4, 3, 2),
    0.3: (4, 3, 2),
    0.31: (3, 3, 2),
    0.85: (3, 3, 2),
    0.86: (2, 2, 1),
    0.93: (1, 1, 1),
    0.95: (1, 1, 1),
    0.96: (0, 0, 0),
}


@pytest.mark.parametrize("least", BY_HAND)
def test_precision_and_recall_at_a_threshold_are_worked_out_by_hand(
    least: float, calibration: Calibration
) -> None:
    kept, found, right = BY_HAND[least]
    assert calibration.at(least) == Cut(
        least=least,
        kept=kept,
        detect=Rates(right=found, precision=found / kept if kept else None, recall=found / 4),
        record=Rates(right=right, precision=right / kept if kept else None, recall=right / 4),
    )


def test_bins_hold_how_often_claims_are_right(calibration: Calibration) -> None:
    record, linked = calibration.reliability
    assert (record.tier, record.claims, linked.tier, linked.claims) == ("record", 4, "linked", 4)
    filled = {each.low: (each.claims, each.confidence, each.share) for each in record.bins if each.claims}
    assert filled == {
        0.3: (1, 0.3, 0.0),
        0.8: (1, 0.85, 1.0),
        0.9: (2, pytest.approx((0.95 + 0.92) / 2), 0.5),
    }
    # by hand: |0 - .3| * 1 + |1 - .85| * 1 + |.5 - .935| * 2, of four claims
    assert record.error == pytest.approx((0.3 + 0.15 + 0.87) / 4)
    filled = {each.low: (each.claims, each.confidence, each.share) for each in linked.bins if each.claims}
    assert filled == {
        0.1: (1, 0.1, 0.0),
        0.8: (2, pytest.approx(0.81), 0.5),
        0.9: (1, 0.92, 0.0),
    }
    assert linked.error == pytest.approx((0.1 + 0.62 + 0.92) / 4)
    assert [each.low for each in record.bins[:2]] == [0.0, 0.1]
    assert (record.bins[0].confidence, record.bins[0].share) == (None, None)


def test_certain_claims_are_in_the_last_bin() -> None:
    found = [paper("one", TEXT, sure(claim(TEXT, "quantity", "5 W", value=5.0, unit="W"), 1.0, 1.0))]
    result = evaluate(GOLD[:1], found).calibration
    assert result is not None
    assert [each.claims for each in result.reliability[0].bins] == [0] * (BINS - 1) + [1]
    assert result.reliability[0].error == 0


def test_a_claim_left_out_makes_way_for_another() -> None:
    """The doubtful claim has the exact span and comes first; without it the sure one stands for the label."""
    found = [
        sure(claim(TEXT, "speedup", "3x", value=8.0), 0.4),
        sure(claim(TEXT, "speedup", "3x faster", value=3.0), 0.9),
    ]
    result = evaluate(GOLD[:1], [paper("one", TEXT, *found)]).calibration
    assert result is not None
    right = {least: result.at(least).record.right for least in (0.4, 0.5)}
    assert right == {0.4: 0, 0.5: 1}


def test_claims_that_are_not_rated_are_kept_and_stand_in_no_bin() -> None:
    rated, bare = PREDICTED[0].claims[0], claim(TEXT, "change", "40%", value=40.0)
    result = evaluate(GOLD, [paper("one", TEXT, rated, bare), paper("two", REST)]).calibration
    assert result is not None
    assert [result.at(least).kept for least in (0.0, 0.95, 0.96)] == [2, 2, 1]
    assert [part.claims for part in result.reliability] == [1, 1]


def test_links_that_are_not_rated_have_no_table() -> None:
    found = [paper("one", TEXT, sure(claim(TEXT, "change", "40%", value=40.0), 0.7)), paper("two", REST)]
    result = evaluate(GOLD, found)
    assert result.calibration is not None
    assert [part.tier for part in result.calibration.reliability] == ["record"]
    assert "linked right" not in to_markdown(result, errors=0)


def test_predictions_without_confidence_have_no_section() -> None:
    result = evaluate(GOLD, GOLD)
    assert result.calibration is None
    assert not [
        sheet for sheet in evaluation_sheets(result) if "confidence" in (sheet.title, *sheet.headings)
    ]
    assert "Precision / recall by confidence" not in to_markdown(result)
    assert evaluate([], []).calibration is None


def test_without_labels_recall_is_not_defined() -> None:
    result = evaluate([paper("two", REST)], PREDICTED[1:]).calibration
    assert result is not None
    assert result.cuts[0].record == Rates(right=0, precision=0.0, recall=None)


def test_tables_show_the_figures() -> None:
    text = to_markdown(evaluate(GOLD, PREDICTED), errors=0)
    assert "| 0.9 | 2 | 1.000 / 0.500 | 0.500 / 0.250 |" in text
    assert "| 0.95 | 1 | 1.000 / 0.250 | 1.000 / 0.250 |" in text
    assert "| 0.8–0.9 | 1 | 0.850 | 1.000 | 2 | 0.810 | 0.500 |" in text
    assert "| 0.0–0.1 | 0 | – | – | 0 | – | – |" in text
    assert "Expected calibration error: 0.330 for record, 0.410 for linked." in text


@st.composite
def rated_papers(draw: st.DrawFn) -> tuple[Extraction, Extraction]:
    text = draw(st.text(st.sampled_from("ab 1."), min_size=1, max_size=12))
    gold, found = (draw(papers(text)).model_copy(update={"id": "p"}) for _ in range(2))
    chances = st.none() | st.sampled_from([0.0, 0.25, 0.5, 0.99, 1.0])
    rated = (sure(each, draw(chances), draw(chances)) for each in found.claims)  # type: ignore[arg-type]
    return gold, found.model_copy(update={"claims": tuple(rated)})


@settings(deadline=None)
@given(pair=rated_papers(), least=st.sampled_from(THRESHOLDS))
def test_a_threshold_scores_as_predictions_read_with_it(
    pair: tuple[Extraction, Extraction], least: float
) -> None:
    gold, predicted = pair
    result = evaluate([gold], [predicted], resamples=0)
    if result.calibration is None:
        return
    cut = result.calibration.at(least)
    row = evaluate([gold], [predicted.sure(least)], resamples=0).row("micro")
    assert (cut.kept, cut.detect.right, cut.record.right) == (
        *(row.predicted, row.detect.right, row.record.right),
    )
    for part in result.calibration.reliability:
        assert sum(each.claims for each in part.bins) == part.claims
        assert 0 <= part.error <= 1
        assert all(each.low <= (each.confidence or each.low) <= each.high for each in part.bins)
