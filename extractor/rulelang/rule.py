"""What a rule is: its kinds, the groups and settings that each has, and its examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from extractor.rulelang.patterns import Piece

# fmt: off
RuleKind = Literal[
    "veto",
    "relative",
    "score",
    "parameters",
    "quantity",
    "evidence",
    "bound",
    "baseline",
    "subject",
    "metric",
    "model",
]
# fmt: on
Status = Literal["stable", "experimental", "deprecated"]
VALUE_KINDS: tuple[RuleKind, ...] = ("veto", "relative", "score", "parameters", "quantity")
EXAMPLE_KEYS = ("examples", "known_failures", "rejects")
KEYS = frozenset({"id", "kind", "status", "pattern", "set", "note", *EXAMPLE_KEYS})

# The groups that a pattern can name; the first one of a kind must stand in it.
GROUPS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(VALUE_KINDS, ("vals", "cue", "metric", "metrics", "baseline")),
    "evidence": ("vals", "metric"),
    "bound": (),
    "baseline": ("baseline",),
    "subject": ("subject", "vals"),
    "metric": ("metric",),
    "model": ("model", "vals"),
}
# The settings, the kinds of rule that have them, and the values of those that have a closed list.
_BOUNDS, _SIDES = ("upper", "lower", "approx"), ("left", "right")
_SENSES = "cue sign size previous up down better worse fast slow overhead loss even".split()
SETTINGS: dict[str, dict[RuleKind, tuple[str, ...]]] = {
    "sense": {"relative": tuple(_SENSES)},
    "metric": {"relative": ("cue", "back", "left", "none")},
    "number": {"relative": ("share", "step")},
    "bound": {"relative": _BOUNDS, "bound": (*_BOUNDS, "none")},
    "unit": {"score": ("percent", "dB")},
    "form": {"relative": ("ratio",)},
    "subject": {"score": ("last",)},
    "role": {"parameters": ("total", "active")},
    "side": {"bound": _SIDES, "baseline": (*_SIDES, "both", "fallback")},
    "of": {"evidence": ("score",)},
    "points": {"evidence": ()},
    "beside": {"evidence": ("score", "relative", "veto", "none")},
    "names": {"evidence": ("behind", "before", "none")},
    "shape": {"evidence": ("fraction", "version", "fine", "range")},
    "reach": {"baseline": (), "subject": (), "metric": ()},
}
NEEDED: dict[str, tuple[str, ...]] = {
    "bound": ("bound", "side"),
    "baseline": ("side",),
    "evidence": ("points",),
}


class RuleFile(NamedTuple):
    """The text of one rules file, and its name in messages."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with the claims that must be found in it (``expect``); for a reject there are none.

    Attributes:
        text: The sentence.
        expect: Records with some attributes of the claims; each has ``text`` and ``kind``.
        line: Where it stands in its file.
        known_failure: Whether it is known not to work yet.
    """

    text: str
    expect: tuple[Mapping[str, Any], ...]
    line: int
    known_failure: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: Stable name, ``kind.slug``; it appears in users' tables.
        kind: What the rule makes of its values.
        status: ``stable``, ``experimental`` or ``deprecated`` (loaded, but not used).
        pattern: The pattern as written; empty where a deprecated rule has none.
        pieces: The parsed pattern.
        settings: What the rule says besides its pattern: sense, bound, role ...
        examples: Sentences with the expected records, known failures among them.
        rejects: Sentences in which the rule must claim nothing.
        note: What the author says about it.
        file: Where it stands.
        line: Line of the rule in the file.
        pattern_line: Line of its pattern.
    """

    id: str
    kind: RuleKind
    status: Status
    pattern: str
    pieces: tuple[Piece, ...]
    settings: Mapping[str, Any]
    examples: tuple[Example, ...]
    rejects: tuple[Example, ...]
    note: str | None
    file: str
    line: int
    pattern_line: int
