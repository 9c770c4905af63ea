"""What the page says about a text besides its claims: why each is there, and why a number or name is not."""

from __future__ import annotations

from typing import Any

from extractor.pages.documents import utf16_spans
from extractor.workbench.explain import Explanation, ValueTrace, summary
from extractor.workbench.unknown import REASON

_TOLD = ("rule", "evidence", "bound", "unused")  # lines of a claim that its record does not say


def reasons(explanation: Explanation) -> dict[str, list[dict[str, Any]]]:
    """Returns the reasons of an explanation, for the page.

    Args:
        explanation: What the engine makes of a text.

    Returns:
        ``why``: for the place of each claim with a value, lines of heading and text. ``no``: the values and
        names that are in no claim, with the reason. Places are in UTF-16 units.
    """
    why, no = [], []
    for value in (value for sentence in explanation.sentences for value in sentence.values):
        if value.claim is None:
            lines = [line for line in summary(value) if line[0] in _TOLD]
            entry = _entry(explanation.text, value.text, value.start, value.end)
            rule = next((match.rule for match in value.rules), None)
            no.append({**entry, "what": "number", "why": _refusal(value), "lines": lines, "rule": rule})
        else:
            place = (value.claim["start"], value.claim["end"])
            why.append({"s": utf16_spans(explanation.text, [place])[0], "lines": _lines(value)})
    for name in explanation.refused:
        entry = _entry(explanation.text, name["text"], name["start"], name["end"])
        no.append({**entry, "what": name["kind"], "why": name["reason"], "lines": []})
    for name in explanation.unknown:
        entry = _entry(explanation.text, name["text"], name["start"], name["end"])
        no.append({**entry, "what": "name", "why": REASON, "lines": []})
    return {"why": why, "no": sorted(no, key=lambda entry: entry["s"])}


def _entry(text: str, words: str, start: int, end: int) -> dict[str, Any]:
    return {"t": words, "s": utf16_spans(text, [(start, end)])[0]}


def _lines(value: ValueTrace) -> list[tuple[str, str]]:
    """The lines of a claim: what made it, where each of its words is from, what was not taken."""
    known = {*_TOLD, *value.sources}
    return [line for line in summary(value) if line[0] in known]


def _refusal(value: ValueTrace) -> str:
    """Says in a few words why a number is no claim."""
    for match in value.rules:
        if match.outcome == "vetoes it":
            return f"rule {match.rule} says that it is none"
    if value.evidence:
        return "what stands around it does not say enough for a claim"
    return "a rule matches, but makes no claim of it" if value.rules else "no rule matches"
