"""Finds pairs of rules that read the same value otherwise, where nothing says which of them comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from extractor.engine import Engine
from extractor.rulelang.order import declared
from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import VETO
from extractor.rulelang.ruleset import CompiledRule
from extractor.rulelang.tagging import TaggedSentence
from extractor.values.matching import matches

_GROUPS = ("cue", "metric", "metrics", "baseline")


class Overlap(NamedTuple):
    """Two rules that match the same value and differ in what they say of it.

    Attributes:
        first: Id of the rule that is tried first.
        second: Id of the other.
        value: The value.
        text: The sentence, an example or reject of some rule.
        file: File of the first rule.
        line: Its line there.
    """

    first: str
    second: str
    value: str
    text: str
    file: str
    line: int


def overlaps(engine: Engine, files: Sequence[str] = ()) -> list[Overlap]:
    """Returns the pairs of rules of one kind that differ about a value of any example and have no order.

    Args:
        engine: The engine.
        files: Only pairs of rules of these files are told, and only their examples are read; without, those
            of all files.
    """
    ruleset = engine.ruleset
    rules = [rule for rule in ruleset.rules if not files or rule.file in files]
    below = declared(ruleset.rules)
    groups = [
        [rule for rule in ruleset.of(kind) if not files or rule.rule.file in files]
        for kind in ruleset.grammar.values
        if kind != VETO  # two vetoes say the same
    ]
    found: dict[tuple[str, str], Overlap] = {}
    for text in dict.fromkeys(each.text for rule in rules for each in (*rule.examples, *rule.rejects)):
        for sentence in engine.tagged(text):
            for group in groups:
                for first, second, token in _pairs(group, sentence):
                    pair = (first.rule.id, second.rule.id)
                    if second.rule.id not in below[first.rule.id] and pair not in found:
                        start, end = sentence.mentions[token].start, sentence.mentions[token].end
                        value = engine.view(text).words(start, end)
                        found[pair] = Overlap(*pair, value, text, first.rule.file, first.rule.line)
    return sorted(found.values(), key=lambda each: (each.file, each.line, each.second))


def _pairs(
    rules: Sequence[CompiledRule], sentence: TaggedSentence
) -> Iterator[tuple[CompiledRule, CompiledRule, int]]:
    """Yields the pairs of rules that say different things of a value, with its token."""
    readings: dict[int, list[tuple[CompiledRule, Any]]] = defaultdict(list)
    for compiled in rules:
        seen: set[int] = set()
        for match in matches(compiled, sentence):
            said = (dict(compiled.rule.settings), *(group_span(match, name) for name in _GROUPS))
            for token in range(*(group_span(match, "vals") or (0, 0))):
                if token in sentence.mentions and token not in seen:
                    seen.add(token)
                    readings[token].append((compiled, said))
    for token, found in readings.items():
        for (first, one), (second, other) in combinations(found, 2):
            if one != other:
                yield first, second, token
