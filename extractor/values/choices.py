"""Chooses what an attribute of a few words says of a value: its rule tells, or the words near by."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractor.knowledge.kinds import AttributeSpec, KindSpec
from extractor.rulelang.ruleset import Ruleset
from extractor.values.drafts import Draft
from extractor.values.links.base import Scene

_JOINTS = ("and", "conj", "comma", "semicolon", "subord")  # what parts one value of a list from the next


class Choice(NamedTuple):
    """One of the words that an attribute takes.

    Attributes:
        value: The word.
        source: The rule that sets it, or the words near by.
    """

    value: str
    source: str


class ChoiceReader:
    """Reads attributes that take one of a few words.

    Args:
        ruleset: The compiled rules.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._joints = ruleset.tagger.tags(_JOINTS)
        self._settings = ruleset.grammar.settings

    def read(self, scene: Scene, draft: Draft, spec: KindSpec) -> dict[str, Choice]:
        """Returns the choices of a value, by attribute.

        Args:
            scene: The sentence.
            draft: The value.
            spec: Its kind.
        """
        found: dict[str, Choice] = {}
        for name in spec.chosen:
            if (value := draft.rule.settings.get(name)) is not None:
                found[name] = Choice(str(value), f"setting of {draft.rule.id}")
            elif near := self._near(scene, draft, spec.by_name[name]):
                found[name] = near
        return found

    def _near(self, scene: Scene, draft: Draft, attribute: AttributeSpec) -> Choice | None:
        """The value whose word stands nearest, over no other value of the sentence and no joint if it can."""
        found = [
            (*self._distance(scene, draft, start), value, words)
            for value, start, words in _occurrences(scene, attribute)
        ]
        if not found:
            return None
        *_, value, words = min(found)
        return Choice(value, f"near by: {words}")

    def _distance(self, scene: Scene, draft: Draft, start: int) -> tuple[int, int, int]:
        """Returns how many values, joints and tokens stand between a value and a word."""
        sentence = scene.sentence
        token = bisect_left(sentence.tokens, (start, start))
        first, last = sorted((token, draft.token))
        values = sum(first < other < last for other in sentence.mentions)
        joints = sum(tag in self._joints for tag in sentence.tags[first + 1 : last])
        return values, joints, last - first


def _occurrences(scene: Scene, attribute: AttributeSpec) -> Iterator[tuple[str, int, str]]:
    """Yields the words of a sentence that tell a value: the value, and where which words stand."""
    for value, pattern in _patterns(attribute):
        for match in pattern.finditer(scene.text, scene.sentence.span.start, scene.sentence.span.end):
            yield value, match.start(), match[0]


@cache
def _patterns(attribute: AttributeSpec) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Returns the patterns of the words that tell each value."""
    return tuple(
        (value, re.compile(rf"\b(?:{'|'.join(_loose(word) for word in words)})\b", re.IGNORECASE))
        for value, words in attribute.near
    )


def _loose(words: str) -> str:
    """Returns a pattern of words between which blanks or hyphens may stand."""
    return r"[\s-]{1,2}".join(re.escape(word) for word in re.split(r"[\s-]+", words.strip()))
