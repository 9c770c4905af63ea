"""Characters that are read as others: blanks, hyphens, full width, accents apart, mangled UTF-8."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml
from extractor.text.view import Change, View

_FULL_WIDTH = range(0xFF01, 0xFF5F)
_TO_ASCII = 0xFEE0  # from a full-width character to the plain one
_THIN = "\u2009"  # the blank between groups of digits
_GROUPS = r"(?<=\d)[{blanks}](?=\d\d\d(?!\d))"


class _Table(NamedTuple):
    """What is read as what."""

    odd: re.Pattern[str]  # finds what is to be changed
    signs: dict[str, str]


@cache
def view_rules() -> dict[str, Any]:
    """Returns the rules of the reading view (rules/view.yaml)."""
    document: dict[str, Any] = load_yaml(rules_dir() / "view.yaml")
    return document


@cache
def _table() -> _Table:
    rules = view_rules()
    signs = {chr(code): chr(code - _TO_ASCII) for code in _FULL_WIDTH}
    signs |= {
        other: sign for sign, others in rules["characters"].items() for other in others if other != sign
    }
    signs |= dict.fromkeys(rules["invisible"], "")
    signs |= rules["ligatures"]
    single = "".join(map(re.escape, signs))
    mangled = _mangled(rules["mangled"])
    sequences = "|".join(re.escape(each) for each in sorted(mangled, key=len, reverse=True))
    signs |= {sequence: signs.get(sign, sign) for sequence, sign in mangled.items()}
    blanks = rules["characters"][" "]
    pattern = (
        rf"(?P<group>{_GROUPS.format(blanks=blanks)})|(?P<sign>{sequences}|[{single}])"
        r"|(?P<accented>[^\W\d_][\u0300-\u036f]{1,3})"
    )
    return _Table(re.compile(pattern), signs)


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


def plain(character: str) -> str:
    """Returns what a character is read as."""
    return _table().signs.get(character, character)


def with_plain_characters(view: View) -> View:
    """Reads odd characters as plain ones; texts of ASCII have none."""
    return view if view.text.isascii() else view.edited(_changes(view.text))


def _changes(text: str) -> Iterator[Change]:
    odd, signs = _table()
    for match in odd.finditer(text):
        kind, found = match.lastgroup, match[0]
        if kind == "group":
            words = _THIN
        elif kind == "accented":
            words = unicodedata.normalize("NFC", found)
        else:
            words = signs[found]
        yield Change(*match.span(), words)
