"""Runs a batch in a process of its own, for the tests to kill. usage: IN OUT PROCESSES CHUNK fresh|resume"""

from __future__ import annotations

import sys

from extractor.batch.run import BatchOptions, run_batch
from extractor.tables.writers import make_layout


def main() -> None:
    source, out, processes, chunk, mode = sys.argv[1:]
    options = BatchOptions(
        processes=int(processes), chunk=int(chunk), resume=mode == "resume", commit_seconds=0.0
    )
    run_batch([source], out, make_layout(out), options=options, parser="fake_parser:parse_slowly")


if __name__ == "__main__":
    main()
