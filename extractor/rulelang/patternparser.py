"""Parses patterns into syntax trees, with their fragments put in; each fragment is parsed once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

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
)

_TOKEN = re.compile(
    r"\s+|(?P<atom><!?[^<>\s]+>|[^\s<>{}()|?*+^$]+)|(?P<edge>[\^$])|(?P<bar>\|)|(?P<close>\))"
    r"|(?P<repeat>[?*+]|\{(?P<least>\d*)(?P<range>,?)(?P<most>\d*)\})(?P<manner>[?+]?)"
    r"|\{(?P<fragment>[^\s{}]+)\}|\((?P<group>[a-z_]+):|\(\?(?P<look><?[=!])|(?P<open>\()"
)
_DEEPEST = 12  # fragments within fragments
_MOST_BRACKETS = 50  # within one another, fragments put in
_LONGEST = 3000  # signs and words of one pattern, fragments put in
_TIMES: Mapping[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class PatternError(ValueError):
    """A pattern cannot be used.

    Args:
        problems: Everything that is wrong with it.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class Parsed(NamedTuple):
    """The tree of a pattern without what has no meaning, what is wrong with it, its length and depth."""

    tree: Node
    problems: tuple[str, ...] = ()
    size: int = 1
    depth: int = 0


class PatternParser:
    """Parses patterns.

    Args:
        fragments: Named patterns.
    """

    def __init__(self, fragments: Mapping[str, str] | None = None) -> None:
        self.fragments: Mapping[str, str] = fragments or {}
        self._known: dict[str, Parsed] = {}

    def with_fragments(self, fragments: Mapping[str, str]) -> PatternParser:
        """Returns a parser that knows further fragments, some in the place of those here."""
        return PatternParser({**self.fragments, **fragments})

    def parse(self, pattern: str, inside: tuple[str, ...] = ()) -> Parsed:
        """Returns the tree of a pattern, with the fragments put in.

        Whether its classes and fragments are known is asked when it is compiled, as only then all of them
        are. What is wrong: a fragment contains itself, a bracket has no partner, a repetition has nothing to
        repeat or stands without limit within another, a character has no meaning.

        Args:
            pattern: The pattern as it stands in a rule.
            inside: The fragments that it stands in.
        """
        reader = _Reader(partial(self.fragment, inside=inside))
        try:
            return reader.read(pattern)
        except PatternError as error:
            return Parsed(Concat(), (*reader.problems, *error.problems))

    def fragment(self, name: str, inside: tuple[str, ...] = ()) -> Parsed:
        """Returns the tree of a fragment, as `parse` does; where there is none, a tree that says so."""
        if name not in self.fragments:
            return Parsed(Missing(name))
        if name in inside or len(inside) >= _DEEPEST:
            fault = "contains itself" if name in inside else "stands too deep within others"
            return Parsed(Concat(), (f"fragment {{{name}}} {fault}: {' > '.join((*inside, name))}",))
        if name not in self._known:
            self._known[name] = self.parse(self.fragments[name], (*inside, name))
        return self._known[name]


class _Bracket:
    """An open bracket, or the whole pattern.

    Args:
        made: What becomes of it when it is closed.
    """

    def __init__(self, made: Callable[..., Node] | None = None) -> None:
        self._made = made
        self._alternatives: list[Node] = []
        self.parts: list[Node] = []
        self.repeated = False  # whether its last part is a repetition that no bracket closes

    def add(self, node: Node, *, repeated: bool = False) -> None:
        self.parts.append(node)
        self.repeated = repeated

    def end_alternative(self) -> None:
        self._alternatives.append(_whole(Concat, self.parts))
        self.parts = []

    def close(self) -> Node:
        self.end_alternative()
        whole = _whole(Alternation, self._alternatives)
        return self._made(parts=(whole,)) if self._made else whole


def _whole(sort: type[Concat | Alternation], parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else sort(parts=tuple(parts))


class _Reader:
    """Reads one pattern from left to right.

    Args:
        fragment: Returns the tree of a fragment.
    """

    def __init__(self, fragment: Callable[[str], Parsed]) -> None:
        self.problems: dict[str, None] = {}
        self._fragment = fragment
        self._size = self._depth = 0
        self._brackets = [_Bracket()]

    def read(self, pattern: str) -> Parsed:
        """Returns the tree, and what is wrong.

        Raises:
            PatternError: The pattern is too long or too deep to be looked at.
        """
        position = 0
        while position < len(pattern):
            if match := _TOKEN.match(pattern, position):
                if match.lastgroup:
                    self._read_token(match)
                position = match.end()
            else:
                self._wrong(f"{pattern[position]!r} at column {position + 1} has no meaning here")
                position += 1
        if len(self._brackets) > 1:
            self._wrong("an opening bracket has no closing one")
        while len(self._brackets) > 1:
            self._close()
        return Parsed(self._brackets[0].close(), tuple(self.problems), self._size, self._depth)

    def _wrong(self, problem: str) -> None:
        self.problems[problem] = None

    def _read_token(self, match: re.Match[str]) -> None:
        bracket = self._brackets[-1]
        self._grow(1, 0)
        if match["atom"]:
            bracket.add(_atom(match["atom"]))
        elif match["bar"]:
            bracket.end_alternative()
        elif match["close"]:
            self._close()
        elif match["repeat"]:
            self._repeat(match, bracket)
        elif name := match["fragment"]:
            tree, problems, size, depth = self._fragment(name)
            self.problems |= dict.fromkeys(problems)
            self._grow(size, depth)
            bracket.add(tree)
        elif match["edge"]:
            bracket.add(Boundary(match["edge"]))
        elif match["group"]:
            self._brackets.append(_Bracket(partial(Capture, match["group"])))
        else:
            self._brackets.append(_Bracket(partial(Look, match["look"]) if match["look"] else None))

    def _grow(self, size: int, depth: int) -> None:
        """Notes what stands at the place that is being read."""
        self._size += size
        self._depth = max(self._depth, depth + len(self._brackets))
        if self._size > _LONGEST:
            message = "the pattern is too long with its fragments put in; split the rule"
            raise PatternError(message)
        if self._depth > _MOST_BRACKETS:
            message = "brackets and fragments stand too deep within one another; split the rule"
            raise PatternError(message)

    def _close(self) -> None:
        if len(self._brackets) == 1:
            self._wrong("a closing bracket has no opening one")
            return
        closed = self._brackets.pop().close()
        self._brackets[-1].add(closed)

    def _repeat(self, match: re.Match[str], bracket: _Bracket) -> None:
        least, most = _TIMES.get(match["repeat"]) or _limits(match)
        place = f"is not well formed: {match[0]!r} at column {match.start() + 1}"
        if not bracket.parts:
            self._wrong(f"{place} has nothing to repeat")
            return
        if bracket.repeated:
            self._wrong(f"{place} follows another repetition; put that into brackets")
        if most is not None and least > most:
            self._wrong(f"{place} is no number of repetitions")
        part = bracket.parts.pop()
        if most is None and part.endless:
            self._wrong("a repetition without limit stands within another; give it one, such as {0,5}")
        bracket.add(Repetition(least, most, match["manner"], parts=(part,)), repeated=True)


def _limits(match: re.Match[str]) -> tuple[int, int | None]:
    """Returns how often ``{least,most}`` says at least and at most."""
    least, most = match["least"], match["most"] if match["range"] else match["least"] or "-1"
    return int(least or 0), int(most) if most else None


@lru_cache(maxsize=5_000)  # most stand in many patterns
def _atom(text: str) -> Atom:
    """Returns the atom of a word, or of classes in angle brackets; of one text always the same."""
    if not text.startswith("<"):
        return Atom((LITERAL + text.lower(),))
    names = text[1:-1].removeprefix("!").split("|")
    lowered = (name.lower() if name.startswith(LITERAL) else name for name in names)
    return Atom(tuple(lowered), text.startswith("<!"))
