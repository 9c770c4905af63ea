"""What spans and Docs know of claims: ``span._.claim``, ``span._.metric`` and so on, and ``doc._.claims``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc, Span

from extractor.knowledge.kinds import LINKS
from extractor.spacy_ import codec

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import BaseClaim


def register_extensions(kinds: Kinds | None = None) -> None:
    """Tells spaCy of ``doc._.claims``, ``span._.claim`` and a span for each link.

    The components do it. A process that only reads stored Docs calls it.

    Args:
        kinds: The kinds of claims, where a user's own have links of other names.
    """
    if not Doc.has_extension(codec.EXTENSION):
        Doc.set_extension(codec.EXTENSION, default=None)
    _register("claim", claim_of)
    for name in LINKS if kinds is None else _links(kinds):
        _register(name, _Linked(name))


def _links(kinds: Kinds) -> Iterable[str]:
    own = (name for spec in kinds.own for names in spec.by_link.values() for name in names)
    return dict.fromkeys([*LINKS, *own])


def _register(name: str, getter: Callable[[Span], Any]) -> None:
    if not Span.has_extension(name):
        Span.set_extension(name, getter=getter)
        return
    there = Span.get_extension(name)[2]
    if there is not getter and not isinstance(there, _Linked):
        message = f"span._.{name} is an extension of your own: it stays, and does not show what a claim says"
        warnings.warn(message, stacklevel=4)


class _Linked:
    """Finds the span of a link; a class, as a process that is started anew must be able to import it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, span: Span) -> Span | None:
        place = codec.places_of(span).get(self._name)
        if place is None:
            return None
        return span.doc.char_span(*place, label=self._name, alignment_mode="expand")


def claim_of(span: Span) -> BaseClaim | None:
    """Returns the record of the claim that a span is of; None where there is none."""
    return codec.claim_of(span)
