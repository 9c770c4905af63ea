"""Writes what the examples of README.md print under them, after rules have changed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
TOUR = re.compile(r"(```python\n(.*?)```\n\n(?:It )?prints:?\n\n```text\n).*?```", re.DOTALL)
COMMAND = re.compile(r"^(    \$ extractor (parse .*)\n)(?:    .+\n)+", re.MULTILINE)


def _output(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout.rstrip()


def _tour(found: re.Match[str]) -> str:
    return f"{found[1]}{_output('-c', found[2])}\n```"


def _command(found: re.Match[str]) -> str:
    lines = _output("-m", "extractor", *shlex.split(found[2])).splitlines()
    return found[1] + "".join(f"    {line.rstrip()}\n" for line in lines)


def main() -> None:
    """Rewrites the file."""
    text = README.read_text(encoding="utf-8")
    README.write_text(COMMAND.sub(_command, TOUR.sub(_tour, text)), encoding="utf-8")


if __name__ == "__main__":
    main()
