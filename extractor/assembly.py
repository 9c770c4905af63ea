"""Puts together what reads an abstract, of knowledge; what is made of the same files is shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from extractor.errors import RuleError, RuleProblem
from extractor.knowledge.model import Knowledge
from extractor.knowledge.shared import shared
from extractor.knowledge.strictyaml import read_yaml
from extractor.numbers.fragments import Expander
from extractor.numbers.scanner import MentionScanner
from extractor.numbers.units import UnitTable
from extractor.rulelang.ruleset import Ruleset, in_order, read_ruleset
from extractor.text.numberwords import NumberWords
from extractor.text.reading import TextReader
from extractor.text.sentences import SentenceSplitter
from extractor.things.datasets.finder import DatasetFinder
from extractor.things.datasets.names import read_lexicon
from extractor.things.datasets.patterns import read_patterns
from extractor.things.find import ThingFinder
from extractor.things.hardware.finder import HardwareFinder
from extractor.things.own import OwnFinder
from extractor.things.urls import UrlFinder

# The types of files that the parts are made of.
_SENTENCES = ("view",)
_WORDS = ("numerals",)
_UNITS = ("units", "everyday-units", "unit-vetoes")
_NUMBERS = ("fragments", *_WORDS, *_UNITS, *_SENTENCES)
_HARDWARE = ("hardware", *_WORDS, *_SENTENCES)
_DATASETS = ("datasets", "dataset-words", "dataset-rules", *_SENTENCES)


@dataclass(frozen=True, slots=True)
class Parts:
    """What reads texts, names and numbers; engines whose files for a part are the same share it.

    Attributes:
        texts: Makes the view of a text that is read.
        sentences: Splits texts into sentences.
        words: Number words.
        units: The units.
        scanner: Finds values.
        things: Finds addresses, hardware and datasets.
    """

    texts: TextReader
    sentences: SentenceSplitter
    words: NumberWords
    units: UnitTable
    scanner: MentionScanner
    things: ThingFinder


def parts_of(knowledge: Knowledge) -> Parts:
    """Returns what reads names and numbers by some knowledge.

    Raises:
        RuleError: A user's terms cannot be used.
    """
    document = knowledge.document

    def part(name: str, sorts: tuple[str, ...], make: Any) -> Any:
        return shared(name, knowledge.fingerprint_of(*sorts), make)

    sentences = sentence_reader(knowledge)
    words = part("words", _WORDS, lambda: NumberWords(document("numerals")))
    units = part("units", _UNITS, lambda: UnitTable(*map(document, _UNITS)))
    return Parts(
        part("texts", ("view",), lambda: TextReader(document("view"))),
        sentences,
        words,
        units,
        part("scanner", _NUMBERS, partial(_scanner, knowledge, units, words, sentences)),
        ThingFinder(
            part("urls", ("urls",), partial(_urls, knowledge)),
            part("hardware", _HARDWARE, partial(_hardware, knowledge, words, sentences)),
            part("datasets", _DATASETS, partial(_datasets, knowledge, sentences)),
            OwnFinder(knowledge.terms, sentences) if knowledge.terms else None,
        ),
    )


def sentence_reader(knowledge: Knowledge) -> SentenceSplitter:
    """Returns what splits texts by some knowledge."""
    key = knowledge.fingerprint_of(*_SENTENCES)
    return shared("sentences", key, lambda: SentenceSplitter(knowledge.document("view")["abbreviations"]))


def _scanner(
    knowledge: Knowledge, units: UnitTable, words: NumberWords, sentences: SentenceSplitter
) -> MentionScanner:
    checked = any(sort in knowledge.changed for sort in _NUMBERS)
    return MentionScanner(knowledge.document("fragments"), units, words, sentences, checked=checked)


def _urls(knowledge: Knowledge) -> UrlFinder:
    finder = UrlFinder(knowledge.document("urls"))
    return finder.prepare() if "urls" in knowledge.changed else finder


def _hardware(knowledge: Knowledge, words: NumberWords, sentences: SentenceSplitter) -> HardwareFinder:
    finder = HardwareFinder(knowledge.hardware, words, sentences)
    return finder.prepare() if "hardware" in knowledge.changed else finder


def _datasets(knowledge: Knowledge, sentences: SentenceSplitter) -> DatasetFinder:
    names, words, rules = map(knowledge.document, ("datasets", "dataset-words", "dataset-rules"))
    patterns = read_patterns(rules, check="dataset-rules" in knowledge.changed)
    return DatasetFinder(read_lexicon(names, words, patterns), patterns, sentences)


def assemble(knowledge: Knowledge) -> tuple[Ruleset, Parts]:
    """Makes of knowledge what reads abstracts.

    Raises:
        RuleError: With every fault of a user's rules and terms.
    """
    ruleset, problems = read_ruleset(knowledge, check=bool(knowledge.own))
    problems = [*problems, *_fragment_faults(knowledge)]
    parts = None
    try:
        parts = parts_of(knowledge)
    except RuleError as error:
        problems += error.problems
    except (re.error, KeyError, ValueError) as error:
        if not problems:
            message = f"what these files hold together cannot be used: {error}"
            problems.append(RuleProblem(message, file=knowledge.own[-1].name if knowledge.own else "rules"))
    if problems or ruleset is None or parts is None:
        raise RuleError(in_order(problems))
    return ruleset, parts


def _fragment_faults(knowledge: Knowledge) -> Iterator[RuleProblem]:
    """Yields what is wrong with character fragments of a user's own."""
    if "fragments" not in knowledge.changed:
        return
    made = dict.fromkeys(("data_noun", "unit_start"), "x")
    words = NumberWords(knowledge.document("numerals")).lists
    expander = Expander({**knowledge.document("fragments"), **words, **made})
    for file in knowledge.own:
        document, _ = read_yaml(file.text, file.name)
        for name in document if file.sort == "fragments" and isinstance(document, dict) else ():
            try:
                expander.compile("{" + str(name) + "}") if name not in ("type", "remove") else None
            except (KeyError, re.error, RecursionError) as error:
                what = f"there is no fragment {error}" if isinstance(error, KeyError) else str(error)
                message = f"fragment {name!r}: {what}"
                yield RuleProblem(message, file=file.name, line=document.lines[name])
