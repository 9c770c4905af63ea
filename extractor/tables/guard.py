"""Cells of a CSV that a spreadsheet would take for formulas, and the quote mark that keeps it from it."""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"  # = + - @, full-width and small
# What a spreadsheet passes over, or does not show, before a formula.
_UNSEEN = "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
# A cell begins at the text, and where another delimiter cuts it: programs of other locales cut at ";".
_AFTER = ";\t\r\n"
_START = rf"'*[{_UNSEEN}\s]*[{_SIGNS}\t\r\n]"
_LATER = rf"'*[{_UNSEEN}]*[{_SIGNS}]"
_UNGUARDED = re.compile(rf"\A(?={_START})|(?<=[{_AFTER}])(?={_LATER})")
_GUARDED = re.compile(rf"\A'(?={_START})|(?<=[{_AFTER}])'(?={_LATER})")
_NUMBER = re.compile(r"[+-][0-9][0-9.,]*%?")  # no spreadsheet takes it for more than a number


def guarded(cell: str) -> str:
    """Puts a quote mark before each place of a cell at which a formula could begin.

    Args:
        cell: The text of the cell.

    Returns:
        A text that no spreadsheet evaluates, the same where there is nothing to fear. A cell that begins with
        quote marks before such a place gets one more, so that :func:`unguarded` gives the cell back.
    """
    return cell if _NUMBER.fullmatch(cell) else _UNGUARDED.sub("'", cell)


def unguarded(cell: str) -> str:
    """Takes off the quote marks that :func:`guarded` put into a cell."""
    return _GUARDED.sub("", cell)
