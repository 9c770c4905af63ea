"""Renews README.md after rules have changed: what its examples print, and its tables of scores.

The table of split val needs abstracts that are not in the repository: `extractor gold attach gold/labels
SOURCE... -o FILE` makes a file with them, which --attached or the variable EXTRACTOR_ATTACHED names. Without
it the last figures stay, with the date that stands beside them. Those of val also stay where gold/splits.json
says that its errors have been read: newer ones would hold for no other abstracts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from baseline import renew_readme
from ending import run

from extractor.engine import parse
from extractor.evaluation.headline import readme_scores, readme_trust
from extractor.evaluation.ratchet import replace_block
from extractor.evaluation.run import Evaluation, evaluate
from extractor.labels.gold import READ_FREELY, SEALED, load_gold

ROOT = Path(__file__).resolve().parents[1]
TOUR = re.compile(r"(```python\n(.*?)```\n\n(?:It )?prints:?\n\n```text\n).*?```", re.DOTALL)
COMMAND = re.compile(r"^(    \$ extractor (parse .*)\n)(?:    .+\n)+", re.MULTILINE)


def _output(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout.rstrip()


def _tour(found: re.Match[str]) -> str:
    return f"{found[1]}{_output('-c', found[2])}\n```"


def _command(found: re.Match[str]) -> str:
    lines = _output("-m", "extractor", *shlex.split(found[2])).splitlines()
    return found[1] + "".join(f"    {line.rstrip()}\n" for line in lines)


def scores(files: list[Path], split: str, resamples: int = 1000) -> Evaluation:
    """Runs the extractor on the abstracts of a split, and scores it."""
    gold = load_gold(files, split=split)
    found = [parse(each.abstract, id=each.id, title=each.title) for each in gold]
    return evaluate(gold, found, resamples=resamples)


def val_block(attached: Path, resamples: int = 1000) -> str:
    """Writes the tables of split val, with today's date."""
    val = scores([attached], SEALED, resamples)
    title = f"F1 on {val.abstracts} abstracts of val, which no rule was written with ({_today()})"
    return "\n\n".join([readme_scores(val, title=title).strip(), readme_trust(val).strip()])


def splits_block(attached: Path, dev: Path, read: str | None) -> str:
    """Writes a line on all of dev, and one on val where its errors have been read."""
    whole = scores([dev, attached], READ_FREELY, 0)
    lines = [
        f"On all {whole.abstracts} abstracts of dev, with which rules were written or points fitted: "
        f"{_record_and_linked(whole)} ({_today()})."
    ]
    if read:
        since = _record_and_linked(scores([attached], SEALED, 0))
        lines.append(
            f"The errors of val were read on {read}, when its figures had stopped rising: the tables above "
            f"are of the state before that. Rules that came of it put val at {since} ({_today()}), which is "
            "a figure of development and says nothing of other abstracts."
        )
    return "\n\n".join(lines)


def errors_read(root: Path) -> str | None:
    """Returns the day on which the errors of val were read, if they were: gold/splits.json says it."""
    path = root / "gold" / "splits.json"
    splits = json.loads(path.read_text("utf-8")) if path.exists() else {}
    day: str | None = splits.get(SEALED, {}).get("errors_read")
    return day


def _record_and_linked(evaluation: Evaluation) -> str:
    micro = evaluation.row("micro")
    return f"record {micro.record.f1.value or 0:.3f}, linked {micro.linked.f1.value or 0:.3f}"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> int:
    """Rewrites the file."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = os.environ.get("EXTRACTOR_ATTACHED")
    options.add_argument(
        "--attached", type=Path, default=known and Path(known), help="gold with the texts of val"
    )
    options.add_argument("--scores-only", action="store_true", help="leave the examples as they are")
    given = options.parse_args(arguments)
    readme, dev = root / "README.md", root / "gold" / "dev.jsonl"
    text = readme.read_text(encoding="utf-8")
    if not given.scores_only:
        text = COMMAND.sub(_command, TOUR.sub(_tour, text))
    if given.attached:
        read = errors_read(root)
        if not read:
            text = replace_block(text, "val", val_block(given.attached))
        text = replace_block(text, "splits", splits_block(given.attached, dev, read))
    else:
        print("the table of val stays as it is: no --attached file, see --help", file=sys.stderr)
    readme.write_text(text, encoding="utf-8")
    renew_readme(root, load_gold([dev]), scores([dev], READ_FREELY))
    return 0


if __name__ == "__main__":
    run(main)
