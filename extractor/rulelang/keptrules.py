"""The built-in rules as they are worked out, as plain data, so that a process need not read their YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from extractor import knowledge, record, rulelang, text
from extractor.knowledge.layers import Document
from extractor.knowledge.sources import code_digest
from extractor.rulelang.rule import Example, Rule
from extractor.rulelang.syntax import Node
from extractor.rulelang.written import kept

if TYPE_CHECKING:
    from extractor.rulelang.ruleset import Ruleset

NAME = "worked-out"
"""The name under which it is kept; see `extractor.knowledge.snapshot`."""

_WINGS = (knowledge, record, rulelang, text)
"""What code takes part in it."""


def digest() -> str | None:
    """Returns the hash of all that it is made of; None where that cannot be told."""
    return code_digest(path for wing in _WINGS for path in wing.__path__)


class KeptRule(Rule):
    """A rule whose tree and sentences are read when they are first asked for.

    Args:
        plain: The other attributes.
        whole: Returns the rule as it stands in its file.
    """

    def __init__(self, plain: Mapping[str, Any], whole: Callable[[str], Rule]) -> None:
        self.__dict__.update(plain, _whole=whole)

    @cached_property
    def _read(self) -> Rule:
        whole: Callable[[str], Rule] = self.__dict__["_whole"]
        return whole(self.id)

    @cached_property
    def tree(self) -> Node:
        """The parsed pattern."""
        return self._read.tree

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Sentences with the expected records."""
        return self._read.examples

    @cached_property
    def rejects(self) -> tuple[Example, ...]:
        """Sentences in which the rule must claim nothing."""
        return self._read.rejects


# The attributes of a rule but those that few processes need.
_PLAIN = [
    each.name for each in fields(Rule) if not isinstance(vars(KeptRule).get(each.name), cached_property)
]


def kept_rules(ruleset: Ruleset, files: Sequence[str]) -> Document:
    """Returns rules and what was worked out of them as plain data.

    Args:
        ruleset: The rules.
        files: The names of the files that they stand in, of which the digest tells all but the folder.
    """
    plain = [{name: getattr(rule, name) for name in _PLAIN} for rule in ruleset.rules]
    for each in plain:
        each["file"] = files.index(each["file"])
    return {
        "rules": [list(each.values()) for each in plain],
        "tagger": ruleset.tagger.kept(),
        "expressions": {
            each.rule.id: kept(each.rule, each.writer)
            for group in ruleset.compiled.values()
            for each in group
        },
        "sieve": ruleset.sieve.kept(),
        "sieve of evidence": ruleset.evidence_sieve.kept(),
    }


def rules_of(document: Document, files: Sequence[str], whole: Callable[[str], Rule]) -> list[Rule]:
    """Returns the rules.

    Args:
        document: What `kept_rules` returned.
        files: The names of the same files here.
        whole: Returns the rule of an id as it stands in its file.
    """
    found: list[Rule] = []
    for values in document["rules"]:
        plain = dict(zip(_PLAIN, values, strict=True))
        plain["file"] = files[plain["file"]]
        plain["before"] = tuple(plain["before"])
        found.append(KeptRule(plain, whole))
    return found
