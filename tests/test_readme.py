"""What README.md shows is what happens."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOURS = re.findall(r"```python\n(.*?)```\n\n(?:It )?prints:?\n\n```text\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^    \$ extractor (parse .*)\n((?:    .+\n)+)", README, re.MULTILINE)


def stripped(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("code", "output"), TOURS)
def test_a_tour_prints_what_is_shown(code: str, output: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert stripped(printed.getvalue()) == stripped(output)


@pytest.mark.parametrize(("command", "output"), COMMANDS)
def test_a_command_prints_what_is_shown(command: str, output: str) -> None:
    arguments = [sys.executable, "-m", "extractor", *shlex.split(command)]
    done = subprocess.run(arguments, capture_output=True, check=True)
    assert stripped(done.stdout.decode()) == stripped(output)


def test_there_are_examples_and_their_links_lead_somewhere() -> None:
    assert TOURS
    assert COMMANDS
    links = re.findall(r"\]\(([^)#]+)", README)
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []
