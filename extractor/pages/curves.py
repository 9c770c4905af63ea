"""The geometry of the drawings of confidence: figures in, places in percent of a plot out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from extractor.pages.charts import Axis, axis_of

if TYPE_CHECKING:
    from extractor.evaluation.calibration import Bin, Calibration, Cut, Rates, Reliability

Place = tuple[float, float]

DOTTED = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)
"""Thresholds whose scores have a dot."""

_MOST_SHOWN = 0.95  # what few claims are left beyond it does not choose the scale
_UNIT = Axis(0.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
_SMALL, _LARGE = 3.0, 10.0  # radius of the dot of one claim, and of the fullest bin


class Spot(NamedTuple):
    """A dot: its place in percent from the left and from above, its radius, and what it says."""

    x: float
    y: float
    radius: float
    words: str


class Curve(NamedTuple):
    """A line through a plot, with dots on it.

    Attributes:
        name: What the legend calls it.
        style: Classes of its colour and stroke.
        points: Its places, as SVG writes them.
        spots: Its dots.
    """

    name: str
    style: str
    points: str
    spots: tuple[Spot, ...]


class Plot(NamedTuple):
    """A drawing: axes, curves, and what it shows in a sentence."""

    across: Axis
    up: Axis
    curves: tuple[Curve, ...]
    words: str


def threshold_plot(calibration: Calibration) -> Plot:
    """Draws precision and recall over the least confidence that is kept."""
    cuts = calibration.cuts
    near = [cut for cut in cuts if cut.least <= _MOST_SHOWN]
    up = axis_of(
        rate
        for rate in chain.from_iterable((*_ends(cut.detect), *_ends(cut.record)) for cut in near)
        if rate is not None
    )
    curves = tuple(
        _rate_curve(cuts, up, tier, rate) for tier in ("record", "detect") for rate in ("precision", "recall")
    )
    first, sure = cuts[0], calibration.at(0.9)
    words = (
        f"Precision and recall of records over the least confidence kept: {_rate_words(first.record)} "
        f"with all claims, {_rate_words(sure.record)} with those of 0.9 or more"
    )
    return Plot(_UNIT, up, curves, words)


def _ends(rates: Rates) -> tuple[float | None, float | None]:
    return rates.precision, rates.recall


def _rate_words(rates: Rates) -> str:
    shown = ("not defined" if rate is None else f"{rate:.3f}" for rate in _ends(rates))
    return "precision {}, recall {}".format(*shown)


def _rate_curve(cuts: Iterable[Cut], up: Axis, tier: str, rate: str) -> Curve:
    known = [(cut, getattr(getattr(cut, tier), rate)) for cut in cuts]
    values = [(cut.least, value) for cut, value in known if value is not None]
    spots = tuple(
        Spot(*_place(cut.least, value, up), _SMALL, f"{cut.least:g} or more: {tier} {rate} {value:.3f}")
        for cut, value in known
        if tier == "record" and cut.least in DOTTED and value is not None and value >= up.low
    )
    return Curve(f"{rate}, {tier}", f"{rate} {tier}", _points(_above(values, up.low), up), spots)


def _above(values: Sequence[Place], low: float) -> list[Place]:
    """Cuts a line off where it first falls below the plot."""
    kept = list(values[:1])
    for (x, y), (next_x, next_y) in pairwise(values):
        if next_y < low:
            kept.append((x + (next_x - x) * (y - low) / (y - next_y), low))
            break
        kept.append((next_x, next_y))
    return kept


def reliability_plot(calibration: Calibration) -> Plot:
    """Draws how often claims are right over how sure they say they are."""
    parts = calibration.reliability
    most = max(each.claims for part in parts for each in part.bins)
    errors = ", ".join(f"{part.error:.3f} for {part.tier}" for part in parts)
    words = f"Share of right claims over their confidence; expected calibration error {errors}"
    return Plot(_UNIT, _UNIT, tuple(_reliability_curve(part, most) for part in parts), words)


def _reliability_curve(part: Reliability, most: int) -> Curve:
    filled = [
        (each, (each.confidence, each.share))
        for each in part.bins
        if each.confidence is not None and each.share is not None
    ]
    spots = tuple(
        Spot(*_place(*place, _UNIT), _radius(each.claims, most), _bin_words(each, part.tier))
        for each, place in filled
    )
    return Curve(part.tier, part.tier, _points([place for _, place in filled], _UNIT), spots)


def _radius(claims: int, most: int) -> float:
    """Gives a dot an area that grows with its claims."""
    return round(max(_SMALL, _LARGE * sqrt(claims / most)), 1)


def _bin_words(each: Bin, tier: str) -> str:
    noun = "claim" if each.claims == 1 else "claims"
    return (
        f"{each.low:.1f} to {each.high:.1f}: {each.claims} {noun}, mean confidence {each.confidence:.3f}, "
        f"{tier} right in {each.share:.3f}"
    )


def _place(x: float, y: float, up: Axis) -> Place:
    return _UNIT.at(x), round(100 - up.at(y), 2)


def _points(places: Iterable[Place], up: Axis) -> str:
    return " ".join("{:g},{:g}".format(*_place(x, y, up)) for x, y in places)
