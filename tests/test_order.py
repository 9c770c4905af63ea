"""The order of rules: what `before` says holds wherever rules stand, and every overlap has an order."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.engine import builtin_engine, engine_of
from extractor.errors import RuleError
from extractor.knowledge.sources import RuleFile
from extractor.rulelang.order import declared, ordered
from extractor.workbench.overlaps import overlaps

NOUN = """\
rules:
  - id: relative.zest
    kind: relative
    status: stable
    pattern: "{vals} (metric: zest) gain"
    set: {sense: up}
    examples: [{text: It shows a 3x zest gain., expect: [{text: 3x, kind: change, metric: zest}]}]
    rejects: [It shows a zest gain of 3 cases.]
"""
FAST = """\
  - id: relative.zest-gain
    kind: relative
    status: stable
    pattern: "{vals} (cue: zest gain)"
    set: {sense: fast}
    examples: [{text: It shows a 3x zest gain., expect: [{text: 3x, kind: speedup}]}]
    rejects: [It shows a zest gain of 3 cases.]
"""
BEFORE = FAST.replace("    set:", "    before: [relative.zest]\n    set:")
SENTENCE = "It shows a 3x zest gain."


def kind(rules: str) -> str:
    (claim,) = engine_of(RuleFile("mine.yaml", rules)).parse(SENTENCE).claims
    return claim.kind


def test_the_first_rule_has_the_value_unless_another_is_before_it() -> None:
    assert kind(NOUN + FAST) == "change"
    assert kind(NOUN + BEFORE) == "speedup"


def test_a_pair_without_an_order_is_found(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(NOUN + FAST, encoding="utf-8")
    run = CliRunner().invoke(build_app(), ["rules", "overlaps", str(path)])
    assert run.exit_code == 1
    assert f"{path}:2: relative.zest is tried before relative.zest-gain" in run.output
    assert "3x: It shows a 3x zest gain." in run.output
    path.write_text(NOUN + BEFORE, encoding="utf-8")
    run = CliRunner().invoke(build_app(), ["rules", "overlaps", str(path)])
    assert (run.exit_code, run.output) == (0, "0 pairs without an order\n")


def test_the_builtin_rules_have_an_order_wherever_it_matters() -> None:
    told = [f"{pair.first} before {pair.second}: {pair.text}" for pair in overlaps(builtin_engine())]
    assert told == []  # say it by `before` in the first, where that is right; see rules/README.md


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("relative.nonesuch", "before: there is no rule 'relative.nonesuch'"),
        ("score.metric-of", "before: 'score.metric-of' is of another kind"),
        ("relative.zest-gain", "before: 'relative.zest-gain' stands before this rule itself"),
        ("3", "before: an id is a word, not 3"),
    ],
)
def test_what_no_order_is(named: str, message: str) -> None:
    rules = NOUN + BEFORE.replace("[relative.zest]", f"[{named}]")
    with pytest.raises(RuleError) as caught:
        engine_of(RuleFile("mine.yaml", rules))
    assert f"rule relative.zest-gain: {message}" in str(caught.value)


def test_a_circle_is_told() -> None:
    circle = NOUN.replace("    set:", "    before: [relative.zest-gain]\n    set:") + BEFORE
    with pytest.raises(RuleError, match=r"'relative\.zest-gain' stands before this rule itself"):
        engine_of(RuleFile("mine.yaml", circle))


def test_rules_that_are_gone_leave_no_fault() -> None:
    ruleset = builtin_engine().ruleset
    named = next(name for rule in ruleset.rules for name in rule.before)
    engine = engine_of(RuleFile("mine.yaml", f"remove: [{named}]"))
    assert named not in [rule.id for rule in engine.ruleset.rules]


def test_the_order_holds_however_rules_are_mixed() -> None:
    rules = list(builtin_engine().ruleset.rules)
    assert ordered(rules) == rules
    below = declared(rules)
    chooser = random.Random(3)
    for _ in range(20):
        mixed = ordered(chooser.sample(rules, len(rules)))
        places = {rule.id: place for place, rule in enumerate(mixed)}
        assert len(places) == len(rules)
        assert all(places[name] < places[other] for name in below for other in below[name])


def test_a_list_keeps_its_order_where_nothing_is_said() -> None:
    bare = [copy.copy(rule) for rule in builtin_engine().ruleset.rules]
    for rule in bare:
        object.__setattr__(rule, "before", ())
    assert ordered(bare) == bare
