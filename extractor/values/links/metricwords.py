"""Reads the words that name a metric: where they begin and end, and which before a value do."""

from __future__ import annotations

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, Lists, TokenSpan
from extractor.values.links.base import Scene, Value

# Words that name what is measured.
MEASURES = ("time_m", "strict_rate", "quality_m", "cost_m", "perf_m")
LOOK_BACK = 14  # tokens before a value in which its metric is looked for
_LEADING = ("det", "possessive", "junk", "up_c", "down_c", "better_c")
_LONGEST_METRIC = 4  # words before the head of a metric
_FARTHEST_OBJECT = 40  # tokens between a verb and a gain that says how much better
_NEAR = 4  # tokens between a bracket's opening and a value in it
_MOVES = ("verb", "up_v", "down_v", "better_v", "worse_v")  # "time to convergence falls"
_LONGEST_PER = 3  # tokens of "per correct answer"
_LONGEST_FORM = 9  # tokens before an acronym in which its words stand
# Between the words that name a metric and its value stands one of these, and before the words one of those;
# what ends in a word of the third sort names who has the value, or a figure of any metric.
_JOINTS = ("=of", "=to", "=at", "=from", "=below", "=above", "be", "open_b", "equal_sign", "colon")
_OPENERS = tuple("and comma conj keep_v up_v down_v better_v worse_v =with =while =its".split())
_WHO = "name cap base_n model_n system_n place_n generic_name data_n size"
_FIGURES = "deg mean_w figure_n count_n up_n down_n better_n loss_n diff_n extreme_a"
_NO_METRICS = tuple(f"{_WHO} {_FIGURES} versus setting_w compare_w move_v".split())
_OF_METRIC = ("=in", "=for", "=regarding")  # behind these stands what was measured, whatever it is
_SCORING = ("=score", "=scores", "=scored", "=scoring")  # verbs behind who has the value
_LONGEST_OWN = 6  # words of a metric right before its value
_LONGEST_SHARED = 5  # words of "the fraction of ..."
# What is improved is a metric, whatever it is, before one of these and unless it ends in one of those.
_BEHIND_OBJECT = ("=on", "=over", "=for", "=across", "=by", "open_b", "comma")
_NO_OBJECT = tuple(f"{_WHO} {_FIGURES}".split())


class MetricWords:
    """Reads the words that name metrics.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self.is_, tags = ruleset.tagger.is_one, ruleset.tagger.tags
        self._lists = Lists(ruleset)
        self._verbs = tags(["nverb"]) & tags(["sform"])

    def whole(self, scene: Scene, value: Value, span: TokenSpan) -> TokenSpan:
        """Takes with it the long form before an acronym in brackets, "per token" and "to first token"."""
        sentence, (first, last) = scene.sentence, span
        bracketed = self.is_(sentence, first - 1, "open_b") and self.is_(sentence, last, "close_b")
        if last - first == 1 and bracketed:
            return self._long_form(scene, first) or span
        plain = self.is_(sentence, last - 1, "chance_n") and all(
            self.is_(sentence, token, *_LEADING, "deg") for token in range(first, last - 1)
        )
        if (plain or self.is_(sentence, last - 1, "share_n")) and self.is_(sentence, last, "=of"):
            return first, self._end_of_share(sentence, last + 1, value.draft.token)
        if (
            self.is_(sentence, last - 1, "time_m")
            and self.is_(sentence, last, "=to")
            and self.is_(sentence, last + 1, "goal_w")
        ):
            noun = self.is_(sentence, last + 2, "w") and not self.is_(sentence, last + 2, *_MOVES)
            end = last + 2 + noun
            return span if first <= value.draft.token < end else (first, end)
        if not self.is_(sentence, last, "=per") or not self.is_(sentence, last - 1, "w"):
            return span
        end = last + 1
        while (
            end - last < _LONGEST_PER and self.is_(sentence, end, "w") and not self.is_(sentence, end, "verb")
        ):
            end += 1
        return (first, end) if end > last + 1 and not first <= value.draft.token < end else span

    def _end_of_share(self, sentence: TaggedSentence, first: int, token: int) -> int:
        """Returns the token behind what a share is of ("the fraction of late replies")."""
        last = first
        while self.is_(sentence, last, "det"):
            last += 1
        if self.is_(sentence, last, "name", "cap"):
            return first - 1  # "the success rate of Foo"
        while last < token and last - first < _LONGEST_SHARED and self.is_(sentence, last, "w", "det"):
            last += 1
        return last if last > first else first - 1

    def _long_form(self, scene: Scene, acronym: int) -> TokenSpan | None:
        """The words that an acronym in brackets stands for, with a statistic before them."""
        sentence = scene.sentence
        start, end = sentence.tokens[acronym]
        letters = [letter for letter in scene.text[start:end].lower() if letter.isalpha()]
        first = acronym - 1
        while (
            letters and self.is_(sentence, first - 1, "w", "dash", "prep") and acronym - first < _LONGEST_FORM
        ):
            first -= 1
            initials = [part[:1] for part in scene.text[slice(*sentence.tokens[first])].lower().split("-")]
            for initial in reversed(initials):
                if letters and initial == letters[-1]:
                    letters.pop()
        if letters:
            return None
        while self.is_(sentence, first - 1, "deg"):
            first -= 1
        return first, acronym - 1

    def own_words(self, sentence: TaggedSentence, metric: TokenSpan) -> TokenSpan:
        """Leaves off what stands before a verb that could be a noun ("the trial reports recall")."""
        first, last = metric
        for token in range(first, last - 1):
            if sentence.tags[token] in self._verbs:
                first = token + 1
        return first, last

    def right_before(self, sentence: TaggedSentence, token: int) -> TokenSpan | None:
        """Returns the words right before a value that say what it is of ("and block rate at 3%").

        They name no system, and in "with recall (3%)" they end in a metric, for a name of two words is
        often followed by its value too.
        """
        joint = token
        while self.is_(sentence, joint - 1, *_JOINTS, "lead", "tilde", "less_sign", "more_sign"):
            joint -= 1
        if joint == token or not self.is_(sentence, joint, *_JOINTS):
            return None
        moved = self.is_(sentence, joint - 1, "move_v", "up_v", "down_v")
        joint -= moved  # "but its performance collapses to 0%"
        first = joint
        while self.is_(sentence, first - 1, "w") and joint - first < _LONGEST_OWN:
            first -= 1
        if first == joint or self.is_(sentence, joint - 1, *_NO_METRICS):
            return None
        if self.is_(sentence, joint - 1, *_SCORING) and self.is_(sentence, joint - 2, *_WHO.split()):
            return None  # "and agents score below 40%"
        if self.is_(sentence, first, "name", "count") or self.is_(sentence, first - 1, "count", "=all"):
            return None  # "and all nine agents to 3%"
        before = first - 1
        while self.is_(sentence, before, "det", "possessive"):
            before -= 1
        measured = self.is_(sentence, joint - 1, *MEASURES, "weak_q")
        praised = self.is_(sentence, first, "junk", "=high", "=low", "=higher", "=lower", "better_c", "up_c")
        setting = self.is_(sentence, before, "=with") and before - 1 in sentence.mentions
        opens = self.is_(sentence, before, *_OPENERS, *(("subord",) if moved else ()))
        if setting or not opens:
            return None  # "85% with single prompts to 65%"
        bare = (moved or self.is_(sentence, joint, "open_b", "colon")) and not measured and not praised
        return None if bare else self.trimmed(sentence, (first, joint))

    def trimmed(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Leaves off leading articles and words that only praise or measure ("best"), and a last "more"."""
        first, last = span
        while first < last - 1 and self.is_(sentence, last - 1, "more", "less"):
            last -= 1
        while first < last - 1 and self.is_(sentence, first, *_LEADING):
            first += 1
        return first, last

    def behind_terms(self, sentence: TaggedSentence, draft: Draft, first: int) -> TokenSpan:
        """The words behind "in terms of"; of several values and metrics, each its own."""
        last = first
        while self.is_(sentence, last, "w", "det", "and", "comma"):
            if self.is_(sentence, last, "respectively"):
                break
            last += 1
        while last > first + 1 and self.is_(sentence, last - 1, "and", "comma", "det"):
            last -= 1
        place, count = draft.place
        members = self._lists.split(sentence, (first, last))
        return members[place] if count > 1 and len(members) == count else (first, max(last, first + 1))

    def is_place(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether words say where it was measured ("on three tasks", "on FooBench"), not what."""
        first, last = span[0], span[1] - 1
        while self.is_(sentence, first - 1, "and", "comma") and self.is_(sentence, first - 2, "name", "cap"):
            first -= 2  # "for Foo and Bar"
        while self.is_(sentence, first - 1, "det", "deg"):
            first -= 1
        if not self.is_(sentence, first - 1, "prep"):
            return False
        if self.is_(sentence, last + 1, "size") or self.is_(sentence, last, "place_n", "base_n"):
            return True  # "in Foo-3B" is a model
        measured = self.is_(sentence, first - 1, "=in") or self.is_(sentence, last, *MEASURES)
        place = self.is_(sentence, first - 1, "=on") or self.is_(sentence, last, "name", "cap")
        return place and not measured

    def compared_before(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """What the same comparative says of it before the bracket ("lower drift than X (12x lower)")."""
        cue = draft.cue
        if cue is None or not self.is_(sentence, cue[0], "up_c", "down_c"):
            return None
        near = range(draft.token - 1, draft.token - _NEAR, -1)
        opening = next((token for token in near if self.is_(sentence, token, "open_b")), None)
        if opening is None:
            return None
        for token in range(opening - 1, max(-1, opening - LOOK_BACK), -1):
            if sentence.tags[token] == sentence.tags[cue[0]]:
                last = token + 1
                while self.is_(sentence, last, "w"):
                    last += 1
                return (token + 1, last) if last > token + 1 else None
        return None

    def modified(self, sentence: TaggedSentence, cue: TokenSpan) -> TokenSpan:
        """A noun of speed with what stands before it ("median speedup"); other cues stand alone."""
        first, last = cue
        if self.is_(sentence, first, "speed_n", "slow_n"):
            while self.is_(sentence, first - 1, "w") and cue[0] - first < _LONGEST_METRIC:
                first -= 1
        return self.trimmed(sentence, (first, last))

    def measured_before(self, sentence: TaggedSentence, token: int) -> TokenSpan | None:
        """The nearest noun phrase to the left that ends in a metric."""
        for head in range(token - 1, max(-1, token - LOOK_BACK), -1):
            clause = self.is_(sentence, head, "subord") and not self.is_(sentence, head + 1, "=of")
            ends = self.is_(sentence, head, "stop", "colon") and not self.is_label(sentence, head, token)
            if clause or ends:
                return None
            if (
                self.is_(sentence, head, *MEASURES)
                and self._is_head(sentence, head)
                and not self._is_condition(sentence, head)
            ):
                first, last = head, head + 1
                while self.is_(sentence, first - 1, "w") and head - first < _LONGEST_METRIC:
                    first -= 1
                while self.is_(sentence, last, "weak_q"):
                    last += 1
                return self.trimmed(sentence, (first, last))
        return None

    def improved_before(self, sentence: TaggedSentence, token: int) -> TokenSpan | None:
        """What the sentence says was improved, before a gain ("improves recall on A, with gains of 3%")."""
        for verb in range(token - 1, max(-1, token - _FARTHEST_OBJECT), -1):
            if self.is_(sentence, verb, "semicolon"):
                return None
            adjective = self.is_(sentence, verb - 1, "det", "prep", "possessive")  # "from extended thinking"
            if adjective or not self.is_(sentence, verb, "better_v", "up_v"):
                continue
            first = verb + 1
            while self.is_(sentence, first, "det", "possessive"):
                first += 1
            last = first
            while self.is_(sentence, last, "w") and last < token:
                last += 1
            measured = self.is_(sentence, last - 1, "quality_m", "weak_q", "perf_m")
            noun = self.is_(sentence, last, *_BEHIND_OBJECT) and not self.is_(sentence, last - 1, *_NO_OBJECT)
            if last > first and (measured or noun):
                return self.trimmed(sentence, (first, last))
        return None

    def own_member(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """The words of a value that continues another, where both are named alike ("5% in A and 3% in B")."""
        if not draft.ellipsis or draft.metric is None:
            return None
        if own := self._before_by(sentence, draft):
            return own
        if not self.is_(sentence, draft.token + 1, *_OF_METRIC):
            return None
        before = draft.metric[0] - 1
        while self.is_(sentence, before, "det"):
            before -= 1
        alike = self.is_(sentence, before, *_OF_METRIC)
        first = draft.token + 2
        while self.is_(sentence, first, "det"):
            first += 1
        last = first
        while self.is_(sentence, last, "w"):
            last += 1
        named = last > first and not self.is_(sentence, last - 1, "place_n")
        return (first, last) if named and (alike or self.is_(sentence, last - 1, *MEASURES)) else None

    def _before_by(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """The words of a value that goes on ("raises recall by 3% and mean yield (MY) by 5%")."""
        last = draft.token
        while self.is_(sentence, last - 1, "lead", "tilde") and not self.is_(sentence, last - 1, "=by"):
            last -= 1
        if not self.is_(sentence, last - 1, "=by"):
            return None
        last -= 1
        if self.is_(sentence, last - 1, "close_b") and self.is_(sentence, last - 3, "open_b"):
            last -= 3
        first = last
        while self.is_(sentence, first - 1, "w") and last - first < _LONGEST_OWN:
            first -= 1
        joined = self.is_(sentence, first - 1, "and", "comma")
        named = first < last and not self.is_(sentence, last - 1, *_WHO.split(), "up_v", "down_v", "better_v")
        return self.trimmed(sentence, (first, last)) if joined and named else None

    def is_label(self, sentence: TaggedSentence, colon: int, token: int) -> bool:
        """Tells whether a colon stands between a name and its value ("Foo: +3%")."""
        return colon == token - 1 and self.is_(sentence, colon - 1, "name", "cap")

    def _is_condition(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a noun phrase says under what something was measured ("across all batch sizes")."""
        while self.is_(sentence, token, "w", "det"):
            token -= 1
        return self.is_(sentence, token, "condition_prep")

    def _is_head(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a noun heads its phrase: "for example" and the first half of a compound do not."""
        following = token + 1
        if self.is_(sentence, token - 1, "=for") and self.is_(sentence, following, "comma"):
            return False
        if self.is_(sentence, following, "place_n", "model_n", "system_n"):
            return False  # "the no-memory setting"
        return not self.is_(sentence, following, "w") or self.is_(
            sentence, following, "weak_q", "nverb", "sform"
        )
