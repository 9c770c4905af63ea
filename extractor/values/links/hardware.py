"""Links a value to the hardware on which it was measured, within its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.drafts import TokenSpan
from extractor.values.links.base import Cue, Cues, Found, Linker, Refusal, Scene, Value
from extractor.values.links.places import PlaceCue, Places

_UNMEASURED = ("data", "length", "area", "money")  # dimensions of what no hardware takes
_NEAR = 3  # tokens between a metric and the hardware that it is said of


class HardwareLinker(Linker):
    """Finds the hardware of values.

    Args:
        ruleset: The compiled rules, for their word classes.
    """

    attribute = "hardware"
    asks_cues = True

    def __init__(self, ruleset: Ruleset) -> None:
        tags = ruleset.tagger.tags
        self._places = Places(ruleset, "hardware", ["=over"])
        self._breaks = tags(["break", "subord"]) - tags(["rel", "=when", "colon"])
        self._per = tags(["=per", "slash"])
        self._phrase = tags(["w", "det", "val", "dash", "=of"]) - tags(["and", "comma"])
        self._nouns = tags(["w"]) - tags(["bearer_n", "nverb", "verb"])

    def candidates(self, scene: Scene, found: Mapping[str, Cues]) -> Cues:  # noqa: ARG002
        """Returns the mentions of hardware in a sentence, in order."""
        return self._places.cues(scene)

    def preference(self, scene: Scene, value: Value, cues: Cues) -> Iterable[Cue]:
        """A device before a class; what the value is said of, then the nearest behind, then before it."""
        token, sentence = value.draft.token, scene.sentence
        places = [cue for cue in cues if isinstance(cue, PlaceCue)]
        own = [cue for cue in places if self._is_own(sentence, value, cue)]
        after = [cue for cue in places if cue.start > token]
        before = [cue for cue in reversed(places) if cue.start < token]
        fronted = [cue for cue in before if cue.fronted]
        if after and fronted and self._places.compares(sentence, (token, after[0].start)):
            after, before = fronted, [*after, *before]  # "On an A100, it is faster than Foo on a V100"
        return sorted([*own, *after, *before], key=lambda cue: cue.generic)

    def refusal(self, scene: Scene, value: Value, cue: Cue, cues: Cues) -> Refusal | None:  # noqa: ARG002
        """Returns why a value cannot have the hardware of a cue; None if it can."""
        assert isinstance(cue, PlaceCue)
        sentence, token = scene.sentence, value.draft.token
        unit = value.draft.mention.unit
        if unit is not None and unit.dimension in _UNMEASURED:
            return "value"
        compared = cue.role != "bracket" and self._is_compared(value, cue)
        if cue.role in ("rival", "source") or compared:
            return "compared"
        if self._is_own(sentence, value, cue):
            return None
        if self._modifies(sentence, cue):
            return "clause"
        return self._after(scene, token, cue) if cue.start > token else self._before(sentence, token, cue)

    def _after(self, scene: Scene, token: int, cue: PlaceCue) -> Refusal | None:
        """Returns why a value cannot have the hardware of a cue behind it."""
        sentence = scene.sentence
        if cue.role == "bracket":
            between = any(token < draft.token < cue.start for draft in scene.drafts)
            return "other" if between else None
        if cue.role != "place" or self._parted(sentence, (token, cue.start)):
            return "clause"
        return None

    def _before(self, sentence: TaggedSentence, token: int, cue: PlaceCue) -> Refusal | None:
        """Returns why a value cannot have the hardware of a cue before it."""
        if cue.role not in ("place", "subject"):
            return "clause"
        if cue.fronted:
            return None
        span = cue.span[1], token
        closed = not cue.leads and self._places.closed(sentence, span)
        return "clause" if self._parted(sentence, span) or closed else None

    def _modifies(self, sentence: TaggedSentence, cue: PlaceCue) -> bool:
        """Tells whether the name of a class only modifies another noun ("a low GPU fragmentation")."""
        whole = cue.at.end == sentence.tokens[cue.span[1] - 1][1]
        following = sentence.tags[cue.span[1] : cue.span[1] + 1]
        modifier = cue.generic and whole and cue.role != "subject"
        return modifier and following != "" and following in self._nouns

    def narrowed(self, scene: Scene, value: Value, found: Found, cues: Cues) -> Found:
        """Of a coordination, the first device, or else the first; by its name."""
        places = [cue for cue in cues if isinstance(cue, PlaceCue)]
        cue = next(cue for cue in places if cue.place == found.place)
        if cue.generic or cue.start < value.draft.token:
            first = self._places.head(scene.sentence, cue, places)
            cue = first if first.generic == cue.generic else cue
        return Found(cue.span, cue.rule, cue.place, cue.name)

    def _is_own(self, sentence: TaggedSentence, value: Value, cue: Cue) -> bool:
        """Tells whether hardware is part of the metric, or of the phrase of the value ("40% GPU memory")."""
        metric = value.span("metric")
        if metric and metric[0] - 1 <= cue.start < metric[1]:
            return True
        token = value.draft.token
        between = (cue.span[1], token) if cue.start < token else (token + 1, cue.start)
        tags = sentence.tags[slice(*between)]
        if tags[-1:] and tags[-1] in self._per:
            return len(tags) <= _NEAR
        return len(tags) <= _NEAR and all(tag in self._phrase for tag in tags)

    def _is_compared(self, value: Value, cue: Cue) -> bool:
        baseline = value.span("baseline")
        return baseline is not None and baseline[0] <= cue.start < baseline[1]

    def _parted(self, sentence: TaggedSentence, span: TokenSpan) -> bool:
        """Tells whether another clause begins within some tokens."""
        return any(
            sentence.tags[token] in self._breaks and not self._places.continues(sentence, token)
            for token in range(*span)
        )
