"""One extraction with a claim of every kind."""

from __future__ import annotations

from typing import Any

from extractor.record.schema import (
    Change,
    Dataset,
    Extraction,
    Hardware,
    Mention,
    Parameters,
    Quantity,
    Score,
    Speedup,
    Url,
)

TEXT = "2x 3x 90% 7B 5 GB 10% MNIST T4 https://github.com/ada/lace T4"


def thing(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    span: dict[str, Any] = {"text": text, "start": start, "end": start + len(text)}
    return {**span, "mentions": (Mention(**span),)}


def value(text: str, number: float, **more: Any) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"text": text, "start": start, "end": start + len(text), "value": number, "rule": "a.rule", **more}


FULL = Extraction(
    id="p1",
    title="=A title",
    abstract=TEXT,
    claims=(
        Speedup(**value("2x", 2.0, form="ratio", direction="faster", metric="speed")),
        Speedup(**value("3x", 3.0, form="ratio", direction="faster", baseline="the old")),
        Score(**value("90%", 90.0, unit="percent", metric="accuracy", dataset="MNIST")),
        Parameters(**value("7B", 7e9, model="Model", role="total")),
        Quantity(**value("5 GB", 5.0, unit="GB", dimension="memory", bound="upper")),
        Change(**value("10%", 10.0, form="percent", direction="decrease", metric="memory")),
        Dataset(**thing("MNIST"), name="MNIST"),
        Hardware(**thing("T4"), name="T4", category="gpu", count=4),
        Url(
            **thing("https://github.com/ada/lace"),
            name="https://github.com/ada/lace",
            host="github",
            role="code",
        ),
    ),
)


EMPTY = Extraction(id="p2", abstract="Nothing.")
