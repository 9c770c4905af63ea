"""What a rule is: its kinds, the groups and settings that each has, and its examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from extractor.knowledge.kinds import BOUNDS, Family, Kinds
from extractor.rulelang.syntax import Node

RuleKind = str  # of values the name of a kind of claim, or ``relative``; or one of those here
Status = Literal["stable", "experimental", "deprecated"]
VETO, EVIDENCE, RELATIVE, BOUND = "veto", "evidence", "relative", "bound"
SCOPES = (BOUND, "baseline", "subject", "metric", "model")
"""The kinds of rules for what belongs to a value."""

EXAMPLE_KEYS = ("examples", "known_failures", "rejects")
KEYS = frozenset({"id", "kind", "status", "pattern", "set", "note", "before", *EXAMPLE_KEYS})

_SIDES = ("left", "right")
_SENSES = "cue sign size previous up down better worse fast slow overhead loss even".split()
# The choices of a kind that the reader of its family makes, not a rule.
_MADE: dict[str, frozenset[str]] = {
    "level": frozenset(),
    "size": frozenset(),
    "amount": frozenset({"dimension"}),
}


class Grammar:
    """What rules can be, given the kinds of claims.

    Attributes:
        values: The kinds of rules that claim values, in the order in which they are tried.
        all: All kinds of rules.
        families: The family of reader that reads what rules of a kind claim.
        groups: By kind the groups that a pattern can name; the first must stand in it.
        settings: Each setting with the kinds of rule that have it, and the values of a closed list.
        needed: By kind the settings that a rule must have.

    Args:
        kinds: The kinds of claims.
    """

    def __init__(self, kinds: Kinds) -> None:
        own = tuple(spec.name for spec in kinds.own if spec.is_value)
        others = (name for name in kinds.rule_kinds if name not in own)
        self.values: tuple[RuleKind, ...] = (*own, VETO, *others)
        self.all: tuple[RuleKind, ...] = (*self.values, EVIDENCE, *SCOPES)
        self.families: Mapping[RuleKind, Family] = {s.rule_kind: s.family for s in kinds.specs if s.is_value}
        self.groups: Mapping[RuleKind, tuple[str, ...]] = {
            **dict.fromkeys(self.values, ("vals", "cue", "metric", "metrics", "baseline")),
            EVIDENCE: ("vals", "metric"),
            BOUND: (),
            "baseline": ("baseline",),
            "subject": ("subject", "vals"),
            "metric": ("metric",),
            "model": ("model", "vals"),
        }
        self.settings = _settings(kinds)
        self.needed: Mapping[RuleKind, tuple[str, ...]] = {
            BOUND: ("bound", "side"),
            "baseline": ("side",),
            EVIDENCE: ("points",),
        }


@cache
def grammar_of(kinds: Kinds) -> Grammar:
    """Returns what rules can be, given the kinds of claims."""
    return Grammar(kinds)


def _settings(kinds: Kinds) -> dict[str, dict[RuleKind, tuple[str, ...]]]:
    levels = [spec.name for spec in kinds.specs if spec.family == "level"]
    settings: dict[str, dict[RuleKind, tuple[str, ...]]] = {
        "sense": {RELATIVE: tuple(_SENSES)},
        "metric": {RELATIVE: ("cue", "back", "left", "none")},
        "number": {RELATIVE: ("share", "step")},
        "bound": {RELATIVE: BOUNDS, BOUND: (*BOUNDS, "none")},
        "form": {RELATIVE: ("ratio",)},
        "subject": dict.fromkeys(levels, ("last",)),
        "side": {BOUND: _SIDES, "baseline": (*_SIDES, "both", "fallback"), "metric": (*_SIDES, "fallback")},
        "of": {EVIDENCE: tuple(levels)},
        "points": {EVIDENCE: ()},
        "beside": {EVIDENCE: (*levels, RELATIVE, VETO, "none")},
        "names": {EVIDENCE: ("behind", "before", "none")},
        "shape": {EVIDENCE: ("fraction", "version", "fine", "range")},
        "reach": {"baseline": (), "subject": (), "metric": ()},
    }
    for spec in kinds.specs:
        if spec.own and spec.is_value:
            settings["bound"][spec.name] = BOUNDS
        for name, words in spec.choices.items():
            if spec.family in _MADE and name != "bound" and name not in _MADE[spec.family]:
                settings.setdefault(name, {})[spec.name] = words
    return settings


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
        tree: The parsed pattern.
        settings: What the rule says besides its pattern: sense, bound, role ...
        examples: Sentences with the expected records, known failures among them.
        rejects: Sentences in which the rule must claim nothing.
        note: What the author says about it.
        file: Where it stands.
        line: Line of the rule in the file.
        pattern_line: Line of its pattern.
        family: The family of reader that reads what it claims, if it claims values.
        before: Ids of rules of its kind that are tried behind it, wherever they stand.
    """

    id: str
    kind: RuleKind
    status: Status
    pattern: str
    tree: Node = field(compare=False)
    settings: Mapping[str, Any]
    examples: tuple[Example, ...]
    rejects: tuple[Example, ...]
    note: str | None
    file: str
    line: int
    pattern_line: int
    family: Family | None = None
    before: tuple[str, ...] = ()

    def listed(self) -> dict[str, Any]:
        """Returns what a list of rules says of it, as plain data."""
        return {
            "id": self.id,
            "kind": self.kind,
            "status": self.status,
            "pattern": self.pattern,
            "set": dict(self.settings),
            "note": self.note,
            "before": list(self.before),
            "examples": len(self.examples),
            "rejects": len(self.rejects),
            "file": self.file,
            "line": self.line,
        }
