"""The components: each takes one step of a reading, and puts on the Doc what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans

from extractor.errors import InputError
from extractor.knowledge.kinds import FORMS, LINKS
from extractor.spacy_ import codec
from extractor.spacy_.extensions import register_extensions
from extractor.spacy_.names import NameReader
from extractor.spacy_.readings import detach, reading_of
from extractor.spacy_.sources import EngineSource, Saved

if TYPE_CHECKING:
    from spacy.training import Example

    from extractor.reading import Reading
    from extractor.record.schema import BaseClaim

VALUES = "values"


class Step(Saved):
    """What all components share.

    Args:
        name: Name of the component in its pipeline.
        source: Where the engine is from.
        names: Reads the names that other components have set.
        shared: Whether the source is that of the tokenizer, which saves its files.
    """

    def __init__(
        self, name: str, source: EngineSource, names: NameReader | None = None, *, shared: bool = False
    ) -> None:
        self.name = name
        self.source = source
        self.names = names or NameReader((), {})
        if self.names.sources:
            source.ahead = False
        self._shared = shared
        self._ready = False
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Takes the step.

        Raises:
            RuleError: The rules of the user's own cannot be loaded; only with the first document.
        """
        engine = self.source.engine
        if not self._ready:
            self.check()
            register_extensions(engine.ruleset.kinds)
            self._ready = True
        names = self.names.read(doc, engine.ruleset.kinds) if self.names.sources else ()
        self.take(doc, reading_of(doc, engine, names))
        return doc

    def take(self, doc: Doc, reading: Reading) -> None:
        """Puts on a Doc what the step finds."""
        raise NotImplementedError

    def check(self) -> None:
        """Looks at what can be known only with the kinds."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._ready = False
        register_extensions()

    def to_bytes(self, **options: Any) -> bytes:
        """Returns the texts of the user's files, if they are the component's own."""
        return EngineSource().to_bytes() if self._shared else super().to_bytes(**options)

    def from_bytes(self, data: bytes, **options: Any) -> Any:
        """Takes the files of a saved pipeline, in place of those of the configured paths."""
        return self if self._shared else super().from_bytes(data, **options)


class ThingsComponent(Step):
    """Finds the named things: ``doc.spans["things"]`` has a span for every mention.

    Args:
        ents: Whether they become entities too, where they overlap none.
    """

    def __init__(self, *args: Any, ents: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ents = ents

    @property
    def labels(self) -> tuple[str, ...]:
        """The kinds of things."""
        return self.source.kinds.thing_names

    def take(self, doc: Doc, reading: Reading) -> None:
        """Puts the mentions on a Doc."""
        group = SpanGroup(doc, name=codec.THINGS)
        for claim in reading.things:
            group.extend(_mentions(doc, claim))
        doc.spans[codec.THINGS] = group
        if self._ents:
            add_entities(doc, group)


class ValuesComponent(Step):
    """Finds the values, numbers with what they count: ``doc.spans["values"]``, labelled by their form."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The forms of values."""
        return FORMS

    def take(self, doc: Doc, reading: Reading) -> None:
        """Puts the values on a Doc."""
        group = SpanGroup(doc, name=VALUES)
        place_of, span_of = reading.view.span, doc.char_span
        for number, value in enumerate(reading.values):
            start, end = place_of(value.start, value.end)
            mark = f"{VALUES}/{number}"
            span = span_of(start, end, label=value.form, kb_id=mark, alignment_mode="expand")
            if span is not None:
                group.append(span)
        doc.spans[VALUES] = group


class LinksComponent(Step):
    """Links values to what they are of, compared with and measured on: ``span._.metric`` and the others."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The links."""
        return LINKS

    def take(self, doc: Doc, reading: Reading) -> None:
        """Puts on a Doc where the links of its values stand."""
        linked = {value.draft.mention.start: value.links for _, values in reading.linked for value in values}
        places: list[dict[str, tuple[int, int]]] = [{} for _ in reading.values]
        if linked:
            for place, value in zip(places, reading.values, strict=True):
                for name, link in linked.get(value.start, {}).items():
                    place[name] = link.place.start, link.place.end
        codec.put_places(doc, VALUES, places)


class ClaimsComponent(Step):
    """Finds the claims; alone in a pipeline it takes all steps.

    ``doc.spans[spans_key]`` has a span for each claim, ``doc.spans["things"]`` one for each mention of a
    named thing; both have all tokens that they touch. ``doc._.claims`` has the records. See `codec`.

    Args:
        kinds: The kinds that are wanted; all if none are named.
        spans_key: Key of ``doc.spans``.
        ents: Whether named things become entities too, where they overlap none.
        scorer: Scores examples for ``nlp.evaluate``.
    """

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[str] = (),
        spans_key: str = codec.CLAIMS,
        ents: bool = False,
        scorer: Callable[..., dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        self.spans_key = spans_key
        self._ents = ents
        self._scorer = scorer

    @property
    def labels(self) -> tuple[str, ...]:
        """The kinds of claims that it finds."""
        return self.kinds or self.source.kinds.names

    def check(self) -> None:
        """Looks whether the wanted kinds are kinds.

        Raises:
            InputError: One is none.
        """
        known = self.source.kinds.names
        if unknown := [kind for kind in self.kinds if kind not in known]:
            message = f"kinds: {', '.join(map(repr, unknown))} is none of {', '.join(known)}"
            raise InputError(message)

    def take(self, doc: Doc, reading: Reading) -> None:
        """Puts the claims on a Doc, and takes the reading from it."""
        claims: Iterable[BaseClaim] = reading.claims
        if self.kinds:
            claims = (claim for claim in claims if claim.kind in self.kinds)  # type: ignore[attr-defined]
        kinds = reading.engine.ruleset.kinds
        codec.put(doc, tuple(claims), key=self.spans_key, kinds=kinds)
        if self._ents:
            add_entities(doc, doc.spans[codec.THINGS])
        detach(doc)

    def score(self, examples: Iterable[Example], **options: Any) -> dict[str, Any]:
        """Scores examples; called by ``nlp.evaluate``."""
        if self._scorer is None:
            return {}
        return self._scorer(examples, **{"spans_key": self.spans_key, "kinds": self.kinds, **options})


def add_entities(doc: Doc, things: Iterable[Span]) -> None:
    """Makes named things entities where they overlap no entity that is there."""
    taken = {token.i for entity in doc.ents for token in entity}
    free = [Span(doc, s.start, s.end, label=s.label, span_id=s.id) for s in things]
    free = [span for span in filter_spans(free) if taken.isdisjoint(range(span.start, span.end))]
    doc.set_ents(free, default="unmodified")


def _mentions(doc: Doc, claim: Any) -> list[Span]:
    """Returns the spans of the mentions of a thing; it has no number before all claims are known."""
    places = [(mention.start, mention.end) for mention in claim.mentions]
    marks = {"label": claim.kind, "span_id": claim.rule or "", "alignment_mode": "expand"}
    return [span for place in places if (span := doc.char_span(*place, **marks)) is not None]
