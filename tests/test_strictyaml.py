"""Strict YAML: plain words stay text, keys stand once, lines are remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.errors import RuleError
from extractor.knowledge.strictyaml import load_yaml, parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("2:4", "2:4"), ("1_000", "1_000"), ("0x1F", "0x1F"),
        ("2024-01-01", "2024-01-01"), ("12:30:45", "12:30:45"), (".inf", ".inf"), ("True", "True"),
        ("5", 5), ("-5", -5), ("5.5", 5.5), ("1e3", 1000.0), ("true", True), ("null", None), ("~", None),
        ("'5'", "5"), ('"null"', "null"), ("9" * 30, float("9" * 30)),
    ],
)  # fmt: skip
def test_scalars(text: str, value: object) -> None:
    assert parse_yaml(text, "f") == value


def test_lines_are_remembered() -> None:
    document = parse_yaml("a: 1\nb:\n  - x\n  - y: 2\n", "f")
    assert document.lines == {"a": 1, "b": 2}
    assert document["b"].lines == [3, 4]
    assert document["b"][1].line == 4


def test_a_block_among_names_is_one_name_a_line() -> None:
    block = "- |\n    Bar: 2\n    no #1\n\n    12\n"
    text = f"type: datasets\nentries:\n  - Foo\n  {block}  - {{name: Baz}}\nrules:\n  - |\n    a\n    b\n"
    document = parse_yaml(text, "f")
    assert list(document["entries"]) == ["Foo", "Bar: 2", "no #1", "12", {"name": "Baz"}]
    assert document["entries"].lines == [3, 5, 6, 8, 9]
    assert list(document["rules"]) == ["a\nb\n"]  # elsewhere it is a text


def test_duplicate_keys_leave_the_rest_readable() -> None:
    value, problems = read_yaml("a: 1\nb: {c: 1, c: 2}\n", "f")
    assert value["a"] == 1
    assert [str(problem) for problem in problems] == ["f:2: key 'c' stands twice (first on line 2); keep one"]


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"none\.yaml: cannot be read: no such file"):
        load_yaml(tmp_path / "none.yaml")
    with pytest.raises(RuleError, match="cannot be read: Is a directory"):
        load_yaml(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(RuleError, match="cannot be read"):
        load_yaml(tmp_path / "latin.yaml")
