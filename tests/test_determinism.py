"""The same bytes however a run is made, and no socket: processes of their own, as a user starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

GOLD = Path(__file__).parent.parent / "gold" / "dev.jsonl"
PAPERS = 24
# Packages that some features need and that many installations have; without them, the rest works the same.
OPTIONAL = (
    "pyarrow duckdb plotly openpyxl xlsxwriter defusedxml bibtexparser rispy dask distributed fsspec "
    "quantulum3 sklearn scipy hypothesis jsonschema"
).split()
# Runs commands, each a list, in one process; some packages cannot be imported, and whoever goes out is ended.
SCRIPT = """
import json, os, sys
commands, missing, forbidden = json.load(sys.stdin)
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
def hook(event, arguments):
    local = event == "socket.__new__" and arguments[1] == 1  # between the processes of a run
    if event.startswith("socket.") and event != "socket.gethostname" and not local:
        os.write(2, f"{event} {arguments}".encode())
        os._exit(77)
if forbidden:
    sys.addaudithook(hook)
from extractor.cli import main
for command in commands:
    sys.argv = ["extractor", *command]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
if not forbidden:
    sys.exit(0)
import extractor
assert extractor.parse("It is 2x faster than Foo, see https://foo.org/bar.").claims
import socket
socket.socket(socket.AF_INET)
"""


def work(
    commands: list[list[str]],
    folder: Path,
    missing: Sequence[str] = (),
    *,
    forbidden: bool = False,
    seed: str = "0",
) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps([commands, missing, forbidden]),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()[:PAPERS]]
    papers = [{name: row[name] for name in ("id", "title", "abstract")} for row in rows]
    (folder / "in.jsonl").write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    (folder / "gold.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows[:10]))
    return folder


def commands(processes: int, chunk: int) -> list[list[str]]:
    """Returns a run, and what else writes files."""
    options = ["--processes", str(processes), "--chunk", str(chunk)]
    return [
        ["run", "../in.jsonl", "-o", "records.jsonl", *options],
        ["view", "records.jsonl", "-o", "page.html"],
        ["evaluate", "../gold.jsonl", "--resamples", "20", "--json", "evaluation.json"],
    ]


def written(folder: Path) -> dict[str, bytes]:
    """Returns what the runs wrote; a manifest without when, where and how it was made."""
    found = {}
    for path in folder.iterdir():
        content = path.read_bytes()
        if "manifest" in path.name:
            content = json.dumps(json.loads(content)["counts"]).encode()
        found[path.name] = content
    return found


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, bytes]:
    done = work(commands(1, 200), folder / "plain")
    assert done.returncode == 0, done.stderr
    found = written(folder / "plain")
    assert found["records.jsonl"].count(b"\n") > PAPERS / 2
    return found


@pytest.mark.parametrize(("seed", "way", "bare"), [("1", (1, 1), False), ("2", (2, 1), True)])
def test_the_same_bytes(
    folder: Path, expected: dict[str, bytes], seed: str, way: tuple[int, int], bare: bool
) -> None:
    """Of hash seeds, processes and chunks; after other work, and with nothing optional."""
    warm = [["parse", "It is 3x faster than Foo on ImageNet."]] if seed == "1" else []
    done = work(warm + commands(*way), folder / f"run{seed}", OPTIONAL if bare else [], seed=seed)
    assert done.returncode == 0, done.stderr
    assert written(folder / f"run{seed}") == expected


def test_no_command_goes_out(folder: Path, expected: dict[str, bytes]) -> None:
    done = work(commands(2, 7), folder / "offline", forbidden=True, seed="3")
    # the script ends with a socket of its own: it is told of, and so would have been another before it
    assert done.returncode == 77, done.stderr
    assert done.stderr.count("socket.__new__") == done.stderr.count("socket.") - 1 == 1, done.stderr
    assert written(folder / "offline") == expected
