"""Patterns that are compiled late: when they are first asked for, or all of them at once."""

from __future__ import annotations

import pytest
import regex

from extractor.text.lookup.lazypattern import compile_late, late


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources of the patterns that were compiled."""
    sources: list[str] = []
    make = regex.compile

    def noted(source: str, flags: int = 0) -> regex.Pattern[str]:
        sources.append(source)
        return make(source, flags)

    monkeypatch.setattr(regex, "compile", noted)
    return sources


def test_a_late_pattern_is_compiled_once_when_it_is_asked_for(compiled: list[str]) -> None:
    pattern = late("(?P<name>a+)b", regex.IGNORECASE)
    assert not compiled
    for _ in range(2):
        found = pattern.search("xAAb")
        assert found
        assert found["name"] == "AA"
    assert pattern.findall("ab aab") == ["a", "aa"]
    assert pattern.pattern == "(?P<name>a+)b"
    assert len(compiled) == 1


class Holder:
    """Something with patterns."""

    def __init__(self, *sources: str) -> None:
        self.alone = late(sources[0])
        self.several = {"few": [late(source) for source in sources[1:]], "pairs": [(late("p"), 1)]}


def test_all_late_patterns_of_things_are_compiled(compiled: list[str]) -> None:
    compile_late(Holder("a", "b", "c"), [late("d")])
    assert sorted(compiled) == ["a", "b", "c", "d", "p"]


def test_what_is_wrong_is_told_when_they_are() -> None:
    held = Holder("a", "b", "(c")
    with pytest.raises(regex.error):
        compile_late(held)
