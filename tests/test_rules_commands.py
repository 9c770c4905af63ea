"""The commands ``rules`` and ``explain``: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rule_samples import GOOD
from typer.testing import CliRunner, Result

from extractor.cli import build_app
from extractor.engine import engine_of
from extractor.errors import RuleError, RuleProblem
from extractor.rulelang.ruleset import RuleFile, builtin_ruleset
from extractor.workbench.explain import explain, summary


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def _run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments], input=text)


def test_list(rules: Path) -> None:
    everything = json.loads(_run("rules", "list", "--json").output)
    assert [rule["id"] for rule in everything] == [rule.id for rule in builtin_ruleset().rules]
    vetoes = json.loads(_run("rules", "list", "--kind", "veto", "--json").output)
    assert {rule["kind"] for rule in vetoes} == {"veto"}
    assert json.loads(_run("rules", "list", "--status", "deprecated", "--json").output) == []
    assert json.loads(_run("rules", "list", rules, "--json").output)[0]["id"] == "relative.snappier"
    table = _run("rules", "list", "--kind", "bound").output
    assert all(rule["id"] in table for rule in everything if rule["kind"] == "bound")


@pytest.mark.parametrize("option", ["--kind", "--status"])
def test_list_refuses_unknown_values(option: str) -> None:
    result = _run("rules", "list", option, "nonesuch")
    assert result.exit_code == 2
    assert "'nonesuch' is none of" in result.output


def test_check(rules: Path) -> None:
    result = _run("rules", "check", rules)
    assert (result.exit_code, result.output) == (0, "0 problems\n")
    rules.write_text(GOOD.replace("{vals}", "{valz}"), encoding="utf-8")
    result = _run("rules", "check", rules)
    assert result.exit_code == 1
    assert f"{rules}:6: rule relative.snappier: pattern: unknown fragment {{valz}}" in result.output
    assert result.output.endswith("1 problem\n")
    (problem,) = json.loads(_run("rules", "check", rules, "--json").output)
    assert (problem["line"], problem["rule"], problem["file"]) == (6, "relative.snappier", str(rules))


def test_test(rules: Path) -> None:
    result = _run("rules", "test", rules)
    assert (result.exit_code, result.output) == (0, "1 rules, 2 sentences, 0 failed\n")
    rules.write_text(GOOD.replace("direction: faster", "direction: slower"), encoding="utf-8")
    result = _run("rules", "test", rules)
    assert result.exit_code == 1
    assert (
        f"{rules}:9: FAILED: rule relative.snappier: '3x': direction is 'faster', not 'slower'"
        in result.output
    )
    record, _ = json.loads(_run("rules", "test", rules, "--json").output)
    assert (record["ok"], record["sort"]) == (False, "example")
    assert record["got"][0]["rule"] == "relative.snappier"


SENTENCE = "QuuxNet is up to 2.5x faster than BarNet at the 95% confidence level on an A100."


def test_explain_shows_rules_cues_and_sources() -> None:
    out = _run("explain", SENTENCE).output
    for part in (
        "2.5x",
        "claims it: 2.5x faster",
        "bound     upper: bound.upper (up to)",
        "baseline  BarNet: baseline.than",
        "subject   QuuxNet: subject.verb",
        "veto.confidence vetoes it: 95% confidence",
        "hardware  A100  (A100) by hardware.",
    ):
        assert part in out, out


def test_explain_as_json_and_from_standard_input() -> None:
    data = json.loads(_run("explain", "-", "--json", text=SENTENCE).output)
    assert data == json.loads(json.dumps(explain(SENTENCE).to_json()))
    ratio, percent = data["sentences"][0]["values"]
    assert (ratio["claim"]["kind"], ratio["form"], percent["claim"]) == ("speedup", "ratio", None)
    assert [thing["name"] for thing in data["things"]] == ["A100"]


def test_explain_with_a_users_rules(rules: Path) -> None:
    result = _run("explain", "--rules", rules, "The editor is 3x snappier.")
    assert "relative.snappier claims it: 3x snappier" in result.output


def test_explain_without_values() -> None:
    assert _run("explain", "Nothing to see.").output == "no values\n"


UNUSED = [
    ("side: left", "It saves 30% energy anent Redis.", "on the right of the value, and the rule asks"),
    ("side: right", "Anent Redis, it saves 30% energy.", "on the left of the value, and the rule asks"),
    ("side: right, reach: 1", "It saves 30% energy anent Redis.", "farther from the value than its reach"),
    ("side: right", "It saves 30% energy; we ran it anent Redis.", "it stands in another clause"),
    ("side: right", "It is 3x faster than Kafka, and slim anent Redis.", "Kafka (baseline.than) comes first"),
    ("side: right", "It beats Kafka by 30% energy anent Redis.", "relative.beats has named the baseline"),
    ("side: both", "It saves 30% energy anent 7.", "another cue has these words, or they are numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "sentence", "reason"), UNUSED, ids=[row[2] for row in UNUSED])
def test_explain_says_why_a_baseline_is_not_taken(setting: str, sentence: str, reason: str) -> None:
    rule = "id: baseline.mine, kind: baseline, status: experimental, set: {" + setting + "}"
    pattern = "anent {base_np}|anent (baseline: <val>)"
    engine = engine_of(RuleFile("mine.yaml", f"rules: [{{{rule}, pattern: '{pattern}'}}]"))
    (value,) = explain(sentence, engine=engine).sentences[0].values[:1]
    (unused,) = (cue for cue in value.unused if cue.rule == "baseline.mine")
    assert reason in unused.reason
    assert any(heading == "unused" and reason in line for heading, line in summary(value))


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("A 3x speedup is what QuuxNet shows.", "stands on the right of the value"),
        ("QuuxNet is small, and BarNet shows a 3x speedup.", "BarNet (subject.verb) comes first"),
        ("Code on QuuxNet shows a 3x speedup.", "stands behind a preposition"),
    ],
)
def test_explain_says_why_a_subject_is_not_taken(sentence: str, reason: str) -> None:
    (value,) = explain(sentence).sentences[0].values
    assert any(cue.kind == "subject" and reason in cue.reason for cue in value.unused), value.unused


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("On CIFAR-10 it reaches 91% accuracy, on ImageNet 81%.", "another dataset stands nearer"),
        ("It reaches 91% accuracy, while ImageNet is larger.", "it stands in another clause"),
        ("It reaches 91% and 81% accuracy on CIFAR-10 and ImageNet.", "its dataset is its place in the list"),
    ],
)
def test_explain_says_why_a_dataset_is_not_taken(sentence: str, reason: str) -> None:
    values = explain(sentence).sentences[0].values
    assert any(cue.kind == "dataset" and reason in cue.reason for value in values for cue in value.unused)


def test_explain_tells_where_the_words_stand() -> None:
    value = explain(SENTENCE).sentences[0].values[0]
    assert {name: SENTENCE[slice(*place)] for name, place in value.places.items()} == {
        "metric": "faster",
        "baseline": "BarNet",
        "subject": "QuuxNet",
        "hardware": "A100",
    }


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("The A40 highway is long.", "no hardware  A40: 'highway' stands behind it"),
        ("Rotors of NVIDIA's M4 turn.", "no hardware  M4: another maker's name stands before it"),
        (
            "We like H20.",
            "no hardware  H20: it can mean other things, and no maker, class noun or cue stands with it",
        ),
        ("It took 40 GPU-hours.", "no hardware  GPU: it is part of a unit of device time"),
        (
            "The L2 of the fig is eaten.",
            "no hardware  L2: it is a device only with its maker or a class noun",
        ),
        (
            "A class-incremental model (CIM) learns.",
            "no hardware  CIM: it can mean other things, and no word",
        ),
        (
            "We like Figs.com data.",
            "no url       Figs.com: a domain alone needs a path, or a word such as at",
        ),
        ("See https://fig.org:99999/x.", "no url       https://: no host with a valid port stands behind"),
        ("The STREAM runs.", "no dataset   STREAM: it needs a word such as dataset or benchmark beside it"),
        ("We use the BLEU dataset.", "no dataset   BLEU: the name is that of a model, a method or software"),
    ],
)
def test_explain_says_why_a_name_is_not_taken(sentence: str, line: str) -> None:
    assert line in _run("explain", sentence).output


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FooQA has many questions, FooQA has 3 GPUs.", ["FooQA"]),
        ("LumoNet is 2x faster than TessaNet-2. LumoNet runs on a Zeta X9.", ["X9"]),
        ("A Low-Rank LLM for the U.S. and me@FooBar.org: see x.org/FooBar.", []),
        ("It has 91% accuracy on FooBench. LumoSet is \ufb01ne.", ["LumoSet"]),
    ],
)
def test_explain_tells_names_that_no_rule_looked_at(text: str, names: list[str]) -> None:
    unknown = explain(text).unknown
    assert [each["text"] for each in unknown] == names
    assert [text[each["start"] : each["end"]] for each in unknown] == names
    line = f"not read     {', '.join(names)}: in no list of hardware or datasets"
    assert (line in _run("explain", text).output) == bool(names)


def test_explain_refuses_no_name_that_is_taken() -> None:
    assert explain("We test FigNet on the PlumBench dataset with an H100 GPU, see figs.org/x.").refused == ()


def test_explain_lists_no_cue_that_is_used() -> None:
    value, percent = explain(SENTENCE).sentences[0].values
    assert value.claim is not None
    assert (value.unused, percent.unused) == ((), ())


def test_explain_says_where_a_continued_value_is_from() -> None:
    explanation = explain("It is 2.5x faster than Foo on short texts, and 3.5x on long ones.")
    second = explanation.sentences[0].values[1]
    assert second.claim is not None
    assert second.claim["kind"] == "speedup"
    assert "ellipsis" in second.sources["rule"]
    assert any(heading == "rule" for heading, _ in summary(second))


def test_check_without_a_path_is_of_the_built_in_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run("rules", "check").output == "0 problems\n"

    def broken(_: object) -> None:
        raise RuleError([RuleProblem("is broken", file="x.yaml", line=3)])

    monkeypatch.setattr("extractor.workbench.rulebench.engine_of", broken)
    result = _run("rules", "check")
    assert (result.exit_code, result.output) == (1, "x.yaml:3: is broken\n1 problem\n")
