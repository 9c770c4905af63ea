"""A longest-match finder of many thousand names over raw text, independent of what the names mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

# A token is a run of letters or a run of digits, so that "RTX4090", "RTX 4090" and "RTX-4090" read alike.
# The "x" of "8xA100" and the "times" that stripped LaTeX leaves in "8timesA100" are tokens of their own.
_TOKEN = re.compile(r"(?<=[0-9])(?:[xX]|times)(?=[A-Z])|[^\W\d_]+|\d+")
_NEXT = re.compile(rf"([^\w]{{0,4}}|_)((?:{_TOKEN.pattern}))")
_BLANKS = ["", " ", "  ", "~", "\t", "\n", "\r\n", " \n", "\n ", "\\ ", "\\,"]
_SPACES = ["\u00a0", "\u2009", "\u202f", "\u200b"]
_HYPHENS = ["-", "_", "--", "- ", "-\n", "\\-", "{-}", "\u00ad", "\u2010", "\u2011", "\u2012", "\u2013"]
_JOINERS = frozenset([*_BLANKS, *_SPACES, *_HYPHENS])
_ASCII = re.compile("[A-Za-z]+")
_LETTERS = bytes(byte if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256))
_DIGITS = bytes(byte if 48 <= byte < 58 else 32 for byte in range(256))
_JOINED, _GLUED = "joined", "glued"  # edge kinds: any joiner, nothing; any other kind is the very gap
_TIMES = "times"  # what stripped LaTeX leaves of a multiplication sign
_NUMBER = "#"  # behind an opening: a digit must follow
_LONG = 3  # letters that a word needs so that its number may stand apart: "ESP-32", but not "T 4"


class Hit(NamedTuple, Generic[T]):
    """One name in a text: ``text[start:end]`` is the surface, ``payload`` what was stored for it."""

    start: int
    end: int
    payload: T


class _Node(Generic[T]):
    """A state of the token trie."""

    __slots__ = ("edges", "ends", "loose", "open")

    def __init__(self) -> None:
        self.edges: dict[tuple[str, str], _Node[T]] = {}
        self.ends: dict[str, T] = {}  # trailing signs of the surface ("+" of "UltraScale+") -> payload
        self.open: list[T] = []  # payload of a surface behind which the word may go on
        self.loose = False  # of a first token: whether a surface may go on otherwise than with a digit


class Gazetteer(Generic[T]):
    """Finds the listed surface forms, leftmost and longest, at word boundaries.

    Where a surface has a blank, hyphen or underscore, the text may have any of them, a line break, a tie, or
    (between a letter and a digit) nothing; a number written onto a word of three or more letters may also
    stand apart. Other signs inside a surface must stand as they are.
    """

    def __init__(
        self,
        surfaces: Iterable[tuple[str, T]],
        *,
        folded: Iterable[tuple[str, T]] = (),
        openings: Iterable[tuple[str, T]] = (),
        plural: bool = False,
    ) -> None:
        """Builds the index.

        Args:
            surfaces: Surface forms in their exact case, and what a hit carries; of two equal ones the first
                wins.
            folded: Surface forms to find in any case.
            openings: Beginnings of names, in their exact case, behind which a word or number may go on, or,
                if "#" ends them, a number must; a listed surface of the same extent goes first.
            plural: Whether a plural "s" may follow a surface that ends in a digit or capital, as part of the
                hit.

        Raises:
            ValueError: A surface is empty or does not begin with a letter or digit.
        """
        self._exact: dict[str, _Node[T]] = {}
        self._folded: dict[str, _Node[T]] = {}
        self._plural = plural
        for surface, payload in surfaces:
            _insert(self._exact, surface, payload)
            if plural and surface[-1:].isupper():
                _insert(self._exact, surface + "s", payload)
        for surface, payload in folded:
            _insert(self._folded, surface.lower(), payload)
        for surface, payload in openings:
            _node(self._exact, surface)[0].open.append(payload)
        firsts = set(self._exact)
        for first in self._folded:
            firsts.update((first, first.upper(), first.capitalize()))
        self._keys = _keys(firsts)
        self._numbers = {first.encode(): first for first in firsts if first.isdigit() and first.isascii()}
        self._rare = [first for first in firsts if not first.isdigit() and not first[0].isascii()]

    def find(self, text: str) -> list[Hit[T]]:
        """Returns the hits in the order of the text; they do not overlap."""
        candidates = self._candidates(text)
        if not candidates:
            return []
        hits: list[Hit[T]] = []
        for token in candidates:
            for start in self._starts(token, text):
                hit = self._longest(token, text, start)
                if hit is not None:
                    hits.append(hit)
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        kept: list[Hit[T]] = []
        end = 0
        for hit in hits:
            if hit.start >= end:
                kept.append(hit)
                end = hit.end
        return kept

    def _starts(self, token: str, text: str) -> Iterator[int]:
        """Yields where a first token stands alone or behind a count ("8xA100"), if need be before a digit."""
        root = self._exact.get(token)
        digit = root is not None and not root.loose and token.lower() not in self._folded
        start = text.find(token)
        size = len(token)
        while start >= 0:
            end = start + size
            free = not text[start - 1 : start].isalnum() or not start or _is_counted(token, text, start)
            if free and _may_end(token, text[end : end + 1], digit=digit):
                yield start
            start = text.find(token, end)

    def _candidates(self, text: str) -> set[str]:
        """Returns the first tokens of surfaces that may stand in the text: the quick sieve of the search."""
        letters, digits = _runs(text)
        candidates: set[str] = set()
        for key in self._keys.keys() & letters:
            candidates.update(self._keys[key])
        if self._numbers:
            candidates.update(self._numbers[key] for key in self._numbers.keys() & digits)
        candidates.update(first for first in self._rare if first in text)
        return candidates

    def _longest(self, token: str, text: str, start: int) -> Hit[T] | None:
        best: Hit[T] | None = None
        end = start + len(token)
        for root, fold in ((self._folded.get(token.lower()), True), (self._exact.get(token), False)):
            if root is None:
                continue
            for stop, payload in self._ends(root, text, end, fold):
                # Of equals the later: the exact case, and what was listed with its "s".
                if best is None or stop >= best.end:
                    best = Hit(start, stop, payload)
        return best

    def _ends(self, node: _Node[T], text: str, end: int, fold: bool) -> Iterator[tuple[int, T]]:
        for payload in node.open:
            yield end, payload
        for tail, payload in node.ends.items():
            if text.startswith(tail, end):
                stop = self._boundary(text, end + len(tail))
                if stop is not None:
                    yield stop, payload
        if not node.edges:
            return
        following = _NEXT.match(text, end)
        if following is None:
            return
        gap, token = following[1], following[2]
        token = token.lower() if fold else token
        kinds = (_JOINED, _GLUED) if gap == "" else (_JOINED,) if gap in _JOINERS else (gap,)
        for kind in kinds:
            child = node.edges.get((kind, token))
            if child is not None:
                yield from self._ends(child, text, following.end(), fold)

    def _boundary(self, text: str, end: int) -> int | None:
        """Returns where the hit ends, with its plural s, or None where the word goes on."""
        following = text[end : end + 2]
        if not following[:1].isalnum():
            return end
        last = text[end - 1]
        plural = self._plural and following[0] == "s" and not following[1:].isalnum()
        return end + 1 if plural and (last.isdigit() or last.isupper()) else None


def _keys(firsts: Iterable[str]) -> dict[bytes, list[str]]:
    """Maps what a first token shows in the translated bytes, also behind a count ("8xA100"), to the token."""
    keys: dict[bytes, list[str]] = {}
    for first in firsts:
        letters = _ASCII.match(first)
        if letters is None:
            continue
        prefixes = ("", "x", "X", "times") if first[0].isupper() else ("",)
        for prefix in prefixes:
            keys.setdefault((prefix + letters[0]).encode(), []).append(first)
    return keys


def _insert(roots: dict[str, _Node[T]], surface: str, payload: T) -> None:
    node, tail = _node(roots, surface)
    node.ends.setdefault(tail, payload)


def _node(roots: dict[str, _Node[T]], surface: str) -> tuple[_Node[T], str]:
    """Returns the node of a surface, made where it is new, and the signs behind its last token."""
    previous: re.Match[str] | None = None
    node: _Node[T] | None = None
    for token in _TOKEN.finditer(surface):
        if node is None or previous is None:
            if token.start():
                break
            node = root = roots.setdefault(token[0], _Node())
        else:
            gap = surface[previous.end() : token.start()]
            key = (_edge_kind(previous[0], gap, token[0]), token[0])
            root.loose = root.loose or key[0] != _GLUED or not key[1].isdigit()
            node = node.edges.setdefault(key, _Node())
        previous = token
    if node is None or previous is None:
        message = f"the name {surface!r} must begin with a letter or digit"
        raise ValueError(message)
    tail = surface[previous.end() :]
    if node is root and tail != _NUMBER:
        root.loose = True
    return node, tail


def _edge_kind(left: str, gap: str, right: str) -> str:
    if gap == "":
        return _JOINED if right.isdigit() and len(left) >= _LONG else _GLUED
    return _JOINED if gap in _JOINERS else gap


@lru_cache(maxsize=1)
def _runs(text: str) -> tuple[list[bytes], list[bytes]]:
    """Returns the runs of ASCII letters and of digits in a text; several gazetteers read one text in turn.

    Byte translation and splitting is several times as fast as any pattern that finds the words.
    """
    raw = text.encode("utf-8", "replace")
    return raw.translate(_LETTERS).split(), raw.translate(_DIGITS).split()


def _may_end(token: str, following: str, *, digit: bool) -> bool:
    """Tells whether a token can end before a character: a digit if one is asked for, else no more of it."""
    if digit or token[-1].isdigit():
        return following.isdecimal() == digit
    return following.isdecimal() or not following.isalnum()


def _is_counted(token: str, text: str, start: int) -> bool:
    """Tells whether a token stands behind a count ("8xA100", "8timesA100")."""
    if not token[0].isupper():
        return False
    counted = text[start - 1] in "xX" and start > 1 and text[start - 2] in "0123456789"
    return counted or (start >= len(_TIMES) and text.startswith(_TIMES, start - len(_TIMES)))
