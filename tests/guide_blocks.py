"""Runs the blocks of a guide: its files are written, its commands print what it says."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from extractor.cli import build_app

_WHAT = r"file: \S+|commands|python|prints"
BLOCK = re.compile(rf"^ *<!-- ({_WHAT}) -->\n *```\w*\n(.*?)```", re.DOTALL | re.MULTILINE)


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Yields the marked blocks of a page, with what each is."""
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield match[1], textwrap.dedent(match[2])


def squeezed(text: str) -> list[str]:
    """Returns the lines without what a table pads."""
    return [" ".join(line.split()) for line in text.splitlines()]


def run_command(line: str, printed: list[str]) -> None:
    """Runs a command; it must print the lines."""
    program, *arguments = shlex.split(line)
    if program == "rm":
        for name in arguments:
            Path(name).unlink()
        return
    assert program == "extractor"
    result = CliRunner().invoke(build_app(), arguments)
    out = squeezed(result.output)
    assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception}"
    for wanted in squeezed("\n".join(printed)):
        assert wanted in out, f"{line} does not print {wanted!r} but\n{result.output}"


def run_commands(block: str) -> None:
    """Runs the commands of a block."""
    for part in block.split("$ ")[1:]:
        line, *printed = part.splitlines()
        run_command(line, printed)
