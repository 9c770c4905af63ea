"""Numbers in words, written out by a generator of its own, read back to the number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.engine import builtin_engine

PARTS = builtin_engine().parts

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = [(10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")]


def written(number: int, hyphen: str, joint: str) -> str:
    """Writes a whole number out, the way a speaker would."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return TENS[tens] + (hyphen + SMALL[ones] if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = f"{SMALL[hundreds]} hundred"
        return head + (joint + written(rest, hyphen, joint) if rest else "")
    for scale, name in SCALES:
        if number >= scale:
            count, rest = divmod(number, scale)
            tail = (joint if rest < 100 else " ") + written(rest, hyphen, joint) if rest else ""
            return f"{written(count, hyphen, joint)} {name}{tail}"
    raise AssertionError(number)


HYPHENS = st.sampled_from(["-", " "])
JOINTS = st.sampled_from([" and ", " "])
NUMBERS = st.one_of(
    st.integers(1, 999),
    st.integers(1, 10**6),
    st.integers(1, 999).map(lambda n: n * 10**6),
    st.integers(1, 10**15 - 1),
)


@settings(deadline=None)
@given(NUMBERS, HYPHENS, JOINTS)
def test_whole_numbers_read_back(number: int, hyphen: str, joint: str) -> None:
    text = written(number, hyphen, joint)
    assert PARTS.words.read(text) == number
    assert PARTS.words.read(text.capitalize()) == number
    assert PARTS.words.is_count(text)


@settings(deadline=None)
@given(st.integers(1, 10**6), HYPHENS, JOINTS)
def test_a_whole_number_is_one_mention(number: int, hyphen: str, joint: str) -> None:
    text = written(number, hyphen, joint)
    for suffix, form in ((" times", "ratio"), (" percent", "percent"), (" seconds", "unit")):
        (mention,) = PARTS.scanner.scan(f"It is {text}{suffix} now.")
        assert (mention.start, mention.end) == (len("It is "), len(f"It is {text}{suffix}"))
        assert (mention.value, mention.form, mention.word) == (number, form, True)


@settings(deadline=None)
@given(
    st.integers(1, 99),
    st.sampled_from([("a half", 0.5), ("a quarter", 0.25), ("three quarters", 0.75)]),
    HYPHENS,
)
def test_mixed_numbers_read_back(number: int, part: tuple[str, float], hyphen: str) -> None:
    text = f"{written(number, hyphen, ' ')} and {part[0]}"
    assert PARTS.words.read(text) == number + part[1]
    (mention,) = PARTS.scanner.scan(f"It took {text} hours.")
    assert (mention.value, mention.unit and mention.unit.name) == (number + part[1], "h")


@settings(deadline=None)
@given(st.integers(0, 99), st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_spoken_decimals_read_back(whole: int, digits: list[int]) -> None:
    text = f"{written(whole, '-', ' ')} point {' '.join(SMALL[digit] for digit in digits)}"
    assert PARTS.words.read(text) == float(f"{whole}.{''.join(map(str, digits))}")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*SMALL, *TENS, "hundred", "million", "a", "and", "half", "point", "of", ""]),
        max_size=7,
    )
)
def test_word_soup_gives_a_number_or_none(words: list[str]) -> None:
    value = PARTS.words.read(" ".join(words))
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a hundred", 100), ("a hundred and two", 102), ("a thousand", 1000), ("half a million", 5e5),
        ("half a dozen", 6), ("a quarter of a million", 2.5e5), ("half of a billion", 5e8), ("half a", 0.5),
        ("a tenth of a", 0.1), ("one seventh", 1 / 7), ("two-thirds", 2 / 3), ("five eighths", 0.625),
        ("twelve hundred", 1200), ("two dozen", 24), ("zero point five", 0.5), ("one point oh two", 1.02),
    ],
)  # fmt: skip
def test_read(text: str, value: float) -> None:
    assert PARTS.words.read(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", "and", "two five", "twenty twelve", "two hundred hundred", "one million two million", "and two",
     "two and five", "point five five", "two point twenty", "hundred a", "one half half",
     "twenty and", "few"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    assert PARTS.words.read(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half an hour of audio", [("half an hour", 0.5)]),
        ("a tenth of a second later", [("a tenth of a second", 0.1)]),
        ("half a percentage point", [("half a percentage point", 0.5)]),
        ("half a million images", [("half a million images", 5e5)]),
        ("a quarter of a million tokens", [("a quarter of a million tokens", 2.5e5)]),
        ("a thousand GPU hours", [("a thousand GPU hours", 1000)]),
        ("a thousand times smaller", [("a thousand times", 1000)]),
        ("a hundred-fold drop", [("hundred-fold", 100)]),
        ("an order of magnitude and a half", [("order of magnitude and a half", 10**1.5)]),
        ("one and a half orders of magnitude", [("one and a half orders of magnitude", 10**1.5)]),
        ("two hundred images and two videos", [("two hundred images", 200)]),
        ("half a GPU-day", [("half a GPU-day", 0.5)]),
        ("cut by a fifth.", [("a fifth", 0.2)]),
        ("a seventh of the cost", [("a seventh", 1 / 7)]),
        ("between one hundred and two hundred seconds", [("one hundred and two hundred seconds", 100)]),
        ("a third to a half of it", [("a third to a half", 1 / 3)]),
        ("a fifth attempt", []),
        ("a few hundred seconds", []),
        ("several thousand GPU hours", []),
        ("At one point five of them failed", [("one point", 1)]),
    ],
)
def test_mentions_of_number_words(text: str, expected: list[tuple[str, float]]) -> None:
    found = [(text[m.start : m.end], round(m.value, 9)) for m in PARTS.scanner.scan(text)]
    assert found == [(surface, round(value, 9)) for surface, value in expected]
