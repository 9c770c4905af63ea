"""Links a value to its bound, baseline, subject and model: by cue, side and reach within the sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.ruleset import CompiledRule, Ruleset
from extractor.tagging import TaggedSentence
from extractor.text import Span
from extractor.values import Draft, Lists, TokenSpan, matches

_BOUND_WINDOW = 8  # tokens left of a value in which its bound cue can begin
_BASELINE_REACH = 40
_NEAR = 4  # tokens between amounts that share a bound


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase found in a sentence that links to values around it.

    Attributes:
        start: First token of the cue.
        span: Tokens of the words it names.
        side: Where its value stands, seen from the value: ``right``, ``left`` or ``both``.
        reach: How many tokens away the value may be.
        rule: Id of the rule.
    """

    start: int
    span: TokenSpan
    side: str
    reach: int
    rule: str


class Linker:
    """Finds the words that a value is linked to.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._bounds = ruleset.of("bound")
        self._baselines = ruleset.of("baseline")
        self._subjects = ruleset.of("subject")
        self._models = ruleset.of("model")
        chars = ruleset.tagger.chars
        self._verbs = frozenset(
            chars(["verb", "up_v", "down_v", "better_v", "beat_v", "speed_v", "keep_v", "=by", "be"])
        ) - frozenset(chars(["up_c", "down_c", "better_c", "fast_c"]))
        self._breaks = frozenset(chars(["semicolon", "stop", "=whereas"]))
        self._names = frozenset(chars(["name", "cap"]))
        self._no_models = frozenset(chars(["generic_name", "model_n"]))
        self._model_names = self._names - self._no_models
        self._named = frozenset(chars(["name"]))
        self._words = frozenset(chars(["lower"])) & frozenset(chars(["w"])) - frozenset(
            chars(["model_n", "nverb"])
        )
        self._commas = frozenset(chars(["comma"]))
        self._articles = frozenset(chars(["det", "possessive"]))
        self._model_nouns = frozenset(chars(["model_n"]))
        self._role_words = frozenset(chars(["=active", "=activated", "=total"]))
        on, average = (re.escape(chars([name])) for name in ("=on", "deg"))
        self._on_average = re.compile(f"[{on}][{average}]")
        self._respectively = frozenset(chars(["respectively"]))
        self._lists = Lists(ruleset)
        self._no_names = frozenset(chars(["generic_name", "adj_tail", "quality_m", "time_m", "strict_rate"]))
        self._prepositions = frozenset(chars(["prep"])) - frozenset(chars(["subord", "comma"]))
        self._joining = frozenset(chars(["and", "comma", "open_b"]))
        self._and = frozenset(chars(["and"]))
        self._loose = frozenset(chars(["det", "possessive", "comma", "and", "dash", "adv"]))
        self._coordinated = frozenset(chars(["and", "comma"]))

    # --- bounds ---------------------------------------------------------------------------------------------

    def bounds(self, sentence: TaggedSentence, drafts: Sequence[Draft]) -> list[str | None]:
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
            return _bound_of_text(inner)
        found: list[str] = []
        for compiled in self._bounds:
            side = compiled.rule.settings.get("side")
            hit = (
                self._left(compiled, sentence.tags, draft.token)
                if side == "left"
                else compiled.expression.match(sentence.tags, draft.token + 1)
            )
            if hit:
                found.append(compiled.rule.settings["bound"])
        for bound in ("upper", "lower", "approx"):
            if bound in found:
                return bound
        return None

    def _left(self, compiled: CompiledRule, tags: str, token: int) -> bool:
        """Tells whether the cue stands right before the token."""
        for start in range(token - 1, max(-1, token - _BOUND_WINDOW), -1):
            match = compiled.expression.match(tags, start)
            if match and match.end() == token:
                return True
        return False

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

    # --- baselines ------------------------------------------------------------------------------------------

    def baseline_cues(self, sentence: TaggedSentence, drafts: Sequence[Draft]) -> list[Cue]:
        """Returns every phrase of comparison in a sentence, those that value rules found included."""
        cues: dict[TokenSpan, Cue] = {}
        for draft in drafts:
            shared = (
                draft.rule.settings.get("sense") != "even"
            )  # "98% of Foo's accuracy" compares nothing else
            if draft.baseline is not None and not draft.ellipsis and shared:
                span = self._phrase(sentence, draft.baseline)
                cues[span] = Cue(span[0], span, "fallback", _BASELINE_REACH, draft.rule.id)
        for compiled in self._baselines:
            for match in compiled.expression.finditer(sentence.tags):
                span = self._phrase(sentence, match.span("baseline"))
                if all(token in sentence.mentions for token in range(*span)):
                    continue  # "(0.9 vs. 0.6)"
                settings = compiled.rule.settings
                cue = Cue(
                    match.start(),
                    span,
                    settings["side"],
                    settings.get("reach", _BASELINE_REACH),
                    compiled.rule.id,
                )
                if not any(other.span[0] < span[1] and span[0] < other.span[1] for other in cues.values()):
                    cues[span] = cue
        return sorted(cues.values(), key=lambda cue: cue.start)

    def baseline(self, sentence: TaggedSentence, draft: Draft, cues: Sequence[Cue]) -> TokenSpan | None:
        """Returns the words a relative value is compared with."""
        span = self._compared(sentence, draft, cues)
        if span is None or draft.place[1] == 1 or not any(tag in self._respectively for tag in sentence.tags):
            return span
        members = self._lists.split(sentence, span)
        return members[draft.place[0] - draft.place[1]] if len(members) >= draft.place[1] else span

    def _compared(self, sentence: TaggedSentence, draft: Draft, cues: Sequence[Cue]) -> TokenSpan | None:
        if draft.baseline is not None:
            return self._phrase(sentence, draft.baseline)
        for cue in cues:  # the first to the right, in the same clause
            if (
                cue.side in ("right", "both")
                and 0 < cue.start - draft.token <= cue.reach
                and not self._broken(sentence, draft.token, cue.start)
            ):
                return cue.span
        for cue in reversed(cues):
            if (
                cue.side in ("left", "both", "fallback")
                and cue.start < draft.token
                and draft.token - cue.start <= cue.reach
            ):
                return cue.span
        return next((cue.span for cue in cues if cue.side == "fallback" and cue.start > draft.token), None)

    def _broken(self, sentence: TaggedSentence, first: int, last: int) -> bool:
        return any(tag in self._breaks for tag in sentence.tags[first:last])

    def _phrase(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Leaves articles, an aside ("X, the best of Y") and a level of its own ("Y's 7.87") off."""
        tags = sentence.tags
        first, last = span
        while first < last - 1 and tags[first] in self._articles:
            first += 1
        if not any(tag in self._and for tag in tags[first:last]):
            for token in range(first + 1, last - 1):
                if tags[token] in self._commas and tags[token + 1] in self._articles:
                    last = token
                    break
        while last > first + 1 and (tags[last - 1] in self._loose or self._is_level(sentence, last - 1)):
            last -= 1
        return first, last

    def _is_level(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a number stands behind a possessive, and so is no version of a name."""
        return token in sentence.mentions and sentence.tags[token - 1] in self._articles

    # --- subjects, models -------------------------------------------------------------------------

    def subject_cues(
        self, sentence: TaggedSentence, baselines: Sequence[Cue], taken: Sequence[Span]
    ) -> list[Cue]:
        """Returns the names that can have a value: before a verb, not datasets, hardware or baselines.

        A rule with a reach of its own says where the name stands beside its value; there a preposition or a
        word of comparison before the name takes nothing from it ("versus Foo's 41%", "like Foo (46%)").
        """
        found: dict[TokenSpan, Cue] = {}
        for compiled in self._subjects:
            reach = compiled.rule.settings.get("reach")
            for match in matches(compiled, sentence.tags):
                span = match.span("subject")
                free = reach is None and not self._is_free(sentence, span, baselines)
                if not free and self._is_name(sentence, span, taken):
                    found.setdefault(
                        span, Cue(span[0], span, "left", reach or _BASELINE_REACH, compiled.rule.id)
                    )
        return sorted(found.values(), key=lambda cue: cue.span)

    def _is_free(self, sentence: TaggedSentence, span: TokenSpan, baselines: Sequence[Cue]) -> bool:
        """Tells whether a name is no object of a preposition and no baseline."""
        first = span[0]
        while first and sentence.tags[first - 1] in self._articles:
            first -= 1
        if first and sentence.tags[first - 1] in self._prepositions:
            return False
        return not any(cue.span[0] <= span[0] < cue.span[1] for cue in baselines)

    def _is_name(self, sentence: TaggedSentence, span: TokenSpan, taken: Sequence[Span]) -> bool:
        tags = sentence.tags[span[0] : span[1]]
        if any(tag in self._no_names for tag in tags):
            return False
        single = span[1] - span[0] == 1 and tags not in self._named
        if single and (self._continues_name(sentence, span[0]) or self._opens_sentence(sentence, span)):
            return False
        stretch = sentence.slice(*span)
        return not any(t.start < stretch.end and stretch.start < t.end for t in taken)

    def _continues_name(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a name goes on at a token, over a version number too ("Foo 2.5 Pro")."""
        before = token - 1
        if before > 0 and before in sentence.mentions and sentence.mentions[before].form == "bare":
            before -= 1
        return before >= 0 and sentence.tags[before] in self._names

    def _opens_sentence(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether a word has its capital from the sentence ("Field testing shows", "Overall, it")."""
        if span[0]:
            return False
        following = sentence.tags[span[1] : span[1] + 1]
        return following in self._words or following in self._commas

    def subject(self, draft: Draft, subjects: Sequence[Cue]) -> TokenSpan | None:
        """Returns the nearest name to the left; the state before a change has none."""
        if draft.place[0] < draft.place[1] - 1 and "from-to" in draft.rule.id:
            return None
        near = [
            cue
            for cue in subjects
            if 0 <= draft.token - cue.span[1] < cue.reach and not _overlap(cue.span, draft.metric)
        ]
        return near[-1].span if near else None

    def model_cues(self, sentence: TaggedSentence) -> dict[int, TokenSpan]:
        """Returns the model's name for each size that the model rules link to one."""
        found: dict[int, TokenSpan] = {}
        for compiled in self._models:
            for match in compiled.expression.finditer(sentence.tags):
                if sentence.tags[match.end("model") - 1] not in self._no_models:
                    found.setdefault(match.start("vals"), match.span("model"))
        return found

    def model(self, sentence: TaggedSentence, token: int, cues: dict[int, TokenSpan]) -> TokenSpan | None:
        """Returns the name of the model of a size: the name it is part of or stands beside, else by cue."""
        tags = sentence.tags
        last = self._back_to_name(sentence, token)
        if last is None:
            if cue := self._listed_model(sentence, token, cues):
                return cue
            if token + 1 < len(tags) and tags[token + 1] in self._model_nouns:
                return None
            following = token + 1
            if following < len(tags) and tags[following] in self._named:
                end = following + 1
                while end < len(tags) and tags[end] in self._named and end - following < 3:
                    end += 1
                return following, end
            return None
        first = last
        while (
            first > 0
            and (tags[first - 1] in self._names or first - 1 in sentence.mentions)
            and last - first < 3
        ):
            if first - 1 in sentence.mentions and sentence.mentions[first - 1].form != "bare":
                break
            first -= 1
        return first, last + 1

    def _listed_model(
        self, sentence: TaggedSentence, token: int, cues: dict[int, TokenSpan]
    ) -> TokenSpan | None:
        """The name of the first size of the list that a size stands in."""
        while token not in cues:
            before = token - 1
            while before > 0 and (
                sentence.tags[before] in self._joining or sentence.tags[before] in self._role_words
            ):
                before -= 1
            if before == token - 1 or before not in sentence.mentions:
                return None
            token = before
        return cues[token]

    def _back_to_name(self, sentence: TaggedSentence, token: int) -> int | None:
        """The last token of the name left of a size, over a dash, a bracket and other sizes of a list."""
        position = token - 1
        while position >= 0:
            mention = sentence.mentions.get(position)
            surface_tag = sentence.tags[position]
            if surface_tag in self._names:
                return position if surface_tag in self._model_names else None
            if (
                mention is not None
                and mention.form == "bare"
                and position > 0
                and sentence.tags[position - 1] in self._names
            ):
                return position
            if mention is None and not self._passes(sentence, position):
                return None
            position -= 1
        return None

    def _passes(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a token between a name and its size is a sign or joins them."""
        length = sentence.ends[token] - sentence.starts[token]
        tag = sentence.tags[token]
        return tag not in self._verbs and (
            length == 1 or (length <= _LONGEST_JOINT and tag in self._coordinated)
        )


_LONGEST_JOINT = 3  # characters of "and"
_LOWER = re.compile(r"over|more|above|exceed|at\s+least")


def _bound_of_text(cue: str) -> str:
    return "lower" if _LOWER.match(cue) else "approx"


def _overlap(first: TokenSpan, second: TokenSpan | None) -> bool:
    return second is not None and first[0] < second[1] and second[0] < first[1]
