"""Datasets: every rule's examples and rejects, tables of sentences, offsets on any string."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.engine import builtin_engine
from extractor.errors import RuleError
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml
from extractor.labels.gold import load_gold
from extractor.rulelang.rule import Rule
from extractor.rulelang.ruleset import builtin_ruleset
from extractor.things.datasets import patterns as dataset_patterns
from extractor.things.datasets.patterns import Patterns, read_patterns

TABLE: dict[str, Any] = load_yaml(Path(__file__).parent / "data" / "datasets.yaml")
GOLD = Path(__file__).parents[1] / "gold" / "dev.jsonl"
datasets = builtin_engine().parts.things.datasets
RULES = [rule for rule in builtin_ruleset().tested if rule.kind == "dataset"]
EXAMPLES = [
    pytest.param(rule, each.text, [record.get("name", record["text"]) for record in each.expect])
    for rule in RULES
    for each in rule.examples
]
REJECTS = [each.text for rule in RULES for each in rule.rejects]
POSITIVE = [case for group in ("in_the_wild", "noise") for case in TABLE[group]]


def names(text: str, taken: tuple[tuple[int, int], ...] = ()) -> list[str]:
    return [record.name for record in datasets.find(text, taken)]


@pytest.mark.parametrize(("rule", "text", "expected"), EXAMPLES)
def test_example_of_a_rule_gives_its_names(rule: Rule, text: str, expected: list[str]) -> None:
    records = datasets.find(text)
    assert [record.name for record in records] == expected
    assert rule.id in {record.rule for record in records}


@pytest.mark.parametrize("text", REJECTS)
def test_reject_of_a_rule_gives_no_dataset(text: str) -> None:
    assert names(text) == []


def test_every_rule_has_examples_rejects_and_an_id_of_its_own() -> None:
    assert all(rule.examples and rule.rejects for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.id.startswith("dataset.") for rule in RULES)


@pytest.mark.parametrize("case", POSITIVE, ids=lambda case: case["text"][:40])
def test_sentence_names_its_datasets(case: dict[str, Any]) -> None:
    assert names(case["text"]) == case["names"]


@pytest.mark.parametrize("text", TABLE["none"])
def test_other_things_are_no_datasets(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize("case", TABLE["known_gaps"], ids=lambda case: case["text"][:40])
def test_known_gap_is_still_a_gap(case: dict[str, Any]) -> None:
    assert names(case["text"]) != case["names"], "fixed: move the case to in_the_wild"


def test_every_mention_is_listed_and_long_form_and_acronym_are_one() -> None:
    text = "We present the Fen Atlas Dataset (FAD). FAD is large; on FAD we test. FADs are other things."
    (record,) = datasets.find(text)
    assert record.name == "FAD"
    assert [mention.text for mention in record.mentions] == ["Fen Atlas Dataset", "FAD", "FAD", "FAD"]


def test_taken_spans_are_left_alone() -> None:
    text = "See github.com/me/MossBench for more on MossBench."
    (record,) = datasets.find(text, [(4, 27)])
    assert [(mention.start, mention.end) for mention in record.mentions] == [(40, 49)]


def test_device_inside_a_benchmarks_name_does_not_hide_it() -> None:
    assert names("We introduce FPGA-LoomBench, a benchmark of looms.", ((13, 17),)) == ["FPGA-LoomBench"]


def test_gazetteer_is_large_and_without_repeats() -> None:
    seen: dict[str, str] = {}
    for path in sorted((rules_dir() / "terms").glob("datasets-*.yaml")):
        for entry in load_yaml(path)["entries"]:
            name = str(entry["name"] if isinstance(entry, dict) else entry)
            assert name not in seen, f"{name} stands in {seen[name]} and {path.name}"
            seen[name] = path.name
    assert len(seen) > 2000


def test_broken_rule_names_file_line_and_id(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "anchors: {noun: [dataset]}\nfragments: {word: '[a-z]+'}\ncontext: {}\n"
        "stop: []\nrules:\n"
        "  - {id: dataset.bad, anchor: noun, before: '{nothing}', after: '', shape: any, "
        "examples: [], rejects: []}\n"
        "  - {id: dataset.worse, anchor: noun, before: '(', after: '', shape: any, examples: [], "
        "rejects: []}\n"
        "  - {id: dataset.worst, anchor: noun, before: '', after: '', shape: any, traits: [bold], "
        "examples: [], rejects: []}\n"
    )
    with pytest.raises(RuleError) as caught:
        read_patterns(load_yaml(path))
    assert [(problem.line, problem.rule) for problem in caught.value.problems] == [
        (6, "dataset.bad"),
        (7, "dataset.worse"),
        (8, "dataset.worst"),
    ]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (r" (?P<name>[A-Z]\w+)", ["FooSet"]),
        (r" (?P<name>[A-Z]\w+)(?: and (?P<name>[A-Z]\w+))?", ["FooSet", "BarSet"]),
        (r"(?: (?:and )?(?P<name>[A-Z]\w+))+", ["FooSet", "BarSet"]),
    ],
)
def test_a_pattern_in_plain_syntax_finds_all_its_names(tmp_path: Path, after: str, found: list[str]) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "anchors: {noun: [yardstick]}\nfragments: {}\ncontext: {}\nlists: {}\nlist_words: []\n"
        "stop: []\nrules:\n"
        f"  - {{id: dataset.plain, anchor: noun, before: '', after: '{after}', shape: any, "
        "examples: [], rejects: []}\n"
    )
    text = "We take the yardstick FooSet and BarSet."
    sentences = builtin_engine().parts.sentences
    candidates = dataset_patterns.candidates(read_patterns(load_yaml(path)), sentences, text)
    assert [text[each.start : each.end] for each in candidates] == found


WORDS = [
    "the ",
    "MNIST",
    "FooBench",
    " dataset",
    " benchmarks",
    " on ",
    ", ",
    " and ",
    "introduce ",
    "a ",
    "such as ",
]
SIGNS = [
    "(",
    ")",
    "\\textsc{",
    "}",
    ": ",
    "v2",
    "\n",
    "İ",
    "\ud800",
    "\x00",
    "A",
    "9" * 50,
    "-",
    "'s ",
    "$",
    "%",
]
PIECES = st.sampled_from([*WORDS, *SIGNS])
SENTENCES = [each.text for rule in RULES for each in (*rule.examples, *rule.rejects)]
NEAR = [
    "subdatasets",
    " corpora",
    " test set",
    " subset of ",
    " of the ",
    " called ",
    " (",
    "). ",
    "large-scale ",
    " image ",
    ", a ",
    " is the ",
    " we ",
    "\\cite{a}",
    "McX-9",
    "two ",
]


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)))
def test_offsets_hold_on_any_string(text: str) -> None:
    records = datasets.find(text)
    assert [record.start for record in records] == sorted(record.start for record in records)
    spans = []
    for record in records:
        assert (record.text, record.start, record.end) == tuple(record.mentions[0].model_dump().values())
        for mention in record.mentions:
            assert text[mention.start : mention.end] == mention.text != ""
            spans.append((mention.start, mention.end))
    assert len(spans) == len(set(spans))


@pytest.fixture(scope="module")
def patterns_without_hints() -> Patterns:
    """The built-in rules with nothing in them that is only for speed."""
    document = {
        **load_yaml(rules_dir() / "datasets.yaml"),
        "begins": {},
        "plain": {},
        "seen": {},
        "whole": [],
    }
    for rule in document["rules"]:
        rule.pop("given", None)
    found = read_patterns(document)
    assert not any(rule.begin or rule.plain or rule.seen or rule.given for rule in found.rules)
    assert len(found.words) == 0
    return found


@pytest.fixture(scope="module")
def abstracts() -> list[str]:
    return [gold.abstract for gold in load_gold([GOLD])]


def test_quick_tests_change_nothing_in_labelled_abstracts(
    patterns_without_hints: Patterns, abstracts: list[str]
) -> None:
    found = [_proposed(datasets.patterns, text) for text in [*abstracts, *SENTENCES]]
    assert found == [_proposed(patterns_without_hints, text) for text in [*abstracts, *SENTENCES]]
    assert sum(map(len, found)) > 100


def test_a_pattern_says_what_it_begins_with(tmp_path: Path) -> None:
    """Only where a fragment with names stands in no bracket, and no alternative goes without it."""
    path = tmp_path / "rules.yaml"
    afters = (
        "( x)? {name}y",
        "( {name})",
        " {name}| x",
        "[)({|] {name}",
        " {name}?",
        r" \( {name}",
        " x",
    )
    path.write_text(
        "anchors: {noun: [yardstick]}\nfragments: {name: '(?P<name>[A-Z]+)'}\ncontext: {}\nlists: {}\n"
        "list_words: []\nstop: []\nbegins: {name: '[A-Z]'}\nplain: {}\nrules:\n"
        + "".join(
            f"  - {{id: dataset.r{number}, anchor: noun, before: '', after: '{after}', shape: any, "
            "examples: [], rejects: []}\n"
            for number, after in enumerate(afters)
        )
    )
    found = [rule.begin and rule.begin.source for rule in read_patterns(load_yaml(path)).rules]
    assert found == ["( x)? [A-Z]", None, None, "[)({|] [A-Z]", None, r" \( [A-Z]", None]


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*WORDS, *SIGNS, *NEAR, *SENTENCES]), max_size=30).map("".join))
def test_quick_tests_change_nothing(patterns_without_hints: Patterns, text: str) -> None:
    assert _proposed(patterns_without_hints, text) == _proposed(datasets.patterns, text)


def _proposed(patterns: Patterns, text: str) -> list[tuple[object, ...]]:
    found = dataset_patterns.candidates(patterns, builtin_engine().parts.sentences, text)
    return [(each.start, each.end, each.rule.id, each.fellows) for each in found]


@pytest.mark.parametrize(
    "piece", ["A", "9", "Aa ", "the A dataset, ", "on A, ", "-A", "(A) ", "$A$", "benchmark "]
)
def test_long_strings_pass_through(piece: str) -> None:
    datasets.find(piece * 4000)
