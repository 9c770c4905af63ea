"""Fits what the signs of a phrase are worth, of which a value may have its metric, to labelled text.

usage: fit_links.py GOLD.jsonl[=WEIGHT] ... [--penalty 2.0] [--errors N] [--write]

A change whose metric neither its rule nor the grammar knows is open, and so is a score that no rule claims
(`extractor.values.links.metricchoice`). The points are the weights of a conditional logistic regression: the
phrases around a value share its chance by the exponentials of their sums; the right ones are to have all of
it. Every sign has points for all values, and more for those of a family, which are drawn to nothing.
A line of a file is one of gold, or has ``judged`` in the place of ``claims``: single values, each with start,
end and the metrics that are right. What the score before is of is read by the points as they are, so fit
twice. Prints how often the likeliest phrase is right by cross-validation over abstracts; ``--write`` puts
the points into rules/links.yaml.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.engine import Engine, builtin_engine
from extractor.evaluation.alignment import same_words
from extractor.values.links.base import Found
from extractor.values.links.metricchoice import FAMILIES
from extractor.values.records import LinkedValue

OUT = Path(__file__).parents[1] / "rules" / "links.yaml"
FOLDS, STEPS, RATE = 8, 250, 0.05
SELDOM = 4  # a sign of fewer phrases has no points
SMALL = 0.02  # points that are left off
HEAD = """\
# Which words name what a value is of, where no rule and no grammar says it. Written by scripts/fit_links.py
# from labelled abstracts: the points, in logits, of the signs of a phrase around the value, for any value,
# and what is added for a level and for a change. The phrase with the most names its metric.
type: links
"""


Matrix = NDArray[np.float64]


class Case(NamedTuple):
    """One open value: the signs of its candidates, which of them are right, its weight and its place."""

    signs: list[list[str]]
    right: list[bool]
    words: list[str | None]
    wanted: list[str | None]
    weight: float
    paper: str
    around: str


def cases(engine: Engine, paper: dict[str, Any], weight: float) -> Iterator[Case]:
    """Yields the open values of a labelled abstract, or those of its judged places."""
    text = paper["abstract"]
    view = engine.view(text)
    known = [(c["start"], c["end"], c["metric"]) for c in paper.get("judged", ())]
    measured = (c for c in paper.get("claims", ()) if "metric" in c)
    known += [(c["start"], c["end"], [c["metric"]]) for c in measured]
    for _, values in engine.linked(text):
        for value in values:
            if (family := value.draft.family) not in FAMILIES:
                continue
            start, end = view.span(value.draft.mention.start, value.draft.mention.end)
            wanted = next((words for first, last, words in known if first < end and start < last), None)
            if wanted is None:
                continue
            cues = engine.records.cues(value.scene)["metric"]
            if found := engine.records.metrics.open(value.scene, value, cues):
                words = [_words(engine, value, each.span) for each in found]
                right = [any(same_words(each, word) for word in wanted) for each in words]
                around = f"{text[max(0, start - 90) : start]}<<{text[start:end]}>>{text[end : end + 50]}"
                signs = [[*each.signs, *(f"{family}: {sign}" for sign in each.signs)] for each in found]
                yield Case(signs, right, words, wanted, weight, str(paper["id"]), around.replace("\n", " "))


def _words(engine: Engine, value: LinkedValue, span: tuple[int, int] | None) -> str | None:
    """Returns the words of a candidate as a record has them."""
    if span is None:
        return None
    link = value.scene.link(Found(engine.records.metrics.whole(value.scene, value, span), ""))
    return link.words if link else None


def design(found: Sequence[Case], names: Sequence[str]) -> tuple[Matrix, Matrix, NDArray[np.intp], Matrix]:
    """Returns the signs of all candidates, which of them are right, where each value begins, and weights.

    Returns:
        Rows are candidates, those of a value side by side; columns are signs. Values all or none of whose
        candidates are right teach nothing and are left out. The weights are those of the values.
    """
    column = {name: number for number, name in enumerate(names)}
    taught = [case for case in found if any(case.right) and not all(case.right)]
    matrix = np.zeros((sum(len(case.signs) for case in taught), len(names)))
    starts, row = [], 0
    for case in taught:
        starts.append(row)
        for signs in case.signs:
            known = [column[sign] for sign in signs if sign in column]
            np.add.at(matrix[row], known, 1)
            row += 1
    right = np.array([each for case in taught for each in case.right], dtype=float)
    return matrix, right, np.array(starts), np.array([case.weight for case in taught])


def fit(found: Sequence[Case], names: Sequence[str], penalty: float) -> dict[str, float]:
    """Returns the weights of a conditional logistic regression, by gradient descent with moments (Adam)."""
    matrix, right, starts, weight = design(found, names)
    sizes = np.diff([*starts, len(right)])
    weights, mean, square = (np.zeros(len(names)) for _ in range(3))
    for step in range(1, STEPS + 1):
        points = matrix @ weights
        chance = np.exp(points - np.repeat(np.maximum.reduceat(points, starts), sizes))
        target = chance * right
        chance /= np.repeat(np.add.reduceat(chance, starts), sizes)
        target /= np.repeat(np.add.reduceat(target, starts), sizes)
        slope = penalty * weights + matrix.T @ ((chance - target) * np.repeat(weight, sizes))
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        rate = RATE if step < STEPS * 2 / 3 else RATE / 3
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return dict(zip(names, weights.tolist(), strict=True))


def names_of(found: Sequence[Case]) -> list[str]:
    """Returns the signs that are not too rare."""
    counts = Counter(sign for case in found for signs in case.signs for sign in set(signs))
    return sorted(sign for sign, count in counts.items() if count >= SELDOM)


def chosen(case: Case, points: dict[str, float]) -> int:
    """Returns the number of the likeliest candidate."""
    sums = [sum(points.get(sign, 0.0) for sign in signs) for signs in case.signs]
    return sums.index(max(sums))


def cross_validated(found: Sequence[Case], penalty: float) -> list[int]:
    """Returns the candidate of each value that is likeliest by points fitted without its abstract."""
    fold = {paper: number % FOLDS for number, paper in enumerate(sorted({case.paper for case in found}))}
    picked = [0] * len(found)
    for number in range(FOLDS):
        inside = [case for case in found if fold[case.paper] != number]
        points = fit(inside, names_of(inside), penalty)
        for place, case in enumerate(found):
            if fold[case.paper] == number:
                picked[place] = chosen(case, points)
    return picked


def write(points: dict[str, float]) -> None:
    """Puts the points into the rules file, by family and sign."""
    lines = []
    for family in ("any", *FAMILIES):
        lines.append(f"{family}:\n")
        for sign, worth in sorted(points.items()):
            own, _, name = sign.rpartition(": ")
            if (own or "any") == family and abs(worth) >= SMALL:
                lines.append(f'  "{name}": {worth:.2f}\n')
    OUT.write_text(HEAD + "".join(lines), encoding="utf8")


def main() -> None:
    """Reads labels, prints what the points are worth, and writes them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", nargs="+")
    parser.add_argument("--penalty", type=float, default=2.0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    options = parser.parse_args()
    engine = builtin_engine()
    found: list[Case] = []
    for name in options.gold:
        path, _, weight = name.partition("=")
        for line in Path(path).read_text(encoding="utf8").splitlines():
            found += cases(engine, json.loads(line), float(weight or 1))
    picked = cross_validated(found, options.penalty)
    right = sum(case.right[each] for case, each in zip(found, picked, strict=True))
    able = sum(any(case.right) for case in found)
    print(f"{len(found)} open values: the likeliest phrase right in {right}, some phrase in {able}")
    wrong = [(case, each) for case, each in zip(found, picked, strict=True) if not case.right[each]]
    for case, each in wrong[: options.errors]:
        print(case.paper, case.wanted, "got", case.words[each], case.around)
    if options.write:
        write(fit(found, names_of(found), options.penalty))


if __name__ == "__main__":
    main()
