"""Reads the patterns for dataset names and finds the candidates in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.resources import rules_dir
from extractor.strictyaml import load_yaml
from extractor.vocabulary import known, register

Pattern = re.Pattern[str] | regex.Pattern[str]
Match = re.Match[str] | regex.Match[str]

_REACH = 240  # characters on either side of an anchor that a pattern may read
_FRAGMENT = regex.compile(r"\{([a-z]+)\}")
_SHAPES = ("any", "strong", "camel")


class Candidate(NamedTuple):
    """A stretch that a rule takes for a name; ``shape`` is what it asks of a name that is not listed."""

    start: int
    end: int
    rule: str
    shape: str


def compiled(source: str) -> Pattern:
    """Compiles a pattern with `re`, whose calls take half the time, or, if that fails, with `regex`."""
    try:
        return re.compile(source)
    except re.error:
        return regex.compile(source)


class LazyPattern:
    """A pattern that is compiled when it is first tried: a text tries few of them, and compiling is slow.

    Args:
        source: The regular expression.
    """

    __slots__ = ("match", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.match: Callable[..., Match | None] = self._compile_and_match

    def _compile_and_match(self, *arguments: Any) -> Match | None:
        self.match = compiled(self.source).match  # from now on without the detour
        return self.match(*arguments)


class Hints(NamedTuple):
    """Quick tests that hold wherever a rule matches; nearly all places where it does not match fail one."""

    words: frozenset[str]  # one of them stands in the text; none: not asked
    behind: re.Pattern[str] | None  # matches behind the anchor
    sign: re.Pattern[str] | None  # is found before the anchor, in the same sentence
    plain: int | None  # so many plain words may stand between the name and the anchor


class Rule(NamedTuple):
    """One pattern: what stands before and behind an anchor word."""

    id: str
    before: LazyPattern | None
    after: LazyPattern | None
    given: str | None  # a rule above it, of the same anchor, without which it cannot match
    hints: Hints
    shape: str
    include: bool
    examples: list[tuple[str, list[str]]]
    rejects: list[str]


class Anchor(NamedTuple):
    """A word around which rules look; ``rank`` says which anchor's rules go first."""

    rank: int
    word: str
    offset: int  # where its base begins in it
    cased: bool
    behind: re.Pattern[str] | None  # the hint, if all its rules share one
    rules: list[Rule]


class Base(NamedTuple):
    """A string that stands in several anchors, so that the text is searched once for all of them."""

    text: str
    cased: bool
    words: frozenset[str]  # it is searched for only if one of them stands in the text; none: always
    ending: list[Anchor]  # the anchors that end with it
    following: dict[str, list[Anchor]]  # the anchors that may stand where this character follows it


class Bases(NamedTuple):
    """What the text is searched for."""

    always: list[Base]
    asked: list[Base]  # those with words
    words: frozenset[str]

    def of(self, words: Set[str]) -> list[Base]:
        """Returns the bases to search for in a text with these words."""
        return [*self.always, *(base for base in self.asked if not base.words.isdisjoint(words))]


class Patterns(NamedTuple):
    """All rules, and the anchors at which they are tried."""

    rules: list[Rule]
    bases: Bases
    words: frozenset[str]  # all that hints and bases ask for
    context: dict[str, str]
    lists: dict[str, str]
    naming: list[str]
    loose: list[str]
    sure: list[str]
    titles: list[str]


@cache
def load_patterns(path: Path | None = None) -> Patterns:
    """Reads the patterns.

    Args:
        path: The rules file; without it the built-in one.

    Raises:
        RuleError: The file breaks the rule language; every problem is listed.
    """
    checked = path is not None  # the built-in patterns are compiled by their tests
    path = path or rules_dir() / "datasets.yaml"
    document = load_yaml(path)
    problems: list[RuleProblem] = []
    fragments: dict[str, str] = {}
    for name, text in document["fragments"].items():
        fragments[name] = expand(text, fragments)
    groups: dict[str, list[Rule]] = {}
    for entry in [*document["rules"], *document.get("without_pattern", ())]:
        try:
            rule = _rule(entry, document["anchors"], fragments)
            for pattern in (rule.before, rule.after) if checked else ():
                regex.compile(pattern.source if pattern else "")
            groups.setdefault(entry["anchor"], []).append(rule)
        except (KeyError, ValueError, regex.error) as error:
            message = f"cannot be read: {error!r}; compare it with the rules above it"
            problems.append(
                RuleProblem(message, file=str(path), line=entry.line, rule=str(entry.get("id", "without id")))
            )
    if problems:
        raise RuleError(problems)
    anchored = [
        (list(document["anchors"][anchor]), anchor in document.get("cased", []), rules)
        for anchor, rules in groups.items()
    ]
    context, lists = (
        {name: expand(text, fragments) for name, text in document[part].items()}
        for part in ("context", "lists")
    )
    every = [rule for _, _, rules in anchored for rule in rules]
    bases = _by_base(anchored, document["bases"])
    words = bases.words.union(*(rule.hints.words for rule in every))
    register(words)
    named = ([str(rule) for rule in document[name]] for name in ("naming", "loose", "sure", "titles"))
    return Patterns(every, bases, words, context, lists, *named)


def expand(text: str, fragments: dict[str, str]) -> str:
    """Puts the named fragments into a pattern.

    Raises:
        KeyError: A fragment is not defined (above this place).
    """
    return _FRAGMENT.sub(lambda match: f"(?:{fragments[match[1]]})", text)


def _rule(entry: Any, anchors: Any, fragments: dict[str, str]) -> Rule:
    anchors[entry["anchor"]]
    if entry["shape"] not in _SHAPES:
        message = f"shape {entry['shape']!r} is none of {', '.join(_SHAPES)}"
        raise ValueError(message)
    before, after = (expand(entry[side], fragments) for side in ("before", "after"))
    return Rule(
        entry["id"],
        LazyPattern("(?r)" + before) if before else None,
        LazyPattern(after) if after else None,
        entry.get("given"),
        _hints(entry.get("hints", {}), fragments),
        entry["shape"],
        entry.get("include", False),
        [(example["text"], list(example["names"])) for example in entry["examples"]],
        list(entry["rejects"]),
    )


def _hints(entry: Any, fragments: dict[str, str]) -> Hints:
    behind, sign = (
        re.compile(expand(entry[name], fragments)) if name in entry else None for name in ("behind", "sign")
    )
    return Hints(frozenset(entry.get("words", ())), behind, sign, entry.get("plain"))


def candidates(text: str) -> list[Candidate]:
    """Returns what the rules take for names, in no order; one stretch may come from several rules."""
    found: list[Candidate] = []
    length = len(text)
    words = load_patterns().words.intersection(known(text))
    for _, start, anchor in _anchors(text, words):
        end = start + len(anchor.word)
        first, last = max(0, start - _REACH), min(length, end + _REACH)
        matched: list[str] = []
        for rule in _hopeful(anchor, words, text, (first, start, end, last)):
            if rule.given is not None and rule.given not in matched:
                continue
            after = rule.after.match(text, end, last) if rule.after else None
            if after is None and rule.after is not None:
                continue
            before = rule.before.match(text, first, start) if rule.before else None
            if before is None and rule.before is not None:
                continue
            matched.append(rule.id)
            found += _named(rule, before, after, end)
    return found


def _hopeful(anchor: Anchor, words: Set[str], text: str, place: tuple[int, int, int, int]) -> Iterator[Rule]:
    """Yields the rules whose hints hold at a place: (reach before, start, end, reach behind)."""
    first, start, end, last = place
    asked, answer = anchor.behind, True  # rules that share a hint stand side by side: it is asked once
    plain: int | None = None
    for rule in anchor.rules:
        hints = rule.hints
        if hints.behind is not asked:
            asked = hints.behind
            answer = asked is None or asked.match(text, end, last) is not None
        if not answer or (hints.words and hints.words.isdisjoint(words)):
            continue
        if hints.plain is not None:
            plain = _plain_words(text, first, start) if plain is None else plain
            if plain > hints.plain:
                continue
        if hints.sign is None or hints.sign.search(text, max(first, text.rfind(". ", first, start)), start):
            yield rule


def _plain_words(text: str, first: int, start: int) -> int:
    """Returns how many words of small letters stand directly before a place, four at most."""
    count = 0
    for word in reversed(text[first:start].rsplit(None, 4)[-4:]):
        if not (word.isalpha() and word.islower()):
            break
        count += 1
    return count


def _named(rule: Rule, before: Match | None, after: Match | None, end: int) -> Iterator[Candidate]:
    """Yields the names of a rule that matched."""
    stop = end if after is None else after.end()
    for side in (before, after):
        if isinstance(side, regex.Match) and "name" in side.re.groupindex:
            for left, right in side.spans("name"):
                yield Candidate(left, stop if rule.include else right, rule.id, rule.shape)


def _anchors(text: str, words: Set[str]) -> list[tuple[int, int, Anchor]]:
    """Returns (rank, start, anchor) in order: of two rules that take one stretch the first gives its id."""
    low = text.lower()
    if len(low) != len(text):  # a few capitals grow when lowered; offsets must hold
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    hits: list[tuple[int, int, Anchor]] = []
    bases = load_patterns().bases
    for base in bases.always if words.isdisjoint(bases.words) else bases.of(words):
        view = text if base.cased else low
        at = view.find(base.text)
        while at >= 0:
            behind = at + len(base.text)
            for anchor in base.following.get(low[behind : behind + 1], base.ending):
                start = at - anchor.offset
                if (text if anchor.cased else low).startswith(anchor.word, start) and (
                    anchor.behind is None or anchor.behind.match(text, start + len(anchor.word))
                ):
                    hits.append((anchor.rank, start, anchor))
            at = view.find(base.text, at + 1)
    hits.sort()
    return hits


def _by_base(groups: list[tuple[list[str], bool, list[Rule]]], bases: dict[str, list[str]]) -> Bases:
    """Puts each anchor under the first base that it holds, or else under itself."""
    table: dict[tuple[str, bool], list[Anchor]] = {}
    rank = 0
    for cased in (False, True):
        rules: dict[str, list[Rule]] = {}
        for words, group_cased, group in groups:
            if group_cased == cased:
                for word in words:
                    rules.setdefault(word, []).extend(group)
        for word in _ranked(list(rules)):
            folded = word.lower()
            base = next((base for base in bases if folded.count(base) == 1), None)
            key = (word, cased) if base is None else (base, False)
            offset = 0 if base is None else folded.index(base)
            hints = {rule.hints.behind for rule in rules[word]}
            shared = hints.pop() if len(hints) == 1 else None
            table.setdefault(key, []).append(Anchor(rank, word, offset, cased, shared, rules[word]))
            rank += 1
    made = [_base(text, cased, bases.get(text, ()), anchors) for (text, cased), anchors in table.items()]
    always, asked = ([base for base in made if bool(base.words) is flag] for flag in (False, True))
    return Bases(always, asked, frozenset().union(*(base.words for base in asked)))


def _base(text: str, cased: bool, words: Iterable[str], anchors: list[Anchor]) -> Base:
    forms = frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))
    ending: list[Anchor] = []
    following: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        sign = anchor.word.lower()[anchor.offset + len(text) :][:1]
        (following.setdefault(sign, []) if sign else ending).append(anchor)
    for longer in following.values():
        longer.extend(ending)
    return Base(text, cased, forms, ending, following)


def _ranked(words: list[str]) -> list[str]:
    """Sorts anchors by length, each behind the shortest that it contains ("datasets" next to "dataset")."""
    words = sorted(words, key=len)
    shortest = {word: next(index for index, other in enumerate(words) if other in word) for word in words}
    return sorted(words, key=lambda word: shortest[word])
