"""A user's terms seen as a rule: its id in tables, and the sentences that `rules test` runs."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.errors import RuleProblem
from extractor.knowledge.kinds import Kinds
from extractor.knowledge.termfiles import OwnTerms, rule_id
from extractor.rulelang.rule import Example, Rule
from extractor.rulelang.rulefiles import record_faults
from extractor.rulelang.syntax import Concat


def term_rule(terms: OwnTerms) -> Rule:
    """Returns the rule that stands for a file of terms."""
    return Rule(
        id=rule_id(terms),
        kind=terms.spec.name,
        status="stable",
        pattern="",
        tree=Concat(),
        settings={},
        examples=tuple(Example(text, expect, line) for text, expect, line in terms.examples),
        rejects=tuple(Example(text, (), line) for text, line in terms.rejects),
        note=None,
        file=terms.file,
        line=1,
        pattern_line=1,
    )


def example_faults(terms: OwnTerms, kinds: Kinds) -> Iterator[RuleProblem]:
    """Yields what is wrong with the records that a file of terms expects."""
    for text, expect, line in terms.examples:
        for record in expect:
            for message in record_faults(record, text, kinds):
                yield RuleProblem(message, file=terms.file, line=line, rule=rule_id(terms))
