"""Finds the bound of a value: its own cue, or that of the values it is coordinated with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from extractor.rulelang.ruleset import CompiledRule, Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.values.drafts import Draft, TokenSpan

_WINDOW = 8  # tokens left of a value in which its cue can begin
_NEAR = 4  # tokens between amounts that share a bound
_VERBS = ("verb", "up_v", "down_v", "better_v", "beat_v", "lag_v", "speed_v", "keep_v", "=by", "be")
_COMPARATIVES = ("up_c", "down_c", "better_c", "fast_c")  # also forms of verbs: "lower"
_NONE = "none"  # the bound of a rule whose cue bounds nothing

_Placed = tuple[int, CompiledRule]  # a rule, and its place among the rules of bounds: the first of them holds


class Bound(NamedTuple):
    """A bound, and what gave it: a rule, its setting, a sign; and the tokens of its cue."""

    name: str
    source: str
    cue: TokenSpan | None = None


class BoundLinker:
    """Finds bounds.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        rules = list(enumerate(ruleset.of("bound")))
        left = [(place, compiled) for place, compiled in rules if compiled.rule.settings["side"] == "left"]
        self._left = _by_opener(left)
        self._right = _by_opener(each for each in rules if each not in left)
        self._tagger = ruleset.tagger
        chars, tags = ruleset.tagger.chars, ruleset.tagger.tags
        self._floor = tags(["floor_w"])
        finite = tags(["nverb"]) & tags(["sform"])  # "needs", not "training"
        self._verbs = (tags(_VERBS) - tags(_COMPARATIVES)) | finite
        self._breaks = tags(["semicolon", "stop", "=whereas"])
        self._joining = tags(["and", "comma", "open_b"])
        self._to, self._up = tags(["=to"]), tags(["=up"])
        self._means = tags(["mean_w"])
        self._nouns = tags(["up_n", "down_n", "better_n", "speed_n", "loss_n", "overhead_n"])
        comma, ing, prep = (re.escape(chars([name])) for name in ("comma", "ing", "prep"))
        self._opening = re.compile(f"[{comma}][{ing}][{prep}]")
        on, average = (re.escape(chars([name])) for name in ("=on", "deg"))
        self._in_cues = tags({name for _, compiled in left for name in compiled.cue.classes})
        self._on_average = re.compile(f"[{on}][{average}]")

    def link(self, sentence: TaggedSentence, drafts: Sequence[Draft]) -> list[Bound | None]:
        """Returns the bound of each draft; a cue covers the values coordinated with it."""
        result: list[Bound | None] = []
        for index, draft in enumerate(drafts):
            bound = self._own_bound(sentence, draft)
            before = result[-1] if index else None
            if bound is None and before and self._shares(sentence, drafts[index - 1], draft):
                bound = Bound(before.name, "shared with the value before")
            result.append(bound)
        return result

    def _own_bound(self, sentence: TaggedSentence, draft: Draft) -> Bound | None:
        if fixed := draft.rule.settings.get("bound"):
            return Bound(str(fixed), f"setting of {draft.rule.id}")
        if draft.mention.plus:
            return Bound("lower", "the plus behind the value")
        if inner := draft.mention.cue:
            first_word = self._tagger.tag(inner, Span(0, len(inner)), ()).tags[:1]
            return Bound("lower" if first_word in self._floor else "approx", "a cue within the value")
        first = min(self._cued(sentence, draft.token), default=None)
        return None if first is None or first[1].name == _NONE else first[1]

    def _cued(self, sentence: TaggedSentence, token: int) -> Iterator[tuple[int, Bound]]:
        """Yields the bounds whose cues stand beside a token, each with the place of its rule."""
        tags = sentence.tags
        for start in range(self._first_of_cue(tags, token), token):
            for place, compiled in self._left.get(tags[start], ()):
                match = compiled.expression.match(compiled.read(sentence), start)
                if match and match.end() == token:
                    yield place, Bound(compiled.rule.settings["bound"], compiled.rule.id, match.span())
        for place, compiled in self._right.get(tags[token + 1 : token + 2], ()):
            if match := compiled.expression.match(compiled.read(sentence), token + 1):
                yield place, Bound(compiled.rule.settings["bound"], compiled.rule.id, match.span())

    def _first_of_cue(self, tags: str, token: int) -> int:
        """Returns where a cue right before a token can begin: as far as words of cues stand there."""
        first = token
        while first > 0 and token - first < _WINDOW - 1 and tags[first - 1] in self._in_cues:
            first -= 1
        return first

    def _shares(self, sentence: TaggedSentence, before: Draft, draft: Draft) -> bool:
        """Tells whether the bound cue of the value before covers this one too."""
        if draft.kind != before.kind or draft.family == "size":
            return False
        between = sentence.tags[before.token + 1 : draft.token]
        if draft.family == "amount" and (before.mention.form != draft.mention.form or len(between) > _NEAR):
            return False
        joint = max((place for place, tag in enumerate(between) if tag in self._joining), default=-1)
        mean = any(tag in self._means for tag in between[joint + 1 :])
        if mean or self._on_average.match(sentence.tags, draft.token + 1):  # "by up to 8% (3% on average)"
            return False
        if any(tag in self._nouns for tag in between[joint + 1 :]) or self._opening.search(between):
            return False  # "up to 8%, and a reduction in cost of 3%", "up to 8%, resulting in 3%"
        if between[-1:] in self._to and between[-2:-1] not in self._up:
            return False  # "by up to 8%, and cost to 3%"
        separated = any(tag in self._verbs or tag in self._breaks for tag in between)
        return not separated and any(tag in self._joining for tag in between)


def _by_opener(rules: Iterable[_Placed]) -> Mapping[str, Sequence[_Placed]]:
    """Returns the rules, each with its place, by the tags with which their cues can begin."""
    found: defaultdict[str, list[_Placed]] = defaultdict(list)
    for placed in rules:
        for tag in placed[1].cue.opening:
            found[tag].append(placed)
    return dict(found)
