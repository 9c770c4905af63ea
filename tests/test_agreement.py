"""How far two annotators agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluation_samples import claim
from heron_samples import CHIP, GOLD, SPEEDUP, TEXT, found

from extractor.evaluation.agreement import agreement, cohen
from extractor.labels.gold import load_gold

ROOT = Path(__file__).parents[1]


def test_agreement_counts_labels_that_are_the_same() -> None:
    second = found(
        SPEEDUP.model_copy(update={"subject": None}), CHIP, claim(TEXT, "dataset", "*Pond*", name="Pond")
    )
    result = agreement(GOLD, second)
    assert (result.labels, result.same_place, result.identical) == (4, 3, 1)
    assert result.evaluation.row("micro").detect.f1.value == pytest.approx(6 / 7)
    one = agreement(second, GOLD)
    assert (one.labels, one.same_place, one.identical) == (4, 3, 1)


def test_kappa_is_worked_out_by_hand() -> None:
    """Observed 3/5; both say x three times and y twice: expected 9/25 + 4/25 = 13/25."""
    observed, kappa = cohen([("x", "x"), ("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")])
    assert observed == pytest.approx(3 / 5)
    assert kappa == pytest.approx((3 / 5 - 13 / 25) / (12 / 25))
    assert cohen([(None, None)]) == (1, None)
    assert cohen([("x", "y"), ("y", "x")])[1] == pytest.approx(-1)


def test_the_two_annotators_of_the_gold_set_agree() -> None:
    texts = {str(each.id): each for each in load_gold([ROOT / "gold" / "dev.jsonl"])}
    labels = [
        load_gold([ROOT / "gold" / "annotators" / f"{name}.jsonl"], abstracts=texts) for name in ("a", "b")
    ]
    result = agreement(*labels, resamples=0)
    linked = result.evaluation.row("micro").linked.f1.value
    assert linked is not None
    assert linked > 0.95
    assert result.identical / result.labels > 0.9
