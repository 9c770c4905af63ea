"""Small labelled abstracts of our own invention, and ways to build more."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from extractor.knowledge.kindfiles import builtin_kinds
from extractor.record.schema import CLAIM_MODELS, THING_KINDS, Claim, Extraction

DEFAULTS: dict[str, dict[str, Any]] = {
    "speedup": {"value": 2.0, "form": "ratio", "direction": "faster"},
    "change": {"value": 30.0, "form": "percent", "direction": "decrease"},
    "score": {"value": 81.5, "unit": "percent"},
    "parameters": {"value": 7e9},
    "quantity": {"value": 4.0, "unit": "GB", "dimension": "memory"},
    "hardware": {"category": "gpu"},
    "dataset": {},
    "url": {"host": "github", "role": "code"},
}


def claim(abstract: str, kind: str, text: str, *more: str, nth: int = 0, **attributes: Any) -> Claim:
    """Builds a claim on the nth occurrence of a text; ``more`` are the texts of later mentions."""
    place = -1
    for _ in range(nth + 1):
        place = abstract.index(text, place + 1)
    record: dict[str, Any] = {"text": text, "start": place, "end": place + len(text), **DEFAULTS[kind]}
    if kind in THING_KINDS:
        record["name"] = text
        spans, behind = [{name: record[name] for name in ("text", "start", "end")}], place + len(text)
        for further in more:
            start = abstract.index(further, behind)
            behind = start + len(further)
            spans.append({"text": further, "start": start, "end": behind})
        record["mentions"] = tuple(spans)
    built: Claim = CLAIM_MODELS[kind].model_validate({**record, **attributes})  # type: ignore[assignment]
    return built


def paper(id_: str, abstract: str, *claims: Claim, title: str | None = None) -> Extraction:
    """Builds a labelled abstract with its claims in the order of the text."""
    ordered = tuple(sorted(claims, key=lambda each: each.start))
    return Extraction(id=id_, title=title, abstract=abstract, claims=ordered)


_LETTERS = st.characters(codec="utf-8")
_ABSTRACTS = st.one_of(
    st.text(_LETTERS, min_size=1, max_size=60),
    st.text(st.sampled_from("ab 1.5x\n\t\r%<é😀"), min_size=1, max_size=60),
)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def _spans(draw: st.DrawFn, abstract: str) -> tuple[int, int]:
    start = draw(st.integers(0, len(abstract) - 1))
    return start, draw(st.integers(start + 1, len(abstract)))


@st.composite
def _claims(draw: st.DrawFn, abstract: str) -> Claim:
    kind = draw(st.sampled_from(list(CLAIM_MODELS)))
    spans = sorted(draw(st.sets(_spans(abstract), min_size=1, max_size=3 if kind in THING_KINDS else 1)))
    places = [{"text": abstract[start:end], "start": start, "end": end} for start, end in spans]
    record: dict[str, Any] = {**DEFAULTS[kind], **places[0]}
    if kind in THING_KINDS:
        record |= {"mentions": tuple(places), "name": draw(st.text(_LETTERS, min_size=1, max_size=8))}
    for name, words in builtin_kinds()[kind].choices.items():
        required = CLAIM_MODELS[kind].model_fields[name].is_required()
        record[name] = draw(st.sampled_from(words) if required else st.none() | st.sampled_from(words))
    for name in {"metric", "baseline", "subject", "dataset", "model", "rule"} & set(
        CLAIM_MODELS[kind].model_fields
    ):
        record[name] = draw(st.none() | st.text(_LETTERS, min_size=1, max_size=8))
    if "value" in record:
        record |= {"value": draw(_NUMBERS), "value_high": draw(st.none() | _NUMBERS)}
    if kind == "hardware":
        record["count"] = draw(st.none() | st.integers(0, 10**6))
    built: Claim = CLAIM_MODELS[kind].model_validate(record)  # type: ignore[assignment]
    return built


@st.composite
def papers(draw: st.DrawFn, abstract: str | None = None) -> Extraction:
    """Any abstract with any valid claims in the order of the text."""
    text = draw(_ABSTRACTS) if abstract is None else abstract
    claims = draw(st.lists(_claims(text), max_size=4))
    title = draw(st.none() | st.text(_LETTERS, max_size=8))
    return paper(draw(st.text(_LETTERS, min_size=1, max_size=6)), text, *claims, title=title)


def collections() -> st.SearchStrategy[list[Extraction]]:
    """A few abstracts with different ids."""
    return st.lists(papers(), max_size=3, unique_by=lambda each: each.id)
