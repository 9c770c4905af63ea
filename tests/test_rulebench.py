"""The bench that runs the examples and rejects of rules."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from rule_samples import GOOD

from extractor.rulelang.ruleset import builtin_ruleset
from extractor.workbench import rulebench


def _results(tmp_path: Path, text: str) -> list[rulebench.CaseResult]:
    path = tmp_path / "mine.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    assert rulebench.check([path]) == []
    return rulebench.examine([path])


def test_bench_passes_a_good_rule(tmp_path: Path) -> None:
    example, reject = _results(tmp_path, GOOD)
    assert (example.sort, example.ok, example.message, example.line) == ("example", True, "", 9)
    assert (reject.sort, reject.ok, reject.message, reject.line) == ("reject", True, "", 11)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("direction: faster|direction: slower", "'3x': direction is 'faster', not 'slower'"),
        ("text: 3x|text: '3'", "'3' is not claimed"),
        ("kind: speedup|kind: change", "kind is 'speedup', not 'change'"),
        ("direction: faster|value: 3.001", "value is 3.0, not 3.001"),
        ("examples:|known_failures:", "now passes: move it to examples"),
    ],
)
def test_bench_names_the_difference(tmp_path: Path, change: str, message: str) -> None:
    old, new = change.split("|")
    text = GOOD.replace(old, new).replace("status: stable", "status: experimental")
    result, _ = _results(tmp_path, text)
    assert not result.ok
    assert message in result.message


def test_bench_accepts_a_known_failure(tmp_path: Path) -> None:
    text = (
        GOOD.replace("examples:", "known_failures:")
        .replace("faster}", "slower}")
        .replace("stable", "experimental")
    )
    result, _ = _results(tmp_path, text)
    assert (result.ok, result.sort) == (True, "known failure")


def test_bench_notes_an_example_that_another_rule_finds(tmp_path: Path) -> None:
    text = GOOD.replace("3x snappier", "3x faster, not snappier")
    result, _ = _results(tmp_path, text)
    assert result.ok
    assert "passes, but by relative." in result.message


@pytest.mark.parametrize(
    ("rule", "reject", "ok", "message"),
    [
        ("kind: relative, pattern: '{vals} snappier'", "It is 3x louder.", True, ""),
        (
            "kind: relative, pattern: '{vals} snappier'",
            "It is 3x snappier.",
            False,
            "'3x' is claimed by relative.r",
        ),
        ("kind: veto, pattern: '(vals: <ratio>) speedup'", "It is a 3x speedup.", True, ""),
        (
            "kind: veto, pattern: '(vals: <ratio>) slogan'",
            "A 3x speedup.",
            False,
            "does not match anything here",
        ),
        ("kind: bound, pattern: 'fully', set: {bound: lower, side: left}", "A 3x speedup.", True, ""),
        (
            "kind: bound, pattern: 'fully', set: {bound: lower, side: left}",
            "A fully 3x speedup.",
            False,
            "'3x' has bound 'lower', by relative.r (fully)",
        ),
        (
            "kind: baseline, pattern: 'vis-a-vis {base_np}', set: {side: left}",
            "It is 3x faster than Redis.",
            False,
            "'3x' has baseline 'Redis', by baseline.than",
        ),
        (
            "kind: model, pattern: '(model: <name>) sized (vals: <size>)'",
            "FooNet has 7B parameters.",
            False,
            "'7B' has model 'FooNet', by ",
        ),
    ],
)
def test_bench_rejects(tmp_path: Path, rule: str, reject: str, ok: bool, message: str) -> None:
    text = f"rules:\n  - {{id: relative.r, status: experimental, {rule}, rejects: ['{reject}']}}\n"
    (result,) = _results(tmp_path, text)
    assert result.ok is ok
    assert message in result.message


def test_bench_of_everything_runs_the_builtin_rules_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert len(rulebench.examine([path], everything=True)) == len(rulebench.cases(builtin_ruleset())) + 2


DATASET_RULE = """\
type: dataset-rules
rules:
- id: dataset.mine
  status: stable
  anchor: noun
  before: '(?P<name>foo\\w+) '
  after: ''
  shape: any
  examples:
  - text: We use the fooZed dataset here.
    expect: [{text: fooZed, kind: dataset}]
  rejects: [We use the barZed dataset here.]
"""


def test_rules_for_datasets_have_the_same_sentences(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(DATASET_RULE)
    assert [(each.rule, each.sort, each.ok, each.line) for each in rulebench.examine([path])] == [
        ("dataset.mine", "example", True, 10),
        ("dataset.mine", "reject", True, 12),
    ]
    path.write_text(DATASET_RULE.replace("barZed", "fooBar").replace("text: fooZed,", "text: the fooZed,"))
    assert [each.message for each in rulebench.examine([path])] == [
        "'the fooZed' is not claimed",
        "'fooBar' is claimed by dataset.mine",
    ]
    path.write_text(DATASET_RULE.replace("kind: dataset", "kind: datset"))
    (problem,) = rulebench.check([path])
    assert (problem.line, problem.message.partition(" one of ")[0]) == (11, "expect: kind must be")
    path.write_text(DATASET_RULE.replace("rejects: [We use the barZed dataset here.]", "rejects: []"))
    (problem,) = rulebench.check([path])
    assert "a stable rule needs rejects" in problem.message
