"""Fits the points of the rules of evidence to labelled abstracts.

usage: fit_evidence.py GOLD.jsonl ... [--penalty 2.0] [--errors N] [--write]

Every value that no rule claims and no veto takes out is a case: a score in the labels, or none. The points
are the weights of a logistic regression over the rules of evidence that speak of it, with an L2 penalty, so
that a rule that speaks seldom weighs little. Prints precision and recall over these values by
cross-validation over abstracts; ``--write`` puts the points into rules/values/60-evidence.yaml. A line of a
file is one of gold, or has ``judged`` in the place of ``claims``: single values, each with start, end, score.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.engine import Engine, builtin_engine

RULES = Path(__file__).parents[1] / "rules" / "values" / "60-evidence.yaml"
FOLDS = 10
FIXED = {  # sure, but too rare in the labels to be learnt
    "evidence.version": -4.0,  # "Foo 3.1"
    "evidence.record-of": 0.9,  # "a new state of the art of 91.3"
}
_POINTS = re.compile(r"points: -?[\d.]+")
_ID = re.compile(r"  - id: (\S+)")


class Case(NamedTuple):
    """One open value: the ids of the rules that speak of it, whether it is a score, its place."""

    speaking: tuple[str, ...]
    right: bool
    paper: str
    around: str


def cases(engine: Engine, paper: dict[str, Any]) -> Iterator[Case]:
    """Yields the open values of a labelled abstract, or those of its judged places."""
    text, judged = paper["abstract"], paper.get("judged")
    scores = [c for c in paper.get("claims", ()) if c["kind"] == "score"]
    view = engine.view(text)
    for sentence, weighed in engine.weighed(text):
        for value in weighed:
            start, end = view.span(*sentence.tokens[value.token])
            if judged is not None:
                labels = [j["score"] for j in judged if j["start"] < end and start < j["end"]]
                if not labels:
                    continue
                right = bool(labels[0])
            else:
                right = any(c["start"] < end and start < c["end"] for c in scores)
            around = f"{text[max(0, start - 90) : start]}<<{text[start:end]}>>{text[end : end + 50]}"
            speaking = tuple(each.rule.id for each in value.evidence)
            yield Case(speaking, right, str(paper["id"]), around.replace("\n", " "))


def design(found: Sequence[Case], names: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns the matrix of which rule speaks of which value, and the labels."""
    column = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(found), len(names)))
    for row, case in enumerate(found):
        matrix[row, [column[name] for name in case.speaking]] = 1
    return matrix, np.array([case.right for case in found], dtype=float)


def fit(matrix: NDArray[Any], labels: NDArray[Any], penalty: NDArray[Any]) -> NDArray[Any]:
    """Returns the weights of a logistic regression, by Newton's method."""
    weights = np.zeros(matrix.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (chance - labels) + penalty * weights
        bend = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def cross_validated(
    matrix: NDArray[Any], labels: NDArray[Any], papers: Sequence[str], penalty: NDArray[Any]
) -> NDArray[Any]:
    """Returns the logit of each value by weights that were fitted without its abstract."""
    order = {paper: number for number, paper in enumerate(sorted(set(papers)))}
    fold = np.array([order[paper] % FOLDS for paper in papers])
    logits = np.zeros(len(labels))
    for number in range(FOLDS):
        inside = fold != number
        logits[~inside] = matrix[~inside] @ fit(matrix[inside], labels[inside], penalty)
    return logits


def show(
    names: Sequence[str],
    matrix: NDArray[Any],
    labels: NDArray[Any],
    weights: NDArray[Any],
    logits: NDArray[Any],
) -> None:
    """Prints precision and recall by threshold, and each rule's weight, cases and share of scores in them."""
    for threshold in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0):
        taken = logits > threshold
        right = int(labels[taken].sum())
        precision, recall = right / max(1, taken.sum()), right / labels.sum()
        print(f"above {threshold:4}: precision {precision:.3f} recall {recall:.3f}")
    spoken = matrix.sum(axis=0)
    for index in np.argsort(-weights):
        mean = labels[matrix[:, index] > 0].mean() if spoken[index] else float("nan")
        print(f"{weights[index]:6.2f} {int(spoken[index]):4d} {mean:.2f} {names[index]}")


def write(names: Sequence[str], weights: NDArray[Any]) -> None:
    """Puts the points into the rules file, by rule."""
    points = dict(zip(names, weights, strict=True)) | FIXED
    lines, current = RULES.read_text(encoding="utf8").splitlines(), ""
    for number, line in enumerate(lines):
        if found := _ID.match(line):
            current = found[1]
        if "points:" in line:
            lines[number] = _POINTS.sub(f"points: {points[current]:.2f}", line)
    RULES.write_text("\n".join(lines) + "\n", encoding="utf8")


def main() -> None:
    """Reads labels, prints what the points are worth, and writes them where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--penalty", type=float, default=2.0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    options = parser.parse_args()
    engine = builtin_engine()
    names = [rule.rule.id for rule in engine.ruleset.of("evidence")]
    lines = (line for path in options.gold for line in path.read_text(encoding="utf8").splitlines())
    found = [case for line in lines for case in cases(engine, json.loads(line))]
    matrix, labels = design(found, names)
    penalty = np.array([0.2 if name.startswith("score.") else options.penalty for name in names])
    logits = cross_validated(matrix, labels, [case.paper for case in found], penalty)
    weights = fit(matrix, labels, penalty)
    print(f"{len(found)} open values, {int(labels.sum())} scores")
    show(names, matrix, labels, weights, logits)
    wrong = [(logit, case) for logit, case in zip(logits, found, strict=True) if (logit > 0) != case.right]
    for logit, case in sorted(wrong, key=lambda each: -abs(each[0]))[: options.errors]:
        print(f"{logit:5.1f} {'missed' if case.right else 'false '} {case.paper} {case.around}")
    if options.write:
        write(names, weights)


if __name__ == "__main__":
    main()
