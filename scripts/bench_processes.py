"""Measures ``extractor run`` with one and two processes, beside two processes that only parse."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench_rows import Row

ROOT = Path(__file__).resolve().parents[1]
COUNTS = (1, 2)
# Reads the abstracts, says that it is ready, waits for a line, and prints the seconds that parsing them took.
_PARSER = """
import json, sys, time, extractor
texts = [json.loads(line)["abstract"] for line in open(sys.argv[1], encoding="utf-8")]
extractor.parse(texts[0])
print("ready", flush=True)
sys.stdin.readline()
begin = time.perf_counter()
for text in texts:
    extractor.parse(text)
print(time.perf_counter() - begin)
"""
# Runs a command; prints its seconds, and the peak of its largest process. A small process of its own does
# that: the peak of a child is at least what its parent had when it was started.
_RUNNER = """
import resource, subprocess, sys, time
begin = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True)
sys.stderr.buffer.write(done.stderr if done.returncode else b"")
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


def process_rows(texts: Sequence[str], repeats: int) -> list[Row]:
    """Lets runs with 1 and 2 processes take turns.

    What two processes that share nothing gain over one is what the machine gives: its processors may share a
    core, a cache or their clock, or other work may go on.

    Args:
        texts: The abstracts.
        repeats: How often each is measured.
    """
    rates: dict[int, list[float]] = {count: [] for count in COUNTS}
    peaks: dict[int, list[float]] = {count: [] for count in COUNTS}
    ceiling: list[float] = []
    same: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = (json.dumps({"id": str(at), "abstract": text}) for at, text in enumerate(texts))
        (folder / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for _ in range(repeats):
            for count in COUNTS:
                seconds, peak = _run(folder, count)
                rates[count].append(len(texts) / seconds)
                peaks[count].append(peak)
            outputs = [(folder / f"{count}.csv").read_bytes() for count in COUNTS]
            same.append(float(outputs[0] == outputs[1]))
            ceiling.append(2 * _parse_at_once(folder, 1) / _parse_at_once(folder, 2))
    faster = tuple(two / one for one, two in zip(rates[1], rates[2], strict=True))
    return [
        *(_row(f"extractor run, {count}: rate", "abstracts/s", rates[count]) for count in COUNTS),
        *(_row(f"extractor run, {count}: peak memory of one", "MB", peaks[count]) for count in COUNTS),
        _row("2 processes / 1", "ratio", faster, ">= 1.7"),
        _row("2 that only parse / 1, what the machine gives", "ratio", ceiling),
        _row("output identical", "", same, "= 1"),
    ]


def _row(what: str, unit: str, values: Sequence[float], goal: str = "") -> Row:
    return Row("processes", what, unit, tuple(values), goal)


def _run(folder: Path, processes: int) -> tuple[float, float]:
    """Runs the batch command; returns its seconds, and the largest process of it in MB."""
    out = folder / f"{processes}.csv"
    for old in folder.glob(f"{out.name}*"):
        old.unlink()
    command = [
        sys.executable, "-m", "extractor", "run", str(folder / "in.jsonl"), "-o", str(out),
        "--processes", str(processes),
    ]  # fmt: skip
    runner = [sys.executable, "-c", _RUNNER, *command]
    done = subprocess.run(runner, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak / (1024**2 if sys.platform == "darwin" else 1024)


def _parse_at_once(folder: Path, processes: int) -> float:
    """Lets some processes parse all abstracts at the same time; returns the seconds of the slowest."""
    command = [sys.executable, "-c", _PARSER, str(folder / "in.jsonl")]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(processes)
    ]
    pipes = [(child.stdin, child.stdout) for child in children if child.stdin and child.stdout]
    for _, out in pipes:
        out.readline()
    for into, _ in pipes:
        into.write("\n")
        into.flush()
    seconds = max(float(out.readline()) for _, out in pipes)
    for child in children:
        child.communicate()
    return seconds
