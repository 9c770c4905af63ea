"""The sieve lets every rule through that matches, and holds back those that lack a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pattern_trees import written

from extractor.engine import builtin_engine
from extractor.rulelang.needs import Needs
from extractor.rulelang.neighbours import Neighbours, sides_of, sites_of
from extractor.rulelang.patternparser import PatternParser
from extractor.rulelang.rows import Rows
from extractor.rulelang.ruleset import RuleFile, builtin_ruleset, load_ruleset
from extractor.rulelang.syntax import Atom
from extractor.rulelang.tagging import TaggedSentence
from extractor.rulelang.tails import TailFinder

KINDS = (
    "veto",
    "relative",
    "score",
    "parameters",
    "quantity",
    "bound",
    "baseline",
    "subject",
    "metric",
    "model",
)
WORDS = [
    *(
        "the",
        "cache",
        "is",
        "faster",
        "than",
        "Foo-Net",
        "by",
        "up",
        "to",
        "2x",
        "40%",
        "3.5 ms",
        "7B",
        "reduces",
    ),
    *(
        "latency",
        "and",
        "memory",
        ",",
        "accuracy",
        "of",
        "91.2%",
        "on",
        "compared",
        "with",
        "gains",
        "(",
        ")",
        "over",
    ),
    *(
        "respectively",
        "half",
        "an order of magnitude",
        "model",
        "parameters",
        "improves",
        "from",
        "at least",
        "F1",
    ),
]
ANY_WORD = """
rules:
  - id: relative.mine
    kind: relative
    status: experimental
    pattern: "(vals: <w|ratio>) faster"
    examples: [{text: The cache is 2x faster., expect: [{text: 2x, kind: speedup}]}]
    rejects: [The cache is 2x larger.]
"""


def needs(pattern: str, fragments: dict[str, str] | None = None) -> list[set[str]]:
    """Returns the needs of a pattern."""
    return [set(need) for need in Needs(len).of(PatternParser(fragments).parse(pattern).tree)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("<ratio> faster", [{"ratio"}, {"=faster"}]),
        ("<ratio|percent> <w>?", [{"ratio", "percent"}]),
        ("<ratio> <w>*", [{"ratio"}]),
        ("<ratio>+ <w>{0,3} <det>{2}", [{"ratio"}, {"det"}]),
        ("<ratio>+? <w>{0,3}? <det>{1,2}", [{"ratio"}, {"det"}]),
        ("(than|over) (vals: <ratio>)", [{"=than", "=over"}, {"ratio"}]),
        ("(more than|over)", [{"=more", "=over"}, {"=than", "=over"}]),
        ("(than|<w>?) <ratio>", [{"ratio"}]),
        ("(than <w>)? <ratio>", [{"ratio"}]),
        ("(?! than) <ratio>", [{"ratio"}]),
        ("(?= than) <ratio>", [{"=than"}, {"ratio"}]),
        ("(?<! <w> than) <!val> <ratio>", [{"ratio"}]),
        ("{side} <ratio>", [{"=than", "=over"}, {"ratio"}]),
        ("<ratio>|<percent> <w>", [{"ratio", "percent"}, {"ratio", "w"}]),
    ],
)
def test_what_a_pattern_needs(pattern: str, expected: list[set[str]]) -> None:
    assert needs(pattern, {"side": "(than|over)"}) == expected


@pytest.mark.parametrize(
    ("pattern", "first", "before", "after"),
    [
        ("(vals: <ratio>) faster", {"<ratio>"}, None, {"faster"}),
        ("(vals: <ratio>) <adv>? faster", {"<ratio>"}, None, {"<adv>", "faster"}),
        ("(vals: <ratio>) <adv>{0,3}? (faster|<w>?)", {"<ratio>"}, None, None),
        ("by <adv>* (vals: <ratio|percent>)", {"<ratio|percent>"}, {"by", "<adv>"}, None),
        ("(of|by up? <!val>) (vals: <ratio>)", {"<ratio>"}, {"of", "<!val>"}, None),
        ("of (vals: <ratio> (<and> <percent>)*) on", {"<ratio>"}, {"of"}, {"<and>", "on"}),
        ("of (vals: (?! <size>) <count>) (?! on) <w>", {"<count>"}, {"of"}, {"<w>"}),
        ("(is (vals: <ratio>) <and>){1,2} on", {"<ratio>"}, {"is"}, {"<and>"}),
    ],
)
def test_what_may_stand_beside_a_value(
    pattern: str, first: set[str], before: set[str] | None, after: set[str] | None
) -> None:
    (site,) = sites_of(PatternParser().parse(pattern).tree)
    assert (_texts(site.first), _texts(site.before), _texts(site.after)) == (first, before, after)


def test_each_alternative_has_a_site_of_its_own() -> None:
    sites = sites_of(PatternParser().parse("of (vals: <ratio>)|(vals: <percent>) (cue: <w>)").tree)
    found = [(_texts(site.first), _texts(site.before), _texts(site.after)) for site in sites]
    assert found == [({"<ratio>"}, {"of"}, None), ({"<percent>"}, None, {"<w>"})]
    assert not sites_of(PatternParser().parse("(metric: <w>) of").tree)


def _texts(atoms: frozenset[Atom] | None) -> set[str] | None:
    return None if atoms is None else {written(atom) for atom in atoms}


def test_a_pattern_whose_values_may_be_any_word_is_always_allowed() -> None:
    rules = load_ruleset(RuleFile("mine.yaml", ANY_WORD))
    (sentence,) = builtin_engine().tagged("The cache is 2x faster.")
    rows = Rows(rules.active)
    mine = rows.mask(rule for rule in rules.active if rule.rule.id == "relative.mine")
    assert mine
    assert Neighbours(rows, rules.tagger).allowing(sentence) & mine == mine


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=25))
def test_a_rule_that_matches_passes(words: list[str]) -> None:
    rules = builtin_ruleset()
    for sentence in builtin_engine().tagged(" ".join(words) + "."):
        passing = _passing(sentence)
        for compiled in rules.of(*KINDS):
            if compiled.expression.search(compiled.read(sentence)):
                assert compiled.rule.id in passing
                assert compiled.may_match(compiled.read(sentence)), compiled.rule.id


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("<w>{1,5} of? (cue: faster) (vals: <ratio>)", ["(cue: faster) (vals: <ratio>)"]),
        ("<w>? (vals: <ratio>) <adv>{0,3}? faster", ["(vals: <ratio>) <adv>{0,3}? faster"]),
        ("<w> faster|(?! <w>) slower <w>", ["faster", "slower <w>"]),
        ("(<w>|of) (faster|slower)+? <w>", ["(faster|slower)+? <w>"]),
        ("faster <w>", []),  # begins with it
        ("<w> (vals: <ratio>) <adv>?", []),  # a value alone tells nothing
        ("<w> faster|<w> <det>", []),  # what has no such word is told by the whole alone
    ],
)
def test_what_is_searched_for_first(pattern: str, expected: list[str]) -> None:
    found = TailFinder(builtin_ruleset().tagger).tails(PatternParser().parse(pattern).tree)
    assert [written(tail) for tail in found] == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=25))
def test_a_rule_that_claims_a_value_is_allowed_by_its_neighbours(words: list[str]) -> None:
    rules = builtin_ruleset()
    rows = Rows(rules.active)
    neighbours = Neighbours(rows, rules.tagger)
    for sentence in builtin_engine().tagged(" ".join(words) + "."):
        allowed = neighbours.allowing(sentence)
        for compiled in rules.active:
            if compiled.rule.kind in builtin_ruleset().grammar.values and compiled.expression.search(
                compiled.read(sentence)
            ):
                assert allowed & rows.mask([compiled]), compiled.rule.id


def test_rows_of_a_rule_give_it_once_and_in_order() -> None:
    rules = builtin_ruleset().active
    rows = Rows(rules)
    assert len(rows) > len(rules)
    assert rows.rules(rows.mask(rules)) == list(rules)
    assert rows.rules(rows.mask(rules[3:5])) == list(rules[3:5])
    assert rows.rules(0) == []


@pytest.mark.parametrize(
    ("pattern", "before", "behind"),
    [
        ("by <adv>? (vals: <ratio>) faster", [["=by"]], [["=faster"]]),
        ("((of|by) (vals: <ratio> (<and> <ratio>)?) on) <w>", [["=by", "=of"]], [["=on"], ["w"]]),
        ("(?= <w> {far}) of (vals: <ratio>) (?<= of) <w>", [["=of"]], [["w"]]),  # looks may reach over them
        ("(cue: cut by (vals: <ratio>)) <w>{1,3}", [["=by"], ["=cut"]], [["w"]]),
        ("of <w>", [], []),  # no values
        ("(of (vals: <ratio>)|by <w>) on", [], []),
        ("(is (vals: <ratio>) <and>){1,2} on", [], []),
        ("of (vals: <ratio>)? on", [], []),
        ("((vals: <ratio>) on|to (vals: <percent>))", [], []),
    ],
)
def test_what_is_needed_on_the_sides_of_values(
    pattern: str, before: list[list[str]], behind: list[list[str]]
) -> None:
    needs = Needs(len, into_looks=False)
    sides = sides_of(PatternParser({"far": "(than|over)"}).parse(pattern).tree)
    assert [sorted(map(sorted, needs.rarest(*side))) for side in sides] == [before, behind]


def test_rules_keep_their_order_and_most_are_held_back() -> None:
    (sentence,) = builtin_engine().tagged("The cache is 2x faster.")
    order = [compiled.rule.id for compiled in builtin_ruleset().active]
    passing = _passing(sentence)
    assert passing == [name for name in order if name in set(passing)]
    assert 0 < len(passing) < len(order) / 2


def test_a_group_has_rules_of_its_kind_only() -> None:
    (sentence,) = builtin_engine().tagged("The cache is 2x faster than SQLite.")
    passing = builtin_ruleset().group("baseline").passing(sentence)
    assert "baseline.than" in {compiled.rule.id for compiled in passing}
    assert {compiled.rule.kind for compiled in passing} == {"baseline"}


def _passing(sentence: TaggedSentence) -> list[str]:
    rules = builtin_ruleset().group(*KINDS)
    return [compiled.rule.id for compiled in rules.passing(sentence)]
