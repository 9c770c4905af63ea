"""Reads the patterns for dataset names and finds the candidates in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.resources import rules_dir
from extractor.strictyaml import load_yaml

_REACH = 240  # characters on either side of an anchor that a pattern may read
_FRAGMENT = regex.compile(r"\{([a-z]+)\}")
_SHAPES = ("any", "strong", "camel")


class Candidate(NamedTuple):
    """A stretch that a rule takes for a name; ``shape`` is what it asks of a name that is not listed."""

    start: int
    end: int
    rule: str
    shape: str


class LazyPattern:
    """A pattern that is compiled when it is first tried: a text tries few of them, and compiling is slow.

    Args:
        source: The regular expression.
    """

    __slots__ = ("match", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.match: Callable[..., regex.Match[str] | None] = self._compile_and_match

    def _compile_and_match(self, *arguments: Any) -> regex.Match[str] | None:
        self.match = regex.compile(self.source).match  # from now on without the detour
        return self.match(*arguments)


class Rule(NamedTuple):
    """One pattern: what stands before and behind an anchor word."""

    id: str
    before: LazyPattern | None
    after: LazyPattern | None
    given: str | None  # a rule above it, of the same anchor, without which it cannot match
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
    rules: list[Rule]


class Base(NamedTuple):
    """A string that stands in several anchors, so that the text is searched once for all of them."""

    text: str
    cased: bool
    anchors: list[Anchor]


class Patterns(NamedTuple):
    """All rules, and the anchors at which they are tried."""

    rules: list[Rule]
    bases: list[Base]
    context: dict[str, str]
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
    context = {name: expand(text, fragments) for name, text in document["context"].items()}
    every = [rule for _, _, rules in anchored for rule in rules]
    named = ([str(rule) for rule in document[name]] for name in ("naming", "loose", "sure", "titles"))
    return Patterns(every, _by_base(anchored, document["bases"]), context, *named)


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
        entry["shape"],
        entry.get("include", False),
        [(example["text"], list(example["names"])) for example in entry["examples"]],
        list(entry["rejects"]),
    )


def candidates(text: str) -> list[Candidate]:
    """Returns what the rules take for names, in no order; one stretch may come from several rules."""
    found: list[Candidate] = []
    length = len(text)
    for _, start, anchor in _anchors(text):
        end = start + len(anchor.word)
        first, last = max(0, start - _REACH), min(length, end + _REACH)
        matched: list[str] = []
        for rule in anchor.rules:
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


def _named(
    rule: Rule, before: regex.Match[str] | None, after: regex.Match[str] | None, end: int
) -> Iterator[Candidate]:
    """Yields the names of a rule that matched."""
    stop = end if after is None else after.end()
    for side in (before, after):
        if side is not None and "name" in side.re.groupindex:
            for left, right in side.spans("name"):
                yield Candidate(left, stop if rule.include else right, rule.id, rule.shape)


def _anchors(text: str) -> list[tuple[int, int, Anchor]]:
    """Returns (rank, start, anchor) in order: of two rules that take one stretch the first gives its id."""
    low = text.lower()
    if len(low) != len(text):  # a few capitals grow when lowered; offsets must hold
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    hits: list[tuple[int, int, Anchor]] = []
    for base, cased, anchors in load_patterns().bases:
        view = text if cased else low
        at = view.find(base)
        while at >= 0:
            for anchor in anchors:
                start = at - anchor.offset
                if anchor.word is base or (text if anchor.cased else low).startswith(anchor.word, start):
                    hits.append((anchor.rank, start, anchor))
            at = view.find(base, at + 1)
    hits.sort()
    return hits


def _by_base(groups: list[tuple[list[str], bool, list[Rule]]], bases: list[str]) -> list[Base]:
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
            table.setdefault(key, []).append(Anchor(rank, word, offset, cased, rules[word]))
            rank += 1
    return [Base(text, cased, anchors) for (text, cased), anchors in table.items()]


def _ranked(words: list[str]) -> list[str]:
    """Sorts anchors by length, each behind the shortest that it contains ("datasets" next to "dataset")."""
    words = sorted(words, key=len)
    shortest = {word: next(index for index, other in enumerate(words) if other in word) for word in words}
    return sorted(words, key=lambda word: shortest[word])
