"""The syntax tree of a pattern, which all that use patterns walk, and what can be said of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

LITERAL = "="  # before a word that is a class of its own


class Ends(NamedTuple):
    """Whether something can match no word at all, and the atoms that its matches can begin and end with."""

    empty: bool = True
    first: frozenset[Atom] = frozenset()
    last: frozenset[Atom] = frozenset()


@dataclass(frozen=True, eq=False)
class Node:
    """A part of a pattern, and those right below it.

    Parts are told apart by what they are, not by what they hold: trees share those of fragments, so what is
    worked out of one is there for all patterns that it stands in.
    """

    parts: tuple[Node, ...] = field(default=(), kw_only=True)

    @cached_property
    def captures(self) -> tuple[str, ...]:
        """The names of the groups in it, from left to right."""
        own = (self.name,) if isinstance(self, Capture) else ()
        return sum((part.captures for part in self.parts), own)

    @cached_property
    def endless(self) -> bool:
        """Whether something in it repeats without limit."""
        unlimited = isinstance(self, Repetition) and self.most is None
        return unlimited or any(part.endless for part in self.parts)

    @cached_property
    def ends(self) -> Ends:
        """What it can begin and end with; what only looks around says nothing."""
        if isinstance(self, Atom):
            return Ends(False, frozenset({self}), frozenset({self}))
        if isinstance(self, Look):
            return Ends()
        left: Iterable[Node] = self.parts
        right: Iterable[Node] = self.parts[::-1]
        optional = isinstance(self, Repetition) and self.least == 0
        if isinstance(self, Alternation):
            empty = any(part.ends.empty for part in left)
        else:
            empty = optional or all(part.ends.empty for part in left)
            left, right = to_first_word(left), to_first_word(right)
        first = frozenset[Atom]().union(*(part.ends.first for part in left))
        return Ends(empty, first, frozenset[Atom]().union(*(part.ends.last for part in right)))


@dataclass(frozen=True, eq=False)
class Atom(Node):
    """A word of one of some classes, or of none of them; ``word`` as it stands is the class ``=word``."""

    classes: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, eq=False)
class Concat(Node):
    """Parts that follow one another; none are nothing."""


@dataclass(frozen=True, eq=False)
class Alternation(Node):
    """Alternatives, of which one matches."""


@dataclass(frozen=True, eq=False)
class Repetition(Node):
    """A part that stands several times, or may be missing; ``manner`` is that of the sign, such as ``?``."""

    least: int
    most: int | None  # None: no limit
    manner: str


@dataclass(frozen=True, eq=False)
class Capture(Node):
    """A named group: words that a rule takes."""

    name: str


@dataclass(frozen=True, eq=False)
class Look(Node):
    """What must, or must not, stand right before or behind a place; no word is taken for it."""

    sign: str  # = ! <= <!

    @property
    def negated(self) -> bool:
        """Whether it must not stand there."""
        return self.sign.endswith("!")


@dataclass(frozen=True, eq=False)
class Boundary(Node):
    """The begin (``^``) or the end (``$``) of a sentence."""

    sign: str


@dataclass(frozen=True, eq=False)
class Missing(Node):
    """A fragment that there is not."""

    name: str


def walk(*nodes: Node, into_looks: bool = True) -> Iterator[Node]:
    """Yields nodes and all below them, from left to right; what several patterns share, for each.

    Args:
        *nodes: Where to begin.
        into_looks: Whether what patterns only look at is there too.
    """
    waiting = list(nodes[::-1])
    while waiting:
        node = waiting.pop()
        if into_looks or not isinstance(node, Look):
            yield node
            waiting += node.parts[::-1]


def to_first_word(parts: Iterable[Node]) -> Iterator[Node]:
    """Yields parts that follow one another as far as a match can begin in them."""
    for part in parts:
        yield part
        if not part.ends.empty:
            return


def classes_of(nodes: Iterable[Node]) -> set[str]:
    """Returns the names of the classes that atoms among some nodes name, negated ones too."""
    return {name for node in nodes if isinstance(node, Atom) for name in node.classes}
