"""Renderings of an evaluation and of a comparison, and the commands that print them."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from evaluation_samples import claim, paper
from heron_samples import ALARM, BAD, CHIP, GOLD, GOOD, POND, POWER, SPEEDUP, TEXT, WRONG, found
from rich.console import Console
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.errors import ExtractorError, InputError
from extractor.evaluation.comparison import compare
from extractor.evaluation.ratchet import (
    baseline_of,
    write_baseline,
)
from extractor.evaluation.render import escape, from_json, print_evaluation, to_json, to_markdown
from extractor.evaluation.report_tables import TIER_NOTES
from extractor.evaluation.run import evaluate
from extractor.labels.gold import load_gold
from extractor.labels.goldfile import write_gold
from extractor.outputs import unwritable

if TYPE_CHECKING:
    pass


def printed(**options: object) -> str:
    stream = StringIO()
    print_evaluation(BAD, Console(file=stream, width=130, highlight=False), **options)  # type: ignore[arg-type]
    return stream.getvalue()


# --- renderings ---


def test_json_is_read_back_equal(tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text(to_json(BAD), encoding="utf-8")
    assert from_json(tmp_path / "e.json") == BAD


@pytest.mark.parametrize("content", ["", "[]", '{"rows": 3}', None])
def test_json_that_is_no_evaluation_is_named(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "e.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"e\.json: (is no evaluation|cannot be read).*evaluate --json"):
        from_json(tmp_path / "e.json")


def test_the_terminal_shows_scores_and_marked_errors() -> None:
    text = printed(errors=10, by="rule")
    assert re.search(r"^micro +4 +3 +0\.571", text, re.MULTILINE)
    assert re.search(r"^dataset\.x +dataset +1 +0 +1 +0 +1 +0$", text, re.MULTILINE)
    assert "It runs on an M5 ‹chip <b>›and</b>" in text
    assert "Heron sorts «4x» faster" in text
    assert "metric: predicted None, gold 'faster'" in text
    assert "4 of 4" in text
    assert "Errors" not in printed()


def test_a_narrow_terminal_gets_narrow_tables() -> None:
    stream = StringIO()
    print_evaluation(BAD, Console(file=stream, width=72, highlight=False), by="rule")
    assert re.search(r"^micro +4 +3 +0\.571 +0\.571 +0\.286 +0\.286$", stream.getvalue(), re.MULTILINE)
    assert re.search(r"^dataset\.x +1 +1 +1 +0$", stream.getvalue(), re.MULTILINE)


def test_a_kind_that_does_not_occur_is_left_out() -> None:
    assert not re.search(r"^parameters", printed(), re.MULTILINE)


def test_the_number_of_errors_can_be_limited() -> None:
    assert printed(errors=2).count("«") + printed(errors=2).count("‹") == 2 + 2  # two errors and the legend


def test_markdown_has_tables_and_escapes_the_input() -> None:
    text = to_markdown(BAD, title="A *title*")
    assert text.startswith("# A \\*title\\*\n")
    assert "| micro | 4 | 3 | 0.571" in text
    assert "<b>‹chip \\<b\\>›</b>and\\</b\\>" in text
    assert "\\*Pond\\*" in text
    assert "## Errors: 4" in text
    assert "## Errors" not in to_markdown(BAD, errors=0)
    widths = {
        line.count(" | ") for line in text.split("## Precision /")[0].splitlines() if line.startswith("| ")
    }
    assert len(widths) == 1


@pytest.mark.parametrize(
    ("text", "expected"), [("a|b\nc", "a\\|b c"), ("<script>", "\\<script\\>"), (" $x_1$ ", " \\$x\\_1\\$ ")]
)
def test_escape(text: str, expected: str) -> None:
    assert escape(text) == expected


# --- comparison ---


def test_comparison_lists_what_was_fixed_and_what_broke() -> None:
    old = evaluate(GOLD, found(WRONG, CHIP, ALARM, POWER))
    new = evaluate(
        GOLD,
        found(SPEEDUP.model_copy(update={"metric": None}), POND, POWER.model_copy(update={"value": 8.0})),
    )
    result = compare(old, new)
    assert [(each.kind, each.type, each.attribute) for each in result.fixed] == [
        ("speedup", "wrong_attribute", "bound"),
        ("dataset", "miss", None),
        ("dataset", "false_alarm", None),
    ]
    assert [(each.kind, each.type, each.attribute, each.gold) for each in result.broken] == [
        ("quantity", "wrong_attribute", "value", 9.0),
        ("hardware", "miss", None, None),
    ]
    changed = {(each.row, each.tier): (each.old, each.new) for each in result.scores}
    assert changed["dataset", "detect"] == (0, 1)
    assert ("speedup", "detect") not in changed


def test_a_claim_now_missed_breaks_once_and_fixes_nothing() -> None:
    result = compare(evaluate(GOLD, found(WRONG)), evaluate(GOLD, found()))
    assert result.fixed == ()
    assert [(each.kind, each.type) for each in result.broken] == [("speedup", "miss")]


def test_a_miss_found_with_wrong_attributes_is_fixed_and_breaks_nothing() -> None:
    result = compare(evaluate(GOLD, found()), evaluate(GOLD, found(WRONG)))
    assert [(each.kind, each.type) for each in result.fixed] == [("speedup", "miss")]
    assert result.broken == ()


def test_abstracts_that_are_not_the_same_are_named_and_left_out() -> None:
    other = [paper("h1", TEXT, SPEEDUP), paper("h3", "More.")]
    result = compare(GOOD, evaluate(other, other))
    assert (result.relabelled, result.only_old, result.only_new) == (("h1",), ("h2",), ("h3",))
    assert result.fixed == result.broken == ()


# --- commands ---


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_gold(tmp_path / "gold.jsonl", GOLD)
    write_gold(tmp_path / "bad.jsonl", found(WRONG, CHIP, ALARM))
    return tmp_path


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(build_app(), [str(each) for each in arguments])
    if isinstance(result.exception, ExtractorError):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_evaluate_writes_every_rendering(files: Path) -> None:
    outputs = [files / "e.json", files / "e.md", files / "e.html"]
    options = [
        part for pair in zip(("--json", "--markdown", "--report"), outputs, strict=True) for part in pair
    ]
    code, out, told = run(
        "evaluate", files / "gold.jsonl", "--predictions", files / "bad.jsonl", *options, "--errors", 3
    )
    assert code == 0
    assert told.split("\n")[:3] == [f"{path}: written" for path in outputs]
    for tier, note in TIER_NOTES.items():  # said here and on the page
        assert f"{tier:6}  {note}" in out
        assert note in outputs[2].read_text("utf-8")
    assert "3 of 4" in out
    assert from_json(outputs[0]) == BAD
    assert outputs[1].read_text("utf-8") == to_markdown(BAD)
    assert "<html" in outputs[2].read_text("utf-8")


LIMITS = [
    ("record=0.9", 1, "micro record F1 is 0.2857, below 0.9"),
    ("record=0.2", 0, ""),
    ("all.detect=0.5", 0, ""),
    ("hardware.linked=1", 0, ""),
    ("speedup.linked=0.1", 1, "speedup linked F1 is 0.0000, below 0.1"),
    ("url.detect=0.5", 1, "url detect F1 is not defined"),
    ("detect=half", 2, "is not [ROW.]TIER=SCORE"),
    ("detect=1.5", 2, "is not [ROW.]TIER=SCORE"),
    ("detect=1..5", 2, "is not [ROW.]TIER=SCORE"),
    ("weather.detect=0.5", 2, "is not [ROW.]TIER=SCORE"),
]


@pytest.mark.parametrize(("limit", "code", "message"), LIMITS)
def test_evaluate_fails_under_a_limit(limit: str, code: int, message: str, files: Path) -> None:
    found_code, _, err = run(
        *("evaluate", files / "gold.jsonl", "--predictions", files / "bad.jsonl", "--fail-under", limit)
    )
    assert found_code == code
    assert message in " ".join(err.replace("│", " ").split())


def test_evaluate_holds_the_baseline(files: Path) -> None:
    write_baseline(files / "b.json", baseline_of(GOOD))
    arguments = ("evaluate", files / "gold.jsonl", "--baseline", files / "b.json", "--predictions")
    code, _, err = run(*arguments, files / "bad.jsonl")
    assert (code, err.count("failed:")) == (1, 6)
    assert run(*arguments, files / "gold.jsonl")[0] == 0


def test_evaluate_runs_the_extractor_without_predictions(files: Path) -> None:
    code, out, _ = run("evaluate", files / "gold.jsonl", "--resamples", 0)
    assert code == 0
    assert "F1 on 2 abstracts" in out


def test_evaluate_refuses_rules_that_would_not_run(files: Path) -> None:
    gold, mine = files / "gold.jsonl", files / "mine.yaml"
    mine.write_text("rules: []\n", encoding="utf-8")
    code, _, err = run("evaluate", gold, "--predictions", gold, "--rules", mine)
    assert code == 2
    assert "--rules: is for the extractor" in err


@pytest.mark.parametrize(
    "command",
    ["evaluate gone.jsonl", "compare gone.json gone.json", "agreement gone.jsonl gone.jsonl"],
)
def test_a_missing_file_is_told_in_words(command: str) -> None:
    with pytest.raises(InputError, match=r"^gone\.jsonl?: cannot be read \(no such file\); "):
        run(*command.split())


def test_evaluate_names_broken_gold(files: Path) -> None:
    (files / "gold.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"gold\.jsonl:1: 'id' is missing"):
        run("evaluate", files / "gold.jsonl", "--predictions", files / "bad.jsonl")


def test_compare_prints_and_fails_if_asked(files: Path) -> None:
    for name, result in (("old", GOOD), ("new", BAD)):
        (files / f"{name}.json").write_text(to_json(result), encoding="utf-8")
    code, out, _ = run("compare", files / "old.json", files / "new.json", "--json", files / "c.json")
    assert code == 0
    assert "broken: 5" in out
    assert "fixed: 0" in out
    assert len(json.loads((files / "c.json").read_text("utf-8"))["broken"]) == 5
    assert run("compare", files / "old.json", files / "new.json", "--fail-on-broken")[0] == 1
    assert run("compare", files / "new.json", files / "old.json", "--fail-on-broken")[0] == 0


def test_agreement_command_takes_labels_with_and_without_abstracts(files: Path) -> None:
    for name in ("gold", "bad"):
        lines = [json.loads(line) for line in (files / f"{name}.jsonl").read_text("utf-8").splitlines()]
        kept = [
            {"id": line["id"], "claims": [each | {"rule": None} for each in line["claims"]]} for line in lines
        ]
        text = "".join(json.dumps(line) + "\n" for line in kept)
        (files / f"{name}-labels.jsonl").write_text(text, encoding="utf-8")
    labels = (
        "agreement",
        files / "gold-labels.jsonl",
        files / "bad-labels.jsonl",
        "--json",
        files / "a.json",
    )
    for more in ((), ("--abstracts", files / "gold.jsonl"), ("--errors", 5)):
        code, out, _ = run(*labels, *more)
        assert code == 0
        assert re.search(r"set by at least one +5 +1\.000", out)
        assert json.loads((files / "a.json").read_text("utf-8"))["labels"] == 5


def test_convert_command(files: Path) -> None:
    assert run("convert", files / "gold.jsonl", files / "brat")[0] == 0
    assert run("convert", files / "brat", files / "back.jsonl", "--to", "gold")[0] == 0
    assert load_gold([files / "back.jsonl"]) == tuple(GOLD)


# --- odd input ---

ODD = "A \x1b[31mred\x00 word, \ud800 and 3x faster."


def test_odd_characters_pass_through_every_rendering(tmp_path: Path) -> None:
    gold = [paper("o", ODD, claim(ODD, "speedup", "3x", value=3.0), claim(ODD, "dataset", "\ud800"))]
    result = evaluate(
        gold, [paper("o", ODD, claim(ODD, "dataset", "red\x00"), claim(ODD, "dataset", "\ud800 and"))]
    )
    (tmp_path / "e.json").write_text(to_json(result), encoding="utf-8")
    assert from_json(tmp_path / "e.json") == result
    stream = StringIO()
    print_evaluation(result, Console(file=stream, width=130), errors=9)
    for text in (stream.getvalue(), to_markdown(result)):
        assert not {"\x1b", "\x00", "\ud800"} & set(text)
    write_gold(tmp_path / "gold.jsonl", gold)
    outputs = [
        part for name in ("json", "markdown", "report") for part in (f"--{name}", tmp_path / f"out.{name}")
    ]
    assert run("evaluate", tmp_path / "gold.jsonl", *outputs, "--errors", 9)[0] == 0


@pytest.mark.parametrize("option", ["--json", "--markdown", "--report"])
def test_a_file_that_cannot_be_written_is_named(option: str, files: Path) -> None:
    gold, target = files / "gold.jsonl", files / "missing" / "out"
    with pytest.raises(InputError, match="missing/out: cannot be written"):
        run("evaluate", gold, "--predictions", gold, option, target)


def test_why_a_file_cannot_be_written_says_what_to_do() -> None:
    told = {FileNotFoundError: "the folder must be there", PermissionError: "in which you may write"}
    for kind, todo in {**told, IsADirectoryError: "name a place that can be"}.items():
        message = unwritable(kind(1, "Why"))
        assert message.startswith("cannot be written (Why); ")
        assert todo in message


OVERWRITING = [
    ("evaluate gold.jsonl --json gold.jsonl", "gold.jsonl"),
    ("evaluate gold.jsonl --predictions bad.jsonl --markdown bad.jsonl", "bad.jsonl"),
    ("evaluate gold.jsonl --baseline bad.jsonl --report bad.jsonl", "bad.jsonl"),
    ("evaluate gold.jsonl --json again/gold.jsonl", "gold.jsonl"),
    ("compare gold.jsonl bad.jsonl --json bad.jsonl", "bad.jsonl"),
    ("agreement gold.jsonl bad.jsonl --json gold.jsonl", "gold.jsonl"),
    ("convert gold.jsonl gold.jsonl --to doccano", "gold.jsonl"),
    ("view gold.jsonl -o gold.jsonl", "gold.jsonl"),
    ("run bad.jsonl -o gold.jsonl --rules gold.jsonl", "gold.jsonl"),
]


@pytest.mark.parametrize(("command", "kept"), OVERWRITING)
def test_no_command_writes_over_its_input(
    command: str, kept: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    (files / "again").symlink_to(files, target_is_directory=True)
    before = (files / kept).read_bytes()
    with pytest.raises(InputError, match=r"jsonl: is an input and the output at once; name another output"):
        run(*command.split())
    assert (files / kept).read_bytes() == before


@pytest.mark.parametrize(
    "command", ["view gold.jsonl -o {}", "atlas gold.jsonl -o {}", "evaluate gold.jsonl --report {}"]
)
def test_no_page_is_written_over_what_is_none(command: str, files: Path) -> None:
    words = [str(files / word) if word.endswith(".jsonl") else word for word in command.split()]
    mine = files / "list.xlsx"
    mine.write_bytes(b"PK mine")
    with pytest.raises(InputError, match=r"list\.xlsx: is there already and no page"):
        run(*(word.format(mine) for word in words))
    assert mine.read_bytes() == b"PK mine"
    page = files / "page.html"
    for before in ("", "<!DOCTYPE html><p>old"):
        page.write_text(before)
        assert run(*(word.format(page) for word in words))[0] == 0
        assert len(page.read_text("utf-8")) > 1000


@pytest.mark.parametrize("to", ["gold", "doccano", "label-studio", "docbin"])
def test_a_conversion_that_cannot_be_written_is_named(to: str, files: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        run("convert", files / "gold.jsonl", files / "gold.jsonl" / "out", "--to", to)
