"""Compares values found in labelled abstracts with what other tools find; renews the tables in a page.

A place is right if it overlaps a value claim of gold, of any kind; place and value, if besides one of its
numbers differs by at most 0.1% from one of gold's (both ends of a range, and of a quantity also the number as
it is written, since others keep k, M or T in the unit). Each gold value is found once at most. What a value
is about is not compared, as the others do not say. Abstracts a second of CPU are those of a second pass over
the first hundred.

The tools run in a Python of their own, so that what they need does not meet what we need:

    python -m venv tools
    tools/bin/pip install quantulum3 recognizers-text-suite "emoji<2" spacy
    tools/bin/python -m spacy download en_core_web_sm
    tools/bin/pip install spacy-download fuzzywuzzy inflect more_itertools ordered-set greek
    tools/bin/pip install python-Levenshtein && tools/bin/pip install --no-deps CQE
    python scripts/compare.py --python tools/bin/python --attached attached.jsonl

Tools that are not there are left out, and named. A language model takes part by its answers, which
scripts/answers.py tells of.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from answers import Placed, read_answers
from compare_tools import TIMED, TOOLS
from ending import run

from extractor import __version__
from extractor.engine import parse
from extractor.errors import ExtractorError
from extractor.evaluation.ratchet import replace_block
from extractor.labels.gold import READ_FREELY, SEALED, load_gold
from extractor.record.schema import VALUE_KINDS, Extraction

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 0.001
_WRITTEN = re.compile(r"\d[\d,]{0,20}(?:\.\d{1,20})?")
_HEADINGS = (
    *("reader", "found", "place: precision", "recall", "F1"),
    *("place and value: precision", "recall", "F1", "abstracts per CPU second"),
)


class Value(NamedTuple):
    """A value in a text: its place and its numbers, two of a range, none where a reader gives no value."""

    start: int
    end: int
    numbers: tuple[float, ...]


class Reader(NamedTuple):
    """What a tool found in each abstract.

    Attributes:
        rate: Abstracts a second; None where nothing ran.
    """

    name: str
    values: list[list[Value]]
    rate: float | None = None


class Counts(NamedTuple):
    """How many values are in gold, were found, and were found rightly."""

    gold: int
    found: int
    right: int

    @property
    def scores(self) -> tuple[float, float, float]:
        """Precision, recall and F1."""
        parts = ((self.right, self.found), (self.right, self.gold), (2 * self.right, self.gold + self.found))
        precision, recall, f1 = (above / below if below else 0.0 for above, below in parts)
        return precision, recall, f1


def gold_values(extraction: Extraction) -> list[Value]:
    """Returns the value claims of an abstract, with every number that counts as right."""
    return [_value(claim, written=True) for claim in extraction.claims if claim.kind in VALUE_KINDS]


def found_values(extraction: Extraction) -> list[Value]:
    """Returns the value claims that a reader of our kind found in an abstract."""
    return [_value(claim) for claim in extraction.claims if claim.kind in VALUE_KINDS]


def _answered(placed: Placed) -> list[Value]:
    """Returns the values of an answer; those that stand nowhere in the abstract are at no place of it."""
    return [*found_values(placed.extraction), *[Value(-1, -1, ())] * placed.values_lost]


def _value(claim: Any, *, written: bool = False) -> Value:
    numbers = [number for number in (claim.value, claim.value_high) if number is not None]
    if written and claim.kind == "quantity":
        numbers += [float(number.replace(",", "")) for number in _WRITTEN.findall(claim.text)]
    return Value(claim.start, claim.end, tuple(numbers))


def own_reader(texts: Sequence[str]) -> Reader:
    """Reads the texts with this project."""
    found = [parse(text) for text in texts]
    begin = time.process_time()
    for text in texts[:TIMED]:
        parse(text)
    rate = len(texts[:TIMED]) / (time.process_time() - begin)
    return Reader(f"paperclaims {__version__}", [found_values(each) for each in found], rate)


def tool_readers(python: Path, name: str, texts: Sequence[str]) -> list[Reader]:
    """Reads the texts with a tool, twice where it finds bare numbers too: all, and those with a unit.

    Raises:
        ExtractorError: The tool does not run.
    """
    command = [str(python), str(Path(__file__).with_name("compare_tools.py")), name]
    done = subprocess.run(command, input=json.dumps(list(texts)), capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ExtractorError(f"{name} left out, {lines[-1]}")
    told = json.loads(done.stdout)
    if told["failed"]:
        print(f"{name} failed on {told['failed']} of {len(texts)} abstracts", file=sys.stderr)
    readers = []
    for label, units in (("all it finds", False), ("with a unit only", True)):
        values = [
            [Value(start, end, tuple(numbers)) for start, end, unit, numbers in found if unit or not units]
            for found in told["values"]
        ]
        readers.append(Reader(f"{name} {told['version']}, {label}", values, told["rate"]))
    return readers


def count(
    gold: Sequence[list[Value]], found: Sequence[list[Value]], agree: Callable[[Value, Value], bool]
) -> Counts:
    """Compares what a reader finds with gold; each gold value is found once at most."""
    right = 0
    for labelled, values in zip(gold, found, strict=True):
        left = list(labelled)
        for value in values:
            hit = next((each for each in left if agree(value, each)), None)
            if hit is not None:
                left.remove(hit)
                right += 1
    return Counts(sum(map(len, gold)), sum(map(len, found)), right)


def same_place(value: Value, gold: Value) -> bool:
    """Says whether two values overlap."""
    return value.start < gold.end and gold.start < value.end


def same_value(value: Value, gold: Value) -> bool:
    """Says whether two values overlap and share a number."""
    return same_place(value, gold) and any(
        abs(number - wanted) <= TOLERANCE * abs(wanted) for number in value.numbers for wanted in gold.numbers
    )


def table(gold: Sequence[Extraction], readers: Iterable[Reader]) -> list[list[str]]:
    """Returns the rows of the comparison."""
    labelled = [gold_values(each) for each in gold]
    rows = []
    for reader in readers:
        cells = [reader.name, str(sum(map(len, reader.values)))]
        cells += [f"{score:.3f}" for score in count(labelled, reader.values, same_place).scores]
        if any(value.numbers for values in reader.values for value in values):
            cells += [f"{score:.3f}" for score in count(labelled, reader.values, same_value).scores]
        else:
            cells += ["–"] * 3
        cells.append(f"{reader.rate:,.0f}" if reader.rate else "–")
        rows.append(cells)
    return rows


def markdown(rows: Iterable[Sequence[str]]) -> str:
    """Returns the rows as a Markdown table."""
    lines = [_HEADINGS, ["---", *["---:"] * (len(_HEADINGS) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def compare(gold: Sequence[Extraction], given: argparse.Namespace) -> str:
    """Runs every reader over the abstracts; returns the table."""
    texts = [each.abstract for each in gold]
    readers = [own_reader(texts)]
    for name in given.tools.split(",") if given.python else ():
        try:
            readers += tool_readers(given.python, name, texts)
        except ExtractorError as error:
            print(error, file=sys.stderr)
    for name, path in (answer.split("=", 1) for answer in given.answers):
        readers.append(Reader(name, [_answered(each) for each in read_answers(Path(path), gold)]))
    values = sum(len(gold_values(each)) for each in gold)
    return f"{len(gold)} abstracts, {values} values:\n\n{markdown(table(gold, readers))}"


def main(arguments: list[str] | None = None) -> int:
    """Prints the tables, and writes them into a page."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--python", type=Path, help="the Python that has the tools; without it, ours alone")
    options.add_argument("--tools", default=",".join(TOOLS), help="which, with commas between them")
    options.add_argument("--attached", type=Path, help="gold of dev and val, from extractor gold attach")
    options.add_argument("--answers", action="append", default=[], metavar="NAME=FILE", help="of a model")
    options.add_argument("--gold", type=Path, default=ROOT / "gold" / "dev.jsonl", help="labelled abstracts")
    options.add_argument("--page", type=Path, default=ROOT / "docs" / "evaluation.md", help="page to renew")
    options.add_argument("--dry-run", action="store_true", help="print only")
    given = options.parse_args(arguments)
    sets: dict[str, tuple[list[Path], str | None]] = {given.gold.name: ([given.gold], None)}
    if given.attached:
        sets = {
            "Split val": ([given.attached], SEALED),
            "Split dev": ([given.gold, given.attached], READ_FREELY),
        }
    parts = []
    for name, (files, split) in sets.items():
        parts.append(f"{name}, {compare(load_gold(files, split=split), given)}")
    block = "\n\n".join([*parts, f"Measured on {datetime.now(UTC).date().isoformat()}, one after the other."])
    print(block)
    if not given.dry_run:
        page = given.page.read_text("utf-8")
        given.page.write_text(replace_block(page, "others", block), encoding="utf-8")
    return 0


if __name__ == "__main__":
    run(main)
