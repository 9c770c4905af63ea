"""Nothing from an abstract, an id, a rule file or the name of a file steers the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.errors import GoldError, InputError, RuleProblem, one_line, visible

EVIL = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202egnp\x7f\r"
TEXT = f"It is 2x faster {EVIL} than Foo {EVIL} on an A100."
RULE = """
rules:
  - id: relative.mine
    kind: relative
    status: stable
    pattern: (val: <value>) (met: widgets)
    examples: [{text: "It makes 3x %s widgets.", expect: [{text: 3x, kind: change}]}]
    rejects: ["It has %s widgets."]
"""


def run(*arguments: str, cwd: Path) -> str:
    """Returns all that a command prints."""
    command = [sys.executable, "-m", "extractor", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=cwd)
    return (done.stdout + done.stderr).decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", TEXT],
        ["parse", TEXT],
        ["parse", f"{EVIL}/x.txt"],
        ["run", "in.jsonl", "-o", "o.csv", "--show", "9"],
        ["run", "in.jsonl", "-o", "o.jsonl", "--table", "wide", "--show", "9"],
        ["run", f"{EVIL}.jsonl", "-o", "o.csv"],
        ["run", "in.jsonl", f"{EVIL}.dat", "-o", "o.csv"],
        ["run", f"{EVIL}\n.jsonl", "-o", "o.csv"],
        ["rules", "test", f"{EVIL}.yaml"],
        ["rules", "check", f"{EVIL}.yml"],
        ["rules", "list", f"{EVIL}.yaml"],
        ["evaluate", f"{EVIL}.jsonl"],
        ["evaluate", "gold.jsonl", "--errors", "9", "--resamples", "0"],
        ["view", f"{EVIL}.csv", "-o", "p.html"],
        ["convert", "gold.jsonl", f"{EVIL}.json"],
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:40],
)
def test_no_command_prints_what_steers_a_terminal(tmp_path: Path, arguments: list[str]) -> None:
    papers = [{"id": f"a{EVIL}{n}", "title": EVIL, "abstract": text} for n, text in enumerate((TEXT, ""))]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    (tmp_path / "gold.jsonl").write_text(json.dumps({**papers[0], "claims": []}))
    (tmp_path / f"{EVIL}.dat").write_text("nothing known")
    quoted = json.dumps(EVIL)[1:-1]
    (tmp_path / f"{EVIL}.yaml").write_text(RULE % (quoted, quoted))
    (tmp_path / f"{EVIL}.yml").write_text(f'rules: [{{id: "{quoted}", "{quoted}": 1}}]\n')
    printed = run(*arguments, cwd=tmp_path)
    assert printed.strip()
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f", "\r"} & set(printed)


def test_a_file_is_named_on_one_line() -> None:
    for error in (
        InputError("x", file="a\n:\x1b"),
        GoldError("x", file="a\n:\x1b"),
        RuleProblem("x", file="a\n:\x1b"),
    ):
        assert str(error) == "a\\n:\\x1b: x"
    assert one_line("a\n\tb\x85") == "a\\n\\tb\\x85"
    assert visible("größe\n\tµ → b") == "größe\n\tµ → b"
