"""Links a value to the dataset it was reached on, or is a property of, within its sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import cast

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.values.drafts import Draft, TokenSpan
from extractor.values.links.base import Cue, Cues, Found, Linker, Refusal, Scene, Value
from extractor.values.links.places import PlaceCue, Places, token_from

# Classes of words behind which another clause begins, or another thing is compared.
_BREAKS = "subord semicolon stop beat_v lag_v up_v down_v better_v worse_v aux =despite".split()


class DatasetLinker(Linker):
    """Finds the dataset of values.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    attribute = "dataset"
    asks_cues = True

    def __init__(self, ruleset: Ruleset) -> None:
        tags = ruleset.tagger.tags
        self._places = Places(ruleset, "dataset")
        comparatives = tags(["up_c", "down_c", "better_c", "worse_c"])
        self._breaks = tags(_BREAKS) - comparatives
        self._by, self._lead = tags(["=by"]), tags(["lead", "tilde", "deg", "adv"])
        self._commas, self._ing = tags(["comma"]), tags(["ing"])
        self._clauses = tags(["subord", "semicolon", "stop"]) - tags(["rel"])
        self._respectively = tags(["respectively"])
        self._aux, self._verbs = tags(["aux"]), tags(["verb", "keep_v"])
        self._prepositions = tags(["prep"])
        self._on = tags(["=on"])
        self._articles = tags(["det"])
        self._contained = tags(["data"])
        self._phrase = tags(["w", "det", "dash", "=of", "=from", "=in"]) - tags(["and", "comma"])

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns the mentions of datasets in a sentence, in order, but for what is only pretrained on."""
        return [cue for cue in self._places.cues(scene) if cue.role != "source"]

    def own(self, scene: Scene, value: Value, cues: Cues) -> Found | None:
        """The dataset at the value's place in an equal list, or before whose bracket it stands."""
        sentence, places = scene.sentence, _places(cues)
        if not places:
            return None
        if listed := self._aligned(sentence, value.draft, places):
            return _found(listed, "its place in the list")
        if owner := self._places.before_bracket(sentence, value.draft.token, places):
            return _found(self._places.head(sentence, owner, places), "before the bracket")
        return None

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:
        """The nearest to the right in the clause, else the nearest to the left, then others to the left."""
        sentence, draft, places = scene.sentence, value.draft, _places(cues)
        before, after = _nearest(draft, places)
        near = [cue for cue in (before, after) if cue]
        if before and after and self._is_right(sentence, draft, before, after):
            near.reverse()
        if draft.family == "level":
            return near  # a score has no other
        return chain(
            near, (cue for cue in reversed(places[: _count_before(draft, places)]) if cue is not before)
        )

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:
        """Returns why a value cannot have the dataset of a cue; None if it can."""
        assert isinstance(cue, PlaceCue)
        sentence, draft = scene.sentence, value.draft
        before, after = _nearest(draft, _places(cues))
        if cue.at.end <= draft.mention.start:
            return self._refusal_before(sentence, value, cue, nearest=cue is before)
        if cue is not after:
            return "nearer"
        if self._ends_clause(sentence, draft, cue) or not self._can_follow(sentence, value, cue):
            return "clause"
        alone = before is None and self._is_parted(sentence, draft, draft.mention.end + 1, cue.at.start)
        return "elsewhere" if alone and self._is_elsewhere(sentence, draft) else None

    def _refusal_before(
        self, sentence: TaggedSentence, value: Value, cue: PlaceCue, *, nearest: bool
    ) -> Refusal | None:
        """Returns why a value cannot have a dataset that stands before it."""
        draft = value.draft
        if nearest and self._is_of_another(sentence, draft, cue):
            return "other"
        if draft.family == "level":
            return None if nearest else "nearer"
        if cue.role == "rival":
            return "compared"
        return None if self._reaches(sentence, draft, cue) else "clause"

    def _reaches(self, sentence: TaggedSentence, draft: Draft, cue: PlaceCue) -> bool:
        """Tells whether a dataset before a value is in its clause, in a role in which it can be its own."""
        span = cue.span[1], draft.token
        between = sentence.tags[slice(*span)]
        if cue.role == "object" and between[:1] and between[0] in self._by:  # "reduces Foo by 3%"
            return all(tag in self._lead for tag in between[1:])
        if cue.role in ("other", "bracket") or (cue.role == "object" and not self._contains(draft)):
            return False
        if cue.fronted or (cue.leads and cue.role == "subject"):
            return True
        closed = not cue.leads and self._places.closed(sentence, span)
        return not (closed or self._parted(sentence, span))

    def _parted(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether another clause begins within some tokens."""
        return any(tag in self._clauses for tag in sentence.tags[slice(*span)])

    def _can_follow(self, sentence: TaggedSentence, value: Value, cue: PlaceCue) -> bool:
        """Tells whether a dataset behind a value can be its own: a place, or what holds what is counted."""
        draft = value.draft
        if draft.family == "level":
            return True
        between = sentence.tags[draft.token + 1 : cue.start]
        if self._contains(draft):
            return all(tag in self._phrase for tag in between)
        closed = draft.family == "amount" and self._places.closed(sentence, (draft.token, cue.start))
        parted = any(a in self._commas and b in self._ing for a, b in pairwise(between))
        return cue.role == "place" and not closed and not parted

    def _contains(self, draft: Draft) -> bool:
        """Tells whether a value counts data, of which a dataset is made."""
        unit = draft.mention.unit
        return unit is not None and unit.dimension == "data"

    def narrowed(self, scene: Scene, value: Value, found: Found, cues: Cues) -> Found:
        """Of a coordination to the left, the first ("on A, B, and C")."""
        places = _places(cues)
        cue = next(cue for cue in places if cue.place == found.place)
        if found.source != cue.rule or (
            cue.at.end > value.draft.mention.start and value.draft.family == "level"
        ):
            return found
        return _found(self._places.head(scene.sentence, cue, places), found.source)

    def _is_right(self, sentence: TaggedSentence, draft: Draft, before: PlaceCue, after: PlaceCue) -> bool:
        """Tells whether the dataset to the right is the nearer one in grammar."""
        start, end = draft.mention.start, draft.mention.end
        if self._is_parted(sentence, draft, end + 1, after.at.start):
            return False
        return self._is_parted(sentence, draft, before.at.end, start) or not self._modifies(
            sentence, before.at, draft
        )

    def _is_parted(self, sentence: TaggedSentence, draft: Draft, start: int, end: int) -> bool:
        """Tells whether a value of the same form, not of the same change, stands in a stretch of text."""
        own = _values_of_rule(sentence, draft) if draft.is_before_and_after else [draft.token]
        alike = draft.family != "level"  # an amount or a change has what is nearest to it, whatever its form
        return any(
            mention.form == draft.mention.form or (alike and mention.form != "bare")
            for token in range(token_from(sentence, start), token_from(sentence, end))
            if (mention := sentence.mentions.get(token)) and token not in own
        )

    def _is_elsewhere(self, sentence: TaggedSentence, draft: Draft) -> bool:
        """Tells whether a score stands on what no list knows: "91% on a farm, and 93% on Foo"."""
        form = draft.mention.form
        following = (
            t for t in sorted(sentence.mentions) if t > draft.token and sentence.mentions[t].form == form
        )
        between = sentence.tags[draft.token + 1 : next(following, len(sentence.tags))]
        return any(tag in self._on for tag in between)

    def _is_of_another(self, sentence: TaggedSentence, draft: Draft, cue: PlaceCue) -> bool:
        """Tells whether each value has its own place behind it: "91% on A, and 93% on a real farm"."""
        behind = sentence.tags[draft.token + 1 : draft.token + 2]
        if behind not in self._on:
            return False
        if draft.family != "level":
            return cue.role == "place" and not cue.leads
        token = cue.start - 1
        while token > 0 and sentence.tags[token] in self._articles:
            token -= 1
        other = sentence.mentions.get(token - 1)
        return (
            sentence.tags[token] in self._prepositions
            and other is not None
            and other.form == draft.mention.form
        )

    def _ends_clause(self, sentence: TaggedSentence, draft: Draft, cue: PlaceCue) -> bool:
        """Tells whether another clause begins between a value and a dataset behind it."""
        between = range(self._behind_verb(sentence, draft.token + 1), cue.start)
        same = draft.family != "level"
        return any(
            sentence.tags[token] in self._breaks and not (same and self._places.continues(sentence, token))
            for token in between
        )

    def _behind_verb(self, sentence: TaggedSentence, token: int) -> int:
        """Returns the token behind "is obtained", with which the clause of its value goes on."""
        last = token
        while last < len(sentence.tags) and sentence.tags[last] in self._aux:
            last += 1
        passive = last > token and sentence.tags[last : last + 1] in self._verbs
        return last + 1 if passive and sentence.tags[last + 1 : last + 2] in self._prepositions else token

    def _aligned(
        self, sentence: TaggedSentence, draft: Draft, datasets: Sequence[PlaceCue]
    ) -> PlaceCue | None:
        """Takes "91% and 93% on A and B" apart, where the numbers of both are the same."""
        place, count = draft.place
        if count == 1:
            return None
        first = sentence.tokens[max(0, draft.token - 2 * place)][0]
        after = [cue for cue in datasets if cue.at.start > draft.mention.end]
        before = [cue for cue in datasets if cue.at.end <= first]
        members = next((cues for cues in (after, before) if len(cues) == count), None)
        respectively = not self._respectively.isdisjoint(sentence.kinds)
        if members is None or not (respectively or self._is_list(sentence, draft, members)):
            return None
        return members[place]

    def _is_list(self, sentence: TaggedSentence, draft: Draft, datasets: Sequence[PlaceCue]) -> bool:
        """Tells whether the values of a draft's rule, and some datasets, are two plain coordinations."""
        values = [sentence.tokens[token] for token in _values_of_rule(sentence, draft)]
        joined = self._places.are_joined
        return joined(sentence, values) and joined(sentence, [cue.at for cue in datasets])

    def _modifies(self, sentence: TaggedSentence, dataset: Span, draft: Draft) -> bool:
        """Tells whether a dataset stands in the metric left of the value ("an ImageNet accuracy of 80%")."""
        if draft.metric is None:
            return False
        first, last = sentence.slice(*draft.metric)
        return first - 2 <= dataset.end and dataset.start <= last <= draft.mention.start


def _places(cues: Cues) -> Sequence[PlaceCue]:
    """Returns cues as what all candidates of this linker are."""
    return cast("Sequence[PlaceCue]", cues)


def _found(cue: PlaceCue, source: str) -> Found:
    return Found(cue.span, source, cue.place)


def _nearest(draft: Draft, cues: Sequence[PlaceCue]) -> tuple[PlaceCue | None, PlaceCue | None]:
    """Returns the nearest mention to the left of a value, and that to the right; they stand in order."""
    low = _count_before(draft, cues)
    high = bisect_left(cues, draft.mention.end, key=_start)
    return cues[low - 1] if low else None, cues[high] if high < len(cues) else None


def _count_before(draft: Draft, cues: Sequence[PlaceCue]) -> int:
    """Returns how many mentions stand to the left of a value."""
    return bisect_right(cues, draft.mention.start, key=_end)


def _start(cue: PlaceCue) -> int:
    return cue.at.start


def _end(cue: PlaceCue) -> int:
    return cue.at.end


def _values_of_rule(sentence: TaggedSentence, draft: Draft) -> list[int]:
    """Returns the tokens of all values that the rule of a draft claimed in one match."""
    place, count = draft.place
    tokens = sorted(sentence.mentions)
    first = tokens.index(draft.token) - place
    if draft.ellipsis and draft.token + 2 in sentence.mentions:  # "and from 26% to 74%"
        count = 2
    return tokens[first : first + count]
