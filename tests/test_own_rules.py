"""A user's own rules, in every command and function that reads papers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import spacy
from rule_samples import GOOD
from typer.testing import CliRunner, Result

import extractor
from extractor import Change, RuleError
from extractor.cli import build_app
from extractor.engine import Engine, engine_of
from extractor.rulelang.ruleset import RuleFile

TEXT = "The editor is 3x snappier."


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.jsonl"
    lines = [json.dumps({"id": str(number), "abstract": TEXT}) + "\n" for number in range(5)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments])


def test_without_them_nothing_is_found() -> None:
    assert extractor.parse(TEXT).claims == ()


@pytest.mark.parametrize("folder", [False, True])
def test_parse(rules: Path, folder: bool) -> None:
    result = _run("parse", TEXT, "--json", "--rules", rules.parent if folder else rules)
    assert [claim["rule"] for claim in json.loads(result.output)["claims"]] == ["relative.snappier"]


def test_a_table_is_read_again_with_the_engine_that_was_made(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As map_partitions does: an engine takes many times as long as ten rows."""
    table = pd.DataFrame({"id": range(10), "abstract": [TEXT] * 10})
    first = extractor.parse_frame(table, rules=rules)
    monkeypatch.setattr(Engine, "__init__", lambda *_: pytest.fail("made anew"))
    assert extractor.parse_frame(table, rules=[str(rules)]).equals(first)
    assert len(first) == 10


@pytest.mark.parametrize("given", [str, Path, lambda path: [str(path)], lambda path: (path,)])
def test_functions(rules: Path, given: Callable[[Path], str | Path | Sequence[str | Path]]) -> None:
    own = given(rules)
    (found,) = extractor.parse_many([TEXT], rules=own)
    assert [claim.rule for claim in found.claims] == ["relative.snappier"]
    frame = extractor.parse_frame(pd.DataFrame({"abstract": [TEXT]}), rules=own)
    assert [*frame["rule"]] == ["relative.snappier"]
    doc = extractor.load(rules=own)(TEXT)
    assert [span.id_ for span in doc.spans["claims"]] == ["relative.snappier"]


@pytest.mark.parametrize("given", [str, lambda path: [str(path)]])
def test_spacy_config(rules: Path, given: Callable[[Path], str | list[str]]) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("claims", config={"rules": given(rules)})
    doc = nlp(TEXT)
    assert [span.id_ for span in doc.spans["claims"]] == ["relative.snappier"]


def test_files_of_a_folder_keep_their_order(rules: Path, papers: Path) -> None:
    (rules.parent / "too-late.yaml").write_text(GOOD.replace("relative.s", "relative.late-s"))
    one = _run("parse", TEXT, "--json", "--rules", rules.parent)
    assert [claim["rule"] for claim in json.loads(one.output)["claims"]] == ["relative.snappier"]
    assert _run("run", papers, "-o", "-", "--rules", rules.parent).stdout.count("relative.snappier") == 5


def test_number_tells_the_factor(tmp_path: Path) -> None:
    numbers = {"share": "vestige", "step": "cutback", None: "leftover"}
    rules = [
        {
            "id": f"relative.{word}",
            "kind": "relative",
            "status": "experimental",
            "pattern": f"(cue: {word}) of {{vals}}",
            "set": {"sense": "down"} | ({"number": number} if number else {}),
        }
        for number, word in numbers.items()
    ]
    own = tmp_path / "mine.yaml"
    own.write_text(json.dumps({"rules": rules}), encoding="utf-8")
    for number, percent, fraction in (("share", 0.2, 2 / 3), ("step", 0.8, 1 / 3), (None, 0.8, 2 / 3)):
        texts = [f"It has a memory {numbers[number]} of {value}." for value in ("20%", "two thirds")]
        claims = [claim for found in extractor.parse_many(texts, rules=own) for claim in found.claims]
        assert [claim.rule for claim in claims] == [f"relative.{numbers[number]}"] * 2
        again = [Change.model_validate_json(claim.model_dump_json()) for claim in claims]
        assert [claim.factor for claim in again] == [pytest.approx(percent), pytest.approx(fraction)]


@pytest.mark.parametrize(
    ("settings", "number"),
    [("{sense: down}", "gone"), ("{sense: down, number: step}", "gone"), ("{number: share}", "left")],
)
def test_a_replaced_rule_has_its_own_number(settings: str, number: str) -> None:
    rule = "id: relative.share-left, kind: relative, status: experimental, pattern: '{vals} vestige'"
    engine = engine_of(RuleFile("mine.yaml", f"rules: [{{{rule}, set: {settings}}}]"))
    (claim,) = engine.parse("It has a memory of 20% vestige.").claims
    assert isinstance(claim, Change)
    assert claim.number == number


def test_a_number_is_share_or_step() -> None:
    rule = "id: relative.mine, kind: relative, status: experimental, pattern: '{vals} vestige'"
    with pytest.raises(RuleError, match="setting number must be one of share, step"):
        engine_of(RuleFile("mine.yaml", f"rules: [{{{rule}, set: {{number: half}}}}]"))


@pytest.mark.parametrize("processes", [1, 2])
def test_run(rules: Path, papers: Path, tmp_path: Path, processes: int) -> None:
    out = tmp_path / "out.jsonl"
    result = _run("run", papers, "-o", out, "--rules", rules, "--processes", processes)
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["id"], row["text"], row["rule"]) for row in rows] == [
        (str(number), "3x", "relative.snappier") for number in range(5)
    ]


def test_run_to_standard_output(rules: Path, papers: Path) -> None:
    result = _run("run", papers, "-o", "-", "--rules", rules)
    assert result.stdout.count("relative.snappier") == 5


def _manifest(papers: Path, out: Path, *more: object) -> dict[str, Any]:
    assert _run("run", papers, "-o", out, *more).exit_code == 0
    found: dict[str, Any] = json.loads(Path(f"{out}.manifest.json").read_text())
    return found


def test_the_manifest_tells_them_apart(rules: Path, papers: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    ours, theirs = _manifest(papers, out), _manifest(papers, out, "--rules", rules)
    assert ours["rules"] != theirs["rules"]
    assert theirs["counts"]["claims"] == 5
    again = _run("run", papers, "-o", out, "--rules", rules, "--resume")
    assert "5 papers read, 5 claims" in again.output
    rules.write_text(GOOD.replace("snappier", "perkier"), encoding="utf-8")
    changed = _manifest(papers, out, "--rules", rules, "--resume")
    assert changed["counts"]["claims"] == 0  # a run that is complete, but not of these rules, begins again


def test_evaluate(rules: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    found = extractor.parse_many([{"id": "1", "abstract": TEXT}], rules=[rules])
    record = next(found).model_dump(mode="json")
    for label in record["claims"]:
        for name in ("rule", "confidence", "link_confidence"):
            del label[name]
    gold.write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert _run("evaluate", gold, "--fail-under", "detect=1", "--rules", rules).exit_code == 0
    assert _run("evaluate", gold, "--fail-under", "detect=1").exit_code == 1


@pytest.mark.parametrize("command", [["parse", TEXT], ["run", "{papers}", "-o", "{out}"]])
def test_faults_are_told(papers: Path, tmp_path: Path, command: list[str]) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(GOOD.replace("{vals}", "{valz}"), encoding="utf-8")
    out = tmp_path / "out.csv"
    words = [word.format(papers=papers, out=out) for word in command]
    for path, reason in ((wrong, "valz"), (tmp_path / "gone.yaml", "gone.yaml")):
        result = _run(*words, "--rules", path)
        assert result.exit_code != 0
        assert reason in str(result.exception or result.output)
    assert not out.exists()
    assert not Path(f"{out}.partial").exists()


def test_words_that_a_rule_reads_are_no_metric_unless_it_says_so(tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text(
        "rules:\n  - id: relative.in-the-dust\n    kind: relative\n    status: experimental\n"
        '    pattern: "{vals} in (its|their|the) dust"\n    set: {sense: fast}\n'
    )
    (claim,) = extractor.parse("LumoNet leaves all others 3x in the dust.", rules=rules).speedups
    assert (claim.rule, claim.metric) == ("relative.in-the-dust", None)
