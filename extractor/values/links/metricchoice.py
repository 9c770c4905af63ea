"""Chooses what an open score is of among all phrases that may name it, by points fitted to labelled text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import Value
from extractor.values.links.metricwords import MEASURES, MetricWords

_FARTHEST_BEFORE, _FARTHEST_BEHIND = 40, 14  # tokens between a score and a phrase
_MOST_BEFORE, _MOST_BEHIND = 6, 3  # phrases that are weighed on either side
_LONGEST = 6  # words of a phrase
_BUCKETS = (0, 1, 2, 3, 5, 8, 12, 20)  # of the tokens between the two
_MOST = 3  # phrases, or measures, that are told apart by their number
# What stands between a score and a phrase.
_BETWEEN = {
    "comma": "comma",
    "verb": "verb keep_v beat_v lag_v speed_v",
    "trend": "up_v down_v better_v worse_v move_v",
    "be": "aux",
    "clause": "subord semicolon colon stop",
    "and": "and",
    "versus": "versus arrow",
    "value": "val",
    "place": "=on =for =under =at",
    **{word: f"={word}" for word in ("of", "in", "from", "to", "with", "than")},
}
# What a phrase ends in: the first that fits.
_HEADS = {
    "place": "place_n data_n",
    "who": "base_n model_n system_n generic_name",
    "figure": "figure_n",
    "measure": " ".join(MEASURES),
    "weak": "weak_q distance_m share_n",
    "count": "count_n",
    "deg": "deg junk mean_w extreme_a",
    "moved": "up_n down_n better_n worse_n loss_n diff_n",
    "case": "problem_n finding_n span_n",
    "setting": "setting_w",
    "name": "name",
    "cap": "cap",
    "number": "num",
    "ing": "ing",
    "plural": "sform",
}
# What stands right before a phrase, or between it and a score that it is joined to: the first that fits.
_GOVERNORS = {
    "trend": "up_v down_v better_v worse_v",
    "verb": "verb keep_v beat_v lag_v move_v",
    "in": "=in",
    "of": "=of",
    "with": "=with",
    "than": "=than versus =over",
    "place": "=on =for =under =at",
    "prep": "prep",
    "clause": "subord semicolon colon stop",
    "comma": "comma",
    "and": "and",
    "bracket": "open_b",
    "closed": "close_b",
    "value": "val",
    "be": "aux",
}
_APART = frozenset({"comma", "clause", "value", "and", "versus"})  # what is joined over none of these is near
_MODIFIERS = ("det", "possessive", "deg", "adv")

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
        over: Of which sorts (``_BETWEEN``).
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
        ruleset: The compiled rules, for their word classes.
        points: What each sign is worth, in logits; one that is not named has none.
    """

    def __init__(self, ruleset: Ruleset, points: Mapping[str, float]) -> None:
        self._points = points
        self._words = MetricWords(ruleset)
        chars = ruleset.tagger.chars
        self._heads = {t: s for s, names in reversed(_HEADS.items()) for t in chars(names.split())}
        self._governors = {t: s for s, names in reversed(_GOVERNORS.items()) for t in chars(names.split())}
        self._between: dict[str, frozenset[str]] = {}
        for sign, names in _BETWEEN.items():
            for tag in chars(names.split()):
                self._between[tag] = self._between.get(tag, frozenset()) | {sign}
        self._noun = frozenset(chars(["w"]))
        self._opening, self._closing = frozenset(chars(["open_b"])), frozenset(chars(["close_b"]))
        self._stops, self._of = frozenset(chars(["stop"])), frozenset(chars(["=of"]))
        # Words that name nothing alone ("the lowest").
        self._measuring = frozenset(chars(["deg", "junk", "mean_w", "extreme_a", "versus", "num"]))
        self._measures = frozenset(chars([*MEASURES, "weak_q"]))

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
        elif not way.over & _APART:
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
        while self._words.is_(sentence, before, *_MODIFIERS):
            before -= 1
        return before

    def _governor(self, sentence: TaggedSentence, token: int) -> str:
        return self._governors.get(sentence.tags[token], "other") if token >= 0 else "start"


def _around(token: int, step: int, end: int) -> Iterable[int]:
    """Returns the tokens on one side of a score, the nearest first."""
    if step < 0:
        return range(token - 1, max(-1, token - _FARTHEST_BEFORE), -1)
    return range(token + 1, min(end, token + _FARTHEST_BEHIND))
