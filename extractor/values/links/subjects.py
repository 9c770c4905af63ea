"""Finds whose value it is: the name of a system, model or method in the same sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from extractor.rulelang.patterns import group_span
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import (
    FARTHEST,
    Cue,
    Cues,
    Found,
    Linker,
    Refusal,
    Scene,
    Thing,
    Value,
    overlap,
)
from extractor.values.links.places import tokens_of
from extractor.values.matching import matches

SUBJECT: Final = "subject"


class SubjectLinker(Linker):
    """Finds subjects.

    Args:
        ruleset: The compiled rules.
    """

    attribute = SUBJECT
    asks_cues = True

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = ruleset.group("subject")
        tags = ruleset.tagger.tags
        self._names = tags(["name", "cap"])
        self._named = tags(["name"])
        measures = ["quality_m", "time_m", "strict_rate", "adj_tail"]
        self._metrics = tags(measures[:-1])
        self._no_names = tags(["generic_name", *measures])
        self._generic = tags(["data_n"])
        governing = tags(["prep", "up_v", "down_v", "better_v", "worse_v", "speed_v", "beat_v", "lag_v"])
        self._governors = governing - tags(["subord", "comma", "up_c", "down_c", "better_c"])
        self._leading = tags(["det", "possessive", "bare", "deg", "junk"])
        self._commas = tags(["comma"])
        self._lead = tags(["lead", "tilde", "less_sign", "more_sign", "deg", "adv", "=with"])
        self._versus = tags(["versus"])
        self._rivals = tags(["versus", "beat_v", "lag_v", "=than", "=over"])
        self._possessives = tags(["possessive"])
        self._respectively = tags(["respectively"])
        self._joining = tags(["comma", "and"])
        self._named_on = self._names | tags(["dash", "bare", "count"]) - self._joining
        self._brackets = tags(["open_b"])
        phrase = ["w", "det", "and", "comma", "possessive", "dash", "adv", "val", "open_b", "close_b"]
        self._phrase = tags(phrase) - self._rivals
        lower = tags(["lower"]) & tags(["w"])
        self._words = lower - tags(["model_n", "nverb"])

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:
        """Returns the names that can have a value: before a verb, not datasets, hardware or baselines.

        A rule with a reach of its own says where the name stands beside its value; there a preposition or a
        word of comparison before the name takes nothing from it ("versus Foo's 41%", "like Foo (46%)"). So
        does a rule that names the value too: the name is of that value alone, at which the cue starts.
        No rule is looked for behind the last value.
        """
        sentence, baselines, last = scene.sentence, found.get("baseline", ()), scene.drafts[-1].token
        cues: dict[tuple[TokenSpan, int], Cue] = {}
        for compiled in self._rules.passing(sentence):
            reach = compiled.rule.settings.get("reach")
            for match in matches(compiled, sentence, last):
                span, own = group_span(match, "subject"), group_span(match, "vals")
                if span is None:
                    continue
                free = reach or own or self._is_free(sentence, span, baselines)
                if not free or not self._is_name(sentence, span, scene.things):
                    continue
                values = [token for token in range(*own) if token in sentence.mentions] if own else []
                names = self._in_turn(sentence, span, len(values))
                side, starts = ("both", values) if own else ("left", [span[0]])
                for start, name in zip(starts, names, strict=True):
                    cue = Cue(start, name, side, reach or FARTHEST, compiled.rule.id)
                    cues.setdefault((name, start), cue)
        given = self._given(scene, baselines)
        read = [cue for cue in cues.values() if not any(overlap(cue.span, other.span) for other in given)]
        return sorted([*read, *given], key=lambda cue: cue.span)

    def _given(self, scene: Scene, baselines: Sequence[Cue]) -> list[Cue]:
        """Returns the names that the caller gives as subjects, where they are no object and no baseline."""
        sentence = scene.sentence
        (start, end), cues = sentence.span, []
        for thing in scene.things:
            if thing.kind == SUBJECT and start <= thing.place.start < end:
                span = tokens_of(sentence, thing.place)
                if self._is_free(sentence, span, baselines):
                    cues.append(Cue(span[0], span, "left", FARTHEST, "a given name", thing.place))
        return cues

    def _in_turn(self, sentence: TaggedSentence, span: TokenSpan, count: int) -> list[TokenSpan]:
        """Returns the name of each of several values: with "respectively", its own of a list."""
        names = [span]
        while len(names) < count and not self._respectively.isdisjoint(sentence.kinds):
            first = names[-1][1]
            while first < len(sentence.tags) and sentence.tags[first] in self._joining:
                first += 1
            last = first
            while last < len(sentence.tags) and sentence.tags[last] in self._named_on:
                last += 1
            if last == first or first == names[-1][1]:
                break
            names.append((first, last))
        return names if len(names) == count else [span] * max(count, 1)

    def _is_free(self, sentence: TaggedSentence, span: TokenSpan, baselines: Sequence[Cue]) -> bool:
        """Tells whether a name is no object of a preposition or verb and no baseline."""
        first = span[0]
        while first and sentence.tags[first - 1] in self._leading:
            first -= 1
        if first and sentence.tags[first - 1] in self._governors:
            return False
        return not any(cue.span[0] <= span[0] < cue.span[1] for cue in baselines)

    def _is_name(self, sentence: TaggedSentence, span: TokenSpan, things: Sequence[Thing]) -> bool:
        tags = sentence.tags[span[0] : span[1]]
        if self._is_generic(sentence, span) or tags[0] in self._metrics:
            return False
        if tags[0] not in self._named and self._continues_name(sentence, span[0]):
            return False
        if len(tags) == 1 and tags not in self._named and self._opens_sentence(sentence, span):
            return False
        stretch = sentence.slice(*span)
        return not any(
            t.place.start < stretch.end and stretch.start < t.place.end for t in things if t.kind != SUBJECT
        )

    def _is_generic(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether words name no one system: the last is a class, and no name stands before it."""
        first, last = span
        tags = sentence.tags
        if tags[last - 1] not in self._no_names:
            return False
        named = tags[first] in self._names and tags[first] not in self._no_names and first > 0
        return not (named and last - first > 1 and tags[last - 1] in self._generic)

    def _continues_name(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a name goes on at a token, over a version number too ("Foo 2.5 Pro")."""
        before = token - 1
        if before > 0 and before in sentence.mentions and sentence.mentions[before].form == "bare":
            before -= 1
        return before >= 0 and sentence.tags[before] in self._names

    def _opens_sentence(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether a word has its capital from the sentence ("Field testing shows", "Overall, it")."""
        if span[0]:
            return False
        following = sentence.tags[span[1] : span[1] + 1]
        return following in self._words or following in self._commas

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:  # noqa: ARG002
        """Its own, else the last; of "Foo" and "Foo v1.0" the longer."""
        return sorted(cues, key=_preference, reverse=True)

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:  # noqa: ARG002
        """Returns why a value cannot have the subject of a cue; None if it can.

        What a value is compared with is not its subject, and no name before a "versus" is that of a score
        behind it.
        """
        sentence, draft, baseline = scene.sentence, value.draft, value.span("baseline")
        if cue.side == "both":
            return None if cue.start == draft.token else "other"
        if place := self._misplaced(draft, cue):
            return place
        if any(overlap(cue.span, other.metric) for other in scene.drafts):
            return "metric"
        if draft.family == "level" and cue.span[1] < self._compared(sentence, draft):
            return "compared"
        beside = cue.span[1] == draft.token - 1  # "than Foo's 41%"
        return None if beside or not overlap(cue.span, baseline) else "compared"

    def narrowed(self, scene: Scene, value: Value, found: Found, cues: Cues) -> Found:  # noqa: ARG002
        """Behind "respectively", each value of a rule has its own of the names in turn."""
        place, count = value.draft.place
        if count == 1:
            return found
        return found._replace(span=self._in_turn(scene.sentence, found.span, count)[place])

    def _misplaced(self, draft: Draft, cue: Cue) -> Refusal | None:
        """Tells what is wrong with the place of a cue."""
        if draft.is_before_and_after and draft.place[0] < draft.place[1] - 1:
            return "before"
        if cue.span[1] > draft.token:
            return "side"
        # The members of a list stand farther and farther from the name that has them all.
        return "reach" if draft.token - 2 * draft.place[0] - cue.span[1] >= cue.reach else None

    def _compared(self, sentence: TaggedSentence, draft: Draft) -> int:
        """The token behind the word of comparison that makes a value another's; 0 if there is none.

        It stands right before the value ("versus 40%"), or before what has the value in its bracket
        ("outperforming the baseline (40%)"). So does a possessive ("the baseline's 40%").
        """
        tags, token = sentence.tags, draft.token - 1
        while token > 0 and tags[token] in self._lead:
            token -= 1
        if tags[token : token + 1] in self._possessives:
            return token
        words = self._versus
        if tags[token : token + 1] in self._brackets and tags[draft.token + 1 : draft.token + 2] not in words:
            words = self._rivals
            while token >= 0 and tags[token] in self._phrase:
                token -= 1
        return token + 1 if token >= 0 and tags[token] in words else 0


def _preference(cue: Cue) -> tuple[bool, int, int]:
    return cue.side == "both", cue.span[1], -cue.span[0]
