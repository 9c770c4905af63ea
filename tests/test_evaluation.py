"""Scores worked out by hand, and what holds for every input."""

from __future__ import annotations

import random

import pytest
from evaluation_samples import claim, paper, papers
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import InputError
from extractor.evaluation.alignment import TIERS
from extractor.evaluation.results import Evaluation
from extractor.evaluation.run import evaluate
from extractor.evaluation.scoring import Estimate, rows_of
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.record.schema import Extraction

ONE = "Zephyr is 3x faster than Boreas. It needs 40% less memory on two K9 boards; a K9 draws 5 W."
TWO = "The code is at example.org/zephyr for all."
THREE = "Nothing is measured in section 9 of this text."
GOLD = (
    paper(
        "one",
        ONE,
        claim(ONE, "speedup", "3x", value=3.0, metric="faster", baseline="Boreas", subject="Zephyr"),
        claim(ONE, "change", "40%", value=40.0, metric="memory"),
        claim(ONE, "hardware", "K9", "K9", count=2),
        claim(ONE, "quantity", "5 W", value=5.0, unit="W", dimension="power"),
    ),
    paper(
        "two", TWO, claim(TWO, "url", "example.org/zephyr", name="https://example.org/zephyr", host="other")
    ),
    paper("three", THREE),
)
PREDICTED = (
    paper("three", THREE, claim(THREE, "score", "9", value=9.0, rule="score.b")),
    paper(
        "one",
        ONE,
        claim(ONE, "speedup", "3x", value=3.0, metric="draws", baseline="Boreas", rule="speedup.a"),
        claim(ONE, "change", "40% less", value=40.01, metric="less memory", rule="change.a"),
        claim(ONE, "hardware", "K9", name="k-9", rule="hardware.a"),
        claim(ONE, "change", "5 W", value=5.0, rule="change.a"),
        claim(ONE, "dataset", "Boreas", rule="dataset.a"),
    ),
    paper("two", TWO),
)
NOTHING: dict[str, int] = dict.fromkeys(TIERS, 0)
# By hand. Gold: speedup, change, quantity, hardware, url, one each. Predicted: speedup, two changes, score,
# hardware, dataset. The speedup has the exact span and the core right, the wrong metric; the change overlaps
# and is right in all; the hardware has the name (K9 is k-9) and lacks the count; "5 W" is taken for a change.
BY_HAND: dict[str, tuple[int, int, dict[str, int]]] = {
    "speedup": (1, 1, {"exact": 1, "detect": 1, "record": 1, "linked": 0}),
    "change": (1, 2, {"exact": 0, "detect": 1, "record": 1, "linked": 1}),
    "score": (0, 1, NOTHING),
    "parameters": (0, 0, NOTHING),
    "quantity": (1, 0, NOTHING),
    "hardware": (1, 1, {"exact": 1, "detect": 1, "record": 0, "linked": 0}),
    "dataset": (0, 1, NOTHING),
    "url": (1, 0, NOTHING),
    "values": (3, 4, {"exact": 1, "detect": 2, "record": 2, "linked": 1}),
    "things": (2, 2, {"exact": 1, "detect": 1, "record": 0, "linked": 0}),
    "micro": (5, 6, {"exact": 2, "detect": 3, "record": 2, "linked": 1}),
}


@pytest.fixture(scope="module")
def result() -> Evaluation:
    return evaluate(GOLD, PREDICTED)


@pytest.mark.parametrize("name", BY_HAND)
def test_the_score_table_is_what_was_worked_out_by_hand(name: str, result: Evaluation) -> None:
    gold, predicted, right = BY_HAND[name]
    row = result.row(name)
    assert (row.gold, row.predicted) == (gold, predicted)
    for tier in TIERS:
        score = row.tier(tier)
        assert score.right == right[tier]
        if gold + predicted == 0:
            assert score.precision == score.recall == score.f1 == Estimate()
            continue
        assert score.precision.value == pytest.approx(right[tier] / predicted if predicted else 0)
        assert score.recall.value == pytest.approx(right[tier] / gold if gold else 0)
        assert score.f1.value == pytest.approx(2 * right[tier] / (gold + predicted))


def test_macro_is_the_mean_of_the_kinds_that_occur(result: Evaluation) -> None:
    macro = result.row("macro")
    assert macro.detect.precision.value == pytest.approx((1 + 1 / 2 + 0 + 0 + 1 + 0 + 0) / 7)
    assert macro.detect.recall.value == pytest.approx((1 + 1 + 0 + 0 + 1 + 0 + 0) / 7)
    assert macro.detect.f1.value == pytest.approx((1 + 2 / 3 + 0 + 0 + 1 + 0 + 0) / 7)
    assert macro.record.f1.value == pytest.approx((1 + 2 / 3 + 0 + 0 + 0 + 0 + 0) / 7)


def test_attributes_are_counted_over_detected_claims(result: Evaluation) -> None:
    found = {(each.kind, each.attribute): each for each in result.attributes}
    metric, count = found["speedup", "metric"], found["hardware", "count"]
    assert (metric.total, metric.right, metric.accuracy, metric.accuracy_set) == (1, 0, 0, 0)
    assert (count.total, count.right, count.total_set, count.right_set) == (1, 0, 1, 0)
    bound = found["change", "bound"]
    assert (bound.accuracy, bound.total_set, bound.accuracy_set) == (1, 0, None)
    assert found["url", "host"].accuracy is None
    assert found["hardware", "mentions"].right == 0
    assert found["change", "text"].right == 0


def test_confusion_pairs_what_stands_in_one_place(result: Evaluation) -> None:
    labels, counts = result.confusion.labels, result.confusion.counts
    cells = {
        (row, column): counts[i][j]
        for i, row in enumerate(labels)
        for j, column in enumerate(labels)
        if counts[i][j]
    }
    assert cells == {
        ("speedup", "speedup"): 1,
        ("change", "change"): 1,
        ("hardware", "hardware"): 1,
        ("quantity", "change"): 1,
        ("url", "none"): 1,
        ("none", "score"): 1,
        ("none", "dataset"): 1,
    }


def test_rules_have_what_they_did(result: Evaluation) -> None:
    found = {
        each.rule: (each.fired, each.right, each.wrong_attribute, each.false_alarm, each.sole)
        for each in result.rules
    }
    assert found == {
        "speedup.a": (1, 1, 0, 0, 1),
        "change.a": (2, 1, 0, 1, 1),
        "score.b": (1, 0, 0, 1, 0),
        "hardware.a": (1, 0, 1, 0, 1),
        "dataset.a": (1, 0, 0, 1, 0),
    }
    assert next(each for each in result.rules if each.rule == "hardware.a").wrong == 1


def test_a_claim_that_two_rules_find_is_found_by_neither_alone() -> None:
    twice = [
        claim(ONE, "speedup", "3x", value=3.0, rule="speedup.a"),
        claim(ONE, "speedup", "3x faster", value=3.0, rule="speedup.b"),
    ]
    rules = evaluate(GOLD[:1], [paper("one", ONE, *twice)]).rules
    assert [(each.rule, each.sole, each.false_alarm) for each in rules] == [
        ("speedup.a", 0, 0),
        ("speedup.b", 0, 1),
    ]


def test_every_error_is_listed_with_its_sentence(result: Evaluation) -> None:
    listed = [(each.type, each.id, each.kind, each.rule, each.confused_with) for each in result.errors]
    assert listed == [
        ("wrong_attribute", "one", "speedup", "speedup.a", None),
        ("false_alarm", "one", "change", "change.a", "quantity"),
        ("wrong_attribute", "one", "change", "change.a", None),
        ("false_alarm", "three", "score", "score.b", None),
        ("miss", "one", "quantity", None, "change"),
        ("wrong_attribute", "one", "hardware", "hardware.a", None),
        ("false_alarm", "one", "dataset", "dataset.a", None),
        ("miss", "two", "url", None, None),
    ]
    first = result.errors[0]
    assert first.sentence == "Zephyr is 3x faster than Boreas."
    assert [(each.attribute, each.tier, each.predicted, each.gold) for each in first.attributes] == [
        ("metric", "linked", "draws", "faster"),
        ("subject", "reported", None, "Zephyr"),
    ]
    assert first.tiers == ("linked",)
    for error in result.errors:
        document = next(each for each in result.documents if each.id == error.id)
        assert document.abstract[error.sentence_start : error.sentence_end] == error.sentence
        if error.gold_index is not None:
            assert document.gold[error.gold_index] == error.gold
        if error.predicted_index is not None:
            assert document.predicted[error.predicted_index] == error.predicted


def test_perfect_predictions_have_no_error() -> None:
    result = evaluate(GOLD, GOLD)
    assert not result.errors
    for row in result.rows:
        assert all(row.tier(tier).f1.value in (None, 1) for tier in TIERS)
    assert result.row("micro").linked.f1 == Estimate(value=1, low=1, high=1)


EMPTY = [paper(str(each.id), each.abstract) for each in GOLD]
EDGES = [
    ("no prediction", GOLD, EMPTY, (0, 0, 0)),
    ("no gold", EMPTY, PREDICTED, (0, 0, 0)),
    ("neither", EMPTY, EMPTY, (None, None, None)),
    ("no abstract", (), (), (None, None, None)),
]


@pytest.mark.parametrize(("name", "gold", "predicted", "expected"), EDGES, ids=[edge[0] for edge in EDGES])
def test_edge_cases(
    name: str,
    gold: list[Extraction],
    predicted: list[Extraction],
    expected: tuple[float | None, ...],
) -> None:
    result = evaluate(gold, predicted)
    for row in ("micro", "macro", "values"):
        score = result.row(row).detect
        assert (score.precision.value, score.recall.value, score.f1.value) == expected
    assert Evaluation.model_validate_json(result.model_dump_json()) == result


def test_intervals_are_seeded_and_can_be_left_out() -> None:
    assert evaluate(GOLD, PREDICTED) == evaluate(GOLD, PREDICTED)
    few, other = (evaluate(GOLD, PREDICTED, seed=seed, resamples=5) for seed in (0, 1))
    assert few.rows != other.rows
    bare = evaluate(GOLD, PREDICTED, resamples=0).row("micro").detect.f1
    assert bare.value == pytest.approx(6 / 11)
    assert bare.low is bare.high is None


def test_the_interval_is_that_of_the_abstracts() -> None:
    """Of 40 abstracts half are right: recall is a binomial share, 0.5 -+ 1.96 * sqrt(0.25 / 40)."""
    text = "It is 5x faster."
    gold = [paper(str(i), text, claim(text, "speedup", "5x", value=5.0)) for i in range(40)]
    found = [each if i % 2 else paper(str(i), text) for i, each in enumerate(gold)]
    recall = evaluate(gold, found, resamples=20_000).row("speedup").detect.recall
    assert recall.low == pytest.approx(0.345, abs=0.02)
    assert recall.high == pytest.approx(0.655, abs=0.02)
    precision = evaluate(gold, found).row("speedup").detect.precision
    assert (precision.low, precision.value, precision.high) == (1, 1, 1)


UNUSABLE = [
    ([paper("a", "x")], [], "lack 1 of 1 gold abstracts (a)"),
    ([paper("a", "x"), paper("a", "x")], [paper("a", "x")], "'a' stands twice in the gold"),
    ([paper("a", "x")], [paper("a", "x"), paper("a", "x")], "'a' stands twice in the predictions"),
    ([paper("a", "x")], [paper("a", "y")], "'a' of the predictions is not the gold text"),
    ([Extraction(abstract="x")], [], "abstract 1 of the gold has no id"),
]


@pytest.mark.parametrize(("gold", "predicted", "message"), UNUSABLE)
def test_input_that_cannot_be_scored_is_refused(
    gold: list[Extraction], predicted: list[Extraction], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(gold, predicted)
    assert message in str(caught.value)


def test_abstracts_that_gold_does_not_have_are_counted_and_left_out() -> None:
    result = evaluate(GOLD[:1], PREDICTED)
    assert (result.abstracts, result.ignored) == (1, 2)
    assert result.row("score").predicted == 0


@st.composite
def pairs_of_papers(draw: st.DrawFn) -> tuple[Extraction, Extraction]:
    text = draw(st.text(st.sampled_from("ab 1."), min_size=1, max_size=12))
    return draw(papers(text)).model_copy(update={"id": "p"}), draw(papers(text)).model_copy(
        update={"id": "p"}
    )


@settings(deadline=None)
@given(pair=pairs_of_papers(), seed=st.integers(0, 99))
def test_order_changes_no_score_and_json_loses_nothing(
    pair: tuple[Extraction, Extraction], seed: int
) -> None:
    gold, predicted = pair
    result = evaluate([gold], [predicted], resamples=20)
    shuffled = list(predicted.claims)
    random.Random(seed).shuffle(shuffled)
    again = evaluate([gold], [predicted.model_copy(update={"claims": tuple(shuffled)})], resamples=20)
    assert (result.rows, result.attributes, result.confusion, result.rules) == (
        *(again.rows, again.attributes, again.confusion, again.rules),
    )
    assert Evaluation.model_validate_json(result.model_dump_json()) == result


@settings(deadline=None)
@given(pair=pairs_of_papers())
def test_tiers_nest_and_counts_add_up(pair: tuple[Extraction, Extraction]) -> None:
    result = evaluate([pair[0]], [pair[1]], resamples=0)
    assert [row.name for row in result.rows] == list(rows_of(builtin_kinds()))
    for row in result.rows:
        assert row.linked.right <= row.record.right <= row.detect.right <= min(row.gold, row.predicted)
        assert row.exact.right <= row.detect.right
    micro = result.row("micro")
    types = [error.type for error in result.errors]
    assert types.count("miss") == micro.gold - micro.detect.right
    assert (
        types.count("false_alarm")
        == micro.predicted - micro.detect.right
        == sum(each.false_alarm for each in result.rules)
    )
    assert sum(each.fired for each in result.rules) == micro.predicted
    assert sum(map(sum, result.confusion.counts)) >= max(micro.gold, micro.predicted)
