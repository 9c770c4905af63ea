"""Standard streams that are closed, full or no longer read, signals, and a bare environment: processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from warm_commands import run_command

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a shell and signals")
TEXT = "Our cache is 2.5x faster than the old one on an A100."
EXTRACTOR = f"{sys.executable} -m extractor"


def shell(command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command, its `extractor` with the exit code of the whole pipe."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("extractor ", f"{EXTRACTOR} ", 1)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        cwd=cwd,
        env={**os.environ, **environment},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"id": f"p{n}", "abstract": TEXT} for n in range(20)]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return tmp_path


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_that_is_not_needed_does_no_harm(folder: Path, closed: str) -> None:
    done = shell(f"extractor run in.jsonl -o o.csv {closed}", folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "o.csv").read_text().count("speedup") == 20


NEEDED = [
    (f"parse '{TEXT}' >&-", "error: standard output: Bad file descriptor\n"),
    ("run in.jsonl -o - >&-", "error: standard output: Bad file descriptor\n"),
    ("--help >&-", "error: standard output: Bad file descriptor\n"),
    ("parse - <&-", "error: standard input: cannot be read: Bad file descriptor\n"),
    ("run - -o - <&-", "cannot be read: Bad file descriptor\n"),
]
if Path("/dev/full").exists():
    NEEDED += [
        (f"parse '{TEXT}' > /dev/full", "error: standard output: No space left on device\n"),
        ("run in.jsonl -o - > /dev/full", "error: standard output: No space left on device\n"),
        ("rules list > /dev/full", "error: standard output: No space left on device\n"),
    ]


@pytest.mark.parametrize(("command", "message"), NEEDED, ids=[command for command, _ in NEEDED])
def test_a_stream_that_is_needed_and_fails_is_told(folder: Path, command: str, message: str) -> None:
    done = shell(f"extractor {command}", folder)
    assert done.returncode == 1
    assert done.stderr.endswith(message)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "run in.jsonl -o -",
        "run in.jsonl -o o.csv --show 9",
        f"parse '{TEXT}'",
        "--help",
        "run --help",
        "rules list",
    ],
)
def test_a_reader_that_has_read_enough_is_no_error(folder: Path, command: str) -> None:
    lines = int("help" not in command)
    done = shell(f"extractor {command} | head -n {lines}", folder)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == lines
    assert not {"Traceback", "error", "Exception"} & set(done.stderr.replace(":", " ").split())


@pytest.mark.parametrize("command", ["evaluate gold.jsonl --resamples 0", "agreement gold.jsonl gold.jsonl"])
def test_the_files_are_whole_where_the_reader_of_the_tables_leaves(folder: Path, command: str) -> None:
    (folder / "gold.jsonl").write_text(json.dumps({"id": "a", "title": None, "abstract": TEXT, "claims": []}))
    run_command(*command.split(), "--json", "whole.json", cwd=folder)
    done = shell(f"extractor {command} --json r.json | head -n 0", folder)
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "r.json").read_text()) == json.loads((folder / "whole.json").read_text())


def test_a_bare_environment(folder: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    (folder / "in.jsonl").write_text(json.dumps({"id": "größe ➝", "abstract": f"µ: {TEXT}"}))
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-m", "extractor", "run", "in.jsonl", "-o", "o.csv", "--show", "2"],
        capture_output=True,
        check=False,
        timeout=600,
        cwd=folder,
        env={**environment, **plain},
    )
    assert done.returncode == 0, done.stderr
    assert b"gr\\xf6\\xdfe" in done.stdout
    assert "größe ➝" in (folder / "o.csv").read_text("utf-8")


# Heeds what the shell or nohup above the tests may ignore.
HEEDING = (
    "import signal; from extractor.cli import main; "
    "[signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]; "
    "main()"
)


@pytest.fixture
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has made something last and has much to do."""
    with (folder / "in.jsonl").open("a") as stream:
        for number in range(20_000):
            stream.write(
                json.dumps({"id": f"q{number}", "abstract": f"{TEXT} It is {number}x faster."}) + "\n"
            )
    command = [sys.executable, "-c", HEEDING, "run", "in.jsonl", "-o", "o.csv", "--chunk", "5"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    journal = folder / "o.csv.partial" / "journal.json"
    deadline = time.monotonic() + 500
    while time.monotonic() < deadline and process.poll() is None:
        if journal.exists() and json.loads(journal.read_text())["items"]:
            break
        time.sleep(0.02)
    with process:
        yield process
        process.kill()


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_signals_that_end_a_run_keep_what_was_done(
    folder: Path, running: subprocess.Popen[str], name: str, code: int
) -> None:
    running.send_signal(getattr(signal, name))
    _, errors = running.communicate(timeout=300)
    assert running.returncode == code
    ended = "interrupted" if name == "SIGINT" else f"ended by {name}"
    assert errors == f"{ended}; what was done is kept, continue with --resume\n"
    assert json.loads((folder / "o.csv.partial" / "journal.json").read_text())["items"]


def test_a_second_run_is_refused_and_the_first_named(folder: Path, running: subprocess.Popen[str]) -> None:
    done = shell("extractor run in.jsonl -o o.csv --resume", folder)
    assert done.returncode == 1
    assert f"error: another run (process {running.pid} on " in done.stderr
    running.kill()  # the lock goes with it
    running.wait()
    (folder / "few.jsonl").write_text(json.dumps({"id": "a", "abstract": TEXT}))
    assert shell("extractor run few.jsonl -o o.csv", folder).returncode == 0
    assert not (folder / "o.csv.partial").exists()
