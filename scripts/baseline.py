"""Moves the ratchet: runs the extractor on the gold set, and writes what it reaches as the new baseline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from extractor.engine import parse
from extractor.errors import ExtractorError
from extractor.evaluation import evaluate
from extractor.gold import load_gold
from extractor.ratchet import (
    add_to_changelog,
    baseline_of,
    changelog_entry,
    falls,
    read_baseline,
    write_baseline,
)

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> int:
    """Moves the baseline.

    Args:
        arguments: Options of the command line.
        root: The checkout.

    Returns:
        0 if it moved or had nothing to move, 1 if a score fell and that was not allowed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--note", default="", help="why the scores moved, for the changelog")
    parser.add_argument("--allow-fall", action="store_true", help="also when a score fell; the note says why")
    options = parser.parse_args(arguments)
    path, log = root / "gold" / "baseline.json", root / "CHANGELOG.md"
    gold = load_gold([root / "gold" / "dev.jsonl"])
    found = [parse(each.abstract, id=each.id, title=each.title) for each in gold]
    evaluation = evaluate(gold, found, resamples=0)
    old, new = (read_baseline(path) if path.exists() else None), baseline_of(evaluation)
    fallen = falls(evaluation, old) if old else []
    for fall in fallen:
        print(f"{fall}", file=sys.stderr)
    if fallen and not (options.allow_fall and options.note):
        print(
            "nothing written; --allow-fall with a --note that says why moves the baseline down",
            file=sys.stderr,
        )
        return 1
    entry = changelog_entry(old, new, options.note)
    if not entry:
        print("the scores are those of the baseline; nothing to move")
        return 0
    write_baseline(path, new)
    log.write_text(add_to_changelog(log.read_text("utf-8") if log.exists() else "", entry), encoding="utf-8")
    print(entry)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ExtractorError as error:
        sys.exit(f"error: {error}")
