"""Real processes, killed at random moments or without room on the disk: resuming makes the same bytes."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.batch.run import BatchOptions, run_batch
from extractor.tables.writers import make_layout

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")
TESTS = Path(__file__).parent
PAPERS = 300  # of about 1 ms each
ROUNDS = int(os.environ.get("EXTRACTOR_KILL_ROUNDS", "1"))  # for each case; a release is tested with more


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "in.jsonl"
    rows = [
        {"id": f"p{n}", "abstract": f"It is {n}x faster. " * (n % 4) or "Nothing."} for n in range(PAPERS)
    ]
    rows[50]["abstract"] = ""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def undisturbed(source: Path, out: Path) -> dict[str, bytes]:
    """Returns the files of a run that nothing disturbs, in this process."""
    options = BatchOptions(chunk=7, commit_seconds=0.0)
    run_batch([str(source)], out, make_layout(str(out)), options=options, parser="fake_parser:parse_slowly")
    return files_of(out.parent)


def start(source: Path, out: Path, processes: int, mode: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        str(TESTS / "batch_process.py"),
        str(source),
        str(out),
        str(processes),
        "7",
        mode,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while not path.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


@pytest.mark.parametrize(("name", "processes"), [("o.csv", 1), ("o.csv", 2), ("o.parquet", 1)])
def test_kill_and_resume(source: Path, tmp_path: Path, name: str, processes: int) -> None:
    whole = undisturbed(source, tmp_path / "whole" / name)
    chance = random.Random()
    resumed_midway = 0
    for number in range(ROUNDS):
        out = tmp_path / str(number) / name
        mode = "fresh"
        for _ in range(3):
            process = start(source, out, processes, mode)
            wait_for(out.with_name(f"{name}.partial") / "journal.json", process)
            time.sleep(chance.uniform(0, 0.25))
            process.kill()
            process.communicate()
            assert not out.exists() or out.read_bytes() == whole[name]
            resumed_midway += not out.exists()
            mode = "resume"
        finish(start(source, out, processes, mode))
        assert files_of(out.parent) == whole, f"round {number}"
    assert resumed_midway


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the workers in /proc")
def test_killed_workers_change_nothing(source: Path, tmp_path: Path) -> None:
    whole = undisturbed(source, tmp_path / "whole" / "o.csv")
    process = start(source, tmp_path / "hurt" / "o.csv", 2, "fresh")
    wait_for(tmp_path / "hurt" / "o.csv.partial" / "journal.json", process)
    killed = 0
    for _ in range(2):
        time.sleep(random.Random().uniform(0.05, 0.3))
        for child in children(process.pid)[:1]:
            os.kill(child, signal.SIGKILL)
            killed += 1
    finish(process)
    assert killed
    assert files_of(tmp_path / "hurt") == whole


def children(parent: int) -> list[int]:
    """Returns the workers of a process (spawned Pythons; their resource tracker is left alone)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            ppid = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if ppid == parent and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def test_a_full_disk_is_reported_and_the_run_resumed(source: Path, tmp_path: Path) -> None:
    whole = undisturbed(source, tmp_path / "whole" / "o.csv")
    out = tmp_path / "full" / "o.csv"
    command = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)); "
        f"import sys; sys.argv = ['x', {str(source)!r}, {str(out)!r}, '1', '7', 'fresh']; "
        f"sys.path.insert(0, {str(TESTS)!r}); import batch_process; batch_process.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode != 0
    assert "File too large; what was done is kept, continue with --resume" in ended.stderr
    assert not out.exists()
    kept = json.loads((out.with_name("o.csv.partial") / "journal.json").read_text())
    assert kept["items"] > 0
    finish(start(source, out, 1, "resume"))
    assert files_of(out.parent) == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no small disk can be made: {error}")
    if mounted.returncode:
        pytest.skip(f"no small disk can be made: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", ["o.csv", "o.parquet", "o.sqlite", "o.duckdb"])
def test_a_disk_that_fills_up_is_reported_and_the_run_resumed(
    tmp_path: Path, small_disk: Path, name: str
) -> None:
    source = tmp_path / "in.jsonl"
    number = 60 if name in ("o.sqlite", "o.duckdb") else 900  # 60 fit as lines, but not beside the database
    rows = [{"id": f"p{n}", "abstract": f"It is {n}x faster."} for n in range(number)]
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    whole = undisturbed(source, tmp_path / "whole" / name)
    process = start(source, small_disk / name, 1, "fresh")
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert errors.count("what was done is kept, continue with --resume") == 1
    assert not (small_disk / name).exists()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    finish(start(source, small_disk / name, 1, "resume"))
    assert not (small_disk / f"{name}.partial").exists()
    found = files_of(small_disk)
    if name == "o.duckdb":  # no two files of this database are the same
        del found[name], whole[name]
    assert found == whole
