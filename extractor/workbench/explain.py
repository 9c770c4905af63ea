"""Says why the values of a text became the claims they are: rules, cues, and where each word is from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from extractor.engine import Engine, builtin_engine, mention_spans
from extractor.record.schema import Dataset, Hardware
from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import VALUE_KINDS
from extractor.text.sentences import Span
from extractor.values.drafts import Draft, TokenSpan, ValueReader, matches
from extractor.values.links.baselines import BaselineLinker
from extractor.values.links.subjects import SubjectLinker

if TYPE_CHECKING:
    from extractor.numbers.mentions import Mention
    from extractor.record.schema import BaseClaim
    from extractor.rulelang.rule import RuleKind
    from extractor.rulelang.ruleset import CompiledRule, Ruleset
    from extractor.rulelang.tagging import TaggedSentence
    from extractor.values.links.cue import Cue, Refusal

Outcome = Literal["claims it", "vetoes it", "matches too, but comes later"]
_SCOPES: tuple[RuleKind, ...] = ("bound", "baseline", "subject", "metric", "model")
_LINKED = ("metric", "baseline", "subject", "dataset", "model")
_LINKS = {"baseline": ("relative",), "subject": ("relative", "score")}  # which values have one
_REFUSALS: dict[Refusal, str] = {
    "side": "it stands on the {side} of the value, and the rule asks for the {cue.side}",
    "reach": "it stands farther from the value than its reach of {cue.reach}",
    "clause": "it stands in another clause, item of a list or bracket",
    "value": "it begins with the value",
    "metric": "it is the metric of the value",
    "compared": "the value is compared with it",
    "other": "it is the subject of another value alone",
}
_DROPPED = {
    "baseline": "another cue has these words, or they are numbers alone",
    "subject": "it is a dataset, hardware or no name, or stands behind a preposition, a verb or a comparison",
}


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule whose pattern matches around a value.

    Attributes:
        rule: Its id.
        outcome: What it does with the value.
        words: The stretch of text that its pattern matches.
        groups: The words of the pattern's named groups.
    """

    rule: str
    outcome: Outcome
    words: str
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue of the scope rules.

    Attributes:
        rule: Id of the rule.
        kind: What it can give to a claim: bound, baseline, subject, metric, model.
        words: The stretch of text that the pattern matches.
        names: The words that it names, or the bound.
    """

    rule: str
    kind: str
    words: str
    names: str | None


@dataclass(frozen=True, slots=True)
class UnusedCue:
    """A cue of a baseline or subject that a speedup, change or score does not have.

    Attributes:
        rule: Id of the rule.
        kind: ``baseline`` or ``subject``.
        words: The stretch of text that the pattern matches.
        reason: Why not.
    """

    rule: str
    kind: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class ValueTrace:
    """What became of one value.

    Attributes:
        text: The value as it stands.
        start: Offset of its first character.
        end: Offset behind its last character.
        value: The number.
        value_high: High end of a range.
        form: What its suffix says: ratio, percent, point, dB, count, unit or bare.
        unit: Its unit.
        rules: The value rules that match, in the order in which they are tried.
        claim: The record, if it became one.
        sources: For each word attribute and the bound of the claim: where it is from.
        unused: The cues of baselines and subjects that it does not have, and why.
    """

    text: str
    start: int
    end: int
    value: float
    value_high: float | None
    form: str
    unit: str | None
    rules: tuple[RuleMatch, ...]
    claim: dict[str, Any] | None
    sources: dict[str, str]
    unused: tuple[UnusedCue, ...]


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """A sentence with its values, and the cues of bounds, baselines, subjects, metrics and models in it."""

    text: str
    values: tuple[ValueTrace, ...]
    cues: tuple[CueMatch, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the engine makes of a text.

    Attributes:
        text: The text.
        sentences: Those with values.
        things: The records of hardware, datasets and addresses.
    """

    text: str
    sentences: tuple[SentenceTrace, ...]
    things: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Returns the explanation as plain data."""
        return asdict(self)


def explain(text: str, *, engine: Engine | None = None) -> Explanation:
    """Explains the claims of a text.

    Args:
        text: The text.
        engine: The engine to ask; that of the built-in rules if none is given.

    Raises:
        TypeError: The text is no string.
    """
    engine = engine or builtin_engine()
    claims = engine.parse(text).claims
    by_span = {(claim.start, claim.end): claim for claim in claims if hasattr(claim, "value")}
    named = mention_spans(claim for claim in claims if isinstance(claim, Hardware | Dataset))
    reader = ValueReader(engine.ruleset)
    traces = tuple(
        _Tracer(text, sentence, engine, reader, named).trace(by_span) for sentence in engine.tagged(text)
    )
    things = tuple(claim.model_dump(mode="json") for claim in claims if not hasattr(claim, "value"))
    return Explanation(text, traces, things)


class _Tracer:
    """Traces the values of one sentence."""

    def __init__(
        self,
        text: str,
        sentence: TaggedSentence,
        engine: Engine,
        reader: ValueReader,
        named: Sequence[Span],
    ) -> None:
        self._text = text
        self._sentence = sentence
        self._ruleset = engine.ruleset
        drafts = reader.drafts(sentence)
        self._drafts = {draft.token: draft for draft in drafts}
        self._cues = list(self._find_cues())
        self._links = _Links(engine.ruleset, sentence, drafts, named)

    def trace(self, claims: Mapping[tuple[int, int], BaseClaim]) -> SentenceTrace:
        span = self._sentence.span
        values = tuple(
            self._value(token, mention, claims.get((mention.start, mention.end)))
            for token, mention in sorted(self._sentence.mentions.items())
        )
        cues = tuple(cue for _, cue in self._cues)
        return SentenceTrace(self._text[span.start : span.end].rstrip(), values, cues)

    def _value(self, token: int, mention: Mention, claim: BaseClaim | None) -> ValueTrace:
        return ValueTrace(
            text=self._text[mention.start : mention.end],
            start=mention.start,
            end=mention.end,
            value=mention.value,
            value_high=mention.high,
            form=mention.form,
            unit=mention.unit.name if mention.unit else None,
            rules=tuple(self._rules(token, claim)),
            claim=claim.model_dump(mode="json") if claim else None,
            sources=self._sources(token, claim) if claim else {},
            unused=tuple(self._unused(token)) if claim else (),
        )

    def _rules(self, token: int, claim: BaseClaim | None) -> Iterator[RuleMatch]:
        maker = (claim.rule or "").partition("+")[0] if claim else ""
        decided = False
        for compiled in self._ruleset.of(*VALUE_KINDS):
            match = self._match_at(compiled, token)
            if match is None:
                continue
            outcome: Outcome = "matches too, but comes later"
            if compiled.rule.id == maker:
                outcome = "claims it"
            elif claim is None and compiled.rule.kind == "veto" and not decided:
                outcome = "vetoes it"
            decided = decided or outcome != "matches too, but comes later"
            yield RuleMatch(compiled.rule.id, outcome, self._words(match.span()) or "", self._groups(match))

    def _match_at(self, compiled: CompiledRule, token: int) -> re.Match[str] | None:
        """Returns the first match that has the value among its values."""
        for match in matches(compiled, self._sentence.tags):
            first, last = group_span(match, "vals") or (0, 0)
            if first <= token < last:
                return match
        return None

    def _groups(self, match: re.Match[str]) -> dict[str, str]:
        names = dict.fromkeys(name.rstrip("23") for name in match.re.groupindex)
        found = {name: self._words(group_span(match, name)) for name in names}
        return {name: words for name, words in found.items() if words}

    def _find_cues(self) -> Iterator[tuple[tuple[int, int], CueMatch]]:
        for compiled in self._ruleset.of(*_SCOPES):
            rule = compiled.rule
            for match in compiled.expression.finditer(self._sentence.tags):
                names = self._groups(match).get(rule.kind) or rule.settings.get("bound")
                yield match.span(), CueMatch(rule.id, rule.kind, self._words(match.span()) or "", names)

    def _sources(self, token: int, claim: BaseClaim) -> dict[str, str]:
        draft = self._drafts.get(token)
        sources: dict[str, str] = {}
        if draft is not None and draft.ellipsis:
            sources["rule"] = f"taken over by {claim.rule}: the text goes on from the value before"
        for name in _LINKED:
            if words := getattr(claim, name, None):
                sources[name] = self._source(name, words, draft)
        if bound := getattr(claim, "bound", None):
            sources["bound"] = self._bound_source(token, bound, draft)
        return sources

    def _unused(self, token: int) -> Iterator[UnusedCue]:
        draft = self._drafts[token]
        for span, cue in self._cues:
            if (refusal := self._links.refusal(draft, cue, span)) is None:
                continue
            chosen = self._links.chosen(draft, cue.kind)
            first = f"{self._words(chosen.span)} ({chosen.rule}) comes first" if chosen else ""
            yield UnusedCue(cue.rule, cue.kind, cue.words, refusal or first)

    def _source(self, name: str, words: str, draft: Draft | None) -> str:
        if draft is not None:
            own = {"metric": draft.metric, "baseline": draft.baseline}.get(name)
            if words in (self._words(own) or ""):
                return f"group ({name}: ...) of {draft.rule.id}"
            if name == "metric" and words in (self._words(draft.cue) or ""):
                return f"the cue of {draft.rule.id}"
            if chosen := self._links.chosen(draft, name):
                return chosen.rule
        rules = [cue.rule for _, cue in self._cues if cue.kind == name and words in (cue.names or "")]
        return " or ".join(dict.fromkeys(rules)) or "found near by"

    def _bound_source(self, token: int, bound: str, draft: Draft | None) -> str:
        mention = self._sentence.mentions[token]
        if draft is not None and draft.rule.settings.get("bound") == bound:
            return f"setting of {draft.rule.id}"
        if mention.cue or mention.plus:
            return "a cue within the value" if mention.cue else "the plus behind the value"
        near = [
            f"{cue.rule} ({cue.words})"
            for span, cue in self._cues
            if cue.kind == "bound"
            and cue.names == bound
            and (token - 1 <= span[1] <= token or span[0] == token + 1)
        ]
        return near[0] if near else "shared with the value before"

    def _words(self, span: tuple[int, int] | None) -> str | None:
        if span is None or span[1] <= span[0] or span[0] < 0:
            return None
        start, end = self._sentence.slice(*span)
        return self._text[start:end]


class _Links:
    """The cues of baselines and subjects of one sentence, as the engine links them."""

    def __init__(
        self, ruleset: Ruleset, sentence: TaggedSentence, drafts: Sequence[Draft], named: Sequence[Span]
    ) -> None:
        self._sentence = sentence
        self._baselines, self._subjects = BaselineLinker(ruleset), SubjectLinker(ruleset)
        baselines = self._baselines.cues(sentence, drafts)
        last = max(sentence.mentions)
        self._cues = {
            "baseline": baselines,
            "subject": self._subjects.cues(sentence, baselines, named, last),
        }

    def chosen(self, draft: Draft, kind: str) -> Cue | None:
        """Returns the cue that gives a value its baseline or subject."""
        if kind == "baseline":
            return self._baselines.choose(self._sentence, draft.token, self._cues[kind])
        if kind != "subject":
            return None
        return self._subjects.choose(self._sentence, draft, self._cues[kind], self._baseline(draft))

    def _baseline(self, draft: Draft) -> TokenSpan | None:
        """Returns what a relative value is compared with."""
        if draft.kind != "relative":
            return None
        return self._baselines.link(self._sentence, draft, self._cues["baseline"])

    def refusal(self, draft: Draft, match: CueMatch, span: tuple[int, int]) -> str | None:
        """Says why a value cannot have the words of a cue.

        Returns:
            The reason; empty where it can, but another cue comes first; None where it has them, or where its
            kind has none.
        """
        if draft.kind not in _LINKS.get(match.kind, ()):
            return None
        cue = next((cue for cue in self._cues[match.kind] if cue.made_by(match.rule, span)), None)
        if cue is None:
            return _DROPPED[match.kind]
        if match.kind == "baseline" and draft.baseline is not None:
            return f"{draft.rule.id} has named the baseline"
        if cue == self.chosen(draft, match.kind):
            return None
        if match.kind == "baseline":
            refusal = self._baselines.refusal(self._sentence, draft.token, cue)
        else:
            refusal = self._subjects.refusal(self._sentence, draft, cue, self._baseline(draft))
        side = "right" if cue.start > draft.token else "left"
        return _REFUSALS[refusal].format(side=side, cue=cue) if refusal else ""


def summary(trace: ValueTrace) -> Sequence[tuple[str, str]]:
    """Returns the lines of a value for people: a heading and its text each."""
    number = f"{trace.value:.6g}" + (f" to {trace.value_high:.6g}" if trace.value_high is not None else "")
    lines = [("value", " ".join(filter(None, (number, trace.form, trace.unit))))]
    lines += [("rule", f"{match.rule} {match.outcome}: {match.words}") for match in trace.rules]
    if trace.claim is None:
        lines.append(("claim", "none" if trace.rules else "none: no rule matches"))
        return lines
    shown = {key: value for key, value in trace.claim.items() if value is not None}
    for key in ("text", "start", "end", "rule"):
        shown.pop(key, None)
    lines.append(("claim", ", ".join(f"{key} {value}" for key, value in shown.items())))
    lines += [(name, f"{trace.claim.get(name)}: {source}") for name, source in trace.sources.items()]
    lines += [("unused", f"{cue.rule} ({cue.words}): {cue.reason}") for cue in trace.unused]
    return lines
