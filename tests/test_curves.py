"""The drawings of confidence: where lines and dots stand, and that they say their figures."""

from __future__ import annotations

import pytest

from extractor.evaluation.calibration import THRESHOLDS, Bin, Calibration, Cut, Rates, Reliability
from extractor.pages.curves import reliability_plot, threshold_plot


def cut(least: float, kept: int, found: int, right: int, gold: int = 100) -> Cut:
    detect, record = (
        Rates(right=each, precision=each / kept if kept else None, recall=each / gold)
        for each in (found, right)
    )
    return Cut(least=least, kept=kept, detect=detect, record=record)


def bins(**filled: tuple[int, float, float]) -> tuple[Bin, ...]:
    known = [(place / 10, filled.get(f"b{place}")) for place in range(10)]
    return tuple(
        Bin(
            low=low,
            high=round(low + 0.1, 1),
            claims=each[0] if each else 0,
            confidence=each[1] if each else None,
            share=each[2] if each else None,
        )
        for low, each in known
    )


RECORD = Reliability(tier="record", claims=101, error=0.05, bins=bins(b3=(1, 0.32, 0.0), b9=(100, 0.95, 0.9)))
LINKED = Reliability(tier="linked", claims=25, error=0.1, bins=bins(b8=(25, 0.85, 0.76)))
# 100 claims, of them 90 found and 80 right; 50, 48 and 45 from 0.9 on; a few from 0.96 on; none at 0.99
CUTS = tuple(
    cut(least, 100, 90, 80)
    if least < 0.9
    else cut(least, 50, 48, 45)
    if least < 0.96
    else cut(least, 10, 10, 10)
    if least < 0.99
    else cut(least, 0, 0, 0)
    for least in THRESHOLDS
)
CALIBRATION = Calibration(gold=100, cuts=CUTS, reliability=(RECORD, LINKED))


def test_the_scale_is_that_of_what_is_kept_up_to_a_high_threshold() -> None:
    plot = threshold_plot(CALIBRATION)
    assert plot.up.ticks == (0.4, 0.6, 0.8, 1.0)  # recall of records is .45 at 0.9, and .1 from 0.96 on
    assert (plot.across.low, plot.across.ticks[-1]) == (0, 1)


def test_lines_run_through_the_scores() -> None:
    curves = {curve.name: curve for curve in threshold_plot(CALIBRATION).curves}
    assert list(curves) == ["precision, record", "recall, record", "precision, detect", "recall, detect"]
    precision = curves["precision, record"].points.split()
    assert len(precision) == 99  # none is kept at 0.99
    assert precision[0] == "0,33.33"  # .8 on a scale from .4 to 1, from above
    assert precision[90] == "90,16.67"
    assert precision[-1] == "98,0"
    assert curves["recall, detect"].points.split()[0] == "0,16.67"


def test_a_line_ends_where_it_leaves_the_plot() -> None:
    """Recall falls from .45 at 0.95 to .1 at 0.96; it crosses .4 at a seventh of the way."""
    recall = next(curve for curve in threshold_plot(CALIBRATION).curves if curve.name == "recall, record")
    x, y = map(float, recall.points.split()[-1].split(","))
    assert x == pytest.approx(95 + 1 / 7, abs=0.01)
    assert y == 100
    assert [spot.x for spot in recall.spots] == [0, 50, 70, 80, 90, 95]


def test_dots_and_drawing_say_their_figures() -> None:
    plot = threshold_plot(CALIBRATION)
    assert plot.curves[0].spots[-2].words == "0.9 or more: record precision 0.900"
    assert plot.words == (
        "Precision and recall of records over the least confidence kept: precision 0.800, recall 0.800 "
        "with all claims, precision 0.900, recall 0.450 with those of 0.9 or more"
    )
    record, linked = reliability_plot(CALIBRATION).curves
    assert [spot.words for spot in record.spots] == [
        "0.3 to 0.4: 1 claim, mean confidence 0.320, record right in 0.000",
        "0.9 to 1.0: 100 claims, mean confidence 0.950, record right in 0.900",
    ]
    assert linked.spots[0].words == "0.8 to 0.9: 25 claims, mean confidence 0.850, linked right in 0.760"
    assert reliability_plot(CALIBRATION).words.endswith("0.050 for record, 0.100 for linked")


def test_a_bin_stands_at_its_confidence_and_share_with_an_area_of_its_claims() -> None:
    record, linked = reliability_plot(CALIBRATION).curves
    assert [(spot.x, spot.y, spot.radius) for spot in record.spots] == [(32, 100, 3), (95, 10, 10)]
    assert [(spot.x, spot.y, spot.radius) for spot in linked.spots] == [(85, 24, 5)]  # a quarter of the area
    assert record.points == "32,100 95,10"


def test_drawings_of_claims_without_labels_are_made() -> None:
    bare = tuple(
        Cut(
            least=least,
            kept=0,
            detect=Rates(right=0, precision=None, recall=None),
            record=Rates(right=0, precision=None, recall=None),
        )
        for least in THRESHOLDS
    )
    plot = threshold_plot(Calibration(gold=0, cuts=bare, reliability=(RECORD,)))
    assert all(curve.points == "" and curve.spots == () for curve in plot.curves)
    assert "precision not defined, recall not defined" in plot.words
