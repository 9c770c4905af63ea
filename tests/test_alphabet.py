"""The alphabet of tags has what words can be, and keeps together what patterns ask for."""

from __future__ import annotations

import pytest

from extractor.rulelang.patterns import literals
from extractor.rulelang.ruleset import Ruleset, builtin_ruleset
from extractor.rulelang.syntax import classes_of, walk
from extractor.rulelang.tagging import Tagger
from extractor.text.lexicon import Lexicon
from extractor.text.sentences import Span

_LEXICON = {
    "words": {"even": ["already"]},
    "nouns": {"speed_n": ["speedup"]},
    "adjectives": {"up_c": ["higher"]},
    "signs": {"tilde": ["~"]},
}


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return builtin_ruleset()


def _runs(tags: str) -> int:
    return sum(chr(ord(tag) - 1) not in tags for tag in tags)


def _classes(tagger: Tagger, word: str) -> set[str]:
    tags = tagger.tag(word, Span(0, len(word)), ()).tags
    assert len(tags) == 1
    return set(tagger.classes(tags))


_SHAPES = {
    "lower": ["foo", "accuracy"],
    "cap": ["Foo", "Accuracy", "Models"],
    "name": ["FOO", "ACCURACY", "aCCuracy", "foo2"],
    "ing": ["fooing", "Fooing"],
    "sform": ["models", "foos"],
    "num": ["3090"],
}


@pytest.mark.parametrize("shape", _SHAPES)
def test_every_spelling_of_a_word_has_its_shape(ruleset: Ruleset, shape: str) -> None:
    for word in _SHAPES[shape]:
        found = _classes(ruleset.tagger, word)
        assert shape in found, word


def test_every_spelling_of_every_word_that_a_pattern_names_has_a_tag(ruleset: Ruleset) -> None:
    words = literals(classes_of(walk(*(rule.tree for rule in ruleset.rules))))
    for word in filter(str.isalpha, words):
        for spelling in (word, word.capitalize(), word.upper()):
            assert f"={word}" in _classes(ruleset.tagger, spelling)


def test_a_sign_is_no_word(ruleset: Ruleset) -> None:
    assert all("punct" in ruleset.tagger.classes(tag) for tag in ruleset.tagger.chars(["comma"]))


def test_what_patterns_ask_for_together_is_one_range() -> None:
    pair = frozenset({"even", "tilde"})  # a word and a sign
    apart, together = (
        Tagger(Lexicon([_LEXICON]), asked=asked) for asked in ({}, {pair: 5, frozenset({"up_c"}): 1})
    )
    assert _runs(together.chars(pair)) <= _runs(apart.chars(pair))
    assert _runs(together.chars(["up_c"])) <= 2
