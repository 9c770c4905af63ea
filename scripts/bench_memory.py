"""Prints the resident memory in MB after so many different abstracts, as JSON; run in a fresh process.

usage: bench_memory.py FILE SIZE [SIZE ...]
Abstracts of the file are read again and again, each time with another made-up word behind, as new texts have.
"""

from __future__ import annotations

import json
import resource
import sys
from itertools import count
from pathlib import Path

from bench import read_abstracts

import extractor


def resident() -> float:
    """Returns the resident memory of this process in MB; where the system hides it, its highest so far."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Reads the abstracts and prints the memory at each size."""
    sizes = sorted({int(size) for size in sys.argv[2:]})
    texts = read_abstracts(Path(sys.argv[1]), sizes[-1])
    told: dict[int, float] = {}
    for done in count(1):
        extractor.parse(f"{texts[done % len(texts)]} Word{done:x} is 2x faster than Base{done:x}Net.")
        if done in sizes:
            told[done] = resident()
        if done >= sizes[-1]:
            break
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
