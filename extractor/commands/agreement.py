"""``extractor agreement``: how far two annotators agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.commands._options import OwnKinds


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("agreement")(agreement)


def agreement(
    first: Annotated[Path, typer.Argument(help="Labels of one annotator, JSON lines.", metavar="A.jsonl")],
    second: Annotated[Path, typer.Argument(help="Labels of the other.", metavar="B.jsonl")],
    abstracts: Annotated[
        Path | None, typer.Option(help="Labelled abstracts with the texts, for files of ids and claims only.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the result as JSON.", metavar="FILE")] = None,
    errors: Annotated[int, typer.Option(help="How many disagreements to print.", min=0)] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.", min=0)] = 0,
    resamples: Annotated[
        int, typer.Option(help="Its resamples; 0 for no intervals.", min=0, max=100_000)
    ] = 1000,
    rules: OwnKinds = None,
) -> None:
    """Compare the labels of two annotators: the same tiers, and every attribute."""
    from extractor.commands._console import console, write_file
    from extractor.evaluation import agreement as library
    from extractor.evaluation.render import print_sections, print_sheets
    from extractor.evaluation.report_tables import agreement_sheets, sections
    from extractor.labels.gold import has_abstracts, load_gold, load_labels
    from extractor.labels.goldfile import dump_json
    from extractor.outputs import keep_inputs
    from extractor.rulelang.ruleset import kinds_of_rules

    keep_inputs([first, second, abstracts], [json])
    kinds = kinds_of_rules(rules or ())
    if abstracts or has_abstracts(first):
        texts = {str(each.id): each for each in load_gold([abstracts or first], kinds=kinds)}
        one, other = (load_gold([path], abstracts=texts, kinds=kinds) for path in (first, second))
    else:
        one, other = load_labels(first, second, kinds=kinds)
    result = library.agreement(one, other, seed=seed, resamples=resamples)
    if json:
        write_file(json, dump_json(result.model_dump(mode="json"), indent=1) + "\n")
    terminal = console()
    print_sheets(agreement_sheets(result), terminal)
    if errors:
        terminal.print("Disagreements: «…» and gold are the first annotator, ‹…› and predicted the second.")
        print_sections(sections(result.evaluation.errors, limit=errors), terminal)
