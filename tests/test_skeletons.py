"""Skeletons: right as they are written, with sentences that pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.engine import engine_of
from extractor.errors import InputError
from extractor.workbench import rulebench
from extractor.workbench.skeletons import skeleton

RULES = [
    *("relative.zippiness", "veto.fooish", "baseline.againstfoo", "bound.foomost", "subject.booms"),
    *("metric.barring", "model.sporting", "quantity.of-foo"),
]


def passes(folder: Path, sentences: int) -> None:
    results = rulebench.examine([folder])
    assert [result.message for result in results if not result.ok] == []
    assert len(results) == sentences


@pytest.mark.parametrize("name", RULES)
def test_a_rule(tmp_path: Path, name: str) -> None:
    (tmp_path / "rule.yaml").write_text(skeleton("rule", name), encoding="utf-8")
    passes(tmp_path, 2)


def test_kinds_with_their_rules_and_terms(tmp_path: Path) -> None:
    for file, text in {
        "water.yaml": skeleton("kind", "water"),
        "water-rules.yaml": skeleton("rule", "water.amount"),
        "open_rate.yaml": skeleton("kind", "open_rate", family="level"),
        "brand.yaml": skeleton("kind", "brand_name", family="thing"),
        "brand-terms.yaml": skeleton("terms", "brand_name"),
    }.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    passes(tmp_path, 4)


@pytest.mark.parametrize(
    ("sort", "name", "message"),
    [
        ("kinds", "water", "'kinds' is none of kind, rule, terms"),
        ("kind", "Water", "'Water' is no name of a kind"),
        ("rule", "water", "'water' is no id of a rule"),
        ("terms", "speedup", "speedup has no list of names; terms are of hardware, datasets, or"),
    ],
)
def test_what_cannot_be_begun(sort: str, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        skeleton(sort, name)


def test_no_file_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["rules", "new", "kind", "water"]
    assert CliRunner().invoke(build_app(), arguments).exit_code == 0
    assert (tmp_path / "water.yaml").read_text(encoding="utf-8") == skeleton("kind", "water")
    assert isinstance(CliRunner().invoke(build_app(), arguments).exception, InputError)
    assert "kind: water" in CliRunner().invoke(build_app(), [*arguments, "--out", "-"]).output


def test_names_of_the_built_in_lists(tmp_path: Path) -> None:
    for name in ("hardware", "dataset"):
        (tmp_path / f"{name}.yaml").write_text(skeleton("terms", name), encoding="utf-8")
    found = engine_of(tmp_path).parse("It runs on an FX900 and reads FenSheets and Quillmere.").claims
    assert [claim.text for claim in found] == ["FX900", "FenSheets", "Quillmere"]


def test_the_guides_come_with_the_package() -> None:
    for arguments, title in ((["guide"], "# The rule language"), (["guide", "kinds"], "# A kind of claim")):
        out = CliRunner().invoke(build_app(), ["rules", *arguments]).output
        assert out.startswith(title)
        folder = Path(out.splitlines()[-1].rpartition(": ")[2])
        assert (folder / "lexicon").is_dir()
    assert CliRunner().invoke(build_app(), ["rules", "guide", "none"]).exit_code == 2
