"""The letters of one pattern: tags that it does not tell apart are one letter to it, so it compiles fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

# Of a set of characters up to U+00FF, `re` makes a map of 256 bits; of one with any above, a map of 64K
# characters, which takes ten times as long. No letter from here on has a meaning of its own in an expression.
_FIRST = 0x80
_NEVER = "(?!)"
CodeRange = tuple[int, int]  # the first and the last of tags that follow one another


class TagSet:
    """Tags that a pattern asks for; told apart by what it is, not by what it holds, which is many tags.

    Args:
        ranges: The tags, in order, with gaps between the ranges.
    """

    __slots__ = ("_turns",)

    def __init__(self, ranges: Iterable[CodeRange]) -> None:
        # A string, as thousands of numbers take ten times the memory.
        self._turns = "".join([chr(turn) for first, last in ranges for turn in (first, last + 1)])

    @property
    def turns(self) -> Iterable[int]:
        """The first tags of the ranges, and those behind their last ones."""
        return map(ord, self._turns)

    @property
    def ranges(self) -> Iterable[CodeRange]:
        """The tags, in order."""
        turns = [*self.turns]
        return zip(turns[::2], [behind - 1 for behind in turns[1::2]], strict=True)


class Letters:
    """Gives a letter to all tags that are in the same of some sets.

    Args:
        sets: The sets of tags that a pattern asks for.
        size: The code behind the last tag.

    Attributes:
        table: The letter of each tag, by its code.
    """

    def __init__(self, sets: Iterable[TagSet], size: int) -> None:
        self._numbers = {tags: number for number, tags in enumerate(dict.fromkeys(sets))}
        turns: defaultdict[int, int] = defaultdict(int)  # where tags begin or end to be in sets, as bits
        for tags, number in self._numbers.items():
            bit = 1 << number
            for turn in tags.turns:
                turns[turn] ^= bit
        stretches: list[tuple[int, int]] = []  # the sets that tags are in, and how many tags in a row
        inside = place = 0
        for turn in sorted(turns):
            stretches.append((inside, turn - place))
            inside, place = inside ^ turns[turn], turn
        stretches.append((inside, size - place))
        # In this order the letters of a set mostly follow one another.
        self._inside = sorted({inside for inside, _ in stretches}, reverse=True)
        letters = {inside: chr(_FIRST + number) for number, inside in enumerate(self._inside)}
        self._sources: dict[TagSet, str] = {}
        self.table = "".join([letters[inside] * count for inside, count in stretches])

    def source(self, tags: TagSet) -> str:
        """Returns an expression for one tag of one of the sets."""
        if tags not in self._sources:
            self._sources[tags] = self._make_source(tags)
        return self._sources[tags]

    def _make_source(self, tags: TagSet) -> str:
        bit = 1 << self._numbers[tags]
        codes = [code for code, inside in enumerate(self._inside, _FIRST) if inside & bit]
        if not codes:
            return _NEVER
        if len(codes) == len(self._inside):
            return "."
        body = "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in _ranges(codes))
        return body if len(body) == 1 else f"[{body}]"


def _ranges(codes: Sequence[int]) -> Iterator[CodeRange]:
    """Yields ascending numbers as ranges of those that follow one another."""
    first = last = codes[0]
    for code in codes[1:]:
        if code != last + 1:
            yield first, last
            first = code
        last = code
    yield first, last
