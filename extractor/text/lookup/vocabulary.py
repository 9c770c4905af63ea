"""Tells which runs of letters and digits stand in a text: one walk serves all lists of names and words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_LETTERS = bytes(byte if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256))
_DIGITS = bytes(byte if 48 <= byte < 58 else 32 for byte in range(256))
_COUNTED = re.compile(r"[xXs](?=[A-Z])(?:(?<=[0-9].)|(?<=times))([A-Z][A-Za-z]*)")  # begins with what few do


def forms(word: str) -> set[str]:
    """Returns a word as texts have it: within a sentence, at its beginning or in a title, in capitals."""
    return {word, word.capitalize(), word.upper()}


class Vocabulary:
    """All runs that some lists ask texts for, so that a text is walked through once for all of them.

    Args:
        lists: The runs that each list asks for.
    """

    def __init__(self, *lists: Iterable[str]) -> None:
        self._asked: frozenset[str] = frozenset().union(*lists)

    def shown(self, text: str) -> frozenset[str]:
        """Returns those of the runs that stand in a text; see `runs`."""
        return self._asked.intersection([*_letter_runs(text), *digit_runs(text)])


@lru_cache(maxsize=1)
def runs(text: str) -> frozenset[str]:
    """Returns the runs of ASCII letters, and of digits, that stand in a text, each in its exact case.

    A run stands between other characters: of "8xA100" the letters are "xA" and the digits "8" and "100"; and,
    as a count stands before it, "A". The last answer is kept for the next list that asks. Byte translation
    and splitting is several times as fast as any pattern that finds the words.
    """
    return all_runs(text)


def all_runs(text: str) -> frozenset[str]:
    """Returns the same, and keeps nothing."""
    return frozenset([*_letter_runs(text), *_split(text, _DIGITS)])


@lru_cache(maxsize=1)
def digit_runs(text: str) -> list[str]:
    """Returns all runs of ASCII digits in a text, in its order; kept like the answer of `runs`."""
    return _split(text, _DIGITS)


def _letter_runs(text: str) -> list[str]:
    """Returns the runs of ASCII letters, and what of them stands behind the sign of a count."""
    return _split(text, _LETTERS) + _COUNTED.findall(text)


def _split(text: str, table: bytes) -> list[str]:
    """Splits a text at all bytes for which a table has a blank."""
    return text.encode("utf-8", "replace").translate(table).decode("ascii").split()
