"""The letters of a pattern tell the same tags apart as the pattern does, and stay few."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.rulelang.letters import Letters, TagSet
from extractor.rulelang.ruleset import builtin_ruleset

_SIZE = 400
_TAGS = st.sets(st.integers(min_value=0x100, max_value=_SIZE - 1), max_size=60)


def _ranges(tags: set[int]) -> TagSet:
    starts = sorted(tag for tag in tags if tag - 1 not in tags)
    ends = sorted(tag for tag in tags if tag + 1 not in tags)
    return TagSet(zip(starts, ends, strict=True))


@settings(deadline=None)  # hundreds of expressions are compiled
@given(st.lists(_TAGS, max_size=8))
def test_each_set_matches_its_tags_and_no_other(sets: list[set[int]]) -> None:
    asked = [_ranges(tags) for tags in sets]
    letters = Letters(asked, _SIZE)
    assert len(letters.table) == _SIZE
    for tags, one_of in zip(sets, asked, strict=True):
        one = re.compile(letters.source(one_of))
        matched = {tag for tag in range(0x100, _SIZE) if one.fullmatch(letters.table[tag])}
        assert matched == tags


def test_tags_that_a_pattern_does_not_tell_apart_are_one_letter() -> None:
    letters = Letters([TagSet([(300, 320)]), TagSet([(310, 330)])], _SIZE)
    assert len(set(letters.table)) == 4  # none, the first, both, the second
    assert letters.table[300] == letters.table[309] != letters.table[310] == letters.table[320]


@pytest.mark.parametrize("sets", [[], [TagSet([(0x100, _SIZE - 1)])]])
def test_no_set_and_a_set_of_all_are_letters_too(sets: list[TagSet]) -> None:
    letters = Letters(sets, _SIZE)
    assert len(letters.table) == _SIZE
    assert all(re.fullmatch(letters.source(tags), letters.table[0x100]) for tags in sets)


def test_the_built_in_rules_have_few_letters() -> None:
    counts = sorted(len(set(rule.written.table)) for rule in builtin_ruleset().active)
    assert counts[len(counts) // 2] < 64
    wide = sum(count > 0x80 for count in counts)  # their sets are maps of 64K characters, slow to make
    assert wide < len(counts) / 25
