"""Reads the rules of evidence that a name, which no list has and no pattern claims, names a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.text.lookup.lazypattern import LazyPattern, Pattern, compiled
from extractor.things.datasets.patterns import expand

PLACES = ("name", "before", "behind", "earlier", "later", "fact")
"""Where a rule looks: at the name, right beside it, earlier or later in its sentence; or at what is known."""
FACTS = ("listed", "word", "source", "with", "alone", "often", "method", "otherwise")
_BESIDE = ("before", "behind")  # of their rules the first that matches at a place speaks


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """One rule of evidence.

    Attributes:
        id: Its id.
        place: One of `PLACES`.
        pattern: What must stand there, or one of `FACTS`.
        points: What it adds for the claim, in logits; below zero it speaks against it.
        examples: Texts, each with the names that it speaks of.
        rejects: Texts with no name that it speaks of.
    """

    id: str
    place: str
    pattern: str
    points: float
    examples: list[tuple[str, list[str]]]
    rejects: list[str]


class DatasetEvidence:
    """All rules of evidence; their patterns are compiled when a name is first weighed.

    Args:
        rules: The rules, in the order of the file.
        floor: The points that a name itself and the quick facts must have for more to be read around it.
        no_name: Matches what is no name although it looks so.

    Attributes:
        rules, floor, no_name: The same.
        facts: Those that ask for a fact, by the fact.
        most: By place, the points that its rules can add at most to a name that stands once.
    """

    def __init__(self, rules: Sequence[EvidenceRule], floor: float, no_name: str) -> None:
        self.rules, self.floor, self.no_name = rules, floor, LazyPattern(no_name)
        self._by_place = {place: [rule for rule in rules if rule.place == place] for place in PLACES}
        self.facts = {rule.pattern: rule for rule in self._by_place["fact"]}
        self.most = {place: _most(place, of_place) for place, of_place in self._by_place.items()}

    def speaking(self, place: str, text: str, start: int, end: int) -> Iterator[EvidenceRule]:
        """Yields the rules of a place that match in a stretch of text: beside a name, the first one."""
        if place in _BESIDE:
            match = self._beside[place].match(text, start, end)
            if match is not None:
                yield self._by_place[place][int(str(match.lastgroup)[1:])]
            return
        for rule, pattern in self._within[place]:
            if pattern.search(text, start, end):
                yield rule

    @cached_property
    def _beside(self) -> dict[str, Pattern]:
        """One pattern for each side of a name; the group that matches has the number of its rule."""
        return {
            place: compiled(
                ("(?r)" if place == "before" else "")
                + "|".join(
                    f"(?P<r{number}>{rule.pattern})" for number, rule in enumerate(self._by_place[place])
                )
            )
            for place in _BESIDE
        }

    @cached_property
    def _within(self) -> dict[str, list[tuple[EvidenceRule, Pattern]]]:
        return {
            place: [(rule, compiled(rule.pattern)) for rule in self._by_place[place]]
            for place in ("name", "earlier", "later")
        }


def _first_of(place: str, rules: Sequence[EvidenceRule]) -> str:
    groups = "|".join(f"(?P<r{number}>{rule.pattern})" for number, rule in enumerate(rules))
    return f"(?r){groups}" if place == "before" else groups


def _most(place: str, rules: Sequence[EvidenceRule]) -> float:
    gains = [max(0.0, rule.points) for rule in rules]
    return max(gains, default=0.0) if place in _BESIDE else sum(gains)


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
            if check and rule.place != "fact":
                regex.compile(rule.pattern)
            rules.append(rule)
        except (KeyError, ValueError, regex.error, re.error) as error:
            message = f"cannot be read: {error!r}; compare it with the rules above it"
            name = str(entry.get("id", "without id"))
            problems.append(RuleProblem(message, file=entry.file, line=entry.line, rule=name))
    if problems:
        raise RuleError(problems)
    return DatasetEvidence(rules, float(document["floor"]), document["no_name"])


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
        pattern=entry[place] if place == "fact" else expand(entry[place], fragments),
        points=float(entry["points"]),
        examples=[(example["text"], list(example["names"])) for example in entry["examples"]],
        rejects=list(entry["rejects"]),
    )
