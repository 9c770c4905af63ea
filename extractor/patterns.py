"""The pattern language: words, ``<classes>``, ``{fragments}`` and ``(name: groups)``, compiled to expressions over tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from extractor.tagging import Tagger

_PIECE = re.compile(
    r"\s+|(?P<cls><!?[^<>\s]+>)|(?P<quant>\{\d*,?\d*\}[?+]?)|(?P<frag>\{[a-z_]+\})|(?P<group>\((?P<name>[a-z_]+):)"
    r"|(?P<look>\(\?<?[=!>])|(?P<open>\()|(?P<op>[)|?*+^$]+)|(?P<word>[^\s<>{}()|?*+^$]+)"
)
_NEVER = "(?!)"
_DEEPEST = 12


class PatternError(ValueError):
    """A pattern is not well formed; the message says where and why."""


class Piece(NamedTuple):
    """One element of a pattern: its sort (cls, quant, group, look, open, op, word) and its text."""

    sort: str
    text: str


def parse(pattern: str, fragments: Mapping[str, str], depth: int = 0) -> list[Piece]:
    """Splits a pattern into pieces, with the fragments put in.

    Args:
        pattern: The pattern as it stands in a rule.
        fragments: Named patterns.
        depth: How many fragments are open; guards against one that contains itself.

    Raises:
        PatternError: A fragment is unknown or contains itself, or a character has no meaning.
    """
    if depth > _DEEPEST:
        message = "a fragment contains itself"
        raise PatternError(message)
    pieces: list[Piece] = []
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None:
            message = f"{pattern[position]!r} at column {position + 1} has no meaning here"
            raise PatternError(message)
        position = match.end()
        if name := match["frag"]:
            inner = fragments.get(name[1:-1])
            if inner is None:
                message = f"unknown fragment {name}; the known ones: {', '.join(sorted(fragments))}"
                raise PatternError(message)
            pieces += [Piece("open", "("), *parse(inner, fragments, depth + 1), Piece("op", ")")]
        elif match.lastgroup == "name" or match["group"]:
            pieces.append(Piece("group", match["name"]))
        elif match.lastgroup:
            pieces.append(Piece(match.lastgroup, match[0]))
    return pieces


def literals(pieces: Iterable[Piece]) -> set[str]:
    """Returns the words that a pattern names as they stand."""
    pieces = list(pieces)
    named = {name[1:] for name in classes(pieces) if name.startswith("=")}
    return named | {piece.text.lower() for piece in pieces if piece.sort == "word"}


def classes(pieces: Iterable[Piece]) -> set[str]:
    """Returns the class names that a pattern uses."""
    return {name for piece in pieces if piece.sort == "cls" for name in piece.text.strip("<!>").split("|")}


def compile_pieces(pieces: Iterable[Piece], tagger: Tagger) -> re.Pattern[str]:
    """Compiles pieces to a regular expression over tags.

    A group that stands in two alternatives keeps its name; the second is numbered (``metric2``).

    Raises:
        PatternError: Brackets or quantifiers do not fit.
    """
    seen: Counter[str] = Counter()
    source = ""
    for piece in pieces:
        if piece.sort == "group":
            seen[piece.text] += 1
            number = seen[piece.text]
            source += f"(?P<{piece.text}{number if number > 1 else ''}>"
        else:
            source += _source(piece, tagger)
    try:
        return re.compile(source)
    except re.error as error:
        message = f"cannot be compiled: {error}"
        raise PatternError(message) from error


def _source(piece: Piece, tagger: Tagger) -> str:
    match piece.sort:
        case "cls":
            negated = piece.text.startswith("<!")
            return _char_class(tagger.chars(piece.text.strip("<!>").split("|")), negated=negated)
        case "word":
            return _char_class(tagger.chars(["=" + piece.text.lower()]), negated=False)
        case "open":
            return "(?:"
        case _:
            return piece.text


def _char_class(chars: str, *, negated: bool) -> str:
    if not chars:
        return "." if negated else _NEVER
    codes = sorted(ord(char) for char in chars)
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    body = "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in runs)
    return f"[{'^' if negated else ''}{body}]"
