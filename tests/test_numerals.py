"""Numerals in every notation that abstracts have."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.engine import builtin_engine

PARTS = builtin_engine().parts

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
    ("1 234 567", 1234567), ("12\u00a0500", 12500), ("1'000", 1000), ("12’345.5", 12345.5),
    ("0,87", 0.87), ("0,875", 0.875), ("3,5", 3.5), ("1.234,5", 1234.5), ("1,2345", 1.2345), ("-0,5", -0.5),
    ("3·10^4", 3e4), ("3⋅10^{4}", 3e4), ("2.998×10−8", 2.998e-8), ("2×10-8", 2e-8),
    ("10⁻³", 1e-3), ("4×10⁵", 4e5),
    ("½", 0.5), ("1½", 1.5), ("2 ¾", 2.75), ("⅓", 1 / 3), ("2 1/2", 2.5), ("2 and a half", 2.5),
    ("one third", 1 / 3), ("two-thirds", 2 / 3), ("three quarters", 0.75), ("a quarter", 0.25),
    ("one-tenth", 0.1), ("a hundredth", 0.01), ("one thousandth", 0.001),
    ("doubling", 2), ("Doubles", 2), ("tripled", 3), ("quadruple", 4), ("halving", 0.5), ("halved", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), READ, ids=[text for text, _ in READ])
def test_read(text: str, value: float) -> None:
    assert PARTS.scanner.numerals.read(text) == pytest.approx(value, rel=1e-12)


NO_NUMBER = [
    "", " ", "x", "none", "$", "{}", "-", ".", "1/0", "5/0th", "10^", "1e999", "10^{999}", "1.2.3",
    "twenty-twenty-five",
    "half-", "-half", "nan", "inf", "-inf", "infinity", "٣x", "two five hundred",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBER)
def test_no_number(text: str) -> None:
    assert PARTS.scanner.numerals.read(text) is None


@given(st.integers(min_value=0, max_value=10**15))
def test_separators_change_nothing(number: int) -> None:
    for text in (str(number), f"{number:,}", f"${number:,}$", f"{number:,}".replace(",", "{,}")):
        assert PARTS.scanner.numerals.read(text) == number


@settings(deadline=None)
@given(st.integers(min_value=1000, max_value=10**15), st.sampled_from(" ,'’\u00a0\u2007\u2009\u202f"))
def test_groups_of_digits_are_one_mention(number: int, blank: str) -> None:
    text = f"It took {number:,}".replace(",", blank)
    (mention,) = PARTS.scanner.scan(f"{text} ms each")
    assert (mention.value, mention.start, mention.end) == (number, len("It took "), len(text) + len(" ms"))


@settings(deadline=None)
@given(st.integers(0, 999), st.integers(1, 99), st.sampled_from([" ms", "%", "x", " GPU hours"]))
def test_a_comma_before_decimals(whole: int, part: int, suffix: str) -> None:
    text = f"{whole},{part:02}{suffix}"
    (mention,) = PARTS.scanner.scan(f"It is {text} now")
    assert (mention.value, mention.decimal) == (float(f"{whole}.{part:02}"), True)
    assert [m.value for m in PARTS.scanner.scan(f"groups {whole},{part} and 4")] != [
        float(f"{whole}.{part}"),
        4,
    ] or not whole


@given(st.floats(min_value=1e-6, max_value=1e15), st.integers(min_value=-9, max_value=9))
def test_scientific(mantissa: float, power: int) -> None:
    text = f"{mantissa:.3f}"
    expected = float(text) * 10.0**power
    for form in (f"{text}\\times10^{{{power}}}", f"${text}\\times 10^{{{power}}}$", f"{text}e{power}"):
        assert PARTS.scanner.numerals.read(form) == pytest.approx(expected)


@given(st.text(max_size=40))
def test_any_string_gives_a_finite_number_or_none(text: str) -> None:
    value = PARTS.scanner.numerals.read(text)
    assert value is None or math.isfinite(value)


@given(st.text(alphabet="0123456789.,^{}$/x\\timeonfrac-+ ", max_size=40))
def test_soup_gives_a_finite_number_or_none(text: str) -> None:
    value = PARTS.scanner.numerals.read(text)
    assert value is None or math.isfinite(value)
