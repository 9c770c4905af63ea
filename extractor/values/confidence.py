"""How sure a claim is: the chance that its record and links are right, by rules/confidence.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.knowledge.kinds import KindSpec
from extractor.record.models import spec_of
from extractor.record.schema import BaseClaim
from extractor.values.links.metrics import CARRIED

if TYPE_CHECKING:
    from extractor.values.records import LinkedValue

TIERS = ("record", "links")
ANY = "any"  # the sign that every claim has
EVIDENCE = "evidence"  # the sign whose amount is the sum of the general reader's evidence
_CROWD = 5  # values of a sentence from which on their links are easily mistaken
_MOST_EVIDENCE = 4.0
_PLAIN, _ACRONYM = re.compile(r"[A-Z][a-z]+"), re.compile(r"[A-Z]{2,4}")
_LONG = 3  # words of a name
_MOST_LOOKS = 10_000  # of claims, whose points are kept

Signs = list[tuple[str, float]]


class _Look(NamedTuple):
    """All that a claim is judged by but the evidence of the general reader; many claims share one.

    Attributes:
        spec: Its kind.
        rule: The rule that found it.
        attributes: Of each attribute that is judged the choice, or whether it is missing.
        names: The signs that its number or its name has.
    """

    spec: KindSpec
    rule: str
    attributes: tuple[str | bool | None, ...]
    names: tuple[str, ...]


def signs_of(claim: BaseClaim, value: LinkedValue | None = None) -> Signs:
    """Returns by what a claim is judged: names of signs, each with its amount, which is 1 for most.

    Signs are the claim's kind, its rule, the attributes that it lacks or has, the shape of its number or
    name, how crowded its sentence is, and the evidence of the general reader.

    Args:
        claim: The claim.
        value: What the claim was made of, if it has a value.
    """
    signs = [(name, 1.0) for name in _signs_of_look(_look(claim, value))]
    evidence = _evidence(value)
    return signs if evidence is None else [*signs, (EVIDENCE, evidence)]


def _look(claim: BaseClaim, value: LinkedValue | None) -> _Look:
    spec, fields = spec_of(claim), claim.__dict__
    attributes = [fields[name] if choice else fields[name] is None for name, _, choice in _judged(spec)]
    names = _of_name(claim) if value is None else _of_value(value)
    return _Look(spec, claim.rule or "", tuple(attributes), names)


def _signs_of_look(look: _Look) -> Iterator[str]:
    """Yields the names of the signs of all claims that look so."""
    kind = look.spec.name
    yield from _of_rule(kind, look.rule)
    for (_, missing, choice), found in zip(_judged(look.spec), look.attributes, strict=True):
        if found is None or found is True:
            yield missing
        elif choice is not None:
            yield f"{choice} {found}"
    for name in look.names:
        yield f"{kind}: {name}"


def _evidence(value: LinkedValue | None) -> float | None:
    """Returns the amount of the sign of the general reader's evidence, if it found a value."""
    points = None if value is None else value.draft.points
    return None if points is None else min(points, _MOST_EVIDENCE)


def _of_rule(kind: str, rule: str) -> tuple[str, ...]:
    """Returns the signs of a kind and of the rule that found a claim."""
    rule, _, added = rule.partition("+")
    return (ANY, kind, f"{kind} {rule}", *([f"{kind}: {added}"] if added else ()))


@cache
def _judged(spec: KindSpec) -> tuple[tuple[str, str, str | None], ...]:
    """Returns the attributes that may be missing or are choices, with the signs of both."""
    return tuple(
        (each.name, f"{spec.name}: no {each.name}", f"{spec.name}: {each.name}" if choice else None)
        for each in spec.attributes
        if each.gold and not each.since and ((choice := each.type == "choice") or not each.required)
    )


def _of_value(value: LinkedValue) -> tuple[str, ...]:
    mention, signs = value.draft.mention, []
    if mention.form == "bare" and abs(mention.value) <= 1:
        signs.append("fraction")
    if len(value.scene.drafts) >= _CROWD:
        signs.append("crowd")
    if any(link.source == CARRIED for link in value.links.values()):
        signs.append("carried over")
    return tuple(signs)


def _of_name(claim: BaseClaim) -> tuple[str, ...]:
    name, signs = str(getattr(claim, "name", "")), []
    if len(getattr(claim, "mentions", ())) == 1:
        signs.append("once")
    if _PLAIN.fullmatch(name):
        signs.append("plain word")
    if _ACRONYM.fullmatch(name):
        signs.append("acronym")
    if len(name.split()) >= _LONG:
        signs.append("long name")
    return tuple(signs)


class Confidence:
    """Works out the chance that claims are right: a logistic regression over their signs.

    Args:
        document: The content of rules/confidence.yaml: for each of ``TIERS`` the points of signs, in logits.
            A sign that it does not have, as the rules and kinds of a user's own, has none.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        record, links = (document[tier] for tier in TIERS)
        self._points = {name: (record.get(name, 0.0), links.get(name, 0.0)) for name in {**record, **links}}
        self._sums = lru_cache(maxsize=_MOST_LOOKS)(self._sum)

    def rate(self, claim: BaseClaim, value: LinkedValue | None = None) -> tuple[float, ...]:
        """Returns for each of ``TIERS`` the chance from 0 to 1; the links' is never above the record's.

        Args:
            claim: The claim.
            value: What the claim was made of, if it has a value.
        """
        record, links = self._sums(_look(claim, value))
        evidence = _evidence(value)
        if evidence is not None and (known := self._points.get(EVIDENCE)):
            record += known[0] * evidence
            links += known[1] * evidence
        chance = _chance(record)
        return chance, min(chance, _chance(links))

    def _sum(self, look: _Look) -> tuple[float, float]:
        """Returns the points of all claims that look so, for each of ``TIERS``."""
        record = links = 0.0
        for name in _signs_of_look(look):
            if known := self._points.get(name):
                record += known[0]
                links += known[1]
        return record, links


@lru_cache(maxsize=10_000)  # claims of a sort have the same points
def _chance(points: float) -> float:
    return round(1 / (1 + math.exp(-points)), 3)
