"""The shape that all linkers share: candidates, refusal with its reason, preference; and what they find."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from extractor.knowledge.kinds import Link as LinkName
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.text.view import View
from extractor.values.drafts import Draft, TokenSpan

if TYPE_CHECKING:
    from extractor.values.named import NamedThings

FARTHEST = 60  # tokens between a cue and its value, where the rule says nothing else
# Why a value cannot have the words of a cue: it stands on the wrong side of the value, too far from it, in
# another clause, at the value itself or within its metric, is what the value is compared with, or another's;
# one of its sort stands nearer; the value has a place of its own that is no candidate, or is the state
# before a change, of which only the state after has a subject.
Refusal = Literal[
    "side", "reach", "clause", "value", "metric", "compared", "other", "nearer", "elsewhere", "before"
]


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase found in a sentence: a candidate for a link.

    Attributes:
        start: First token of the cue.
        span: Tokens of the words it names.
        side: Where the cue stands, seen from the value: ``right``, ``left``, ``both`` or ``fallback``.
        reach: How many tokens away the value may be.
        rule: Id of the rule, or the grammar that names the words.
        place: Where the words stand in the text, if they are no whole tokens.
    """

    start: int
    span: TokenSpan
    side: str
    reach: int
    rule: str
    place: Span | None = None

    def made_by(self, rule: str, match: TokenSpan) -> bool:
        """Tells whether it is from a match of a rule."""
        return self.rule == rule and match[0] <= self.span[0] < match[1]


Cues = Sequence[Cue]


class Found(NamedTuple):
    """Words that a value is linked to.

    Attributes:
        span: Their tokens.
        source: The rule that gave them, or the grammar.
        place: Where they stand in the text, if they are no whole tokens.
        name: The name of what they mention, if the attribute has the name and not the words.
    """

    span: TokenSpan
    source: str
    place: Span | None = None
    name: str | None = None


class Relation(NamedTuple):
    """What a value says of its metric.

    Attributes:
        sort: Whether a speed changed or something else, or a level was reached.
        direction: In which direction it changed.
        metric: What changed, or what was reached.
        cue: Tags of the cue word, by which "3x smaller and 2x smaller" are known to be of one thing.
    """

    sort: Literal["speed", "other", "level"]
    direction: str | None
    metric: Found | None
    cue: str = ""


class Link(NamedTuple):
    """Words of the text that belong to a value.

    Attributes:
        words: As they stand in the raw text, or the name of what they mention.
        place: Where they stand in it.
        source: The rule that gave them, or the grammar.
        read: The words as they are read.
    """

    words: str
    place: Span
    source: str
    read: str


class Thing(NamedTuple):
    """A mention of hardware or of a dataset: where it stands, its kind and name, whether it names a class."""

    place: Span
    kind: str
    name: str
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with its values and what is named in it.

    Attributes:
        view: The whole abstract as it is read.
        sentence: The sentence, tagged.
        drafts: Its values, in order.
        levels: Those of them that are a level reached.
        things: The mentions of things in the sentence.
        named: The mentions of things in the view.
    """

    view: View
    sentence: TaggedSentence
    drafts: Sequence[Draft]
    levels: Sequence[Draft]
    things: Sequence[Thing]
    named: NamedThings

    @property
    def text(self) -> str:
        """The whole abstract as it is read."""
        return self.view.text

    def link(self, found: Found) -> Link | None:
        """Returns the raw words found, without a dash that joined them to a number, if any is left."""
        start, end = found.place or self.sentence.slice(*found.span)
        words = self.text[start:end] if found.place else self.text[start:end].rstrip("-")
        if not words:
            return None
        place = self.view.span(start, start + len(words))
        return Link(found.name or self.view.raw[slice(*place)], place, found.source, words)


@dataclass(slots=True)
class Value:
    """A value whose links are looked for.

    Attributes:
        draft: The value, as its rule read it.
        before: What the value before it says, whose metric it may share.
        found: What it is linked to so far, by attribute; some linkers need what others found.
    """

    draft: Draft
    before: Relation | None = None
    found: dict[str, Found] = field(default_factory=dict)

    def span(self, attribute: str) -> TokenSpan | None:
        """Returns the tokens of the words that an attribute is linked to."""
        found = self.found.get(attribute)
        return found.span if found else None


class Linker(ABC):
    """Finds one attribute of the values of a sentence.

    A value takes the words that its own rule or place gives it; else the first cue in the order of
    preference that is not refused.
    """

    attribute: ClassVar[LinkName]
    asks_cues: ClassVar[bool] = False
    """Whether it finds nothing in a sentence without cues, so that it need not be asked there."""

    @abstractmethod
    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:
        """Returns the cues of a sentence, in order.

        Args:
            scene: The sentence.
            found: The cues of the linkers before this one.
        """

    @abstractmethod
    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:
        """Returns why a value cannot have the words of a cue; None if it can."""

    @abstractmethod
    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:
        """Returns the cues that a value could have, the one that it should have first."""

    def own(self, scene: Scene, value: Value, cues: Cues) -> Found | None:  # noqa: ARG002
        """Returns the words that the value's own rule, or its place, gives it; no cue is asked then."""
        return None

    def narrowed(self, scene: Scene, value: Value, found: Found, cues: Cues) -> Found | None:  # noqa: ARG002
        """Returns which of the words of a cue the value has: all of them, or its own of a list."""
        return found

    def choose(self, scene: Scene, value: Value, cues: Cues) -> Cue | None:
        """Returns the cue that a value without words of its own takes."""
        for cue in self.preference(scene, value, cues):
            if self.refusal(scene, value, cue, cues) is None:
                return cue
        return None

    def link(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """Returns what a value is linked to, and by what."""
        found = self.own(scene, value, cues)
        if found is None:
            cue = self.choose(scene, value, cues)
            if cue is None:
                return None
            found = Found(cue.span, cue.rule, cue.place)
        return self.narrowed(scene, value, found, cues)


def group_of(attribute: str, draft: Draft) -> str:
    """Says that the words are those of a group of the value's own rule."""
    return f"group ({attribute}: ...) of {draft.rule.id}"


def overlap(first: TokenSpan, second: TokenSpan | None) -> bool:
    """Tells whether two spans share a token."""
    return second is not None and first[0] < second[1] and second[0] < first[1]
