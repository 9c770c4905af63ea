"""Names that the caller knows: they are things whatever the finders say, and take the place of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from extractor.knowledge.kinds import Kinds, KindSpec
from extractor.record import derived
from extractor.record.models import model_of
from extractor.record.schema import BaseClaim, Mention, trusted
from extractor.text.sentences import Span
from extractor.text.view import View
from extractor.things.find import Things

_UNKNOWN = "other"  # what a choice that must be made is, where nobody made it


class GivenName(NamedTuple):
    """A name and what it names.

    Attributes:
        start: Offset of its first character in the raw text.
        end: Offset behind its last character.
        kind: The kind of thing, or ``subject``.
        name: The canonical name.
        source: Who gives it: the rule of its claim.
    """

    start: int
    end: int
    kind: str
    name: str
    source: str


def with_names(things: Things, names: Sequence[GivenName], view: View, kinds: Kinds) -> Things:
    """Lays given names over the things that were found.

    A found mention that overlaps a given one is left out; a given name of a thing that was found adds its
    mentions to it.

    Args:
        things: What was found in a view.
        names: The names.
        view: The view.
        kinds: The kinds of claims; names of other kinds, as subjects, only take their places.
    """
    places = [place for name in names if (place := view.place(name.start, name.end))]
    kept = [[claim for each in group if (claim := _without(each, places))] for group in things]
    addresses, own, devices, datasets = kept
    made: list[BaseClaim] = [*own, *devices, *datasets]
    for name in names:
        place, spec = view.place(name.start, name.end), kinds.get(name.kind)
        if place is None or spec is None:
            continue
        mention = Mention(text=view.text[slice(*place)], start=place.start, end=place.end)
        index = next((i for i, claim in enumerate(made) if _is_of(claim, name)), None)
        if index is None:
            made.append(_claim(spec, name, [mention]))
        else:
            made[index] = _moved(made[index], [*_mentions(made[index]), mention])
    made.sort(key=lambda claim: claim.start)
    return Things(addresses, made, [], [])  # type: ignore[arg-type]  # in one list: their kinds tell them apart


def may_name(spec: KindSpec) -> bool:
    """Tells whether a name alone makes a claim of a kind."""
    needed = (each for each in spec.attributes if each.required and each.name not in ("name", "mentions"))
    return spec.family == "thing" and all(_UNKNOWN in each.values for each in needed)


def _without(claim: BaseClaim, places: Iterable[Span]) -> BaseClaim | None:
    """Returns a claim without the mentions that overlap some places; None if none is left."""
    mentions = _mentions(claim)
    left = [one for one in mentions if not any(p.start < one.end and one.start < p.end for p in places)]
    if len(left) == len(mentions):
        return claim
    return _moved(claim, left) if left else None


def _mentions(claim: BaseClaim) -> Sequence[Mention]:
    mentions: Sequence[Mention] = claim.mentions  # type: ignore[attr-defined]  # all named claims have some
    return mentions


def _is_of(claim: Any, name: GivenName) -> bool:
    return claim.kind == name.kind and derived.name_key(claim.name) == derived.name_key(name.name)


def _moved(claim: BaseClaim, mentions: Iterable[Mention]) -> BaseClaim:
    """Returns a claim with other mentions."""
    ordered = tuple(sorted(mentions, key=lambda mention: (mention.start, mention.end)))
    first = ordered[0]
    fields = {**claim.__dict__, "mentions": ordered}
    fields.update(text=first.text, start=first.start, end=first.end)
    return trusted(type(claim), **fields)


def _claim(spec: KindSpec, name: GivenName, mentions: list[Mention]) -> BaseClaim:
    first = mentions[0]
    chosen = {each.name: _UNKNOWN for each in spec.attributes if each.required and each.values}
    return trusted(
        model_of(spec), text=first.text, start=first.start, end=first.end, rule=name.source, name=name.name,
        mentions=tuple(mentions), **chosen,
    )  # fmt: skip
