"""``extractor evaluate``: scores against gold, and fails where they are too low."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands._options import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.evaluation.ratchet import Baseline
    from extractor.evaluation.results import Evaluation
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction

_LIMIT = re.compile(r"(?:(?P<row>\w+)\.)?(?P<tier>\w+)=(?P<least>[0-9.]+)\Z")


class Grouping(StrEnum):
    """How errors are grouped."""

    kind = "kind"
    rule = "rule"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    gold: Annotated[
        list[Path],
        typer.Argument(
            help="Labelled abstracts, JSON lines; `extractor sample` writes some.", metavar="GOLD..."
        ),
    ],
    predictions: Annotated[
        Path | None, typer.Option(help="Extractions to score, JSON lines; without it the extractor runs.")
    ] = None,
    rules: Rules = None,
    json: Annotated[Path | None, typer.Option(help="Write the result as JSON.", metavar="FILE")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the HTML page.", metavar="FILE")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write it as Markdown.", metavar="FILE")] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            help="Fail if an F1 is lower: record=0.9 over all claims, speedup.record=0.9 of one row.",
            metavar="[ROW.]TIER=SCORE",
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Fail if a kind's record or linked F1 falls below this file's.")
    ] = None,
    by: Annotated[
        Grouping, typer.Option(help="Group errors so; 'rule' also prints what each rule did.")
    ] = Grouping.kind,
    errors: Annotated[int, typer.Option(help="How many errors to print.", min=0)] = 0,
    split: Annotated[
        str | None, typer.Option(help="Only lines of this split: dev (also lines that name none) or val.")
    ] = None,
    unsealed: Annotated[
        bool, typer.Option("--unsealed", help="Also the errors of val, which are not read between releases.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.", min=0)] = 0,
    resamples: Annotated[
        int, typer.Option(help="Its resamples; 0 for no intervals.", min=0, max=100_000)
    ] = 1000,
) -> None:
    """Score extractions against labelled abstracts.

    Exit code 1 if a score is below --fail-under or the --baseline, 2 for wrong usage.
    """
    from extractor.labels.gold import SEALED
    from extractor.rulelang.ruleset import kinds_of_rules

    kinds = kinds_of_rules(rules or ())
    limits = [_limit(text, kinds) for text in fail_under or []]
    sealed = split == SEALED and not unsealed
    if sealed and errors:
        message = f"errors of {SEALED} are not read between releases; --unsealed shows them"
        raise typer.BadParameter(message, param_hint="--errors")
    if predictions and rules and not kinds.own:
        message = "is for the extractor, which does not run where --predictions are scored"
        raise typer.BadParameter(message, param_hint="--rules")
    from extractor.commands._console import console, say
    from extractor.evaluation import run as library
    from extractor.evaluation.ratchet import read_baseline
    from extractor.evaluation.render import print_evaluation
    from extractor.outputs import keep_inputs, keep_no_pages

    keep_inputs([*gold, predictions, baseline, *(rules or ())], [json, report, markdown])
    keep_no_pages(report)
    marks = read_baseline(baseline) if baseline else None
    labelled, found = _read(gold, predictions, rules or (), kinds, split)
    result = library.evaluate(labelled, found, kinds=kinds, seed=seed, resamples=resamples)
    if sealed:
        result = result.model_copy(update={"errors": (), "documents": ()})
    _write(result, json, markdown, report, by)  # first: who reads the tables may leave, such as head
    print_evaluation(result, console(), by=by.value, errors=errors)
    for written in filter(None, (json, markdown, report)):
        say(f"{written}: written", err=True)
    problems = [problem for limit in limits for problem in _below(result, *limit)]
    problems += _falls(result, marks) if marks else []
    for problem in problems:
        say(f"failed: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


def _read(
    gold: list[Path], predictions: Path | None, rules: Sequence[Path], kinds: Kinds, split: str | None
) -> tuple[tuple[Extraction, ...], list[Extraction]]:
    """Reads the labelled abstracts, and the predictions, or makes them."""
    from extractor.engine import engine_of
    from extractor.labels.gold import load_gold, load_predictions

    labelled = load_gold(gold, kinds=kinds, split=split)
    if predictions:
        known = {str(each.id): each for each in labelled}
        return labelled, list(load_predictions(predictions, abstracts=known, kinds=kinds))
    parse = engine_of(rules).parse
    return labelled, [parse(each.abstract, id=each.id, title=each.title) for each in labelled]


def _write(
    result: Evaluation, json: Path | None, markdown: Path | None, report: Path | None, by: Grouping
) -> None:
    """Writes the result to the files that were asked for."""
    from extractor.commands._console import write_file
    from extractor.evaluation.render import to_json, to_markdown

    if json:
        write_file(json, to_json(result))
    if markdown:
        write_file(markdown, to_markdown(result, by=by.value))
    if report:
        from extractor.pages import report_html

        write_file(report, report_html(result))


def _falls(result: Evaluation, marks: Baseline) -> list[str]:
    """Says what fell below the baseline, and prints which of its rows were set on other labels."""
    from extractor.commands._console import say
    from extractor.evaluation.ratchet import falls, relabelled

    for note in relabelled(result, marks):
        say(f"note: {note}; move the baseline with scripts/baseline", err=True)
    return [str(fall) for fall in falls(result, marks)]


def _limit(text: str, kinds: Kinds) -> tuple[str, str, float]:
    """Reads a limit: row, tier and lowest F1."""
    from extractor.evaluation.alignment import TIERS
    from extractor.evaluation.scoring import rows_of

    match = _LIMIT.match(text)
    row = (match["row"] or "micro") if match else ""
    row = "micro" if row == "all" else row
    try:
        score = float(match["least"]) if match else -1.0
    except ValueError:
        score = -1.0
    if match is None or row not in rows_of(kinds) or match["tier"] not in TIERS or not 0 <= score <= 1:
        message = (
            f"{text!r} is not [ROW.]TIER=SCORE with a tier of {', '.join(TIERS)} and a score from 0 to 1"
        )
        raise typer.BadParameter(message, param_hint="--fail-under")
    return row, match["tier"], score


def _below(result: Evaluation, row: str, tier: str, lowest: float) -> list[str]:
    score: float | None = getattr(result.row(row), tier).f1.value
    if score is None:
        return [f"{row} {tier} F1 is not defined: neither gold nor the predictions have such claims"]
    return [f"{row} {tier} F1 is {score:.4f}, below {lowest:g}"] if score < lowest else []
