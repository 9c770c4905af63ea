"""Chooses what an open score is of among all phrases that may name it, by points fitted to labelled text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import Value
from extractor.values.links.metricwords import MetricWords

_FARTHEST_BEFORE, _FARTHEST_BEHIND = 40, 14  # tokens between a score and a phrase
_MOST_BEFORE, _MOST_BEHIND = 6, 3  # phrases that are weighed on either side
_LONGEST = 6  # words of a phrase
_BUCKETS = (0, 1, 2, 3, 5, 8, 12, 20)  # of the tokens between the two
_MOST = 3  # phrases, or measures, that are told apart by their number

MetricSigns = list[str]


class MetricCandidate(NamedTuple):
    """A phrase that may name what a score is of, or None where nothing does.

    Attributes:
        span: Its tokens.
        source: Where it is from.
        signs: What speaks for it or against it.
    """

    span: TokenSpan | None
    source: str
    signs: MetricSigns


class _Way(NamedTuple):
    """What is passed between a score and a token.

    Attributes:
        over: Of which sorts (``between`` of the signs).
        nouns: How many phrases.
        inside: Whether the token stands in a bracket that the score does not stand in.
        steps: How many tokens, without those in such brackets.
    """

    over: frozenset[str]
    nouns: int
    inside: bool
    steps: int


Ways = Mapping[int, _Way]


class MetricChoice:
    """Weighs the phrases around a score.

    Args:
        tags: Returns the tags of word classes.
        words: Reads the words that name metrics.
        points: What each sign is worth, in logits; one that is not named has none.
        signs: What the signs are told by: the content of rules/link-signs.yaml.
    """

    def __init__(
        self,
        tags: Callable[[Iterable[str]], frozenset[str]],
        words: MetricWords,
        points: Mapping[str, float],
        signs: Mapping[str, Any],
    ) -> None:
        self._points, self._words = points, words
        self._heads = _first_of(tags, signs["heads"])
        self._governors = _first_of(tags, signs["governors"])
        self._between: dict[str, frozenset[str]] = {}
        for sign, names in signs["between"].items():
            for tag in tags(names):
                self._between[tag] = self._between.get(tag, frozenset()) | {sign}
        self._apart, self._modifiers = frozenset(signs["apart"]), tuple(signs["modifiers"])
        self._noun = tags(["w"])
        self._opening, self._closing = tags(["open_b"]), tags(["close_b"])
        self._stops, self._of = tags(["stop"]), tags(["=of"])
        self._measuring, self._measures = tags(signs["measuring"]), tags(signs["measures"])

    def worth(self, candidate: MetricCandidate) -> float:
        """Returns what the signs of a candidate are worth together."""
        points = self._points
        return sum(points.get(sign, 0.0) for sign in candidate.signs)

    def candidates(
        self, sentence: TaggedSentence, value: Value, following: TokenSpan | None
    ) -> list[MetricCandidate]:
        """Returns all candidates of a score, none of them twice.

        Args:
            sentence: Its sentence.
            value: The score.
            following: What the next score that names a measure is of.
        """
        draft = value.draft
        found: dict[TokenSpan, MetricCandidate] = {}
        before, behind = self._ways(sentence, draft.token, -1), self._ways(sentence, draft.token, 1)
        self._near(sentence, draft, before, "before", found)
        self._near(sentence, draft, behind, "behind", found)
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
        if carried and not carried.place:
            yield "carried", "carried", carried.span
        if following:
            yield "following", "following", following

    def _near(
        self,
        sentence: TaggedSentence,
        draft: Draft,
        ways: Ways,
        side: str,
        found: dict[TokenSpan, MetricCandidate],
    ) -> None:
        """Adds the phrases on one side of a score, the nearest first."""
        measures, most = 0, _MOST_BEFORE if side == "before" else _MOST_BEHIND
        for number, span in enumerate(self._phrases(sentence, draft.token, ways, side), start=1):
            if number > most:
                return
            signs = self._signs(sentence, draft, span, side, ways)
            if sentence.tags[span[1] - 1] in self._measures:
                measures += 1
                signs.append(f"measure {min(measures, _MOST)} {side}")
            signs.append(f"phrase {min(number, _MOST)} {side}")
            found[span] = MetricCandidate(span, f"phrase {side}", signs)

    def _head(self, sentence: TaggedSentence, span: TokenSpan) -> str:
        return self._heads.get(sentence.tags[span[1] - 1], "noun")

    def _of_none(self, sentence: TaggedSentence, value: Value) -> Iterator[str]:
        """Yields what speaks for a score that names nothing."""
        draft = value.draft
        yield from ("none", f"none {draft.mention.form}", f"none {draft.rule.id}")
        following = sentence.tags[draft.token + 1 : draft.token + 2]
        if following and following in self._of:
            yield "none of"
        if value.before and value.before.metric is None:
            yield "none before"
        if self._measures.isdisjoint(sentence.tags):
            yield "none measured"

    def _ways(self, sentence: TaggedSentence, token: int, step: int) -> Ways:
        """Returns for each token on one side of a score what is passed on the way to it."""
        ways: dict[int, _Way] = {}
        over: frozenset[str] = frozenset()
        nouns = depth = steps = 0
        opens, closes = (self._closing, self._opening) if step < 0 else (self._opening, self._closing)
        within_noun = False
        for at in _around(token, step, len(sentence.tags)):
            tag = sentence.tags[at]
            if tag in self._stops:
                break
            ways[at] = _Way(over, nouns, depth > 0, steps)
            noun = not depth and tag in self._noun
            steps += not depth and tag not in opens and tag not in closes
            nouns += noun and not within_noun
            if tag in opens:
                depth += 1
            elif tag in closes:
                over = over if depth else over | {"bracket"}
                depth -= depth > 0
            elif not depth and not noun and (sorts := self._between.get(tag)):
                over |= sorts
            within_noun = noun
        return ways

    def _phrases(self, sentence: TaggedSentence, token: int, ways: Ways, side: str) -> Iterator[TokenSpan]:
        """Yields the runs of words on one side of a score, the nearest first."""
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
        head = self._head(sentence, span)
        near = sum(way.steps > bucket for bucket in _BUCKETS)
        signs = [side, f"{side} head {head}", f"{side} at {near}"]
        signs += [f"{side} over {sort}" for sort in sorted(way.over)]
        if way.nouns:
            signs.append(f"{side} over {min(way.nouns, _MOST)} nouns")
        elif not way.over & self._apart:
            joint = span[1] if side == "before" else span[0] - 1
            name = "direct" if joint == draft.token else self._governor(sentence, joint)
            signs += [f"{side} joined", f"{side} joined {head}", f"{side} joint {name}"]
        if side == "before":
            signs.append(f"after {self._governor(sentence, self._outside(sentence, span[0]))}")
        if span[1] - span[0] == 1:
            signs.append(f"one word {head}")
        return signs

    def _outside(self, sentence: TaggedSentence, first: int) -> int:
        """Returns the token before a phrase and its articles."""
        before = first - 1
        while self._words.is_(sentence, before, *self._modifiers):
            before -= 1
        return before

    def _governor(self, sentence: TaggedSentence, token: int) -> str:
        return self._governors.get(sentence.tags[token], "other") if token >= 0 else "start"


def _around(token: int, step: int, end: int) -> Iterable[int]:
    """Returns the tokens on one side of a score, the nearest first."""
    if step < 0:
        return range(token - 1, max(-1, token - _FARTHEST_BEFORE), -1)
    return range(token + 1, min(end, token + _FARTHEST_BEHIND))


def _first_of(
    tags: Callable[[Iterable[str]], frozenset[str]], table: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Returns the name of the first list of word classes that a tag is of."""
    return {tag: name for name, classes in reversed([*table.items()]) for tag in tags(classes)}
