"""A phrase that links words to the values around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from extractor.values.drafts import TokenSpan

FARTHEST = 60  # tokens between a cue and its value, where the rule says nothing else
# Why a value cannot have the words of a cue: it stands on the wrong side of the value, too far from it, in
# another clause, at the value itself or within its metric, is what the value is compared with, or another's.
Refusal = Literal["side", "reach", "clause", "value", "metric", "compared", "other"]


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

    def made_by(self, rule: str, match: TokenSpan) -> bool:
        """Tells whether it is from a match of a rule."""
        return self.rule == rule and match[0] <= self.span[0] < match[1]
