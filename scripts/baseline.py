"""Moves the ratchet: runs the extractor on the gold set, and writes what it reaches as the new baseline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ending import run

from extractor.engine import parse
from extractor.evaluation.agreement import agreement
from extractor.evaluation.headline import readme_scores
from extractor.evaluation.ratchet import (
    add_to_changelog,
    baseline_of,
    changelog_entry,
    falls,
    read_baseline,
    replace_block,
    write_baseline,
)
from extractor.evaluation.run import evaluate
from extractor.labels.gold import load_gold

if TYPE_CHECKING:
    from extractor.evaluation.results import Evaluation
    from extractor.record.schema import Extraction

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
    path = root / "gold" / "baseline.json"
    gold = load_gold([root / "gold" / "dev.jsonl"])
    evaluation = evaluate(gold, [parse(each.abstract, id=each.id, title=each.title) for each in gold])
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
    if entry:
        write_baseline(path, new)
        log = root / "CHANGELOG.md"
        log.write_text(
            add_to_changelog(log.read_text("utf-8") if log.exists() else "", entry), encoding="utf-8"
        )
    renew_readme(root, gold, evaluation)
    print(entry or "the scores are those of the baseline; nothing to move")
    return 0


def renew_readme(root: Path, gold: tuple[Extraction, ...], evaluation: Evaluation) -> None:
    """Writes the score table between ``<!-- scores -->`` and ``<!-- /scores -->`` of the README."""
    readme, labels = root / "README.md", sorted((root / "gold" / "annotators").glob("*.jsonl"))
    if not readme.exists() or len(labels) != 2:
        return
    texts = {str(each.id): each for each in gold}
    first, second = (load_gold([path], abstracts=texts) for path in labels)
    block = readme_scores(evaluation, agreement(first, second))
    readme.write_text(replace_block(readme.read_text("utf-8"), "scores", block), encoding="utf-8")


if __name__ == "__main__":
    run(main)
