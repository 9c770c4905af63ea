"""All matches of a compiled rule in a sentence, overlapping ones too."""

from __future__ import annotations

import re

from extractor.rulelang.ruleset import CompiledRule
from extractor.rulelang.tagging import TaggedSentence


def matches(compiled: CompiledRule, sentence: TaggedSentence, last: int | None = None) -> list[re.Match[str]]:
    """Returns the matches of a rule at every place, overlapping ones too; none that begin behind ``last``."""
    found: list[re.Match[str]] = []
    letters = compiled.read(sentence)
    if not compiled.may_match(letters):
        return found
    search = compiled.expression.search
    match = search(letters)
    while match:
        found.append(match)
        following = match.start() + 1
        match = search(letters, following) if last is None or following <= last else None
    return found
