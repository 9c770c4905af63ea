"""Compiles syntax trees of patterns to regular expressions over tags, and tells what words they ask for."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from extractor.rulelang.letters import CodeRange, Letters, TagSet
from extractor.rulelang.patternparser import PatternError
from extractor.rulelang.syntax import (
    LITERAL,
    Alternation,
    Atom,
    Boundary,
    Capture,
    Concat,
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
_MOST = 20  # repetitions that * and + stand for
_Sign = str | TagSet | Capture  # of an expression: as it stands, one word of some tags, the begin of a group


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
        self._sets: dict[Node, TagSet] = {}  # of each part that is always one word, its tags
        self._tags_of_names: dict[tuple[tuple[str, ...], bool], TagSet] = {}
        self._signs_of: dict[Node, list[_Sign]] = {}
        self._runs_by_name: dict[str, TagSet] = {}
        codes = [ord(tag) for tag in tagger.all_tags()]
        self._all: CodeRange = min(codes), max(codes)

    def letters(self, *trees: Node) -> Letters:
        """Returns the letters of a pattern, or of several.

        Raises:
            PatternError: A class or fragment is unknown.
        """
        if problems := list(dict.fromkeys(chain.from_iterable(map(self.unknown, trees)))):
            raise PatternError(*problems)
        signs = chain.from_iterable(map(self._signs, trees))
        return Letters((sign for sign in signs if isinstance(sign, TagSet)), self._all[1] + 1)

    def compile(self, tree: Node, letters: Letters) -> re.Pattern[str]:
        """Compiles the tree of a pattern.

        Args:
            tree: The tree, or a part of it.
            letters: The letters of the pattern.

        Raises:
            PatternError: See `compiled`.
        """
        return compiled(self.source(tree, letters))

    def source(self, tree: Node, letters: Letters) -> str:
        """Writes the tree of a pattern as an expression over its letters.

        A group that stands in two alternatives keeps its name; the second is numbered (``metric2``).

        Args:
            tree: The tree, or a part of it.
            letters: The letters of the pattern.
        """
        seen: Counter[str] = Counter()
        sources: list[str] = []
        for sign in self._signs(tree):
            if isinstance(sign, str):
                sources.append(sign)
            elif isinstance(sign, TagSet):
                sources.append(letters.source(sign))
            else:
                seen[sign.name] += 1
                number = seen[sign.name]
                sources.append(f"(?P<{sign.name}{number if number > 1 else ''}>")
        return "".join(sources)

    def unknown(self, tree: Node) -> list[str]:
        """Returns what is wrong with the names and words of a pattern, well formed or not."""
        problems: dict[str, None] = {}
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Missing):
                problems[self._unknown_fragment(node.name)] = None
            elif isinstance(node, Atom):
                if node not in self._sets:
                    problems |= dict.fromkeys(self._learn(node))
            elif node not in self._signs_of:  # what has been written is known to be right
                waiting += node.parts[::-1]
        return list(problems)

    def _signs(self, node: Node) -> list[_Sign]:
        """Returns the signs of the expression of a part whose names are known."""
        signs = self._signs_of.get(node)
        if signs is None:
            word = self._word(node)
            signs = self._write(node) if word is None else [word]
            if isinstance(node, Alternation | Concat):  # as fragments are, which many patterns share
                self._signs_of[node] = signs
        return signs

    def _write(self, node: Node) -> list[_Sign]:
        if isinstance(node, Alternation):
            return self._alternatives(node)
        if isinstance(node, Boundary):
            return [node.sign]
        if isinstance(node, Repetition):
            most = _MOST if node.most is None else node.most
            times = "?" if (node.least, most) == (0, 1) else f"{{{node.least},{most}}}"
            (part,) = node.parts
            inner = self._signs(part)
            return [*(inner if self._word(part) is not None else ("(?:", *inner, ")")), times + node.manner]
        if isinstance(node, Capture | Look):
            opening = node if isinstance(node, Capture) else f"(?{node.sign}"
            return [opening, *self._signs(node.parts[0]), ")"]
        signs: list[_Sign] = []
        for part in node.parts:
            inner = self._signs(part)
            loose = isinstance(part, Alternation) and self._word(part) is None
            signs += ["(?:", *inner, ")"] if loose else inner
        return signs

    def _alternatives(self, node: Node) -> list[_Sign]:
        """Returns the signs of alternatives; words alone that stand side by side become one."""
        signs: list[_Sign] = []
        words: list[TagSet] = []
        for part in node.parts:
            word = self._word(part)
            if word is not None:
                words.append(word)
                continue
            signs += [_united(words), "|"] if words else []
            words = []
            signs += [*self._signs(part), "|"]
        signs += [_united(words), "|"] if words else []
        return signs[:-1]

    def _word(self, node: Node) -> TagSet | None:
        """Returns the tags of a part that is always one word; None of others."""
        known = self._sets.get(node)
        if known is None and isinstance(node, Alternation | Concat):
            words = [self._word(part) for part in node.parts]
            sets = [word for word in words if word is not None]
            if words and len(sets) == len(words) and (isinstance(node, Alternation) or len(words) == 1):
                known = self._sets[node] = _united(sets)
        return known

    def _learn(self, atom: Atom) -> list[str]:
        """Works out the tags of an atom; returns what is wrong with its names."""
        asked = atom.classes, atom.negated
        faults = [] if asked in self._tags_of_names else self._faults(atom)
        if not faults:
            if asked not in self._tags_of_names:
                self._tags_of_names[asked] = self._tags_of(atom)
            self._sets[atom] = self._tags_of_names[asked]
        return faults

    def _faults(self, atom: Atom) -> list[str]:
        """Returns what is wrong with the names of an atom."""
        faults = [self._unknown_class(name) for name in atom.classes if not self.tagger.has_class(name)]
        return faults + [
            f"{word!r} is never one token of a text; write its parts apart, such as <comma> or <dash>"
            for word in sorted(literals(atom.classes))
            if len(self.tagger.tag(word, Span(0, len(word)), ()).tags) != 1
        ]

    def _tags_of(self, atom: Atom) -> TagSet:
        """Returns the tags that have one of the classes of an atom, or none of them."""
        runs = _joined(run for name in atom.classes for run in self._runs(name))
        return TagSet(self._others(runs) if atom.negated else runs)

    def _others(self, runs: Sequence[CodeRange]) -> list[CodeRange]:
        """Returns the tags that are in none of some runs, which stand in order."""
        first, last = self._all
        starts = [first, *(after + 1 for _, after in runs)]
        ends = [*(before - 1 for before, _ in runs), last]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]

    def _runs(self, name: str) -> Iterable[CodeRange]:
        """Returns the tags of a class as runs of characters."""
        if name not in self._runs_by_name:
            codes = map(ord, self.tagger.members([name]))
            self._runs_by_name[name] = TagSet(_joined((code, code) for code in codes))
        return self._runs_by_name[name].ranges

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


def compiled(source: str) -> re.Pattern[str]:
    """Compiles the expression of a pattern.

    Raises:
        PatternError: A quantifier has nothing to repeat, or the pattern can match no word at all.
    """
    try:
        expression = re.compile(source)
    except (re.error, OverflowError) as error:
        message = f"is not well formed: {getattr(error, 'msg', error)}"
        raise PatternError(message) from error
    if expression.fullmatch(""):
        message = "would match without any word; something in it must not be optional"
        raise PatternError(message)
    return expression


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


def _united(sets: Iterable[TagSet]) -> TagSet:
    return TagSet(_joined(run for tags in sets for run in tags.ranges))
