"""A phrase that links words to the values around it."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.values import TokenSpan

FARTHEST = 60  # tokens between a cue and its value, where the rule says nothing else


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase found in a sentence.

    Attributes:
        start: First token of the cue.
        span: Tokens of the words it names.
        side: Where the cue stands, seen from the value: ``right``, ``left``, ``both`` or ``fallback``.
        reach: How many tokens away the value may be.
        rule: Id of the rule.
    """

    start: int
    span: TokenSpan
    side: str
    reach: int
    rule: str
