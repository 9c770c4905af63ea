r"""LaTeX: formulas of numbers, signs, fonts, spaces, escapes; "\textbf{2.5}$\times$" is read as "2.5×"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from extractor.text import siunitx
from extractor.text.accents import accented
from extractor.text.characters import CharacterReader
from extractor.text.formulas import ORDINAL, SUBSCRIPT, Formula, FormulaReader
from extractor.text.markup import is_base
from extractor.text.pairing import FormulaSpan
from extractor.text.siunitx import QuantityReader
from extractor.text.view import Change, View

# Begins with a set of characters, and so is quickly found.
_TOKEN = re.compile(r"[\\{~^_](?:(?<=\\)(?:(?P<macro>[A-Za-z]+)\*?|(?P<escape>[^A-Za-z])))?")
_BRACE = re.compile(r"\\.|(?P<brace>[{}])", re.DOTALL)
_ARGUMENT = re.compile(r"\s{0,2}\{")
_FRACTION = re.compile(r"\s?\{(\d{1,6})\}\s?\{(\d{1,6})\}")
_UNICODE = re.compile(r"\{[xX]([0-9a-fA-F]{2,5})\}")
_MICRO = re.compile(r"\s?(?=\$?(?:\\(?:mathrm|text|rm|textrm)\s?\{)?[smWJAgFV]\b)")
_GROUPED = re.compile(r"\d\d\d(?!\d)")
_SIGN_IN_BRACES = re.compile(r"\{\s?(?:\\(?P<macro>[A-Za-z]+)|[<>=~+\-,:/]|\\[%!])\s?\}")
_SPREAD = re.compile(r"[_^]\{\s?\\pm\s?")
_DOUBLED = re.compile(r"([A-Za-z]+)|[%&_#,]")  # behind two backslashes, of which one is too many
_POWER = re.compile(r"\{([-−–+]?\d{1,3})\}|[-−–+]?\d{1,3}")
_ADDRESS = re.compile(r"\S*(?:/|www\.|@)\S*\Z")
_TIED = re.compile(r"[\w.,;:)}%$\]]")
_TIED_TO = re.compile(r"[\w\\$({]")
_NAME_GOES_ON = re.compile(r"[A-Za-z]|-[A-Za-z]{2}")
_BEFORE_RANGE = frozenset("0123456789%x×$}KMBT")  # a tilde between two amounts makes them a range
_LONGEST_WORD = 80
_THIN = "\u2009"
_KEPT = frozenset("%&_#")
_BLANK = frozenset(",;:> \n\t\\")
_NOTHING = frozenset("!/@-")


class LatexReader:
    """Reads LaTeX as what it prints, where that is plain text or a number; other formulas stay.

    Args:
        rules: The parsed rules/view.yaml.
        characters: Reads characters given by their codes.
    """

    def __init__(self, rules: dict[str, Any], characters: CharacterReader) -> None:
        macros = rules["latex"]
        self.plain = characters.plain
        self.formulas = FormulaReader(macros)
        self.quantities = QuantityReader(rules["siunitx"])
        self.signs: dict[str, str] = (
            macros["signs"] | dict.fromkeys(macros["blanks"], " ") | dict.fromkeys(macros["nothing"], "")
        )
        self.kinds = dict.fromkeys(siunitx.MACROS, "siunitx") | dict.fromkeys(self.signs, "signs")
        for kind in ("wrappers", "raised", "coloured", "declarations", "references", "fractions"):
            self.kinds |= dict.fromkeys(macros[kind], kind)
        self.kinds |= {"mu": "mu", "textmu": "mu", "unicode": "unicode"}
        names = "|".join(macros["declarations"])
        self.declaration = re.compile(rf"\{{?\\(?:{names})(?![A-Za-z])(?:\{{[^{{}}]{{0,30}}\}})?\s{{0,2}}")

    def read(self, view: View) -> View:
        """Reads the LaTeX of a text."""
        if "\\" not in view.text and view.text.count("$") < 2:
            return view
        text = _Text(view.text, self)
        return view.edited(text.changes(), text.formulas)


class _Text:
    """One text that is read."""

    def __init__(self, text: str, reader: LatexReader) -> None:
        self._text = text
        self._changes: list[Change] = []
        self._reader = reader
        self.formulas: list[FormulaSpan] = []

    def changes(self) -> list[Change]:
        """Returns all changes, in order."""
        place = 0
        for formula in self._reader.formulas.find(self._text):
            self._scan(place, formula.start)
            self.formulas.append(FormulaSpan(formula.start, formula.end, is_text=False))
            if formula.is_number:
                self._formula(formula)
            place = formula.end
        if place or "\\" in self._text:
            self._scan(place, len(self._text))
        return sorted(self._changes)

    @cached_property
    def _closing(self) -> dict[int, int]:
        """Where the brace stands that closes each opening one."""
        closing: dict[int, int] = {}
        opened: list[int] = []
        for match in _BRACE.finditer(self._text):
            if match["brace"] == "{":
                opened.append(match.start())
            elif match["brace"] and opened:
                closing[opened.pop()] = match.start()
        return closing

    def _read(self, start: int, end: int, words: str) -> int:
        """Notes what a stretch is read as; returns its end."""
        self._changes.append(Change(start, end, words))
        return end

    def _scan(self, start: int, end: int, *, in_formula: bool = False) -> None:
        """Reads a stretch outside formulas, or the inside of one."""
        place = start
        while match := _TOKEN.search(self._text, place, end):
            sign, place = match[0][0], match.end()
            if match["macro"]:
                place = self._macro(match)
            elif match["escape"]:
                place = self._escape(match)
            elif sign == "{":
                place = self._group(match.start(), in_formula=in_formula)
            elif sign == "~" and not in_formula:
                place = self._tie(match.start())
            elif sign in "^_" and in_formula:
                place = self._raised(match.start())

    def _formula(self, formula: Formula) -> None:
        text, start = self._text, formula.start
        inner = text[formula.inner : formula.inner_end]
        power = inner.startswith("^") and _POWER.fullmatch(inner, 1)
        in_name = power and text[start - 1 : start].isalpha() and _NAME_GOES_ON.match(text, formula.end)
        is_mark = power and not in_name and not is_base(text, start)
        if is_mark or (SUBSCRIPT.fullmatch(inner) and not text[start - 1 : start].isalpha()):
            return  # no power, no index
        self.formulas[-1] = self.formulas[-1]._replace(is_text=True)
        self._read(start, formula.inner, "")
        if power:
            self._read(formula.inner, formula.inner_end, "^"[: not in_name] + inner[1:].strip("{}"))
        elif SUBSCRIPT.fullmatch(inner):
            self._read(formula.inner, formula.inner_end, inner.strip("_{}"))
        else:
            self._scan(formula.inner, formula.inner_end, in_formula=True)
        self._read(formula.inner_end, formula.end, "")

    def _macro(self, match: re.Match[str]) -> int:
        """Reads the macro that a match has found; returns where to go on."""
        name = match["macro"]
        kind = self._reader.kinds.get(name)
        place = _READERS[kind](self, name, *match.span()) if kind else None
        if place is None and (letter := accented(self._text, match.start())):
            place = self._read(match.start(), *letter)
        return match.end() if place is None else place

    def _sign(self, name: str, start: int, end: int) -> int:
        return self._read(start, end + 2 * self._text.startswith("{}", end), self._reader.signs[name])

    def _declaration(self, _name: str, start: int, end: int) -> int:
        found = self._reader.declaration.match(self._text, start)
        return self._read(start, found.end() if found else end, "")

    def _quantity(self, name: str, start: int, end: int) -> int | None:
        read = self._reader.quantities.changes(self._text, name, start, end)
        if read is None:
            return None
        self._changes += read[1]
        return read[0]

    def _micro(self, _name: str, start: int, end: int) -> int | None:
        micro = _MICRO.match(self._text, end)
        return self._read(start, micro.end(), "µ") if micro else None

    def _unicode(self, _name: str, start: int, end: int) -> int | None:
        code = _UNICODE.match(self._text, end)
        return self._read(start, code.end(), self._reader.plain(chr(int(code[1], 16)))) if code else None

    def _wrapper(self, _name: str, start: int, end: int) -> int | None:
        """Leaves a macro and the braces of its argument out."""
        return self._unwrap(start, self._argument(end))

    def _coloured(self, _name: str, start: int, end: int) -> int | None:
        colour = self._argument(end)
        return None if colour is None else self._unwrap(start, self._argument(self._closing[colour] + 1))

    def _superscript(self, _name: str, start: int, end: int) -> int | None:
        """Reads a raised number as a power where it is one, else leaves it out: it points to a footnote."""
        opening = self._argument(end)
        if opening is None or not _POWER.fullmatch(self._text, opening + 1, self._closing[opening]):
            return self._unwrap(start, opening)
        if is_base(self._text, start):
            return self._unwrap(start, opening, "^")
        return self._read(start, self._closing[opening] + 1, "")

    def _unwrap(self, start: int, opening: int | None, words: str = "") -> int | None:
        if opening is None:
            return None
        closing = self._closing[opening]
        self._read(closing, closing + 1, "")
        return self._read(start, opening + 1, words)

    def _reference(self, _name: str, start: int, end: int) -> int | None:
        while (
            self._text[end : end + 1] == "[" and (close := self._text.find("]", end, end + _LONGEST_WORD)) > 0
        ):
            end = close + 1
        opening = self._argument(end)
        return self._read(start, self._closing[opening] + 1, "") if opening is not None else None

    def _argument(self, place: int) -> int | None:
        """Returns where the brace opens that stands at a place, if it is closed again."""
        found = _ARGUMENT.match(self._text, place)
        return found.end() - 1 if found and found.end() - 1 in self._closing else None

    def _fraction(self, _name: str, start: int, end: int) -> int | None:
        found = _FRACTION.match(self._text, end)
        if found is None:
            return None
        self._read(start, found.start(1), "")
        self._read(found.end(1), found.start(2), "/")
        return self._read(found.end(2), found.end(), "")

    def _escape(self, match: re.Match[str]) -> int:
        """Reads a backslash with a sign behind it."""
        sign, text = match["escape"], self._text
        start, end = match.span()
        if sign in _KEPT:
            return self._read(start, end, sign)
        doubled = _DOUBLED.match(text, end) if sign == "\\" else None
        if doubled and (doubled[1] is None or doubled[1] in self._reader.kinds):
            return self._read(start, start + 1, "")
        if sign in _BLANK:
            grouped = sign == "," and text[start - 1 : start].isdigit() and _GROUPED.match(text, end)
            return self._read(start, end, _THIN if grouped else " ")
        if sign in _NOTHING:
            return self._read(start, end, "")
        letter = accented(text, start)
        return self._read(start, *letter) if letter else end

    def _group(self, start: int, *, in_formula: bool) -> int:
        """Reads what begins with a brace of its own."""
        text, closing = self._text, self._closing.get(start)
        if closing is None:
            return start + 1
        sign = _SIGN_IN_BRACES.match(text, start)
        bare = in_formula and text[start - 1 : start] not in ("^", "_")
        if bare or (sign and (sign["macro"] is None or sign["macro"] in self._reader.signs)):
            self._read(closing, closing + 1, "")
            return self._read(start, start + 1, "")
        if found := self._reader.declaration.match(text, start):
            self._read(closing, closing + 1, "")
            return self._read(start, found.end(), "")
        letter = accented(text, start)
        return self._read(start, *letter) if letter else start + 1

    def _tie(self, start: int) -> int:
        """Reads a tilde that joins two words as a blank; one before a number alone is "about"."""
        text = self._text
        joins = _TIED.match(text, start - 1) and _TIED_TO.match(text, start + 1) if start else None
        digits = text[start + 1 : start + 2].isdigit() and text[start - 1] in _BEFORE_RANGE
        if not joins or digits or _ADDRESS.search(text[max(0, start - _LONGEST_WORD) : start]):
            return start + 1
        return self._read(start, start + 1, " ")

    def _raised(self, start: int) -> int:
        """Reads a degree sign, the ending of an ordinal, or a spread set beside its number."""
        if spread := _SPREAD.match(self._text, start):
            closing = self._closing[start + 1]
            self._read(closing, closing + 1, "")
            return self._read(start, spread.end(), " ± ")
        found = ORDINAL.match(self._text, start)
        return self._read(start, found.end(), "°" if "circ" in found[1] else found[1]) if found else start + 1


# How the macros of each kind are read; None where one is not what it seems.
_READERS: Mapping[str, Callable[[_Text, str, int, int], int | None]] = {
    "signs": _Text._sign,
    "wrappers": _Text._wrapper,
    "raised": _Text._superscript,
    "coloured": _Text._coloured,
    "declarations": _Text._declaration,
    "references": _Text._reference,
    "fractions": _Text._fraction,
    "siunitx": _Text._quantity,
    "mu": _Text._micro,
    "unicode": _Text._unicode,
}
