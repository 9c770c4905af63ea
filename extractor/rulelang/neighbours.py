"""Tells which rules may claim a value, by the tokens right beside it: most want another word there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from extractor.rulelang.patterns import GROUP_REPEATS
from extractor.rulelang.syntax import Atom, Capture, Concat, Look, Node, Repetition
from extractor.rulelang.tagbits import TagBits

if TYPE_CHECKING:
    from extractor.rulelang.ruleset import CompiledRule
    from extractor.rulelang.tagging import TaggedSentence, Tagger

Atoms = frozenset[Atom]
_NodeT = TypeVar("_NodeT", bound=Node)
_Placed = tuple[_NodeT, Atoms, Atoms]  # a part, and what may stand right before and behind it
_VALUES = "vals"  # the group of a pattern that holds the values
_OPEN: Atoms = frozenset({Atom(())})  # stands beside what a pattern can begin or end with


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
            sites = sites_of(compiled.rule.tree)
            if not all(_is_value(atom, tagger) for site in sites for atom in site.first):
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


def _is_value(atom: Atom, tagger: Tagger) -> bool:
    """Tells whether an atom stands for values alone."""
    return not atom.negated and tagger.members(atom.classes) <= tagger.members(["val"])


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
        for part in _parts(placed):
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


def _parts(placed: _Placed[Node]) -> Iterator[_Placed[Node]]:
    """Yields the parts of a part; brackets that only look around have none."""
    node, before, after = placed
    if isinstance(node, Repetition):
        before, after = before | node.ends.last, after | node.ends.first
    for place, part in enumerate(() if isinstance(node, Look) else node.parts):
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
