r"""Accents as LaTeX writes them: "Fr\'echet", "na\"{\i}ve", "{\o}"."""

from __future__ import annotations

import re
import unicodedata

# The combining character of each accent macro.
_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a", "k": "\u0328", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ",
}  # fmt: skip
# What a sign before a small letter is no accent behind: it is an escaped quotation mark, or a home page.
_NO_ACCENT = {'"': ("", " ", "(", "\n"), "~": ("/",)}
_DOTLESS = {"\\i": "i", "\\j": "j"}
_LETTER = r"(?:\\[ij](?![A-Za-z])|[A-Za-z])"
# A sign accents the letter behind it, a letter that in braces; all may stand in braces of their own.
_ACCENTED = re.compile(
    rf"(?P<group>\{{)?\\(?:(?P<sign>['`^\"~=.])\s?(?:\{{(?P<in1>{_LETTER})\}}|(?P<bare>{_LETTER}))"
    rf"|(?P<name>[cvuHrkdb])\s?\{{(?P<in2>{_LETTER})\}}|c\s(?P<next>[cCsS]))(?(group)\}})"
)
_SPECIAL = re.compile(
    r"(?P<group>\{)?\\(?P<name>ss|[oOlLij]|ae|AE|oe|OE|aa|AA)(?![A-Za-z])(?:\{\}|\s)?(?(group)\})"
)


def accented(text: str, start: int) -> tuple[int, str] | None:
    """Reads an accented or special letter.

    Args:
        text: The text.
        start: Where its backslash or its opening brace stands.

    Returns:
        Where it ends, and the letter; None if none begins here.
    """
    if match := _ACCENTED.match(text, start):
        base = match["in1"] or match["bare"] or match["in2"] or match["next"]
        if match["bare"] and text[start - 1 : start] in _NO_ACCENT.get(match["sign"], ()) and base.islower():
            return None
        mark = _ACCENTS[match["sign"] or match["name"] or "c"]
        letter = unicodedata.normalize("NFC", _DOTLESS.get(base, base) + mark)
        return (match.end(), letter) if len(letter) == 1 else None
    if match := _SPECIAL.match(text, start):
        return match.end(), _LETTERS[match["name"]]
    return None
