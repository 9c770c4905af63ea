"""Turns the drafts of one sentence and their links into claim records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from extractor.knowledge.kinds import KindSpec
from extractor.numbers.scanner import MentionScanner
from extractor.record import derived
from extractor.record.models import model_of
from extractor.record.schema import BaseClaim, trusted, with_spans
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.text.view import View
from extractor.values.choices import Choice, ChoiceReader
from extractor.values.drafts import Draft, ValueReader
from extractor.values.general import Weighed
from extractor.values.links.base import Cues, Found, Link, Linker, Relation, Scene, Value
from extractor.values.links.baselines import BaselineLinker
from extractor.values.links.bounds import Bound, BoundLinker
from extractor.values.links.datasets import DatasetLinker
from extractor.values.links.hardware import HardwareLinker
from extractor.values.links.metrics import MetricLinker
from extractor.values.links.models import ModelLinker
from extractor.values.links.subjects import SubjectLinker
from extractor.values.named import NamedThings
from extractor.values.relations import RelationReader

_RELATIVE_UNITS = {"point": "point", "dB": "dB"}
_LEVEL_UNITS = {"percent": "percent", "dB": "dB"}


@dataclass(slots=True)
class LinkedValue(Value):
    """A value with all that belongs to it: what its record is made of, and what explains it.

    Attributes:
        scene: The sentence it stands in.
        bound: Its bound, and by what.
        relation: What a speedup, change or score says of its metric.
        links: The words of its attributes, by what found them.
        kinds: The kinds of claims that its rule can make.
        chosen: The words of its attributes that take one of a few.
    """

    kinds: tuple[KindSpec, ...] = field(kw_only=True)
    scene: Scene = field(kw_only=True)
    bound: Bound | None = None
    relation: Relation | None = None
    links: dict[str, Link] = field(default_factory=dict)
    chosen: dict[str, Choice] = field(default_factory=dict)

    @property
    def spec(self) -> KindSpec:
        """Its kind; of the relative ones that of a speed or of anything else."""
        if len(self.kinds) == 1:
            return self.kinds[0]
        speed = self.relation is not None and self.relation.sort == "speed"
        return next((spec for spec in self.kinds if spec.speed == speed), self.kinds[0])


class RecordReader:
    """Reads the value claims of tagged sentences.

    Args:
        ruleset: The compiled rules.
        scanner: Found the values.
        links: What the signs of links are worth: rules/links.yaml.
        signs: What they are told by: rules/link-signs.yaml.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        scanner: MentionScanner,
        links: Mapping[str, Any],
        signs: Mapping[str, Any],
    ) -> None:
        self._scanner = scanner
        self._kinds = {
            kind: tuple(spec for spec in ruleset.kinds.specs if spec.is_value and spec.rule_kind == kind)
            for kind in ruleset.grammar.families
        }
        self._wanted = {
            kind: frozenset(link for spec in specs for link in spec.by_link)
            for kind, specs in self._kinds.items()
        }
        self._chosen = {kind for kind, specs in self._kinds.items() if any(spec.chosen for spec in specs)}
        self._choices = ChoiceReader(ruleset)
        self._values = ValueReader(ruleset)
        self._relations = RelationReader(ruleset)
        self._bounds = BoundLinker(ruleset)
        self.metrics = MetricLinker(ruleset, links, signs)
        # In this order: a subject is not what the value is compared with.
        linkers = (BaselineLinker, SubjectLinker, DatasetLinker, HardwareLinker, ModelLinker)
        self.linkers: tuple[Linker, ...] = (self.metrics, *(linker(ruleset) for linker in linkers))
        self._linkers = {
            kind: tuple(linker for linker in self.linkers[1:] if linker.attribute in wanted)
            for kind, wanted in self._wanted.items()
        }

    def weighed(self, sentence: TaggedSentence, named: NamedThings) -> list[Weighed]:
        """Returns the evidence about the values of a sentence that the rules leave open."""
        return self._values.weigh(sentence, partial(_datasets, sentence, named))

    def linked(self, view: View, sentence: TaggedSentence, named: NamedThings) -> list[LinkedValue]:
        """Returns the values of one sentence with their links, in the order of the text; see `record`.

        Args:
            view: The whole abstract as it is read; the claims have the offsets and words of the raw one.
            sentence: The sentence, tagged.
            named: The mentions of things in the view, which are no subjects; and of given subjects.
        """
        drafts = self._values.drafts(sentence, partial(_datasets, sentence, named))
        if not drafts:
            return []
        levels = [draft for draft in drafts if draft.family == "level"]
        scene = Scene(view, sentence, drafts, levels, named.near(sentence.span), named)
        cues = self.cues(scene)
        bounds = self._bounds.link(sentence, drafts)
        values = [
            LinkedValue(draft, scene=scene, bound=bound, kinds=self._kinds[draft.kind])
            for draft, bound in zip(drafts, bounds, strict=True)
            if _fits(draft, self._kinds[draft.kind][0])
        ]
        self._relate(scene, values, cues["metric"])
        for value in values:
            kind = value.draft.kind
            for linker in self._linkers[kind]:
                name = linker.attribute
                known = cues[name]
                if known or not linker.asks_cues:
                    _keep(scene, value, name, linker.link(scene, value, known))
            if kind in self._chosen:
                value.chosen = self._choices.read(scene, value.draft, value.spec)
        return values

    def wants(self, draft: Draft, linker: Linker) -> bool:
        """Tells whether the kind of a value has the attribute that a linker finds."""
        return linker.attribute in self._wanted[draft.kind]

    def cues(self, scene: Scene) -> dict[str, Cues]:
        """Returns the candidates of each linker in a sentence; none where no kind of value asks for them."""
        kinds = {draft.kind for draft in scene.drafts}
        wanted = frozenset().union(*map(self._wanted.__getitem__, kinds))
        cues: dict[str, Cues] = {}
        for linker in self.linkers:
            cues[linker.attribute] = linker.candidates(scene, cues) if linker.attribute in wanted else ()
        return cues

    def _relate(self, scene: Scene, values: Sequence[LinkedValue], cues: Cues) -> None:
        """Finds what each value is of; a value may share the metric of the one before it."""
        relation: Relation | None = None
        scored: Relation | None = None  # what the score before is of
        changed = -1  # the token of the change before
        for value in values:
            draft = value.draft
            if not self.wants(draft, self.metrics):
                continue
            if draft.family == "level":
                aside = changed >= 0 and draft.metric is None and self.metrics.is_aside(scene, changed, draft)
                if relation and relation.sort == "other" and (aside or _is_state_before(draft)):
                    scored = relation  # "cuts the loss by 8% (from 0.5 to 0.46)"
                value.before = scored
            else:
                value.before = relation
            metric = self.metrics.link(scene, value, cues)
            if draft.family == "relative":
                relation = self._relations.read(scene.sentence, draft, metric, relation)
                changed = draft.token
            elif scored is not None and metric is not None and draft.metric is None and scored.metric:
                relation = scored = scored._replace(metric=metric)
            else:
                relation = scored = Relation("level", None, metric)
            value.relation = relation
            _keep(scene, value, "metric", self._in_value(scene, draft) or relation.metric)

    def _in_value(self, scene: Scene, draft: Draft) -> Found | None:
        """What the points of a difference are points of, where the value says so ("2.3 F1 points")."""
        if draft.family != "relative" or draft.mention.form != "point":
            return None
        start, end = draft.mention.start, draft.mention.end
        named = self._scanner.measure(scene.text[start:end])
        if named is None:
            return None
        first = scene.text.index(named, start)
        return Found(
            (draft.token, draft.token + 1), "the points of the value", Span(first, first + len(named))
        )


def _datasets(sentence: TaggedSentence, named: NamedThings) -> list[Span]:
    """Returns where datasets stand in a sentence, in order."""
    return [thing.place for thing in named.within(sentence.span, "dataset")]


def _keep(scene: Scene, value: LinkedValue, attribute: str, found: Found | None) -> None:
    """Keeps what a value is linked to."""
    if found is None:
        return
    value.found[attribute] = found
    if link := scene.link(found):
        value.links[attribute] = link


def _fits(draft: Draft, spec: KindSpec) -> bool:
    """Tells whether a number can be of a kind: by its form, and by the dimension of its unit."""
    if draft.mention.form not in spec.values:
        return False
    dimensions, unit = spec.choices.get("dimension"), draft.mention.unit
    return dimensions is None or (unit is not None and unit.dimension in dimensions)


def _is_state_before(draft: Draft) -> bool:
    """Tells whether a score is the first of a before and after that names no metric."""
    return draft.is_before_and_after and draft.metric is None and draft.place[0] == 0


def record(value: LinkedValue) -> BaseClaim:
    """Makes the claim of a value."""
    draft, mention, view, spec = value.draft, value.draft.mention, value.scene.view, value.spec
    start, end = view.span(mention.start, mention.end)
    fields: dict[str, Any] = {
        "text": view.raw[start:end],
        "start": start,
        "end": end,
        "rule": f"{draft.rule.id}+ellipsis" if draft.ellipsis else draft.rule.id,
        "value": mention.value,
        "value_high": mention.high,
        "bound": value.bound.name if value.bound else None,
        **_MAKERS[spec.family](value),
    }
    spans = {}
    for found_by, link in value.links.items():
        for name in spec.by_link.get(found_by, ()):
            fields[name] = link.words
            spans[name] = (link.place.start, link.place.end)
    for name, choice in value.chosen.items():
        fields[name] = choice.value
    return with_spans(trusted(model_of(spec), **fields), spans)


def _of_relative(value: LinkedValue) -> dict[str, Any]:
    mention, relation, settings = value.draft.mention, value.relation, value.draft.rule.settings
    assert relation is not None
    own = mention.form if mention.form in ("ratio", "percent") else "absolute"
    form, metric = settings.get("form") or own, value.links.get("metric")
    said = derived.Reported(value.spec.name, form, relation.direction, metric.read if metric else None)
    return {
        "form": form,
        "unit": _RELATIVE_UNITS.get(mention.form),
        "direction": relation.direction,
        "number": derived.number_of(mention.value, said, settings.get("number")),
    }


def _of_level(value: LinkedValue) -> dict[str, Any]:
    unit = _LEVEL_UNITS.get(value.draft.mention.form) or value.draft.rule.settings.get("unit")
    return {"unit": unit} if unit in value.spec.choices.get("unit", ()) else {}


def _of_amount(value: LinkedValue) -> dict[str, Any]:
    unit = value.draft.mention.unit
    if unit is None:
        return {}
    made = {"unit": unit.name, "dimension": unit.dimension}
    return {name: word for name, word in made.items() if name in value.spec.by_name}


def _of_size(_value: LinkedValue) -> dict[str, Any]:
    return {}


# What the reader of a family says of a value besides its number, bound and links.
_MAKERS = {"relative": _of_relative, "level": _of_level, "amount": _of_amount, "size": _of_size}
