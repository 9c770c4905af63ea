"""What a page shows of one paper, and its form in the JSON that the page carries."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extractor.knowledge.kinds import DERIVED
from extractor.record.identity import paper_address

if TYPE_CHECKING:
    from extractor.record.schema import BaseClaim, Extraction

Span = tuple[int, int]

SURENESS_FIELDS = ("confidence", "link_confidence")

PLACE_FIELDS = frozenset({"kind", "text", "start", "end", "rule", "mentions", *SURENESS_FIELDS})
"""Fields that say where a claim stands, who found it and how sure that is; the others are attributes."""

DERIVED_FIELDS = tuple(name for name in DERIVED if name != "key")  # which the name says already
"""Attributes computed from the record alone; a page shows them apart from what the abstract says."""

_SPELLED = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}


@dataclass(frozen=True, slots=True)
class PageClaim:
    """One claim as a page shows it.

    Attributes:
        kind: Kind of the claim.
        text: Its words.
        spans: Offsets of all its mentions in the abstract, in characters; empty where there is no abstract.
        rule: Id of the rule that found it, if known.
        attributes: What the record says, without empty values.
        derived: What follows from the record, without empty values.
        confidence: The chance that the record is right, if known.
        link_confidence: The chance that its links are right as well, if known.
    """

    kind: str
    text: str
    spans: tuple[Span, ...] = ()
    rule: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)
    confidence: float | None = None
    link_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class PageDocument:
    """One paper as a page shows it; ``abstract`` is None where the input does not hold it."""

    id: str | None
    title: str | None
    abstract: str | None
    claims: tuple[PageClaim, ...]


def from_extraction(extraction: Extraction) -> PageDocument:
    """Takes what a page shows from an extraction."""
    claims = tuple(from_claim(claim) for claim in extraction.claims)
    return PageDocument(extraction.id, extraction.title, extraction.abstract, claims)


def from_claim(claim: BaseClaim, *, derive: bool = True) -> PageClaim:
    """Takes what a page shows from a claim of any kind; ``derive`` adds what follows from its record."""
    record = claim.model_dump(mode="json", exclude_none=True)
    apart = PLACE_FIELDS | type(claim).model_computed_fields.keys()
    places = getattr(claim, "mentions", None) or (claim,)
    derived = {name: getattr(claim, name, None) for name in DERIVED_FIELDS} if derive else {}
    return PageClaim(
        kind=record["kind"],
        text=claim.text,
        spans=tuple((place.start, place.end) for place in places),
        rule=claim.rule,
        attributes={name: value for name, value in record.items() if name not in apart},
        derived={name: value for name, value in derived.items() if value is not None},
        confidence=claim.confidence,
        link_confidence=claim.link_confidence,
    )


def document_json(document: PageDocument) -> dict[str, Any]:
    """Returns a document as JSON values, short keys, offsets in UTF-16 units as JavaScript counts them."""
    claims = [claim_json(claim, document.abstract) for claim in document.claims]
    record = {"id": document.id, "title": document.title, "text": document.abstract, "claims": claims}
    link = paper_address(document.id)
    return record if link is None else {**record, "link": link}


def claim_json(claim: PageClaim, abstract: str | None) -> dict[str, Any]:
    """Returns a claim as JSON values; see :func:`document_json`."""
    record: dict[str, Any] = {"k": claim.kind, "t": claim.text, "a": finite(claim.attributes)}
    if claim.spans and abstract is not None:
        record["s"] = utf16_spans(abstract, claim.spans)
    if claim.rule is not None:
        record["r"] = claim.rule
    if claim.derived:
        record["d"] = finite(claim.derived)
    sureness = {"c": claim.confidence, "l": claim.link_confidence}
    record |= finite({name: value for name, value in sureness.items() if value is not None})
    return record


def utf16_spans(text: str, spans: Iterable[Span]) -> list[list[int]]:
    """Turns offsets in characters into offsets in UTF-16 code units.

    Args:
        text: The text that the offsets refer to.
        spans: Pairs of start and end in characters.

    Returns:
        The same pairs as JavaScript's ``slice`` needs them: a character beyond U+FFFF counts twice there.
    """
    wide = [place for place, char in enumerate(text) if char > "\uffff"] if not text.isascii() else []
    return [[start + bisect_left(wide, start), end + bisect_left(wide, end)] for start, end in spans]


def finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Writes infinities and NaN as text, as JavaScript spells them, since JSON has no word for them."""
    return {
        name: _SPELLED[str(value)] if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
