"""A user's terms and patterns for names, seen as rules: their ids, and sentences to test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from extractor.errors import RuleProblem
from extractor.knowledge.hardware_terms import series_rule
from extractor.knowledge.kinds import Kinds
from extractor.knowledge.strictyaml import Mapping
from extractor.knowledge.termfiles import OwnTerms, rule_id
from extractor.rulelang.rule import Example, Rule
from extractor.rulelang.rulefiles import RuleReading, SentenceReader, record_faults
from extractor.rulelang.syntax import Concat


def term_rule(terms: OwnTerms) -> Rule:
    """Returns the rule that stands for a file of terms."""
    return Rule(
        id=rule_id(terms),
        kind=terms.spec.name,
        status="stable",
        pattern="",
        tree=Concat(),
        settings={},
        examples=tuple(Example(text, expect, line) for text, expect, line in terms.examples),
        rejects=tuple(Example(text, (), line) for text, line in terms.rejects),
        note=None,
        file=terms.file,
        line=1,
        pattern_line=1,
    )


def example_faults(terms: OwnTerms, kinds: Kinds) -> Iterator[RuleProblem]:
    """Yields what is wrong with the records that a file of terms expects."""
    for text, expect, line in terms.examples:
        for record in expect:
            for message in record_faults(record, text, kinds):
                yield RuleProblem(message, file=terms.file, line=line, rule=rule_id(terms))


def dataset_rules(document: dict[str, Any], reading: RuleReading) -> Iterator[Rule]:
    """Yields the rules that stand for those of names of datasets; what is wrong with them is noted."""
    for entry in (*document.get("rules", ()), *document.get("without_pattern", ())):
        pattern = " ".join(str(entry[key]) for key in ("before", "after") if entry.get(key))
        yield _sentences(entry, entry["id"], pattern, reading)


def hardware_rules(patterns: Iterable[Mapping], reading: RuleReading) -> Iterator[Rule]:
    """Yields the rules that stand for series of devices; what is wrong with their sentences is noted.

    Args:
        patterns: The series, as they stand in their files.
        reading: The kinds, and where problems are noted.
    """
    for entry in patterns:
        if "id" in entry:  # what else is wrong is told by who reads them
            yield _sentences(entry, series_rule(entry["id"]), str(entry.get("regex")), reading)


def _sentences(entry: Mapping, name: str, pattern: str, reading: RuleReading) -> Rule:
    """Returns the rule that stands for a pattern over characters: its name and its sentences."""
    sentences = SentenceReader(entry, entry.file, entry.line, reading)
    sentences.check()
    return Rule(
        id=name,
        kind=name.partition(".")[0],
        status=entry.get("status", "stable"),
        pattern=pattern,
        tree=Concat(),
        settings={},
        examples=(*sentences.examples("examples"), *sentences.examples("known_failures")),
        rejects=tuple(sentences.rejects()),
        note=entry.get("note"),
        file=entry.file,
        line=entry.line,
        pattern_line=entry.line,
    )
