"""The sieve lets every rule through that matches, and holds back those that lack a word."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor import patterns
from extractor.engine import builtin_engine
from extractor.patterns import Piece, classes_of
from extractor.ruleset import builtin_ruleset
from extractor.sieve import Sieve, needs_of

KINDS = (
    "veto",
    "relative",
    "score",
    "parameters",
    "quantity",
    "bound",
    "baseline",
    "subject",
    "metric",
    "model",
)
WORDS = [
    *(
        "the",
        "cache",
        "is",
        "faster",
        "than",
        "Foo-Net",
        "by",
        "up",
        "to",
        "2x",
        "40%",
        "3.5 ms",
        "7B",
        "reduces",
    ),
    *(
        "latency",
        "and",
        "memory",
        ",",
        "accuracy",
        "of",
        "91.2%",
        "on",
        "compared",
        "with",
        "gains",
        "(",
        ")",
        "over",
    ),
    *(
        "respectively",
        "half",
        "an order of magnitude",
        "model",
        "parameters",
        "improves",
        "from",
        "at least",
        "F1",
    ),
]


def needs(pattern: str, fragments: dict[str, str] | None = None) -> list[set[str]]:
    """Returns the needs of a pattern, with the names of classes and words as tags."""

    def tags_of(piece: Piece) -> frozenset[str] | None:
        return None if piece.text.startswith("<!") else frozenset(classes_of(piece))

    return [set(need) for need in needs_of(patterns.parse(pattern, fragments or {}), tags_of)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("<ratio> faster", [{"ratio"}, {"=faster"}]),
        ("<ratio|percent> <w>?", [{"ratio", "percent"}]),
        ("<ratio> <w>*", [{"ratio"}]),
        ("<ratio>+ <w>{0,3} <det>{2}", [{"ratio"}, {"det"}]),
        ("<ratio>+? <w>{0,3}? <det>{1,2}", [{"ratio"}, {"det"}]),
        ("(than|over) (vals: <ratio>)", [{"=than", "=over"}, {"ratio"}]),
        ("(more than|over)", [{"=more", "=over"}]),
        ("(than|<w>?) <ratio>", [{"ratio"}]),
        ("(than <w>)? <ratio>", [{"ratio"}]),
        ("(?! than) <ratio>", [{"ratio"}]),
        ("(?= than) <ratio>", [{"=than"}, {"ratio"}]),
        ("(?<! <w> than) <!val> <ratio>", [{"ratio"}]),
        ("{side} <ratio>", [{"=than", "=over"}, {"ratio"}]),
        ("<ratio>|<percent> <w>", [{"ratio", "percent"}]),
    ],
)
def test_what_a_pattern_needs(pattern: str, expected: list[set[str]]) -> None:
    assert needs(pattern, {"side": "(than|over)"}) == expected


@cache
def sieve() -> Sieve:
    rules = builtin_ruleset()
    return Sieve(rules.of(*KINDS), rules.tagger)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=25))
def test_a_rule_that_matches_passes(words: list[str]) -> None:
    for sentence in builtin_engine().tagged(" ".join(words) + "."):
        passing = {compiled.rule.id for compiled in sieve().passing(sentence.tags)}
        for compiled in builtin_ruleset().of(*KINDS):  # type: ignore[arg-type]
            if compiled.expression.search(sentence.tags):
                assert compiled.rule.id in passing


def test_rules_keep_their_order_and_most_are_held_back() -> None:
    (sentence,) = builtin_engine().tagged("The cache is 2x faster.")
    order = [compiled.rule.id for compiled in builtin_ruleset().of(*KINDS)]  # type: ignore[arg-type]
    passing = [compiled.rule.id for compiled in sieve().passing(sentence.tags)]
    assert passing == [name for name in order if name in set(passing)]
    assert 0 < len(passing) < len(order) / 2
