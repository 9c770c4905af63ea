"""One labelled abstract with a claim of four kinds, and predictions that go wrong on it."""

from __future__ import annotations

from evaluation_samples import claim, paper

from extractor.evaluation.run import evaluate
from extractor.record.schema import Claim, Extraction

TEXT = "Heron sorts 4x faster than Ibis. It runs on an M5 chip <b>and</b> reads the *Pond* data; 9 W suffice."
SPEEDUP = claim(TEXT, "speedup", "4x", value=4.0, metric="faster", baseline="Ibis", subject="Heron")
CHIP = claim(TEXT, "hardware", "M5")
POND = claim(TEXT, "dataset", "Pond")
POWER = claim(TEXT, "quantity", "9 W", value=9.0, unit="W", dimension="power")
GOLD = [paper("h1", TEXT, SPEEDUP, CHIP, POND, POWER), paper("h2", "Nothing here.")]


def found(*claims: Claim) -> list[Extraction]:
    """Predictions with these claims in the first abstract."""
    return [paper("h1", TEXT, *claims), GOLD[1]]


ALARM = claim(TEXT, "dataset", "chip <b>", rule="dataset.x")
WRONG = SPEEDUP.model_copy(update={"metric": None, "bound": "upper", "rule": "speedup.y"})
BAD = evaluate(GOLD, found(WRONG, CHIP, ALARM))
GOOD = evaluate(GOLD, GOLD)
