"""Every miss, false alarm and wrong attribute of an evaluation, with the sentences it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from extractor.assembly import sentence_reader
from extractor.evaluation.alignment import TIERS, attributes_of, same_attribute, spans, tiers
from extractor.evaluation.results import Aligned, Document, Error, WrongAttribute
from extractor.knowledge.model import builtin
from extractor.record.models import spec_of

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import BaseClaim, Claim


def list_errors(aligned: Iterable[Aligned], kinds: Kinds) -> tuple[Error, ...]:
    """Lists the errors of all abstracts.

    Args:
        aligned: The aligned abstracts.
        kinds: The kinds, in the order of the list.

    Returns:
        The errors, ordered by kind, rule, type, abstract and place in it.
    """
    errors = [error for each in aligned for error in _of_document(each)]
    types = ("miss", "false_alarm", "wrong_attribute")
    names = kinds.names
    return tuple(
        sorted(errors, key=lambda error: (names.index(error.kind), error.rule or "", types.index(error.type)))
    )


def _of_document(aligned: Aligned) -> Iterator[Error]:
    document, missed, alarms = aligned
    for index, other in missed.items():
        yield _one_sided(document, "miss", gold=index, other=other)
    for index, other in alarms.items():
        yield _one_sided(document, "false_alarm", predicted=index, other=other)
    for left, right in document.pairs:
        error = _wrong(document, left, right)
        if error:
            yield error


def _one_sided(
    document: Document,
    type_: str,
    *,
    gold: int | None = None,
    predicted: int | None = None,
    other: str | None,
) -> Error:
    ours = None if gold is None else document.gold[gold]
    theirs = None if predicted is None else document.predicted[predicted]
    claim = ours or theirs
    assert claim is not None  # one of the two is given
    start, end = sentences_around(document.abstract, [claim])
    return Error(
        type="miss" if type_ == "miss" else "false_alarm",
        id=document.id,
        kind=claim.kind,
        rule=claim.rule,
        gold=ours,
        predicted=theirs,
        gold_index=gold,
        predicted_index=predicted,
        tiers=TIERS,
        confused_with=other,
        sentence_start=start,
        sentence_end=end,
        sentence=document.abstract[start:end],
    )


def _wrong(document: Document, left: int, right: int) -> Error | None:
    gold, predicted = document.gold[left], document.predicted[right]
    wrong = tuple(
        WrongAttribute(attribute=name, tier=tier, predicted=_plain(predicted, name), gold=_plain(gold, name))
        for name, tier in attributes_of(spec_of(gold))
        if not same_attribute(name, predicted, gold)
    )
    if not wrong:
        return None
    start, end = sentences_around(document.abstract, [gold, predicted])
    return Error(
        type="wrong_attribute",
        id=document.id,
        kind=gold.kind,
        rule=predicted.rule,
        gold=gold,
        predicted=predicted,
        gold_index=left,
        predicted_index=right,
        attributes=wrong,
        tiers=tuple(tier for tier, reached in tiers(predicted, gold).items() if not reached),
        sentence_start=start,
        sentence_end=end,
        sentence=document.abstract[start:end],
    )


def _plain(claim: Claim, attribute: str) -> str | float | None:
    """Returns an attribute as text or number; mentions as their texts."""
    if attribute == "mentions":
        return " | ".join(
            f"{claim_text(claim, start, end)} [{start}:{end}]" for start, end in sorted(spans(claim))
        )
    value: str | float | None = getattr(claim, attribute)
    return value


def claim_text(claim: BaseClaim, start: int, end: int) -> str:
    """Returns the text of a claim's mention that stands at an offset."""
    for mention in getattr(claim, "mentions", ()):
        if (mention.start, mention.end) == (start, end):
            return str(mention.text)
    return claim.text


def sentences_around(abstract: str, claims: Iterable[BaseClaim]) -> tuple[int, int]:
    """Finds the stretch of whole sentences that holds the first mentions of some claims.

    Args:
        abstract: The text.
        claims: Claims in it, at least one.

    Returns:
        Offsets where the stretch begins and ends, without blanks at its ends.
    """
    places = [(claim.start, claim.end) for claim in claims]
    first, last = min(start for start, _ in places), max(end for _, end in places)
    spans = sentence_reader(builtin()).sentences(abstract)
    held = [span for span in spans if span.start < last and first < span.end]
    begin, finish = (held[0].start, held[-1].end) if held else (first, last)
    text = abstract[begin:finish]
    return begin + len(text) - len(text.lstrip()), finish - len(text) + len(text.rstrip())
