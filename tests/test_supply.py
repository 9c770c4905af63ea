"""Requirements have bounds, versions are pinned, and licences are known."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "supply.py"


@pytest.fixture
def supply() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_every_requirement_is_bounded_and_pinned(supply: dict[str, Any]) -> None:
    assert list(supply["faults"]()) == []
    assert {"spacy", "pydantic", "hypothesis", "pyarrow"} <= supply["pinned"]().keys()


def test_what_lacks_a_bound_or_a_version_is_told(supply: dict[str, Any], tmp_path: Path) -> None:
    names = supply["faults"].__globals__
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "paperclaims"\ndependencies = ["spacy>=3", "rich>=13,<14", "regex>=1,<9999"]\n'
        '[project.optional-dependencies]\ndev = ["paperclaims[more]"]\nmore = ["foo>=1,<2"]\n'
    )
    (tmp_path / "constraints.txt").write_text("# made\nspacy==3.8\nrich==15.0\nregex==2025.1\n")
    names["TOP"], names["LOCK"] = tmp_path, tmp_path / "constraints.txt"
    told = [fault.partition(":")[0] for fault in supply["faults"]()]
    assert told == ["spacy>=3", "rich<14,>=13", "foo<2,>=1"]


@pytest.mark.parametrize(
    ("about", "licence", "free"),
    [
        ({"License-Expression": "MIT"}, "MIT", True),
        ({"License": "GPL-3.0-only"}, "GPL-3.0-only", False),
        ({"License": "BSD 3-Clause\nlong text"}, "BSD 3-Clause", True),
        (
            {"Classifier": ["License :: OSI Approved", "License :: OSI Approved :: MIT License"]},
            "MIT License",
            True,
        ),
        ({}, "", False),
    ],
)
def test_licences_are_read(supply: dict[str, Any], about: dict[str, Any], licence: str, free: bool) -> None:
    class About(dict[str, Any]):
        def __missing__(self, name: str) -> None:
            return None

        def get_all(self, name: str) -> Any:
            return self.get(name)

    found = supply["licence_of"](SimpleNamespace(metadata=About(about), files=[]))
    assert found == licence
    assert bool(supply["FREE"].search(found)) == free


def test_what_is_installed_has_a_licence_that_goes_with_ours(
    supply: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert supply["main"](["licences"]) == 0
    assert "spacy " in capsys.readouterr().out


def test_an_audit_that_cannot_be_made_says_so(
    supply: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert supply["main"](["audit"]) == supply["NOT_LOOKED_UP"]
    assert "not looked up: pip-audit is not installed" in capsys.readouterr().err
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    offline = SimpleNamespace(returncode=1, stdout="", stderr="ConnectionError: no route to host\n")
    monkeypatch.setattr("subprocess.run", lambda *_, **__: offline)
    assert supply["main"](["audit"]) == supply["NOT_LOOKED_UP"]
    assert "is there a network?" in capsys.readouterr().err


@pytest.fixture
def audit(
    supply: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Any], tuple[int, str]]:
    def ask(packages: Any) -> tuple[int, str]:
        done = SimpleNamespace(returncode=0, stdout=json.dumps({"dependencies": packages}), stderr="")
        monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
        monkeypatch.setattr("subprocess.run", lambda *_, **__: done)
        code = supply["main"](["audit"])
        return code, capsys.readouterr().out

    return ask


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ([{"name": "foo", "version": "1", "vulns": []}], 0, "1 of 1 packages looked up, 0 known faults"),
        ([{"name": "foo", "skip_reason": "not found"}], 3, "0 of 1 packages looked up"),
        (
            [{"name": "foo", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}],
            1,
            "foo 1: CVE-1, mended in ['1.1']",
        ),
    ],
)
def test_an_audit_tells_what_it_looked_up(
    audit: Callable[[Any], tuple[int, str]], packages: list[dict[str, Any]], code: int, told: str
) -> None:
    assert audit(packages)[0] == code
    assert told in audit(packages)[1]
