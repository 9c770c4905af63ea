"""Compares where values are found, and which, with quantulum3; renews the table in docs/values.md.

A value found is right if it overlaps a value claim of the gold set, of any kind, and differs from its value
(or from the high end of its range) by at most 0.1%. What the value is about is not compared: quantulum3 does
not say.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from extractor.engine import parse
from extractor.errors import ExtractorError
from extractor.evaluation.ratchet import replace_block
from extractor.labels.gold import load_gold
from extractor.record.schema import VALUE_KINDS, Extraction

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 0.001


class Value(NamedTuple):
    """A value in a text; ``high`` is the high end of a range."""

    start: int
    end: int
    value: float
    high: float | None = None


@dataclass(frozen=True)
class Counts:
    """How many values are in gold, were found, and were found rightly."""

    gold: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the values found that are right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold values that were found."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.gold + self.found
        return 2 * self.right / total if total else 0.0


def values_of(extraction: Extraction) -> list[Value]:
    """Returns the values of the value claims of an abstract."""
    claims: Iterable[Any] = (claim for claim in extraction.claims if claim.kind in VALUE_KINDS)
    return [Value(claim.start, claim.end, claim.value, claim.value_high) for claim in claims]


def own_values(text: str) -> list[Value]:
    """Returns the values that we find in a text."""
    return values_of(parse(text))


def quantulum_values(text: str) -> list[Value]:
    """Returns all that quantulum3 finds in a text."""
    return [_value(quantity) for quantity in _quantities(text)]


def measured_values(text: str) -> list[Value]:
    """Returns what quantulum3 finds and gives a unit: bare numbers, most of which claim nothing, left out."""
    return [_value(each) for each in _quantities(text) if each.unit.name != "dimensionless"]


def _quantities(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has no classifier
        from quantulum3 import parser

        return parser.parse(text)


def _value(quantity: Any) -> Value:
    start, end = quantity.span
    return Value(start, end, float(quantity.value))


def count(gold: Sequence[Extraction], find: Callable[[str], list[Value]]) -> Counts:
    """Compares what a reader finds with gold; each gold value is found once at most."""
    total = found = right = 0
    for extraction in gold:
        labelled, values = values_of(extraction), find(extraction.abstract)
        total, found = total + len(labelled), found + len(values)
        for value in values:
            hit = next((each for each in labelled if _agree(value, each)), None)
            if hit is not None:
                labelled.remove(hit)
                right += 1
    return Counts(total, found, right)


def _agree(value: Value, gold: Value) -> bool:
    overlap = value.start < gold.end and gold.start < value.end
    return overlap and any(
        abs(value.value - wanted) <= TOLERANCE * abs(wanted)
        for wanted in (gold.value, gold.high)
        if wanted is not None
    )


def table(gold: Sequence[Extraction]) -> tuple[list[str], list[list[str]]]:
    """Returns the headings and rows of the comparison."""
    readers = {
        "paperclaims": own_values,
        "quantulum3, all it finds": quantulum_values,
        "quantulum3, with a unit only": measured_values,
    }
    headings = ["reader", "gold values", "found", "right", "precision", "recall", "F1"]
    rows = []
    for name, find in readers.items():
        counts = count(gold, find)
        scores = [f"{score:.3f}" for score in (counts.precision, counts.recall, counts.f1)]
        rows.append([name, str(counts.gold), str(counts.found), str(counts.right), *scores])
    return headings, rows


def main(arguments: list[str] | None = None) -> int:
    """Prints the table, and writes it into the page that tells how values are read."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--gold", type=Path, default=ROOT / "gold" / "dev.jsonl", help="labelled abstracts")
    options.add_argument("--page", type=Path, default=ROOT / "docs" / "values.md", help="page to renew")
    options.add_argument("--dry-run", action="store_true", help="print only")
    given = options.parse_args(arguments)
    gold = load_gold([given.gold])
    block = markdown(*table(gold))
    print(block)
    if not given.dry_run:
        page = given.page.read_text("utf-8")
        given.page.write_text(replace_block(page, "quantulum3", block), encoding="utf-8")
    return 0


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a Markdown table; all columns but the first are numbers."""
    lines = [list(headings), ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ExtractorError, OSError) as error:
        sys.exit(f"error: {error}")
