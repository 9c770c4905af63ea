"""Says why the values of a text became the claims they are: rules, cues, and where each word is from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from extractor.engine import Engine, builtin_engine
from extractor.numbers.scanner import MOST_VALUES, WITHIN, is_crowded
from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import SCOPES, VETO
from extractor.text.sentences import LONGEST_SENTENCE
from extractor.values.matching import matches
from extractor.values.records import record
from extractor.workbench.unknown import unknown_names

if TYPE_CHECKING:
    from extractor.numbers.valuemention import ValueMention
    from extractor.record.schema import BaseClaim
    from extractor.rulelang.ruleset import CompiledRule
    from extractor.rulelang.tagging import TaggedSentence
    from extractor.text.view import View
    from extractor.things.refused import Refused
    from extractor.values.general import Weighed
    from extractor.values.links.base import Cue, Cues, Linker, Refusal
    from extractor.values.links.bounds import Bound
    from extractor.values.records import LinkedValue

_PART = f"a part of a sentence of more than {LONGEST_SENTENCE:,} characters; each part is read alone"
_CROWDED = f"of more than {MOST_VALUES} values within {WITHIN:,} characters, the first are read"
Outcome = Literal["claims it", "vetoes it", "matches too, but comes later"]
_REFUSALS: dict[Refusal, str] = {
    "side": "it stands on the {side} of the value, and the rule asks for the {cue.side}",
    "reach": "it stands farther from the value than its reach of {cue.reach}",
    "clause": "it stands in another clause, item of a list or bracket",
    "value": "it begins with the value",
    "metric": "it is the metric of the value",
    "compared": "the value is compared with it",
    "other": "it is the {name} of another value alone",
    "nearer": "another {name} stands nearer to the value",
    "elsewhere": "the value stands beside another place, which is no known {name}",
    "before": "the value is the state before, and it is that of the state after",
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
    """A cue of an attribute that a value does not have.

    Attributes:
        rule: Id of the rule, or the grammar that names the words.
        kind: The attribute: ``baseline``, ``subject``, ``dataset`` ...
        words: The stretch of text that the pattern matches, or the words named.
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
        evidence: Of a value that they leave open: the points of each rule of evidence, the strongest first.
        claim: The record, if it became one.
        sources: For each word attribute and the bound of the claim: where it is from.
        places: For each word attribute: the offsets of its words.
        unused: The cues of its attributes that it does not have, and why.
    """

    text: str
    start: int
    end: int
    value: float
    value_high: float | None
    form: str
    unit: str | None
    rules: tuple[RuleMatch, ...]
    evidence: tuple[tuple[str, float], ...]
    claim: dict[str, Any] | None
    sources: dict[str, str]
    places: dict[str, tuple[int, int]]
    unused: tuple[UnusedCue, ...]


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """A sentence with its values, and the cues of bounds, baselines, subjects, metrics and models in it.

    Attributes:
        text: The sentence as it stands.
        values: Its values.
        cues: Its cues.
        note: What else is to be said of it: that it is a part of an overlong one, or has too many values.
    """

    text: str
    values: tuple[ValueTrace, ...]
    cues: tuple[CueMatch, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the engine makes of a text.

    Attributes:
        text: The text.
        sentences: Those with values.
        things: The records of hardware, datasets and addresses.
        refused: The names that could have been one of these and are not: kind, text, start, end and reason.
        unknown: The names that no rule looked at: text, start, end.
    """

    text: str
    sentences: tuple[SentenceTrace, ...]
    things: tuple[dict[str, Any], ...]
    refused: tuple[dict[str, Any], ...]
    unknown: tuple[dict[str, Any], ...]

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
    view = engine.view(text)
    weighed = {
        sentence.tokens[value.token]: value for sentence, values in engine.weighed(text) for value in values
    }
    linked = list(engine.linked(text))
    notes = _notes(view, engine, [sentence for sentence, _ in linked])
    traces = tuple(
        _Tracer(view, sentence, engine, values, weighed).trace(note)
        for (sentence, values), note in zip(linked, notes, strict=True)
    )
    claims = engine.parse(text).claims
    things = tuple(claim.model_dump(mode="json") for claim in claims if not hasattr(claim, "value"))
    names = list(engine.parts.things.refused(view.text))
    refused = tuple(_refused(name, view) for name in names)
    return Explanation(text, traces, things, refused, tuple(_unknown(view, claims, names)))


def _notes(view: View, engine: Engine, tagged: Iterable[TaggedSentence]) -> Iterator[str | None]:
    """Yields what else is to be said of each sentence with values."""
    before: list[ValueMention] = []
    for sentence in tagged:
        before += (mention for _, mention in sorted(sentence.mentions.items()))
        notes = [_PART] if engine.parts.sentences.is_part(view.text, sentence.span) else []
        if is_crowded(before, sentence.span.end):
            notes.append(_CROWDED)
        yield "; ".join(notes) or None


def _refused(name: Refused, view: View) -> dict[str, Any]:
    start, end = view.span(name.start, name.end)
    return {**name._asdict(), "start": start, "end": end, "text": view.raw[start:end]}


def _unknown(view: View, claims: Iterable[BaseClaim], refused: Iterable[Refused]) -> Iterator[dict[str, Any]]:
    """Yields the names that are in no claim, no words of one, and are not refused."""
    read: set[tuple[int, int]] = {view.span(name.start, name.end) for name in refused}
    for claim in claims:
        read |= {(claim.start, claim.end), *claim.spans.values()}
        read |= {(mention.start, mention.end) for mention in getattr(claim, "mentions", ())}
    for start, end in unknown_names(view.raw, read):
        yield {"text": view.raw[start:end], "start": start, "end": end}


class _Tracer:
    """Traces the values of one sentence: what the engine read and linked there, in words."""

    def __init__(
        self,
        view: View,
        sentence: TaggedSentence,
        engine: Engine,
        values: Sequence[LinkedValue],
        weighed: Mapping[tuple[int, int], Weighed],
    ) -> None:
        self._view = view
        self._weighed = weighed
        self._sentence = sentence
        self._ruleset = engine.ruleset
        self._rated = engine.rated
        self._values = {value.draft.token: value for value in values}
        self._matches = list(self._find_cues())
        self._linkers, self._wants = engine.records.linkers, engine.records.wants
        self._cues = engine.records.cues(values[0].scene) if values else {}

    def trace(self, note: str | None) -> SentenceTrace:
        span = self._sentence.span
        values = tuple(
            self._value(token, mention, self._values.get(token))
            for token, mention in sorted(self._sentence.mentions.items())
        )
        cues = tuple(cue for _, cue in self._matches)
        return SentenceTrace(self._view.words(*span).rstrip(), values, cues, note)

    def _value(self, token: int, mention: ValueMention, value: LinkedValue | None) -> ValueTrace:
        claim = self._rated(record(value), value) if value else None
        start, end = self._view.span(mention.start, mention.end)
        return ValueTrace(
            text=self._view.raw[start:end],
            start=start,
            end=end,
            value=mention.value,
            value_high=mention.high,
            form=mention.form,
            unit=mention.unit.name if mention.unit else None,
            rules=tuple(self._rules(token, claim)),
            evidence=tuple(self._evidence(token)),
            claim=claim.model_dump(mode="json") if claim else None,
            sources=self._sources(value) if value else {},
            places=dict(claim.spans) if claim else {},
            unused=tuple(self._unused(value)) if value else (),
        )

    def _rules(self, token: int, claim: BaseClaim | None) -> Iterator[RuleMatch]:
        maker = (claim.rule or "").partition("+")[0] if claim else ""
        decided = False
        for compiled in self._ruleset.group(*self._ruleset.grammar.values).passing(self._sentence):
            match = self._match_at(compiled, token)
            if match is None:
                continue
            outcome: Outcome = "matches too, but comes later"
            if compiled.rule.id == maker:
                outcome = "claims it"
            elif claim is None and compiled.rule.kind == VETO and not decided:
                outcome = "vetoes it"
            decided = decided or outcome != "matches too, but comes later"
            yield RuleMatch(compiled.rule.id, outcome, self._words(match.span()) or "", self._groups(match))

    def _evidence(self, token: int) -> Iterator[tuple[str, float]]:
        weighed = self._weighed.get(self._sentence.tokens[token])
        if weighed is not None:
            for each in sorted(weighed.evidence, key=lambda each: -abs(each.points)):
                yield each.rule.id, each.points

    def _match_at(self, compiled: CompiledRule, token: int) -> re.Match[str] | None:
        """Returns the first match that has the value among its values."""
        for match in matches(compiled, self._sentence):
            first, last = group_span(match, "vals") or (0, 0)
            if first <= token < last:
                return match
        return None

    def _groups(self, match: re.Match[str]) -> dict[str, str]:
        names = dict.fromkeys(name.rstrip("23") for name in match.re.groupindex)
        found = {name: self._words(group_span(match, name)) for name in names}
        return {name: words for name, words in found.items() if words}

    def _find_cues(self) -> Iterator[tuple[tuple[int, int], CueMatch]]:
        for compiled in self._ruleset.group(*SCOPES).passing(self._sentence):
            rule = compiled.rule
            for match in compiled.expression.finditer(compiled.read(self._sentence)):
                names = self._groups(match).get(rule.kind) or rule.settings.get("bound")
                yield match.span(), CueMatch(rule.id, rule.kind, self._words(match.span()) or "", names)

    def _sources(self, value: LinkedValue) -> dict[str, str]:
        sources: dict[str, str] = {}
        if value.draft.ellipsis:
            rule = f"{value.draft.rule.id}+ellipsis"
            sources["rule"] = f"taken over by {rule}: the text goes on from the value before"
        for found_by, link in value.links.items():
            sources |= dict.fromkeys(value.spec.by_link.get(found_by, ()), link.source)
        if value.bound is not None:
            sources["bound"] = self._bound_source(value.bound)
        sources |= {name: choice.source for name, choice in value.chosen.items()}
        return sources

    def _bound_source(self, bound: Bound) -> str:
        return f"{bound.source} ({self._words(bound.cue)})" if bound.cue else bound.source

    def _unused(self, value: LinkedValue) -> Iterator[UnusedCue]:
        """Yields the cues that a value does not have, with the reasons of the linkers."""
        for linker in self._linkers:
            if not self._wants(value.draft, linker):
                continue
            cues, name = self._cues[linker.attribute], linker.attribute
            for span, match in self._matches:
                if match.kind != name:
                    continue
                cue = next((cue for cue in cues if cue.made_by(match.rule, span)), None)
                reason = self._reason(linker, value, cue, cues) if cue else _DROPPED.get(name)
                if reason:
                    yield UnusedCue(match.rule, name, match.words, reason)
            for cue in cues:
                if cue.place is not None and (reason := self._reason(linker, value, cue, cues)):
                    yield UnusedCue(cue.rule, name, self._view.words(*cue.place), reason)

    def _reason(self, linker: Linker, value: LinkedValue, cue: Cue, cues: Cues) -> str | None:
        """Says why a value does not have the words of a cue; None where it has them."""
        name = linker.attribute
        found = value.found.get(name)
        if found and found.place == cue.place and cue.span[0] <= found.span[0] < cue.span[1]:
            return None
        own = linker.own(value.scene, value, cues)
        if own is not None:
            rule = value.draft.rule.id
            return f"{rule} has named the {name}" if rule in own.source else f"its {name} is {own.source}"
        refusal = linker.refusal(value.scene, value, cue, cues)
        if refusal is not None:
            side = "right" if cue.start > value.draft.token else "left"
            return _REFUSALS[refusal].format(side=side, cue=cue, name=name)
        return f"{self._words(found.span)} ({found.source}) comes first" if found else None

    def _words(self, span: tuple[int, int] | None) -> str | None:
        if span is None or span[1] <= span[0] or span[0] < 0:
            return None
        return self._view.words(*self._sentence.slice(*span))


def summary(trace: ValueTrace) -> Sequence[tuple[str, str]]:
    """Returns the lines of a value for people: a heading and its text each."""
    number = f"{trace.value:.6g}" + (f" to {trace.value_high:.6g}" if trace.value_high is not None else "")
    lines = [("value", " ".join(filter(None, (number, trace.form, trace.unit))))]
    lines += [("rule", f"{match.rule} {match.outcome}: {match.words}") for match in trace.rules]
    if trace.evidence:
        total = sum(points for _, points in trace.evidence)
        parts = ", ".join(f"{rule.partition('.')[2]} {points:+.2f}" for rule, points in trace.evidence)
        lines.append(("evidence", f"{total:+.2f}: {parts}"))
    if trace.claim is None:
        none = "none" if trace.rules or trace.evidence else "none: no rule matches"
        lines.append(("claim", none))
        return lines
    shown = {key: value for key, value in trace.claim.items() if value is not None}
    sure, links = shown.pop("confidence"), shown.pop("link_confidence")
    for key in ("text", "start", "end", "rule"):
        shown.pop(key, None)
    lines.append(("claim", ", ".join(f"{key} {value}" for key, value in shown.items())))
    lines.append(("confidence", f"{sure}, with its links {links}"))
    lines += [(name, f"{trace.claim.get(name)}: {source}") for name, source in trace.sources.items()]
    lines += [("unused", f"{cue.rule} ({cue.words}): {cue.reason}") for cue in trace.unused]
    return lines
