"""Reads the patterns for dataset names and finds the candidates in a text."""

from __future__ import annotations

from collections.abc import Iterator
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


class Rule(NamedTuple):
    """One pattern: what stands before and behind an anchor word."""

    id: str
    before: regex.Pattern[str] | None
    after: regex.Pattern[str] | None
    shape: str
    include: bool
    examples: list[tuple[str, list[str]]]
    rejects: list[str]


Anchored = tuple[str, list[Rule]]


class Patterns(NamedTuple):
    """All rules; ``anchors`` holds (base, whether capitals count, [(anchor word, its rules)])."""

    rules: list[Rule]
    anchors: list[tuple[str, bool, list[Anchored]]]
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
    path = path or rules_dir() / "datasets.yaml"
    document = load_yaml(path)
    problems: list[RuleProblem] = []
    fragments: dict[str, str] = {}
    for name, text in document["fragments"].items():
        fragments[name] = expand(text, fragments)
    groups: dict[str, list[Rule]] = {}
    for entry in [*document["rules"], *document.get("without_pattern", ())]:
        try:
            groups.setdefault(entry["anchor"], []).append(_rule(entry, document["anchors"], fragments))
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
    return Patterns(every, _by_base(anchored), context, *named)


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
        regex.compile("(?r)" + before) if before else None,
        regex.compile(after) if after else None,
        entry["shape"],
        entry.get("include", False),
        [(example["text"], list(example["names"])) for example in entry["examples"]],
        list(entry["rejects"]),
    )


def candidates(text: str) -> Iterator[Candidate]:
    """Yields what the rules take for names, in no order; one stretch may come from several rules."""
    patterns = load_patterns()
    low = text.lower()
    if len(low) != len(text):  # a few capitals grow when lowered; offsets must hold
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for base, cased, anchors in patterns.anchors:
        view = text if cased else low
        if base not in view:
            continue
        for anchor, rules in anchors:
            start = view.find(anchor)
            while start >= 0:
                for rule in rules:
                    yield from _apply(rule, text, start, start + len(anchor))
                start = view.find(anchor, start + 1)


def _by_base(groups: list[tuple[list[str], bool, list[Rule]]]) -> list[tuple[str, bool, list[Anchored]]]:
    """Sorts anchors under the shortest one that each contains: where that is missing, so are the others."""
    table: list[tuple[str, bool, list[Anchored]]] = []
    for cased in (False, True):
        rules: dict[str, list[Rule]] = {}
        for words, group_cased, group in groups:
            if group_cased == cased:
                for word in words:
                    rules.setdefault(word, []).extend(group)
        words = list(rules)
        bases: dict[str, list[Anchored]] = {}
        for word in sorted(words, key=len):
            base = next((base for base in bases if base in word), word)
            bases.setdefault(base, []).append((word, rules[word]))
        table.extend((base, cased, anchored) for base, anchored in bases.items())
    return table


def _apply(rule: Rule, text: str, start: int, end: int) -> Iterator[Candidate]:
    after = before = None
    if rule.after is not None:
        after = rule.after.match(text, end, min(len(text), end + _REACH))
        if after is None:
            return
    if rule.before is not None:
        before = rule.before.match(text, max(0, start - _REACH), start)
        if before is None:
            return
    for side in (before, after):
        if side is None or "name" not in side.re.groupindex:
            continue
        for first, last in side.spans("name"):
            stop = (end if after is None else after.end()) if rule.include else last
            yield Candidate(first, stop, rule.id, rule.shape)
