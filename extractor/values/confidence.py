"""How sure a claim is: the chance that its record and links are right, by rules/confidence.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from extractor.knowledge.kinds import KindSpec
from extractor.record.models import kind_of, spec_of
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

Signs = list[tuple[str, float]]


def signs_of(claim: BaseClaim, value: LinkedValue | None = None) -> Signs:
    """Returns by what a claim is judged: names of signs, each with its amount, which is 1 for most.

    Signs are the claim's kind, its rule, the attributes that it lacks or has, the shape of its number or
    name, how crowded its sentence is, and the evidence of the general reader.

    Args:
        claim: The claim.
        value: What the claim was made of, if it has a value.
    """
    kind = kind_of(claim)
    signs = [*_of_rule(kind, claim.rule or "")]
    for name, missing, chosen in _judged(spec_of(claim)):
        found = getattr(claim, name)
        if found is None:
            signs.append((missing, 1.0))
        elif chosen is not None:
            signs.append((f"{chosen} {found}", 1.0))
    names = _of_name(claim) if value is None else _of_value(value)
    signs += [(f"{kind}: {name}", 1.0) for name in names]
    if value is not None and value.draft.points is not None:
        signs.append((EVIDENCE, min(value.draft.points, _MOST_EVIDENCE)))
    return signs


@lru_cache(maxsize=10_000)
def _of_rule(kind: str, rule: str) -> tuple[tuple[str, float], ...]:
    """Returns the signs of a kind and of the rule that found a claim."""
    rule, _, added = rule.partition("+")
    names = (ANY, kind, f"{kind} {rule}", *([f"{kind}: {added}"] if added else ()))
    return tuple((name, 1.0) for name in names)


@cache
def _judged(spec: KindSpec) -> tuple[tuple[str, str, str | None], ...]:
    """Returns the attributes that may be missing or are choices, with the signs of both."""
    return tuple(
        (each.name, f"{spec.name}: no {each.name}", f"{spec.name}: {each.name}" if choice else None)
        for each in spec.attributes
        if each.gold and not each.since and ((choice := each.type == "choice") or not each.required)
    )


def _of_value(value: LinkedValue) -> Iterator[str]:
    mention, links = value.draft.mention, value.links
    if mention.form == "bare" and abs(mention.value) <= 1:
        yield "fraction"
    if len(value.scene.drafts) >= _CROWD:
        yield "crowd"
    if any(link.source == CARRIED for link in links.values()):
        yield "carried over"


def _of_name(claim: BaseClaim) -> Iterator[str]:
    name = str(getattr(claim, "name", ""))
    if len(getattr(claim, "mentions", ())) == 1:
        yield "once"
    if _PLAIN.fullmatch(name):
        yield "plain word"
    if _ACRONYM.fullmatch(name):
        yield "acronym"
    if len(name.split()) >= _LONG:
        yield "long name"


class Confidence:
    """Works out the chance that claims are right: a logistic regression over their signs.

    Args:
        document: The content of rules/confidence.yaml: for each of ``TIERS`` the points of signs, in logits.
            A sign that it does not have, as the rules and kinds of a user's own, has none.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        record, links = (document[tier] for tier in TIERS)
        self._points = {name: (record.get(name, 0.0), links.get(name, 0.0)) for name in {**record, **links}}

    def rate(self, claim: BaseClaim, value: LinkedValue | None = None) -> tuple[float, ...]:
        """Returns for each of ``TIERS`` the chance from 0 to 1; the links' is never above the record's.

        Args:
            claim: The claim.
            value: What the claim was made of, if it has a value.
        """
        record = links = 0.0
        for name, amount in signs_of(claim, value):
            if known := self._points.get(name):
                record += known[0] * amount
                links += known[1] * amount
        chance = _chance(record)
        return chance, min(chance, _chance(links))


@lru_cache(maxsize=10_000)  # claims of a sort have the same points
def _chance(points: float) -> float:
    return round(1 / (1 + math.exp(-points)), 3)
