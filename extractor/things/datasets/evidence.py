"""Reads the rules of evidence that a name, which no list has and no pattern claims, names a dataset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.text.lookup.lazypattern import LazyPattern
from extractor.things.datasets.patterns import expand

PLACES = ("name", "before", "behind", "earlier", "later", "fact")
"""Where a rule looks: in the name, right before it, right behind it, before it or behind it in its sentence; or
what the finder knows of it."""
_ORDER = ("behind", "before", "fact", "earlier", "later")
FACTS = ("listed", "word", "source", "method", "otherwise", "often", "with", "alone")


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """One rule of evidence.

    Attributes:
        id: Its id.
        place: One of `PLACES`.
        pattern: What must stand there; none for a fact.
        fact: One of `FACTS`.
        points: What it adds for the claim, in logits; below zero it speaks against it.
        examples: Texts, each with the names that it speaks of.
        rejects: Texts with no name that it speaks of.
    """

    id: str
    place: str
    pattern: LazyPattern | None
    fact: str | None
    points: float
    examples: list[tuple[str, list[str]]]
    rejects: list[str]

    def matches(self, text: str, start: int, end: int) -> bool:
        """Tells whether the pattern matches in a stretch of text."""
        return self.pattern is not None and self.pattern.match(text, start, end) is not None


@dataclass(frozen=True, slots=True)
class DatasetEvidence:
    """All rules of evidence.

    Attributes:
        rules: The rules, in the order of the file.
        by_place: The same by their places.
        facts: Those that ask for a fact, by the fact.
        order: The places but that of names in the order in which they are asked, the quick ones first, each
            with the points that its rules and those of the places behind it can add at most.
    """

    rules: list[EvidenceRule]
    by_place: dict[str, list[EvidenceRule]]
    facts: dict[str, EvidenceRule]
    order: list[tuple[str, float]]


def read_evidence(document: dict[str, Any], *, check: bool = True) -> DatasetEvidence:
    """Reads the rules of evidence.

    Args:
        document: What the rules files hold.
        check: Compile every pattern now, so that a broken one is reported.

    Raises:
        RuleError: The file breaks the rule language; every problem is listed.
    """
    fragments: dict[str, str] = {}
    for name, text in document["fragments"].items():
        fragments[name] = expand(text, fragments)
    problems: list[RuleProblem] = []
    rules: list[EvidenceRule] = []
    for entry in document["rules"]:
        try:
            rule = _rule(entry, fragments)
            if check and rule.pattern is not None:
                regex.compile(rule.pattern.source)
            rules.append(rule)
        except (KeyError, ValueError, regex.error, re.error) as error:
            message = f"cannot be read: {error!r}; compare it with the rules above it"
            name = str(entry.get("id", "without id"))
            problems.append(RuleProblem(message, file=entry.file, line=entry.line, rule=name))
    if problems:
        raise RuleError(problems)
    by_place = {place: [rule for rule in rules if rule.place == place] for place in PLACES}
    facts = {rule.fact: rule for rule in rules if rule.fact is not None}
    return DatasetEvidence(rules, by_place, facts, _order(by_place))


def _order(by_place: dict[str, list[EvidenceRule]]) -> list[tuple[str, float]]:
    """Returns the places in the order in which they are asked, with what is still to be had."""
    most = [sum(max(0.0, rule.points) for rule in by_place[place]) for place in _ORDER]
    return [(place, sum(most[number:])) for number, place in enumerate(_ORDER)]


def _rule(entry: Any, fragments: dict[str, str]) -> EvidenceRule:
    places = [place for place in PLACES if place in entry]
    if len(places) != 1:
        message = f"it needs one of {', '.join(PLACES)}, and has {', '.join(places) or 'none'}"
        raise ValueError(message)
    place = places[0]
    if place == "fact" and entry["fact"] not in FACTS:
        message = f"fact {entry['fact']!r} is none of {', '.join(FACTS)}"
        raise ValueError(message)
    return EvidenceRule(
        id=entry["id"],
        place=place,
        pattern=None if place == "fact" else _pattern(place, expand(entry[place], fragments)),
        fact=entry["fact"] if place == "fact" else None,
        points=float(entry["points"]),
        examples=[(example["text"], list(example["names"])) for example in entry["examples"]],
        rejects=list(entry["rejects"]),
    )


def _pattern(place: str, source: str) -> LazyPattern:
    """Returns the pattern of a place: read backwards before a name, found anywhere within it and its sentence."""
    if place == "before":
        return LazyPattern("(?r)" + source)
    return LazyPattern(source if place == "behind" else f"(?s:.*?)(?:{source})")
