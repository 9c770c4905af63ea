"""The package as others get it: what its metadata says, and what scripts/check_wheel.py sees."""

from __future__ import annotations

import inspect
import json
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

import extractor
from extractor.commands.serve import serve

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
METADATA = "paperclaims-0.1.0.dist-info/METADATA"


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return import_module("links")


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return import_module("check_wheel")


@pytest.mark.parametrize(
    ("page", "there", "nowhere"),
    [
        ("See [a](b.md#c).", "See [a](X/b.md#c).", "See a."),
        ("[site](https://example.org) [here](#below)",) * 3,
        ("![drawn](i.png)\nText", "![drawn](X/i.png)\nText", "\nText"),
        ("`[a](b)` and [`code`](b.py)", "`[a](b)` and [`code`](X/b.py)", "`[a](b)` and `code`"),
        ("```\n[a](b)\n```\n[a](b)\n", "```\n[a](b)\n```\n[a](X/b)\n", "```\n[a](b)\n```\na\n"),
        (
            '<picture>\n<source srcset="d.png">\n<img src="l.png">\n</picture>\n\nText',
            '<picture>\n<source srcset="X/d.png">\n<img src="X/l.png">\n</picture>\n\nText',
            "Text",
        ),
    ],
)
def test_links_are_pointed_elsewhere(links: Any, page: str, there: str, nowhere: str) -> None:
    assert links.repointed(page, lambda target, _: f"X/{target}") == there
    assert links.repointed(page, lambda *_: None) == nowhere


@pytest.mark.parametrize("address", [None, "https://example.org/lumo/paperclaims"])
def test_the_readme_of_the_metadata_has_no_relative_link(
    links: Any, wheels: Any, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("hatchling", reason="hatchling builds the package; pip install hatchling")
    monkeypatch.syspath_prepend(str(ROOT))
    for name in ("PROJECT_URL", "CI_PROJECT_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    if address:
        monkeypatch.setenv("PROJECT_URL", f"{address}/")
    metadata: dict[str, Any] = {}
    import_module("hatch_build").CustomMetadataHook(str(ROOT), {}).update(metadata)
    page = metadata["readme"]["text"]
    assert wheels.RELATIVE.findall(page) == []
    assert wheels.RELATIVE.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert (f"]({address}/blob/HEAD/docs/batch.md)" in page) == bool(address)
    assert (f'src="{address}/raw/HEAD/docs/img/report-light.png"' in page) == bool(address)
    assert metadata.get("urls", {}).get("Repository") == address


def test_a_wheel_that_is_not_whole_is_told(wheels: Any, tmp_path: Path) -> None:
    path = tmp_path / "paperclaims-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*wheels.HOLDS[1:], "tests/test_x.py"):
            archive.writestr(name, "")
        archive.writestr(METADATA, "Name: paperclaims\n\nSee [the guide](docs/guide.md).")
    told = list(wheels.faults(path))
    assert told == [
        f"{wheels.HOLDS[0]} is missing",
        "tests/test_x.py does not belong there",
        "](docs/guide.md) leads nowhere on an index of packages",
    ]


def test_all_that_a_wheel_must_hold_is_put_into_it() -> None:
    shipped = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert all((ROOT / place).exists() for place in shipped)
    assert {"extractor/_rules", "extractor/_rules/own-kinds.md", "extractor/_gold/dev.jsonl"} == set(
        shipped.values()
    )
    assert (Path(extractor.__file__).parent / "py.typed").exists()


def test_the_citation_is_of_this_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == extractor.__version__
    assert cited["license"] == PROJECT["project"]["license"]
    assert [author["name"] for author in cited["authors"]] == [
        author["name"] for author in PROJECT["project"]["authors"]
    ]


def test_the_container_runs_as_a_user_who_can_write_and_opens_the_port_of_the_service() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    last = lines[max(place for place, line in enumerate(lines) if line.startswith("FROM ")) :]
    steps = [line.partition(" ")[::2] for line in last if line]
    told = dict(steps)
    assert f"useradd --create-home {told['USER']}" in told["RUN"]
    assert f"install --directory --owner={told['USER']} {told['WORKDIR']}" in told["RUN"]
    assert [name for name, _ in steps].index("RUN") < [name for name, _ in steps].index("USER")
    assert json.loads(told["ENTRYPOINT"]) == list(PROJECT["project"]["scripts"])
    port = inspect.signature(serve).parameters["port"].default
    assert told["EXPOSE"] == str(port)


def test_the_container_is_given_all_that_the_build_reads() -> None:
    given = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[0] == "!"
    }
    build = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        *build["packages"],
        *build["force-include"],
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
    }
    assert needed | {"scripts/links.py"} == given
    assert all((ROOT / name).exists() for name in given)
