"""Applies the value rules to a tagged sentence: which mention is which kind of claim, by which rule, with which words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractor.mentions import Mention
from extractor.ruleset import CompiledRule, Rule, Ruleset
from extractor.tagging import TaggedSentence

TokenSpan = tuple[int, int]
_VALUE_KINDS = ("veto", "relative", "score", "parameters", "quantity")
_RELATIVE_FORMS = frozenset({"ratio", "percent", "point", "dB"})


@dataclass(slots=True)
class Draft:
    """A claim in the making.

    Attributes:
        mention: The value.
        token: Its token in the sentence.
        rule: The rule that claimed it.
        kind: The rule's kind; ``relative`` becomes speedup or change when its metric is known.
        cue: Tokens of the word that says what happened.
        metric: Tokens of the metric, where the rule names it.
        baseline: Tokens of the baseline, where the rule names it.
        place: Place of the value in the rule's list of values, and the list's length.
        ellipsis: Whether the claim was taken over from the one before ("... and 3x on B").
        leader: The rule of the claim before it, whose sense it shares.
    """

    mention: Mention
    token: int
    rule: Rule
    kind: str
    cue: TokenSpan | None = None
    metric: TokenSpan | None = None
    baseline: TokenSpan | None = None
    place: tuple[int, int] = (0, 1)
    ellipsis: bool = False
    leader: Rule | None = None

    @property
    def rule_id(self) -> str:
        """Id of the rule as it stands in the record."""
        return self.rule.id


class ValueReader:
    """Finds drafts in tagged sentences.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = ruleset.of(*_VALUE_KINDS)
        self._tagger = ruleset.tagger
        self._separators = frozenset(self._tagger.chars(["comma", "and", "slash", "semicolon"]))
        self._commas = frozenset(self._tagger.chars(["comma"]))
        self._articles = frozenset(self._tagger.chars(["det", "possessive"]))
        chars = self._tagger.chars
        self._linking = re.compile(f"[{re.escape(chars(_LINKING))}]*\\Z")
        self._linking_scores = re.compile(f"[{re.escape(chars((*_LINKING, 'verb', 'keep_v', 'beat_v', 'subord')))}]*\\Z")
        self._after = frozenset(chars(["comma", "stop", "close_b", "prep", "respectively", "and", "open_b", "semicolon", "subord", "adv", "deg", "up_c", "down_c", "conj", "versus"]))

    def drafts(self, sentence: TaggedSentence) -> list[Draft]:
        """Returns the drafts of one sentence, in the order of the text."""
        claimed: dict[int, Draft] = {}
        for compiled in self._rules:
            for match in matches(compiled, sentence.tags):
                self._claim(compiled, match, sentence, claimed)
        self._elliptic(sentence, claimed)
        return [claimed[token] for token in sorted(claimed) if claimed[token].kind != "veto"]

    def _claim(
        self, compiled: CompiledRule, match: re.Match[str], sentence: TaggedSentence, claimed: dict[int, Draft]
    ) -> None:
        first, last = _group(match, "vals") or (0, 0)
        tokens = [token for token in range(first, last) if token in sentence.mentions]
        previous = _before(claimed, first) if compiled.rule.settings.get("sense") == "previous" else None
        if previous is None and compiled.rule.settings.get("sense") == "previous":
            return
        fresh = [token for token in tokens if token not in claimed]
        for token in fresh:
            place = tokens.index(token)
            draft = Draft(sentence.mentions[token], token, compiled.rule, compiled.rule.kind, place=(place, len(tokens)))
            draft.cue = previous.cue if previous else _group(match, "cue")
            draft.leader = (previous.leader or previous.rule) if previous else None
            draft.baseline = _group(match, "baseline")
            draft.metric = _group(match, "metric") or self._member(sentence, _group(match, "metrics"), place, len(tokens))
            claimed[token] = draft

    def _member(self, sentence: TaggedSentence, span: TokenSpan | None, place: int, count: int) -> TokenSpan | None:
        """Gives each of several values its own member of a list of metrics of the same length."""
        if span is None:
            return None
        if span[1] <= min(sentence.mentions, default=0) or not any(span[0] > token for token in sentence.mentions):
            span = self._last_phrase(sentence, span)
        members = split(sentence, span, self._separators, self._articles)
        if count > 1 and len(members) == count:
            return members[place]
        return span

    def _last_phrase(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Cuts what stands before a comma and an article off: it is another phrase."""
        for token in range(span[1] - 2, span[0], -1):
            if sentence.tags[token] in self._commas and sentence.tags[token + 1] in self._articles:
                return token + 1, span[1]
        return span

    def _elliptic(self, sentence: TaggedSentence, claimed: dict[int, Draft]) -> None:
        """Takes "and 3x on B" to say of 3x what was said of the value before it."""
        previous: Draft | None = None
        for token in sorted(sentence.mentions):
            mention = sentence.mentions[token]
            draft = claimed.get(token)
            if draft is not None:
                if draft.kind in ("relative", "score"):
                    previous = draft
                continue
            if previous is None or not self._continues(sentence, previous, token, mention):
                continue
            cue = previous.cue
            claimed[token] = replace(
                previous, mention=mention, token=token, ellipsis=True, place=(0, 1), cue=cue
            )
            previous = claimed[token]

    def _continues(self, sentence: TaggedSentence, previous: Draft, token: int, mention: Mention) -> bool:
        forms = {mention.form, previous.mention.form}
        if len(forms) > 1 and (previous.kind != "relative" or not forms <= {"ratio", "percent"}):
            return False
        if mention.form == "bare" and not mention.decimal:
            return False
        if previous.kind == "relative" and mention.form not in _RELATIVE_FORMS:
            return False
        between = sentence.tags[previous.token + 1 : token]
        linking = self._linking if previous.kind == "relative" else self._linking_scores
        if not linking.match(between) or len(between) > _LONGEST_ELLIPSIS:
            return False
        return token + 1 >= len(sentence.tags) or sentence.tags[token + 1] in self._after


_LONGEST_ELLIPSIS = 18
_LINKING = (
    "comma", "and", "conj", "open_b", "close_b", "versus", "prep", "w", "det", "adv", "possessive", "slash", "semicolon", "aux",
    "arrow", "less_sign", "more_sign", "tilde", "bare", "equal_sign", "dash", "up_c", "down_c", "better_c", "fast_c", "size",
)  # fmt: skip


def _before(claimed: dict[int, Draft], token: int) -> Draft | None:
    """The relative draft nearest to the left."""
    earlier = [t for t in claimed if t < token and claimed[t].kind == "relative"]
    return claimed[max(earlier)] if earlier else None


def matches(compiled: CompiledRule, tags: str) -> Iterator[re.Match[str]]:
    """Yields the matches at every place, overlapping ones too."""
    position = 0
    while match := compiled.expression.search(tags, position):
        yield match
        position = match.start() + 1


def _group(match: re.Match[str], name: str) -> TokenSpan | None:
    for number in ("", "2", "3"):
        if name + number not in match.re.groupindex:
            return None
        first, last = match.span(name + number)
        if last > first >= 0:
            return first, last
    return None


def split(
    sentence: TaggedSentence, span: TokenSpan, separators: frozenset[str], articles: frozenset[str]
) -> list[TokenSpan]:
    """Splits a coordination into its members, articles left off."""
    members: list[TokenSpan] = []
    start = span[0]
    for token in range(span[0], span[1] + 1):
        if token == span[1] or sentence.tags[token] in separators:
            while start < token and sentence.tags[start] in articles:
                start += 1
            if start < token:
                members.append((start, token))
            start = token + 1
    return members
