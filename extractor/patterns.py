"""The pattern language: words, ``<classes>``, ``{fragments}``, ``(name: groups)``; compiled over tags."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.text import Span

if TYPE_CHECKING:
    from extractor.tagging import Tagger

_PIECE = re.compile(
    r"\s+|(?P<cls><!?[^<>\s]+>)|(?P<quant>\{\d*,?\d*\}[?+]?)|(?P<frag>\{[a-z_]+\})|(?P<group>\((?P<name>[a-z_]+):)"
    r"|(?P<look>\(\?<?[=!])|(?P<open>\()|(?P<op>[)|?*+^$]+)|(?P<word>[^\s<>{}()|?*+^$]+)"
)
GROUP_REPEATS = 3  # alternatives of a pattern in which a group can stand
_NEVER = "(?!)"
_DEEPEST = 12  # fragments within fragments
_LONGEST = 3000  # pieces of one pattern, fragments put in
_MOST = 20  # repetitions that * and + stand for
_LIMITED = {"*": f"{{0,{_MOST}}}", "+": f"{{1,{_MOST}}}"}
_OPENERS = frozenset({"group", "look", "open"})


class PatternError(ValueError):
    """A pattern is not well formed; the message says where and why."""


class Piece(NamedTuple):
    """One element of a pattern: its sort (cls, quant, group, look, open, op, word) and its text."""

    sort: str
    text: str


def parse(pattern: str, fragments: Mapping[str, str]) -> list[Piece]:
    """Splits a pattern into pieces, with the fragments put in.

    Args:
        pattern: The pattern as it stands in a rule.
        fragments: Named patterns.

    Raises:
        PatternError: A fragment is unknown or contains itself, a bracket has no partner, a repetition without
            limit stands within another, or a character has no meaning.
    """
    pieces: list[Piece] = []
    _parse(pattern, fragments, (), pieces)
    _check_brackets(pieces)
    return pieces


def _parse(pattern: str, fragments: Mapping[str, str], inside: tuple[str, ...], pieces: list[Piece]) -> None:
    place = f" of fragment {{{inside[-1]}}}" if inside else ""
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None:
            message = f"{pattern[position]!r} at column {position + 1}{place} has no meaning here"
            raise PatternError(message)
        position = match.end()
        if match["frag"]:
            name = match["frag"][1:-1]
            pieces.append(Piece("open", "("))
            _parse(_fragment(name, fragments, inside), fragments, (*inside, name), pieces)
            pieces.append(Piece("op", ")"))
        elif match["group"]:
            pieces.append(Piece("group", match["name"]))
        elif match.lastgroup:
            pieces.append(Piece(match.lastgroup, match[0]))
        if len(pieces) > _LONGEST:
            message = "the pattern is too long with its fragments put in; split the rule"
            raise PatternError(message)


def _fragment(name: str, fragments: Mapping[str, str], inside: tuple[str, ...]) -> str:
    if name in inside or len(inside) >= _DEEPEST:
        message = f"fragment {{{name}}} contains itself: {' > '.join((*inside, name))}"
        raise PatternError(message)
    found = fragments.get(name)
    if found is None:
        message = f"unknown fragment {{{name}}}{_suggestion(name, fragments)}"
        raise PatternError(message)
    return found


def _check_brackets(pieces: Iterable[Piece]) -> None:
    """Finds brackets without partner, and repetitions without limit within one another, which never end."""
    repeats: list[bool] = []  # for each open bracket: whether something in it repeats without limit
    closed = False  # whether the bracket that has just been closed is such a one
    for sign in (sign for piece in pieces for sign in _signs(piece)):
        if sign == "(":
            repeats.append(False)
        elif sign == ")" and not repeats:
            message = "a closing bracket has no opening one"
            raise PatternError(message)
        elif sign == "*" and closed:
            message = "a repetition without limit stands within another; give it one, such as {0,5}"
            raise PatternError(message)
        closed = repeats.pop() if sign == ")" else False
        if repeats and (closed or sign == "*"):
            repeats[-1] = True
    if repeats:
        message = "an opening bracket has no closing one"
        raise PatternError(message)


def _signs(piece: Piece) -> Sequence[str]:
    """Returns what matters of a piece: brackets, ``*`` for a repetition without limit, else anything."""
    if piece.sort in _OPENERS:
        return "("
    if piece.sort == "quant":
        return "*" if piece.text.rstrip("?+").endswith(",}") else "."
    if piece.sort != "op":
        return "."
    return plain_signs(piece.text).replace("+", "*")


@lru_cache(maxsize=1_000)
def plain_signs(text: str) -> str:
    """Returns brackets, bars and quantifiers without the second sign that says how greedy a quantifier is."""
    return re.sub(r"([?*+])[?+]", r"\1", text)


def literals(pieces: Iterable[Piece]) -> set[str]:
    """Returns the words that a pattern names as they stand."""
    pieces = list(pieces)
    named = {name[1:] for name in classes(pieces) if name.startswith("=")}
    return named | {piece.text.lower() for piece in pieces if piece.sort == "word"}


def classes(pieces: Iterable[Piece]) -> set[str]:
    """Returns the class names that a pattern uses."""
    return {name for piece in pieces if piece.sort == "cls" for name in classes_of(piece)}


def classes_of(piece: Piece) -> list[str]:
    """Returns the classes that a piece of sort cls or word names; those of a negated one without its sign."""
    if piece.sort == "word":
        return ["=" + piece.text.lower()]
    return piece.text[1:-1].removeprefix("!").split("|")


def consumed_classes(pieces: Iterable[Piece]) -> set[str]:
    """Returns the classes that the words of a match can have; what a pattern only looks at is left out."""
    names: set[str] = set()
    looking = depth = 0
    for piece in pieces:
        if piece.sort in ("open", "group", "look"):
            depth += 1
            looking = looking or (depth if piece.sort == "look" else 0)
        elif piece.sort == "op":
            depth -= piece.text.count(")")
            looking = looking if looking <= depth else 0
        elif piece.sort in ("cls", "word") and not looking:
            names.update(classes_of(piece))
    return names


class Compiler:
    """Compiles patterns to regular expressions over the tags of one tagger.

    Args:
        tagger: The tagger; it must know the literals of all patterns.
    """

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._sources: dict[Piece, str] = {}
        self._members: dict[str, frozenset[str]] = {}

    def compile(self, pieces: Iterable[Piece]) -> re.Pattern[str]:
        """Compiles pieces.

        A group that stands in two alternatives keeps its name; the second is numbered (``metric2``).

        Raises:
            PatternError: A class is unknown, a quantifier has nothing to repeat, or the pattern can match
                no word at all.
        """
        seen: Counter[str] = Counter()
        parts: list[str] = []
        for piece in pieces:
            if piece.sort == "group":
                seen[piece.text] += 1
                number = seen[piece.text]
                parts.append(f"(?P<{piece.text}{number if number > 1 else ''}>")
            else:
                parts.append(self._source(piece))
        try:
            expression = re.compile("".join(parts))
        except (re.error, OverflowError) as error:
            message = f"is not well formed: {getattr(error, 'msg', error)}"
            raise PatternError(message) from error
        if expression.fullmatch(""):
            message = "would match without any word; something in it must not be optional"
            raise PatternError(message)
        return expression

    def _source(self, piece: Piece) -> str:
        source = self._sources.get(piece)
        if source is None:
            source = self._sources[piece] = self._make_source(piece)
        return source

    def _make_source(self, piece: Piece) -> str:
        if piece.sort == "cls":
            tags = frozenset().union(*map(self._tags, classes_of(piece)))
            return _char_class(tags, negated=piece.text.startswith("<!"))
        if piece.sort == "word":
            self._check_word(piece.text)
            return _char_class(self._tags(*classes_of(piece)), negated=False)
        if piece.sort in ("op", "quant"):
            return _bounded(piece.text)
        return "(?:" if piece.sort == "open" else piece.text

    def _check_word(self, word: str) -> None:
        if len(self._tagger.tag(word, Span(0, len(word)), ()).tags) != 1:
            message = (
                f"{word!r} is never one token of a text; write its parts apart, such as <comma> or <dash>"
            )
            raise PatternError(message)

    def _tags(self, name: str) -> frozenset[str]:
        tags = self._members.get(name)
        if tags is None:
            tags = self._members[name] = frozenset(self._tagger.chars([name]))
        if not tags and not name.startswith("="):
            message = f"unknown word class <{name}>{_suggestion(name, self._tagger.class_names())}"
            raise PatternError(message)
        return tags


def group_span(match: re.Match[str], name: str) -> tuple[int, int] | None:
    """Returns the tokens of a named group, in whichever alternative it stands; None if it matched nothing."""
    known = match.re.groupindex
    for numbered in _numbered(name):
        if numbered not in known:
            return None
        span = match.span(numbered)
        if span[1] > span[0]:
            return span
    return None


@lru_cache(maxsize=100)
def _numbered(name: str) -> tuple[str, ...]:
    """Returns the names of a group in the alternatives of a pattern."""
    return (name, *(f"{name}{number}" for number in range(2, GROUP_REPEATS + 1)))


def _bounded(repetition: str) -> str:
    """Gives repetitions without limit one: a list of thousands is not to be read anew from each member."""
    if repetition.startswith("{"):
        return repetition.replace(",}", f",{_MOST}}}")
    return re.sub(r"([?*+])([?+]?)", lambda sign: _LIMITED.get(sign[1], sign[1]) + sign[2], repetition)


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    return f"; did you mean {' or '.join(close)}?" if close else f"; known are {', '.join(sorted(known))}"


def _char_class(tags: Iterable[str], *, negated: bool) -> str:
    codes = sorted(ord(tag) for tag in tags)
    if not codes:
        return "." if negated else _NEVER
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    body = "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in runs)
    return f"[{'^' if negated else ''}{body}]"
