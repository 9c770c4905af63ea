"""The baseline that scores must hold, its entry in the changelog, and the script that moves it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from evaluation_samples import claim, paper
from heron_samples import BAD, CHIP, GOLD, GOOD, TEXT, found

from extractor.errors import InputError
from extractor.evaluation.ratchet import (
    add_to_changelog,
    baseline_of,
    changelog_entry,
    falls,
    read_baseline,
    relabelled,
    write_baseline,
)
from extractor.evaluation.run import evaluate
from extractor.labels.goldfile import write_gold

ROOT = Path(__file__).parents[1]


def test_the_ratchet_holds_record_and_linked_of_every_kind(tmp_path: Path) -> None:
    write_baseline(tmp_path / "b.json", baseline_of(GOOD))
    marks = read_baseline(tmp_path / "b.json")
    assert marks == baseline_of(GOOD)
    assert falls(GOOD, marks) == []
    assert [str(each) for each in falls(BAD, marks)] == [
        "speedup: record F1 fell from 1.0000 to 0.0000",
        "speedup: linked F1 fell from 1.0000 to 0.0000",
        "quantity: record F1 fell from 1.0000 to 0.0000",
        "quantity: linked F1 fell from 1.0000 to 0.0000",
        "dataset: record F1 fell from 1.0000 to 0.0000",
        "dataset: linked F1 fell from 1.0000 to 0.0000",
    ]
    assert falls(GOOD, baseline_of(BAD)) == []


def test_a_rounded_mark_is_no_fall() -> None:
    third = evaluate(GOLD, found(CHIP, claim(TEXT, "hardware", "Ibis"), claim(TEXT, "hardware", "9")))
    assert third.row("hardware").record.f1.value == 0.5
    two = evaluate(GOLD, found(CHIP, claim(TEXT, "hardware", "Ibis")))
    assert falls(two, baseline_of(two)) == []


def test_a_gold_set_of_another_size_is_said() -> None:
    assert relabelled(evaluate([GOLD[1]], [GOLD[1]]), baseline_of(GOOD))[0] == (
        "speedup: gold has 0 claims, the baseline was set on 1"
    )


@pytest.mark.parametrize("content", ["{}", "", None])
def test_a_file_that_is_no_baseline_is_named(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "b.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.json: .*scripts/baseline"):
        read_baseline(tmp_path / "b.json")


def test_the_changelog_tells_before_and_after() -> None:
    old, new = baseline_of(BAD), baseline_of(GOOD)
    entry = changelog_entry(old, new, "rules for chips")
    assert entry.startswith("- Scores on `gold/dev.jsonl` (2 abstracts): rules for chips\n\n")
    assert "  | speedup | 1 | 0.000 | 1.000 | 0.000 | 1.000 |\n" in entry
    assert "hardware" not in entry
    assert changelog_entry(new, new) == ""
    assert "  | speedup | 1 | – | 1.000 | – | 1.000 |\n" in changelog_entry(None, new)


CHANGELOGS = [
    ("", "# Changes\n\n## Not released\n\n- new\n"),
    ("# Log\n\n## [Unreleased]\n\n- old\n", "# Log\n\n## [Unreleased]\n\n- new\n\n- old\n"),
    ("# Log\n\n## 0.1.0 (not released)\n", "# Log\n\n## 0.1.0 (not released)\n\n- new\n"),
    ("# Log\n\n## 1.0\n\n- old\n", "# Log\n\n## Not released\n\n- new\n\n## 1.0\n\n- old\n"),
]


@pytest.mark.parametrize(("before", "after"), CHANGELOGS)
def test_the_changelog_entry_stands_under_what_is_not_released(before: str, after: str) -> None:
    assert add_to_changelog(before, "- new\n") == after


def test_the_script_moves_the_baseline_up_and_not_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    main = importlib.import_module("baseline").main
    (tmp_path / "gold").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## 0.1.0 (not released)\n", encoding="utf-8")
    text = "Nothing is measured."
    write_gold(tmp_path / "gold" / "dev.jsonl", [paper("p", text)])
    assert main([], root=tmp_path) == 0
    path = tmp_path / "gold" / "baseline.json"
    assert main([], root=tmp_path) == 0
    assert "nothing to move" in capsys.readouterr().out
    labelled = [paper("p", text, claim(text, "dataset", "measured"))]
    (tmp_path / "gold" / "annotators").mkdir()
    for name in ("dev", "annotators/a", "annotators/b"):
        write_gold(tmp_path / "gold" / f"{name}.jsonl", labelled)
    (tmp_path / "README.md").write_text(
        "# R\n<!-- scores -->\nyesterday\n<!-- /scores -->\nend\n", encoding="utf-8"
    )
    write_baseline(path, baseline_of(GOOD))
    assert main(["--allow-fall"], root=tmp_path) == 1
    assert "dataset: record F1 fell from 1.0000 to 0.0000" in capsys.readouterr().err
    assert read_baseline(path) == baseline_of(GOOD)
    assert main(["--allow-fall", "--note", "gold was mended"], root=tmp_path) == 0
    assert "gold was mended" in (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert read_baseline(path).kinds["dataset"].record == 0
    readme = (tmp_path / "README.md").read_text("utf-8")
    assert "| dataset | 1 | 0 | 0.000" in readme
    assert "agree with each other at 1.000 (record) and 1.000 (linked)" in readme
    assert "yesterday" not in readme
    assert readme.endswith("\n<!-- /scores -->\nend\n")
