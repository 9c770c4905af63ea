"""Puts the named things of a reading view back into the raw text."""

from __future__ import annotations

from collections.abc import Iterable

from extractor.record.schema import BaseClaim, Mention, trusted
from extractor.text.view import View


def restored(claims: Iterable[BaseClaim], view: View) -> list[BaseClaim]:
    """Returns things with the offsets and words of the raw text; their names stay as they were read."""
    return list(claims) if view.is_plain else [_restored(claim, view) for claim in claims]


def _restored(claim: BaseClaim, view: View) -> BaseClaim:
    mentions = tuple(_mention(mention, view) for mention in getattr(claim, "mentions", ()))
    start, end = view.span(claim.start, claim.end)
    fields = dict(claim.__dict__)
    fields.update(text=view.raw[start:end], start=start, end=end, mentions=mentions)
    return trusted(type(claim), **fields)


def _mention(mention: Mention, view: View) -> Mention:
    start, end = view.span(mention.start, mention.end)
    return trusted(Mention, text=view.raw[start:end], start=start, end=end)
