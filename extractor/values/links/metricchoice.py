"""Chooses what a score or a change is of among the phrases around it, by points fitted to labelled text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import Value, overlap
from extractor.values.links.metricwords import MetricWords

_FARTHEST_BEFORE, _FARTHEST_BEHIND = 40, 14  # tokens between a value and a phrase
_MOST_BEFORE, _MOST_BEHIND = 6, 3  # phrases that are weighed on either side
_LONGEST = 6  # words of a phrase
_BUCKETS = (0, 1, 2, 3, 5, 8, 12, 20)  # of the tokens between the two
_MOST = 3  # phrases, measures, or values between, that are told apart by their number
_MOST_WORDS = 5  # of a phrase that are told apart by their number
_OPEN, _CLOSE, _NOUN, _STOP = "opens a bracket", "closes one", "noun", "stop"  # what a token is on the way
_BRACKET = frozenset({"bracket"})

FAMILIES = ("level", "relative")  # of values: scores and changes
MetricSigns = list[str]
Points = Mapping[str, Mapping[str, float]]


class MetricCandidate(NamedTuple):
    """A phrase that may name what a value is of, or None where nothing does.

    Attributes:
        span: Its tokens.
        source: Where it is from.
        signs: What speaks for it or against it.
    """

    span: TokenSpan | None
    source: str
    signs: MetricSigns


class _Way(NamedTuple):
    """What is passed between a value and a token.

    Attributes:
        over: Of which sorts (``between`` of the signs).
        nouns: How many phrases.
        values: How many values.
        inside: Whether the token stands in a bracket that the value does not stand in.
        steps: How many tokens, without those in such brackets.
    """

    over: frozenset[str]
    nouns: int
    values: int
    inside: bool
    steps: int


class _Phrase(NamedTuple):
    """What signs are made of.

    Attributes:
        side: On which side of the value it stands.
        head: What it ends in.
        near: How near it stands, in ``_BUCKETS``.
        over: What is passed on the way to it.
        nouns: How many phrases are, up to ``_MOST``.
        values: How many values are, up to ``_MOST``.
        joint: What joins it to the value, if nothing that parts them stands between.
        after: What stands right before it, on that side.
        words: How many words it has, up to ``_MOST_WORDS``.
        form: The form of the value.
    """

    side: str
    head: str
    near: int
    over: frozenset[str]
    nouns: int
    values: int
    joint: str | None
    after: str | None
    words: int
    form: str


Ways = Mapping[int, _Way]


class MetricChoice:
    """Weighs the phrases around a value.

    Args:
        tags: Returns the tags of word classes.
        words: Reads the words that name metrics.
        points: What each sign is worth, in logits: for any value (``any``), and what is added to it for a
            value of a family. One that is not named has none.
        signs: What the signs are told by: the content of rules/link-signs.yaml.
    """

    def __init__(
        self,
        tags: Callable[[Iterable[str]], frozenset[str]],
        words: MetricWords,
        points: Points,
        signs: Mapping[str, Any],
    ) -> None:
        self._words, shared = words, points["any"]
        self._points = {
            family: {
                sign: shared.get(sign, 0.0) + points[family].get(sign, 0.0)
                for sign in {*shared, *points[family]}
            }
            for family in FAMILIES
        }
        self._heads = _first_of(tags, signs["heads"])
        self._governors = _first_of(tags, signs["governors"])
        self._between: dict[str, frozenset[str]] = {}
        for sign, names in signs["between"].items():
            for tag in tags(names):
                self._between[tag] = self._between.get(tag, frozenset()) | {sign}
        self._apart, self._modifiers = frozenset(signs["apart"]), tags(signs["modifiers"])
        self._noun, self._of = tags(["w"]), tags(["=of"])
        parts = {_OPEN: ["open_b"], _CLOSE: ["close_b"], _NOUN: ["w"], _STOP: ["stop"]}
        self._parts = {tag: part for part, names in parts.items() for tag in tags(names)}
        self._measuring, self._measures = tags(signs["measuring"]), tags(signs["measures"])

    def likeliest(self, candidates: Iterable[MetricCandidate], *, changed: bool) -> MetricCandidate:
        """Returns the candidate whose signs are worth most together, for a change or for a level."""
        worth = self._points["relative" if changed else "level"].get
        return max(candidates, key=lambda each: sum(map(worth, each.signs, repeat(0.0))))

    def candidates(
        self, sentence: TaggedSentence, value: Value, following: TokenSpan | None
    ) -> list[MetricCandidate]:
        """Returns all candidates of a value, none of them twice.

        Args:
            sentence: Its sentence.
            value: The score or change.
            following: What the next score that names a measure is of.
        """
        draft = value.draft
        found: dict[TokenSpan, MetricCandidate] = {}
        before, behind = self._ways(sentence, draft.token, -1), self._ways(sentence, draft.token, 1)
        self._near(sentence, value, before, "before", found)
        self._near(sentence, value, behind, "behind", found)
        for sort, source, span in self._elsewhere(sentence, value, following):
            if span not in found:
                ways, side = (before, "before") if span[0] < draft.token else (behind, "behind")
                found[span] = MetricCandidate(span, source, self._signs(sentence, draft, span, side, ways))
            head = self._head(sentence, span)
            found[span] = found[span]._replace(source=source)
            found[span].signs.extend((source, f"{sort} {head}"))
        return [*found.values(), MetricCandidate(None, "none", list(self._of_none(sentence, value)))]

    def _elsewhere(
        self, sentence: TaggedSentence, value: Value, following: TokenSpan | None
    ) -> Iterator[tuple[str, str, TokenSpan]]:
        """Yields the phrases that evidence names, and those of the scores before and behind."""
        draft, carried = value.draft, value.before.metric if value.before else None
        for rule, metric in draft.named:
            if not metric[0] <= draft.token < metric[1]:
                span = self._words.trimmed(sentence, self._words.own_words(sentence, metric))
                yield "rule", f"rule {rule}", span
        if carried and not carried.place and not _speed_before(value):
            yield "carried", "carried", carried.span
        if following:
            yield "following", "following", following

    def _near(
        self,
        sentence: TaggedSentence,
        value: Value,
        ways: Ways,
        side: str,
        found: dict[TokenSpan, MetricCandidate],
    ) -> None:
        """Adds the phrases on one side of a value that are nothing else, the nearest first."""
        draft, measures, most = value.draft, 0, _MOST_BEFORE if side == "before" else _MOST_BEHIND
        others = (draft.words, draft.cue, draft.baseline, _speed_before(value))
        for number, span in enumerate(self._phrases(sentence, draft.token, ways, side), start=1):
            if number > most:
                return
            if any(overlap(span, other) for other in others):
                continue
            signs = self._signs(sentence, draft, span, side, ways)
            if sentence.tags[span[1] - 1] in self._measures:
                measures += 1
                signs.append(f"measure {min(measures, _MOST)} {side}")
            signs.append(f"phrase {min(number, _MOST)} {side}")
            found[span] = MetricCandidate(span, f"phrase {side}", signs)

    def _head(self, sentence: TaggedSentence, span: TokenSpan) -> str:
        return self._heads.get(sentence.tags[span[1] - 1], "noun")

    def _of_none(self, sentence: TaggedSentence, value: Value) -> Iterator[str]:
        """Yields what speaks for a value that names nothing."""
        draft = value.draft
        yield from ("none", f"none {draft.mention.form}", f"none {draft.rule.id}")
        following = sentence.tags[draft.token + 1 : draft.token + 2]
        if following and following in self._of:
            yield "none of"
        if value.before and value.before.metric is None:
            yield "none before"
        if self._measures.isdisjoint(sentence.kinds):
            yield "none measured"

    def _ways(self, sentence: TaggedSentence, token: int, step: int) -> Ways:
        """Returns for each token on one side of a value what is passed on the way to it."""
        ways: dict[int, _Way] = {}
        over: frozenset[str] = frozenset()
        nouns = values = depth = steps = 0
        opening, closing = (_CLOSE, _OPEN) if step < 0 else (_OPEN, _CLOSE)
        part_of, sorts_of, tags = self._parts.get, self._between.get, sentence.tags
        within_noun = False
        for at in _around(token, step, len(tags)):
            tag = tags[at]
            part = part_of(tag)
            if part is _STOP:
                break
            ways[at] = _Way(over, nouns, values, depth > 0, steps)
            noun = not depth and part is _NOUN
            if part is opening:
                depth += 1
            elif part is closing:
                over, depth = (over, depth - 1) if depth else (over | _BRACKET, 0)
            elif not depth:
                steps += 1
                nouns += noun and not within_noun
                if not noun and (sorts := sorts_of(tag)):
                    over |= sorts
            values += at in sentence.mentions
            within_noun = noun
        return ways

    def _phrases(self, sentence: TaggedSentence, token: int, ways: Ways, side: str) -> Iterator[TokenSpan]:
        """Yields the runs of words on one side of a value, the nearest first."""
        tags, step = sentence.tags, -1 if side == "before" else 1
        at = token + step
        while at in ways:
            if tags[at] not in self._noun or ways[at].inside:
                at += step
                continue
            near = at
            while at in ways and tags[at] in self._noun:
                at += step
            first, last = (at + 1, near + 1) if step < 0 else (near, at)
            span = (max(first, last - _LONGEST), last) if step < 0 else (first, min(last, first + _LONGEST))
            span = self._words.trimmed(sentence, span)
            if span[1] - span[0] > 1 or tags[span[0]] not in self._measuring:
                yield span

    def _signs(
        self, sentence: TaggedSentence, draft: Draft, span: TokenSpan, side: str, ways: Ways
    ) -> MetricSigns:
        """Returns what speaks for a phrase by its place and its words."""
        way = ways.get(span[1] - 1 if side == "before" else span[0])
        if way is None:
            return [f"{side} far"]
        passed = min(way.nouns, _MOST)
        joint = after = None
        if not (passed or way.over & self._apart):
            at = span[1] if side == "before" else span[0] - 1
            joint = "direct" if at == draft.token else self._governor(sentence, at)
        if side == "before":
            after = self._governor(sentence, self._outside(sentence, span[0]))
        near = bisect_left(_BUCKETS, way.steps)
        words, values = min(span[1] - span[0], _MOST_WORDS), min(way.values, _MOST)
        head = self._head(sentence, span)
        form = draft.mention.form
        return [*_signs_of(_Phrase(side, head, near, way.over, passed, values, joint, after, words, form))]

    def _outside(self, sentence: TaggedSentence, first: int) -> int:
        """Returns the token before a phrase and its articles."""
        before = first - 1
        while before >= 0 and sentence.tags[before] in self._modifiers:
            before -= 1
        return before

    def _governor(self, sentence: TaggedSentence, token: int) -> str:
        return self._governors.get(sentence.tags[token], "other") if token >= 0 else "start"


@lru_cache(maxsize=20_000)
def _signs_of(phrase: _Phrase) -> Sequence[str]:
    """Returns the signs of a phrase from what there is to say of it; many phrases have the same."""
    side, head = phrase.side, phrase.head
    signs = [side, f"{side} head {head}", f"{side} at {phrase.near}", f"{phrase.form} {head}"]
    signs += [f"over {phrase.values} values", f"words {phrase.words}"]
    signs += [f"{side} over {sort}" for sort in sorted(phrase.over)]
    if phrase.nouns:
        signs.append(f"{side} over {phrase.nouns} nouns")
    if phrase.joint:
        signs += [f"{side} joined", f"{side} joined {head}", f"{side} joint {phrase.joint}"]
    if phrase.after:
        signs.append(f"after {phrase.after}")
    if phrase.words == 1:
        signs.append(f"one word {head}")
    return tuple(signs)


def _speed_before(value: Value) -> TokenSpan | None:
    """Returns the speed that changed before, which is no metric of "cuts latency 2x and wins by 3%"."""
    before = value.before
    return before.metric.span if before and before.metric and before.sort == "speed" else None


def _around(token: int, step: int, end: int) -> Iterable[int]:
    """Returns the tokens on one side of a value, the nearest first."""
    if step < 0:
        return range(token - 1, max(-1, token - _FARTHEST_BEFORE), -1)
    return range(token + 1, min(end, token + _FARTHEST_BEHIND))


def _first_of(
    tags: Callable[[Iterable[str]], frozenset[str]], table: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Returns the name of the first list of word classes that a tag is of."""
    return {tag: name for name, classes in reversed([*table.items()]) for tag in tags(classes)}
