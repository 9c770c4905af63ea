r"""The macros of siunitx: "\qty{4.5}{\giga\byte}" is read as "4.5 GB"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.text.view import Change

# How many arguments hold numbers, whether a unit follows, and what stands between numbers.
MACROS = {
    "SI": (1, True), "qty": (1, True), "num": (1, False), "tablenum": (1, False), "ang": (1, False),
    "SIrange": (2, True), "qtyrange": (2, True), "numrange": (2, False),
    "SIlist": (1, True), "qtylist": (1, True), "numlist": (1, False),
    "qtyproduct": (1, True), "numproduct": (1, False), "si": (0, True), "unit": (0, True),
}  # fmt: skip
_LONGEST = 120  # characters of an argument
_OPTION = re.compile(r"\s{0,3}\[[^\[\]]{0,200}\]")
_UNIT_PART = re.compile(
    r"\\(?!cdot)(?P<macro>[A-Za-z]+)(?:\{(?P<argument>[^{}]{0,12})\})?|(?P<power>\^\{?\s?-?\d\s?\}?)"
    r"|(?P<word>[A-Za-zµμΩ°Å%]+(?:\s[A-Za-z]+)*)|(?P<slash>/)"
)
_UNCERTAINTY = re.compile(r"\(\d{1,6}\)")  # "5.12(3)"
# A decimal comma, which siunitx takes as a point; there is none in "12,000".
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d+\Z)(?!\d\d\d\Z)")
_SPREAD = re.compile(r"\s?(?:\+-|\\pm)\s?")
_PRODUCT = re.compile(r"\s?x\s?")
_CLOSE_UNITS = ("%", "°", "′", "″")  # no blank before them


def macros_pattern() -> str:
    """Returns a pattern of the names of the macros."""
    return "|".join(sorted(MACROS, key=len, reverse=True))


class QuantityReader:
    """Reads the macros.

    Args:
        units: The macros of units and prefixes, of rules/view.yaml.
    """

    def __init__(self, units: dict[str, dict[str, str]]) -> None:
        self._units = units

    def changes(self, text: str, name: str, start: int, end: int) -> tuple[int, list[Change]] | None:
        """Reads a macro of siunitx.

        Args:
            text: The text.
            name: The macro.
            start: Where the macro begins.
            end: Where its name ends.

        Returns:
            Where the macro ends, and what it is read as; None if it is no macro of siunitx after all.
        """
        numbers, has_unit = MACROS[name]
        arguments = list(_arguments(text, end, numbers + has_unit))
        if len(arguments) < numbers + has_unit:
            return None
        stop = arguments[-1][1] + 1
        unit = self._unit(text[slice(*arguments[-1])]) if has_unit else "°" if name == "ang" else ""
        if not numbers:
            return stop, [Change(start, stop, unit)]
        joined = unit if unit.startswith(_CLOSE_UNITS) or not unit else " " + unit
        if numbers == 2:
            return stop, list(_range(text, start, stop, arguments, joined))
        if name.endswith("list"):
            return stop, list(_list(text, start, stop, arguments[0], joined))
        number = _number(text[slice(*arguments[0])])
        return stop, [Change(start, stop, number + joined)]

    def _unit(self, text: str) -> str:
        """Returns a unit of macros or letters as it is written without LaTeX."""
        rules = self._units
        factors: list[_Factor] = []
        prefix, power, below = "", "", False
        for match in _UNIT_PART.finditer(text):
            macro, argument = match["macro"], match["argument"]
            if match["slash"] or macro == "per":
                below = True
            elif macro in rules["squares"]:
                power = rules["squares"][macro]
            elif macro in rules["prefixes"]:
                prefix = rules["prefixes"][macro]
            elif match["power"] or macro in rules["powers"] or macro == "tothe":
                _raise(factors, match["power"] or rules["powers"].get(macro, argument or ""))
            elif macro or match["word"]:
                name = argument or rules["units"].get(macro, macro) if macro else match["word"]
                factors.append(_Factor(prefix + name, power, below))
                prefix, power, below = "", "", False
        above = "·".join(str(factor) for factor in factors if not factor.below)
        return "/".join([above, *(str(factor) for factor in factors if factor.below)])


def _arguments(text: str, place: int, count: int) -> Iterator[tuple[int, int]]:
    """Yields where the contents of the arguments stand, options left out."""
    for _ in range(count):
        while option := _OPTION.match(text, place):
            place = option.end()
        while text[place : place + 1] in (" ", "\n"):
            place += 1
        if text[place : place + 1] != "{":
            return
        close = closing_brace(text, place)
        if close < 0:
            return
        yield place + 1, close
        place = close + 1


def closing_brace(text: str, opening: int) -> int:
    """Returns where the brace that closes an opening one stands; -1 if nowhere near."""
    depth = 0
    for place in range(opening, min(len(text), opening + _LONGEST)):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place
    return -1


def _range(text: str, start: int, stop: int, arguments: list[tuple[int, int]], unit: str) -> Iterator[Change]:
    (low, low_end), (high, high_end) = arguments[:2]
    yield Change(start, low, "")
    yield Change(low, low_end, _number(text[low:low_end]))
    yield Change(low_end, high, "–")
    yield Change(high, high_end, _number(text[high:high_end]))
    yield Change(high_end, stop, unit)


def _list(text: str, start: int, stop: int, argument: tuple[int, int], unit: str) -> Iterator[Change]:
    """Reads a list: the last of its numbers has the unit, but its words are the number alone."""
    first, last = argument
    yield Change(start, first, "")
    place = first
    while (semicolon := text.find(";", place, last)) >= 0:
        yield Change(place, semicolon, _number(text[place:semicolon]))
        later = text.find(";", semicolon + 1, last) >= 0
        yield Change(semicolon, semicolon + 1, ", " if later else " and ")
        place = semicolon + 1
    yield Change(place, last, _number(text[place:last]))
    yield Change(last, last, unit)
    yield Change(last, stop, "")


def _number(text: str) -> str:
    number = _SPREAD.sub(" ± ", _UNCERTAINTY.sub("", text.strip()))
    return _DECIMAL_COMMA.sub(".", _PRODUCT.sub(" × ", number))


@dataclass(slots=True)
class _Factor:
    """A part of a unit."""

    name: str
    power: str
    below: bool  # the line of a fraction

    def __str__(self) -> str:
        return f"{self.name}^{self.power}" if self.power not in ("", "1") else self.name


def _raise(factors: list[_Factor], power: str) -> None:
    """Gives the last factor its power; a negative one puts it below the line."""
    if not factors:
        return
    power = power.strip("^{} ")
    factors[-1].below ^= power.startswith("-")
    factors[-1].power = power.lstrip("-")
