"""How sure a claim is: the chance that its record and links are right, by rules/confidence.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
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
    kind, (rule, _, added) = kind_of(claim), (claim.rule or "").partition("+")
    signs = [(ANY, 1.0), (kind, 1.0), (f"{kind} {rule}", 1.0)]
    if added:
        signs.append((f"{kind}: {added}", 1.0))
    names = chain(
        _of_attributes(claim, _judged(spec_of(claim))),
        _of_name(claim) if value is None else _of_value(value),
    )
    signs += [(f"{kind}: {name}", 1.0) for name in names]
    if value is not None and value.draft.points is not None:
        signs.append((EVIDENCE, min(value.draft.points, _MOST_EVIDENCE)))
    return signs


@cache
def _judged(spec: KindSpec) -> tuple[tuple[str, bool], ...]:
    """Returns the attributes that may be missing or are choices, and which of them are choices."""
    return tuple(
        (each.name, each.type == "choice")
        for each in spec.attributes
        if each.gold and not each.since and (each.type == "choice" or not each.required)
    )


def _of_attributes(claim: BaseClaim, judged: Iterable[tuple[str, bool]]) -> Iterator[str]:
    for name, choice in judged:
        found = getattr(claim, name)
        if found is None:
            yield f"no {name}"
        elif choice:
            yield f"{name} {found}"


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
        self._points: tuple[Mapping[str, float], ...] = tuple(document[tier] for tier in TIERS)

    def rate(self, claim: BaseClaim, value: LinkedValue | None = None) -> tuple[float, ...]:
        """Returns for each of ``TIERS`` the chance from 0 to 1; the links' is never above the record's.

        Args:
            claim: The claim.
            value: What the claim was made of, if it has a value.
        """
        signs = signs_of(claim, value)
        record, links = (self._chance(signs, points) for points in self._points)
        return record, min(record, links)

    def _chance(self, signs: Signs, points: Mapping[str, float]) -> float:
        total = sum(points.get(name, 0.0) * amount for name, amount in signs)
        return round(1 / (1 + math.exp(-total)), 3)
