"""Links a score to the dataset it was reached on, within its sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import FARTHEST, Cue, Cues, Found, Linker, Refusal, Scene, Value

# Classes of words behind which another clause begins, or another thing is compared.
_BREAKS = "subord semicolon stop beat_v lag_v up_v down_v better_v worse_v aux =despite".split()
_NEAREST = "the nearest dataset"
_LONGEST_BRACKET = 12  # tokens between a bracket's opening and a score in it


class DatasetLinker(Linker):
    """Finds the dataset of a score.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    attribute = "dataset"
    kinds = frozenset({"score"})

    def __init__(self, ruleset: Ruleset) -> None:
        chars = ruleset.tagger.chars
        self._breaks = frozenset(chars(_BREAKS))
        self._respectively = frozenset(chars(["respectively"]))
        self._pretrained = frozenset(chars(["pretrained_w"]))
        self._prepositions = frozenset(chars(["prep"]))
        self._on = frozenset(chars(["=on"]))
        self._articles = frozenset(chars(["det"]))
        self._joining = frozenset(chars(["and", "comma"]))
        self._opening = frozenset(chars(["open_b"]))
        self._closing = frozenset(chars(["close_b", "stop", "semicolon"]))
        self._places = frozenset(chars(["place_n"]))

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns where dataset names stand in a sentence, in order, but for what is only pretrained on."""
        sentence = scene.sentence
        places = dataset_places(scene.text, sentence, scene.datasets)
        return [_cue(sentence, span) for span in places if not self._is_source(sentence, span)]

    def own(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """The dataset at the value's place in an equal list, or before whose bracket it stands."""
        sentence, datasets = scene.sentence, _places(cues)
        if not datasets:
            return None
        if listed := self._aligned(sentence, value.draft, datasets):
            return _found(sentence, listed, "its place in the list")
        if owner := self._before_bracket(sentence, value.draft, datasets):
            return _found(sentence, owner, "before the bracket")
        return None

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:
        """The nearest to the right in the clause, else the nearest to the left, then the others."""
        sentence, draft = scene.sentence, value.draft
        before, after = _nearest(draft, cues)
        near = [cue for cue in (before, after) if cue]
        if before and after and self._is_right(sentence, draft, before, after):
            near.reverse()
        return [*near, *(cue for cue in cues if cue not in near)]

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:
        """Returns why a value cannot have the dataset of a cue; None if it can."""
        sentence, draft = scene.sentence, value.draft
        before, after = _nearest(draft, cues)
        if cue is before:
            return "other" if self._is_of_another(sentence, draft, _place(cue)) else None
        if cue is not after:
            return "nearer"
        if self._ends_clause(sentence, draft.token, _place(cue)):
            return "clause"
        alone = before is None and self._is_parted(sentence, draft, draft.mention.end + 1, _place(cue).start)
        return "elsewhere" if alone and self._is_elsewhere(sentence, draft) else None

    def narrowed(self, scene: Scene, value: Value, found: Found, cues: Cues) -> Found:
        """Of a coordination to the left, the first ("on A, B, and C")."""
        place = found.place
        if place is None or place.end > value.draft.mention.start or found.source != _NEAREST:
            return found
        return _found(scene.sentence, self._head(scene.sentence, place, _places(cues)), found.source)

    def _is_right(self, sentence: TaggedSentence, draft: Draft, before: Cue, after: Cue) -> bool:
        """Tells whether the dataset to the right is the nearer one in grammar."""
        start, end = draft.mention.start, draft.mention.end
        left, right = _place(before), _place(after)
        if self._is_parted(sentence, draft, end + 1, right.start):
            return False
        return self._is_parted(sentence, draft, left.end, start) or not self._modifies(sentence, left, draft)

    def _is_parted(self, sentence: TaggedSentence, draft: Draft, start: int, end: int) -> bool:
        """Tells whether a value of the same form, not of the same change, stands in a stretch of text."""
        own = _values_of_rule(sentence, draft) if draft.is_before_and_after else [draft.token]
        return any(
            start <= mention.start < end
            for token, mention in sentence.mentions.items()
            if mention.form == draft.mention.form and token not in own
        )

    def _before_bracket(
        self, sentence: TaggedSentence, draft: Draft, datasets: Sequence[Span]
    ) -> Span | None:
        """Returns the dataset in whose bracket a score stands ("Foo (81%), Bar (F1: 0.7, 60%)")."""
        tags, token = sentence.tags, draft.token - 1
        first = max(0, token - _LONGEST_BRACKET)
        while token > first and tags[token] not in self._opening and tags[token] not in self._closing:
            token -= 1
        if tags[token] not in self._opening:
            return None
        while token > 1 and tags[token - 1] in self._places:
            token -= 1
        end = sentence.tokens[token - 1][1] if token else 0
        owner = next((span for span in datasets if span.end == end), None)
        return self._head(sentence, owner, datasets) if owner else None

    def _is_elsewhere(self, sentence: TaggedSentence, draft: Draft) -> bool:
        """Tells whether a score stands on what no list knows: "91% on a farm, and 93% on Foo"."""
        form = draft.mention.form
        following = (
            t for t in sorted(sentence.mentions) if t > draft.token and sentence.mentions[t].form == form
        )
        between = sentence.tags[draft.token + 1 : next(following, len(sentence.tags))]
        return any(tag in self._on for tag in between)

    def _is_of_another(self, sentence: TaggedSentence, draft: Draft, dataset: Span) -> bool:
        """Tells whether each value has its own place behind it: "91% on A, and 93% on a real farm"."""
        behind = sentence.tags[draft.token + 1 : draft.token + 2]
        token = _token_from(sentence, dataset.start) - 1
        while token > 0 and sentence.tags[token] in self._articles:
            token -= 1
        if behind not in self._on or sentence.tags[token] not in self._prepositions:
            return False
        other = sentence.mentions.get(token - 1)
        return other is not None and other.form == draft.mention.form

    def _head(self, sentence: TaggedSentence, dataset: Span, datasets: Sequence[Span]) -> Span:
        """Returns the first of the datasets of the coordination that ends with one ("on A, B, and C")."""
        for other in reversed([span for span in datasets if span.end <= dataset.start]):
            if not self._are_joined(sentence, (other, dataset)):
                break
            dataset = other
        return dataset

    def _ends_clause(self, sentence: TaggedSentence, token: int, dataset: Span) -> bool:
        last = _token_from(sentence, dataset.start)
        return any(tag in self._breaks for tag in sentence.tags[token + 1 : last])

    def _aligned(self, sentence: TaggedSentence, draft: Draft, datasets: Sequence[Span]) -> Span | None:
        """Takes "91% and 93% on A and B" apart, where the numbers of both are the same."""
        place, count = draft.place
        if count == 1:
            return None
        first = sentence.tokens[max(0, draft.token - 2 * place)][0]
        after = [span for span in datasets if span.start > draft.mention.end]
        before = [span for span in datasets if span.end <= first]
        members = next((spans for spans in (after, before) if len(spans) == count), None)
        respectively = not self._respectively.isdisjoint(sentence.kinds)
        if members is None or not (respectively or self._is_list(sentence, draft, members)):
            return None
        return members[place]

    def _is_list(self, sentence: TaggedSentence, draft: Draft, datasets: Sequence[Span]) -> bool:
        """Tells whether the values of a draft's rule, and some datasets, are two plain coordinations."""
        values = [sentence.tokens[token] for token in _values_of_rule(sentence, draft)]
        return self._are_joined(sentence, values) and self._are_joined(sentence, datasets)

    def _are_joined(self, sentence: TaggedSentence, spans: Sequence[tuple[int, int]]) -> bool:
        """Tells whether nothing but commas and conjunctions stands between spans of text."""
        for (_, end), (start, _) in pairwise(spans):
            between = range(_token_from(sentence, end), _token_from(sentence, start))
            if any(sentence.tags[token] not in self._joining for token in between):
                return False
        return True

    def _is_source(self, sentence: TaggedSentence, dataset: Span) -> bool:
        """Tells whether a dataset is only what a model was pretrained on."""
        first = _token_from(sentence, dataset.start)
        last = _token_from(sentence, dataset.end)
        if last < len(sentence.tags) and sentence.tags[last] in self._pretrained:
            return True
        tags = sentence.tags[max(0, first - 2) : first]
        return len(tags) == 2 and tags[0] in self._pretrained and tags[1] in self._prepositions

    def _modifies(self, sentence: TaggedSentence, dataset: Span, draft: Draft) -> bool:
        """Tells whether a dataset stands in the metric left of the value ("an ImageNet accuracy of 80%")."""
        if draft.metric is None:
            return False
        first, last = sentence.slice(*draft.metric)
        return first - 2 <= dataset.end and dataset.start <= last <= draft.mention.start


def dataset_places(text: str, sentence: TaggedSentence, names: Iterable[str]) -> list[Span]:
    """Returns where dataset names stand in a sentence, in order.

    Args:
        text: The whole text.
        sentence: The sentence.
        names: Surface forms that are datasets somewhere in the text.
    """
    places: list[Span] = []
    for name in sorted(names, key=len, reverse=True):  # "MMLU-Pro" before "MMLU"
        start = text.find(name, *sentence.span)
        while start >= 0:
            span = Span(start, start + len(name))
            if _is_whole(text, span) and not any(s.start < span.end and span.start < s.end for s in places):
                places.append(span)
            start = text.find(name, span.end, sentence.span.end)
    return sorted(places)


def _cue(sentence: TaggedSentence, place: Span) -> Cue:
    tokens = _tokens(sentence, place)
    return Cue(tokens[0], tokens, "both", FARTHEST, _NEAREST, place)


def _found(sentence: TaggedSentence, place: Span, source: str) -> Found:
    return Found(_tokens(sentence, place), source, place)


def _tokens(sentence: TaggedSentence, place: Span) -> TokenSpan:
    """Returns the tokens that begin within a stretch of text."""
    return _token_from(sentence, place.start), _token_from(sentence, place.end)


def _place(cue: Cue) -> Span:
    assert cue.place is not None  # the cues of datasets have one
    return cue.place


def _places(cues: Cues) -> list[Span]:
    return [_place(cue) for cue in cues]


def _nearest(draft: Draft, cues: Cues) -> tuple[Cue | None, Cue | None]:
    """Returns the nearest cue to the left of a value, and that to the right."""
    start, end = draft.mention.start, draft.mention.end
    before = next((cue for cue in reversed(cues) if _place(cue).end <= start), None)
    return before, next((cue for cue in cues if _place(cue).start >= end), None)


def _values_of_rule(sentence: TaggedSentence, draft: Draft) -> list[int]:
    """Returns the tokens of all values that the rule of a draft claimed in one match."""
    place, count = draft.place
    tokens = sorted(sentence.mentions)
    first = tokens.index(draft.token) - place
    if draft.ellipsis and draft.token + 2 in sentence.mentions:  # "and from 26% to 74%"
        count = 2
    return tokens[first : first + count]


def _token_from(sentence: TaggedSentence, offset: int) -> int:
    """Returns the first token that begins at an offset or behind it."""
    return bisect_left(sentence.tokens, (offset, 0))


def _is_whole(text: str, span: Span) -> bool:
    """Tells whether a name is no part of a longer word."""
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    return not (before.isalnum() or after.isalnum())
