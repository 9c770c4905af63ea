"""The walk over a text's words: which runs stand in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.text.lookup.vocabulary import digit_runs, runs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a Quuxly, then", {"Quuxly"}),
        ("8xQuuxly 8timesQuuxly", {"Quuxly"}),
        ("axQuuxly 8xquuxly", set()),
        ("8Quuxly97531b", {"Quuxly", "97531"}),
        ("quuxly 975310", set()),
        ("", set()),
    ],
)
def test_runs_are_told_in_their_case(text: str, found: set[str]) -> None:
    assert runs(text) & {"Quuxly", "97531"} == found


@given(st.text(alphabet="09.5aé٣\ud800 ,-", max_size=40))
def test_digit_runs_are_all_ascii_digits_in_order(text: str) -> None:
    assert digit_runs(text) == re.findall(r"[0-9]+", text)
