"""Confidence: by what it is worked out, that it filters, and that it is calibrated."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import extractor
from extractor.cli import build_app
from extractor.engine import builtin_engine
from extractor.evaluation.alignment import align, tiers
from extractor.knowledge.model import builtin
from extractor.labels.gold import load_gold
from extractor.values.confidence import ANY, EVIDENCE, TIERS, Confidence, signs_of

GOLD = Path(__file__).parents[1] / "gold" / "dev.jsonl"
TEXT = "LumoNet is 2.3x faster than Tessa on an A100. The swap happens in 40% of the crashes."


def test_every_claim_says_how_sure_it_is() -> None:
    claims = extractor.parse(TEXT).claims
    assert {claim.kind for claim in claims} == {"speedup", "hardware", "score"}
    for claim in claims:
        assert 0 < (claim.link_confidence or 0) <= (claim.confidence or 0) < 1
    speedup, _, score = claims
    assert (speedup.confidence or 0) > (score.confidence or 0)  # a sure rule, and the general reader


def test_signs() -> None:
    (speedup, value), (score, weighed) = (pair for pair in builtin_engine().read(TEXT) if pair[1])
    signs = dict(signs_of(speedup, value))
    kept = {ANY, "speedup", "speedup relative.comparative-alone", "speedup: form ratio", "speedup: no bound"}
    assert kept <= signs.keys()
    assert set(signs.values()) == {1.0}
    evidence = dict(signs_of(score, weighed))[EVIDENCE]
    assert evidence == weighed.draft.points  # type: ignore[union-attr]
    ((name, _),) = builtin_engine().read("We test it on ImageNet.")
    assert {"dataset: once"} <= {sign for sign, _ in signs_of(name)}


def test_a_sign_that_is_not_known_counts_nothing() -> None:
    (speedup, value), *_ = (pair for pair in builtin_engine().read(TEXT) if pair[1])
    confidence = Confidence({"record": {ANY: 0.0}, "links": {ANY: 2.0, "carbon": 9.0}})
    assert confidence.rate(speedup, value) == (0.5, 0.5)  # the links are never surer than the record


def test_the_file_says_more_than_the_mean() -> None:
    document = builtin().document("confidence")
    for tier in TIERS:
        assert document[tier][ANY] > 0
        assert len(document[tier]) > 100
        assert document[tier][EVIDENCE] > 0


def test_the_chances_are_those_of_gold() -> None:
    chances, right = [], 0
    for gold in load_gold([GOLD]):
        claims = extractor.parse(gold.abstract).claims
        for pair in align(gold.claims, claims):
            right += bool(tiers(claims[pair.predicted], gold.claims[pair.gold]).get("record"))
        chances += [claim.confidence or 0 for claim in claims]
    assert sum(chances) / len(chances) == pytest.approx(right / len(chances), abs=0.06)


@pytest.mark.parametrize(("threshold", "count"), [(0.0, 3), (0.9, 2), (1, 0)])
def test_less_sure_claims_are_left_out(threshold: float, count: int) -> None:
    everything = extractor.parse(TEXT).claims
    wanted = [claim.text for claim in everything if (claim.confidence or 0) >= threshold]
    assert len(wanted) == count
    assert [claim.text for claim in extractor.parse(TEXT, min_confidence=threshold).claims] == wanted
    (many,) = extractor.parse_many([TEXT], min_confidence=threshold)
    assert [claim.text for claim in many.claims] == wanted
    frame = extractor.parse_frame(pd.DataFrame({"abstract": [TEXT]}), min_confidence=threshold)
    assert list(frame["text"]) == wanted


def test_a_threshold_is_a_chance() -> None:
    with pytest.raises(ValueError, match="from 0 to 1, not 90"):
        extractor.parse(TEXT, min_confidence=90)


def test_the_commands_filter(tmp_path: Path) -> None:
    papers, out = tmp_path / "papers.csv", tmp_path / "claims.csv"
    pd.DataFrame({"id": ["a"], "abstract": [TEXT]}).to_csv(papers, index=False)
    result = CliRunner().invoke(build_app(), ["run", str(papers), "-o", str(out), "--min-confidence", "0.9"])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out)
    assert list(table["text"]) == ["2.3x", "A100"]
    assert (table["confidence"] >= 0.9).all()
    shown = CliRunner().invoke(build_app(), ["parse", TEXT, "--min-confidence", "0.9"]).output
    assert "2.3x" in shown
    assert "40%" not in shown
