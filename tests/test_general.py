"""The general reader: what it takes up, how it weighs, what it leaves alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import extractor
from extractor.engine import builtin_engine
from extractor.errors import RuleError
from extractor.rulelang.ruleset import RuleFile, load_ruleset

SCRIPTS = Path(__file__).parents[1] / "scripts"


def general(text: str) -> list[str]:
    return [c.text for c in extractor.parse(text).claims if (c.rule or "").startswith("score.general")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The repair bot fixes 40% of the crashes and 25% of the leaks.", ["40%", "25%"]),
        ("Men were chosen more often (40.5% vs. 30.2%).", ["40.5%", "30.2%"]),
        ("Warmth follows the size of the nets (r = 0.87).", ["0.87"]),
        ("The islands hold 0.4% of the birds of the north.", []),
        ("We use Foo 2.5 and Tessa 3.1 as judges.", []),
        ("The field was drawn with σ = 0.03 there.", []),
    ],
)
def test_what_is_a_score_by_the_evidence(text: str, expected: list[str]) -> None:
    assert general(text) == expected


def test_a_claim_of_the_general_reader_weighs_more_than_nothing() -> None:
    text = "The repair bot fixes 40% of the crashes; the islands hold 0.4% of the birds."
    weighed = {
        text[slice(*sentence.tokens[value.token])]: value
        for sentence, values in builtin_engine().weighed(text)
        for value in values
    }
    assert set(weighed) == {"40%", "0.4%"}
    assert weighed["40%"].points > 0 > weighed["0.4%"].points
    for value in weighed.values():
        assert value.points == pytest.approx(sum(each.points for each in value.evidence))
        assert value.base.settings["of"] == "score"


def test_rules_and_vetoes_come_before_the_evidence() -> None:
    text = "LumoNet reaches 91.2% accuracy. At 60% sparsity, the pruned net is slow."
    assert [values for _, values in builtin_engine().weighed(text) if values] == []


def test_points_of_a_users_rule_are_weighed_too() -> None:
    rules = """
rules:
  - id: evidence.birds
    kind: evidence
    status: experimental
    pattern: "(vals: <percent>) of the birds"
    set: {points: 9}
"""
    text = "The islands hold 0.4% of the birds of the north."
    engine = extractor.engine.engine_of(RuleFile("mine.yaml", rules))
    assert [claim.kind for claim in engine.parse(text).claims] == ["score"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("points: many", "points must be a number"),
        ("points: 1, shape: round", "shape must be one of"),
        ("shape: range", "needs the setting points"),
        ("points: 1, beside: birds", "beside must be one of"),
    ],
)
def test_faults_of_the_settings(setting: str, message: str) -> None:
    rules = f"""
rules:
  - id: evidence.birds
    kind: evidence
    status: experimental
    pattern: "(vals: <percent>) birds"
    set: {{{setting}}}
"""
    with pytest.raises(RuleError, match=message):
        load_ruleset(RuleFile("mine.yaml", rules))


def test_fitted_weights_find_what_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    fit_evidence = __import__("fit_evidence")
    random = np.random.default_rng(7)
    matrix = np.column_stack([np.ones(400), random.integers(0, 2, 400), random.integers(0, 2, 400)])
    labels = (random.random(400) < 1 / (1 + np.exp(1 - 3 * matrix[:, 1]))).astype(float)
    weights = fit_evidence.fit(matrix, labels, np.full(3, 0.5))
    assert weights[1] == pytest.approx(3, abs=0.6)
    assert abs(weights[2]) < 0.5
    papers = [str(number // 2) for number in range(400)]
    logits = fit_evidence.cross_validated(matrix, labels, papers, np.full(3, 0.5))
    assert ((logits > 0) == (labels > 0)).mean() > 0.75
    sys.modules.pop("fit_evidence")
