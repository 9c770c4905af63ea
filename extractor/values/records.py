"""Turns the drafts of one sentence and their links into claim records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from extractor.numbers.mentions import Mention, MentionScanner
from extractor.record import derived
from extractor.record.schema import (
    BaseClaim,
    Change,
    Parameters,
    Quantity,
    Score,
    Speedup,
    trusted,
    with_spans,
)
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.text.view import View
from extractor.values.drafts import Draft, ValueReader
from extractor.values.general import Weighed
from extractor.values.links.base import Cues, Found, Link, Linker, Relation, Scene, Thing, Value
from extractor.values.links.baselines import BaselineLinker
from extractor.values.links.bounds import Bound, BoundLinker
from extractor.values.links.datasets import DatasetLinker
from extractor.values.links.metrics import MetricLinker
from extractor.values.links.models import ModelLinker
from extractor.values.links.places import named_in
from extractor.values.links.subjects import SubjectLinker
from extractor.values.relations import RelationReader

_RELATIVE_UNITS = {"point": "point", "dB": "dB"}
_SCORE_UNITS = {"percent": "percent", "dB": "dB"}


@dataclass(slots=True)
class LinkedValue(Value):
    """A value with all that belongs to it: what its record is made of, and what explains it.

    Attributes:
        scene: The sentence it stands in.
        bound: Its bound, and by what.
        relation: What a speedup, change or score says of its metric.
        links: The words of its attributes.
    """

    scene: Scene = field(kw_only=True)
    bound: Bound | None = None
    relation: Relation | None = None
    links: dict[str, Link] = field(default_factory=dict)

    def words(self, attribute: str) -> str | None:
        """Returns the words of an attribute, if it has any."""
        link = self.links.get(attribute)
        return link.words if link else None


class RecordReader:
    """Reads the value claims of tagged sentences.

    Args:
        ruleset: The compiled rules.
        scanner: Found the values.
    """

    def __init__(self, ruleset: Ruleset, scanner: MentionScanner) -> None:
        self._scanner = scanner
        self._values = ValueReader(ruleset)
        self._relations = RelationReader(ruleset)
        self._bounds = BoundLinker(ruleset)
        self._metrics = MetricLinker(ruleset)
        # In this order: a subject is not what the value is compared with.
        linkers = (BaselineLinker, SubjectLinker, DatasetLinker, ModelLinker)
        self.linkers: tuple[Linker, ...] = (self._metrics, *(linker(ruleset) for linker in linkers))

    def weighed(self, text: str, sentence: TaggedSentence, things: Sequence[Thing]) -> list[Weighed]:
        """Returns the evidence about the values of a sentence that the rules leave open."""
        return self._values.weigh(sentence, partial(_datasets, text, sentence, things))

    def read(self, view: View, sentence: TaggedSentence, things: Sequence[Thing]) -> Iterator[BaseClaim]:
        """Yields the claims of one sentence, in the order of the text.

        Args:
            view: The whole abstract as it is read; the claims have the offsets and words of the raw one.
            sentence: The sentence, tagged.
            things: The mentions of hardware and datasets in the view; they are no subjects.
        """
        return (record(value) for value in self.linked(view, sentence, things))

    def linked(self, view: View, sentence: TaggedSentence, things: Sequence[Thing]) -> list[LinkedValue]:
        """Returns the values of one sentence with their links; see `read`."""
        drafts = self._values.drafts(sentence, partial(_datasets, view.text, sentence, things))
        if not drafts:
            return []
        scene = Scene(view, sentence, drafts, things)
        cues = self.cues(scene)
        bounds = self._bounds.link(sentence, drafts)
        values = [
            LinkedValue(draft, scene=scene, bound=bound)
            for draft, bound in zip(drafts, bounds, strict=True)
            if draft.kind != "quantity" or draft.mention.unit is not None
        ]
        self._relate(scene, values, cues["metric"])
        for value in values:
            for linker in self.linkers[1:]:
                if value.draft.kind in linker.kinds:
                    found = linker.link(scene, value, cues[linker.attribute])
                    _keep(scene, value, linker.attribute, found)
        return values

    def cues(self, scene: Scene) -> dict[str, Cues]:
        """Returns the candidates of each linker in a sentence; none where no kind of value asks for them."""
        kinds = {draft.kind for draft in scene.drafts}
        cues: dict[str, Cues] = {}
        for linker in self.linkers:
            cues[linker.attribute] = linker.candidates(scene, cues) if kinds & linker.kinds else ()
        return cues

    def _relate(self, scene: Scene, values: Sequence[LinkedValue], cues: Cues) -> None:
        """Finds what each value is of; a value may share the metric of the one before it."""
        relation: Relation | None = None
        scored: Relation | None = None  # what the score before is of
        for value in values:
            draft = value.draft
            if draft.kind not in self._metrics.kinds:
                continue
            if draft.kind == "score":
                if relation and relation.kind == "change" and _is_state_before(draft):
                    scored = relation  # "cuts the loss by 8% (from 0.5 to 0.46)"
                value.before = scored
            else:
                value.before = relation
            metric = self._metrics.link(scene, value, cues)
            if draft.kind == "relative":
                relation = self._relations.read(scene.sentence, draft, metric, relation)
            elif scored is not None and metric is not None and draft.metric is None and scored.metric:
                relation = scored = replace(scored, metric=metric)
            else:
                relation = scored = Relation("score", None, metric)
            value.relation = relation
            _keep(scene, value, "metric", self._in_value(scene, draft) or relation.metric)

    def _in_value(self, scene: Scene, draft: Draft) -> Found | None:
        """What the points of a difference are points of, where the value says so ("2.3 F1 points")."""
        if draft.kind != "relative" or draft.mention.form != "point":
            return None
        start, end = draft.mention.start, draft.mention.end
        named = self._scanner.measure(scene.text[start:end])
        if named is None:
            return None
        first = scene.text.index(named, start)
        return Found(
            (draft.token, draft.token + 1), "the points of the value", Span(first, first + len(named))
        )


def _datasets(text: str, sentence: TaggedSentence, things: Sequence[Thing]) -> list[Span]:
    """Returns where datasets stand in a sentence, in order."""
    return [thing.place for thing in named_in(text, sentence, things, "dataset")]


def _keep(scene: Scene, value: LinkedValue, attribute: str, found: Found | None) -> None:
    """Keeps what a value is linked to."""
    if found is None:
        return
    value.found[attribute] = found
    if link := scene.link(found):
        value.links[attribute] = link


def _is_state_before(draft: Draft) -> bool:
    """Tells whether a score is the first of a before and after that names no metric."""
    return draft.is_before_and_after and draft.metric is None and draft.place[0] == 0


def record(value: LinkedValue) -> BaseClaim:
    """Makes the claim of a value."""
    draft, mention, view = value.draft, value.draft.mention, value.scene.view
    start, end = view.span(mention.start, mention.end)
    rule = f"{draft.rule.id}+ellipsis" if draft.ellipsis else draft.rule.id
    spans = {name: (link.place.start, link.place.end) for name, link in value.links.items()}
    bound = value.bound.name if value.bound else None
    fields: dict[str, Any] = {
        "text": view.raw[start:end], "start": start, "end": end, "rule": rule,
        "value": mention.value, "value_high": mention.high, "bound": bound,
    }  # fmt: skip
    if draft.kind == "relative":
        claim = _relative(fields, value)
    elif draft.kind == "score":
        claim = _score(fields, value)
    elif draft.kind == "parameters":
        claim = _parameters(fields, value)
    else:
        claim = _quantity(fields, value)
    return with_spans(claim, spans)


def _relative(fields: dict[str, Any], value: LinkedValue) -> BaseClaim:
    mention, relation, settings = value.draft.mention, value.relation, value.draft.rule.settings
    assert relation is not None
    form, metric = settings.get("form") or _form(mention), value.links.get("metric")
    said = derived.Relation(relation.kind, form, relation.direction, metric.read if metric else None)
    return trusted(
        Speedup if relation.kind == "speedup" else Change,
        **fields,
        form=form,
        unit=_RELATIVE_UNITS.get(mention.form),
        direction=relation.direction,
        metric=metric.words if metric else None,
        baseline=value.words("baseline"),
        subject=value.words("subject"),
        number=derived.number_of(fields["value"], said, settings.get("number")),
    )


def _score(fields: dict[str, Any], value: LinkedValue) -> BaseClaim:
    return trusted(
        Score,
        **fields,
        metric=value.words("metric"),
        unit=_SCORE_UNITS.get(value.draft.mention.form) or value.draft.rule.settings.get("unit"),
        dataset=value.words("dataset"),
        subject=value.words("subject"),
    )


def _parameters(fields: dict[str, Any], value: LinkedValue) -> BaseClaim:
    role = value.draft.rule.settings.get("role")
    return trusted(Parameters, **fields, model=value.words("model"), role=role)


def _quantity(fields: dict[str, Any], value: LinkedValue) -> BaseClaim:
    unit = value.draft.mention.unit
    assert unit is not None
    return trusted(
        Quantity,
        **fields,
        unit=unit.name,
        dimension=unit.dimension,
    )


def _form(mention: Mention) -> str:
    return mention.form if mention.form in ("ratio", "percent") else "absolute"
