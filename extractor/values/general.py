"""The general reader: a value that no rule claims is weighed by the evidence around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from extractor.numbers.valuemention import ValueMention
from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import EVIDENCE
from extractor.rulelang.ruleset import CompiledRule, Rule, Ruleset
from extractor.rulelang.sieve import RuleGroup
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.values.matching import matches

if TYPE_CHECKING:
    from extractor.values.drafts import Draft

TokenSpan = tuple[int, int]
Datasets = Callable[[], Sequence[Span]]  # finds where datasets are named in a sentence
_BESIDE = 24  # tokens within which another claim of the sentence speaks for or against a value
_CERTAIN = -4.0  # points with which a rule alone decides that a value is no claim
_VERSION_BELOW = 25  # "Foo 3.1": a number with one decimal digit below this can be a version


class Evidence(NamedTuple):
    """One rule of evidence that speaks of a value.

    Attributes:
        rule: The rule; its points are weighed.
        metric: Tokens of the metric that its match names.
    """

    rule: Rule
    metric: TokenSpan | None = None

    @property
    def points(self) -> float:
        """What it adds for the claim; below zero it speaks against it. In logits."""
        return float(self.rule.settings["points"])


class Weighed(NamedTuple):
    """A value with all evidence about it; the first is that of the rule that takes it up.

    Attributes:
        token: The token of the value.
        evidence: What speaks of it.
    """

    token: int
    evidence: tuple[Evidence, ...]

    @property
    def base(self) -> Rule:
        """The rule that takes the value up; the claim bears its id."""
        return self.evidence[0].rule

    @property
    def points(self) -> float:
        """The sum of all points, in logits: above zero a claim is more likely than none."""
        return sum(each.points for each in self.evidence)

    @property
    def metric(self) -> TokenSpan | None:
        """The metric that the first rule in the order of the files names."""
        return next((each.metric for each in self.evidence if each.metric), None)

    @property
    def named(self) -> tuple[tuple[str, TokenSpan], ...]:
        """The metrics that rules name, each with the id of its rule."""
        return tuple((each.rule.id, each.metric) for each in self.evidence if each.metric)


class GeneralReader:
    """Weighs the values that no rule has claimed and no veto has taken out.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset, self._rules = ruleset, ruleset.of(EVIDENCE)
        self._bases = [rule for rule in self._rules if "of" in rule.rule.settings]

    @cached_property
    def _certain(self) -> RuleGroup:
        return self._ruleset.evidence_sieve.group(rule for rule in self._rules if _points(rule) <= _CERTAIN)

    @cached_property
    def _others(self) -> RuleGroup:
        return self._ruleset.evidence_sieve.group(
            rule for rule in self._rules if _points(rule) > _CERTAIN and "of" not in rule.rule.settings
        )

    def weigh(
        self, sentence: TaggedSentence, claimed: Mapping[int, Draft], datasets: Datasets = tuple
    ) -> list[Weighed]:
        """Returns the open values of a sentence with the evidence about them, in the order of the text.

        Args:
            sentence: The sentence.
            claimed: The drafts of the rules by token, vetoes among them.
            datasets: Finds where datasets are named in the sentence; asked only where a value is open.
        """
        taken_up = dict(self._taken_up(sentence, claimed))
        if not taken_up:
            return []
        found = {token: [Evidence(rule)] for token, rule in taken_up.items()}
        facts = _Facts(sentence, claimed, datasets)
        _gather(self._certain.passing(sentence), sentence, facts, found)
        open_ = {token: known for token, known in found.items() if len(known) == 1}
        if open_:
            _gather(self._others.passing(sentence), sentence, facts, open_)
        return [Weighed(token, tuple(found[token])) for token in sorted(found)]

    def extend(
        self, sentence: TaggedSentence, claimed: Mapping[int, Draft], datasets: Datasets = tuple
    ) -> Iterator[Weighed]:
        """Yields the open values that are more likely a claim than none."""
        yield from (each for each in self.weigh(sentence, claimed, datasets) if each.points > 0)

    def _taken_up(self, sentence: TaggedSentence, claimed: Mapping[int, Draft]) -> Iterator[tuple[int, Rule]]:
        """Yields the tokens of open values, each with the first base rule that matches there."""
        for token in sentence.mentions:
            if token in claimed:
                continue
            for compiled in self._bases:
                if compiled.expression.match(compiled.read(sentence), token):
                    yield token, compiled.rule
                    break


def _points(compiled: CompiledRule) -> float:
    return float(compiled.rule.settings["points"])


def _gather(
    rules: Iterable[CompiledRule],
    sentence: TaggedSentence,
    facts: _Facts,
    found: Mapping[int, list[Evidence]],
) -> None:
    """Adds what some rules say of values to what is known of them, each rule once."""
    last = max(found)
    for compiled in rules:
        rule, told = compiled.rule, set[int]()
        for match in matches(compiled, sentence, last):
            for token in range(*(group_span(match, "vals") or (0, 0))):
                known = found.get(token)
                if known is None or token in told or known[0].rule is rule:
                    continue
                if facts.allow(rule, token):
                    told.add(token)
                    known.append(Evidence(rule, group_span(match, "metric")))


class _Facts:
    """What rules of evidence may ask of a value besides their pattern: ``beside``, ``names``, ``shape``."""

    def __init__(self, sentence: TaggedSentence, claimed: Mapping[int, Draft], datasets: Datasets) -> None:
        self._sentence = sentence
        self._claimed = claimed
        self._find_datasets = datasets

    @cached_property
    def _datasets(self) -> Sequence[Span]:
        return self._find_datasets()

    def allow(self, rule: Rule, token: int) -> bool:
        """Tells whether the conditions of a rule hold for a value."""
        settings = rule.settings
        if (beside := settings.get("beside")) and beside != self._beside(token):
            return False
        if (names := settings.get("names")) and names != self._named(token):
            return False
        return (shape := settings.get("shape")) is None or shape == _shape(self._sentence.mentions[token])

    def _beside(self, token: int) -> str:
        """The kind of the claim of the same form that stands nearest, or ``none``."""
        form = self._sentence.mentions[token].form
        near = [
            (abs(other - token), draft.kind)
            for other, draft in self._claimed.items()
            if abs(other - token) <= _BESIDE and draft.mention.form == form
        ]
        return min(near)[1] if near else "none"

    def _named(self, token: int) -> str:
        """Where the sentence names a dataset: ``behind`` the value, ``before`` it, or ``none``."""
        start = self._sentence.tokens[token][0]
        if any(each.start > start for each in self._datasets):
            return "behind"
        return "before" if self._datasets else "none"


def _shape(mention: ValueMention) -> str:
    """``range``; ``fraction``: from 0 to 1; ``version``: one decimal digit and small; else ``fine``."""
    if mention.high is not None:
        return "range"
    value = abs(mention.value)
    if value <= 1:
        return "fraction"
    if value < _VERSION_BELOW and round(value, 1) == value:
        return "version"
    return "fine"
