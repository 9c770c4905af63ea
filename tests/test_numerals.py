"""Numerals in every notation that abstracts have."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.engine import builtin_engine

numerals = builtin_engine().parts.words

READ = [
    ("5", 5), ("2,000", 2000), ("1,234,567", 1234567), ("3.14", 3.14), (".5", 0.5), ("007", 7),
    ("-4", -4), ("−4", -4), ("–4", -4), ("+2.65", 2.65), ("10 000", 10000), ("12\u2009500", 12500),
    ("10\\,000", 10000), ("10{,}000", 10000), ("$2,000$", 2000), ("{7}", 7), ("\\num{4200}", 4200),
    ("1e5", 1e5), ("2.5e-3", 0.0025), ("1E6", 1e6),
    ("10^6", 1e6), ("10^{6}", 1e6), ("10^{-6}", 1e-6), ("10^-3", 1e-3), ("10^{−3}", 1e-3), ("10^{+2}", 100),
    ("3\\times10^{5}", 3e5), ("$1.5\\times10^{5}$", 1.5e5), ("3.14$\\times10^{21}$", 3.14e21),
    ("2\\cdot10^3", 2000), ("2×10^{3}", 2000), ("2x10^3", 2000), ("2 * 10^3", 2000),
    ("1.5times10^{4}", 15000),
    ("8x7", 56), ("8×22", 176), ("16x3.8", 60.8), ("8\\times7", 56),
    ("1/190th", 1 / 190), ("1/4", 0.25), ("3/8", 0.375), ("1 / 5", 0.2), ("\\frac{1}{3}", 1 / 3),
    ("\\dfrac{2}{5}", 0.4), ("1/3rd", 1 / 3), ("1/2nd", 0.5), ("4.6/5", 4.6), ("8.25/10", 8.25),
    ("one", 1), ("seven", 7), ("twelve", 12), ("fifteen", 15), ("forty", 40), ("hundred", 100),
    ("dozen", 12), ("twenty-five", 25), ("Twenty-Five", 25), ("million", 1e6), ("trillion", 1e12),
    ("half", 0.5), ("Half", 0.5), ("twice", 2), ("thrice", 3),
    ("one third", 1 / 3), ("two-thirds", 2 / 3), ("three quarters", 0.75), ("a quarter", 0.25),
    ("one-tenth", 0.1), ("a hundredth", 0.01), ("one thousandth", 0.001),
    ("doubling", 2), ("Doubles", 2), ("tripled", 3), ("quadruple", 4), ("halving", 0.5), ("halved", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ, ids=[text for text, _ in READ])
def test_read(text: str, value: float) -> None:
    assert numerals.read(text) == pytest.approx(value, rel=1e-12)


NO_NUMBER = [
    "", " ", "x", "none", "$", "{}", "-", ".", "1/0", "5/0th", "10^", "1e999", "10^{999}", "1.2.3",
    "twenty-twenty-five",
    "half-", "-half", "nan", "inf", "-inf", "infinity", "٣x", "two five hundred",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBER)
def test_no_number(text: str) -> None:
    assert numerals.read(text) is None


@given(st.integers(min_value=0, max_value=10**15))
def test_separators_change_nothing(number: int) -> None:
    for text in (str(number), f"{number:,}", f"${number:,}$", f"{number:,}".replace(",", "{,}")):
        assert numerals.read(text) == number


@given(st.floats(min_value=1e-6, max_value=1e15), st.integers(min_value=-9, max_value=9))
def test_scientific(mantissa: float, power: int) -> None:
    text = f"{mantissa:.3f}"
    expected = float(text) * 10.0**power
    for form in (f"{text}\\times10^{{{power}}}", f"${text}\\times 10^{{{power}}}$", f"{text}e{power}"):
        assert numerals.read(form) == pytest.approx(expected)


@given(st.text(max_size=40))
def test_any_string_gives_a_finite_number_or_none(text: str) -> None:
    value = numerals.read(text)
    assert value is None or math.isfinite(value)


@given(st.text(alphabet="0123456789.,^{}$/x\\timeonfrac-+ ", max_size=40))
def test_soup_gives_a_finite_number_or_none(text: str) -> None:
    value = numerals.read(text)
    assert value is None or math.isfinite(value)
