"""The engine: one abstract in, its extraction out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from extractor import things
from extractor.errors import InputError
from extractor.links import Linker
from extractor.mentions import Mention, scanner
from extractor.relations import Relation, RelationReader
from extractor.ruleset import Ruleset, builtin_ruleset
from extractor.schema import BaseClaim, Change, Extraction, Parameters, Quantity, Score, Speedup
from extractor.tagging import TaggedSentence
from extractor.text import Span, sentences
from extractor.values import Draft, TokenSpan, ValueReader

_UNITS = {"point": "point", "dB": "dB"}
_SCORE_UNITS = {"percent": "percent", "dB": "dB"}


class Engine:
    """Reads claims by one set of rules.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._tagger = ruleset.tagger
        self._reader = ValueReader(ruleset)
        self._relations = RelationReader(ruleset)
        self._linker = Linker(ruleset)
        self._scanner = scanner()

    def parse(self, text: str, *, id: str | None = None, title: str | None = None) -> Extraction:  # noqa: A002
        """Reads one abstract; see `extractor.parse`."""
        if not isinstance(text, str):
            message = f"the abstract must be a string, not {type(text).__name__}"
            raise TypeError(message)
        addresses, devices, sets = things.find(text)
        taken = [Span(m.start, m.end) for claim in addresses for m in claim.mentions]
        named = [Span(m.start, m.end) for claim in (*devices, *sets) for m in claim.mentions]
        data = sorted(Span(m.start, m.end) for claim in sets for m in claim.mentions)
        claims: list[BaseClaim] = [*addresses, *devices, *sets]
        claims += self._values(text, taken + named, named, data)
        claims.sort(key=lambda claim: (claim.start, claim.end))
        return Extraction.model_construct(id=id, title=title, abstract=text, claims=tuple(claims))

    def _values(self, text: str, addresses: Sequence[Span], named: Sequence[Span], data: Sequence[Span]) -> Iterator[BaseClaim]:
        for sentence in self._tagged(text, addresses):
            span = sentence.span
            yield from self._read(text, sentence, named, [d for d in data if span.start <= d.start < span.end])

    def tagged(self, text: str) -> Iterator[TaggedSentence]:
        """Yields the sentences that hold values, as the rules see them: for tools that explain and test rules."""
        spans = [Span(m.start, m.end) for found in things.find(text) for claim in found for m in claim.mentions]
        return self._tagged(text, spans)

    def _tagged(self, text: str, taken: Sequence[Span]) -> Iterator[TaggedSentence]:
        mentions = [m for m in self._scanner.scan(text) if not _inside(m, taken)]
        if not any(m.form != "bare" or m.decimal for m in mentions):
            return
        for span, members in _by_sentence(text, mentions):
            if any(m.form != "bare" or m.decimal for m in members):
                yield self._tagger.tag(text, span, members)

    def _read(self, text: str, sentence: TaggedSentence, named: Sequence[Span], data: Sequence[Span]) -> Iterator[BaseClaim]:
        drafts = self._reader.drafts(sentence)
        if not drafts:
            return
        linker = self._linker
        bounds = linker.bounds(sentence, drafts)
        models = linker.model_cues(sentence) if any(draft.kind == "parameters" for draft in drafts) else {}
        relative = any(draft.kind == "relative" for draft in drafts)
        cues = linker.baseline_cues(sentence, drafts) if relative else []
        subjects = linker.subject_cues(sentence, cues, named) if relative or any(d.kind == "score" for d in drafts) else []
        relation: Relation | None = None
        for draft, bound in zip(drafts, bounds, strict=True):
            fields = _common(text, draft, bound)
            if draft.kind in ("relative", "score"):
                fields["subject"] = _words(text, sentence, linker.subject(draft, subjects))
            match draft.kind:
                case "relative":
                    relation = self._relations.read(sentence, draft, relation)
                    baseline = _words(text, sentence, linker.baseline(sentence, draft, cues))
                    fields |= {
                        "form": _form(draft.mention), "unit": _UNITS.get(draft.mention.form), "direction": relation.direction,
                        "metric": _words(text, sentence, relation.metric), "baseline": baseline,
                    }  # fmt: skip
                    yield (Speedup if relation.kind == "speedup" else Change).model_construct(**fields)
                case "score":
                    relation = Relation("score", None, draft.metric)
                    dataset = linker.dataset(sentence, draft, data)
                    fields |= {
                        "metric": _words(text, sentence, draft.metric), "unit": _SCORE_UNITS.get(draft.mention.form),
                        "dataset": text[dataset.start : dataset.end] if dataset else None,
                    }  # fmt: skip
                    yield Score.model_construct(**fields)
                case "parameters":
                    model = _words(text, sentence, linker.model(sentence, draft.token, models))
                    yield Parameters.model_construct(**fields, model=model, role=draft.rule.settings.get("role"))
                case _:
                    unit = draft.mention.unit
                    if unit is not None:
                        yield Quantity.model_construct(**fields, unit=unit.name, dimension=unit.dimension)


def _common(text: str, draft: Draft, bound: str | None) -> dict[str, Any]:
    mention = draft.mention
    rule = f"{draft.rule_id}+ellipsis" if draft.ellipsis else draft.rule_id
    return {
        "text": text[mention.start : mention.end], "start": mention.start, "end": mention.end, "rule": rule,
        "value": mention.value, "value_high": mention.high, "bound": bound,
    }  # fmt: skip


def _form(mention: Mention) -> str:
    return mention.form if mention.form in ("ratio", "percent") else "absolute"


def _words(text: str, sentence: TaggedSentence, span: TokenSpan | None) -> str | None:
    if span is None:
        return None
    start, end = sentence.slice(*span)
    return text[start:end].rstrip("-") or None


def _inside(mention: Mention, spans: Sequence[Span]) -> bool:
    return any(span.start <= mention.start < span.end for span in spans)


def _by_sentence(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[Span, list[Mention]]]:
    """Yields the sentences that hold a mention, with their mentions."""
    index = 0
    for span in sentences(text):
        members = []
        while index < len(mentions) and mentions[index].start < span.end:
            members.append(mentions[index])
            index += 1
        if members:
            yield span, members


@cache
def builtin_engine() -> Engine:
    """Returns the engine of the built-in rules, made once in a process."""
    return Engine(builtin_ruleset())


def parse(text: str, *, id: str | None = None, title: str | None = None) -> Extraction:  # noqa: A002
    """Reads the claims of one abstract.

    Args:
        text: The abstract as it stands; it is never rewritten.
        id: Kept in the extraction.
        title: Kept in the extraction; not read for claims.

    Returns:
        The extraction, with ``abstract[start:end] == text`` for every claim and mention.

    Raises:
        TypeError: The text is no string.
    """
    return builtin_engine().parse(text, id=id, title=title)


def parse_many(papers: Iterable[Any]) -> Iterator[Extraction]:
    """Reads many abstracts, lazily and in order.

    Args:
        papers: Strings, mappings with ``abstract`` (and ``id``, ``title``), or objects with these attributes.

    Raises:
        InputError: An item is none of these; the message says which one.
    """
    engine = builtin_engine()
    for number, paper in enumerate(papers, start=1):
        if isinstance(paper, str):
            yield engine.parse(paper)
            continue
        get = paper.get if hasattr(paper, "get") else lambda name, paper=paper: getattr(paper, name, None)
        abstract = get("abstract")
        if not isinstance(abstract, str):
            message = f"a paper is a string, a mapping with 'abstract' or an object that has it, not {type(paper).__name__}"
            raise InputError(message, file="papers", row=number)
        identity = get("id")
        yield engine.parse(abstract, id=None if identity is None else str(identity), title=get("title"))
