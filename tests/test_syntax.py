"""Patterns become trees, trees match what they say, and what is wrong with a pattern is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pattern_trees import written

from extractor.rulelang.patternparser import PatternParser
from extractor.rulelang.patterns import Compiler, group_span
from extractor.rulelang.ruleset import Ruleset, builtin_ruleset
from extractor.rulelang.syntax import (
    Alternation,
    Atom,
    Capture,
    Concat,
    Look,
    Node,
    Repetition,
    classes_of,
    walk,
)
from extractor.rulelang.tagging import Tagger

FRAGMENTS = {"side": "than|over", "deep": "({side} <w>){1,2}"}
SOME = (("det", 2), ("ratio", 2), ("=by", 1), ("=faster", 1), ("comma", 1), ("w", 3))
ATOMS = ("<det>", "<ratio>", "<!w>", "<comma|=by>", "faster", "by")


def tree(pattern: str) -> Node:
    """Returns the tree of a pattern that is well formed."""
    found, problems, *_ = PatternParser(FRAGMENTS).parse(pattern)
    assert problems == ()
    return found


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return builtin_ruleset()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Than", "than"),
        ("<=than>", "than"),
        ("<=Than|w>", "<=than|w>"),
        ("<!=than>", "<!=than>"),
        ("((a))  (b c)", "a (b c)"),
        ("(a|b) c|d", "(a|b) c|d"),
        ("((a|b)|c)", "(a|b)|c"),
        ("a|", "a|()"),
        ("a{0,1} b{0,} c{1,}+ d{2,2}? e{,3}", "a? b* c++ d{2}? e{0,3}"),
        ("(a?)* (a b)+", "(a?)* (a b)+"),
        ("(vals:a (cue: b|c))", "(vals: a (cue: b|c))"),
        ("(?=a b)(?! c|d) (?<=e) (?<!f)", "(?= a b) (?! c|d) (?<= e) (?<! f)"),
        ("^ a $", "^ a $"),
        ("{side} {deep}? {none}", "(than|over) (((than|over) <w>){1,2})? {none}"),
        ("", "()"),
    ],
)
def test_a_pattern_becomes_a_tree(pattern: str, expected: str) -> None:
    assert written(tree(pattern)) == expected
    assert repr(tree(expected)) == repr(tree(pattern))


def _branches(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    limits = st.sampled_from([(0, 1), (1, 1), (0, 2), (1, 3), (2, 2), (0, 20), (0, 0)])
    return st.one_of(
        several.map(lambda parts: Concat(parts=parts)),
        several.map(lambda parts: Alternation(parts=parts)),
        st.tuples(limits, st.sampled_from(["", "?"]), inner).map(
            lambda made: Repetition(*made[0], made[1], parts=(made[2],))
        ),
        st.tuples(st.sampled_from(["vals", "cue"]), inner).map(
            lambda made: Capture(made[0], parts=(made[1],))
        ),
        st.tuples(st.sampled_from(["=", "!"]), inner).map(lambda made: Look(made[0], parts=(made[1],))),
    )


TREES = st.recursive(st.sampled_from(ATOMS).map(tree) | st.just(Concat()), _branches, max_leaves=9)


@given(TREES)
def test_a_tree_that_is_written_is_read_again(node: Node) -> None:
    found, problems, *_ = PatternParser().parse(written(node))
    assert problems == ()
    assert repr(found) == repr(node)


def matches(node: Node, tags: list[frozenset[str]], at: int) -> Iterator[int]:  # noqa: C901
    """Yields where the matches of a part end that begin at a place: as the tree says it, step by step."""
    match node:
        case Atom(classes, negated):
            if at < len(tags) and tags[at].isdisjoint(classes) == negated:
                yield at + 1
        case Concat():
            ends = {at}
            for part in node.parts:
                ends = {end for start in ends for end in matches(part, tags, start)}
            yield from ends
        case Alternation():
            for part in node.parts:
                yield from matches(part, tags, at)
        case Repetition(least, most):
            ends = {at}
            for times in range((most or 20) + 1):
                if times >= least:
                    yield from ends
                ends = {end for start in ends for end in matches(node.parts[0], tags, start)}
        case Look(sign):
            if any(True for _ in matches(node.parts[0], tags, at)) == (sign == "="):
                yield at
        case _:
            yield from matches(node.parts[0], tags, at)


def _compiled(node: Node, tagger: Tagger, tags: str) -> tuple[re.Pattern[str], str]:
    """Returns a compiled tree, and what some tags are to it."""
    compiler = Compiler(tagger)
    letters = compiler.letters(node)
    return compiler.compile(node, letters), "".join(letters.table[ord(tag)] for tag in tags)


@settings(deadline=None)
@given(TREES, st.lists(st.integers(0, 9), max_size=6))
def test_what_is_compiled_matches_what_the_tree_says(node: Node, words: list[int]) -> None:
    tagger = builtin_ruleset().tagger
    some = "".join(_some(*each) for each in SOME)
    chosen = "".join(some[number] for number in words)
    tags = [tagger.classes(tag) for tag in chosen]
    behind_a_word = Concat(parts=(tree("<det>"), node))  # what may match no word alone is refused
    expression, letters = _compiled(behind_a_word, tagger, chosen)
    ends = set(matches(behind_a_word, tags, 0))
    assert (expression.match(letters) is not None) == bool(ends)
    assert (expression.fullmatch(letters) is not None) == (len(tags) in ends)


@given(TREES)
def test_what_a_tree_can_begin_and_end_with(node: Node) -> None:
    classes = builtin_ruleset().tagger.classes
    tags = [classes(tag) for name in ("det", "ratio", "comma", "=by", "=faster") for tag in _some(name, 1)]
    empty, first, last = node.ends
    if any(True for _ in matches(node, [], 0)):
        assert empty
    for tag, other in product(tags, tags):
        for end in matches(node, [tag, other], 0):
            assert end == 0 or any(_fits(atom, tag) for atom in first)
            assert end == 0 or any(_fits(atom, (tag, other)[end - 1]) for atom in last)


def _some(name: str, count: int) -> str:
    return builtin_ruleset().tagger.chars([name])[:count]


def _fits(atom: Atom, classes: frozenset[str]) -> bool:
    return classes.isdisjoint(atom.classes) == atom.negated


def test_groups_of_two_alternatives(ruleset: Ruleset) -> None:
    node = tree("(cue: faster)|<det> (cue: by)")
    assert node.captures == ("cue", "cue")
    chars = ruleset.tagger.chars
    expression, letters = _compiled(node, ruleset.tagger, chars(["det"])[0] + chars(["=by"])[0])
    found = expression.match(letters)
    assert found is not None
    assert group_span(found, "cue") == (1, 2)


def test_classes_that_a_match_has_and_those_that_it_looks_at() -> None:
    node = tree("(?! <val>) <det|adv>? (?<= by) <!w>")
    assert classes_of(walk(node)) == {"val", "det", "adv", "=by", "w"}
    assert classes_of(walk(node, into_looks=False)) == {"det", "adv", "w"}


def test_fragments_are_parsed_once_and_again_where_they_are_replaced() -> None:
    parser = PatternParser(FRAGMENTS)
    assert parser.parse("{side}").tree is parser.parse("{side}").tree
    changed = parser.with_fragments({"side": "by"})
    assert written(changed.parse("{deep}").tree) == "(by <w>){1,2}"
    assert written(parser.parse("{deep}").tree) == "((than|over) <w>){1,2}"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("a < b", "'<' at column 3 has no meaning here"),
        ("a } b", "'}' at column 3 has no meaning here"),
        ("(a", "an opening bracket has no closing one"),
        ("a)", "a closing bracket has no opening one"),
        ("? a", "is not well formed: '?' at column 1 has nothing to repeat"),
        ("a|+ b", "is not well formed: '+' at column 3 has nothing to repeat"),
        (
            "a{2}{3}",
            "is not well formed: '{3}' at column 5 follows another repetition; put that into brackets",
        ),
        ("a{3,1}", "is not well formed: '{3,1}' at column 2 is no number of repetitions"),
        ("a{}", "is not well formed: '{}' at column 2 is no number of repetitions"),
        ("(a* b)+", "a repetition without limit stands within another; give it one, such as {0,5}"),
        ("{self}", "fragment {self} contains itself: self > other > self"),
        (
            "(" * 60 + "a" + ")" * 60,
            "brackets and fragments stand too deep within one another; split the rule",
        ),
        ("a " * 4_000, "the pattern is too long with its fragments put in; split the rule"),
        ("{long}" * 40, "the pattern is too long with its fragments put in; split the rule"),
    ],
)
def test_what_is_wrong_with_a_pattern(pattern: str, problem: str) -> None:
    parser = PatternParser({"self": "a {other}", "other": "{self}?", "long": "a b " * 50})
    assert parser.parse(pattern).problems == (problem,)


def test_no_text_is_too_much_for_the_parser() -> None:
    for text in ("(" * 100_000, "a|" * 100_000, ")" * 100_000, "{a" * 100_000, "(?=" * 100_000, "<" * 9_000):
        assert PatternParser().parse(text).problems


def test_the_built_in_rules_written_out_are_the_same_rules(ruleset: Ruleset) -> None:
    parser = PatternParser()
    for rule in ruleset.rules:
        assert repr(parser.parse(written(rule.tree)).tree) == repr(rule.tree)
