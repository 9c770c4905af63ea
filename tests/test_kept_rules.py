"""The built-in rules as they are kept are what their files say, and are taken for the same files and code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from extractor.knowledge import snapshot, sources
from extractor.knowledge.model import builtin
from extractor.rulelang import keptrules
from extractor.rulelang.keptrules import KeptRule
from extractor.rulelang.ruleset import Ruleset, read_ruleset, write_kept


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(snapshot.FOLDER, str(tmp_path / "cache"))
    monkeypatch.setattr(snapshot, "SHIPPED", "none")
    return tmp_path / "cache"


def _read() -> Ruleset:
    ruleset, problems = read_ruleset(builtin(), check=False)
    assert ruleset is not None
    assert not problems
    return ruleset


def _is_kept(ruleset: Ruleset) -> bool:
    return isinstance(ruleset.rules[0], KeptRule)


def _kept(cache: Path) -> list[Path]:
    return [*cache.glob(f"*/{keptrules.NAME}.json")]


@pytest.fixture
def both(cache: Path) -> tuple[Ruleset, Ruleset]:
    """Returns the rules as they are read from their files, and as they were kept by that."""
    read, kept = _read(), _read()
    assert not _is_kept(read)
    assert _is_kept(kept)
    return read, kept


def test_what_is_kept_is_what_the_files_say(both: tuple[Ruleset, Ruleset]) -> None:
    read, kept = both
    files = [file.name for file in sources.builtin_files()]
    assert keptrules.kept_rules(kept, files) == keptrules.kept_rules(read, files)
    assert read.tagger.all_tags() == kept.tagger.all_tags()
    assert all(read.tagger.classes(tag) == kept.tagger.classes(tag) for tag in read.tagger.all_tags())
    assert read.tagger.class_names() == kept.tagger.class_names()
    for one, other in zip(read.active, kept.active, strict=True):
        assert one.written == other.written
        assert one.expression.pattern == other.expression.pattern


def test_a_sieve_of_other_rules_is_not_taken(both: tuple[Ruleset, Ruleset]) -> None:
    read, kept = (replace(each, compiled={**each.compiled, "baseline": ()}) for each in both)
    assert len(kept.sieve.rows) < len(both[1].sieve.rows)
    assert kept.sieve.kept() == read.sieve.kept()


def test_trees_and_sentences_are_read_when_they_are_asked_for(both: tuple[Ruleset, Ruleset]) -> None:
    for one, other in zip(*(ruleset.rules for ruleset in both), strict=True):
        assert other.listed() == one.listed()
        assert (other.examples, other.rejects) == (one.examples, one.rejects)
        assert repr(other.tree) == repr(one.tree)


@pytest.mark.parametrize("changed", ["code", "file"])
def test_what_other_code_or_other_files_made_is_not_taken(
    changed: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read()
    (path,) = _kept(cache)
    before = json.loads(path.read_text(encoding="utf-8"))["of"]
    assert before == keptrules.digest()
    if changed == "code":
        monkeypatch.setattr(keptrules, "_WINGS", keptrules._WINGS[1:])
    else:
        digest = sources._builtin_digest().copy()
        digest.update(b"another rule")
        monkeypatch.setattr(sources, "_builtin_digest", lambda: digest)
    assert not _is_kept(_read())
    assert _is_kept(_read())
    assert json.loads(path.read_text(encoding="utf-8"))["of"] == keptrules.digest() != before


def test_without_the_source_of_the_code_nothing_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keptrules, "_WINGS", (SimpleNamespace(__path__=[str(cache / "nowhere")]),))
    assert keptrules.digest() is None
    assert not _is_kept(_read())
    assert not _is_kept(_read())
    assert not _kept(cache)


def test_where_nothing_can_be_kept_the_files_are_read(cache: Path) -> None:
    cache.write_text("no folder", encoding="utf-8")
    assert not _is_kept(_read())
    assert not _is_kept(_read())


def test_a_wheel_brings_them(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_kept(tmp_path / "shipped")
    monkeypatch.setattr(snapshot, "SHIPPED", tmp_path / "shipped")
    assert _is_kept(_read())
    assert not _kept(cache)
