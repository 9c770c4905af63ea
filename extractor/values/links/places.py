"""Where something was measured: what grammar says of the datasets and the hardware of a sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.values.drafts import TokenSpan
from extractor.values.links.base import FARTHEST, Cue, Scene, Thing

# What a mention is in its sentence: behind a preposition of place, of comparison or of origin, the subject of
# a verb, the object of one, alone in a bracket, or none of these.
Role = Literal["place", "rival", "source", "subject", "object", "bracket", "other"]
_LONGEST_PHRASE = 12  # tokens before a mention in which its phrase can begin
_LONGEST_BRACKET = 12  # tokens between a bracket's opening and a value in it


@dataclass(frozen=True, slots=True)
class PlaceCue(Cue):
    """A mention of a dataset or of hardware.

    Attributes:
        name: Its canonical name.
        role: What it is in the sentence.
        leads: Whether it stands before the verb, so that what follows was measured there.
        fronted: Whether its clause begins with it ("On Foo, ..."), so that all that follows was.
        generic: Whether it names a class ("GPU").
    """

    name: str = ""
    role: Role = "other"
    leads: bool = False
    fronted: bool = False
    generic: bool = False

    @property
    def at(self) -> Span:
        """Where it stands in the text."""
        assert self.place is not None  # always given
        return self.place


class Places:
    """Reads the mentions of things of one kind in sentences.

    Args:
        ruleset: The compiled rules, for their word classes.
        kind: Of the things.
        rivals: Further word classes that compare with what stands behind them.
    """

    def __init__(self, ruleset: Ruleset, kind: str, rivals: Sequence[str] = ()) -> None:
        self._kind = kind
        tags = ruleset.tagger.tags
        inner = tags(["w", "det", "val", "dash", "possessive", "quote", "adv", "slash", "=one"])
        self._inner = inner - tags(["prep", "and", "comma", "ing"])
        self._rivals = tags(["rival_p", *rivals]) - tags(["beat_v"])
        self._beats = tags(["beat_v", "lag_v"])
        self._links = tags(["=to", "=with"])
        self._comparing = tags(["compare_w"])
        self._origins = tags(["origin_p"])
        self._of, self._amounts = tags(["=of"]), tags(["amount_w"])
        self._to = tags(["=to"])
        self._ing = tags(["ing"])
        self._prepositions = tags(["prep"]) - tags(["subord"])
        self._pretrained = tags(["pretrained_w"])
        self._joining = tags(["and", "comma"])
        self._openers = tags(["comma", "and", "conj", "subord", "colon", "semicolon", "long_dash"])
        verbs = ["verb", "keep_v", "up_v", "down_v", "better_v", "worse_v", "beat_v", "speed_v", "be", "aux"]
        participles = tags(["ing", "up_c", "down_c", "better_c", "worse_c"])
        self.verbs = tags(verbs) - participles
        self._objects = tags([*verbs, "nverb"])
        self._breaks = tags(["semicolon", "stop", "subord"]) - tags(["rel"])
        self._opening = tags(["open_b"])
        self.closing = tags(["close_b"])
        self._closing = tags(["close_b", "stop", "semicolon"])
        self._nouns = tags(["place_n"])

    def cues(self, scene: Scene) -> list[PlaceCue]:
        """Returns the mentions in a sentence, in order."""
        sentence = scene.sentence
        things = scene.named.within(sentence.span, self._kind)
        found: list[PlaceCue] = []
        leads, last = True, 0  # whether no verb stands before a token in its clause
        for thing in things:
            tokens = tokens_of(sentence, thing.place)
            before = found[-1] if found else None
            if before and self.are_joined(sentence, (before.at, thing.place)):
                found.append(
                    self._cue(thing, tokens, before.role, leads=before.leads, fronted=before.fronted)
                )
                continue
            leads, last = self._leads(sentence, (last, tokens[0]), leads=leads), tokens[0]
            role = self._role(sentence, tokens)
            fronted = leads and role == "place" and self._fronted(sentence, tokens[0])
            found.append(self._cue(thing, tokens, role, leads=leads, fronted=fronted))
        return found

    def _cue(self, thing: Thing, tokens: TokenSpan, role: Role, *, leads: bool, fronted: bool) -> PlaceCue:
        return PlaceCue(
            tokens[0], tokens, "both", FARTHEST, f"the nearest {thing.kind}", thing.place,
            name=thing.name, role=role, leads=leads, fronted=fronted, generic=thing.generic,
        )  # fmt: skip

    def _fronted(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a clause begins with a phrase ("On Foo, ...", "Tested on Foo, ...")."""
        first = self._phrase_start(sentence, token) - 1
        near = sentence.tags[max(0, first - 2) : first]
        return first <= 1 or any(tag in self._openers for tag in near)

    def _role(self, sentence: TaggedSentence, tokens: TokenSpan) -> Role:
        """Returns what a mention is, by what governs its phrase."""
        tags = sentence.tags
        if tags[tokens[1] : tokens[1] + 1] in self._pretrained and tokens[1] < len(tags):
            return "source"
        first = self._phrase_start(sentence, tokens[0])
        role = self._governed(sentence, first)
        if role == "bracket" and self._governed(sentence, self._phrase_start(sentence, first - 1)) == "place":
            return "place"  # "on sensor data (Foo)"
        return "subject" if role == "object" and self._acts(sentence, tokens[1]) else role

    def _governed(self, sentence: TaggedSentence, first: int) -> Role:
        """Returns what a noun phrase is that begins at a token."""
        if first == 0:
            return "subject"
        governor, before = sentence.tags[first - 1], sentence.tags[max(0, first - 3) : first - 1]
        compared = governor in self._links and any(tag in self._comparing for tag in before)
        if governor in self._rivals or governor in self._beats or compared:
            return "rival"
        if governor in self._prepositions:
            return self._behind_preposition(governor, before)
        if governor in self._opening:
            return "bracket"
        if governor in self._openers:
            return "subject"
        return "object" if governor in self._objects or governor in self._ing else "other"

    def _acts(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether an object is the subject of what follows ("it enables Foo boards to reach 3x")."""
        while token < len(sentence.tags) and sentence.tags[token] in self._inner:
            token += 1
        return sentence.tags[token : token + 1] in self._to and token < len(sentence.tags)

    def _behind_preposition(self, governor: str, before: str) -> Role:
        last = before[-1:]
        if last and last in self._pretrained:
            return "source"
        if governor in self._origins:
            return "place" if last and last in self._nouns else "source"
        if governor in self._of and self._kind == "hardware":
            return "place" if last and last in self._amounts else "other"
        return "place"

    def _phrase_start(self, sentence: TaggedSentence, token: int) -> int:
        """Returns the first token of the noun phrase that a mention stands in."""
        first = token
        while first > 0 and token - first < _LONGEST_PHRASE and sentence.tags[first - 1] in self._inner:
            first -= 1
        return first

    def _leads(self, sentence: TaggedSentence, span: TokenSpan, *, leads: bool) -> bool:
        """Tells whether no verb stands before a token in its clause, by what holds for a token before it."""
        for position in range(span[1] - 1, span[0] - 1, -1):
            tag = sentence.tags[position]
            if tag in self._breaks:
                return True
            if tag in self.verbs:
                return False
        return leads

    def are_joined(self, sentence: TaggedSentence, spans: Sequence[tuple[int, int]]) -> bool:
        """Tells whether nothing but commas and conjunctions stands between spans of text."""
        for (_, end), (start, _) in pairwise(spans):
            between = range(token_from(sentence, end), token_from(sentence, start))
            if any(sentence.tags[token] not in self._joining for token in between):
                return False
        return True

    def closed(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether a bracket that was open before some tokens closes among them."""
        depth = 0
        for tag in sentence.tags[slice(*span)]:
            depth += (tag in self._opening) - (tag in self.closing)
            if depth < 0:
                return True
        return False

    def compares(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether a word of comparison stands among some tokens."""
        return any(tag in self._rivals for tag in sentence.tags[slice(*span)])

    def continues(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a word that opens a clause goes on with the same subject ("while using 3 GB")."""
        return sentence.tags[token + 1 : token + 2] in self._ing and token + 1 < len(sentence.tags)

    def before_bracket(
        self, sentence: TaggedSentence, token: int, cues: Sequence[PlaceCue]
    ) -> PlaceCue | None:
        """Returns the mention right before the bracket of a value ("Foo (81%), Bar (F1: 0.7)")."""
        tags, token = sentence.tags, token - 1
        first = max(0, token - _LONGEST_BRACKET)
        while token > first and tags[token] not in self._opening and tags[token] not in self._closing:
            token -= 1
        if tags[token] not in self._opening:
            return None
        while token > 1 and tags[token - 1] in self._nouns:
            token -= 1
        end = sentence.tokens[token - 1][1] if token else 0
        return next((cue for cue in cues if cue.at.end == end), None)

    def head(self, sentence: TaggedSentence, cue: PlaceCue, cues: Sequence[PlaceCue]) -> PlaceCue:
        """Returns the first of the mentions of the coordination that ends with one ("on A, B, and C")."""
        before = bisect_right(cues, cue.at.start, key=lambda other: other.at.end)
        for other in reversed(cues[:before]):
            if not self.are_joined(sentence, (other.at, cue.at)):
                break
            cue = other
        return cue


def tokens_of(sentence: TaggedSentence, place: Span) -> TokenSpan:
    """Returns the tokens that begin within a stretch of text."""
    first = token_from(sentence, place.start)
    return first, max(first + 1, token_from(sentence, place.end))


def token_from(sentence: TaggedSentence, offset: int) -> int:
    """Returns the first token that begins at an offset or behind it."""
    return bisect_left(sentence.tokens, (offset, 0))
