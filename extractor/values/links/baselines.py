"""Finds what a relative value is compared with: by cue, side and reach within its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from extractor.rulelang.patterns import group_span
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import Lists, TokenSpan
from extractor.values.links.base import (
    FARTHEST,
    Cue,
    Cues,
    Found,
    Linker,
    Refusal,
    Scene,
    Value,
    group_of,
    overlap,
)


class BaselineLinker(Linker):
    """Finds baselines.

    Args:
        ruleset: The compiled rules.
    """

    attribute = "baseline"

    def __init__(self, ruleset: Ruleset) -> None:
        self._rules = ruleset.group("baseline")
        self._lists = Lists(ruleset)
        tags = ruleset.tagger.tags
        self._breaks = tags(["semicolon", "stop", "=whereas"])
        self._semicolon = tags(["semicolon"])
        self._open, self._close = tags(["open_b"]), tags(["close_b"])
        # A comparative compares within its own clause: "2x faster, while using 10% more memory than Foo".
        self._than, self._while = tags(["=than"]), tags(["=while"])
        self._subjects = tags(["name", "pron"])
        self._verbs = tags(["verb", "up_v", "down_v", "better_v"]) - tags(["up_c", "down_c", "better_c"])
        self._commas = tags(["comma"])
        self._and = tags(["and"])
        self._articles = tags(["det", "possessive"])
        self._such, self._as = tags(["=such"]), tags(["=as"])
        self._including = tags(["=including", "=like"])
        self._class_nouns = tags(["system_n"])
        self._names = tags(["name"]) - tags(["generic_name"])
        self._lower = tags(["lower", "adj_tail"])
        self._relative = tags(["rel"])
        self._respectively = tags(["respectively"])
        self._levels = tags(["level_w"])
        self._measures = tags(["quality_m", "time_m", "strict_rate", "cost_m", "loss_n", "overhead_n"])
        self._loose = tags(["det", "possessive", "comma", "and", "dash", "adv"])

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns every phrase of comparison in a sentence, those that value rules found included."""
        sentence = scene.sentence
        cues: dict[TokenSpan, Cue] = {}
        for draft in scene.drafts:
            # "98% of Foo's accuracy" compares nothing else
            alone = draft.rule.settings.get("sense") == "even"
            if draft.baseline is not None and not draft.ellipsis and not alone:
                span = self._phrase(sentence, draft.baseline)
                cues[span] = Cue(span[0], span, "fallback", FARTHEST, draft.rule.id)
        for compiled in self._rules.passing(sentence):
            side, reach = compiled.rule.settings["side"], compiled.rule.settings.get("reach", FARTHEST)
            for match in compiled.expression.finditer(compiled.read(sentence)):
                named = group_span(match, "baseline")
                if named is None:
                    continue
                span = self._phrase(sentence, named)
                numbers = all(token in sentence.mentions for token in range(*span))  # "(0.9 vs. 0.6)"
                if not numbers and not any(overlap(other, span) for other in cues):
                    cues[span] = Cue(match.start(), span, side, reach, compiled.rule.id)
        return sorted(cues.values(), key=lambda cue: cue.start)

    def own(self, scene: Scene, value: Value, cues: Cues) -> Found | None:  # noqa: ARG002
        """The words that the rule of the value names."""
        draft = value.draft
        if draft.baseline is None:
            return None
        return Found(self._phrase(scene.sentence, draft.baseline), group_of("baseline", draft))

    def narrowed(self, scene: Scene, value: Value, found: Found, cues: Cues) -> Found:  # noqa: ARG002
        """With "respectively", or as many names in the list as values, each value has its own of them."""
        place, count = value.draft.place
        if count == 1:
            return found
        members = self._lists.split(scene.sentence, found.span)
        respectively = not self._respectively.isdisjoint(scene.sentence.kinds)
        own = len(members) == count or (respectively and len(members) > count)
        return found._replace(span=members[place - count]) if own else found

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:  # noqa: ARG002
        """The next to the right in the clause, the last to the left, any."""
        token = value.draft.token
        right = (cue for cue in cues if cue.start > token and cue.side != "fallback")
        left = (cue for cue in reversed(cues) if cue.start < token)
        later = (cue for cue in cues if cue.start > token and cue.side == "fallback")
        return chain(right, left, later)

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:  # noqa: ARG002
        """Returns why a value cannot have the baseline of a cue; None if it can."""
        sentence, token = scene.sentence, value.draft.token
        distance = cue.start - token
        if distance == 0:
            return "value"
        if cue.side == ("left" if distance > 0 else "right"):
            return "side"
        if abs(distance) > cue.reach and (distance < 0 or cue.side != "fallback"):
            return "reach"
        if distance > 0:
            return "clause" if self._parted(sentence, token, cue.start) else None
        beside = self._in_next_item(sentence, cue.start, token) or self._in_its_clause(sentence, cue, token)
        return "clause" if beside else None

    def _parted(self, sentence: TaggedSentence, token: int, cue: int) -> bool:
        """Tells whether a new clause, or a bracket with a value of its own, parts a value from a cue."""
        bracket = None
        own = sentence.tags[cue] in self._than
        for position in range(token + 1, cue):
            tag = sentence.tags[position]
            before = sentence.tags[position - 1]
            joined = tag in self._while or (tag in self._verbs and before in self._commas)
            clause = before in self._while and tag in self._subjects
            if tag in self._breaks or clause or (own and joined):
                return True
            if tag in self._open:
                bracket = position
            elif tag in self._close:
                bracket = None
        return bracket is not None and any(bracket < other < cue for other in sentence.mentions)

    def _in_its_clause(self, sentence: TaggedSentence, cue: Cue, token: int) -> bool:
        """Tells whether a value is said of the words themselves ("over trees, which gained only 1%")."""
        tags, last = sentence.tags, cue.span[1]
        behind = tags[last : last + 1] in self._commas and tags[last + 1 : last + 2] in self._relative
        return behind and last + 1 < token and not any(tag in self._commas for tag in tags[last + 1 : token])

    def _in_next_item(self, sentence: TaggedSentence, cue: int, token: int) -> bool:
        """Tells whether a semicolon, outside brackets, stands between a cue and a value behind it."""
        depth = 0
        for tag in sentence.tags[cue:token]:
            depth += (tag in self._open) - (tag in self._close)
            if depth <= 0 and tag in self._semicolon:
                return True
        return False

    def _phrase(self, sentence: TaggedSentence, span: TokenSpan) -> TokenSpan:
        """Leaves articles, examples, an aside ("X, the best of Y") and a level ("Y's 7.87") off."""
        tags = sentence.tags
        first, last = self._without_examples(tags, span)
        while first < last - 1 and tags[first] in self._articles:
            first += 1
        first = self._name_of_class(tags, first, last)
        if not any(tag in self._and for tag in tags[first:last]):
            for token in range(first + 1, last - 1):
                if tags[token] in self._commas and tags[token + 1] in self._articles:
                    last = token
                    break
        last = self._end_of_list(sentence, first, last)
        while last > first + 1 and (tags[last - 1] in self._loose or self._is_level(sentence, last - 1)):
            last -= 1
        return first, last

    def _without_examples(self, tags: str, span: TokenSpan) -> TokenSpan:
        """Leaves off "such as X and Y" and a bracket at the end ("accelerators (X and Y)")."""
        first, last = span
        for token in range(first + 1, last):
            if tags[token] in self._such and tags[token + 1 : token + 2] in self._as and token + 1 < last:
                return first, token
            if tags[token] in self._including and token > first:
                return first, token
        opening = next((token for token in range(first + 1, last) if tags[token] in self._open), None)
        return (first, opening) if opening is not None and tags[last - 1] in self._close else span

    def _name_of_class(self, tags: str, first: int, last: int) -> int:
        """Returns where the name begins that stands behind its class ("the best earlier system FooNet")."""
        for token in range(first, last - 1):
            if tags[token] in self._class_nouns and tags[token + 1] in self._names:
                lower = all(tag in self._lower for tag in tags[first:token])
                return token + 1 if lower else first
        return first

    def _end_of_list(self, sentence: TaggedSentence, first: int, last: int) -> int:
        """Ends a phrase before what a last "and" adds to something else ("than Foo and negligible loss")."""
        tags = sentence.tags
        joint = next((token for token in range(last - 2, first, -1) if tags[token] in self._and), None)
        if joint is None:
            return last
        head, other = tags[last - 1] in self._measures, tags[joint - 1] in self._measures
        if tags[joint + 1] in self._levels or (head and not other):
            return joint
        return next((token for token in range(joint + 2, last) if tags[token] in self._commas), last)

    def _is_level(self, sentence: TaggedSentence, token: int) -> bool:
        """Tells whether a number stands behind a possessive, and so is no version of a name."""
        return token in sentence.mentions and sentence.tags[token - 1] in self._articles
