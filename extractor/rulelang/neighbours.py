"""Tells which rules may claim a value, by the tokens right beside it, and by those before and behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from extractor.rulelang.needs import Need, Needs
from extractor.rulelang.patterns import GROUP_REPEATS
from extractor.rulelang.syntax import Atom, Capture, Concat, Look, Node, Repetition
from extractor.rulelang.tagbits import TagBits

if TYPE_CHECKING:
    from extractor.rulelang.rows import Rows
    from extractor.rulelang.tagging import TaggedSentence, Tagger

Atoms = frozenset[Atom]
_NodeT = TypeVar("_NodeT", bound=Node)
_Placed = tuple[_NodeT, Atoms, Atoms]  # a part, and what may stand right before and behind it
_VALUES = "vals"  # the group of a pattern that holds the values
_OPEN: Atoms = frozenset({Atom(())})  # stands beside what a pattern can begin or end with


class Neighbours:
    """Holds the rows of rules, and gives those that may claim a value of a sentence.

    Args:
        rows: The rows of the rules.
        tagger: The tagger over whose tags they are compiled.
        kept: What was kept of such neighbours; see `kept`.
    """

    def __init__(self, rows: Rows, tagger: Tagger, kept: Sequence[Any] | None = None) -> None:
        free, first, before, after, left, right = kept or ("0", *[None] * 5)
        self._first, self._before, self._after = (TagBits(tagger, each) for each in (first, before, after))
        self._left, self._right = (_Side(len(rows), tagger, side) for side in (left, right))
        self._count = len(rows)
        # The rows that claim no value, or whose values begin with something else than one.
        self._free = int(free, 16)
        if not kept:
            self._work_out(rows, tagger)

    def kept(self) -> list[Any]:
        """Returns what was worked out as plain data."""
        beside = (self._first, self._before, self._after, self._left, self._right)
        return [f"{self._free:x}", *(each.kept() for each in beside)]

    def _work_out(self, rows: Rows, tagger: Tagger) -> None:
        needs = Needs(tagger.count, into_looks=False)
        values = _Values(tagger)
        for number, tree in enumerate(rows.trees):
            sites = sites_of(tree)
            if not sites or not all(
                values[atom.classes, atom.negated] for site in sites for atom in site.first
            ):
                self._free |= 1 << number
                continue
            for place, site in enumerate(sites):
                bit = 1 << (place * self._count + number)  # those of second sites stand above all first ones
                _add(self._first, bit, site.first)
                _add(self._before, bit, site.before)
                _add(self._after, bit, site.after)
            left, right = sides_of(tree)
            self._left.add_needs(number, needs.rarest(*left))
            self._right.add_needs(number, needs.rarest(*right))

    def allowing(self, sentence: TaggedSentence, among: int = -1) -> int:
        """Returns the rows that may claim a value of a sentence, and those that claim none, as bits.

        Args:
            sentence: The sentence.
            among: The rows to look at; all if none are given.
        """
        tags, count = sentence.tags, self._count
        first, before, after, left, right = self._first, self._before, self._after, self._left, self._right
        allowed: list[tuple[int, int]] = []  # values, and the rows that find what they need before them
        met, last = left.idle, 0
        for token in sentence.mentions:
            rows = first[tags[token]] & before[tags[token - 1 : token]] & after[tags[token + 1 : token + 2]]
            for _ in range(GROUP_REPEATS - 1):
                rows |= rows >> count
            if rows := rows & among:
                met, last = reduce(or_, map(left.__getitem__, tags[last:token]), met), token
                if rows := rows & met & met >> count:
                    allowed.append((token, rows))
        found = self._free & among
        met, last = right.idle, len(tags)
        for token, rows in reversed(allowed):
            met, last = reduce(or_, map(right.__getitem__, tags[token + 1 : last]), met), token + 1
            found |= rows & met & met >> count
        return found


class _Side(TagBits):
    """What rows need on one side of their values: the bits of first needs, above these those of second ones.

    Args:
        count: How many rows there are.
        tagger: The tagger over whose tags they are compiled.
        kept: What was kept of such a side.

    Attributes:
        idle: The bits of needs that a row does not have.
    """

    def __init__(self, count: int, tagger: Tagger, kept: Sequence[Any] | None = None) -> None:
        super().__init__(tagger, kept and kept[:-1])
        self.idle = int(kept[-1], 16) if kept else (1 << 2 * count) - 1
        self._count = count

    def kept(self) -> list[Any]:
        """Returns what was added as plain data."""
        return [*super().kept(), f"{self.idle:x}"]

    def add_needs(self, number: int, needs: Sequence[Need]) -> None:
        """Notes the first two of what a row needs on this side."""
        for place, need in enumerate(needs[:2]):
            bit = 1 << (place * self._count + number)
            self.add(bit, need)
            self.idle ^= bit


def sides_of(tree: Node) -> tuple[list[Node], list[Node]]:
    """Returns the parts of a pattern that stand before its values and those behind, wherever it matches.

    Nothing is returned where there is no one such place: there are several groups of values, or theirs stands
    in a repetition, in a look around, or in one of several alternatives.
    """
    left: list[Node] = []
    right: list[Node] = []
    node = tree
    while not (isinstance(node, Capture) and node.name == _VALUES):
        if node.captures.count(_VALUES) != 1 or not isinstance(node, (Concat, Capture)):
            return [], []
        place = next(place for place, part in enumerate(node.parts) if _VALUES in part.captures)
        left += node.parts[:place]
        right = [*node.parts[place + 1 :], *right]
        node = node.parts[place]
    return left, right


def _add(place: TagBits, bit: int, expected: Atoms | None) -> None:
    """Notes the words and classes that a rule expects at a place; None if it does not look there."""
    if expected is None:
        place.add_always(bit)
        return
    for atom in expected:
        if atom.negated:
            place.add_others(bit, atom.classes)
        else:
            place.add(bit, atom.classes)


class _Values(dict[tuple[tuple[str, ...], bool], bool]):
    """Tells whether atoms stand for values alone, by their classes and whether they are negated."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._tags = tagger.members(["val"])

    def __missing__(self, asked: tuple[tuple[str, ...], bool]) -> bool:
        classes, negated = asked
        found = self[asked] = not negated and self._tagger.members(classes) <= self._tags
        return found


class Site(NamedTuple):
    """Where values of a pattern stand.

    Attributes:
        first: The words and classes of which the first value is one.
        before: Those that may stand right before it; None where the pattern can begin with it.
        after: Those that may stand right behind it; None where the pattern can end with it.
    """

    first: Atoms
    before: Atoms | None
    after: Atoms | None


def sites_of(tree: Node) -> list[Site]:
    """Returns what a pattern says of its values, for each group of them (one an alternative)."""
    return [
        Site(
            frozenset(atom for atom, _, _ in firsts),
            _unless_open(before for _, before, _ in firsts),
            _unless_open(after for _, _, after in firsts),
        )
        for firsts in _sites((tree, _OPEN, _OPEN))
    ]


def _unless_open(sides: Iterable[Atoms]) -> Atoms | None:
    found = frozenset[Atom]().union(*sides)
    return None if found >= _OPEN else found


def _sites(placed: _Placed[Node]) -> Iterator[list[_Placed[Atom]]]:
    """Yields the atoms with which each group of values in a part can begin."""
    node = placed[0]
    if isinstance(node, Capture) and node.name == _VALUES:
        yield list(_firsts(placed))
    elif _VALUES in node.captures:
        for part in _parts(placed, holding=_VALUES):
            yield from _sites(part)


def _firsts(placed: _Placed[Node]) -> Iterator[_Placed[Atom]]:
    """Yields the atoms with which a part can begin."""
    node, before, after = placed
    if isinstance(node, Atom):
        yield node, before, after
    for part in _parts(placed):
        yield from _firsts(part)
        if isinstance(node, Concat) and not part[0].ends.empty:
            break


def _parts(placed: _Placed[Node], holding: str = "") -> Iterator[_Placed[Node]]:
    """Yields the parts of a part, or those that hold a group; what only looks around has none."""
    node, before, after = placed
    if isinstance(node, Repetition):
        before, after = before | node.ends.last, after | node.ends.first
    for place, part in enumerate(() if isinstance(node, Look) else node.parts):
        if holding and holding not in part.captures:
            continue  # what stands beside it is not asked for, and takes a walk
        if isinstance(node, Concat):
            left, right = (Concat(parts=side).ends for side in (node.parts[:place], node.parts[place + 1 :]))
            yield (
                part,
                left.last | before if left.empty else left.last,
                right.first | after if right.empty else right.first,
            )
        else:
            yield part, before, after


def opening_tags(tree: Node, tagger: Tagger) -> frozenset[str]:
    """Returns the tags of the words with which a pattern can begin."""
    found: frozenset[str] = frozenset()
    for atom in tree.ends.first:
        members = tagger.members(atom.classes)
        found |= tagger.all_tags() - members if atom.negated else members
    return found
