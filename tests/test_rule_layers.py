"""Rules of a user's own, laid over the built-in ones: what they add, replace and leave as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rule_samples import GOOD, own_file, own_rule

from extractor.engine import Engine, builtin_engine, engine_of
from extractor.errors import RuleError
from extractor.rulelang.ruleset import RuleFile, builtin_ruleset, fingerprint, load_ruleset, rule_files
from extractor.workbench import rulebench


def _off(identity: str, kind: str) -> RuleFile:
    """A file that switches a rule off."""
    entry = {"id": identity, "kind": kind, "status": "deprecated"}
    return RuleFile("off.yaml", json.dumps({"rules": [entry]}))


def test_fragment_of_a_later_file() -> None:
    later = RuleFile("later.yaml", "fragments: {mine: <w>}")
    with pytest.raises(RuleError, match=r"fragment \{mine\} stands in a file that is read later"):
        load_ruleset(own_rule(pattern='"{vals} {mine}"'), later)


# --- overlays --------------------------------------------------------------------------------------------


def _kinds(source: RuleFile, text: str) -> list[tuple[str, str | None]]:
    return [(claim.text, claim.rule) for claim in engine_of(source).parse(text).claims]


def test_overlay_adds_a_rule_before_the_others() -> None:
    source = own_file(GOOD)
    assert _kinds(source, "The editor is 3x snappier.") == [("3x", "relative.snappier")]
    assert not builtin_engine().parse("The editor is 3x snappier.").claims
    ids = [rule.id for rule in load_ruleset(source).rules]
    assert ids[0] == "relative.snappier"
    assert ids[1:] == [rule.id for rule in builtin_ruleset().rules]


def test_overlay_replaces_a_rule_by_its_id() -> None:
    builtin = next(rule for rule in builtin_ruleset().rules if rule.id == "veto.percentile")
    sentence = builtin.rejects[0].text
    assert not _value_texts(builtin_engine(), sentence)
    other = own_file("""
        rules:
          - {id: veto.percentile, kind: veto, status: experimental, pattern: "(vals: <percent>) nonesuch"}
    """)
    changed = load_ruleset(other)
    assert len(changed.rules) == len(builtin_ruleset().rules)
    places = [index for index, rule in enumerate(changed.rules) if rule.id == "veto.percentile"]
    assert changed.rules[places[0]].pattern == "(vals: <percent>) nonesuch"
    assert builtin_ruleset().rules[places[0]].id == "veto.percentile"


def _value_texts(engine: Engine, text: str) -> list[str]:
    return [claim.text for claim in engine.parse(text).claims if hasattr(claim, "value")]


def test_deprecated_rule_is_loaded_and_not_used() -> None:
    source = own_file(GOOD.replace("status: stable", "status: deprecated"))
    ruleset = load_ruleset(source)
    assert "relative.snappier" in {rule.id for rule in ruleset.rules}
    assert not _value_texts(engine_of(source), "The editor is 3x snappier.")
    assert "relative.snappier" not in {case.rule.id for case in rulebench.cases(ruleset)}


def test_deprecated_rule_needs_no_more_than_its_id() -> None:
    for identity, kind in (("relative.nonesuch", "relative"), ("baseline.nonesuch", "baseline")):
        assert load_ruleset(_off(identity, kind)).rules[0].id == identity
    sentence = "The index is 30% smaller."
    (claim,) = builtin_engine().parse(sentence).claims
    assert claim.rule == "relative.comparative-alone"
    engine = engine_of(_off(claim.rule, "relative"))
    assert claim.rule not in {claim.rule for claim in engine.parse(sentence).claims}


def test_overlay_fragments_do_not_change_builtin_rules() -> None:
    source = own_file("""
        fragments: {vals: "(vals: <point>)"}
        rules:
          - {id: relative.mine, kind: relative, status: experimental, pattern: "{vals} snappier"}
    """)
    assert _value_texts(engine_of(source), "We see a 4x speedup in latency.") == ["4x"]


def test_a_rule_does_not_change_the_classes_of_its_words() -> None:
    sentence = "The cache cuts latency significantly by 30%."
    source = own_rule(pattern='"{vals} significantly"')
    before, after = (engine.parse(sentence).claims for engine in (builtin_engine(), engine_of(source)))
    assert before == after


def test_overlays_in_order_the_last_wins(tmp_path: Path) -> None:
    for name, sense in (("a", "slow"), ("b", "fast")):
        text = GOOD.replace("sense: fast", f"sense: {sense}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    ruleset = load_ruleset(tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert ruleset.rules[0].settings["sense"] == "fast"
    assert ruleset.rules[0].file == str(tmp_path / "b.yaml")


def test_words_of_an_overlay_are_known_to_all_rules() -> None:
    source = own_file("""
        lexicon:
          classes: [my_words]
          words: {fast_c: [snappier], my_words: [zippy]}
          nouns: {time_m: [thumbtime]}
          verbs: {up_v: [up]}
        rules:
          - {id: relative.mine, kind: relative, status: experimental, pattern: "{vals} <my_words>"}
    """)
    engine = engine_of(source)
    claims = [*engine.parse("It is 40% snappier.").claims, *engine.parse("Thumbtimes are cut by 30%.").claims]
    assert [claim.kind for claim in claims] == ["speedup", "speedup"]
    assert [claim.rule for claim in engine.parse("It is 4x zippy.").claims] == ["relative.mine"]
    assert not _value_texts(builtin_engine(), "It is 40% snappier.")  # the built-in lexicon is as it was


INERT = "despite notwithstanding speedily whilst low-latency fast-growing".split()


@pytest.mark.parametrize(
    "sentence",
    [
        "LumoNet reaches 91.2% accuracy despite FooBench noise and 80.5% on BarSet.",
        "LumoNet is more speedily 3x faster on low-latency links, and whilst idle it saves 20% energy.",
        "A very-speedily trained LumoNet is 30% smaller, notwithstanding the 2x larger TessaNet.",
        "Fast-growing loads are cut by 40%, ultra-low-latency ones by 2x.",
    ],
)
def test_a_rule_that_never_matches_changes_nothing(sentence: str) -> None:
    rule = {"kind": "baseline", "status": "experimental", "set": {"side": "both"}}
    rules = [
        rule | {"id": f"baseline.{word}", "pattern": f"nonesuch {word} (baseline: <name>)"} for word in INERT
    ]
    source = RuleFile("mine.yaml", json.dumps({"rules": rules}))
    assert engine_of(source).parse(sentence) == builtin_engine().parse(sentence)


def test_fingerprint_tells_rules_apart() -> None:
    assert builtin_ruleset().fingerprint == fingerprint() != load_ruleset(own_file(GOOD)).fingerprint


def test_a_place_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rules here"):
        rule_files(tmp_path)
