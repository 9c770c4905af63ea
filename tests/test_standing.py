"""Where names stand: an index of a long text finds what a look through a short one finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.text.lookup import standing
from extractor.text.lookup.standing import Standing

WORDS = st.sampled_from(
    ["Foo", "FooBench", "Foo-Bench", "(Foo", "Foo (", "B", "Bench-1", "\n", "x", "α", "Foo,"]
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)
NAMES = st.sampled_from(["Foo", "FooBench", "Foo-Bench", "(Foo", "Foo (", "Bench", "Bench-1", "α", "Foo Foo"])


def whole(text: str, name: str) -> list[int]:
    """Where a name stands and does not begin within a word."""
    return [start for start in Standing(text).starts(name) if not (text[start - 1 : start]).isalnum()]


@given(TEXTS, NAMES)
def test_a_long_text_says_what_a_short_one_says(text: str, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        expected = whole(text, name)
        patch.setattr(standing, "_LONG", -1)
        found = Standing(text)
        assert list(found.starts(name)) == expected
        assert list(found.starts(name)) == expected  # asked again
        assert found.find(name) == (expected[0] if expected else -1)


def test_names_longer_than_the_key_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_LONG", -1)
    name = "Lumo" * 20
    found = Standing(f"{name}A and {name}B and {name}A")
    assert list(found.starts(name + "A")) == [0, 2 * len(name) + 12]
    assert list(found.starts(name + "B")) == [len(name) + 6]
    assert found.find(name + "C") == -1
