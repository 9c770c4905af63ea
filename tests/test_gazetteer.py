"""The longest-match finder: surfaces, joiners, boundaries, case, plural, odd strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.text.lookup.gazetteer import Gazetteer

EXACT = [
    "QX",
    "QX 4090",
    "Z100",
    "Z100X",
    "x86-64",
    "UltraGate+",
    "UltraGate",
    "FOO-10",
    "FOO-10.1",
    "Gap8",
    "2Wiki Hop",
]
FINDER = Gazetteer(
    [(name, name) for name in EXACT],
    folded=[("single-board computer", "sbc"), ("4090", "bare")],
    openings=[("Wq#", "opening"), ("Opn", "opening")],
    plural=True,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a QX 4090, a QX-4090, a QX4090", ["QX 4090", "QX-4090", "QX4090"]),
        ("the QX\n4090 and QX~4090", ["QX\n4090", "QX~4090"]),
        ("QXs and one QX", ["QXs", "QX"]),
        ("8xZ100, 4timesZ100s, 2$\\times$Z100", ["Z100", "Z100s", "Z100"]),
        ("Z100X but Z100Xy or Z1001 or aZ100", ["Z100X"]),
        ("Z 100 and Z-100", []),
        ("x86_64 x86 64 x8664", ["x86_64", "x86 64"]),
        ("UltraGate+ and UltraGate.", ["UltraGate+", "UltraGate"]),
        ("FOO 10.1, FOO10. FOO-10", ["FOO 10.1", "FOO10", "FOO-10"]),
        ("foo-10", []),
        ("Gap 8 and Gap-8", ["Gap 8", "Gap-8"]),
        (
            "Single-board computer or SINGLE BOARD computer",
            ["Single-board computer", "SINGLE BOARD computer"],
        ),
        ("2WikiHop, 2Wiki Hop", ["2Wiki Hop"]),
        ("a 4090", ["4090"]),
        ("Wq7 and Wq, Wqx", ["Wq"]),
        ("Opnx and Opn9 and Opn", ["Opn", "Opn"]),
        ("", []),
    ],
)
def test_surfaces(text: str, expected: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in FINDER.find(text)] == expected


def test_first_of_equal_surfaces_wins() -> None:
    assert Gazetteer([("Abc", 1), ("Abc", 2)]).find("Abc")[0].payload == 1


def test_non_ascii_first_letter() -> None:
    finder = Gazetteer([("τ-bench", 1)])
    assert [hit[:2] for hit in finder.find("on τ-bench")] == [(3, 10)]


@pytest.mark.parametrize("name", ["", "+", "(X)"])
def test_bad_surface(name: str) -> None:
    with pytest.raises(ValueError, match="must begin"):
        Gazetteer([(name, 1)])


PIECES = st.sampled_from([*"QXZ1048s+-_ .\n~\x00\ud800é", "times", "QX", "Z100"])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_hits_are_ordered_apart_and_inside(text: str) -> None:
    end = 0
    for hit in FINDER.find(text):
        assert end <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end][0].isalnum()
        end = hit.end


@pytest.mark.parametrize("text", ["Q" * 300_000, "1" * 300_000, "QX " * 20_000, "\x00\ud800" * 1000])
def test_long_strings_pass(text: str) -> None:
    assert len(FINDER.find(text)) in (0, 20_000)
