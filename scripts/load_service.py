"""Asks a service of its own from many clients at once, some of them hostile: latencies, statuses, memory.

usage: python scripts/load_service.py [--minutes 10] [--clients 20] [--pause 0.1]
It needs Linux and the extra serve.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
HEADERS = {"content-type": "application/json"}
_TIMES = re.compile(r'queue;dur=([\d.]+);desc="(\d+) ahead", work;dur=([\d.]+)')
_SWITCH = 0.0005  # seconds that a client waits for others of its process to notice its answer
BATCH = 50  # papers of a request with several
SHARE = {
    "one": 80,
    "several": 6,
    "explain": 6,
    "rules": 1,
    "too large": 2,
    "deep": 2,
    "half closed": 2,
    "slow": 1,
}
RULE = """
rules:
  - id: relative.snappier
    kind: relative
    status: stable
    pattern: "{vals} (cue: snappier%d)"
    set: {sense: fast}
    examples: [{text: "It is 3x snappier%d.", expect: [{text: 3x, kind: speedup}]}]
    rejects: ["It is 3x louder."]
"""


@dataclass
class Seen:
    """What the clients met.

    Attributes:
        seconds: How long each request took, by what was asked.
        told: What the service said of those that it read: milliseconds in which they waited for a process and
            in which one worked on them, and how many texts went first.
        statuses: How often each status came, by what was asked.
        memory: Megabytes that all processes of the service hold, with the time of each look.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, list[tuple[float, float, int]]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    memory: list[tuple[float, float]] = field(default_factory=list)


@contextmanager
def service() -> Iterator[tuple[int, str, int]]:
    """Runs `extractor serve`; yields its process, and the host and port it listens on."""
    command = [sys.executable, "-m", "extractor", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.match(r"ready: (\S+)", line):
                break
        else:
            message = "the service did not start"
            raise SystemExit(message)
        threading.Thread(target=lambda: sys.stderr.writelines(process.stderr or ()), daemon=True).start()
        parts = urlsplit(found[1])
        try:
            yield process.pid, parts.hostname or "", parts.port or 0
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


class Client:
    """One client with a connection of its own.

    Args:
        place: Host and port.
        texts: Abstracts to send.
        seen: Where what it meets is written down.
        seed: Of its choices.
    """

    def __init__(self, place: tuple[str, int], texts: list[str], seen: Seen, seed: int) -> None:
        self._place, self._texts, self._seen = place, texts, seen
        self._random = random.Random(seed)
        self._connection = http.client.HTTPConnection(*place, timeout=60)

    def run(self, until: float, pause: float) -> None:
        """Asks until some time, with pauses that are even on average."""
        names, weights = list(SHARE), list(SHARE.values())
        while time.monotonic() < until:
            name = self._random.choices(names, weights)[0]
            started = time.monotonic()
            status = getattr(self, f"_{name.replace(' ', '_')}")()
            self._seen.seconds[name].append(time.monotonic() - started)
            self._seen.statuses[name][status] += 1
            time.sleep(self._random.uniform(0, 2 * pause))

    def _post(self, path: str, body: bytes, name: str = "") -> str:
        try:
            self._connection.request("POST", path, body, HEADERS)
            answer = self._connection.getresponse()
            answer.read()
            if told := _TIMES.match(answer.headers.get("server-timing", "")):
                self._seen.told[name].append((float(told[1]), float(told[3]), int(told[2])))
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return type(error).__name__
        return str(answer.status)

    def _text(self) -> str:
        return self._random.choice(self._texts)

    def _one(self) -> str:
        return self._post("/parse", json.dumps({"abstract": self._text()}).encode(), "one")

    def _several(self) -> str:
        papers = [{"abstract": self._text()} for _ in range(BATCH)]
        return self._post("/parse?format=csv", json.dumps({"papers": papers}).encode(), "several")

    def _explain(self) -> str:
        return self._post("/explain", json.dumps({"text": self._text()}).encode(), "explain")

    def _rules(self) -> str:
        number = self._random.randrange(1000)
        return self._post("/rules/check", json.dumps({"rules": RULE % (number, number)}).encode())

    def _too_large(self) -> str:
        return self._post("/parse", b" " * 1_500_000)

    def _deep(self) -> str:
        return self._post("/parse", b"[" * 100_000)

    def _raw(self, sent: bytes, *, half: bool) -> str:
        with suppress(OSError), socket.create_connection(self._place, timeout=30) as connection:
            connection.sendall(sent)
            if half:
                connection.shutdown(socket.SHUT_WR)
            got = connection.recv(4096)
            return got.split(b" ", 2)[1].decode() if got else "closed"
        return "OSError"

    def _half_closed(self) -> str:
        return self._raw(b"POST /parse HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{", half=True)

    def _slow(self) -> str:
        self._connection.close()  # the service would close it meanwhile
        return self._raw(b"GET /health HTTP/1.1\r\nhost: loc", half=False)


def memory_of(process: int) -> float:
    """Returns the megabytes that a process and its children hold; what they share counts once."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    total = 0
    for each in (str(process), *children):
        with suppress(OSError):
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii")
            total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


def watch(process: int, seen: Seen, until: float) -> None:
    """Writes down the memory every five seconds."""
    started = time.monotonic()
    while time.monotonic() < until:
        seen.memory.append((time.monotonic() - started, memory_of(process)))
        time.sleep(5)


def report(seen: Seen, minutes: float) -> None:
    """Prints the table for docs/serve.md."""
    total = sum(sum(counts.values()) for counts in seen.statuses.values())
    print(f"{total:,} requests in {minutes:g} minutes, {total / minutes / 60:.0f} a second\n")
    print("| request | number | p50 ms | p99 ms | largest | answers |\n| --- | --: | --: | --: | --: | --- |")
    for name in SHARE:
        took = sorted(1000 * each for each in seen.seconds[name])
        if len(took) < 2:
            continue
        p99 = statistics.quantiles(took, n=100)[98]
        answers = ", ".join(f"{status} ({number:,})" for status, number in seen.statuses[name].most_common())
        middle = statistics.median(took)
        print(f"| {name} | {len(took):,} | {middle:.1f} | {p99:.1f} | {took[-1]:.0f} | {answers} |")
    print("\n| request | waited ms, p99 | worked ms, p99 | texts ahead, p50 | p99 | most |")
    print("| --- | --: | --: | --: | --: | --: |")
    for name, told in seen.told.items():
        if len(told) < 2 or not name:
            continue
        waited, worked, ahead = ([each[place] for each in told] for place in range(3))
        p99s = [statistics.quantiles(each, n=100)[98] for each in (waited, worked, ahead)]
        middle = statistics.median(ahead)
        print(f"| {name} | {p99s[0]:.1f} | {p99s[1]:.1f} | {middle:.0f} | {p99s[2]:.0f} | {max(ahead)} |")
    settled = [megabytes for when, megabytes in seen.memory if when >= 60 * minutes / 10]
    tenth = max(1, len(settled) // 10)
    first, last = (statistics.mean(part) for part in (settled[:tenth], settled[-tenth:]))
    grown = f"{last / first - 1:+.1%}"
    print(f"\nmemory: {first:.0f} MB after a tenth of the time, {last:.0f} MB at the end ({grown})")


def main() -> None:
    """Runs it, and prints what came of it; exit code 1 if there was an answer of 500."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two requests, on average")
    parser.add_argument(
        "--without", action="append", default=[], choices=SHARE, help="leave these requests out"
    )
    given = parser.parse_args()
    for name in given.without:
        SHARE[name] = 0
    lines = (ROOT / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["abstract"] for line in lines]
    seen = Seen()
    sys.setswitchinterval(_SWITCH)
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    with service() as (process, host, port):
        until = time.monotonic() + 60 * given.minutes
        clients = [Client((host, port), texts, seen, number) for number in range(given.clients)]
        threads = [threading.Thread(target=client.run, args=(until, given.pause)) for client in clients]
        threads.append(threading.Thread(target=watch, args=(process, seen, until)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    report(seen, given.minutes)
    if any("500" in counts for counts in seen.statuses.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
