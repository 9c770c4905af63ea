"""CONTRIBUTING.md: its first rule works, and the house is laid out as it says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from guide_blocks import blocks, run_commands

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "CONTRIBUTING.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_first_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = list(blocks(PAGE))
    for what, block in found:
        if what.startswith("file: "):
            (tmp_path / what.removeprefix("file: ")).write_text(block, encoding="utf-8")
        else:
            run_commands(block)
    assert [what for what, _ in found].count("commands") == 3


def test_the_wings_are_those_of_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    layers = [set(layer.split(" | ")) for layer in contract["layers"]]
    rows = re.findall(r"^\| \d+ \| (.*?) \|", TEXT, re.MULTILINE)
    told = [set(re.findall(r"`(\w+)`", wings)) for wings in rows]
    assert told[0] == layers[1] | layers[2]
    assert told[1:] == layers[3:]
    names = [
        path.stem
        for path in (ROOT / "extractor").iterdir()
        if path.name[0] != "_" and path.suffix != ".typed"
    ]
    assert sorted(names) == sorted(set.union(*told))


def test_the_places_that_it_names_are_there() -> None:
    for place in re.findall(r"`((?:rules|extractor|gold|docs|scripts|tests)/[\w./]*)`", TEXT):
        assert (ROOT / place).exists(), place
