"""The site: it is built without a warning, its pages say what the code is, and their examples work."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from guide_blocks import blocks, run_commands
from typer.testing import CliRunner

import extractor
from extractor.cli import build_app, command_modules
from extractor.knowledge.kindfiles import builtin_kinds

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
# What a browser fetches when it opens a page; a link that a reader follows is none.
FETCHED = re.compile(
    r'<(?:script|img|iframe|source)\b[^>]*?\bsrc="(?:https?:)?//|<link\b[^>]*?href="(?:https?:)?//'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for name in ("mkdocs", "material", "mkdocstrings", "mkdocs_jupyter"):
        pytest.importorskip(name, reason=f"{name} is missing: pip install -e '.[docs]'")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return out


def words(page: Path) -> str:
    """Returns a page as one reads it, with single blanks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))).split())


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    assert [page.name for page in pages if FETCHED.search(page.read_text(encoding="utf-8"))] == []
    assert FETCHED.search('<script src="https://example.org/x.js">')


def test_the_tutorial_shows_what_this_code_prints(site: Path) -> None:
    page = words(site / "tutorial.html")
    assert "3x faster FooEdit relative.comparative-alone" in page
    assert "2.3x faster than TessaNet - factor 2.3" in page
    cells = json.loads((DOCS / "tutorial.ipynb").read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)  # they are made with the site


def test_the_command_line_is_all_there(site: Path) -> None:
    page = words(site / "commands.html")
    assert [name for name in command_modules() if f"extractor {name}" not in page] == []
    assert "--min-confidence" in page


def test_the_record_is_all_there(site: Path) -> None:
    page = (site / "record.html").read_text(encoding="utf-8")
    for spec in builtin_kinds().specs:
        _, _, part = page.partition(f'id="{spec.name}"')
        part = part.partition("<h3")[0]
        names = (*(each.name for each in spec.attributes), *spec.derived)
        assert [name for name in names if f"<code>{name}</code>" not in part] == []
        rows = re.findall(r"<tr>\s*<td>.*?</tr>", part, re.DOTALL)
        assert len(rows) == len(names)
        assert [row for row in rows if re.search(r"<td>\s*</td>", row)] == []  # each says what it means


def test_the_api_is_all_there(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    names = [name for name in extractor.__all__ if name not in ("Claim", "__version__")]
    assert [name for name in names if f'id="extractor.{name}"' not in page] == []


def test_links_between_pages_of_the_repository_are_links_of_the_site(site: Path) -> None:
    assert 'href="guidelines.html#confidence"' not in (site / "index.html").read_text(encoding="utf-8")
    assert 'href="own-kinds.html"' in (site / "rules.html").read_text(encoding="utf-8")
    assert 'href="schemas/index.html"' in (site / "own-kinds.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "least"), [("index.md", 5), ("evaluation.md", 1)])
def test_a_guide_does_what_it_says(
    name: str, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out, ran = "", 0
    for what, block in blocks(DOCS / name):
        if what == "commands":
            run_commands(block)
        elif what == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(block, name, "exec"), {})
            out = stream.getvalue()
        else:
            assert what == "prints"
            assert out == block
        ran += 1
    assert ran >= least


def commands_told() -> dict[str, list[str]]:
    """Returns the commands of the pages: in fences, indented, after a prompt, and within sentences."""
    pages = [
        *DOCS.glob("*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "rules/README.md")),
    ]
    told = {}
    for page in pages:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        fences = "\n".join(re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE))
        lines = re.findall(r"^ *(?:\$ |\w+ \S+ \| )?(extractor .*)$", fences, re.MULTILINE)
        lines += re.findall(r"^ {4}(?:\$ |\w+ \S+ \| )?(extractor .*)$", text, re.MULTILINE)
        told[page.name] = lines + re.findall(r"`(extractor [^`]*)`", text)
    return told


def test_every_command_that_a_page_tells_has_the_options_it_is_given() -> None:
    root = typer.main.get_command(build_app())
    tried = 0
    for page, lines in commands_told().items():
        for line in lines:
            command: Any = root
            words = re.split(r"\s+#\s|\|", line)[0].split()[1:]
            while words and words[0] in getattr(command, "commands", ()):
                command = command.commands[words.pop(0)]
            known = {"-h", "--help"} | {option for each in command.params for option in each.opts}
            given = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
            assert given <= known, f"{page}: {line}"
            named = words[:1] if hasattr(command, "commands") else []
            assert not any(word.isalpha() and word.islower() for word in named), f"{page}: {line}"
            tried += 1
    assert tried > 80


def test_hooks_and_recipes_name_commands_that_there_are() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    page = (DOCS / "recipes.md").read_text(encoding="utf-8")
    recipes = re.findall(r"<!-- (workflow|pre-commit) -->\n```yaml\n(.*?)```", page, re.DOTALL)
    loaded: list[tuple[str, Any]] = [(what, yaml.safe_load(text)) for what, text in recipes]
    used = [hook for what, each in loaded if what == "pre-commit" for hook in each["repos"][0]["hooks"]]
    assert {hook["id"] for hook in used} <= {hook["id"] for hook in hooks}
    steps = [
        step["run"]
        for what, each in loaded
        if what == "workflow"
        for step in each["jobs"]["rules"]["steps"][2:]
    ]
    entries = [hook["entry"] for hook in (*hooks, *used) if "entry" in hook]
    lines = [line for line in (*steps, *entries) if line.startswith("extractor")]
    assert len(lines) == 6
    runner = CliRunner()
    for line in lines:
        names = line.split()[1:3] if "rules" in line.split()[1] else line.split()[1:2]
        assert runner.invoke(build_app(), [*names, "--help"]).exit_code == 0, line
