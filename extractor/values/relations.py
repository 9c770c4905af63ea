"""Decides of a relative value whether it is a speedup or a change, of what, and in which direction."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractor.rulelang.patterns import group_span
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan

# Which word classes have which sense.
_CLASSES_OF_SENSE = {
    "fast": ("fast_c", "speed_n", "speed_v", "speed_w"),
    "slow": ("slow_c", "slow_n", "slow_v"),
    "overhead": ("overhead_n",),
    "even": ("diff_n",),
    "down": ("down_n", "down_v", "down_c"),
    "loss": ("loss_n",),
    "up": ("up_n", "up_v", "up_c"),
    "better": ("better_n", "better_v", "better_c", "beat_v"),
    "worse": ("worse_n", "worse_v", "worse_c", "lag_v"),
}
# What a sense means: of anything, of a duration, of a rate.
_CHANGE = {"up": "increase", "overhead": "increase", "fast": "increase"}
_CHANGE |= {"down": "decrease", "loss": "decrease", "slow": "decrease", "better": "better", "worse": "worse"}
_TIME = {"down": "faster", "better": "faster", "fast": "faster"}
_TIME |= dict.fromkeys(("up", "worse", "slow", "overhead", "loss"), "slower")
_RATE = {"up": "faster", "better": "faster", "fast": "faster"}
_RATE |= dict.fromkeys(("down", "worse", "slow", "overhead", "loss"), "slower")

# Words that name what is measured; cue words that are metrics themselves, and those that can stand for one.
_MEASURES = ("time_m", "strict_rate", "quality_m", "cost_m", "perf_m")
_SPEEDS = ("strict_rate", "speed_n", "slow_n")
_NAMES_ITSELF = ("fast_c", "slow_c", "speed_v", "speed_n", "slow_n", "self_n")
_STANDS_FOR_METRIC = ("down_c", "up_c", "better_n", "up_n", "down_n")
_OF_METRIC = ("=in", "=for", "=regarding")  # behind these stands what was measured, whatever it is
_UNNAMED = ("deg", "junk")
_LEADING = ("det", "possessive", "junk", "up_c", "down_c", "better_c")
_OF_SPEED = ("ratio", "percent")  # the forms that performance can have where it is speed
_LOOK_BACK = 14  # tokens before a value in which its metric is looked for
_LOOK_AHEAD = 60  # tokens behind a value in which a phrase such as "in terms of" may name its metric
_LONGEST_METRIC = 4  # words before the head of a metric


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
        self._metric_rules = ruleset.group("metric")
        self._chars = ruleset.tagger.chars
        self._classes: dict[tuple[str, ...], frozenset[str]] = {}
        self._speed_nouns = frozenset(self._chars(["speed_n"]))
        # A word of several senses ("drop", "gain") has the first of them.
        self._sense_of = {
            tag: sense for sense, names in reversed(_CLASSES_OF_SENSE.items()) for tag in self._chars(names)
        }

    def read(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> Relation:
        """Returns kind, direction and metric of a relative draft.

        Args:
            sentence: The sentence it stands in.
            draft: A draft of kind ``relative``.
            previous: The relation of the draft before it in the sentence.
        """
        sense = self._sense(sentence, draft)
        cue = sentence.tags[slice(*draft.cue)] if draft.cue else ""
        metric = self._own_metric(sentence, draft)
        if metric is None:
            metric = self._metric(sentence, draft, previous)
            if previous is not None and _shares_metric(draft, previous, metric, cue):
                metric = previous.metric
        beats = draft.cue is not None and self._is(sentence, draft.cue[0], "beat_v")
        shared = beats and draft.mention.form in _OF_SPEED
        if metric is None and shared and previous and previous.kind == "speedup":
            return replace(previous, direction="faster")
        speed = self._speed(sentence, draft, metric, sense)
        if speed is None:
            risen = sense == "better" and draft.mention.sign > 0  # "improves recall by +3%"
            return Relation("change", "increase" if risen else _CHANGE.get(sense), metric, cue)
        if speed == "time" and sense == "up" and draft.cue and self._is(sentence, draft.cue[1] - 1, "gain_n"):
            sense = "better"  # a "latency gain" is no longer wait
        return Relation("speedup", (_TIME if speed == "time" else _RATE).get(sense), metric, cue)

    def trimmed(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Leaves leading articles and words that only praise or measure ("best", "significant") off."""
        first, last = span
        while first < last - 1 and self._is(sentence, first, *_LEADING):
            first += 1
        return first, last

    def _is(self, sentence: TaggedSentence, token: int, *names: str) -> bool:
        """Tells whether a token is of one of the classes; tokens outside the sentence are of none."""
        if not 0 <= token < len(sentence.tags):
            return False
        members = self._classes.get(names)
        if members is None:
            members = self._classes[names] = frozenset(self._chars(names))
        return sentence.tags[token] in members

    # --- sense ----------------------------------------------------------------------------------------------

    def _sense(self, sentence: TaggedSentence, draft: Draft) -> str:
        sense = str((draft.leader or draft.rule).settings.get("sense", "cue"))
        if sense in ("cue", "sign") and draft.mention.sign < 0:
            return "down"
        if sense == "sign":
            return "up"
        if sense == "size":
            whole = 100 if draft.mention.form == "percent" else 1
            return "up" if draft.mention.value >= whole else "down"
        if sense != "cue" or draft.cue is None:
            return sense
        tags = reversed(sentence.tags[slice(*draft.cue)])
        return next((self._sense_of[tag] for tag in tags if tag in self._sense_of), "better")

    # --- metric ---------------------------------------------------------------------------------------------

    def _metric(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> TokenSpan | None:
        if draft.metric is not None:
            metric = self.trimmed(sentence, draft.metric)
            if self._is_place(sentence, metric):
                return self._back(sentence, draft, previous)
            if all(self._is(sentence, token, *_UNNAMED) for token in range(*metric)):
                return self._unnamed(sentence, draft, previous)
            return self._right_behind(sentence, draft, metric) or metric
        policy = draft.rule.settings.get("metric", "cue")
        if policy == "cue":
            return draft.cue
        if policy == "none":
            of_score = previous is not None and previous.kind == "score"
            return previous.metric if previous and of_score else self._apart(sentence, draft)
        found = self._back(sentence, draft, previous)
        return None if policy == "left" and found == draft.cue else found

    def _unnamed(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> TokenSpan | None:
        """The metric where its place holds only words that measure ("a 5% relative gain")."""
        found = self._apart(sentence, draft)
        if found is None and draft.cue is not None and draft.cue[0] > draft.token:
            return self._back(sentence, draft, None) or draft.cue
        improves = draft.cue is not None and self._is(sentence, draft.cue[1] - 1, "better_n")
        return found if found or improves else self._back(sentence, draft, previous)

    def _own_metric(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """The metric of a value that continues another, where both name it alike ("5% in A and 3% in B")."""
        if not draft.ellipsis or draft.metric is None or not self._is(sentence, draft.token + 1, *_OF_METRIC):
            return None
        before = draft.metric[0] - 1
        while self._is(sentence, before, "det"):
            before -= 1
        alike = self._is(sentence, before, *_OF_METRIC)
        first = draft.token + 2
        while self._is(sentence, first, "det"):
            first += 1
        last = first
        while self._is(sentence, last, "w"):
            last += 1
        named = last > first and not self._is(sentence, last - 1, "place_n")
        return (first, last) if named and (alike or self._is(sentence, last - 1, *_MEASURES)) else None

    def _is_place(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether words say where it was measured ("on three tasks", "on FooBench"), not what."""
        first, last = span[0], span[1] - 1
        while self._is(sentence, first - 1, "det", "deg"):
            first -= 1
        if not self._is(sentence, first - 1, "prep"):
            return False
        if self._is(sentence, last + 1, "size") or self._is(sentence, last, "place_n", "base_n"):
            return True  # "in Foo-3B" is a model
        measured = self._is(sentence, first - 1, "=in") or self._is(sentence, last, *_MEASURES)
        place = self._is(sentence, first - 1, "=on") or self._is(sentence, last, "name", "cap")
        return place and not measured

    def _apart(self, sentence: TaggedSentence, draft: Draft, reach: int = _LOOK_AHEAD) -> TokenSpan | None:
        """A metric that stands apart behind the value ("by 4% on FooBench in terms of F1")."""
        for compiled in self._metric_rules.passing(sentence):
            match = compiled.expression.search(sentence.tags, draft.token)
            limit = min(reach, compiled.rule.settings.get("reach", _LOOK_AHEAD))
            if match and match.start() - draft.token <= limit:
                return group_span(match, "metric")
        return None

    def _right_behind(self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan) -> TokenSpan | None:
        """A measure right behind the value, if what stands before it is none ("speeds up X by 2x in FPS")."""
        if draft.place[1] > 1 or metric[0] > draft.token or self._is(sentence, metric[1] - 1, *_MEASURES):
            return None
        return self._apart(sentence, draft, reach=1)

    def _back(self, sentence: TaggedSentence, draft: Draft, previous: Relation | None) -> TokenSpan | None:
        """Looks left for what it is about: the subject of "is 20% lower", the noun before a bracket."""
        cue = draft.cue
        if cue is not None and self._is(sentence, cue[0], *_NAMES_ITSELF):
            return self._modified(sentence, cue)
        found = self._measured_before(sentence, draft.token)
        if found is None and cue is not None and self._is(sentence, cue[0], "size_c"):
            return cue
        if found is None and previous is not None and self._can_inherit(sentence, cue, previous):
            near = range(draft.token - _LOOK_BACK, draft.token)
            colons = [token for token in near if self._is(sentence, token, "colon")]
            listed = cue is None and colons and not self._is_label(sentence, colons[-1], draft.token)
            return None if listed else previous.metric
        if found is None and cue is not None and self._is(sentence, cue[0], *_STANDS_FOR_METRIC):
            return cue
        return found

    def _modified(self, sentence: TaggedSentence, cue: TokenSpan) -> TokenSpan:
        """A noun of speed with what stands before it ("median speedup"); other cues stand alone."""
        first, last = cue
        if self._is(sentence, first, "speed_n", "slow_n"):
            while self._is(sentence, first - 1, "w") and cue[0] - first < _LONGEST_METRIC:
                first -= 1
        return self.trimmed(sentence, (first, last))

    def _can_inherit(self, sentence: TaggedSentence, cue: TokenSpan | None, previous: Relation) -> bool:
        """Tells whether a value may have the metric before it: "faster" says nothing of what is "lower"."""
        if previous.metric is None:
            return False
        other = cue is not None and not self._is(sentence, cue[0], "fast_c", "slow_c")
        return not (other and self._is(sentence, previous.metric[0], "fast_c", "slow_c"))

    def _measured_before(self, sentence: TaggedSentence, token: int) -> TokenSpan | None:
        """The nearest noun phrase to the left that ends in a metric."""
        for head in range(token - 1, max(-1, token - _LOOK_BACK), -1):
            clause = self._is(sentence, head, "subord") and not self._is(sentence, head + 1, "=of")
            ends = self._is(sentence, head, "stop", "colon") and not self._is_label(sentence, head, token)
            if clause or ends:
                return None
            if (
                self._is(sentence, head, *_MEASURES)
                and self._is_head(sentence, head)
                and not self._is_condition(sentence, head)
            ):
                first, last = head, head + 1
                while self._is(sentence, first - 1, "w") and head - first < _LONGEST_METRIC:
                    first -= 1
                while self._is(sentence, last, "weak_q"):
                    last += 1
                return self.trimmed(sentence, (first, last))
        return None

    def _is_label(self, sentence: TaggedSentence, colon: int, token: int) -> bool:
        """Tells whether a colon stands between a name and its value ("Foo: +3%")."""
        return colon == token - 1 and self._is(sentence, colon - 1, "name", "cap")

    def _is_condition(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a noun phrase says under what something was measured ("across all batch sizes")."""
        while self._is(sentence, token, "w", "det"):
            token -= 1
        return self._is(sentence, token, "condition_prep")

    def _is_head(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a noun heads its phrase: "for example" and the first half of a compound do not."""
        following = token + 1
        if self._is(sentence, token - 1, "=for") and self._is(sentence, following, "comma"):
            return False
        return not self._is(sentence, following, "w") or self._is(
            sentence, following, "weak_q", "nverb", "sform"
        )

    # --- speed ----------------------------------------------------------------------------------------------

    def _speed(
        self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan | None, sense: str
    ) -> str | None:
        """Says whether a duration ("time") or a rate changed; None where it is no speed."""
        fast = "rate" if sense in ("fast", "slow") else None
        if metric is None:
            return fast
        head = self._head(sentence, metric)
        if self._mixed(sentence, metric):
            return None
        if self._is(sentence, head, "time_m"):
            return "time"
        tempo = self._is(sentence, head, "tempo_n") and self._is(sentence, head - 1, "tempo_w")
        if fast or tempo or self._is(sentence, head, *_SPEEDS):
            return "rate"
        if self._is(sentence, head, "overhead_n"):
            return self._overhead(sentence, metric, head)
        performance = (
            self._is(sentence, head, "perf_m") and sense != "even" and draft.mention.form in _OF_SPEED
        )
        return "rate" if performance and self._speaks_of_speed(sentence) else None

    def _mixed(self, sentence: TaggedSentence, metric: TokenSpan) -> bool:
        """One value said of two things is a speedup only where both are speed."""
        joints = (token for token in range(*metric) if self._is(sentence, token, "and"))
        return any(not self._is(sentence, joint - 1, "time_m", "strict_rate") for joint in joints)

    def _overhead(self, sentence: TaggedSentence, metric: TokenSpan, head: int) -> str | None:
        """An overhead is one of time unless it is said to be one of something else."""
        modifiers = range(metric[0], head)
        if not modifiers or any(self._is(sentence, token, "time_m", "work_m") for token in modifiers):
            return "time"
        return "rate" if any(self._is(sentence, token, "strict_rate") for token in modifiers) else None

    def _speaks_of_speed(self, sentence: TaggedSentence) -> bool:
        """Tells of "performance", which is speed where the words around it are about speed."""
        return not self._speed_nouns.isdisjoint(sentence.kinds)

    def _head(self, sentence: TaggedSentence, metric: TokenSpan) -> int:
        """The word before the first preposition names the thing: "throughput per DSP" is a throughput."""
        for token in range(metric[0] + 1, metric[1]):
            if self._is(sentence, token, "prep", "open_b"):
                return token - 1
        return metric[1] - 1


def _shares_metric(draft: Draft, previous: Relation, metric: TokenSpan | None, cue: str) -> bool:
    """Tells whether a value has the metric of the value before it, as one of a list or by the same word."""
    if draft.metric is not None:
        return False
    if draft.ellipsis or (draft.place[0] > 0 and metric is None):
        return True
    return bool(cue) and cue == previous.cue and metric == draft.cue
