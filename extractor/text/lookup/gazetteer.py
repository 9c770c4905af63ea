"""A longest-match finder of many thousand names over raw text, independent of what the names mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from itertools import pairwise, product
from threading import RLock
from typing import Generic, NamedTuple, TypeVar

from extractor.text.lookup.vocabulary import all_runs, forms, runs

T = TypeVar("T")

# A token is a run of letters or a run of digits, so that "RTX4090", "RTX 4090" and "RTX-4090" read alike.
# The "x" of "8xA100" and the "times" that stripped LaTeX leaves in "8timesA100" are tokens of their own.
_TOKEN = re.compile(r"(?<=[0-9])(?:[xX]|times)(?=[A-Z])|[^\W\d_]+|\d+")
_NEXT = re.compile(rf"([^\w]{{0,4}}|_)((?:{_TOKEN.pattern}))")
_BLANKS = ["", " ", "  ", "~", "\t", "\n", "\r\n", " \n", "\n ", "\\ ", "\\,"]
_SPACES = ["\u00a0", "\u2009", "\u202f", "\u200b"]
_HYPHENS = ["-", "_", "--", "- ", "-\n", "\\-", "{-}", "\u00ad", "\u2010", "\u2011", "\u2012", "\u2013"]
_JOINERS = frozenset([*_BLANKS, *_SPACES, *_HYPHENS])
_COMMON_JOINERS = frozenset(" -")
_RUN = re.compile("[A-Za-z]+|[0-9]+")
_JOINED, _GLUED = "joined", "glued"  # edge kinds: any joiner, nothing; any other kind is the very gap
# What a joiner, and no gap at all, may be in a name.
_JOINED_KINDS, _GLUED_KINDS = (_JOINED,), (_JOINED, _GLUED)
_TIMES = "times"  # what stripped LaTeX leaves of a multiplication sign
_END = "\0"  # of a name that waits, and of the number of its payload
_NUMBER = "#"  # behind an opening: a digit must follow
_LONG = 3  # letters that a word needs so that its number may stand apart: "ESP-32", but not "T 4"


class Hit(NamedTuple, Generic[T]):
    """One name in a text: ``text[start:end]`` is the surface, ``payload`` what was stored for it."""

    start: int
    end: int
    payload: T


class _Probe(NamedTuple):
    """What to look for in a text: the token ``first``, and what must stand with it in just this spelling."""

    literal: str  # begins with the first token
    first: str
    other: str = ""  # a later run of letters or digits that the text must have too


class _Marked(NamedTuple):
    """A probe with the token that a text must have for it to be looked for."""

    token: str
    probe: _Probe


class _Node(Generic[T]):
    """A state of the token trie."""

    __slots__ = ("edges", "ends", "initials", "loose", "numbered", "open")

    def __init__(self) -> None:
        # There are many nodes, and most are without most of this.
        self.edges: dict[tuple[str, str], _Node[T]] | None = None
        self.initials = ""  # first characters of the tokens that may follow
        self.ends: tuple[
            tuple[str, T], ...
        ] = ()  # signs behind the surface ("+" of "UltraScale+") -> payload
        self.open: tuple[T, ...] = ()  # payload of a surface behind which the word may go on
        self.numbered: tuple[T, ...] = ()  # the same, if a digit follows
        self.loose = False  # of a first token: whether a surface may go on otherwise than with a digit

    def end(self, tail: str, payload: T) -> None:
        """Lets a surface end here, with some signs behind, if none with the same signs does."""
        if all(tail != other for other, _ in self.ends):
            self.ends = (*self.ends, (tail, payload))

    def follow(self, key: tuple[str, str]) -> _Node[T]:
        """Returns the node behind a gap and a token, made where it is new."""
        if key[1][0] not in self.initials:
            self.initials += key[1][0]
        if self.edges is None:
            self.edges = {}
        if key not in self.edges:
            self.edges[key] = _Node()
        return self.edges[key]


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
        self._keys: dict[str, list[_Probe]] = {}  # by a run that a text shows
        self._rare: list[tuple[str, _Probe]] = []  # those that no such run shows
        # Most names never occur: they wait, by the run they begin with, until a text shows it; each name with
        # the number of its payload, all in one string, as many small things are slow to make and to keep.
        self._waiting: dict[str, str] = {}
        self._payloads: list[T] = []
        self._lock = RLock()
        marks: set[_Marked] = set()
        inside = set(self._wait(_with_plurals(surfaces) if plural else surfaces, marks))
        for surface, payload in folded:
            node, (first, *others, tail), _ = _node(self._folded, surface.lower())
            node.end(tail, payload)
            for form, other in product(forms(first), forms(max(others, key=len, default=""))):
                marks.add(_Marked(form, _Probe(form, form, other)))
        for surface, payload in openings:
            node, tokens, probe = _node(self._exact, surface)
            if surface.endswith(_NUMBER):
                node.numbered = (*node.numbered, payload)
            else:
                node.open = (*node.open, payload)
            marks.add(_mark(tokens, probe))
        self._index(marks)
        rest = (probe.other for probes in self._keys.values() for probe in probes)
        self.words = frozenset().union(self._keys, self._waiting, rest, inside)
        """The runs that texts are asked for; see `find`."""

    def _wait(self, surfaces: Iterable[tuple[str, T]], marks: set[_Marked]) -> Iterator[str]:
        """Lets names wait that begin with a run of letters; puts the others into the index.

        Yields:
            The runs that names which wait may ask for besides their first; see `_mark`.
        """
        waiting, payloads = self._waiting, self._payloads
        by_letter: list[str] = []
        by_run: list[str] = []
        numbers: dict[int, int] = {}  # of the payloads, by what they are
        for surface, payload in surfaces:
            run = _RUN.match(surface)
            if run is None or not run[0].isalpha() or _END in surface:
                marks.add(self._insert(surface, payload))
                continue
            number = numbers.get(id(payload))
            if number is None:
                number = numbers[id(payload)] = len(payloads)
                payloads.append(payload)
            waiting[run[0]] = f"{waiting.get(run[0], '')}{surface}{_END}{number}{_END}"
            (by_letter if run.end() == 1 else by_run).append(surface)
        yield from all_runs(_END.join(by_letter))
        yield from (shown for shown in all_runs(_END.join(by_run)) if not shown.islower())

    def _admit(self, shown: Set[str]) -> None:
        """Puts the surfaces that begin with what runs show into the index."""
        with self._lock:
            for run in shown & self._waiting.keys():
                names = self._waiting[run].split(_END)[:-1]
                waiting = zip(names[::2], map(int, names[1::2]), strict=True)
                self._index({self._insert(name, self._payloads[number]) for name, number in waiting})
                del self._waiting[run]  # at last, so that another thread waits until all are there

    def _insert(self, surface: str, payload: T) -> _Marked:
        """Stores a surface and returns its mark."""
        node, tokens, probe = _node(self._exact, surface)
        node.end(tokens[-1], payload)
        return _mark(tokens, probe)

    def _index(self, marks: set[_Marked]) -> None:
        """Lets texts be sieved for what was stored."""
        for mark, probe in marks:
            run = _RUN.match(mark)
            if run:
                self._keys.setdefault(run[0], []).append(probe)
        self._rare += [marked for marked in marks if not marked.token[0].isascii()]

    def find(self, text: str, shown: Set[str] | None = None) -> list[Hit[T]]:
        """Returns the hits in the order of the text; they do not overlap.

        Args:
            text: The text.
            shown: Its runs, or those of them that are among ``words``, where that is known already.
        """
        hits: list[Hit[T]] = []
        for probe in self._candidates(text, runs(text) if shown is None else shown):
            self._search(probe, text, hits)
        if len(hits) < 2:
            return hits
        hits.sort(key=_place)
        kept: list[Hit[T]] = []
        end = 0
        for hit in hits:
            if hit.start >= end:
                kept.append(hit)
                end = hit.end
        return kept

    def _search(self, probe: _Probe, text: str, hits: list[Hit[T]]) -> None:
        """Adds the hits that begin with a probe, standing alone or behind a count ("8xA100")."""
        start = text.find(probe.literal)
        if start < 0:
            return
        token = probe.first
        exact = self._exact.get(token)
        folded = self._folded.get(token.lower())
        digit = exact is not None and not exact.loose and folded is None  # only before a digit
        while start >= 0:
            end = start + len(token)
            free = not start or not text[start - 1].isalnum() or _is_counted(token, text, start)
            if free and _may_end(token, text[end : end + 1], digit=digit):
                best = None if folded is None else self._longest(folded, text, end, fold=True)
                if exact is not None:
                    best = _longer(best, self._longest(exact, text, end, fold=False))
                if best is not None:
                    hits.append(Hit(start, *best))
            start = text.find(probe.literal, end)

    def _candidates(self, text: str, there: Set[str]) -> list[_Probe]:
        """Returns the probes of surfaces that may stand in the text: the quick sieve of the search."""
        if not self._waiting.keys().isdisjoint(there):
            self._admit(there)
        candidates: list[_Probe] = []
        keys = self._keys
        for run in there:
            if run in keys:
                for probe in keys[run]:
                    other = probe.other
                    if not other or other in there:
                        candidates.append(probe)
        if self._rare and not text.isascii():
            candidates += [probe for mark, probe in self._rare if mark in text]
        return candidates

    def _longest(self, node: _Node[T], text: str, end: int, *, fold: bool) -> tuple[int, T] | None:
        """Returns where the longest name that goes on from a node ends, and its payload."""
        best = (end, node.open[-1]) if node.open else None
        if node.numbered and text[end : end + 1].isdecimal():
            best = (end, node.numbered[-1])
        for tail, payload in node.ends:
            if text.startswith(tail, end):
                stop = self._boundary(text, end + len(tail))
                if stop is not None:
                    best = _longer(best, (stop, payload))
        edges = node.edges
        following = _NEXT.match(text, end) if edges and _may_follow(node, text, end) else None
        if edges is None or following is None:
            return best
        gap, token = following.groups()
        token = token.lower() if fold else token
        for kind in _GLUED_KINDS if gap == "" else _JOINED_KINDS if gap in _JOINERS else (gap,):
            child = edges.get((kind, token))
            if child is not None:
                best = _longer(best, self._longest(child, text, following.end(), fold=fold))
        return best

    def _boundary(self, text: str, end: int) -> int | None:
        """Returns where the hit ends, with its plural s, or None where the word goes on."""
        following = text[end : end + 2]
        if not following[:1].isalnum():
            return end
        last = text[end - 1]
        plural = self._plural and following[0] == "s" and not following[1:].isalnum()
        return end + 1 if plural and (last.isdigit() or last.isupper()) else None


def _place(hit: Hit[T]) -> tuple[int, int]:
    """Sorts hits: the first in the text, and of several there the longest."""
    return hit.start, -hit.end


def _may_follow(node: _Node[T], text: str, end: int) -> bool:
    """Tells quickly that none of the tokens behind a node follows."""
    gap, first = text[end : end + 1], text[end + 1 : end + 2]
    return (
        gap not in _COMMON_JOINERS
        or not first.isalnum()
        or first in node.initials
        or first.lower() in node.initials
    )


def _longer(first: tuple[int, T] | None, second: tuple[int, T] | None) -> tuple[int, T] | None:
    """Returns the longer of two ends; of equals the second: the exact case, what was listed with its "s"."""
    if first is None or second is None:
        return first or second
    return first if first[0] > second[0] else second


def _with_plurals(surfaces: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    for surface, payload in surfaces:
        yield surface, payload
        if surface[-1:].isupper():
            yield surface + "s", payload


def _mark(tokens: list[str], probe: _Probe) -> _Marked:
    """Returns by which token a text is sieved for a surface, and its probe with what else to ask for."""
    first, *others, _ = tokens
    counted = any(token in ("x", "X", _TIMES) for token in others)  # it belongs to the next run of letters
    plain = len(first) == 1  # a letter alone stands in many texts, so that plain words tell more
    whole = [token for token in others if _RUN.fullmatch(token) and not counted]
    telling = [token for token in whole if plain or not token.islower()]
    other = max(telling, key=len, default="")
    if first.isdigit() and other.isalpha():  # the rarer one
        return _Marked(other, probe)
    return _Marked(first, probe._replace(other=other))


def _node(roots: dict[str, _Node[T]], surface: str) -> tuple[_Node[T], list[str], _Probe]:
    """Returns the node of a surface, made where it is new, its tokens with the signs behind, its probe."""
    tokens = list(_TOKEN.finditer(surface))
    if not tokens or tokens[0].start():
        message = f"the name {surface!r} must begin with a letter or digit"
        raise ValueError(message)
    node = root = roots.setdefault(tokens[0][0], _Node())
    literal = 0  # where the part ends that no text spells otherwise
    for previous, token in pairwise(tokens):
        gap = surface[previous.end() : token.start()]
        key = (_edge_kind(previous[0], gap, token[0]), token[0])
        root.loose = root.loose or key[0] != _GLUED or not key[1].isdigit()
        node = node.follow(key)
        if key[0] == _JOINED and not literal:
            literal = previous.end()
    end = tokens[-1].end()
    tail = surface[end:]
    if node is root and tail != _NUMBER:
        root.loose = True
    probe = _Probe(surface[: literal or end], tokens[0][0])
    return node, [*(token[0] for token in tokens), tail], probe


def _edge_kind(left: str, gap: str, right: str) -> str:
    if gap == "":
        return _JOINED if right.isdigit() and len(left) >= _LONG else _GLUED
    return _JOINED if gap in _JOINERS else gap


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
