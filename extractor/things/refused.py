"""A name that was seen and not taken, and why: what ``explain`` tells of hardware, datasets and addresses."""

from __future__ import annotations

from typing import NamedTuple


class Refused(NamedTuple):
    """A name that was not taken.

    Attributes:
        kind: The kind of claim it could have been.
        start: Offset of its first character.
        end: Offset behind its last character.
        reason: Why it is none, as a clause.
    """

    kind: str
    start: int
    end: int
    reason: str
