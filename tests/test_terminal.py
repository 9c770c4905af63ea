"""Nothing from an abstract, an id, a rule file or the name of a file steers the terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys

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


COMMANDS = [
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
]
# All in one process: each prints a line of ours first, and gets its standard output back.
SCRIPT = """
import json, os, sys
from extractor.cli import main
kept = os.dup(1)
for number, arguments in enumerate(json.load(sys.stdin)):
    os.dup2(kept, 1)
    os.write(1, f"<<<{number}>>>".encode())
    sys.argv = ["extractor", *arguments]
    try:
        main()
    except SystemExit:
        sys.stdout.flush()
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each of the commands prints."""
    folder = tmp_path_factory.mktemp("terminal")
    papers = [{"id": f"a{EVIL}{n}", "title": EVIL, "abstract": text} for n, text in enumerate((TEXT, ""))]
    (folder / "in.jsonl").write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    (folder / "gold.jsonl").write_text(json.dumps({**papers[0], "claims": []}))
    (folder / f"{EVIL}.dat").write_text("nothing known")
    quoted = json.dumps(EVIL)[1:-1]
    (folder / f"{EVIL}.yaml").write_text(RULE % (quoted, quoted))
    (folder / f"{EVIL}.yml").write_text(f'rules: [{{id: "{quoted}", "{quoted}": 1}}]\n')
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(COMMANDS).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
        timeout=600,
        cwd=folder,
    )
    return re.split(r"<<<\d+>>>", done.stdout.decode())[1:]


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_no_command_prints_what_steers_a_terminal(printed: list[str], number: int) -> None:
    assert printed[number].strip()
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f", "\r"} & set(printed[number])


def test_a_file_is_named_on_one_line() -> None:
    for error in (
        InputError("x", file="a\n:\x1b"),
        GoldError("x", file="a\n:\x1b"),
        RuleProblem("x", file="a\n:\x1b"),
    ):
        assert str(error) == "a\\n:\\x1b: x"
    assert one_line("a\n\tb\x85") == "a\\n\\tb\\x85"
    assert visible("größe\n\tµ → b") == "größe\n\tµ → b"
