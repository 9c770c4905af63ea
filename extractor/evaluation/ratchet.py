"""The ratchet: scores that may rise but not fall, and how the changelog and the README tell them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from extractor.errors import InputError, cause
from extractor.evaluation.scoring import Result

if TYPE_CHECKING:
    from extractor.evaluation.results import Evaluation
    from extractor.evaluation.scoring import Row

HELD: tuple[Literal["record", "linked"], ...] = ("record", "linked")
"""The tiers that the ratchet holds."""

_SLACK = 1e-6
_UNRELEASED = re.compile(r"^## .*\b(?:unreleased|not released)\b.*$", re.MULTILINE | re.IGNORECASE)


class Mark(Result):
    """The scores of one row that must be reached again.

    Attributes:
        gold: Gold claims when it was set.
        predicted: Predicted claims when it was set.
        record: F1 of the record tier; None where it was not defined.
        linked: F1 of the linked tier.
    """

    gold: int
    predicted: int
    record: float | None
    linked: float | None


class Baseline(Result):
    """All marks: those of the kinds are held, the micro and macro means stand there to be read.

    Attributes:
        abstracts: Gold abstracts when it was set.
        kinds: Marks of the kinds.
        means: Marks of ``micro`` and ``macro``.
    """

    abstracts: int
    kinds: dict[str, Mark]
    means: dict[str, Mark]


class Fall(Result):
    """A score that fell below its mark."""

    kind: str
    tier: Literal["record", "linked"]
    mark: float
    score: float

    def __str__(self) -> str:
        return f"{self.kind}: {self.tier} F1 fell from {self.mark:.4f} to {self.score:.4f}"


def baseline_of(evaluation: Evaluation) -> Baseline:
    """Takes the marks from an evaluation.

    Args:
        evaluation: The evaluation that is to be reached again.

    Returns:
        The baseline, with scores rounded to six digits.
    """
    return Baseline(
        abstracts=evaluation.abstracts,
        kinds={row.name: _mark(row) for row in evaluation.rows if row.level == "kind"},
        means={name: _mark(evaluation.row(name)) for name in ("micro", "macro")},
    )


def _mark(row: Row) -> Mark:
    record, linked = (
        None if value is None else round(value, 6) for value in (row.record.f1.value, row.linked.f1.value)
    )
    return Mark(gold=row.gold, predicted=row.predicted, record=record, linked=linked)


def falls(evaluation: Evaluation, baseline: Baseline) -> list[Fall]:
    """Lists the kinds whose record or linked F1 is below the mark.

    A kind that neither gold nor prediction has is not defined and does not fall; one without a mark is not
    held.

    Args:
        evaluation: The new evaluation.
        baseline: The marks.

    Returns:
        Every fall, in the order of the kinds.
    """
    found = []
    for row in evaluation.rows:
        mark = baseline.kinds.get(row.name)
        for tier in HELD if mark else ():
            old, new = getattr(mark, tier), row.tier(tier).f1.value
            if old is not None and new is not None and new < old - _SLACK:
                found.append(Fall(kind=row.name, tier=tier, mark=old, score=new))
    return found


def relabelled(evaluation: Evaluation, baseline: Baseline) -> list[str]:
    """Says for which kinds gold has another number of claims than when the marks were set.

    Args:
        evaluation: The new evaluation.
        baseline: The marks.

    Returns:
        One sentence for each such kind.
    """
    pairs = [(row, baseline.kinds[row.name]) for row in evaluation.rows if row.name in baseline.kinds]
    return [
        f"{row.name}: gold has {row.gold} claims, the baseline was set on {mark.gold}"
        for row, mark in pairs
        if row.gold != mark.gold
    ]


def read_baseline(path: str | Path) -> Baseline:
    """Reads a baseline file.

    Args:
        path: The JSON file, as ``write_baseline`` writes it.

    Raises:
        InputError: The file cannot be read, or is no baseline.
    """
    try:
        return Baseline.model_validate_json(Path(path).read_bytes())
    except OSError as error:
        message = f"cannot be read ({cause(error)}); scripts/baseline writes it"
        raise InputError(message, file=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"is no baseline ({where or 'the file'}: {first['msg']}); scripts/baseline writes one"
        raise InputError(message, file=str(path)) from error


def write_baseline(path: str | Path, baseline: Baseline) -> None:
    """Writes a baseline file, one mark a line, so that a change of it is easy to read."""
    lines = ["{", f'  "abstracts": {baseline.abstracts},']
    for name, marks in (("kinds", baseline.kinds), ("means", baseline.means)):
        entries = [f"    {json.dumps(row)}: {json.dumps(mark.model_dump())}" for row, mark in marks.items()]
        lines += [f'  "{name}": {{', ",\n".join(entries), "  }" + ("," if name == "kinds" else "")]
    Path(path).write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def changelog_entry(old: Baseline | None, new: Baseline, note: str = "") -> str:
    """Writes the lines of the changelog that tell a move of the baseline.

    Args:
        old: The baseline before; None if there was none.
        new: The baseline now.
        note: Why it moved.

    Returns:
        A Markdown list entry with a table of every F1 before and after; empty if nothing changed.
    """
    marks = {**new.kinds, **new.means}
    before = {**old.kinds, **old.means} if old else {}
    changed = [name for name, mark in marks.items() if before.get(name) != mark]
    if not changed:
        return ""
    lines = [f"- Scores on `gold/dev.jsonl` ({new.abstracts} abstracts){': ' + note if note else ''}", ""]
    lines += [
        "  | kind | gold | record F1 before | after | linked F1 before | after |",
        "  |---|--:|--:|--:|--:|--:|",
    ]
    for name in changed:
        was, now = before.get(name), marks[name]
        cells = [
            _f1(was.record if was else None),
            _f1(now.record),
            _f1(was.linked if was else None),
            _f1(now.linked),
        ]
        lines.append(f"  | {name} | {now.gold} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _f1(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def add_to_changelog(changelog: str, entry: str) -> str:
    """Puts an entry first under the heading of what is not released yet; makes the heading if there is none.

    Args:
        changelog: The whole text.
        entry: The Markdown to add.

    Returns:
        The new text.
    """
    heading = _UNRELEASED.search(changelog)
    if heading is None:
        first = re.search(r"^## ", changelog, re.MULTILINE)
        place = first.start() if first else len(changelog)
        before = changelog[:place].rstrip("\n") or "# Changes"
        return add_to_changelog(f"{before}\n\n## Not released\n\n{changelog[place:]}", entry)
    after = changelog[heading.end() :].lstrip("\n")
    gap = "\n" if after else ""
    return f"{changelog[: heading.end()]}\n\n{entry}{gap}{after}"


def replace_block(text: str, name: str, block: str) -> str:
    """Puts lines between the comments ``<!-- name -->`` and ``<!-- /name -->``; without them nothing changes.

    Args:
        text: A Markdown text.
        name: Name of the block.
        block: What shall stand in it.

    Returns:
        The new text.
    """
    pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}\n{block.strip()}\n\n{match[2]}", text)
