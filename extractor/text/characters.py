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
_GROUPS = r"(?<=\d)[{blanks}](?=\d\d\d(?!\d))"


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
        single = "".join(map(re.escape, signs))
        mangled = _mangled(rules["mangled"])
        sequences = "|".join(re.escape(each) for each in sorted(mangled, key=len, reverse=True))
        self._signs = signs | {sequence: signs.get(sign, sign) for sequence, sign in mangled.items()}
        self._odd = re.compile(
            rf"(?P<group>{_GROUPS.format(blanks=rules['characters'][' '])})|(?P<sign>{sequences}|[{single}])"
            r"|(?P<accented>[^\W\d_][\u0300-\u036f]{1,3})"
        )

    def plain(self, character: str) -> str:
        """Returns what a character is read as."""
        return self._signs.get(character, character)

    def read(self, view: View) -> View:
        """Reads the characters of a text; one of ASCII has no odd ones."""
        return view if view.text.isascii() else view.edited(self._changes(view.text))

    def _changes(self, text: str) -> Iterator[Change]:
        for match in self._odd.finditer(text):
            kind, found = match.lastgroup, match[0]
            if kind == "group":
                words = _THIN
            elif kind == "accented":
                words = unicodedata.normalize("NFC", found)
            else:
                words = self._signs[found]
            yield Change(*match.span(), words)


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
