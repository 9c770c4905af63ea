"""Turns the drafts of one sentence and their links into claim records."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from extractor.numbers.mentions import Mention, MentionScanner
from extractor.record.schema import BaseClaim, Change, Parameters, Quantity, Score, Speedup, trusted
from extractor.rulelang.ruleset import Ruleset
from extractor.rulelang.tagging import TaggedSentence
from extractor.text.sentences import Span
from extractor.values.drafts import Draft, TokenSpan, ValueReader
from extractor.values.links.baselines import BaselineLinker
from extractor.values.links.bounds import BoundLinker
from extractor.values.links.datasets import DatasetLinker
from extractor.values.links.models import ModelLinker
from extractor.values.links.subjects import SubjectLinker
from extractor.values.relations import Relation, RelationReader

_RELATIVE_UNITS = {"point": "point", "dB": "dB"}
_SCORE_UNITS = {"percent": "percent", "dB": "dB"}


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
        self._linkers = _Linkers(ruleset)
        chars = ruleset.tagger.chars
        self._qualities = frozenset(chars(["quality_m"]))
        self._verbs = frozenset(chars(["nverb"])) & frozenset(chars(["sform"]))

    def read(
        self, text: str, sentence: TaggedSentence, named: Sequence[Span], datasets: Collection[str]
    ) -> Iterator[BaseClaim]:
        """Yields the claims of one sentence, in the order of the text.

        Args:
            text: The whole abstract.
            sentence: The sentence, tagged.
            named: Where hardware and datasets are mentioned; they are no subjects.
            datasets: The names of datasets in the abstract, as they stand there.
        """
        drafts = self._values.drafts(sentence)
        if not drafts:
            return
        links = _SentenceLinks(self._linkers, text, sentence, drafts, named, datasets)
        relation: Relation | None = None
        scored: Relation | None = None  # what the score before is of
        for draft, bound in zip(drafts, self._linkers.bounds.link(sentence, drafts), strict=True):
            fields = _common(text, draft, bound)
            if draft.kind == "relative":
                relation = self._relations.read(sentence, draft, relation)
                points = self._scanner.measure(fields["text"]) if draft.mention.form == "point" else None
                yield _relative(fields, draft, relation, links, points)
            elif draft.kind == "score":
                if relation and relation.kind == "change" and _is_state_before(draft):
                    scored = relation  # "cuts the loss by 8% (from 0.5 to 0.46)"
                relation = scored = self._score_relation(sentence, draft, scored, drafts)
                yield _score(fields, draft, relation, links)
            elif draft.kind == "parameters":
                yield _parameters(fields, draft, links)
            elif draft.mention.unit is not None:
                yield _quantity(fields, draft)

    def _score_relation(
        self, sentence: TaggedSentence, draft: Draft, before: Relation | None, drafts: Sequence[Draft]
    ) -> Relation:
        """What a score is of; one that names no metric has that of the score before it, or else behind it."""
        if draft.metric is None and before is not None and before.metric:
            return before
        others = (d for d in drafts if d.token > draft.token and self._is_measured(sentence, d))
        named = draft if draft.metric else next(others, draft)
        if named.mention.form != draft.mention.form:
            named = draft
        metric = (
            self._relations.trimmed(sentence, self._own_words(sentence, named.metric))
            if named.metric
            else None
        )
        return Relation("score", None, metric)

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
            draft.kind == "score" and draft.metric and sentence.tags[draft.metric[1] - 1] in self._qualities
        )


class _Linkers:
    """One linker for each attribute."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.bounds = BoundLinker(ruleset)
        self.baselines = BaselineLinker(ruleset)
        self.subjects = SubjectLinker(ruleset)
        self.datasets = DatasetLinker(ruleset)
        self.models = ModelLinker(ruleset)


class _SentenceLinks:
    """The words of one sentence that its values can be linked to; only what its kinds of value need."""

    def __init__(  # noqa: PLR0917 - private, called once
        self,
        linkers: _Linkers,
        text: str,
        sentence: TaggedSentence,
        drafts: Sequence[Draft],
        named: Sequence[Span],
        datasets: Collection[str],
    ) -> None:
        self._linkers, self._text, self._sentence = linkers, text, sentence
        kinds = {draft.kind for draft in drafts}
        self._baselines = linkers.baselines.cues(sentence, drafts) if "relative" in kinds else []
        about = bool(kinds & {"relative", "score"})
        last = drafts[-1].token
        self._subjects = linkers.subjects.cues(sentence, self._baselines, named, last) if about else []
        self._models = linkers.models.cues(sentence) if "parameters" in kinds else {}
        self._datasets = linkers.datasets.occurrences(text, sentence, datasets) if "score" in kinds else []

    def words(self, span: TokenSpan | None) -> str | None:
        """Returns the text of a token span, without a dash that joined it to a number."""
        if span is None:
            return None
        tokens = self._sentence.tokens
        return self._text[tokens[span[0]][0] : tokens[span[1] - 1][1]].rstrip("-") or None

    def baseline(self, draft: Draft) -> TokenSpan | None:
        return self._linkers.baselines.link(self._sentence, draft, self._baselines)

    def subject(self, draft: Draft, baseline: TokenSpan | None = None) -> str | None:
        return self.words(self._linkers.subjects.link(self._sentence, draft, self._subjects, baseline))

    def model(self, draft: Draft) -> str | None:
        return self.words(self._linkers.models.link(self._sentence, draft.token, self._models))

    def dataset(self, draft: Draft) -> str | None:
        span = self._linkers.datasets.link(self._sentence, draft, self._datasets)
        return self._text[span.start : span.end] if span else None


def _is_state_before(draft: Draft) -> bool:
    """Tells whether a score is the first of a before and after that names no metric."""
    return draft.is_before_and_after and draft.metric is None and draft.place[0] == 0


def _common(text: str, draft: Draft, bound: str | None) -> dict[str, Any]:
    mention = draft.mention
    rule = f"{draft.rule.id}+ellipsis" if draft.ellipsis else draft.rule.id
    return {
        "text": text[mention.start : mention.end], "start": mention.start, "end": mention.end, "rule": rule,
        "value": mention.value, "value_high": mention.high, "bound": bound,
    }  # fmt: skip


def _relative(
    fields: dict[str, Any], draft: Draft, relation: Relation, links: _SentenceLinks, points: str | None
) -> BaseClaim:
    """Makes the record of a relative value; ``points`` is what its points are points of, if it says so."""
    baseline = links.baseline(draft)
    return trusted(
        Speedup if relation.kind == "speedup" else Change,
        **fields,
        form=draft.rule.settings.get("form") or _form(draft.mention),
        unit=_RELATIVE_UNITS.get(draft.mention.form),
        direction=relation.direction,
        metric=points or links.words(relation.metric),
        baseline=links.words(baseline),
        subject=links.subject(draft, baseline),
    )


def _score(fields: dict[str, Any], draft: Draft, relation: Relation, links: _SentenceLinks) -> BaseClaim:
    return trusted(
        Score,
        **fields,
        metric=links.words(relation.metric),
        unit=_SCORE_UNITS.get(draft.mention.form) or draft.rule.settings.get("unit"),
        dataset=links.dataset(draft),
        subject=links.subject(draft),
    )


def _parameters(fields: dict[str, Any], draft: Draft, links: _SentenceLinks) -> BaseClaim:
    return trusted(Parameters, **fields, model=links.model(draft), role=draft.rule.settings.get("role"))


def _quantity(fields: dict[str, Any], draft: Draft) -> BaseClaim:
    unit = draft.mention.unit
    assert unit is not None
    return trusted(Quantity, **fields, unit=unit.name, dimension=unit.dimension)


def _form(mention: Mention) -> str:
    return mention.form if mention.form in ("ratio", "percent") else "absolute"
