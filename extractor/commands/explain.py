"""``extractor explain``: why the values of a text became the claims they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands._console import ask_for_a_file, given_text, limited, say
from extractor.commands._options import TIMEOUT, Rules, Timeout

if TYPE_CHECKING:
    from extractor.workbench.explain import Explanation, SentenceTrace


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain")(explain)


def explain(
    text: Annotated[str, typer.Argument(help="The text, or - to read it from standard input.")],
    rules: Rules = None,
    timeout: Timeout = TIMEOUT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show for each value of a text the rules that match, its claim, and where the claim's words are from."""
    from extractor.engine import engine_of
    from extractor.workbench import explain as library

    text = given_text(text)
    engine = engine_of(rules or ())
    with limited(timeout):
        explanation = library.explain(text, engine=engine)
    if as_json:
        import json

        typer.echo(json.dumps(explanation.to_json(), indent=2))
        return
    if not explanation.sentences:
        say("no values")
        if not explanation.things:
            ask_for_a_file(text)
    for sentence in explanation.sentences:
        _say_sentence(sentence)
    _say_names(explanation)


def _say_sentence(sentence: SentenceTrace) -> None:
    from extractor.workbench.explain import summary

    say("\n".join(filter(None, (sentence.text, sentence.note and f"  ({sentence.note})"))))
    for value in sentence.values:
        say(f"\n  {value.text}")
        for heading, line in summary(value):
            say(f"    {heading:<9} {line}")
    say("\n  cues" if sentence.cues else "")
    for cue in sentence.cues:
        names = f" -> {cue.names}" if cue.names else ""
        say(f"    {cue.rule:<22} {cue.words}{names}")
    say()


def _say_names(explanation: Explanation) -> None:
    from extractor.workbench.unknown import REASON

    for thing in explanation.things:
        say(f"{thing['kind']:<9} {thing['name']}  ({thing['text']}) by {thing['rule']}")
    for name in explanation.refused:
        say(f"no {name['kind']:<9} {name['text']}: {name['reason']}")
    if explanation.unknown:
        names = ", ".join(name["text"] for name in explanation.unknown)
        say(f"not read     {names}: {REASON}")
