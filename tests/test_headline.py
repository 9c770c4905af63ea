"""What the README says of attributes and confidence: shares counted by hand, and their intervals."""

from __future__ import annotations

from typing import Any

import pytest
from evaluation_samples import claim, paper

from extractor.evaluation.headline import attribute_trust, confidence_trust, readme_trust
from extractor.evaluation.run import evaluate

TEXT = "LumoNet is 3x faster than TessaNet and reaches 81.5% accuracy and 70.5% recall on FooBench."
SPEEDUP: dict[str, Any] = {"value": 3.0, "metric": "faster", "baseline": "TessaNet"}
GOLD = [
    paper(
        str(number),
        TEXT,
        claim(TEXT, "speedup", "3x", **SPEEDUP, subject="LumoNet"),
        claim(TEXT, "score", "81.5%", value=81.5, metric="accuracy", dataset="FooBench"),
        claim(TEXT, "score", "70.5%", value=70.5, metric="recall"),
    )
    for number in range(4)
]
FOUND = [
    paper(
        str(number),
        TEXT,
        claim(TEXT, "speedup", "3x", **SPEEDUP, confidence=0.9, link_confidence=0.8),
        claim(TEXT, "score", "81.5%", value=81.5, metric="accuracy", confidence=0.9, link_confidence=0.8),
        claim(TEXT, "score", "70.5%", value=70.5, metric="rate" if number else "recall", dataset="FooBench")
        if number
        else claim(TEXT, "change", "70.5%", value=70.5, confidence=0.9),
    )
    for number in range(4)
]
RESULT = evaluate(GOLD, FOUND, resamples=200)


def test_attributes_of_all_kinds_are_counted_together() -> None:
    found = {each.attribute: each for each in attribute_trust(RESULT)}
    metric = found["metric"]  # of 11 pairs: 4 speed-ups, 4 and 3 scores, of which 3 are wrong
    assert (metric.given, metric.gold, metric.tier) == (11, 11, "linked")
    assert metric.precision.value == metric.recall.value == pytest.approx(8 / 11)
    dataset = found["dataset"]
    assert (dataset.given, dataset.precision.value) == (3, 0)
    assert (dataset.gold, dataset.recall.value) == (4, 0)
    assert dataset.tier == "linked"  # of scores, reported of others
    subject = found["subject"]
    assert (subject.given, subject.precision.value, subject.gold) == (0, None, 4)
    low, high = metric.recall.low, metric.recall.high
    assert low is not None
    assert high is not None
    assert low < 8 / 11 < high
    assert (found["value"].recall.low, found["value"].recall.high) == (1, 1)


def test_confidence_is_compared_with_what_is_right() -> None:
    record, linked = confidence_trust(RESULT)
    assert record.claims == 9
    assert record.said == pytest.approx(0.9)
    assert record.right.value == pytest.approx(8 / 9)
    assert record.error.value == pytest.approx(0.9 - 8 / 9)
    assert RESULT.calibration is not None
    assert record.error.value == pytest.approx(RESULT.calibration.reliability[0].error)
    assert (linked.claims, linked.right.value) == (8, 0.5)
    assert linked.error.value == pytest.approx(0.3)
    assert (linked.error.low, linked.error.high) == (linked.error.value, linked.error.value)  # all alike


def test_the_readme_shows_only_attributes_with_enough_claims() -> None:
    lines = readme_trust(RESULT).splitlines()
    assert any(line.startswith("| metric | linked | 11 | 0.727 (") for line in lines)
    assert not any(line.startswith("| subject |") for line in lines)
    assert "| 0.9 | 100% | 0.917 | 0.917 | 0.917 |" in lines  # claims that say nothing are kept
