"""The pattern language: words, ``<classes>``, ``{fragments}``, ``(name: groups)``; compiled over tags."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.text.sentences import Span

if TYPE_CHECKING:
    from extractor.rulelang.tagging import Tagger

_PIECE = re.compile(
    r"\s+|(?P<cls><!?[^<>\s]+>)|(?P<quant>\{\d*,?\d*\}[?+]?)|(?P<frag>\{[^\s{}]+\})|(?P<group>\((?P<name>[a-z_]+):)"
    r"|(?P<look>\(\?<?[=!])|(?P<open>\()|(?P<op>[)|?*+^$]+)|(?P<word>[^\s<>{}()|?*+^$]+)"
)
GROUP_REPEATS = 3  # alternatives of a pattern in which a group can stand
_NEVER = "(?!)"
_DEEPEST = 12  # fragments within fragments
_LONGEST = 3000  # pieces of one pattern, fragments put in
_MOST = 20  # repetitions that * and + stand for
_LIMITED = {"*": f"{{0,{_MOST}}}", "+": f"{{1,{_MOST}}}"}
CodeRange = tuple[int, int]  # the first and the last of characters that follow one another
_OPENERS = frozenset({"group", "look", "open"})


class PatternError(ValueError):
    """A pattern cannot be used.

    Args:
        problems: Everything that is wrong with it.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class Piece(NamedTuple):
    """One element of a pattern: its sort (cls, quant, group, look, open, op, word, frag) and its text.

    A ``frag`` is left only where no fragment of that name is known.
    """

    sort: str
    text: str


_OPENING, _CLOSING = Piece("open", "("), Piece("op", ")")


def parse(pattern: str, fragments: Mapping[str, str]) -> tuple[list[Piece], list[str]]:
    """Splits a pattern into pieces, with the fragments put in.

    Whether its classes and fragments are known is asked when it is compiled, as only then all of them are.

    Args:
        pattern: The pattern as it stands in a rule.
        fragments: Named patterns.

    Returns:
        The pieces, and what is wrong: a fragment contains itself, a bracket has no partner, a repetition
        without limit stands within another, a character has no meaning.
    """
    pieces: list[Piece] = []
    problems: list[str] = []
    try:
        _parse(pattern, fragments, (), pieces, problems)
    except PatternError as error:
        return pieces, [*problems, *error.problems]
    problems += dict.fromkeys(_bracket_problems(pieces))
    return pieces, problems


def _parse(
    pattern: str,
    fragments: Mapping[str, str],
    inside: tuple[str, ...],
    pieces: list[Piece],
    problems: list[str],
) -> None:
    """Adds the pieces and problems of a pattern; raises where it would never end."""
    place = f" of fragment {{{inside[-1]}}}" if inside else ""
    for piece, column in _cut(pattern):
        if piece is None:
            problems.append(f"{pattern[column]!r} at column {column + 1}{place} has no meaning here")
            continue
        name = piece.text[1:-1] if piece.sort == "frag" else ""
        if name in fragments:
            _check_depth(name, inside)
            pieces.append(_OPENING)
            _parse(fragments[name], fragments, (*inside, name), pieces, problems)
            pieces.append(_CLOSING)
        else:
            pieces.append(piece)
        if len(pieces) > _LONGEST:
            message = "the pattern is too long with its fragments put in; split the rule"
            raise PatternError(message)


@lru_cache(maxsize=2_000)  # fragments stand in many patterns
def _cut(pattern: str) -> tuple[tuple[Piece | None, int], ...]:
    """Returns the pieces of a pattern, each with its column; None for a character that has no meaning."""
    found: list[tuple[Piece | None, int]] = []
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None:
            found.append((None, position))
        elif match["group"]:
            found.append((Piece("group", match["name"]), position))
        elif match.lastgroup:
            found.append((Piece(match.lastgroup, match[0]), position))
        position = match.end() if match else position + 1
    return tuple(found)


def _check_depth(name: str, inside: tuple[str, ...]) -> None:
    if name in inside or len(inside) >= _DEEPEST:
        message = f"fragment {{{name}}} contains itself: {' > '.join((*inside, name))}"
        raise PatternError(message)


def _bracket_problems(pieces: Iterable[Piece]) -> Iterator[str]:
    """Finds brackets without partner, and repetitions without limit within one another, which never end."""
    repeats: list[bool] = []  # for each open bracket: whether something in it repeats without limit
    closed = False  # whether the bracket that has just been closed is such a one
    for sign in (sign for piece in pieces for sign in _signs(piece)):
        if sign == "(":
            repeats.append(False)
        elif sign == ")" and not repeats:
            yield "a closing bracket has no opening one"
        elif sign == "*" and closed:
            yield "a repetition without limit stands within another; give it one, such as {0,5}"
        closed = repeats.pop() if sign == ")" and repeats else False
        if repeats and (closed or sign == "*"):
            repeats[-1] = True
    if repeats:
        yield "an opening bracket has no closing one"


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


def asked(patterns: Iterable[Iterable[Piece]]) -> Counter[frozenset[str]]:
    """Returns how often patterns ask for a word of one of some classes."""
    pieces = Counter(piece for pattern in patterns for piece in pattern if piece.sort in ("cls", "word"))
    found: Counter[frozenset[str]] = Counter()
    for piece, count in pieces.items():
        found[frozenset(classes_of(piece))] += count
    return found


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
        fragments: The names of all fragments, to suggest one where a name is wrong.
    """

    def __init__(self, tagger: Tagger, fragments: Collection[str] = ()) -> None:
        self.tagger = tagger
        self._fragments = fragments
        self._sources: dict[Piece, str] = {}
        self._runs_by_name: dict[str, list[CodeRange]] = {}
        codes = [ord(tag) for tag in tagger.all_tags()]
        self._all: CodeRange = min(codes), max(codes)

    def compile(self, pieces: Iterable[Piece]) -> re.Pattern[str]:
        """Compiles pieces.

        A group that stands in two alternatives keeps its name; the second is numbered (``metric2``).

        Raises:
            PatternError: A class or fragment is unknown, a quantifier has nothing to repeat, or the pattern
                can match no word at all.
        """
        pieces = list(pieces)
        if problems := self.unknown(pieces):
            raise PatternError(*problems)
        seen: Counter[str] = Counter()
        parts: list[str] = []
        for piece in pieces:
            if piece.sort == "group":
                seen[piece.text] += 1
                number = seen[piece.text]
                parts.append(f"(?P<{piece.text}{number if number > 1 else ''}>")
            else:
                parts.append(self._sources[piece])
        try:
            expression = re.compile("".join(parts))
        except (re.error, OverflowError) as error:
            message = f"is not well formed: {getattr(error, 'msg', error)}"
            raise PatternError(message) from error
        if expression.fullmatch(""):
            message = "would match without any word; something in it must not be optional"
            raise PatternError(message)
        return expression

    def unknown(self, pieces: Iterable[Piece]) -> list[str]:
        """Returns what is wrong with the names and words of a pattern, well formed or not."""
        problems: dict[str, None] = {}
        for piece in dict.fromkeys(pieces):
            try:
                if piece not in self._sources:
                    self._sources[piece] = self._make_source(piece)
            except PatternError as error:
                problems |= dict.fromkeys(error.problems)
        return list(problems)

    def _make_source(self, piece: Piece) -> str:
        if piece.sort == "cls":
            names = classes_of(piece)
            if unknown := [name for name in names if not self.tagger.has_class(name)]:
                raise PatternError(*map(self._unknown_class, unknown))
            return self._char_class(names, negated=piece.text.startswith("<!"))
        if piece.sort == "word":
            self._check_word(piece.text)
            return self._char_class(classes_of(piece), negated=False)
        if piece.sort == "frag":
            raise PatternError(self._unknown_fragment(piece.text[1:-1]))
        if piece.sort in ("op", "quant"):
            return _bounded(piece.text)
        return "(?:" if piece.sort == "open" else piece.text

    def _check_word(self, word: str) -> None:
        if len(self.tagger.tag(word, Span(0, len(word)), ()).tags) != 1:
            message = (
                f"{word!r} is never one token of a text; write its parts apart, such as <comma> or <dash>"
            )
            raise PatternError(message)

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


def _bounded(repetition: str) -> str:
    """Gives repetitions without limit one: a list of thousands is not to be read anew from each member."""
    if repetition.startswith("{"):
        return repetition.replace(",}", f",{_MOST}}}")
    return re.sub(r"([?*+])([?+]?)", lambda sign: _LIMITED.get(sign[1], sign[1]) + sign[2], repetition)


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
