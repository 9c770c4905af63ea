"""Units: the surfaces of rules/units.yaml, and the one door to quantulum3 for the everyday units it does not list."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

import regex

from extractor.resources import rules_dir
from extractor.strictyaml import load_yaml

_END = r"(?![A-Za-z0-9_²³]|\^|/[A-Za-z])"


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
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.magnitudes: dict[str, float] = {key: float(value) for key, value in document["magnitudes"].items()}
        self._prefixes: dict[str, dict[str, float]] = document["prefixes"]
        self._symbols: dict[str, Unit] = {}
        self._words: dict[str, Unit] = {}
        self._data: dict[str, Unit] = {}
        self._devices: dict[tuple[str, str], Unit] = {}
        for entry in document["units"]:
            self._add(entry)
        self._by_first = self._group()
        self._data_noun = _alternation(self._data)
        self.data_nouns = frozenset(self._data)

    def match(self, text: str, start: int) -> tuple[int, Unit] | None:
        """Finds the longest unit that stands at ``start``.

        Args:
            text: The whole text.
            start: Offset where the unit must begin.

        Returns:
            Offset behind it and the unit, or None.
        """
        if start >= len(text):
            return None
        pattern = self._by_first.get(text[start])
        found = pattern.match(text, start) if pattern else None
        if found is None:
            return None
        surface = found[1]
        unit = self._symbols.get(surface) or self._words.get(surface.lower())
        if unit is None:  # a plural
            unit = self._words[_singular(surface.lower())]
        return found.end(1), unit

    def data_unit(self, noun: str) -> Unit | None:
        """Returns the data unit of a noun, singular or plural."""
        lower = noun.lower()
        return self._data.get(lower) or self._data.get(_singular(lower))

    def device_unit(self, device: str, noun: str) -> Unit | None:
        """Returns the unit of device time, such as GPU and hours; None if there is none."""
        return self._devices.get((device, _singular(noun.lower()))) or self._devices.get((device, noun.lower()))

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

    def _group(self) -> dict[str, regex.Pattern[str]]:
        surfaces: dict[str, set[str]] = defaultdict(set)
        for symbol in self._symbols:
            surfaces[symbol[0]].add(regex.escape(symbol))
        for word in self._words:
            first, *rest = word.split(" ")
            plural = "(?i:" + r"[\s-]".join([regex.escape(first) + "s?", *(regex.escape(r) + "s?" for r in rest)]) + ")"
            plural = plural.replace("/", "s?/")
            surfaces[word[0]].add(plural)
            surfaces[word[0].upper()].add(plural)
        return {
            first: regex.compile("(" + "|".join(sorted(group, key=len, reverse=True)) + ")" + _END)
            for first, group in surfaces.items()
        }


def _prefix_factor(prefix: str, table: dict[str, float]) -> float:
    if prefix.endswith("i") and prefix[:-1] in table:  # binary prefix of a rate
        return 1024.0 ** (list("KMGT").index(prefix[0]) + 1)
    return {"a": 1e-18}.get(prefix) or float(table[prefix])


def _alternation(words: dict[str, Unit]) -> regex.Pattern[str]:
    joined = "|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True))
    return regex.compile(rf"(?i:{joined})s?\b")


def _singular(word: str) -> str:
    parts = [part if part.endswith("ss") else part.removesuffix("s") for part in regex.split(r"([\s/-]+)", word)]
    return "".join(parts).replace("\n", " ")


@cache
def unit_table() -> UnitTable:
    """Returns the built-in units."""
    return UnitTable(load_yaml(rules_dir() / "units.yaml"))
