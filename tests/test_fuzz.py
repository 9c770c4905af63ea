"""A few inputs of each target of scripts/fuzz.py, and what it has found."""

from __future__ import annotations

import io
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis.database import InMemoryExampleDatabase

from extractor.readers.papers import Reject, read_papers

SCRIPT = Path(__file__).parent.parent / "scripts" / "fuzz.py"


@pytest.fixture(scope="module")
def fuzz() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


@pytest.mark.parametrize(("name", "count"), [("parse", 40), ("numbers", 30), ("rules", 3), ("readers", 150)])
def test_a_few_inputs_break_nothing(fuzz: dict[str, Any], name: str, count: int) -> None:
    tried, fault = fuzz["run"](name, 3, count, InMemoryExampleDatabase())
    assert fault == ""
    assert tried >= count


def test_what_breaks_is_told_with_its_smallest_input(
    fuzz: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def attempt(text: str) -> None:
        assert "3x" not in text

    inputs, _ = fuzz["TARGETS"]["parse"]
    fuzz["TARGETS"]["planted"] = (inputs, attempt)
    fuzz["ROUND"]["planted"] = 200
    try:
        options = ["--only", "planted,numbers", "--seconds", "0.1", "--database", str(tmp_path)]
        assert fuzz["main"](options) == 1
    finally:
        del fuzz["TARGETS"]["planted"]
    out = capsys.readouterr().out
    assert "given='3x'" in out
    assert "1 of 2 targets broken" in out
    assert any(tmp_path.iterdir())  # what failed is remembered, and tried first
    store = fuzz["DirectoryBasedExampleDatabase"](tmp_path)
    fuzz["TARGETS"]["planted"] = (inputs, attempt)
    try:
        assert fuzz["run"]("planted", 1, 9, store)[0] == 1
    finally:
        del fuzz["TARGETS"]["planted"]


def test_a_broken_part_of_a_workbook_is_a_reject(tmp_path: Path, fuzz: dict[str, Any]) -> None:
    sample = fuzz["BINARY"].get("a.xlsx")
    if sample is None:
        pytest.skip("needs openpyxl")
    for broken in zipfile.ZipFile(io.BytesIO(sample)).namelist():
        for content in (b"", b"<a", b"<a/>"):
            path = tmp_path / "a.xlsx"
            with zipfile.ZipFile(io.BytesIO(sample)) as parts, zipfile.ZipFile(path, "w") as others:
                for name in parts.namelist():
                    others.writestr(name, content if name == broken else parts.read(name))
            items = list(read_papers([str(path)]))
            assert items, broken
            assert all(item.reason for item in items if isinstance(item, Reject))


def test_guided_inputs_break_nothing(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is missing: pip install atheris")
    options = ["--guided", "parse", "--seconds", "3", "--database", str(tmp_path)]
    command = [sys.executable, str(SCRIPT), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Done \d+ runs", done.stderr)
    assert list(tmp_path.iterdir()) == []
