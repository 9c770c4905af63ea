"""Decides of a relative value whether it is a speedup or a change, of what, and in which direction."""

from __future__ import annotations

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import Found, Relation

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

_SPEEDS = ("strict_rate", "speed_n", "slow_n")
_OF_SPEED = ("ratio", "percent")  # the forms that performance can have where it is speed


class RelationReader:
    """Resolves relative drafts.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        tags, self._is = ruleset.tagger.tags, ruleset.tagger.is_one
        self._speed_nouns = tags(["speed_n"])
        # A word of several senses ("drop", "gain") has the first of them.
        self._sense_of = {
            tag: sense for sense, names in reversed(_CLASSES_OF_SENSE.items()) for tag in tags(names)
        }

    def read(
        self, sentence: TaggedSentence, draft: Draft, metric: Found | None, previous: Relation | None
    ) -> Relation:
        """Returns kind, direction and metric of a relative draft.

        Args:
            sentence: The sentence it stands in.
            draft: A draft of kind ``relative``.
            metric: What it is a change of.
            previous: The relation of the draft before it in the sentence.
        """
        sense = self._sense(sentence, draft)
        cue = sentence.tags[slice(*draft.cue)] if draft.cue else ""
        beats = draft.cue is not None and self._is(sentence, draft.cue[0], "beat_v")
        shared = beats and draft.mention.form in _OF_SPEED
        if metric is None and shared and previous and previous.sort == "speed":
            return previous._replace(direction="faster")
        speed = self._speed(sentence, draft, metric.span if metric else None, sense)
        if speed is None:
            risen = sense == "better" and draft.mention.sign > 0  # "improves recall by +3%"
            return Relation("other", "increase" if risen else _CHANGE.get(sense), metric, cue)
        if speed == "time" and sense == "up" and draft.cue and self._is(sentence, draft.cue[1] - 1, "gain_n"):
            sense = "better"  # a "latency gain" is no longer wait
        return Relation("speed", (_TIME if speed == "time" else _RATE).get(sense), metric, cue)

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
        consumed = head > metric[0] and self._is(sentence, head, "used_n")  # "time consumption"
        if self._is(sentence, head - consumed, "time_m"):
            return "time"
        tempo = self._is(sentence, head, "tempo_n") and self._is(sentence, head - 1, "tempo_w")
        worked = sense == "better" and draft.mention.form == "ratio" and self._is(sentence, head, "work_m")
        if fast or tempo or worked or self._is(sentence, head, *_SPEEDS):
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
