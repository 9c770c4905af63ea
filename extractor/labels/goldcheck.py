"""What makes a labelled abstract valid: attributes, types, offsets, order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import AttributeSpec, Kinds
from extractor.record.models import claim_adapter, extraction_model, spec_of
from extractor.record.schema import Claim, Extraction

UNKNOWN = "\ue000"
"""A private character for every place of an abstract that was put together from its claims alone."""


_NOT_IN_GOLD = {
    "rule": "gold was found by nobody's rule (`extractor convert --as-labels` makes labels of what was read)",
    "number": "gold says it by 'form', 'value' and 'direction'",
}


class Fault(NamedTuple):
    """What is wrong with a labelled abstract.

    Attributes:
        message: What, with the claim it is about.
        claim: Index of that claim; None where it is about the abstract.
    """

    message: str
    claim: int | None = None


def check(
    record: Mapping[str, Any], *, gold: bool = True, kinds: Kinds | None = None
) -> tuple[Extraction | None, list[Fault]]:
    """Checks one labelled abstract.

    Args:
        record: The object of a line.
        gold: Whether every attribute must be written and ``rule`` must be empty.
        kinds: The kinds of claims; the built-in ones if none are given.

    Returns:
        The abstract, or None if it is not valid, and every fault found.
    """
    kinds = kinds or builtin_kinds()
    problems = [Fault(message) for message in _check_frame(record)]
    if problems:
        return None, problems
    claims: list[Claim] = []
    wanted = _wanted(record["claims"], kinds) if gold else None
    for index, raw in enumerate(record["claims"]):
        claim, messages = _check_claim(raw, record["abstract"], kinds, wanted)
        problems += [Fault(f"claim {index + 1}{_label(raw)}: {message}", index) for message in messages]
        if claim is not None:
            claims.append(claim)
    if gold:
        problems += map(Fault, _check_order(claims))
    if problems:
        return None, problems
    title = record.get("title")
    model = extraction_model(kinds)
    return model(id=record["id"], title=title, abstract=record["abstract"], claims=tuple(claims)), []


def _check_frame(record: Mapping[str, Any]) -> list[str]:
    problems = []
    if not isinstance(record.get("id"), str) or not record["id"]:
        problems.append("'id' is missing; every abstract needs a text that names it")
    if not isinstance(record.get("abstract"), str):
        problems.append("'abstract' is missing; add the text, or name a file that has it")
    if not isinstance(record.get("title"), str | None):
        problems.append("'title' is not a text or null")
    if not isinstance(record.get("claims"), list):
        problems.append("'claims' is missing; write an empty list where there are none")
    return problems


def _label(raw: Any) -> str:
    return f" ({raw.get('kind')} {raw.get('text')!r})" if isinstance(raw, dict) else ""


def _wanted(claims: Sequence[Any], kinds: Kinds) -> Mapping[str, Sequence[AttributeSpec]]:
    """Returns the attributes that gold writes, by kind; all claims alike may lack what came later."""
    raws = [raw for raw in claims if isinstance(raw, dict)]
    later = {spec.name: [each.name for each in spec.attributes if each.since] for spec in kinds.specs}
    earlier = not any(name in raw for raw in raws for name in later.get(str(raw.get("kind")), ()))
    return {
        spec.name: [each for each in (*kinds.common, *spec.attributes) if not (earlier and each.since)]
        for spec in kinds.specs
    }


def _check_claim(
    raw: Any, abstract: str, kinds: Kinds, wanted: Mapping[str, Sequence[AttributeSpec]] | None
) -> tuple[Claim | None, list[str]]:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        return None, [f"kind {kind!r} is none of {', '.join(kinds)}"]
    problems: list[str] = []
    if wanted is not None:
        problems += _check_written(raw, wanted[kind])
        if any(each.name not in raw for each in wanted[kind] if each.gold):
            return None, problems
    mentions = raw.get("mentions")
    try:
        claim: Claim = claim_adapter(kinds).validate_python(
            {**raw, "mentions": tuple(mentions)} if isinstance(mentions, list) else raw, strict=True
        )
    except ValidationError as error:
        return None, problems + [_explain(each) for each in error.errors()]
    problems += _check_spans(claim, abstract)
    return claim, problems + _check_values(claim, abstract, gold=wanted is not None)


def _check_written(raw: Mapping[str, Any], attributes: Iterable[AttributeSpec]) -> Iterator[str]:
    """Yields which attributes gold lacks, and which it must not have."""
    for each in attributes:
        if each.gold and each.name not in raw:
            yield f"{each.name!r} is missing; write null where the text gives none"
    for each in attributes:
        if not each.gold and raw.get(each.name) is not None:
            yield f"{each.name!r} is given; {_NOT_IN_GOLD.get(each.name, 'only the extractor says it')}"


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"][1:])
    if error["type"] == "extra_forbidden":
        return f"{where!r} is no attribute of this kind"
    if error["type"] == "missing":
        return f"{where!r} is missing; claims of this kind need it"
    message: str = error["msg"]
    return f"{where!r} is {error['input']!r:.80}: {message[:1].lower()}{message[1:]}"


def _check_spans(claim: Claim, abstract: str) -> list[str]:
    problems = []
    mentions = getattr(claim, "mentions", ())
    for span in (claim, *mentions):
        found = abstract[span.start : span.end]
        if not span.start < span.end:
            problems.append(f"the span {span.start}:{span.end} is empty")
        elif found != span.text:
            hint = _nearest(abstract, span.text, span.start)
            problems.append(f"abstract[{span.start}:{span.end}] is {found!r}, not {span.text!r}{hint}")
    places = [(mention.start, mention.end) for mention in mentions]
    if places and places[0] != (claim.start, claim.end):
        problems.append("its span is not that of the first mention")
    if places != sorted(set(places)):
        problems.append("the mentions are not in the order of the text, or one stands twice")
    return problems


def _nearest(abstract: str, text: str, start: int) -> str:
    places = [
        place
        for place in (abstract.rfind(text, 0, start + len(text)), abstract.find(text, start))
        if place >= 0
    ]
    if not text or not places:
        return "; this text is not in the abstract"
    place = min(places, key=lambda each: abs(each - start))
    return f"; it stands at {place}:{place + len(text)}"


def _check_values(claim: Claim, abstract: str, *, gold: bool) -> list[str]:
    problems = []
    low, high = getattr(claim, "value", None), getattr(claim, "value_high", None)
    for name, number in (("value", low), ("value_high", high)):
        if number is not None and not math.isfinite(number):
            problems.append(f"{name!r} is {number}; a finite number is needed")
    if not gold:
        return problems
    if low is not None and high is not None and high < low:
        problems.append(f"'value_high' {high:g} is below 'value' {low:g}")
    for name in (each.name for each in spec_of(claim).attributes if each.type == "words"):
        words = getattr(claim, name)
        if words is not None and (not words or (UNKNOWN not in abstract and words not in abstract)):
            problems.append(f"{name!r} is {words!r}, which are no words of the abstract")
    if getattr(claim, "name", "named") == "":
        problems.append("'name' is empty")
    return problems


def _check_order(claims: Sequence[Claim]) -> list[str]:
    problems = []
    starts = [claim.start for claim in claims]
    if starts != sorted(starts):
        problems.append("the claims are not in the order of the text")
    seen: set[tuple[str, str | tuple[int, int]]] = set()
    for claim in claims:
        name: str | tuple[int, int] = getattr(claim, "name", (claim.start, claim.end))
        if (claim.kind, name) in seen:
            what = f"named {name!r}" if hasattr(claim, "name") else f"at {claim.start}:{claim.end}"
            problems.append(f"two {claim.kind} claims {what}; join them or remove one")
        seen.add((claim.kind, name))
    return problems
