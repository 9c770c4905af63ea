"""Prints the rates of several passes over the same abstracts in a fresh process, by processor time, as JSON.

usage: bench_first.py FILE PASSES
Patterns are compiled when a text first needs them, so the first pass is the slowest. What the start takes is
not counted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench import read_abstracts

import extractor


def main() -> None:
    """Reads the abstracts so often and prints the rate of each pass, in abstracts a second."""
    texts = read_abstracts(Path(sys.argv[1]))
    extractor.parse("")  # makes the engine
    rates: list[float] = []
    for _ in range(int(sys.argv[2])):
        begin = time.process_time()
        for text in texts:
            extractor.parse(text)
        rates.append(len(texts) / max(time.process_time() - begin, 1e-9))
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
