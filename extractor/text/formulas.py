"""Formulas in a text: where they stand, and which of them are numbers or signs that can be read as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from extractor.text import siunitx

_DELIMITER = re.compile(r"\\\\|\\[()]|\\\$|\$")
_LONGEST = 400  # characters of a formula
_MACRO_WITH_WORDS = re.compile(r"\\[A-Za-z]+\s?(?:\{[^{}]*\})?")
_WORDS = re.compile(r"[A-Za-z]{2,}[.,;:]?\s+[A-Za-z]{2,}|(?<!\S)[A-Za-z]{4,}(?!\S)")
_AMOUNT = re.compile(r"\s?\d")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[A-Za-z]")
# A name set in a font, or the size of an array, which is no number.
_NO_NUMBER = re.compile(
    r"\s*\\[a-z]+\s?\{\s?[A-Za-z]"
    r"|\s*\d[\d,]*(?:\s*\{?\s*\\times\s*\}?\s*(?!10\s?\^)\d[\d,]*){1,6}"
    r"\s*(?:\Z|\\[,;: ]|\\(?:mathrm|text)\b)"
)
# A unit alone, behind its number: 5 $\mathrm{ms}$.
_UNIT = re.compile(r"\s?(?:\\[,;:! ]\s?)?\\(?:mathrm|text|textrm|rm|mbox)\s?\{\s?[A-Za-z/]{1,9}\s?\}\s?")
_NUMBER_BEFORE = re.compile(r"\d[ ~]?\Z")
_MACRO = re.compile(r"\\[A-Za-z]+")
ORDINAL = re.compile(r"\^\{?(\\circ|th|st|nd|rd)(?![A-Za-z])\}?")
SUBSCRIPT = re.compile(r"_(?:\{\d{1,3}\}|\d)")


class Formula(NamedTuple):
    """A formula.

    Attributes:
        start: Offset of its opening delimiter.
        inner: Offset behind that.
        inner_end: Offset of its closing delimiter.
        end: Offset behind that.
        is_number: Whether it is a number or sign, or the unit of the number before it.
    """

    start: int
    inner: int
    inner_end: int
    end: int
    is_number: bool


class FormulaReader:
    """Finds formulas.

    Args:
        macros: The macros of LaTeX in rules/view.yaml.
    """

    def __init__(self, macros: dict[str, Any]) -> None:
        self._number = _number(macros)

    def find(self, text: str) -> Iterator[Formula]:
        r"""Yields the formulas of a text, in order: between dollars, or ``\(`` and ``\)``.

        A dollar before an amount of money opens none.
        """
        opened: re.Match[str] | None = None
        for match in _DELIMITER.finditer(text):
            sign = match[0]
            if sign in ("\\\\", "\\$"):
                continue
            if opened is None or sign == "\\(":
                opened = match if sign != "\\)" else None
            elif _closes(text, opened, match):
                inner = text[opened.end() : match.start()]
                before = text[max(0, opened.start() - 2) : opened.start()]
                unit = _NUMBER_BEFORE.search(before) and _UNIT.fullmatch(inner)
                is_number = bool(unit) or self.is_number(inner)
                yield Formula(opened.start(), opened.end(), match.start(), match.end(), is_number)
                opened = None
            else:
                opened = match if sign != "\\)" else None

    def is_number(self, inner: str) -> bool:
        """Tells whether the inside of a formula is a number or sign, with its unit if it is set as text."""
        if SUBSCRIPT.fullmatch(inner) or ORDINAL.fullmatch(inner):
            return True
        if inner.count("{") != inner.count("}") or _NO_NUMBER.match(inner):
            return False
        if not self._number.fullmatch(inner):
            return False
        if _DIGIT.search(inner):
            return True
        return not inner.lstrip().startswith("^") and _LETTER.search(_MACRO.sub("", inner)) is None


def _number(macros: dict[str, Any]) -> re.Pattern[str]:
    """Returns the pattern of what is a number or sign in a formula: digits, signs, units set as text."""
    signs = "|".join([*macros["signs"], *macros["nothing"], *macros["blanks"], "circ"])
    bold = "|".join(macros["bold"])
    words = "|".join(macros["wrappers"])
    arguments = r"\*?(?:\[[^\[\]]{0,200}\])?(?:\{(?:[^{}]|\{[^{}]{0,20}\}){0,60}\}){1,3}"
    return re.compile(  # possessive: each character can be read in one way only
        r"(?:\^\{?(?:\\circ|th|st|nd|rd)\}?|[_^]\{\s?\\pm\s?[\d.]{1,12}\s?(?:\\?%)?\s?\}"
        r"|[\d\s.,:%<>=~+\-−–—/^{}±×·≈≤≥≲≳→°]"
        rf"|\\{{1,2}}(?:(?:{signs})(?![A-Za-z])|[,;:! %#])"
        rf"|\\(?:{bold})\s?\{{\s?[-+~]?[\d.,]{{1,20}}\s?(?:\\pm\s?[\d.]{{1,12}}|\\%|\\times)?\s?\}}"
        rf"|\\(?:{words})\s?\{{\s?\\(?:{signs}|[%,])\s?\}}|\\\$"
        rf"|\\(?!(?:{bold})\b)(?:{words})\s?\{{[^{{}}$\\]{{0,30}}\}}"
        r"|\\mu(?:\s?\Z|\s?(?:\\(?:mathrm|text|rm|textrm)\s?\{[A-Za-z]{1,3}\}|[smWJAgFV](?![A-Za-z])))"
        r"|\\[dtn]?(?:ice)?frac\s?\{\d{1,6}\}\s?\{\d{1,6}\}"
        rf"|\\(?:{siunitx.macros_pattern()})(?![A-Za-z]){arguments})++"
    )


def _closes(text: str, opened: re.Match[str], match: re.Match[str]) -> bool:
    """Tells whether a delimiter closes the formula that another one may have opened."""
    if (opened[0] == "\\(") != (match[0] == "\\)"):
        return False
    if opened[0] == "\\(":
        return True
    inner = text[opened.end() : match.start()]
    if len(inner) > _LONGEST or "\n\n" in inner:
        return False
    behind = text[match.end() : match.end() + 1]
    money = behind.isdigit() or (inner[-1:].isspace() and _LETTER.search(inner))
    if money and _AMOUNT.match(inner):
        return False
    return _WORDS.search(_MACRO_WITH_WORDS.sub("", inner)) is None
