"""Every sentence of every built-in rule; the loader and what it says of broken rules."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from rule_samples import own_file, own_rule

from extractor.engine import Engine, builtin_engine, engine_of
from extractor.errors import RuleError
from extractor.record.schema import Speedup
from extractor.rulelang.rule import Rule
from extractor.rulelang.ruleset import RuleFile, builtin_ruleset, load_ruleset
from extractor.values.records import RecordReader
from extractor.workbench import rulebench
from extractor.workbench.rulebench import Case

CASES = rulebench.cases(builtin_ruleset())


BY_RULE = {name: [*cases] for name, cases in groupby(CASES, lambda case: case.rule.id)}


@pytest.mark.parametrize("cases", BY_RULE.values(), ids=BY_RULE)
def test_rule(cases: list[Case]) -> None:
    results = [rulebench.run_case(case, builtin_engine()) for case in cases]
    told = [f"{each.file}:{each.line}: {each.text!r}: {each.message}" for each in results if not each.ok]
    assert told == []
    needless = [each.text for each in results if "not needed" in each.message]
    assert needless == [] or cases[0].rule.kind == "veto"


@pytest.mark.parametrize("sort", ["example", "reject"])
def test_every_stable_rule_has_sentences(sort: str) -> None:
    tested = {case.rule.id for case in CASES if case.sort == sort}
    assert not {rule.id for rule in builtin_ruleset().rules if rule.status == "stable"} - tested


# A rule of evidence must speak of a value in each of its examples; that is tested with its sentences.
NO_SCOPES = (*builtin_ruleset().grammar.values, "evidence")


SCOPES = [rule for rule in builtin_ruleset().rules if rule.kind not in NO_SCOPES and rule.examples]


@pytest.mark.parametrize("rule", SCOPES, ids=lambda rule: rule.id)
def test_every_example_of_a_scope_rule_needs_it(rule: Rule) -> None:
    without = _without(rule)
    for text in (example.text for example in rule.examples if not example.known_failure):
        given = [
            [getattr(claim, rule.kind, None) for claim in engine.parse(text).claims]
            for engine in (builtin_engine(), without)
        ]
        assert given[0] != given[1], text


def _without(rule: Rule) -> Engine:
    """The built-in engine without one of its rules, all that is compiled shared: there are many of them."""
    engine = copy(builtin_engine())
    rules = engine.ruleset
    kept = tuple(each for each in rules.compiled[rule.kind] if each.rule.id != rule.id)
    engine.ruleset = replace(rules, compiled={**rules.compiled, rule.kind: kept})
    engine.records = RecordReader(
        engine.ruleset, engine.parts.scanner, *map(engine.knowledge.document, ("links", "link-signs"))
    )
    return engine


def _messages(source: RuleFile) -> list[str]:
    with pytest.raises(RuleError) as caught:
        load_ruleset(source)
    return [str(problem) for problem in caught.value.problems]


BROKEN = [
    ("id: Relative.Mine", ["mine.yaml:3: rule Relative.Mine: the id must be kind.slug"]),
    ("id: ''", ["the id must be kind.slug"]),
    ("kind: speedup", ["mine.yaml:4: rule relative.mine: kind must be one of veto, relative"]),
    ("status: draft", ["mine.yaml:5: rule relative.mine: status must be one of stable"]),
    ("pattern: ''", ["a rule needs a pattern"]),
    ("patern: foo", ["mine.yaml:7: rule relative.mine: unknown key 'patern'"]),
    ("note: [a]", ["note must be text"]),
    ('pattern: "{valz} snappier"', ["mine.yaml:6: rule relative.mine: pattern: unknown fragment {valz}"]),
    ('pattern: "{vals} <verbs>"', ["unknown word class <verbs>", "did you mean", "verb"]),
    ('pattern: "{vals} <!verbs>"', ["unknown word class <verbs>"]),
    ('pattern: "{vals} {time_m}"', ["pattern: unknown fragment {time_m}; did you mean <time_m>?"]),
    ('pattern: "{vals} <vals>"', ["pattern: unknown word class <vals>; did you mean {vals}?"]),
    ('pattern: "{vals} {lsit}"', ["pattern: unknown fragment {lsit}; did you mean {list}?"]),
    ('pattern: "{vals} {Xyzzy}"', ["pattern: unknown fragment {Xyzzy}; see `extractor rules guide`"]),
    ('pattern: "{vals} (snappier"', ["an opening bracket has no closing one"]),
    ('pattern: "{vals} snappier)"', ["a closing bracket has no opening one"]),
    ('pattern: "{vals} (?snappier)"', ["is not well formed"]),
    ('pattern: "{vals} < snappier"', ["'<' at column 8 has no meaning"]),
    ('pattern: "{vals} (<w>* snappier)*"', ["without limit stands within another"]),
    ('pattern: "{vals} (<w>{2,} snappier)+"', ["without limit stands within another"]),
    ('pattern: "{vals} snappier,faster"', ["'snappier,faster' is never one token"]),
    ('pattern: "snappier"', ["must name its words with (vals: ...)"]),
    ('pattern: "{vals} (metrik: <w>)"', ["unknown group (metrik: ...)", "metrics"]),
    ('pattern: "(vals: <percent>?)"', ["would match without any word"]),
    ('pattern: "{vals} | {vals} a | {vals} b | {vals} c"', ["stands more than 3 times"]),
    ("set: [sense]", ["set must be a mapping"]),
    ("set: {sens: fast}", ["unknown setting 'sens'"]),
    ("set: {sense: quick}", ["setting sense must be one of", "not 'quick'"]),
    ("set: {reach: 5}", ["setting reach is of the kinds baseline, subject, metric, not of relative"]),
    ("kind: bound", ["a bound rule needs the setting bound", "a bound rule needs the setting side"]),
    ("status: stable", ["a stable rule needs examples: a sentence with what", "a stable rule needs rejects"]),
    ("examples: none", ["examples must be a list"]),
    ("examples: [a 3x speedup]", ["text and expect are needed"]),
    ("examples: [{text: 5, expect: []}]", ["text must be a sentence; put it in quotes"]),
    ("examples: [{text: a 3x gain, expect: 3x}]", ["expect must be a list"]),
    ("examples: [{text: a 3x gain, expect: [{text: 3}]}]", ["a record is a mapping with text"]),
    ("examples: [{text: a 3x gain, expect: [{text: 4x}]}]", ["'4x' does not stand in the sentence"]),
    ("examples: [{text: a 3x gain, expect: [{text: 3x, kind: gain}]}]", ["kind must be one of speedup"]),
    ("examples: [{text: a 3x gain, expect: [{text: 3x, kind: change, modle: A}]}]", ["has no 'modle'"]),
    ("rejects: [5]", ["each is a sentence; put it in quotes"]),
    ("rejects: a sentence", ["rejects must be a list"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "parts"), BROKEN, ids=[line for line, _ in BROKEN])
def test_broken_rule(line: str, parts: list[str]) -> None:
    key, _, value = line.partition(": ")
    messages = _messages(own_rule(**{key: value}))
    assert all(message.startswith("mine.yaml:") for message in messages)
    assert all(any(part in message for message in messages) for part in parts), messages


BROKEN_FILES = [
    ("rules: [{id: subject.a, kind: subject, set: {reach: far}}]", "setting reach must be a number of words"),
    ("rules: [{id: bound.a, kind: bound, set: {side: both}}]", "setting side must be one of left, right"),
    ("rules: [5]", "a rule is a mapping"),
    ("rules: {id: a}", "rules must be a list"),
    ("- id: a", "a file of rules or terms is a mapping"),
    ("rule: []", "unknown key 'rule'"),
    ("fragments: [a]", "fragments must be a mapping"),
    ("fragments: {a: 5}", "fragment 'a' must be a pattern"),
    ("fragments: {A-B: x}", "fragment 'A-B': a name has small letters"),
    ('fragments: {a: "{b} x", b: "y {a}"}', "contains itself: a > b > a"),
    ('fragments: {a: "(x"}', "an opening bracket has no closing one"),
    ("rules: [", "is not valid YAML"),
    ("rules: []\nrules: []", "key 'rules' stands twice (first on line 1)"),
    ("rules: &x [*x]", "aliases (*name) are not allowed"),
    ("rules: !!python/name:os.system", "tags"),
    ("[" * 5000, ""),
]


@pytest.mark.parametrize(("text", "part"), BROKEN_FILES, ids=[text[:30] for text, _ in BROKEN_FILES])
def test_broken_file(text: str, part: str) -> None:
    messages = _messages(RuleFile("mine.yaml", text))
    assert any(part in message for message in messages), messages


def test_fragments_that_multiply_are_refused() -> None:
    doubling = "".join(
        f"  {a}: '{{{b}}} {{{b}}} {{{b}}} {{{b}}}'\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    messages = _messages(RuleFile("mine.yaml", f"fragments:\n{doubling}  h: <w>\n"))
    assert any("too long" in message for message in messages)


def test_all_problems_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = "rules:\n  - {id: A}\n  - {id: relative.b, kind: veto, status: stable, pattern: '<nope>'}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    missing = tmp_path / "none.yaml"
    problems = rulebench.check([tmp_path, missing])
    files = [Path(problem.file).name for problem in problems]
    assert {"one.yaml", "two.yaml", "none.yaml"} <= set(files)
    assert sum(problem.rule == "A" for problem in problems) > 2
    assert all(problem.line for problem in problems if problem.file != str(missing))


def test_problems_of_patterns_and_keys_together() -> None:
    source = own_file("""
        rules:
          - {id: relative.one, kind: relative, status: experimental, pattern: "{vals} <nope>"}
          - {id: relative.two, kind: relative, status: experimental, pattern: "{vals} snappier", colour: red}
          - {id: relative.two, kind: relative, status: experimental, pattern: "{vals} snappier"}
          - {id: relative.two, kind: relative, status: experimental, pattern: "{vals} snappier"}
    """)
    messages = _messages(source)
    assert len(messages) == 3
    assert "unknown word class <nope>" in messages[0]
    assert "unknown key 'colour'" in messages[1]
    assert messages[2] == "mine.yaml:6: rule relative.two: this id stands on line 5 already"


def test_all_problems_of_one_pattern() -> None:
    source = own_file("""
        fragments: {own: "<w> {wrods}"}
        rules:
          - id: relative.one
            kind: relative
            status: experimental
            pattern: "{valz} (<nope> {own} < <verbs|det>"
    """)
    assert [message.partition("pattern: ")[2].partition(";")[0] for message in _messages(source)] == [
        "",  # the fragment itself
        "'<' at column 22 has no meaning here",
        "an opening bracket has no closing one",
        "unknown fragment {valz}",
        "unknown word class <nope>",
        "unknown fragment {wrods}",
        "unknown word class <verbs>",
    ]


def test_a_rule_with_a_problem_is_not_told_that_its_words_are_unknown() -> None:
    source = own_file("""
        rules:
          - id: relative.one
            kind: relative
            status: stable
            pattern: "{vals} {advv} (cue: quibbling|flabbier) <nope>"
            rejects: [none]
            examples:
              - text: A 3x quibbling.
                expect: [{text: 3x}]
    """)
    assert [message.partition("relative.one: ")[2].partition(";")[0] for message in _messages(source)] == [
        "pattern: unknown fragment {advv}",
        "pattern: unknown word class <nope>",
        f"expect: kind must be one of {', '.join(builtin_ruleset().kinds)}",
    ]


@pytest.mark.parametrize("words", ["3x faster alongside Foo", "3x faster beside Foo"])
def test_a_group_may_stand_in_another_alternative(words: str) -> None:
    source = own_file("""
        rules:
          - id: baseline.mine
            kind: baseline
            status: experimental
            pattern: "alongside (baseline: <name|cap>)|beside (baseline: <name|cap>)"
            set: {side: right}
          - {id: subject.mine, kind: subject, status: experimental, pattern: "it (subject: <name>?) <be>"}
    """)
    claim = engine_of(source).parse(f"On boards it is {words}.").claims[0]
    assert isinstance(claim, Speedup)
    assert claim.baseline == "Foo"


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        ("[a]", "mine.yaml:1: lexicon must be a mapping"),
        ("{adverbs: {x: [a]}}", "unknown key 'adverbs'; did you mean 'verbs'?"),
        ("{words: {qualty_m: [zeal]}}", "there is no word class 'qualty_m'. Did you mean quality_m"),
        ("{words: {my_words: [zeal]}}", "Declare a new one: classes: [my_words]"),
        ("{classes: my_words}", "classes must be a list, not 'my_words'"),
        ("{words: [a]}", "words must be a mapping, not a list"),
        ("{words: {x: a}}", "words.x must be a list, not 'a'"),
        ("{words: {x: [5, true]}}", "words.x must be text, not True"),
    ],
)
def test_broken_lexicon(lexicon: str, message: str) -> None:
    assert any(message in each for each in _messages(RuleFile("mine.yaml", f"lexicon: {lexicon}\n")))


def test_code_asks_for_declared_classes_only() -> None:
    tagger = builtin_ruleset().tagger
    assert tagger.chars(["=despite", "quality_m"])
    for name in ("=snappier", "qualty_m"):
        with pytest.raises(LookupError, match=f"no word class is named {name}"):
            tagger.chars([name])


def test_builtin_rules_are_sound() -> None:
    assert len(load_ruleset().rules) == len(builtin_ruleset().rules)  # compiles all, which parsing does not
