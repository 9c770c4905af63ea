"""Compiles syntax trees of patterns to regular expressions over tags, and tells what words they ask for."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from extractor.rulelang.patternparser import PatternError
from extractor.rulelang.syntax import (
    LITERAL,
    Alternation,
    Atom,
    Boundary,
    Capture,
    Look,
    Missing,
    Node,
    Repetition,
    walk,
)
from extractor.text.sentences import Span

if TYPE_CHECKING:
    from extractor.rulelang.tagging import Tagger

GROUP_REPEATS = 3  # alternatives of a pattern in which a group can stand
_NEVER = "(?!)"
_MOST = 20  # repetitions that * and + stand for
CodeRange = tuple[int, int]  # the first and the last of characters that follow one another


def asked(*trees: Node) -> Counter[frozenset[str]]:
    """Returns how often patterns ask for a word of one of some classes."""
    atoms = Counter(node for node in walk(*trees) if isinstance(node, Atom))
    found: Counter[frozenset[str]] = Counter()
    for atom, count in atoms.items():
        found[frozenset(atom.classes)] += count
    return found


def literals(classes: Iterable[str]) -> set[str]:
    """Returns the words that stand among classes of words as they are."""
    return {name[1:] for name in classes if name.startswith(LITERAL)}


class Compiler:
    """Compiles patterns to regular expressions over the tags of one tagger.

    Args:
        tagger: The tagger; it must know the literals of all patterns.
        fragments: The names of all fragments, to suggest one where a name is wrong.
    """

    def __init__(self, tagger: Tagger, fragments: Collection[str] = ()) -> None:
        self.tagger = tagger
        self._fragments = fragments
        self._atoms: dict[Atom, str] = {}
        self._runs_by_name: dict[str, list[CodeRange]] = {}
        codes = [ord(tag) for tag in tagger.all_tags()]
        self._all: CodeRange = min(codes), max(codes)

    def compile(self, tree: Node) -> re.Pattern[str]:
        """Compiles the tree of a pattern.

        A group that stands in two alternatives keeps its name; the second is numbered (``metric2``).

        Raises:
            PatternError: A class or fragment is unknown, a quantifier has nothing to repeat, or the pattern
                can match no word at all.
        """
        if problems := self.unknown(tree):
            raise PatternError(*problems)
        try:
            expression = re.compile(self._source(tree, Counter()))
        except (re.error, OverflowError) as error:
            message = f"is not well formed: {getattr(error, 'msg', error)}"
            raise PatternError(message) from error
        if expression.fullmatch(""):
            message = "would match without any word; something in it must not be optional"
            raise PatternError(message)
        return expression

    def unknown(self, tree: Node) -> list[str]:
        """Returns what is wrong with the names and words of a pattern, well formed or not."""
        problems: dict[str, None] = {}
        for node in walk(tree):
            if isinstance(node, Missing):
                problems[self._unknown_fragment(node.name)] = None
            elif isinstance(node, Atom) and node not in self._atoms:
                faults = self._faults(node)
                problems |= dict.fromkeys(faults)
                if not faults:
                    self._atoms[node] = self._char_class(node.classes, negated=node.negated)
        return list(problems)

    def _source(self, node: Node, seen: Counter[str]) -> str:
        """Returns the expression of a part whose names are known, given how often groups stand before it."""
        if isinstance(node, Atom):
            return self._atoms[node]
        if isinstance(node, Boundary):
            return node.sign
        opening = "(?:"
        if isinstance(node, Capture):
            seen[node.name] += 1
            number = seen[node.name]
            opening = f"(?P<{node.name}{number if number > 1 else ''}>"
        elif isinstance(node, Look):
            opening = f"(?{node.sign}"
        joint = "|" if isinstance(node, Alternation) else ""
        inner = joint.join([self._source(part, seen) for part in node.parts])
        if not isinstance(node, Repetition):
            return f"{opening}{inner})"
        most = _MOST if node.most is None else node.most
        if isinstance(node.parts[0], Repetition):
            inner = f"(?:{inner})"
        return f"{inner}{{{node.least},{most}}}{node.manner}"

    def _faults(self, atom: Atom) -> list[str]:
        """Returns what is wrong with the names of an atom."""
        faults = [self._unknown_class(name) for name in atom.classes if not self.tagger.has_class(name)]
        return faults + [
            f"{word!r} is never one token of a text; write its parts apart, such as <comma> or <dash>"
            for word in sorted(literals(atom.classes))
            if len(self.tagger.tag(word, Span(0, len(word)), ()).tags) != 1
        ]

    def _char_class(self, names: Iterable[str], *, negated: bool) -> str:
        """Returns an expression for one tag that has one of some classes, or none of them."""
        runs = _joined(run for name in names for run in self._runs(name))
        if not runs:
            return "." if negated else _NEVER
        others = self._others(runs)
        if others and _size(others) < _size(runs):  # the fewer tags are named, the sooner it is compiled
            runs, negated = others, not negated
        body = "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in runs)
        return f"[{'^' if negated else ''}{body}]"

    def _others(self, runs: Sequence[CodeRange]) -> list[CodeRange]:
        """Returns the tags that are in none of some runs, which stand in order."""
        first, last = self._all
        starts = [first, *(after + 1 for _, after in runs)]
        ends = [*(before - 1 for before, _ in runs), last]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]

    def _runs(self, name: str) -> list[CodeRange]:
        """Returns the tags of a class as runs of characters."""
        runs = self._runs_by_name.get(name)
        if runs is None:
            codes = map(ord, self.tagger.members([name]))
            runs = self._runs_by_name[name] = _joined((code, code) for code in codes)
        return runs

    def _unknown_class(self, name: str) -> str:
        if name in self._fragments:
            return f"unknown word class <{name}>; did you mean {{{name}}}?"
        return f"unknown word class <{name}>{_suggestion('<{}>', name, self.tagger.class_names())}"

    def _unknown_fragment(self, name: str) -> str:
        if name in self.tagger.class_names():
            return f"unknown fragment {{{name}}}; did you mean <{name}>?"
        if name in self._fragments:
            return f"fragment {{{name}}} stands in a file that is read later"
        return f"unknown fragment {{{name}}}{_suggestion('{{{}}}', name, self._fragments)}"


def group_span(match: re.Match[str], name: str) -> tuple[int, int] | None:
    """Returns the tokens of a named group, in whichever alternative it stands; None if it matched nothing."""
    known = match.re.groupindex
    if name not in known:
        return None
    span = match.span(name)
    if span[1] > span[0]:  # nearly always; few patterns have it in another alternative
        return span
    spans = (match.span(numbered) for numbered in _numbered(name)[1:] if numbered in known)
    return next((span for span in spans if span[1] > span[0]), None)


@lru_cache(maxsize=100)
def _numbered(name: str) -> tuple[str, ...]:
    """Returns the names of a group in the alternatives of a pattern."""
    return (name, *(f"{name}{number}" for number in range(2, GROUP_REPEATS + 1)))


def _suggestion(form: str, name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=3)
    return (
        f"; did you mean {' or '.join(map(form.format, close))}?"
        if close
        else "; see `extractor rules guide`"
    )


def _joined(runs: Iterable[CodeRange]) -> list[CodeRange]:
    """Sorts runs of numbers, and makes one of those that touch or overlap."""
    joined: list[CodeRange] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _size(runs: Iterable[CodeRange]) -> int:
    return sum(last - first + 1 for first, last in runs)
