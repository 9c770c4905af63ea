"""Decides of a relative value whether it is a speedup or a change, of what, and in which direction."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractor.ruleset import Ruleset
from extractor.tagging import TaggedSentence
from extractor.values import Draft, TokenSpan

# Which sense each class of trend words has.
_SENSES = {
    "fast_c": "fast", "speed_n": "fast", "speed_v": "fast", "slow_c": "slow", "slow_n": "slow", "slow_v": "slow",
    "overhead_n": "overhead", "diff_n": "even", "down_n": "down", "down_v": "down", "down_c": "down", "loss_n": "loss",
    "up_n": "up", "up_v": "up", "up_c": "up", "better_n": "better", "better_v": "better", "better_c": "better",
    "beat_v": "better", "worse_n": "worse", "worse_v": "worse", "worse_c": "worse", "lag_v": "worse",
}  # fmt: skip
_CHANGE = {
    "up": "increase", "overhead": "increase", "fast": "increase", "down": "decrease", "loss": "decrease", "slow": "decrease",
    "better": "better", "worse": "worse",
}  # fmt: skip
_TIME = {"down": "faster", "better": "faster", "fast": "faster", "up": "slower", "worse": "slower", "slow": "slower",
         "overhead": "slower", "loss": "slower"}  # fmt: skip
_RATE = {"up": "faster", "better": "faster", "fast": "faster", "down": "slower", "worse": "slower", "slow": "slower",
         "overhead": "slower", "loss": "slower"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relation:
    """What a relative value says."""

    kind: str
    direction: str | None
    metric: TokenSpan | None
    cue: str = ""  # tags of the cue word, by which "3x smaller and 2x smaller" are known to be of one thing


class RelationReader:
    """Resolves relative drafts.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        tagger = ruleset.tagger
        self._metric_rules = ruleset.of("metric")
        names = {
            *_SENSES, "time_m", "rate_m", "strict_rate", "work_m", "perf_m", "w", "prep", "det", "possessive", "cost_m",
            "quality_m", "be", "verb", "comma", "and", "deg", "more", "quality_adj", "plus", "minus", "=of", "open_b", "keep_v",
            "close_b", "count_n", "stop", "beat_v", "aux", "adv", "subord", "val", "junk", "nverb", "size_c", "weak_q", "place_n", "base_n", "=for", "colon", "name", "=in", "self_n", "long_dash", "size", "sform",
        }  # fmt: skip
        self._members = {name: frozenset(tagger.chars([name])) for name in names}

    def read(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> Relation:
        """Returns kind, direction and metric of a relative draft.

        Args:
            sentence: The sentence it stands in.
            draft: A draft of kind ``relative``.
            previous: The relation of the draft before it in the sentence.
        """
        sense = self._sense(sentence, draft)
        metric = self._metric(sentence, draft, previous)
        cue = sentence.tags[slice(*draft.cue)] if draft.cue else ""
        if own := self._own_metric(sentence, draft):
            metric = own
        elif previous is not None and self._shares_metric(draft, previous, metric, cue):
            metric = previous.metric
        speed = self._speed(sentence, draft, metric, sense)
        if speed is None and metric is None and previous and previous.kind == "speedup" and sense == "better":
            return (
                replace(previous, direction="faster")
                if draft.rule.id == "relative.beats"
                else Relation("change", sense, None)
            )
        if speed is None:
            return Relation("change", _CHANGE.get(sense), metric, cue)
        return Relation("speedup", (_TIME if speed == "time" else _RATE).get(sense, "faster"), metric, cue)

    def _shares_metric(self, draft: Draft, previous: Relation, metric: TokenSpan | None, cue: str) -> bool:
        """Tells whether a value has the metric of the value before it, as one of a list or by the same word."""
        if draft.metric is not None:
            return False
        if draft.ellipsis or (draft.place[0] > 0 and metric is None):
            return True
        return bool(cue) and cue == previous.cue and metric == draft.cue

    def _own_metric(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """The metric of a value that only continues another, where both name it alike ("5% in A and 3% in B")."""
        if not draft.ellipsis or draft.metric is None or not self._is(sentence, draft.token + 1, "=in"):
            return None
        before = draft.metric[0] - 1
        while self._is(sentence, before, "det"):
            before -= 1
        if not self._is(sentence, before, "=in"):
            return None
        first = last = draft.token + 2
        while self._is(sentence, first, "det"):
            first = last = first + 1
        while self._is(sentence, last, "w"):
            last += 1
        return (first, last) if last > first and not self._is(sentence, last - 1, "place_n") else None

    def _is(self, sentence: TaggedSentence, token: int, name: str) -> bool:
        return 0 <= token < len(sentence.tags) and sentence.tags[token] in self._members[name]

    def _sense(self, sentence: TaggedSentence, draft: Draft) -> str:
        sense = (draft.leader or draft.rule).settings.get("sense", "cue")
        if draft.mention.sign < 0 and sense in ("cue", "sign"):
            return "down"
        if sense == "sign":
            return "up" if draft.mention.sign >= 0 else "down"
        if sense == "size":
            return "up" if draft.mention.value >= 1 else "down"
        if sense != "cue" or draft.cue is None:
            return str(sense)
        for token in range(draft.cue[1] - 1, draft.cue[0] - 1, -1):
            for name, meaning in _SENSES.items():
                if self._is(sentence, token, name):
                    return meaning
        return "better"

    def _metric(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> TokenSpan | None:
        if draft.metric is not None:
            metric = self.trimmed(sentence, draft.metric)
            if self._is_place(sentence, metric):
                return self._back(sentence, draft, previous)
            return self._apart(sentence, draft) if self._is_empty(sentence, metric) else metric
        policy = draft.rule.settings.get("metric", "cue")
        if policy == "none":
            if previous is not None and previous.kind == "score":
                return previous.metric
            return self._apart(sentence, draft)
        if policy == "cue":
            return draft.cue
        found = self._back(sentence, draft, previous)
        return None if policy == "left" and found == draft.cue else found

    def _is_empty(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether words only say how much ("average") and name nothing."""
        return all(
            self._is(sentence, token, "deg") or self._is(sentence, token, "junk") for token in range(*span)
        )

    def _is_place(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether words say where it was measured ("on three tasks", "on FooBench"), not what."""
        first, last = span[0], span[1] - 1
        while first and (self._is(sentence, first - 1, "det") or self._is(sentence, first - 1, "deg")):
            first -= 1
        if not self._is(sentence, first - 1, "prep"):
            return False
        if self._is(sentence, last + 1, "size"):  # a model ("in Foo-3B")
            return True
        if any(self._is(sentence, last, name) for name in ("place_n", "base_n")):
            return True
        measured = self._is(sentence, first - 1, "=in") or self._is_measure(sentence, last)
        return not measured and self._is(sentence, last, "name")

    def _is_measure(self, sentence: TaggedSentence, token: int) -> bool:
        return any(self._is(sentence, token, name) for name in _MEASURES)

    def _apart(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """A metric that stands apart behind the value ("by 4% on FooBench in terms of F1")."""
        for compiled in self._metric_rules:
            match = compiled.expression.search(sentence.tags, draft.token)
            if match and match.start() - draft.token <= compiled.rule.settings.get("reach", _LONGEST_REACH):
                return match.span("metric")
        return None

    def trimmed(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Leaves leading articles and words that only praise or measure ("best", "significant") off."""
        first, last = span
        while first < last - 1 and any(
            self._is(sentence, first, name) for name in ("det", "possessive", "junk", "up_c", "down_c", "better_c")
        ):
            first += 1
        return first, last

    def _back(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> TokenSpan | None:
        """Looks left for what the value is about: the subject of "is 20% lower", the noun before a bracket."""
        cue = draft.cue
        if cue is not None and any(self._is(sentence, cue[0], name) for name in _NAMES_ITSELF):
            return cue
        found = self._measured_before(sentence, draft.token)
        if found:
            return found
        if cue is not None and self._is(sentence, cue[0], "size_c"):
            return cue
        if previous is not None and previous.metric is not None:
            listed = cue is None and any(self._is(sentence, t, "colon") for t in range(draft.token - _LOOK_BACK, draft.token))
            return None if listed else previous.metric
        if cue is not None and any(self._is(sentence, cue[0], name) for name in _STANDS_FOR_METRIC):
            return cue
        return None

    def _measured_before(self, sentence: TaggedSentence, token: int) -> TokenSpan | None:
        """The nearest noun phrase to the left that ends in a metric."""
        for head in range(token - 1, max(-1, token - _LOOK_BACK), -1):
            clause = self._is(sentence, head, "subord") and not self._is(sentence, head + 1, "=of")
            if clause or self._is(sentence, head, "stop") or self._is(sentence, head, "colon"):
                return None
            if self._is_measure(sentence, head) and self._is_head(sentence, head):
                first = last = head
                while first > 0 and self._is(sentence, first - 1, "w") and head - first < _LONGEST_METRIC:
                    first -= 1
                while self._is(sentence, last + 1, "weak_q"):
                    last += 1
                return self.trimmed(sentence, (first, last + 1))
        return None

    def _is_head(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a noun heads its phrase: "for example" and the first half of a compound do not count."""
        if self._is(sentence, token - 1, "=for") and self._is(sentence, token + 1, "comma"):
            return False
        following = token + 1
        inside = self._is(sentence, following, "w") and not self._is(sentence, following, "weak_q")
        return not inside or self._is(sentence, following, "nverb") or self._is(sentence, following, "sform")

    def _speed(
        self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan | None, sense: str
    ) -> str | None:
        """Says whether a duration or a rate changed; None where it is no speed."""
        if metric is None:
            return "rate" if sense in ("fast", "slow") else None
        head = self._head(sentence, metric)
        if self._mixed(sentence, metric):
            return None
        if self._is(sentence, head, "time_m"):
            return "time"
        if (
            self._is(sentence, head, "strict_rate")
            or self._is(sentence, head, "speed_n")
            or self._is(sentence, head, "slow_n")
        ):
            return "rate"
        if sense in ("fast", "slow"):
            return "rate"
        if self._is(sentence, head, "overhead_n"):
            return self._overhead(sentence, metric, head)
        if self._is(sentence, head, "perf_m") and self._speaks_of_speed(sentence):
            return "rate"
        return None

    def _mixed(self, sentence: TaggedSentence, metric: TokenSpan) -> bool:
        """One value said of two things is a speedup only where both are speed."""
        joints = [token for token in range(*metric) if self._is(sentence, token, "and")]
        heads = [joint - 1 for joint in joints]
        return bool(heads) and not all(
            self._is(sentence, head, "time_m") or self._is(sentence, head, "strict_rate") for head in heads
        )

    def _overhead(self, sentence: TaggedSentence, metric: TokenSpan, head: int) -> str | None:
        modifiers = range(metric[0], head)
        if not modifiers or any(
            self._is(sentence, token, "time_m") or self._is(sentence, token, "work_m") for token in modifiers
        ):
            return "time"
        if any(self._is(sentence, token, "strict_rate") for token in modifiers):
            return "rate"
        return None

    def _speaks_of_speed(self, sentence: TaggedSentence) -> bool:
        """Tells of "performance", which is speed where the words around it are about speed."""
        return any(tag in self._members["speed_n"] for tag in sentence.tags)

    def _head(self, sentence: TaggedSentence, metric: TokenSpan) -> int:
        """The last word before the first preposition names the thing; "throughput per DSP" is a throughput."""
        for token in range(metric[0], metric[1]):
            if token > metric[0] and (
                self._is(sentence, token, "prep") or self._is(sentence, token, "open_b")
            ):
                return token - 1
        return metric[1] - 1


_MEASURES = ("time_m", "strict_rate", "quality_m", "cost_m", "perf_m")
_NAMES_ITSELF = ("fast_c", "slow_c", "speed_v", "speed_n", "slow_n", "self_n")
_STANDS_FOR_METRIC = ("down_c", "up_c", "better_n", "up_n", "down_n")
_LOOK_BACK = 14
_LONGEST_REACH = 60
_LONGEST_METRIC = 4
