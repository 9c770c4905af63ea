"""Names that other components have set, as entities or spans: the engine takes them as they are meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from extractor.errors import InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from extractor.knowledge.kinds import Kinds
    from extractor.things.given import GivenName

_ENTS, _SPANS = "ents", "spans."


class NameReader:
    """Reads the names of a Doc.

    Args:
        sources: Where they stand: ``ents``, or ``spans.KEY``.
        roles: What the names of a label are: a kind of thing, or ``subject``. A label that is not among these
            is what it says itself, in any case; one that says nothing of the sort is passed over.

    Raises:
        InputError: A source is none.
    """

    def __init__(self, sources: Sequence[str], roles: Mapping[str, str]) -> None:
        several = [sources] if isinstance(sources, str) else list(sources)
        for source in several:
            if source != _ENTS and not (source.startswith(_SPANS) and source != _SPANS):
                message = f"names_from: {source!r} is no place of names; 'ents' is one, and 'spans.KEY'"
                raise InputError(message)
        self.sources, self.roles = tuple(several), dict(roles)

    def read(self, doc: Doc, kinds: Kinds) -> tuple[GivenName, ...]:
        """Returns the names that other components have set on a Doc.

        Raises:
            InputError: A label is said to be what no name can be.
        """
        if not self.sources:
            return ()
        from extractor.things.given import GivenName

        allowed = self._allowed(kinds)
        names = []
        for source in self.sources:
            for span in _spans(doc, source):
                role = self.roles.get(span.label_, span.label_.lower())
                if role in allowed:
                    name = span.id_ or span.ent_id_ or span.text
                    rule = f"names.{source.removeprefix(_SPANS)}"
                    names.append(GivenName(span.start_char, span.end_char, role, name, rule))
        return tuple(dict.fromkeys(names))

    def _allowed(self, kinds: Kinds) -> tuple[str, ...]:
        from extractor.things.given import may_name
        from extractor.values.links.subjects import SUBJECT

        allowed = (SUBJECT, *(spec.name for spec in kinds.specs if may_name(spec)))
        for label, role in self.roles.items():
            if role not in allowed:
                message = f"names_as: {label!r} cannot be {role!r}; a name is one of {', '.join(allowed)}"
                raise InputError(message)
        return allowed


def _spans(doc: Doc, source: str) -> Iterator[Span]:
    found: Iterable[Span] = doc.ents if source == _ENTS else doc.spans.get(source.removeprefix(_SPANS), ())
    yield from found
