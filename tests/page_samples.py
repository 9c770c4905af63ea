"""Papers of our own invention for the tests of the pages, some of them hostile."""

from __future__ import annotations

from typing import Any

from extractor.evaluation.run import Evaluation, evaluate
from extractor.record.schema import CLAIM_MODELS, THING_KINDS, Claim, Extraction

SCRIPT = "<script>window.broken = true</script>"
HOSTILE = f"{SCRIPT}</script><!--<b id=bold>\u2028&amp;\ud800\x00\U0001d4aa' \" `x` ${{y}} {{{{ z }}}}"
"""What ends scripts, opens comments, adds elements, breaks lines, and cannot be written as UTF-8."""

WRITABLE = HOSTILE.replace("\ud800", "")


def claim(abstract: str, kind: str, text: str, **attributes: Any) -> Claim:
    """Builds a claim on the first occurrence of a text."""
    start = abstract.index(text)
    place = {"text": text, "start": start, "end": start + len(text)}
    record: dict[str, Any] = {"kind": kind, "rule": f"{kind}.plain", **place, **attributes}
    if kind in THING_KINDS:
        record = {"name": text, "mentions": [place], **record}
    built: Claim = CLAIM_MODELS[kind].model_validate(record)  # type: ignore[assignment]
    return built


FASTER = (
    "Our kernel runs 3.5x faster than cuPlain on an M900 GPU. It needs 40% less memory and trains on ToyNet."
)
SCORED = "The tiny model with 12M parameters reaches 88.1% accuracy on ToyNet after 6 h on two M900 cards."
ODD = f"Before {HOSTILE} after, the sorter is 7x faster than quicksort."


def papers() -> list[Extraction]:
    """Three papers: two plain ones, and one whose title, abstract and records are hostile."""
    faster = (
        claim(FASTER, "speedup", "3.5x", value=3.5, form="ratio", direction="faster", baseline="cuPlain"),
        claim(FASTER, "hardware", "M900 GPU", name="M900", category="gpu"),
        claim(FASTER, "change", "40%", value=40, form="percent", direction="decrease", metric="memory"),
        claim(FASTER, "dataset", "ToyNet"),
    )
    scored = (
        claim(SCORED, "parameters", "12M", value=12e6),
        claim(SCORED, "score", "88.1%", value=88.1, unit="percent", metric="accuracy", dataset="ToyNet"),
        claim(SCORED, "quantity", "6 h", value=6, unit="h", dimension="time"),
        claim(SCORED, "hardware", "M900", category="gpu", count=2),
    )
    odd = (
        claim(ODD, "dataset", "<b id=bold>", rule=WRITABLE),
        claim(ODD, "url", "</script>", name="javascript:window.broken=true", host="other"),
        claim(ODD, "speedup", "7x faster", value=7, form="ratio", direction="faster", subject=WRITABLE),
        claim(ODD, "change", "x faster than quick", value=float("inf"), form="ratio", baseline="quicksort"),
    )
    return [
        Extraction(id="p1", title="A quick kernel", abstract=FASTER, claims=faster),
        Extraction(id="p2", title="A tiny model", abstract=SCORED, claims=scored),
        Extraction(id="p3", title=f"Odd {HOSTILE}", abstract=ODD, claims=odd),
    ]


def gold() -> list[Extraction]:
    """Labels of the same papers: a wrong baseline, a miss, two false alarms and a kind taken for another."""
    first, second, third = papers()
    speedup = first.claims[0].model_copy(update={"baseline": None, "metric": "faster"})
    energy = claim(SCORED, "hardware", "cards", name="CARD", category="other")
    labelled = [
        first.model_copy(update={"claims": (speedup, *first.claims[1:])}),
        second.model_copy(update={"claims": (*second.claims[:3], energy)}),
        third.model_copy(update={"claims": (third.claims[2],)}),
    ]
    return [
        each.model_copy(
            update={"claims": tuple(claim.model_copy(update={"rule": None}) for claim in each.claims)}
        )
        for each in labelled
    ]


def evaluation() -> Evaluation:
    """The evaluation of these papers against these labels."""
    return evaluate(gold(), papers(), resamples=50)


CHANCES = (0.97, 0.92, 0.81, 0.55)


def rated(sample: list[Extraction] | None = None) -> list[Extraction]:
    """The same papers with claims that say how sure they are; the links of every claim are less sure."""
    return [
        paper.model_copy(
            update={
                "claims": tuple(
                    each.model_copy(
                        update={"confidence": chance, "link_confidence": round(chance - 0.125, 3)}
                    )
                    for each, chance in zip(paper.claims, CHANCES, strict=False)
                )
            }
        )
        for paper in sample or papers()
    ]


def many(number: int) -> list[Extraction]:
    """Any number of papers, alike but for their ids and titles."""
    first, second, _ = papers()
    return [
        each.model_copy(update={"id": f"n{place}", "title": f"Paper number {place}"})
        for place, each in zip(range(number), (first, second) * number, strict=False)
    ]
