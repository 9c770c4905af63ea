"""Which prediction is paired with which label, and when two attributes are the same."""

from __future__ import annotations

from itertools import permutations

import pytest
from evaluation_samples import claim
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluation.alignment import align, same_number, same_words
from extractor.evaluation.assignment import assign
from extractor.record.derived import name_key
from extractor.record.schema import Claim

LINE = "aaaa bbbb cccc dddd eeee"


def value(start: int, end: int, **attributes: object) -> Claim:
    text = LINE[start:end]
    return claim(LINE, "quantity", text, nth=LINE[:start].count(text), **attributes)


def thing(name: str, *spans: tuple[int, int], kind: str = "dataset") -> Claim:
    places = tuple({"text": LINE[start:end], "start": start, "end": end} for start, end in spans)
    first = LINE[slice(*spans[0])]
    return claim(LINE, kind, first, name=name, mentions=places)


def address(name: str, span: tuple[int, int]) -> Claim:
    return thing(f"https://{name}", span, kind="url")


ALIGNMENTS = [
    ("exact before overlap", [value(5, 9)], [value(0, 14), value(5, 9)], [(0, 1)]),
    ("greedy would lose a pair", [value(0, 9), value(10, 14)], [value(5, 14), value(0, 3)], [(0, 1), (1, 0)]),
    ("more characters", [value(0, 9)], [value(0, 4), value(0, 8)], [(0, 1)]),
    ("no overlap", [value(0, 4)], [value(4, 5)], []),
    ("a tie: the right record", [value(0, 9)], [value(0, 4, value=9.0), value(5, 9, value=4.0)], [(0, 1)]),
    ("one prediction over two", [value(0, 4), value(5, 9)], [value(0, 9)], [(0, 0)]),
    ("another kind", [value(0, 4)], [claim(LINE, "score", "aaaa")], []),
    ("name before surface", [thing("x", (0, 4))], [thing("y", (0, 4)), thing("X-", (5, 9))], [(0, 1)]),
    ("shared surface", [thing("x", (0, 4), (5, 9))], [thing("y", (5, 9))], [(0, 0)]),
    ("things apart", [thing("x", (0, 4))], [thing("y", (5, 9))], []),
    ("urls by name only", [address("x/", (0, 4))], [address("y", (0, 4))], []),
    ("a slash at the end", [address("x/", (0, 4))], [address("x", (5, 9))], [(0, 0)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "gold", "predicted", "pairs"), ALIGNMENTS, ids=[case[0] for case in ALIGNMENTS]
)
def test_alignment(
    name: str, gold: list[Claim], predicted: list[Claim], pairs: list[tuple[int, int]]
) -> None:
    assert [tuple(pair) for pair in align(gold, predicted)] == pairs


WORDS = [
    ("inference speedup", "the inference speedup", True),
    ("speedup", "inference speedup", True),
    ("speedup", "mean inference speedup", False),
    ("latency", None, False),
    (None, None, True),
    ("the", None, False),
    ("α", "α", True),
    ("α", "β", False),
    ("GPU-memory", "memory of our GPU", True),
]


@pytest.mark.parametrize(("predicted", "gold", "same"), WORDS)
def test_words_agree_by_half_of_the_longer(predicted: str | None, gold: str | None, same: bool) -> None:
    assert same_words(predicted, gold) is same
    assert same_words(gold, predicted) is same


NUMBERS = [
    (1000, 1001, True),
    (1000, 1002, False),
    (0, 0, True),
    (0, None, False),
    (None, None, True),
    (-2, 2, False),
]


@pytest.mark.parametrize(("predicted", "gold", "same"), NUMBERS)
def test_numbers_agree_within_one_in_a_thousand(
    predicted: float | None, gold: float | None, same: bool
) -> None:
    assert same_number(predicted, gold) is same


def test_names_agree_without_case_and_joiners() -> None:
    assert name_key("CIFAR-10 ") == name_key("cifar_10") != name_key("CIFAR-100")


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 4), st.integers(0, 4)),
        st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 5)),
        max_size=12,
    )
)
def test_the_assignment_is_the_best_of_all(weights: dict[tuple[int, int], tuple[int, int, int]]) -> None:
    def total(edges: list[tuple[int, int]]) -> tuple[int, ...]:
        return tuple(sum(weights.get(edge, (0, 0, 0))[place] for edge in edges) for place in range(3))

    best = max(total([(left, right) for left, right in enumerate(order)]) for order in permutations(range(5)))
    chosen = assign(weights)
    assert total(chosen) == best
    assert len({left for left, _ in chosen}) == len({right for _, right in chosen}) == len(chosen)
    assert all(any(weights[edge]) for edge in chosen)
