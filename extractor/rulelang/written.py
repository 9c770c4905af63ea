"""What a rule is to a sentence: the table of letters, its expression, and what is searched for first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from extractor.rulelang.neighbours import opening_tags
from extractor.rulelang.patterns import Compiler
from extractor.rulelang.rule import BOUND, Rule
from extractor.rulelang.syntax import Node, classes_of, walk
from extractor.rulelang.tagging import Tagger
from extractor.rulelang.tails import TailFinder

_LEAST = 34  # from the sign behind this number on, counts are signs that JSON can write as they are


class Written(NamedTuple):
    """A rule as it is searched for.

    Attributes:
        table: The letter of each tag, by its code.
        source: The rule's expression over these letters.
        tails: Expressions of which one matches wherever the rule does; none where they save nothing.
    """

    table: str
    source: str
    tails: tuple[str, ...] = ()

    def kept(self) -> list[str]:
        """Returns it as plain data: of the table the letters that follow one another, and how often each."""
        runs = [(letter, len(list(same))) for letter, same in groupby(self.table)]
        letters, counts = (
            "".join(letter for letter, _ in runs),
            "".join(chr(_LEAST + count) for _, count in runs),
        )
        return [letters, counts, self.source, *self.tails]

    @classmethod
    def of(cls, kept: list[str]) -> Written:
        """Returns what was kept."""
        letters, counts, source, *tails = kept
        table = "".join(
            [letter * (ord(count) - _LEAST) for letter, count in zip(letters, counts, strict=True)]
        )
        return cls(table, source, tuple(tails))


class Cue(NamedTuple):
    """What a rule for bounds says of the words around a value.

    Attributes:
        opening: The tags of the words with which it can begin.
        classes: The classes of its words.
    """

    opening: str
    classes: tuple[str, ...]


class Writer(Protocol):
    """Tells of rules what they are to sentences."""

    def written(self, rule: Rule) -> Written:
        """Returns a rule as it is searched for.

        Raises:
            PatternError: Its pattern names a class or a fragment that there is not.
        """

    def cue(self, rule: Rule) -> Cue:
        """Returns what a rule for bounds says of the words around a value."""


class TreeWriter:
    """Works it out of their trees.

    Args:
        tagger: The tagger over whose tags they are.
        fragments: The names of all fragments.
    """

    def __init__(self, tagger: Tagger, fragments: Collection[str] = ()) -> None:
        self._tagger = tagger
        self._compiler, self._tails = Compiler(tagger, fragments), TailFinder(tagger)

    def unknown(self, tree: Node) -> list[str]:
        """Returns what is wrong with the names and words of a pattern."""
        return self._compiler.unknown(tree)

    def written(self, rule: Rule) -> Written:
        """Returns a rule as it is searched for; see `Writer`."""
        tails = self._tails.tails(rule.tree)
        letters = self._compiler.letters(rule.tree, *tails)
        source, *rest = (self._compiler.source(tree, letters) for tree in (rule.tree, *tails))
        return Written(letters.table, source, tuple(rest))

    def cue(self, rule: Rule) -> Cue:
        """Returns what a rule for bounds says of the words around a value."""
        words = walk(rule.tree, into_looks=False)
        return Cue("".join(sorted(opening_tags(rule.tree, self._tagger))), tuple(sorted(classes_of(words))))


class KeptWriter:
    """Knows what was worked out before.

    Args:
        kept: What `kept` returned, by the ids of the rules.
    """

    def __init__(self, kept: Mapping[str, Mapping[str, Any]]) -> None:
        self._kept = kept

    def written(self, rule: Rule) -> Written:
        """Returns a rule as it is searched for; see `Writer`."""
        return Written.of(self._kept[rule.id]["expression"])

    def cue(self, rule: Rule) -> Cue:
        """Returns what a rule for bounds says of the words around a value."""
        opening, classes = self._kept[rule.id]["cues"]
        return Cue(opening, tuple(classes))


def kept(rule: Rule, writer: Writer) -> dict[str, Any]:
    """Returns what a rule is to sentences as plain data, for `KeptWriter`."""
    found: dict[str, Any] = {"expression": writer.written(rule).kept()}
    return {**found, "cues": writer.cue(rule)} if rule.kind == BOUND else found
