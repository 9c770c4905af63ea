"""Tells which rules may claim a value, by the tokens right beside it: most want another word there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.rulelang.patterns import GROUP_REPEATS, classes_of, plain_signs
from extractor.rulelang.tagbits import TagBits

if TYPE_CHECKING:
    from extractor.rulelang.patterns import Piece
    from extractor.rulelang.ruleset import CompiledRule
    from extractor.rulelang.tagging import TaggedSentence, Tagger

_GROUP, _VALUES = "group", "vals"  # the group of a pattern that holds the values


class Neighbours:
    """Holds rules, and gives those that may claim a value of a sentence.

    Args:
        rules: The rules; the first has the lowest bit in what is returned.
        tagger: The tagger over whose tags they are compiled.
    """

    def __init__(self, rules: Sequence[CompiledRule], tagger: Tagger) -> None:
        self._first, self._before, self._after = (TagBits(tagger) for _ in range(3))
        self._count = len(rules)
        self._unanchored = 0  # the rules whose values begin with something else than a value
        for number, compiled in enumerate(rules):
            sites = _known_sites(compiled.rule.pieces)
            if not all(_is_value(piece, tagger) for site in sites for piece in site.first):
                self._unanchored |= 1 << number
                continue
            for place, site in enumerate(sites):
                bit = 1 << (place * self._count + number)  # those of second sites stand above all first ones
                _add(self._first, bit, site.first)
                _add(self._before, bit, site.before)
                _add(self._after, bit, site.after)

    def allowing(self, sentence: TaggedSentence) -> int:
        """Returns the rules that may claim a value of a sentence, as bits; higher bits have no meaning."""
        tags, found = sentence.tags, self._unanchored
        first, before, after = self._first, self._before, self._after
        for token in sentence.mentions:
            beside = before[tags[token - 1 : token]] & after[tags[token + 1 : token + 2]]
            found |= first[tags[token]] & beside
        for _ in range(GROUP_REPEATS - 1):
            found |= found >> self._count
        return found


def _add(place: TagBits, bit: int, expected: Iterable[Piece] | None) -> None:
    """Notes the words and classes that a rule expects at a place; None if it does not look there."""
    if expected is None:
        place.add_always(bit)
        return
    for piece in expected:
        if piece.text.startswith("<!"):
            place.add_others(bit, classes_of(piece))
        else:
            place.add(bit, classes_of(piece))


def _is_value(piece: Piece, tagger: Tagger) -> bool:
    """Tells whether a piece stands for values alone."""
    return not piece.text.startswith("<!") and tagger.members(classes_of(piece)) <= tagger.members(["val"])


@dataclass(frozen=True, slots=True)
class Site:
    """Where values of a pattern stand.

    Attributes:
        first: The words and classes of which the first value is one.
        before: Those that may stand right before it; None where the pattern can begin with it.
        after: Those that may stand right behind it; None where the pattern can end with it.
    """

    first: frozenset[Piece]
    before: frozenset[Piece] | None
    after: frozenset[Piece] | None


def sites_of(pieces: Iterable[Piece]) -> list[Site]:
    """Returns what a well-formed pattern says of its values, for each group of them (one an alternative)."""
    reader = _Reader()
    for piece in pieces:
        reader.read(piece)
    return reader.sites()


@lru_cache(maxsize=2_000)  # engines share most of their rules
def _known_sites(pieces: tuple[Piece, ...]) -> list[Site]:
    return sites_of(pieces)


def opening_tags(pieces: Iterable[Piece], tagger: Tagger) -> frozenset[str]:
    """Returns the tags of the words with which a well-formed pattern can begin."""
    reader = _Reader()
    for piece in pieces:
        reader.read(piece)
    found: frozenset[str] = frozenset()
    for piece in reader.openers():
        members = tagger.members(classes_of(piece))
        found |= tagger.all_tags() - members if piece.text.startswith("<!") else members
    return found


class _Part(NamedTuple):
    """A stretch of a pattern: whether it can be empty, and the words it can begin and end with, as bits."""

    empty: bool
    first: int
    last: int


_NOTHING = _Part(empty=True, first=0, last=0)


@dataclass(slots=True)
class _Level:
    """The open bracket that is being read (or the whole pattern)."""

    opener: Piece | None = None
    alternatives: list[_Part] = field(default_factory=list)
    sequence: _Part = _NOTHING  # the alternative that is being read, without its last element
    last: _Part = _NOTHING  # its last element, which a quantifier may follow


class _Reader:
    """Notes which words of a pattern can follow which; brackets that only look around say nothing."""

    def __init__(self) -> None:
        self._words: list[Piece] = []  # the word of each bit
        self._pairs: list[tuple[int, int]] = []  # words, and the words that can follow each of them
        self._values: list[int] = []  # the words with which each group of values begins
        self._levels = [_Level()]

    def read(self, piece: Piece) -> None:
        """Reads the next piece."""
        if piece.sort in ("group", "look", "open"):
            self._levels.append(_Level(piece))
        elif piece.sort in ("cls", "word"):
            bit = 1 << len(self._words)
            self._words.append(piece)
            self._add(_Part(empty=False, first=bit, last=bit))
        elif piece.sort == "quant":
            self._repeat(optional=piece.text.startswith(("{0", "{,")))
        else:
            for sign in plain_signs(piece.text):
                self._read_sign(sign)

    def sites(self) -> list[Site]:
        """Returns the sites of what was read."""
        whole = self._close()
        return [self._site(whole, values) for values in self._values]

    def _site(self, whole: _Part, values: int) -> Site:
        before = after = 0
        for left, right in self._pairs:
            before |= left if right & values else 0
            after |= right if left & values else 0
        return Site(
            self._pieces(values),
            None if whole.first & values else self._pieces(before),
            None if whole.last & values else self._pieces(after),
        )

    def openers(self) -> frozenset[Piece]:
        """Returns the words that can stand first in what was read."""
        return self._pieces(self._close().first)

    def _read_sign(self, sign: str) -> None:
        if sign == ")":
            opener, part = self._levels[-1].opener, self._close()
            if opener is not None and opener == (_GROUP, _VALUES):
                self._values.append(part.first)
            self._add(_NOTHING if opener is not None and opener.sort == "look" else part)
        elif sign == "|":
            self._end_alternative()
        elif sign in "?*+":
            self._repeat(optional=sign != "+")

    def _add(self, part: _Part) -> None:
        level = self._levels[-1]
        if level.sequence is _NOTHING:  # most often there is nothing to join
            level.sequence = level.last
        elif level.last is not _NOTHING:
            level.sequence = self._joined(level.sequence, level.last)
        level.last = part

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._pairs.append((left.last, right.first))
        first = left.first | (right.first if left.empty else 0)
        last = right.last | (left.last if right.empty else 0)
        return _Part(left.empty and right.empty, first, last)

    def _repeat(self, *, optional: bool) -> None:
        level = self._levels[-1]
        empty, first, last = level.last
        self._pairs.append((last, first))
        level.last = _Part(empty or optional, first, last)

    def _end_alternative(self) -> None:
        self._add(_NOTHING)
        level = self._levels[-1]
        level.alternatives.append(level.sequence)
        level.sequence = _NOTHING

    def _close(self) -> _Part:
        self._end_alternative()
        alternatives = self._levels.pop().alternatives
        first = last = 0
        for part in alternatives:
            first, last = first | part.first, last | part.last
        return _Part(any(part.empty for part in alternatives), first, last)

    def _pieces(self, bits: int) -> frozenset[Piece]:
        found = set()
        while bits:
            lowest = bits & -bits
            found.add(self._words[lowest.bit_length() - 1])
            bits ^= lowest
        return frozenset(found)
