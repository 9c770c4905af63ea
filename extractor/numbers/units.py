"""Units: the surfaces of rules/units.yaml, and the one door to quantulum3 for everyday units not in it."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from extractor.text.lookup.vocabulary import forms

_END = r"(?![A-Za-z0-9_²³]|\^|/[A-Za-z])"
# What an amount is spent on is no part of its unit: "34 ms/frame" are ms, as "34 ms per frame" are.
_END_OF_COST = r"(?![A-Za-z0-9_²³]|\^|/(?![a-z]{2}))"
_COSTS = frozenset(("time", "energy", "power", "memory", "money"))
_PART = r"(?:°?[A-Za-zµμΩ]{1,14}|°)(?:\^?[23](?!\d)|[²³])?"
_EVERYDAY = re.compile(rf"{_PART}(?:[/·]{_PART}){{0,2}}{_END}")
_PARTS = re.compile(_PART)
_EXPONENT = re.compile(r"(?:\^?[23]|[²³])\Z")
# What quantulum3 calls a kind of quantity, and the dimension of the record; all others are ``other``.
_DIMENSIONS = {
    **{name: name for name in ("time", "power", "energy", "length", "area", "speed")},
    "frequency": "rate", "data storage": "memory", "data transfer rate": "rate", "currency": "money",
}  # fmt: skip

# Dimensions of quotients; all others are ``other``.
_QUOTIENTS = {("length", "time"): "speed", ("energy", "time"): "power", ("memory", "time"): "rate"}


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
        for entry in document["units"]:
            self._add(entry)
        self.everyday = EverydayUnits(answers, vetoes, self._symbols)
        self._alternatives = self._group()
        words = {form for word in self._words for number in (word, word + "s") for form in forms(number)}
        surfaces = {*self._symbols, *words, *self.everyday.surfaces()}
        self._openings = frozenset(surface[:3] for surface in surfaces)  # a quick test before the patterns
        self.start_pattern = _start_pattern(surfaces)
        self._patterns: dict[str, re.Pattern[str] | None] = {}
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
        pattern = self._pattern(text[start])
        found = pattern.match(text, start) if pattern else None
        if found is None:
            return None
        surface = found[1]
        unit = self._symbols.get(surface) or self._words.get(surface.lower())
        if unit is None:  # a plural
            unit = self._words.get(_singular(surface.lower()))
        return (found.end(1), unit) if unit else None

    def symbols(self) -> Iterable[str]:
        """Returns all listed symbols."""
        return self._symbols

    def symbol(self, surface: str) -> Unit | None:
        """Returns the unit of which a surface is a listed symbol."""
        return self._symbols.get(surface)

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

    def _group(self) -> dict[str, set[str]]:
        """Returns the alternatives of the pattern for each first character."""
        surfaces: dict[str, set[str]] = defaultdict(set)
        for symbol in self._symbols:
            surfaces[symbol[0]].add(re.escape(symbol))
        for word in self._words:
            plural = "(?i:" + r"[\s-]".join(re.escape(part) + "s?" for part in word.split(" ")) + ")"
            plural = plural.replace("/", "s?/")
            surfaces[word[0]].add(plural)
            surfaces[word[0].upper()].add(plural)
        return dict(surfaces)

    def _pattern(self, first: str) -> re.Pattern[str] | None:
        """Returns the pattern of the units that begin with a character, compiled when it is first needed."""
        try:
            return self._patterns[first]
        except KeyError:
            group = sorted(self._alternatives.get(first, ()), key=len, reverse=True)
            pattern = re.compile(f"({'|'.join(group)}){_END_OF_COST}") if group else None
            self._patterns[first] = pattern
            return pattern


class EverydayUnits:
    """Everyday units that rules/units.yaml does not list: the one door to quantulum3.

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
        """Looks a unit up.

        Answers of quantulum3 are shipped: units, and the parts of which it takes any quotient. It is itself
        asked only about another compound all of whose parts are known units; that costs two seconds once in a
        process, and is rare.

        Args:
            surface: What stands behind a number, such as ``kPa`` or ``mg/L``.

        Returns:
            The unit as written, or None where this is no unit that cannot be mistaken.
        """
        if self.is_vetoed(surface):
            return None
        shipped = self._shipped.get(surface)
        if shipped is not None or not ("/" in surface or "·" in surface):
            return shipped
        parts = _PARTS.findall(surface)
        plain = [_EXPONENT.sub("", part) for part in parts]
        if surface == "/".join(parts) and len(parts) == 2 and self._combined.issuperset(plain):
            above, below = map(self._dimension, parts)
            return Unit(_plain_name(surface), _QUOTIENTS.get((above, below), "other"))
        return ask_quantulum3(surface) if len(parts) > 1 and all(map(self._part, plain)) else None

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


@lru_cache(maxsize=4096)  # texts decide what is asked
def ask_quantulum3(surface: str) -> Unit | None:
    """Asks quantulum3 about one unit; its warning that it lacks a classifier is not for our users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from quantulum3 import parser

        found = parser.parse(f"1 {surface}")
    if len(found) != 1 or found[0].span != (0, len(surface) + 2) or found[0].value != 1:
        return None
    return Unit(_plain_name(surface), quantulum3_dimension(found[0].unit.entity.name))


def quantulum3_dimension(entity: str) -> str:
    """Returns the dimension of the record for what quantulum3 calls a kind of quantity."""
    return _DIMENSIONS.get(entity, "other")


def _plain_name(surface: str) -> str:
    surface = surface.replace("°C", "degC").replace("°", "deg")
    return surface.replace("µ", "u").replace("μ", "u").replace("²", "2").replace("³", "3").replace("^", "")
