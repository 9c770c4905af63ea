"""The built-in documents as JSON are what the YAML says, and are taken only for the same files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor.knowledge import snapshot
from extractor.knowledge.layers import together
from extractor.knowledge.sources import RULES, builtin_by_sort
from extractor.knowledge.strictyaml import parse_yaml

SORTS = sorted(builtin_by_sort().keys() - {RULES, "dataset-rules"})


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(snapshot.FOLDER, str(tmp_path / "cache"))
    monkeypatch.setattr(snapshot, "SHIPPED", "none")
    return tmp_path / "cache"


def _kept(cache: Path, sort: str) -> Path:
    (found,) = cache.glob(f"*/{sort}.json")
    return found


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_kept_is_what_the_files_say(sort: str, cache: Path) -> None:
    said = together([parse_yaml(file.text, file.name) or {} for file in builtin_by_sort()[sort]])
    assert snapshot.builtin_document(sort) == said
    assert _kept(cache, sort).stat().st_size > 70
    assert snapshot.builtin_document(sort) == said


def test_what_is_kept_is_read_and_never_shared(cache: Path) -> None:
    snapshot.builtin_document("numerals")
    path = _kept(cache, "numerals")
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**kept, "document": {"lumo": []}}), encoding="utf-8")
    assert snapshot.builtin_document("numerals") == {"lumo": []}
    assert snapshot.builtin_document("numerals") is not snapshot.builtin_document("numerals")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"of": "0", "document": {}}', "[" * 99_999, "\ud800"], ids=str
)
def test_what_is_not_of_these_files_is_written_anew(text: str, cache: Path) -> None:
    said = snapshot.builtin_document("numerals")
    path = _kept(cache, "numerals")
    whole = path.read_bytes()
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    assert snapshot.builtin_document("numerals") == said
    assert path.read_bytes() == whole
    assert [each.name for each in path.parent.iterdir()] == ["numerals.json"]


def test_a_document_of_the_right_hash_and_the_wrong_kind_is_none(cache: Path) -> None:
    said = snapshot.builtin_document("numerals")
    path = _kept(cache, "numerals")
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**kept, "document": ["lumo"]}), encoding="utf-8")
    assert snapshot.builtin_document("numerals") == said


def test_where_nothing_can_be_kept_the_files_are_read(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("no folder", encoding="utf-8")
    assert snapshot.builtin_document("numerals")
    monkeypatch.setenv(snapshot.FOLDER, "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert snapshot.builtin_document("numerals")
    assert not (tmp_path / "home").exists()


def test_rules_for_datasets_keep_their_lines(cache: Path) -> None:
    document = snapshot.builtin_document("dataset-rules")
    entries = [each for part in document.values() for each in part if hasattr(each, "line")]
    assert entries
    assert all(entry.file.endswith(".yaml") for entry in entries)
    assert not cache.exists()


def test_a_wheel_brings_them(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot.write_snapshots(tmp_path / "shipped")
    assert sorted(path.stem for path in (tmp_path / "shipped").iterdir()) == SORTS
    monkeypatch.setattr(snapshot, "SHIPPED", tmp_path / "shipped")  # an absolute path stays one
    assert all(snapshot.builtin_document(sort) for sort in SORTS)
    assert not cache.exists()
