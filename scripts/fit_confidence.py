"""Fits how sure claims are to labelled text.

usage: fit_confidence.py GOLD.jsonl[=WEIGHT] ... [--judged FILE] [--check GOLD.jsonl ...] [--write]

A logistic regression over the signs of claims (`extractor.values.confidence`), one for records and one for
records with links, whose points are drawn to zero, those of rules most, so that a rule that fired seldom
counts as one of its kind. Abstracts whose errors were read while rules were written, where the rules are
better than elsewhere, are given a weight below 1. A file of judged claims, one a line (id, abstract, kind,
start, end, right), adds single claims whose records somebody has judged. Prints the expected calibration
error, and precision and recall by threshold: by cross-validation over abstracts, and on the sets to
``--check``. ``--write`` puts the points into rules/confidence.yaml.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from extractor.engine import Engine, builtin_engine
from extractor.evaluation.alignment import align, tiers
from extractor.record.models import model_of
from extractor.record.schema import BaseClaim
from extractor.values.confidence import ANY, EVIDENCE, TIERS, Signs, signs_of

OUT = Path(__file__).parents[1] / "rules" / "confidence.yaml"
FOLDS, BINS = 10, 10
PENALTIES = {ANY: 0.01, EVIDENCE: 0.3}
OF_RULE, OF_SIGN = 1.0, 0.7  # how strongly the points of a rule, and of any other sign, are drawn to zero
THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95)
SMALL = 0.02  # points that are left off


class Case(NamedTuple):
    """One claim: its signs, weight, whether record and links are right (None: unknown), whether it is one."""

    signs: Signs
    weight: float
    right: tuple[bool, bool | None]
    found: bool
    paper: str


def labelled(engine: Engine, lines: Iterable[str], weight: float) -> tuple[list[Case], int]:
    """Returns the claims that the engine reads in labelled abstracts, and how many labels there are."""
    cases: list[Case] = []
    labels = 0
    for line in lines:
        paper = json.loads(line)
        gold = [_claim(engine, each) for each in paper["claims"]]
        labels += len(gold)
        read = list(engine.read(paper["abstract"]))
        claims = [claim for claim, _ in read]
        partners = {pair.predicted: pair.gold for pair in align(gold, claims)}
        for number, (claim, value) in enumerate(read):
            reached = tiers(claim, gold[partners[number]]) if number in partners else {}
            right = (bool(reached.get("record")), bool(reached.get("linked")))
            cases.append(Case(signs_of(claim, value), weight, right, bool(reached), str(paper["id"])))
    return cases, labels


def judged(engine: Engine, lines: Iterable[str]) -> Iterator[Case]:
    """Yields the claims that somebody has judged and that are still read."""
    for line in lines:
        known = json.loads(line)
        for claim, value in engine.read(known["abstract"]):
            place = (claim.kind, claim.start, claim.end)  # type: ignore[attr-defined]  # every model has a kind
            if place == (known["kind"], known["start"], known["end"]):
                right = bool(known["right"])
                yield Case(signs_of(claim, value), 1.0, (right, None if right else False), right, known["id"])


def _claim(engine: Engine, raw: dict[str, Any]) -> BaseClaim:
    """A label as a claim; attributes that the record does not have are left off."""
    model = model_of(engine.knowledge.kinds[raw["kind"]])
    return model.model_validate({name: value for name, value in raw.items() if name in model.model_fields})


def fit(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Returns what stands in the file: for each tier the points of the signs."""
    return {tier: _regression(cases, place) for place, tier in enumerate(TIERS)}


def _regression(cases: Sequence[Case], place: int) -> dict[str, float]:
    """Fits points by Newton's method."""
    known = [case for case in cases if case.right[place] is not None]
    names = sorted({name for case in known for name, _ in case.signs})
    column = {name: number for number, name in enumerate(names)}
    signs = np.zeros((len(known), len(names)))
    for row, case in enumerate(known):
        for name, amount in case.signs:
            signs[row, column[name]] = amount
    right = np.array([float(bool(case.right[place])) for case in known])
    weight = np.array([case.weight for case in known])
    penalty = np.array([_penalty(name) for name in names])
    points = np.zeros(len(names))
    for _ in range(50):
        chance = 1 / (1 + np.exp(-signs @ points))
        slope = signs.T @ (weight * (chance - right)) + penalty * points
        bend = (signs * (weight * chance * (1 - chance))[:, None]).T @ signs + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        points -= step
        if np.abs(step).max() < 1e-7:
            break
    return {
        name: round(float(point), 2) for name, point in zip(names, points, strict=True) if abs(point) >= SMALL
    }


def _penalty(name: str) -> float:
    is_rule = " " in name and ":" not in name
    return PENALTIES.get(name, OF_RULE if is_rule else OF_SIGN)


def chances(document: dict[str, dict[str, float]], cases: Sequence[Case], tier: str) -> list[float]:
    """Returns how sure claims are by a document."""
    points = document[tier]
    totals = np.array([sum(points.get(name, 0.0) * amount for name, amount in case.signs) for case in cases])
    return [float(chance) for chance in 1 / (1 + np.exp(-totals))]


def cross_validated(cases: Sequence[Case]) -> dict[str, list[float]]:
    """Returns how sure each claim is by documents made without its abstract."""
    papers = sorted({case.paper for case in cases})
    fold = {paper: number % FOLDS for number, paper in enumerate(papers)}
    sure: dict[str, list[float]] = {tier: [0.0] * len(cases) for tier in TIERS}
    for number in range(FOLDS):
        document = fit([case for case in cases if fold[case.paper] != number])
        held = [place for place, case in enumerate(cases) if fold[case.paper] == number]
        for tier in TIERS:
            for place, chance in zip(held, chances(document, [cases[n] for n in held], tier), strict=True):
                sure[tier][place] = chance
    return sure


def show(name: str, sure: dict[str, list[float]], cases: Sequence[Case], labels: int) -> None:
    """Prints calibration error, and precision by threshold; recall of records where labels are known."""
    for place, tier in enumerate(TIERS):
        known = [number for number, case in enumerate(cases) if case.right[place] is not None]
        chance = np.array([sure[tier][number] for number in known])
        right = np.array([float(bool(cases[number].right[place])) for number in known])
        found = np.array([float(cases[number].found) for number in known])
        print(f"{name}, {tier}: {len(known)} claims, expected calibration error {_error(chance, right):.3f}")
        for threshold in THRESHOLDS:
            kept = chance >= threshold
            if not kept.any():
                continue
            recall = f", recall {right[kept].sum() / labels:.3f}" if labels else ""
            print(
                f"  at {threshold:4}: {kept.mean():6.1%} kept, precision {right[kept].mean():.3f}"
                f" (found {found[kept].mean():.3f}){recall}"
            )


def _error(chance: Any, right: Any) -> float:
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    inside = [bins == each for each in set(bins)]
    return float(sum(abs(chance[each].mean() - right[each].mean()) * each.mean() for each in inside))


def write(document: dict[str, dict[str, float]]) -> None:
    """Writes the file."""
    lines = [
        "# How sure claims are: points of their signs, in logits; the chance is the logistic function of",
        "# their sum. Written by scripts/fit_confidence.py from labelled abstracts. A sign is a kind, a kind",
        "# and its rule, or what a claim of a kind shows.",
        "type: confidence",
    ]
    for tier, points in document.items():
        lines += [f"{tier}:", *(f"  {json.dumps(name)}: {point}" for name, point in points.items())]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf8")


def main() -> None:
    """Reads labels, prints what the figures are worth, and writes them where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", nargs="+")
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--check", nargs="*", type=Path, default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    engine = builtin_engine()
    cases: list[Case] = []
    labels = 0
    for named in options.gold:
        path, _, weight = named.partition("=")
        more, count = labelled(engine, _lines(Path(path)), float(weight or 1))
        cases, labels = cases + more, labels + count
    everything = [*cases, *(judged(engine, _lines(options.judged)) if options.judged else ())]
    sure = cross_validated(everything)
    of_labels = {tier: each[: len(cases)] for tier, each in sure.items()}
    show("labelled, cross-validated", of_labels, cases, labels)
    document = fit(everything)
    for path in options.check:
        held, count = labelled(engine, _lines(path), 1.0)
        show(path.name, {tier: chances(document, held, tier) for tier in TIERS}, held, count)
    if options.write:
        write(document)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf8").splitlines()


if __name__ == "__main__":
    main()
