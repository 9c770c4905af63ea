"""Scores us on data sets of others, for those who have them; nothing of them is in the repository.

    python scripts/outside.py clef sota/dataset/test1-few-shot        scores: CLEF 2024 "SOTA?"
    python scripts/outside.py tdmsci test_500_v2.conll                data sets: TDMSci
    python scripts/outside.py xjaeh Test_set.csv                      data sets: xjaeh/ner_dataset_recognition
    python scripts/outside.py scier test.jsonl                        data sets: SciER
    python scripts/outside.py gsap test.jsonl                         data sets: GSAP, the first ten sentences
    python scripts/outside.py measeval data/eval                      quantities: MeasEval
    python scripts/outside.py newsquant NewsQuant.json                quantities: NewsQuant

docs/evaluation.md says what is a hit, how the data are converted, and what cannot be judged. --python PYTHON
lets the tools of scripts/compare.py read the quantities, too.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from compare import Reader, Value, found_values, same_place, tool_readers
from compare_tools import TOOLS
from ending import run
from outside_data import (
    Abstract,
    Leaderboard,
    Measured,
    Passage,
    Sentence,
    read_conll,
    read_dygie,
    read_measeval,
    read_newsquant,
    read_sota,
    read_table,
)

from extractor.engine import builtin_engine, parse
from extractor.errors import ExtractorError, InputError
from extractor.evaluation.alignment import same_words

_NUMBER = re.compile(r"(?<![\d.,])\d{1,12}(?:\.\d{1,12})?(?![\d]|\.\d)")
_WORD = re.compile(r"[a-z0-9]+")
_GENERIC = frozenset(
    "dataset datasets data set sets corpus corpora benchmark benchmarks collection collections the".split()
)


class Figure(NamedTuple):
    """One share.

    Attributes:
        what: Of what.
        right: How many are right.
        of: Of how many.
    """

    what: str
    right: int
    of: int

    @property
    def share(self) -> float:
        """The share; 0 of nothing."""
        return self.right / self.of if self.of else 0.0


class Outcome(NamedTuple):
    """What a data set says of us.

    Attributes:
        texts: How many texts were read.
        figures: The shares.
        unjudged: What was left out, with how often.
    """

    texts: int
    figures: list[Figure]
    unjudged: dict[str, int]


def judge_scores(papers: Iterable[Abstract]) -> Outcome:
    """Judges scores: those listed that stand in the abstract, with decimals or a percent sign."""
    texts = listed = stated = found = 0
    words = {"metric": [0, 0], "dataset": [0, 0]}
    for paper in papers:
        texts += 1
        claims: list[Any] = [each for each in parse(paper.text).claims if each.kind == "score"]
        for result in paper.results:
            listed += 1
            places = _places_of(result, paper.text)
            if not places:
                continue
            stated += 1
            hits = [each for each in claims if any(same_place(_spot(each), place) for place in places)]
            found += bool(hits)
            for name, wanted in (("metric", result.metric), ("dataset", result.dataset)):
                if hits and _said(wanted, paper.text):
                    words[name][0] += any(same_words(getattr(each, name), wanted) for each in hits)
                    words[name][1] += 1
    figures = [Figure("scores that stand in the abstract, found", found, stated)]
    figures += [
        Figure(f"{name} right, of those found whose words stand there", *words[name]) for name in words
    ]
    return Outcome(texts, figures, {"listed scores that do not stand in the abstract": listed - stated})


def _places_of(result: Leaderboard, text: str) -> list[Value]:
    """Returns where the number of a result stands; a whole number without a percent sign may be chance."""
    score = _NUMBER.search(result.score)
    if score is None:
        return []
    number = float(score[0])
    return [
        Value(*found.span(), ())
        for found in _NUMBER.finditer(text)
        if float(found[0]) == number
        and ("." in found[0] or re.match(r"\s?\\?%", text[found.end() : found.end() + 3]))
    ]


def _said(words: str, text: str) -> bool:
    said = set(_WORD.findall(text.lower()))
    wanted = _WORD.findall(words.lower())
    return bool(wanted) and all(word in said for word in wanted)


def _spot(claim: Any) -> Value:
    return Value(claim.start, claim.end, ())


def judge_mentions(sentences: Iterable[Sentence]) -> Outcome:
    """Judges mentions of data sets: a labelled one is found if one of ours overlaps it, and vice versa."""
    texts = gold = found = ours = right = nameless = beside = 0
    for sentence in sentences:
        texts += 1
        labelled = [Value(*span, ()) for span in sentence.mentions]
        named = [each for each in labelled if _has_name(sentence.text[each.start : each.end])]
        nameless += len(labelled) - len(named)
        claims: list[Any] = [each for each in parse(sentence.text).claims if each.kind == "dataset"]
        mentions = [Value(each.start, each.end, ()) for claim in claims for each in claim.mentions]
        judged = [
            each
            for each in mentions
            if not _meets(each, labelled) or _meets(each, named)  # not those on a nameless label alone
        ]
        beside += len(mentions) - len(judged)
        gold, ours = gold + len(named), ours + len(judged)
        found += sum(_meets(each, mentions) for each in named)
        right += sum(_meets(each, named) for each in judged)
    figures = [Figure("recall", found, gold), Figure("precision", right, ours)]
    unjudged = {"labelled mentions without a name": nameless, "mentions of ours on such labels": beside}
    return Outcome(texts, figures, unjudged)


def _meets(value: Value, others: Iterable[Value]) -> bool:
    return any(same_place(value, other) for other in others)


def _has_name(words: str) -> bool:
    """Says whether words name something: one has a capital or a digit, and is no word for data sets."""
    return any(
        word.lower() not in _GENERIC and re.search(r"[A-Z0-9]", word) for word in re.findall(r"[\w-]+", words)
    )


def judge_quantities(passages: Sequence[Passage], reader: Reader) -> list[Figure]:
    """Judges what a reader found: quantities in units of ours have to be, any quantity may be."""
    gold = found = ours = right = 0
    for passage, values in zip(passages, reader.values, strict=True):
        wanted = [each for each in passage.quantities if _known_unit(each)]
        gold += len(wanted)
        found += sum(any(_same(value, each) for value in values) for each in wanted)
        ours += len(values)
        right += sum(any(_same(value, each) for each in passage.quantities) for value in values)
    name = reader.name
    return [Figure(f"{name}: found", found, gold), Figure(f"{name}: precision", right, ours)]


def _known_unit(quantity: Measured) -> bool:
    """Says whether our list of units has that of a quantity."""
    return any(each.form == "unit" for each in builtin_engine().parts.scanner.scan(quantity.words))


def _same(value: Value, quantity: Measured) -> bool:
    """Compares by place where the place is known, else by number."""
    if quantity.span is not None:
        return same_place(value, Value(*quantity.span, ()))
    return any(
        abs(abs(number) - wanted) <= 1e-3 * wanted for number in value.numbers for wanted in quantity.numbers
    )


def quantities(passages: Sequence[Passage], python: Path | None) -> Outcome:
    """Judges our quantities, and those of the tools that are there."""
    texts = [each.text for each in passages]
    claims = [parse(text) for text in texts]
    kept = [each.model_copy(update={"claims": each.quantities}) for each in claims]
    figures = judge_quantities(passages, Reader("paperclaims", [found_values(each) for each in kept]))
    for name in TOOLS if python else ():
        try:
            readers = tool_readers(python, name, texts) if python else []
        except ExtractorError as error:
            print(error, file=sys.stderr)
            continue
        figures += [figure for reader in readers for figure in judge_quantities(passages, reader)]
    others = sum(not _known_unit(each) for passage in passages for each in passage.quantities)
    return Outcome(len(passages), figures, {"quantities in no unit of ours, or in none": others})


def outcome(name: str, path: Path, python: Path | None = None) -> Outcome:
    """Reads a data set and judges it.

    Raises:
        InputError: There is nothing of that format at the path.
    """
    datasets: dict[str, Callable[[], Iterable[Sentence]]] = {
        "tdmsci": lambda: read_conll(path),
        "xjaeh": lambda: read_table(path),
        "scier": lambda: read_dygie(path, ["Dataset"]),
        "gsap": lambda: read_dygie(path, ["Dataset", "DataSource"], first_only=True),
    }
    if name in datasets:
        result = judge_mentions(datasets[name]())
    elif name == "clef":
        result = judge_scores(read_sota(path))
    else:
        read = read_measeval if name == "measeval" else read_newsquant
        result = quantities(list(read(path)), python)
    if not result.texts:
        message = f"holds nothing in the format of {name}"
        raise InputError(message, file=str(path))
    return result


NAMES = ("clef", "tdmsci", "xjaeh", "scier", "gsap", "measeval", "newsquant")


def report(name: str, result: Outcome) -> str:
    """Writes an outcome as Markdown; F1 where it has precision and recall."""
    lines = [
        f"{name}: {result.texts} texts",
        "",
        "| what | share | right | of |",
        "| --- | --: | --: | --: |",
    ]
    lines += [f"| {each.what} | {each.share:.3f} | {each.right} | {each.of} |" for each in result.figures]
    shares = {each.what: each.share for each in result.figures}
    if "recall" in shares and shares["recall"] + shares["precision"]:
        f1 = 2 * shares["recall"] * shares["precision"] / (shares["recall"] + shares["precision"])
        lines.append(f"| F1 | {f1:.3f} | | |")
    return "\n".join(
        [*lines, "", *(f"Not judged: {count} {what}." for what, count in result.unjudged.items())]
    )


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures of one data set."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("name", choices=NAMES)
    options.add_argument("path", type=Path)
    options.add_argument("--python", type=Path, help="the Python that has the tools, for quantities")
    given = options.parse_args(arguments)
    print(report(given.name, outcome(given.name, given.path, given.python)))
    return 0


if __name__ == "__main__":
    run(main)
