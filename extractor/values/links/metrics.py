"""Finds what a value is of: by its rule, its cue, a phrase apart, to its left, or from the value before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extractor.rulelang.patterns import group_span
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, Lists, TokenSpan
from extractor.values.links.base import Cue, Cues, Found, Linker, Refusal, Relation, Scene, Value, group_of
from extractor.values.matching import matches

# Words that name what is measured; cue words that are metrics themselves, and those that can stand for one.
MEASURES = ("time_m", "strict_rate", "quality_m", "cost_m", "perf_m")
_NAMES_ITSELF = ("fast_c", "slow_c", "speed_v", "speed_n", "slow_n", "self_n")
_STANDS_FOR_METRIC = ("down_c", "up_c", "better_n", "up_n", "down_n")
_OF_METRIC = ("=in", "=for", "=regarding")  # behind these stands what was measured, whatever it is
_UNNAMED = ("deg", "junk")
_LEADING = ("det", "possessive", "junk", "up_c", "down_c", "better_c")
_LOOK_BACK = 14  # tokens before a value in which its metric is looked for
_LOOK_AHEAD = 60  # tokens behind a value in which a phrase such as "in terms of" may name its metric
_LONGEST_METRIC = 4  # words before the head of a metric
_NEAR = 4  # tokens between a bracket's opening and a value in it
_LONGEST_JOINT = 2  # tokens of ", and"
_LONGEST_PER = 3  # tokens of "per correct answer"
_LONGEST_FORM = 9  # tokens before an acronym in which its words stand
CARRIED = "that of the value before"  # the source of a metric that a value has of the one before it


class MetricLinker(Linker):
    """Finds metrics.

    Args:
        ruleset: The compiled rules.
    """

    attribute = "metric"

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = ruleset.group("metric")
        self._chars = ruleset.tagger.chars
        self._classes: dict[tuple[str, ...], frozenset[str]] = {}
        self._lists = Lists(ruleset)
        self._qualities = frozenset(self._chars(["quality_m"]))
        self._verbs = frozenset(self._chars(["nverb"])) & frozenset(self._chars(["sform"]))

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns the phrases that name a metric apart from its value ("in terms of F1")."""
        cues: list[Cue] = []
        for compiled in self._rules.passing(scene.sentence):
            reach = compiled.rule.settings.get("reach", _LOOK_AHEAD)
            for match in matches(compiled, scene.sentence.tags):
                if span := group_span(match, "metric"):
                    cues.append(Cue(match.start(), span, "right", reach, compiled.rule.id))
        return cues

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:  # noqa: ARG002
        """In the order of the rules, then of the text."""
        return cues

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:  # noqa: ARG002
        """Returns why a value cannot have the metric of a cue; None if it can."""
        if cue.start < value.draft.token:
            return "side"
        return "reach" if cue.start - value.draft.token > cue.reach else None

    def link(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """Returns what a value is of, and by what that is known."""
        level = value.draft.family != "relative"
        found = self._of_score(scene, value) if level else self._of(scene, value, cues)
        if found is None or found.source == CARRIED:
            return found
        return found._replace(span=self._whole(scene, value, found.span))

    def _of(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """What a change is of."""
        own = self._own_member(scene.sentence, value.draft)
        if own is not None:
            return own
        metric = self._of_change(scene, value, cues)
        before = value.before
        if before is not None and _shares_metric(scene.sentence, value, metric):
            return _shared(before)
        return metric

    def _whole(self, scene: Scene, value: Value, span: TokenSpan) -> TokenSpan:
        """Takes the long form before an acronym in brackets, and "per token" behind a metric, with it."""
        sentence, (first, last) = scene.sentence, span
        bracketed = self._is(sentence, first - 1, "open_b") and self._is(sentence, last, "close_b")
        if last - first == 1 and bracketed:
            return self._long_form(scene, first) or span
        if not self._is(sentence, last, "=per") or not self._is(sentence, last - 1, "w"):
            return span
        end = last + 1
        while (
            end - last < _LONGEST_PER and self._is(sentence, end, "w") and not self._is(sentence, end, "verb")
        ):
            end += 1
        return (first, end) if end > last + 1 and not first <= value.draft.token < end else span

    def _long_form(self, scene: Scene, acronym: int) -> TokenSpan | None:
        """The words that an acronym in brackets stands for, with a statistic before them."""
        sentence = scene.sentence
        start, end = sentence.tokens[acronym]
        letters = [letter for letter in scene.text[start:end].lower() if letter.isalpha()]
        first = acronym - 1
        while (
            letters and self._is(sentence, first - 1, "w", "dash", "prep") and acronym - first < _LONGEST_FORM
        ):
            first -= 1
            initials = [part[:1] for part in scene.text[slice(*sentence.tokens[first])].lower().split("-")]
            for initial in reversed(initials):
                if letters and initial == letters[-1]:
                    letters.pop()
        if letters:
            return None
        while self._is(sentence, first - 1, "deg"):
            first -= 1
        return first, acronym - 1

    # --- scores ---------------------------------------------------------------------------------------------

    def _of_score(self, scene: Scene, value: Value) -> Found | None:
        """What a score is of; one that names no metric has that of the score before it, or else behind it."""
        draft, before = value.draft, value.before
        if (listed := self._listed(scene, draft)) is not None:
            return listed
        if draft.metric is None and before is not None and before.metric:
            return _shared(before)
        sentence = scene.sentence
        others = (d for d in scene.drafts if d.token > draft.token and self._is_measured(sentence, d))
        named = draft if draft.metric else next(others, draft)
        if named.mention.form != draft.mention.form or not named.metric:
            named = draft
        if not named.metric:
            return None
        source = group_of("metric", named) if named is draft else "that of the value behind"
        return Found(self.trimmed(sentence, self._own_words(sentence, named.metric)), source)

    def _listed(self, scene: Scene, draft: Draft) -> Found | None:
        """The metric of the value at the same place in the list before ("A 1 and B 2, versus 3 and 4")."""
        scores = [other for other in scene.drafts if other.family == "level"]
        index = scores.index(draft)
        first = last = index
        while first > 0 and self._coordinates(scene.sentence, scores[first - 1], scores[first]):
            first -= 1
        while last + 1 < len(scores) and self._coordinates(scene.sentence, scores[last], scores[last + 1]):
            last += 1
        count = last + 1 - first
        if count == 1 or first < count:
            return None
        before = scores[first - count : first]
        spans = [other.metric for other in before if other.metric is not None and not other.ellipsis]
        if len(set(spans)) < count:
            return None
        named = before[index - first]
        assert named.metric is not None  # all of them have one
        return Found(self.trimmed(scene.sentence, named.metric), "its place in the list of values")

    def _coordinates(self, sentence: TaggedSentence, before: Draft, draft: Draft) -> bool:
        """Tells whether nothing but "and" or a slash stands between two scores."""
        between = range(before.token + 1, draft.token)
        joined = all(self._is(sentence, token, "and", "comma", "slash") for token in between)
        return joined and len(between) <= _LONGEST_JOINT

    def _own_words(self, sentence: TaggedSentence, metric: TokenSpan) -> TokenSpan:
        """Leaves off what stands before a verb that could be a noun ("the trial reports recall")."""
        first, last = metric
        for token in range(first, last - 1):
            if sentence.tags[token] in self._verbs:
                first = token + 1
        return first, last

    def _is_measured(self, sentence: TaggedSentence, draft: Draft) -> bool:
        """Tells whether a score names a metric of quality."""
        return bool(
            draft.family == "level" and draft.metric and sentence.tags[draft.metric[1] - 1] in self._qualities
        )

    # --- changes --------------------------------------------------------------------------------------------

    def trimmed(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Leaves off leading articles and words that only praise or measure ("best"), and a last "more"."""
        first, last = span
        while first < last - 1 and self._is(sentence, last - 1, "more", "less"):
            last -= 1
        while first < last - 1 and self._is(sentence, first, *_LEADING):
            first += 1
        return first, last

    def _of_change(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        sentence, draft, before = scene.sentence, value.draft, value.before
        if draft.metric is not None:
            return self._named(scene, value, cues, self.trimmed(sentence, draft.metric))
        policy = draft.rule.settings.get("metric", "cue")
        if policy == "cue":
            return _of_cue(draft)
        if policy == "none":
            of_score = before is not None and before.sort == "level"
            return _shared(before) if of_score else self._apart(scene, value, cues)
        found = self._back(sentence, draft, before)
        return None if policy == "left" and found and found.span == draft.cue else found

    def _named(self, scene: Scene, value: Value, cues: Cues, metric: TokenSpan) -> Found | None:
        """The words that the value's rule names as its metric, unless they are a place or only measure."""
        if self._is(scene.sentence, metric[1] - 1, "=terms") and self._is(scene.sentence, metric[1], "=of"):
            metric = self._behind_terms(scene.sentence, value.draft, metric[1] + 1)
        if self._is_place(scene.sentence, metric):
            return self._back(scene.sentence, value.draft, value.before)
        if all(self._is(scene.sentence, token, *_UNNAMED) for token in range(*metric)):
            return self._unnamed(scene, value, cues)
        named = Found(metric, group_of("metric", value.draft))
        return self._right_behind(scene, value, metric, cues) or named

    def _behind_terms(self, sentence: TaggedSentence, draft: Draft, first: int) -> TokenSpan:
        """The words behind "in terms of"; of several values and metrics, each its own."""
        last = first
        while self._is(sentence, last, "w", "det", "and", "comma"):
            if self._is(sentence, last, "respectively"):
                break
            last += 1
        while last > first + 1 and self._is(sentence, last - 1, "and", "comma", "det"):
            last -= 1
        place, count = draft.place
        members = self._lists.split(sentence, (first, last))
        return members[place] if count > 1 and len(members) == count else (first, max(last, first + 1))

    def _unnamed(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """The metric where its place holds only words that measure ("a 5% relative gain")."""
        sentence, draft = scene.sentence, value.draft
        found = self._apart(scene, value, cues)
        if found is None and draft.cue is not None and draft.cue[0] > draft.token:
            return self._back(sentence, draft, None) or _of_cue(draft)
        improves = draft.cue is not None and self._is(sentence, draft.cue[1] - 1, "better_n")
        if found is None and improves and value.before is not None and value.before.sort == "level":
            return _shared(value.before)  # "an F1 of 0.6, a relative improvement of 5%"
        return found if found or improves else self._back(sentence, draft, value.before)

    def _own_member(self, sentence: TaggedSentence, draft: Draft) -> Found | None:
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
        if named and (alike or self._is(sentence, last - 1, *MEASURES)):
            return Found((first, last), "named as that of the value before")
        return None

    def _is_place(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether words say where it was measured ("on three tasks", "on FooBench"), not what."""
        first, last = span[0], span[1] - 1
        while self._is(sentence, first - 1, "det", "deg"):
            first -= 1
        if not self._is(sentence, first - 1, "prep"):
            return False
        if self._is(sentence, last + 1, "size") or self._is(sentence, last, "place_n", "base_n"):
            return True  # "in Foo-3B" is a model
        measured = self._is(sentence, first - 1, "=in") or self._is(sentence, last, *MEASURES)
        place = self._is(sentence, first - 1, "=on") or self._is(sentence, last, "name", "cap")
        return place and not measured

    def _apart(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """A metric that stands apart behind the value ("by 4% on FooBench in terms of F1")."""
        cue = self.choose(scene, value, cues)
        return Found(cue.span, cue.rule) if cue else None

    def _right_behind(self, scene: Scene, value: Value, metric: TokenSpan, cues: Cues) -> Found | None:
        """A measure right behind the value, if what stands before it is none ("speeds up X by 2x in FPS")."""
        draft = value.draft
        measured = self._is(scene.sentence, metric[1] - 1, *MEASURES)
        if draft.place[1] > 1 or metric[0] > draft.token or measured:
            return None
        near = [cue for cue in cues if cue.start <= draft.token + 1]
        named = [cue for cue in near if self._is(scene.sentence, cue.span[1] - 1, *MEASURES)]
        return self._apart(scene, value, named)

    def _back(self, sentence: TaggedSentence, draft: Draft, before: Relation | None) -> Found | None:
        """Looks left for what it is about: the subject of "is 20% lower", the noun before a bracket."""
        cue = draft.cue
        if cue is not None and self._is(sentence, cue[0], *_NAMES_ITSELF):
            return Found(self._modified(sentence, cue), _cue_of(draft))
        found = self._compared_before(sentence, draft) or self._measured_before(sentence, draft.token)
        if found is not None:
            return Found(found, "the nearest metric to the left")
        if cue is not None and self._is(sentence, cue[0], "size_c"):
            return _of_cue(draft)
        if before is not None and before.metric and self._can_inherit(sentence, cue, before.metric):
            near = range(draft.token - _LOOK_BACK, draft.token)
            colons = [token for token in near if self._is(sentence, token, "colon")]
            listed = cue is None and colons and not self._is_label(sentence, colons[-1], draft.token)
            return None if listed else _shared(before)
        if cue is not None and self._is(sentence, cue[0], *_STANDS_FOR_METRIC):
            return _of_cue(draft)
        return None

    def _compared_before(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """What the same comparative says of it before the bracket ("lower drift than X (12x lower)")."""
        cue = draft.cue
        if cue is None or not self._is(sentence, cue[0], "up_c", "down_c"):
            return None
        near = range(draft.token - 1, draft.token - _NEAR, -1)
        opening = next((token for token in near if self._is(sentence, token, "open_b")), None)
        if opening is None:
            return None
        for token in range(opening - 1, max(-1, opening - _LOOK_BACK), -1):
            if sentence.tags[token] == sentence.tags[cue[0]]:
                last = token + 1
                while self._is(sentence, last, "w"):
                    last += 1
                return (token + 1, last) if last > token + 1 else None
        return None

    def _modified(self, sentence: TaggedSentence, cue: TokenSpan) -> TokenSpan:
        """A noun of speed with what stands before it ("median speedup"); other cues stand alone."""
        first, last = cue
        if self._is(sentence, first, "speed_n", "slow_n"):
            while self._is(sentence, first - 1, "w") and cue[0] - first < _LONGEST_METRIC:
                first -= 1
        return self.trimmed(sentence, (first, last))

    def _can_inherit(self, sentence: TaggedSentence, cue: TokenSpan | None, metric: Found) -> bool:
        """Tells whether a value may have the metric before it: "faster" says nothing of what is "lower"."""
        other = cue is not None and not self._is(sentence, cue[0], "fast_c", "slow_c")
        return not (other and self._is(sentence, metric.span[0], "fast_c", "slow_c"))

    def _measured_before(self, sentence: TaggedSentence, token: int) -> TokenSpan | None:
        """The nearest noun phrase to the left that ends in a metric."""
        for head in range(token - 1, max(-1, token - _LOOK_BACK), -1):
            clause = self._is(sentence, head, "subord") and not self._is(sentence, head + 1, "=of")
            ends = self._is(sentence, head, "stop", "colon") and not self._is_label(sentence, head, token)
            if clause or ends:
                return None
            if (
                self._is(sentence, head, *MEASURES)
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

    def _is(self, sentence: TaggedSentence, token: int, *names: str) -> bool:
        """Tells whether a token is of one of the classes; tokens outside the sentence are of none."""
        if not 0 <= token < len(sentence.tags):
            return False
        members = self._classes.get(names)
        if members is None:
            members = self._classes[names] = frozenset(self._chars(names))
        return sentence.tags[token] in members


def _shared(before: Relation | None) -> Found | None:
    """Returns the metric of the value before."""
    return before.metric._replace(source=CARRIED) if before and before.metric else None


def _cue_of(draft: Draft) -> str:
    return f"the cue of {draft.rule.id}"


def _of_cue(draft: Draft) -> Found | None:
    return Found(draft.cue, _cue_of(draft)) if draft.cue else None


def _shares_metric(sentence: TaggedSentence, value: Value, metric: Found | None) -> bool:
    """Tells whether a value has the metric of the value before it, as one of a list or by the same word."""
    draft, before = value.draft, value.before
    if draft.metric is not None or before is None:
        return False
    if draft.ellipsis or (draft.place[0] > 0 and metric is None):
        return True
    cue = sentence.tags[slice(*draft.cue)] if draft.cue else ""
    return bool(cue) and cue == before.cue and metric is not None and metric.span == draft.cue
