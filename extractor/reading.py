"""One text as an engine reads it, step by step; a step is taken when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from extractor.numbers.valuemention import ValueMention
from extractor.record.schema import BaseClaim, Hardware, with_facts
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.text.view import View
from extractor.things.find import Things
from extractor.things.given import GivenName, with_names
from extractor.things.restore import restored
from extractor.values.general import Weighed
from extractor.values.links.base import Thing
from extractor.values.links.subjects import SUBJECT
from extractor.values.named import NamedThings
from extractor.values.records import LinkedValue, record

if TYPE_CHECKING:
    from extractor.engine import Engine

T = TypeVar("T")
_CLASS_RULE = "hardware.class"  # finds what names no device ("GPU")


class Kept(Generic[T]):
    """A step that is taken once for a reading: a cached property without its lock, which costs as much.

    Args:
        step: Takes the step.
    """

    def __init__(self, step: Callable[[Any], T]) -> None:
        self._step, self._name = step, step.__name__
        self.__doc__ = step.__doc__

    def __get__(self, reading: Any, _owner: type | None = None) -> T:
        if reading is None:
            return cast("T", self)
        found = reading.__dict__[self._name] = self._step(reading)
        return found


class Reading:
    """What an engine reads in one text.

    Args:
        engine: The engine.
        text: The text as it stands.
        names: Names that the caller knows to be things or subjects, whatever the engine would say of them.
    """

    def __init__(self, engine: Engine, text: str, names: Sequence[GivenName] = ()) -> None:
        self.engine, self.text, self.names = engine, text, names

    @Kept
    def view(self) -> View:
        """The text as it is read; all places below but those of claims are places in it."""
        return self.engine.view(self.text)

    @Kept
    def _shown(self) -> Set[str]:
        """The words of the vocabulary that stand in the view."""
        return self.engine.vocabulary.shown(self.view.text)

    @Kept
    def found(self) -> Things:
        """The named things, as they stand in the view."""
        found = self.engine.parts.things.find(self.view.text, self._shown)
        return with_names(found, self.names, self.view, self.engine.ruleset.kinds) if self.names else found

    @Kept
    def things(self) -> list[BaseClaim]:
        """The claims of named things."""
        claims = restored(chain.from_iterable(self.found), self.view)
        facts = self.engine.facts
        if facts is None:
            return claims
        return [
            with_facts(claim, facts(claim.name)) if isinstance(claim, Hardware) else claim for claim in claims
        ]

    @Kept
    def values(self) -> list[ValueMention]:
        """The values, in order; numbers in the names of things are none."""
        taken = _places(chain.from_iterable(self.found))
        taken += (thing.place for thing in self._subjects)
        return _outside(self.engine.parts.scanner.scan(self.view.text, self._shown), taken)

    @Kept
    def tagged(self) -> list[TaggedSentence]:
        """The sentences that can hold a claim; most abstracts have few, and tagging is what costs."""
        if not any(_tells(value) for value in self.values):
            return []
        tag, text = self.engine.ruleset.tagger.tag, self.view.text
        return [
            tag(text, span, members)
            for span, members in self.by_sentence()
            if any(_tells(value) for value in members)
        ]

    @Kept
    def named(self) -> NamedThings:
        """The mentions of things and of given subjects, as values are linked to them."""
        named = [
            Thing(Span(mention.start, mention.end), claim.kind, claim.name, claim.rule == _CLASS_RULE)
            for claim in self.found.named
            for mention in claim.mentions
        ]
        return NamedThings(self.view.text, named + self._subjects)

    @property
    def _subjects(self) -> list[Thing]:
        """The names that are given as subjects."""
        places = (
            (name, self.view.place(name.start, name.end)) for name in self.names if name.kind == SUBJECT
        )
        return [Thing(place, SUBJECT, name.name) for name, place in places if place]

    @Kept
    def linked(self) -> list[tuple[TaggedSentence, list[LinkedValue]]]:
        """The values that make claims, by sentences, with what each is linked to, and why."""
        if not self.tagged:
            return []
        read, view, named = self.engine.records.linked, self.view, self.named
        return [(sentence, read(view, sentence, named)) for sentence in self.tagged]

    def weighed(self) -> Iterator[tuple[TaggedSentence, list[Weighed]]]:
        """Yields the sentences with values, and the evidence about those that the rules leave open."""
        for sentence in self.tagged:
            yield sentence, self.engine.records.weighed(sentence, self.named)

    def read(self) -> Iterator[tuple[BaseClaim, LinkedValue | None]]:
        """Yields the claims, not yet rated, each with what it was made of if it has a value."""
        for claim in self.things:
            yield claim, None
        for _, values in self.linked:
            for value in values:
                yield record(value), value

    @Kept
    def claims(self) -> tuple[BaseClaim, ...]:
        """All claims, in the order of the text."""
        rated = self.engine.rated
        claims = [rated(claim, value) for claim, value in self.read()]
        claims.sort(key=lambda claim: (claim.start, claim.end))
        return tuple(claims)

    def by_sentence(self) -> Iterator[tuple[Span, list[ValueMention]]]:
        """Yields all sentences with their values, also those that hold none."""
        return _by_sentence(self.engine.parts.sentences.sentences(self.view.text), self.values)

    def __deepcopy__(self, _memo: Any) -> Reading:
        """A reading of a text stays what it is."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process reads anew: an engine does not travel."""
        return type(None), ()


def _places(claims: Iterable[Any]) -> list[Span]:
    return [Span(mention.start, mention.end) for claim in claims for mention in claim.mentions]


def _outside(mentions: Sequence[ValueMention], spans: Sequence[Span]) -> list[ValueMention]:
    """Returns the mentions, which stand in order, that do not begin inside one of the spans."""
    kept: list[ValueMention] = []
    waiting = sorted(spans, reverse=True)
    covered = 0
    for mention in mentions:
        while waiting and waiting[-1].start <= mention.start:
            covered = max(covered, waiting.pop().end)
        if mention.start >= covered:
            kept.append(mention)
    return kept


def _tells(mention: ValueMention) -> bool:
    """A whole number without suffix makes no claim by itself."""
    return mention.form != "bare" or mention.decimal


def _by_sentence(
    sentences: Iterable[Span], mentions: Sequence[ValueMention]
) -> Iterator[tuple[Span, list[ValueMention]]]:
    """Yields the sentences with their mentions."""
    index = 0
    for span in sentences:
        members = []
        while index < len(mentions) and mentions[index].start < span.end:
            members.append(mentions[index])
            index += 1
        yield span, members
