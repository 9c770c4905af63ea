"""Characters that are read as others: blanks, hyphens, full width, accents apart, mangled UTF-8."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from extractor.text.view import Change, View

_FULL_WIDTH = range(0xFF01, 0xFF5F)
_TO_ASCII = 0xFEE0  # from a full-width character to the plain one
_THIN = "\u2009"  # the blank between groups of digits
_NO_BREAK = "\u00a0"
_GROUP = re.compile(r"(?<=\d).(?=\d\d\d(?!\d))")  # a blank between groups of digits
_MARKS = "\u0300-\u036f"  # that combine with the letter before them
_ACCENTED = re.compile(rf"(?<=[^\W\d_])[{_MARKS}]{{1,3}}")
# An en dash that joins words, or a number and a word, as a hyphen does: "speed–up", "GPT–4", "5–fold".
_LETTER = r"[^\W\d_]"
_IN_WORD = re.compile(rf"(?<={_LETTER}{_LETTER}).(?={_LETTER}{_LETTER}|\d)|(?<=\d).(?={_LETTER}{_LETTER})")
_WITHIN = re.compile(rf"(?<={_LETTER}).(?={_LETTER})")  # a word
_NAME = re.compile(r"(?<![\d.%×])(?<![\d.%×]\s)(?<!\w)[A-Z][A-Za-z]{1,20}\Z")  # no unit behind a number
_LONGEST_NAME = 24


class CharacterReader:
    """Reads odd characters as plain ones.

    Args:
        rules: The parsed rules/view.yaml.
    """

    def __init__(self, rules: dict[str, Any]) -> None:
        signs = {chr(code): chr(code - _TO_ASCII) for code in _FULL_WIDTH}
        signs |= {
            other: sign for sign, others in rules["characters"].items() for other in others if other != sign
        }
        signs |= dict.fromkeys(rules["invisible"], "")
        signs |= rules["ligatures"]
        self._signs = signs
        self._blanks = frozenset(rules["characters"][" "])
        mangled = _mangled(rules["mangled"]) | rules["mangled_otherwise"]
        self._mangled = {sequence: signs.get(sign, sign) for sequence, sign in mangled.items()}
        self._sequence = re.compile(
            "|".join(re.escape(each) for each in sorted(mangled, key=len, reverse=True))
        )
        self._within = {"–": "-", **dict.fromkeys(rules["apostrophes"], "'")}  # read so within words alone
        firsts = {sequence[0] for sequence in mangled}
        self._odd = re.compile(f"[{''.join(map(re.escape, {*signs, *firsts, *self._within}))}{_MARKS}]")

    def plain(self, character: str) -> str:
        """Returns what a character is read as."""
        return self._signs.get(character, character)

    def read(self, view: View) -> View:
        """Reads the characters of a text; one of ASCII has no odd ones."""
        return view if view.text.isascii() else view.edited(self._changes(view.text))

    def _changes(self, text: str) -> Iterator[Change]:
        end = 0
        for match in self._odd.finditer(text):
            start = match.start()
            if start < end:
                continue
            change = self._change(text, start)
            if change is not None:
                yield change
                end = change.end

    def _change(self, text: str, start: int) -> Change | None:
        """Returns what stands at a place and is read otherwise."""
        sign = text[start]
        if mangled := self._sequence.match(text, start):
            return Change(start, mangled.end(), self._mangled[mangled[0]])
        if sign in self._blanks:
            groups = sign != _NO_BREAK and _GROUP.match(text, start)  # a no-break one joins words as well
            return Change(start, start + 1, _THIN if groups else " ")
        if sign in self._signs:
            plain = self._signs[sign]
            return Change(start, start + 1, "-" if plain == "–" and _joins(text, start) else plain)
        if sign in self._within:
            plain = self._within[sign]
            joins = _WITHIN.match(text, start) if plain == "'" else _joins(text, start)
            return Change(start, start + 1, plain) if joins else None
        if marks := _ACCENTED.match(text, start):
            return Change(start - 1, marks.end(), unicodedata.normalize("NFC", text[start - 1 : marks.end()]))
        return None


def _joins(text: str, place: int) -> bool:
    """Tells whether a dash joins words; between two amounts it makes a range."""
    if not _IN_WORD.match(text, place):
        return False
    if not text[place + 1].isdigit() or text[place - 3 : place] in ("-to", "–to"):
        return True
    return _NAME.search(text, max(0, place - _LONGEST_NAME), place) is not None


def _mangled(characters: str) -> dict[str, str]:
    """Returns the sequences that characters become where their UTF-8 is read as Latin-1 or Windows-1252."""
    found: dict[str, str] = {}
    for character in characters:
        data = character.encode()
        latin = data.decode("latin-1")
        windows = "".join(_in_windows(byte) for byte in data)
        for sequence in (latin, windows):
            if len(sequence) > 1:
                found[sequence] = character
    return found


def _in_windows(byte: int) -> str:
    """Reads a byte as Windows-1252; the five that it leaves open are read as Latin-1."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)
