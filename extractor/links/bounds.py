"""Finds the bound of a value: its own cue, or that of the values it is coordinated with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.patterns import consumed_classes
from extractor.ruleset import Ruleset
from extractor.tagging import TaggedSentence
from extractor.values import Draft

_WINDOW = 8  # tokens left of a value in which its cue can begin
_NEAR = 4  # tokens between amounts that share a bound
_VERBS = ("verb", "up_v", "down_v", "better_v", "beat_v", "speed_v", "keep_v", "=by", "be")
_COMPARATIVES = ("up_c", "down_c", "better_c", "fast_c")  # also forms of verbs: "lower"
_LOWER = re.compile(r"over|more|above|exceed|at\s+least")


class BoundLinker:
    """Finds bounds.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        rules = ruleset.of("bound")
        self._rules = ruleset.group("bound")
        chars = ruleset.tagger.chars
        finite = frozenset(chars(["nverb"])) & frozenset(chars(["sform"]))  # "needs", not "training"
        self._verbs = (frozenset(chars(_VERBS)) - frozenset(chars(_COMPARATIVES))) | finite
        self._breaks = frozenset(chars(["semicolon", "stop", "=whereas"]))
        self._joining = frozenset(chars(["and", "comma", "open_b"]))
        on, average = (re.escape(chars([name])) for name in ("=on", "deg"))
        left = (c.rule.pieces for c in rules if c.rule.settings.get("side") == "left")
        self._in_cues = frozenset(chars(set().union(*map(consumed_classes, left))))
        self._on_average = re.compile(f"[{on}][{average}]")

    def link(self, sentence: TaggedSentence, drafts: Sequence[Draft]) -> list[str | None]:
        """Returns the bound of each draft; a cue covers the values coordinated with it."""
        result: list[str | None] = []
        for index, draft in enumerate(drafts):
            bound = self._own_bound(sentence, draft)
            if bound is None and index and result[-1] and self._shares(sentence, drafts[index - 1], draft):
                bound = result[-1]
            result.append(bound)
        return result

    def _own_bound(self, sentence: TaggedSentence, draft: Draft) -> str | None:
        if fixed := draft.rule.settings.get("bound"):
            return str(fixed)
        if draft.mention.plus:
            return "lower"
        if inner := draft.mention.cue:
            return "lower" if _LOWER.match(inner) else "approx"
        tags, token = sentence.tags, draft.token
        starts = self._starts(tags, token)
        found: set[str] = set()
        for compiled in self._rules.passing(tags):
            match_at, settings = compiled.expression.match, compiled.rule.settings
            if settings["side"] == "left":
                hit = any((match := match_at(tags, start)) and match.end() == token for start in starts)
            else:
                hit = match_at(tags, token + 1) is not None
            if hit:
                found.add(settings["bound"])
        for bound in ("upper", "lower", "approx"):
            if bound in found:
                return bound
        return None

    def _starts(self, tags: str, token: int) -> list[int]:
        """Returns where a cue right before a token can begin: as far as words of cues stand there."""
        first = token
        while first > 0 and token - first < _WINDOW - 1 and tags[first - 1] in self._in_cues:
            first -= 1
        return list(range(token - 1, first - 1, -1))

    def _shares(self, sentence: TaggedSentence, before: Draft, draft: Draft) -> bool:
        """Tells whether the bound cue of the value before covers this one too."""
        if draft.kind != before.kind or draft.kind == "parameters":
            return False
        if draft.leader is not None and draft.leader in (before.rule, before.leader):
            return True  # "by up to 2x, energy by 3x"
        between = sentence.tags[before.token + 1 : draft.token]
        if draft.kind == "quantity" and (before.mention.form != draft.mention.form or len(between) > _NEAR):
            return False
        if self._on_average.match(sentence.tags, draft.token + 1):  # "by up to 8% (3% on average)"
            return False
        separated = any(tag in self._verbs or tag in self._breaks for tag in between)
        return not separated and any(tag in self._joining for tag in between)
