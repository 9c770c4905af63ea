"""Applies the value rules to a tagged sentence: which mention is which kind of claim, in which words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractor.knowledge.kinds import Family
from extractor.numbers.valuemention import ValueMention
from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import VETO
from extractor.rulelang.ruleset import CompiledRule, Rule, Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.ellipsis import Continuation
from extractor.values.general import Datasets, GeneralReader, Weighed
from extractor.values.matching import matches

TokenSpan = tuple[int, int]


@dataclass(slots=True, eq=False)  # two drafts are the same only if they are one
class Draft:
    """A claim in the making.

    Attributes:
        mention: The value.
        token: Its token in the sentence.
        rule: The rule that claimed it.
        kind: The rule's kind; ``relative`` becomes one of several kinds when its metric is known.
        family: The family of reader of that kind; None for a veto.
        cue: Tokens of the word that says what happened.
        metric: Tokens of the metric, where the rule names it.
        baseline: Tokens of the baseline, where the rule names it.
        place: Place of the value in the rule's list of values, and the list's length.
        ellipsis: Whether the claim was taken over from the one before ("... and 3x on B").
        leader: The rule of the claim before it, whose sense it shares.
        points: The sum of the evidence, in logits, of a value of the general reader.
        named: The metrics that the evidence names, each with the id of its rule.
        words: The tokens that the rule read; what it did not take for the metric there is none.
    """

    mention: ValueMention
    token: int
    rule: Rule
    kind: str = field(init=False)
    family: Family | None = field(init=False)
    cue: TokenSpan | None = None
    metric: TokenSpan | None = None
    baseline: TokenSpan | None = None
    place: tuple[int, int] = (0, 1)
    ellipsis: bool = False
    leader: Rule | None = None
    points: float | None = None
    named: tuple[tuple[str, TokenSpan], ...] = ()
    words: TokenSpan | None = None

    def __post_init__(self) -> None:
        self.kind, self.family = self.rule.kind, self.rule.family

    @property
    def is_before_and_after(self) -> bool:
        """Whether the values of its rule are states before and after, of which the last is the subject's."""
        return self.rule.settings.get("subject") == "last"


class ValueReader:
    """Finds drafts in tagged sentences.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._grammar = ruleset.grammar
        self._rules = ruleset.group(*self._grammar.values)
        tags = ruleset.tagger.tags
        self._lists = Lists(ruleset)
        self._commas, self._joints = tags(["comma"]), tags(["and", "slash"])
        self._comparatives = tags(["up_c", "down_c", "better_c", "worse_c", "fast_c", "slow_c", "level_w"])
        self._participles = tags(["ing"]) - tags(["nverb", "rate_m"])
        # "less data and trains": a verb, though its other forms are nouns.
        self._finite = (tags(["nverb"]) & tags(["sform"])) - tags(["cost_m", "quality_m", "time_m"])
        self._measures = tags(["quality_m", "time_m", "strict_rate"])
        self._measured = self._measures | tags(["cost_m", "perf_m", "weak_q", "name", "adj_tail"])
        self._auxiliaries = tags(["aux", "be"])
        self._verbs = tags(["verb", "keep_v", "up_v", "down_v"]) - tags(["=compared"])
        self._continuation = Continuation(ruleset)
        self._general = GeneralReader(ruleset)

    def drafts(self, sentence: TaggedSentence, datasets: Datasets = tuple) -> list[Draft]:
        """Returns the drafts of one sentence, in the order of the text.

        Rules are tried in their order; the first that claims a mention has it. A veto claims it for nobody. A
        rule that goes on from the value before waits where that value is nobody's yet.
        What is left goes to the general reader.

        Args:
            sentence: The sentence.
            datasets: Finds where datasets are named in the sentence.
        """
        claimed = self.claimed(sentence)
        if len(claimed) < len(sentence.mentions):
            for weighed in self._general.extend(sentence, claimed, datasets):
                claimed[weighed.token] = self._general_draft(sentence, weighed)
        return [claimed[token] for token in sorted(claimed) if claimed[token].kind != VETO]

    def weigh(self, sentence: TaggedSentence, datasets: Datasets = tuple) -> list[Weighed]:
        """Returns the evidence about the values that the rules leave open."""
        return self._general.weigh(sentence, self.claimed(sentence), datasets)

    def claimed(self, sentence: TaggedSentence) -> dict[int, Draft]:
        """Returns what the rules and vetoes claim, by token."""
        claimed: dict[int, Draft] = {}
        waiting: list[tuple[CompiledRule, re.Match[str]]] = []
        last = max(sentence.mentions)
        for compiled in self._rules.passing(sentence):
            for match in matches(compiled, sentence, last):
                if not self._claim(compiled, match, sentence, claimed):
                    waiting.append((compiled, match))
            if len(claimed) == len(sentence.mentions):
                break
        for compiled, match in waiting:
            self._claim(compiled, match, sentence, claimed)
        self._continuation.extend(sentence, claimed)
        return claimed

    def _general_draft(self, sentence: TaggedSentence, weighed: Weighed) -> Draft:
        draft = Draft(sentence.mentions[weighed.token], weighed.token, weighed.base, metric=weighed.metric)
        draft.points, draft.named = weighed.points, weighed.named
        draft.kind = str(weighed.base.settings["of"])
        draft.family = self._grammar.families[draft.kind]
        return draft

    def _claim(
        self,
        compiled: CompiledRule,
        match: re.Match[str],
        sentence: TaggedSentence,
        claimed: dict[int, Draft],
    ) -> bool:
        """Claims what a rule found; False if the value that it goes on from is not claimed yet."""
        mentions = sentence.mentions
        first, last = group_span(match, "vals") or (0, 0)
        tokens = [token for token in range(first, last) if token in mentions]
        free = [token for token in tokens if token not in claimed]
        if not free:
            return True
        follows = compiled.rule.settings.get("sense") == "previous"
        leader = _before(claimed, first) if follows else None
        if follows and leader is None:
            return False
        cue = leader.cue if leader else group_span(match, "cue")
        baseline, metric = group_span(match, "baseline"), group_span(match, "metric")
        metrics = None if metric else group_span(match, "metrics")
        for token in free:
            draft = Draft(mentions[token], token, compiled.rule, cue=cue, baseline=baseline)
            draft.place, draft.words = (tokens.index(token), len(tokens)), match.span()
            draft.leader = (leader.leader or leader.rule) if leader else None
            draft.metric = metric or self._member(sentence, metrics, draft)
            claimed[token] = draft
        return True

    def _member(self, sentence: TaggedSentence, span: TokenSpan | None, draft: Draft) -> TokenSpan | None:
        """Gives each of several values its own member of a list of metrics of the same length."""
        if span is None:
            return None
        if span[0] < draft.token:
            span = self._last_phrase(sentence, span)
        place, count = draft.place
        members = self._lists.split(sentence, span)
        if count > 1 and len(members) == count:
            return self._whole_member(sentence, members, place)
        return self._coordination(sentence, span, behind=span[0] > (draft.cue or (draft.token,))[0])

    def _whole_member(self, sentence: TaggedSentence, members: Sequence[TokenSpan], place: int) -> TokenSpan:
        """Returns a member of a list, or the head it shares with the last ("word and phrase recall")."""
        tags, (first, last) = sentence.tags, members[-1]
        shared = last - first > 1 and tags[last - 1] in self._measures
        if not shared or any(tags[token] in self._measured for token in range(*members[place])):
            return members[place]
        return last - 1, last

    def _coordination(self, sentence: TaggedSentence, span: TokenSpan, *, behind: bool) -> TokenSpan:
        """Leaves off what only looks like a member of a list: it has a comparative or a verb, or no "and".

        Args:
            sentence: The sentence.
            span: The list, which one value is said of.
            behind: Whether it stands behind the word that says what happened, which its first member is then
                nearest to; else its last.
        """
        first, last = span
        tags = sentence.tags
        commas = [token for token in range(first + 1, last - 1) if tags[token] in self._commas]
        joints = [token for token in range(first + 1, last - 1) if tags[token] in self._joints]
        if joints:
            joint = joints[-1]
            verb = behind and (tags[joint + 1] in self._finite or self._opens_clause(sentence, joint, last))
            if tags[joint + 1] in self._comparatives or verb:
                last = joint
                while last > first + 1 and tags[last - 1] in self._commas:
                    last -= 1
                return self._coordination(sentence, (first, last), behind=behind)
        elif len(commas) == 1:  # more of them make a list without "and"
            return (first, commas[0]) if behind else (commas[-1] + 1, last)
        clause = (token for token in commas if behind and tags[token + 1] in self._participles)
        return first, next(clause, last)

    def _opens_clause(self, sentence: TaggedSentence, joint: int, last: int) -> bool:
        """Tells whether what stands behind "and" is a verb's subject ("less data, and small nets learn")."""
        following = sentence.tags[last : last + 1]
        return following in self._auxiliaries or (
            following in self._verbs and sentence.tags[joint - 1] in self._commas
        )

    def _last_phrase(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Cuts off what stands before a comma, maybe an "and", and an article: it is another phrase."""
        tags = sentence.tags
        for token in range(span[1] - 2, span[0], -1):
            first = token + 2 if tags[token + 1] in self._joints else token + 1
            if tags[token] in self._commas and tags[first] in self._lists.articles:
                return first, span[1]
        return span


class Lists:
    """Splits coordinations.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        tags = ruleset.tagger.tags
        self._separators = tags(["comma", "and", "slash"])
        self.articles = tags(["det", "possessive"])

    def split(self, sentence: TaggedSentence, span: TokenSpan) -> list[TokenSpan]:
        """Returns the members of a coordination, articles left off."""
        members: list[TokenSpan] = []
        start = span[0]
        for token in range(span[0], span[1] + 1):
            if token == span[1] or sentence.tags[token] in self._separators:
                while start < token and sentence.tags[start] in self.articles:
                    start += 1
                if start < token:
                    members.append((start, token))
                start = token + 1
        return members


def _before(claimed: dict[int, Draft], token: int) -> Draft | None:
    """The relative draft nearest to the left."""
    earlier = [other for other in claimed if other < token and claimed[other].family == "relative"]
    return claimed[max(earlier)] if earlier else None
