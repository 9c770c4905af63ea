"""Finds what a value is of: by its rule, its cue, a phrase apart, to its left, or from the value before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import EVIDENCE
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import Cue, Cues, Found, Linker, Refusal, Relation, Scene, Value, group_of
from extractor.values.links.metricchoice import MetricCandidate, MetricChoice, Points
from extractor.values.links.metricwords import LOOK_BACK, MEASURES, MetricWords
from extractor.values.matching import matches

# Cue words that are metrics themselves, and those that can stand for one.
_NAMES_ITSELF = ("fast_c", "slow_c", "speed_v", "speed_n", "slow_n", "self_n")
_STANDS_FOR_METRIC = ("down_c", "up_c", "better_n", "up_n", "down_n")
_WHO = ("base_n", "model_n", "system_n")  # who gains
_FRONTED = ("left", "fallback")  # sides of cues before the value; some hold only where nothing else does
_SIDES = ("left", "right")
_UNNAMED = ("deg", "junk")
_LOOK_AHEAD = 60  # tokens behind a value in which a phrase such as "in terms of" may name its metric
_LONGEST_LIST = 40  # values of one list; what has more is no sentence of an abstract
_LONGEST_JOINT = 2  # tokens of ", and"
_LONGEST_ASIDE = 4  # tokens between a change and a bracket behind it, and between its opening and a level
LIKELIEST = "the likeliest of the phrases around"  # the source of the metric of an open score
CARRIED = "that of the value before"  # the source of a metric that a value has of the one before it


class MetricLinker(Linker):
    """Finds metrics.

    Args:
        ruleset: The compiled rules.
        points: What the signs of a phrase are worth, for values whose metric is not known.
        signs: What these signs are told by.
    """

    attribute = "metric"

    def __init__(self, ruleset: Ruleset, points: Points, signs: Mapping[str, Any]) -> None:
        self._words = MetricWords(ruleset)
        self._choice = MetricChoice(ruleset.tagger.tags, self._words, points, signs)
        self._rules = ruleset.group("metric")
        self._is = self._words.is_
        self._qualities = ruleset.tagger.tags(["quality_m"])

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns the phrases that name a metric apart from its value ("in terms of F1")."""
        cues: list[Cue] = []
        for compiled in self._rules.passing(scene.sentence):
            settings = compiled.rule.settings
            side, reach = settings.get("side", "right"), settings.get("reach", _LOOK_AHEAD)
            for match in matches(compiled, scene.sentence):
                if span := group_span(match, "metric"):
                    cues.append(Cue(match.start(), span, side, reach, compiled.rule.id))
        return cues

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:  # noqa: ARG002
        """In the order of the rules, then of the text."""
        return cues

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:  # noqa: ARG002
        """Returns why a value cannot have the metric of a cue; None if it can."""
        distance = cue.start - value.draft.token
        if (distance < 0) != (cue.side in _FRONTED):
            return "side"
        return "reach" if abs(distance) > cue.reach else None

    def link(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """Returns what a value is of, and by what that is known."""
        found = self._known(scene, value, cues)
        if found is None and _is_open(value.draft):
            found = self._likeliest(scene, value)
        if found is None or found.source == CARRIED:
            return found
        return found._replace(span=self.whole(scene, value, found.span))

    def _known(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """What rules and grammar say that a value is of."""
        level = value.draft.family != "relative"
        return self._of_score(scene, value) if level else self._of(scene, value, cues)

    def _of(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """What a change is of."""
        if own := self._words.own_member(scene.sentence, value.draft):
            return Found(own, "named as that of the value before")
        metric = self._of_change(scene, value, cues)
        before = value.before
        if before is not None and _shares_metric(scene.sentence, value, metric):
            return _shared(before)
        return metric

    def is_aside(self, scene: Scene, changed: int, draft: Draft) -> bool:
        """Tells whether a score stands in the bracket right behind a change ("by 8% (0.5 vs. 0.6)")."""
        sentence, opening = scene.sentence, draft.token - 1
        while opening > changed and not self._is(sentence, opening, "open_b", "close_b"):
            opening -= 1
        between = range(changed + 1, opening)
        plain = all(self._is(sentence, token, "w", "det", "prep") for token in between)
        near = len(between) <= _LONGEST_ASIDE and draft.token - opening <= _LONGEST_ASIDE
        return opening > changed and self._is(sentence, opening, "open_b") and plain and near

    # --- scores ---------------------------------------------------------------------------------------------

    def _of_score(self, scene: Scene, value: Value) -> Found | None:
        """What a score is of: by its list, its rule, what stands near."""
        draft, sentence = value.draft, scene.sentence
        if (listed := self._listed(scene, draft)) is not None:
            return listed
        if draft.rule.kind == EVIDENCE:
            return None
        if own := self._own_phrase(sentence, draft):
            return Found(own, "the words right before the value")
        return self._of_unnamed(scene, value) if draft.metric is None else self._of_named(sentence, value)

    def _of_named(self, sentence: TaggedSentence, value: Value) -> Found | None:
        """That of its rule, but where a score goes on with that of the score before."""
        draft, carried = value.draft, value.before.metric if value.before else None
        assert draft.metric is not None  # or its rule names none
        if carried and draft.ellipsis and draft.metric[1] <= carried.span[0]:
            return _shared(value.before)
        if self._is(sentence, draft.metric[1] - 1, *_WHO):
            return None  # "lifts the Foo agent from 25% to 39%"
        span = self._words.trimmed(sentence, self._words.own_words(sentence, draft.metric))
        return Found(span, group_of("metric", draft))

    def _likeliest(self, scene: Scene, value: Value) -> Found | None:
        """The phrase that has the most points."""
        token = value.draft.token - 1
        token -= self._is(scene.sentence, token, "open_b")
        if self._is(scene.sentence, token, "extreme_a") and self._is(scene.sentence, token - 1, "det"):
            return _shared(value.before)  # "and Foo reaches the lowest (0.29)"
        changed = value.draft.family == "relative"
        chosen = self._choice.likeliest(self._weighed(scene, value), changed=changed)
        if chosen.source == "carried":
            return _shared(value.before)
        return Found(chosen.span, LIKELIEST) if chosen.span else None

    def _of_unnamed(self, scene: Scene, value: Value) -> Found | None:
        """That of the score before, or else behind, where the rule names none."""
        counts = self._is(scene.sentence, value.draft.token + 1, "=of")  # "84% of the attacks"
        if value.draft.mention.form == "percent" and counts:
            return None
        if value.before and value.before.metric:
            return _shared(value.before)
        following = self._following(scene, value.draft)
        return Found(following, "that of the value behind") if following else None

    def _own_phrase(self, sentence: TaggedSentence, draft: Draft) -> TokenSpan | None:
        """Words of its own right before a score whose rule names none, or only others before them."""
        if draft.metric is not None and not draft.ellipsis:
            return None
        own = self._words.right_before(sentence, draft.token)
        return own if own and (draft.metric is None or draft.metric[1] <= own[0]) else None

    def open(self, scene: Scene, value: Value, cues: Cues) -> list[MetricCandidate]:
        """Returns the phrases of which an open value may have its metric, to fit their points; else none."""
        is_open = _is_open(value.draft) and self._known(scene, value, cues) is None
        return self._weighed(scene, value) if is_open else []

    def whole(self, scene: Scene, value: Value, span: TokenSpan) -> TokenSpan:
        """Returns the words of a metric as a record has them."""
        return self._words.whole(scene, value, span)

    def _weighed(self, scene: Scene, value: Value) -> list[MetricCandidate]:
        return self._choice.candidates(scene.sentence, value, self._following(scene, value.draft))

    def _following(self, scene: Scene, draft: Draft) -> TokenSpan | None:
        """What the next score of the same form that names a metric of quality is of, if any near does."""
        if draft.family == "relative":
            return None
        place, sentence = bisect_right(scene.drafts, draft.token, key=_token), scene.sentence
        near = scene.drafts[place : place + _LONGEST_LIST]
        named = next((each for each in near if self._is_measured(sentence, each)), None)
        if named is None or named.metric is None or named.mention.form != draft.mention.form:
            return None
        return self._words.trimmed(sentence, self._words.own_words(sentence, named.metric))

    def _listed(self, scene: Scene, draft: Draft) -> Found | None:
        """The metric of the value at the same place in the list before ("A 1 and B 2, versus 3 and 4")."""
        scores = scene.levels
        first = last = index = bisect_left(scores, draft.token, key=_token)
        while (
            first > 0
            and last - first < _LONGEST_LIST
            and self._coordinates(scene.sentence, scores[first - 1], scores[first])
        ):
            first -= 1
        end = min(len(scores), first + _LONGEST_LIST + 1)
        while last + 1 < end and self._coordinates(scene.sentence, scores[last], scores[last + 1]):
            last += 1
        count = last + 1 - first
        if count == 1 or first < count or count > _LONGEST_LIST:
            return None
        before = scores[first - count : first]
        spans = [other.metric for other in before if other.metric is not None and not other.ellipsis]
        if len(set(spans)) < count:
            return None
        named = before[index - first]
        assert named.metric is not None  # all of them have one
        return Found(self._words.trimmed(scene.sentence, named.metric), "its place in the list of values")

    def _coordinates(self, sentence: TaggedSentence, before: Draft, draft: Draft) -> bool:
        """Tells whether nothing but "and" or a slash stands between two scores."""
        between = range(before.token + 1, draft.token)
        joined = all(self._is(sentence, token, "and", "comma", "slash") for token in between)
        return joined and len(between) <= _LONGEST_JOINT

    def _is_measured(self, sentence: TaggedSentence, draft: Draft) -> bool:
        """Tells whether a score names a metric of quality."""
        return bool(
            draft.family == "level" and draft.metric and sentence.tags[draft.metric[1] - 1] in self._qualities
        )

    # --- changes --------------------------------------------------------------------------------------------

    def _of_change(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        sentence, draft, before = scene.sentence, value.draft, value.before
        if draft.metric is not None:
            return self._named(scene, value, cues, self._words.trimmed(sentence, draft.metric))
        policy = draft.rule.settings.get("metric", "cue")
        if policy == "cue":
            return _of_cue(draft)
        if policy == "none":
            of_score = before is not None and before.sort == "level"
            return _shared(before) if of_score else self._apart(scene, value, cues)
        found = self._back(sentence, draft, before)
        if found is None or found.span == draft.cue:
            found = self._apart(scene, value, cues, _FRONTED) or found
        return None if policy == "left" and found and found.span == draft.cue else found

    def _named(self, scene: Scene, value: Value, cues: Cues, metric: TokenSpan) -> Found | None:
        """The words that the value's rule names as its metric, unless they are a place or only measure."""
        if self._is(scene.sentence, metric[1] - 1, "=terms") and self._is(scene.sentence, metric[1], "=of"):
            metric = self._words.behind_terms(scene.sentence, value.draft, metric[1] + 1)
        gained = self._gains(scene.sentence, value.draft, metric)
        if gained or self._is_sized(scene.sentence, value.draft, metric):
            return self._apart(scene, value, cues)
        if self._is_larger(scene.sentence, value.draft, metric):
            return _of_cue(value.draft)
        if self._words.is_place(scene.sentence, metric):
            return self._back(scene.sentence, value.draft, value.before)
        if all(self._is(scene.sentence, token, *_UNNAMED) for token in range(*metric)):
            return self._unnamed(scene, value, cues)
        named = Found(
            self._before_other(scene.sentence, value.draft, metric), group_of("metric", value.draft)
        )
        return self._right_behind(scene, value, metric, cues) or named

    def _gains(self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan) -> bool:
        """Tells whether a name before "gains" is what gained ("Foo gains 5 points"), and no metric."""
        cue = draft.cue
        if (
            cue is None
            or cue[0] != metric[1]
            or draft.token < cue[1]
            or not self._is(sentence, cue[0], "=gains", "=gained")
        ):
            return False
        named = self._is(sentence, metric[1] - 1, "name", "cap", *_WHO)
        behind = all(self._is(sentence, token, "lead", "tilde") for token in range(cue[1], draft.token))
        of = any(self._is(sentence, token, "=of") for token in range(cue[1], draft.token))
        return named and behind and not of and not self._is(sentence, metric[1] - 1, *MEASURES)

    def _before_other(self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan) -> TokenSpan:
        """Leaves off another change ("gains of 3% in recall and large reductions")."""
        joints = [token for token in range(*metric) if self._is(sentence, token, "and")]
        if joints and self._is(sentence, joints[-1] - 1, "base_n"):
            return joints[-1] + 1, metric[1]  # "over small baselines and recall gains of 3%"
        last, cue = metric[1] - 1, draft.cue
        if cue is None or cue[0] > metric[0] or not self._is(sentence, last, "up_n", "down_n", "better_n"):
            return metric
        return (metric[0], joints[-1]) if joints and joints[-1] > metric[0] else metric

    def _is_sized(self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan) -> bool:
        """Tells whether a model by its size is what gets better ("improves Foo-7B by 3%"), and no metric."""
        behind = metric[1] + self._is(sentence, metric[1], "dash")
        before = metric[0] - 1 - self._is(sentence, metric[0] - 1, "dash")  # "Foo-7B-Instruct"
        sized = self._is(sentence, behind, "size") or self._is(sentence, before, "size")
        named = all(self._is(sentence, token, "name", "cap", "bare") for token in range(*metric))
        return named and metric[0] < draft.token and sized

    def _is_larger(self, sentence: TaggedSentence, draft: Draft, metric: TokenSpan) -> bool:
        """Tells whether a system is what is larger or smaller ("a 10x larger model"), and no metric."""
        cue = draft.cue
        return (
            cue is not None
            and self._is(sentence, cue[0], "size_c")
            and self._is(sentence, metric[1] - 1, *_WHO)
        )

    def _unnamed(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """The metric where its place holds only words that measure ("a 5% relative gain")."""
        sentence, draft = scene.sentence, value.draft
        found = self._apart(scene, value, cues)
        reached = value.before is not None and value.before.sort == "level"
        if found is None and draft.cue is not None and draft.cue[0] > draft.token:
            # "reaches an F1 of 0.6, a 5% relative gain"
            return self._back(sentence, draft, value.before if reached else None) or _of_cue(draft)
        improves = draft.cue is not None and self._is(sentence, draft.cue[1] - 1, "better_n")
        if found is None and improves and reached:
            return _shared(value.before)  # "an F1 of 0.6, a relative improvement of 5%"
        if found is None and improves:
            return self._improved(sentence, draft)
        return found if found or improves else self._back(sentence, draft, value.before)

    def _apart(self, scene: Scene, value: Value, cues: Cues, sides: tuple[str, ...] = _SIDES) -> Found | None:
        """A metric that stands apart from the value ("by 4% on FooBench in terms of F1")."""
        cue = self.choose(scene, value, [cue for cue in cues if cue.side in sides])
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
            return Found(self._words.modified(sentence, cue), _cue_of(draft))
        found = self._words.compared_before(sentence, draft) or self._words.measured_before(
            sentence, draft.token
        )
        if found is not None:
            return Found(found, "the nearest metric to the left")
        if cue is not None and self._is(sentence, cue[0], "size_c"):
            return _of_cue(draft)
        if before is not None and before.metric and self._can_inherit(sentence, cue, before.metric):
            near = range(draft.token - LOOK_BACK, draft.token)
            colons = [token for token in near if self._is(sentence, token, "colon")]
            first = bool(colons) and not any(colons[-1] < t < draft.token for t in sentence.mentions)
            listed = cue is None and first and not self._words.is_label(sentence, colons[-1], draft.token)
            return None if listed else _shared(before)
        return self._improved(sentence, draft) or (_of_cue(draft) if self._stands(sentence, cue) else None)

    def _stands(self, sentence: TaggedSentence, cue: TokenSpan | None) -> bool:
        """Tells whether a cue stands for the metric: "gains" and "a mean gain" do, "a gain" does not."""
        if cue is None or not self._is(sentence, cue[0], *_STANDS_FOR_METRIC):
            return False
        averaged = self._is(sentence, cue[0] - 1, "mean_w", "=overall")
        return averaged or self._is(sentence, cue[0], "sform") or not self._is(sentence, cue[0], "better_n")

    def _improved(self, sentence: TaggedSentence, draft: Draft) -> Found | None:
        """What a gain that names nothing itself improved ("improves recall on A, with gains of 3%")."""
        cue = draft.cue
        if cue is not None and not self._is(sentence, cue[1] - 1, "better_n", "up_n"):
            return None
        first = min(cue[0], draft.token) if cue else draft.token
        improved = self._words.improved_before(sentence, first)
        return Found(improved, "what the sentence says was improved") if improved else None

    def _can_inherit(self, sentence: TaggedSentence, cue: TokenSpan | None, metric: Found) -> bool:
        """Tells whether a value may have the metric before it: "faster" says nothing of what is "lower"."""
        other = cue is not None and not self._is(sentence, cue[0], "fast_c", "slow_c")
        return not (other and self._is(sentence, metric.span[0], "fast_c", "slow_c"))


def _is_open(draft: Draft) -> bool:
    """Tells whether a metric is chosen where none is known; a rule for scores that names none means none."""
    return draft.family == "relative" or draft.rule.kind == EVIDENCE


def _shared(before: Relation | None) -> Found | None:
    """Returns the metric of the value before."""
    return before.metric._replace(source=CARRIED) if before and before.metric else None


def _token(draft: Draft) -> int:
    return draft.token


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
