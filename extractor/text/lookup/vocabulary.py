"""Tells which of the words that any list begins with stand in a text: one walk serves all lists."""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import lru_cache

_LETTERS = bytes(byte if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256))
_DIGITS = bytes(byte if 48 <= byte < 58 else 32 for byte in range(256))
_registered: set[str] = set()


def register(runs: Iterable[str]) -> None:
    """Adds runs of ASCII letters, or of digits, to those that are looked for.

    Args:
        runs: Each is one run as a text shows it between other characters, in its exact case: of "8xA100" the
            letters are "xA" and the digits "8" and "100".
    """
    _registered.update(runs)
    known.cache_clear()


def forms(word: str) -> set[str]:
    """Returns a word as texts have it: within a sentence, at its beginning or in a title, in capitals."""
    return {word, word.capitalize(), word.upper()}


@lru_cache(maxsize=1)
def known(text: str) -> Set[str]:
    """Returns the registered runs that stand in a text; the last answer is kept for the next that asks.

    Byte translation and splitting is several times as fast as any pattern that finds the words.
    """
    return _registered.intersection([*_runs(text, _LETTERS), *digit_runs(text)])


@lru_cache(maxsize=1)
def digit_runs(text: str) -> list[str]:
    """Returns all runs of ASCII digits in a text, in its order; kept like the answer of `known`."""
    return _runs(text, _DIGITS)


def _runs(text: str, table: bytes) -> list[str]:
    """Splits a text at all bytes for which a table has a blank."""
    return text.encode("utf-8", "replace").translate(table).decode("ascii").split()
