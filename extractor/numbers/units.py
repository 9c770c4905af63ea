"""Units: the surfaces of rules/units.yaml, and everyday units not in it as quantulum3 knows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from extractor.numbers.unitpatterns import UnitPatterns
from extractor.text.lookup.vocabulary import forms

_END = r"(?![A-Za-z0-9_²³]|\^|/[A-Za-z])"
# What an amount is spent on is no part of its unit: "34 ms/frame" are ms, as "34 ms per frame" are.
_END_OF_COST = r"(?![A-Za-z0-9_²³]|\^|/(?![a-z]{2}))"
_COSTS = frozenset(("time", "energy", "power", "memory", "money"))
_PART = r"(?:°?[A-Za-zµμΩ]{1,14}|°)(?:\^?[23](?!\d)|[²³])?"
_EVERYDAY = re.compile(rf"{_PART}(?:[/·⋅]{_PART}){{0,2}}{_END}")
_PARTS = re.compile(_PART)
_JOINTS = re.compile("[/·⋅]")
_EXPONENT = re.compile(r"(?:\^?[23]|[²³])\Z")
_MOST_PARTS = 3  # of a compound
_CONDITIONS = ("before", "after", "near", "not_before", "not_after", "not_near")
_NEAR = 80  # characters on either side in which a guard looks
# Dimensions of quotients; all others are ``other``.
_QUOTIENTS: dict[tuple[str, ...], str] = {
    ("length", "time"): "speed",
    ("energy", "time"): "power",
    ("memory", "time"): "rate",
}


class Unit(NamedTuple):
    """A unit as it stands in text.

    Attributes:
        name: Canonical unit, such as ``ms`` or ``token/s``.
        dimension: Dimension of the record, such as ``time``.
        scale: Factor from the surface to the canonical unit (``MHz`` is ``Hz`` with 1e6).
    """

    name: str
    dimension: str
    scale: float = 1.0


class Guard:
    """When a surface that is also something else is a unit.

    Args:
        rules: The conditions of rules/units.yaml, of which one must hold.
    """

    def __init__(self, rules: list[dict[str, Any]]) -> None:
        self._rules = [
            (
                bool(rule.get("spaced")),
                {key: _condition(key, rule[key]) for key in _CONDITIONS if key in rule},
            )
            for rule in rules
        ]

    @property
    def asks(self) -> bool:
        """Whether something must stand beside the surface: without anything it is no unit."""
        return all(any(not key.startswith("not_") for key in conditions) for _, conditions in self._rules)

    def allows(self, text: str, start: int, end: int) -> bool:
        """Tells whether the surface at start to end is a unit."""
        return any(
            (not spaced or not text[start - 1 : start].isdigit())
            and all(_holds(key, pattern, text, start, end) for key, pattern in conditions.items())
            for spaced, conditions in self._rules
        )


def _condition(key: str, source: str) -> re.Pattern[str]:
    edges = {"before": ("", r"\Z"), "near": (r"(?<!\w)", r"(?!\w)"), "after": ("", "")}
    left, right = edges[key.removeprefix("not_")]
    return re.compile(f"{left}(?:{source}){right}")


def _holds(key: str, pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    side = key.removeprefix("not_")
    if side == "after":
        found = pattern.match(text, end)
    else:
        found = pattern.search(text, max(0, start - _NEAR), start)
    if side == "near" and found is None:
        found = pattern.search(text, end, end + _NEAR)
    return (found is None) == key.startswith("not_")


class UnitTable:
    """All unit surfaces, found by their first character.

    Args:
        document: The parsed rules/units.yaml.
        answers: The parsed rules/units-quantulum.yaml.
        vetoes: The parsed rules/unit-vetoes.yaml.
    """

    def __init__(self, document: dict[str, Any], answers: dict[str, Any], vetoes: dict[str, Any]) -> None:
        self.magnitudes: dict[str, float] = {
            key: float(value) for key, value in document["magnitudes"].items()
        }
        self._prefixes: dict[str, dict[str, float]] = document["prefixes"]
        self._symbols: dict[str, Unit] = {}
        self._words: dict[str, Unit] = {}
        self._data: dict[str, Unit] = {}
        self._devices: dict[tuple[str, str], Unit] = {}
        self._before: dict[str, Unit] = {}
        self._guards: dict[str, Guard] = {}
        guards = {name: Guard(rules) for name, rules in document.get("guards", {}).items()}
        for entry in document["units"]:
            self._add(entry)
            if name := entry.get("guard"):
                guarded = (*entry.get("symbols", ()), *entry.get("words", ()))
                self._guards.update(dict.fromkeys(guarded, guards[name]))
        self.everyday = EverydayUnits(answers, vetoes, self._symbols)
        self._patterns = UnitPatterns(self._symbols, self._words, _END_OF_COST)
        words = {form for word in self._words for number in (word, word + "s") for form in forms(number)}
        surfaces = {*self._symbols, *words, *self.everyday.surfaces()}
        self._widths = sorted({len(surface) for surface in self._before}, reverse=True)
        self._last_of_before = frozenset(surface[-1] for surface in self._before)
        self._openings = frozenset(surface[:3] for surface in surfaces)  # a quick test before the patterns
        self.start_pattern = _start_pattern(surfaces)
        self.data_nouns = frozenset(self._data)

    def match(self, text: str, start: int) -> tuple[int, Unit] | None:
        """Finds the longest unit that stands at ``start``, a listed one or an everyday one.

        Args:
            text: The whole text.
            start: Offset where the unit must begin.

        Returns:
            Offset behind it and the unit, or None.
        """
        opening = text[start : start + 3]
        if opening not in self._openings and opening.isascii() and opening.isalpha():
            return None
        found = self._match(text, start)
        if found is None:
            return self.everyday.match(text, start)
        if text[found[0] : found[0] + 1] != "/":
            return found
        return self.everyday.match(text, start) or (found if found[1].dimension in _COSTS else None)

    def match_listed(self, text: str, start: int) -> tuple[int, Unit] | None:
        """Finds the longest unit of rules/units.yaml that stands at ``start``; see `match`."""
        found = self._match(text, start)
        return found if found and text[found[0] : found[0] + 1] != "/" else None

    def _match(self, text: str, start: int) -> tuple[int, Unit] | None:
        """Finds the longest listed unit at ``start``; a slash and a word may follow."""
        if start >= len(text):
            return None
        pattern = self._patterns.at(text, start)
        found = pattern.match(text, start) if pattern else None
        if found is None:
            return None
        surface = found[1]
        unit = self._symbols.get(surface) or self._words.get(surface.lower())
        if unit is None:  # a plural
            surface = _singular(surface.lower())
            unit = self._words.get(surface)
        guard = self._guards.get(surface)
        if unit is None or (guard is not None and not guard.allows(text, start, found.end(1))):
            return None
        return found.end(1), unit

    def symbols(self) -> Iterable[str]:
        """Returns all listed symbols."""
        return self._symbols

    def symbol(self, surface: str) -> Unit | None:
        """Returns the unit of which a surface is a listed symbol."""
        return self._symbols.get(surface)

    def needs_cue(self, surface: str) -> bool:
        """Tells whether a surface is a unit only beside certain words, so that it makes no compounds."""
        guard = self._guards.get(surface)
        return guard is not None and guard.asks

    def currency(self, text: str, end: int) -> tuple[int, Unit] | None:
        """Finds the currency that is written before a number; a lone dollar sign is not among them.

        Args:
            text: The whole text.
            end: Offset where the number begins.

        Returns:
            Offset of its first character and the unit, or None.
        """
        low = end - 1 if text[end - 1 : end] in (" ", "~") else end
        if text[low - 1 : low] not in self._last_of_before:
            return None
        for width in self._widths:
            start = low - width
            unit = self._before.get(text[start:low]) if start >= 0 else None
            if unit is not None and not text[max(0, start - 1) : start].isalnum():
                return start, unit
        return None

    def data_unit(self, noun: str) -> Unit | None:
        """Returns the data unit of a noun, singular or plural."""
        lower = noun.lower()
        return self._data.get(lower) or self._data.get(_singular(lower))

    def device_unit(self, device: str, noun: str) -> Unit | None:
        """Returns the unit of device time, such as GPU and hours; None if there is none."""
        return self._devices.get((device, _singular(noun.lower()))) or self._devices.get(
            (device, noun.lower())
        )

    def _add(self, entry: dict[str, Any]) -> None:
        scale = float(entry.get("scale", 1))
        unit = Unit(entry["unit"], entry["dimension"], scale)
        self._before.update(dict.fromkeys(entry.get("before", ()), unit))
        for noun in entry.get("data", ()):
            self._data[noun] = unit
        if device := entry.get("device"):
            for noun in (*entry.get("words", ()), *entry.get("symbols", ())):
                self._devices[device, noun] = unit
            return
        self._add_surfaces(entry, unit)

    def _add_surfaces(self, entry: dict[str, Any], unit: Unit) -> None:
        prefixes = entry.get("prefixes", ())
        plain = not entry.get("prefixed_only")
        for word in entry.get("words", ()):
            self._words[word] = unit
            for prefix, factor in self._prefixes["words"].items() if prefixes else ():
                self._words[prefix + word] = unit._replace(scale=float(factor))
        for symbol in entry.get("symbols", ()):
            if plain:
                self._symbols[symbol] = unit
            for prefix in prefixes:
                factor = _prefix_factor(prefix, self._prefixes["symbols"])
                self._symbols.setdefault(prefix + symbol, unit._replace(scale=factor))


class EverydayUnits:
    """Everyday units that rules/units.yaml does not list, as quantulum3 knows them.

    It is never loaded: its answers are shipped, so that what is read depends on these files alone.

    Args:
        answers: The parsed rules/units-quantulum.yaml: what quantulum3 says, as scripts/build_units.py wrote
            it down.
        vetoes: The parsed rules/unit-vetoes.yaml.
        listed: The listed symbols.
    """

    def __init__(self, answers: dict[str, Any], vetoes: dict[str, Any], listed: dict[str, Unit]) -> None:
        self._shipped = {
            surface: Unit(entry["unit"], entry["dimension"])
            for entry in answers["units"]
            for surface in entry["surfaces"]
        }
        # The units of which quantulum3 takes any quotient, such as W and m of ``W/m2``.
        self._combined = frozenset(answers["combined"].split())
        self._vetoes = frozenset(word for group in vetoes["vetoes"].values() for word in group)
        self._listed = listed

    def surfaces(self) -> Iterable[str]:
        """Returns how the shipped units, and the parts of compounds, are written."""
        return {*self._shipped, *self._combined}

    def match(self, text: str, start: int) -> tuple[int, Unit] | None:
        """Finds the longest everyday unit that stands at ``start``; see `UnitTable.match`."""
        found = _EVERYDAY.match(text, start)
        unit = self.unit(found[0]) if found else None
        return (found.end(), unit) if found and unit else None

    def unit(self, surface: str) -> Unit | None:
        """Looks a unit up: one that is shipped, or a quotient or product of up to three of its known parts.

        Args:
            surface: What stands behind a number, such as ``kPa``, ``mg/L`` or ``W/m2/K``.

        Returns:
            The unit as written, or None where this is no unit that cannot be mistaken.
        """
        if self.is_vetoed(surface):
            return None
        shipped = self._shipped.get(surface)
        if shipped is not None or not _JOINTS.search(surface):
            return shipped
        parts = _PARTS.findall(surface)
        plain = [_EXPONENT.sub("", part) for part in parts]
        if not 1 < len(parts) <= _MOST_PARTS or not self._combined.issuperset(plain):
            return None
        quotient = tuple(map(self._dimension, parts)) if _JOINTS.findall(surface) == ["/"] else ()
        return Unit(plain_name(surface), _QUOTIENTS.get(quotient, "other"))

    def is_vetoed(self, surface: str) -> bool:
        """Tells whether a surface is never an everyday unit: single letters, words, names, abbreviations."""
        return len(surface) < 2 or " " in surface or surface in self._vetoes

    def _part(self, surface: str) -> Unit | None:
        """Returns the unit that a part of a compound is; one with an exponent that is not listed is none."""
        return self._shipped.get(surface) or self._listed.get(surface)

    def _dimension(self, part: str) -> str:
        unit = self._part(part)
        return unit.dimension if unit else ""


def _start_pattern(surfaces: Iterable[str]) -> str:
    """Returns a pattern of the first three characters of units, which tells quickly where none begins."""
    rests: dict[str, set[str]] = defaultdict(set)
    for surface in surfaces:
        rests[surface[0]].add(re.escape(surface[1:3]) + ("" if len(surface) > 2 else "(?![A-Za-z])"))
    groups = (f"{re.escape(first)}(?:{'|'.join(sorted(rest))})" for first, rest in sorted(rests.items()))
    return f"(?:{'|'.join(groups)})"


def _prefix_factor(prefix: str, table: dict[str, float]) -> float:
    if prefix.endswith("i") and prefix[:-1] in table:  # binary prefix of a rate
        return 1024.0 ** (list("KMGT").index(prefix[0]) + 1)
    return {"a": 1e-18}.get(prefix) or float(table[prefix])


def _singular(word: str) -> str:
    parts = [part if part.endswith("ss") else part.removesuffix("s") for part in re.split(r"([\s/-]+)", word)]
    return "".join(parts).replace("\n", " ")


def is_part(surface: str) -> bool:
    """Tells whether a surface can be a part of a compound, without an exponent of its own."""
    return _PARTS.fullmatch(surface) is not None and _EXPONENT.search(surface) is None


def plain_name(surface: str) -> str:
    """Returns the name of a unit that stands as it is written: without signs that are hard to type."""
    surface = surface.replace("°C", "degC").replace("°", "deg")
    return surface.replace("µ", "u").replace("μ", "u").replace("²", "2").replace("³", "3").replace("^", "")
