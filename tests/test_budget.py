"""What each cause of errors costs: worked out by hand, and adding up to what F1 lacks."""

from __future__ import annotations

import pytest
from evaluation_samples import claim, paper, papers
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.evaluation.alignment import TIERS
from extractor.evaluation.budget import Carrier, Cost
from extractor.evaluation.report_tables import budget_sheet
from extractor.evaluation.run import evaluate
from extractor.pages import charts, report_html

TEXT = "LumoNet is 3x faster than Tessa and needs 40% less memory, 5 W and 7 GB, on FooBench or BarBench."
GOLD = [
    paper(
        "one",
        TEXT,
        claim(TEXT, "speedup", "3x", value=3.0, metric="faster", baseline="Tessa"),
        claim(TEXT, "change", "40%", value=40.0, metric="memory"),
        claim(TEXT, "quantity", "5 W", value=5.0, unit="W", dimension="power"),
        claim(TEXT, "quantity", "7 GB", value=7.0),
        claim(TEXT, "dataset", "FooBench"),
    )
]
# The speedup lacks both links; the change has a wrong bound and metric; "5 W" is read as a score, "7 GB" is
# missed; FooBench is right, BarBench a false alarm. Gold has 5 claims, the predictions 5.
PREDICTED = [
    paper(
        "one",
        TEXT,
        claim(TEXT, "speedup", "3x", value=3.0, rule="speedup.a"),
        claim(TEXT, "change", "40%", value=40.0, bound="upper", rule="change.a"),
        claim(TEXT, "score", "5 W", value=5.0, rule="score.a"),
        claim(TEXT, "dataset", "FooBench", rule="dataset.a"),
        claim(TEXT, "dataset", "BarBench", rule="dataset.b"),
    )
]
# kind, cause: errors; claims that it costs record and linked; claims of the kind on both sides
BY_HAND = {
    ("speedup", "metric"): (1, 0.0, 1.0, 2),
    ("speedup", "baseline"): (1, 0.0, 1.0, 2),
    ("change", "bound"): (1, 2.0, 1.0, 2),
    ("change", "metric"): (1, 0.0, 1.0, 2),
    ("quantity", "other kind"): (1, 1.0, 1.0, 2),
    ("quantity", "missed"): (1, 1.0, 1.0, 2),
    ("score", "other kind"): (1, 1.0, 1.0, 1),
    ("dataset", "false alarm"): (1, 1.0, 1.0, 3),
}


@pytest.fixture(scope="module")
def budget() -> dict[tuple[str, str], Cost]:
    return {(cost.kind, cost.cause): cost for cost in evaluate(GOLD, PREDICTED).budget}


def test_every_cause_is_there(budget: dict[tuple[str, str], Cost]) -> None:
    assert budget.keys() == BY_HAND.keys()


@pytest.mark.parametrize("key", BY_HAND)
def test_a_cause_costs_what_was_worked_out_by_hand(
    key: tuple[str, str], budget: dict[tuple[str, str], Cost]
) -> None:
    errors, record, linked, claims = BY_HAND[key]
    cost = budget[key]
    assert cost.errors == errors
    assert cost.points["record"] == pytest.approx(100 * record / claims)
    assert cost.points["linked"] == pytest.approx(100 * linked / claims)
    assert cost.overall["linked"] == pytest.approx(100 * linked / 10)
    alone = key[1] in ("missed", "false alarm", "other kind")
    assert cost.points["detect"] == pytest.approx(100 * linked / claims if alone else 0)


def test_rules_carry_their_causes(budget: dict[tuple[str, str], Cost]) -> None:
    assert budget["change", "bound"].carriers == (Carrier(rule="change.a", errors=1),)
    assert budget["quantity", "missed"].carriers == (Carrier(rule=None, errors=1),)
    rows = {row[:2]: row for row in budget_sheet(list(budget.values())).rows}
    assert rows["change", "bound"] == (
        *("change", "bound", "change.a 1", "1"),
        *("0.0", "100.0", "50.0", "10.00"),
    )
    assert rows["quantity", "missed"][2] == "–"


def test_the_report_leads_from_a_cause_to_its_errors() -> None:
    result = evaluate(GOLD, PREDICTED)
    bars = {bar.address: bar for bar in charts.cost_bars(result.budget)}
    assert {"#kind=change&attribute=bound", "#kind=quantity&type=miss"} <= bars.keys()
    assert bars["#kind=quantity&type=miss"].width == 100  # all of them cost the same
    html = report_html(result)
    assert 'href="#kind=dataset&amp;type=false_alarm"' in html
    assert "Nothing is lacking." in report_html(evaluate(GOLD, GOLD))


@settings(deadline=None)
@given(st.data())
def test_causes_add_up_to_what_f1_lacks(data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("ab 1."), min_size=1, max_size=12))
    gold, found = (data.draw(papers(text)).model_copy(update={"id": "p"}) for _ in range(2))
    result = evaluate([gold], [found], resamples=0)
    for row in result.rows:
        if row.level not in ("kind", "micro"):
            continue
        for tier in TIERS:
            lacking = 100 * (1 - row.tier(tier).f1.value) if row.tier(tier).f1.value is not None else 0.0  # type: ignore[operator]  # just seen
            if row.level == "kind":
                found_points = sum(cost.points[tier] for cost in result.budget if cost.kind == row.name)
            else:
                found_points = sum(cost.overall[tier] for cost in result.budget)
            assert found_points == pytest.approx(lacking, abs=1e-9)
