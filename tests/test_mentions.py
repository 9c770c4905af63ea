"""Value mentions: where they begin and end, their number, their form and unit."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.engine import builtin_engine
from extractor.numbers.scanner import MOST_VALUES, WITHIN
from extractor.workbench.explain import explain

PARTS = builtin_engine().parts

# Text, then the mentions that it must give: text, value, high end, form, unit.
RATIOS = [
    ("a 2.35x gain", [("2.35x", 2.35, None, "ratio", None)]),
    ("6times less", [("6times", 6, None, "ratio", None)]),
    ("1.7 sim 7.2times less", [("1.7 sim 7.2times", 1.7, 7.2, "ratio", None)]),
    (r"$2.35\times$ as fast", [(r"2.35\times", 2.35, None, "ratio", None)]),
    (r"a 3.8$\times$ gain", [(r"3.8$\times$", 3.8, None, "ratio", None)]),
    ("10~20X faster", [("10~20X", 10, 20, "ratio", None)]),
    (r"a $>$2$\times$ gain", [(r"2$\times$", 2, None, "ratio", None)]),
    (r"a ${\sim}3\times$ gain", [(r"3\times", 3, None, "ratio", None)]),
    (r"$4$--$9{\times}$ less", [(r"4$--$9{\times}", 4, 9, "ratio", None)]),
    (
        "it improves the speedup from 1.2x to 3x",
        [("1.2x", 1.2, None, "ratio", None), ("3x", 3, None, "ratio", None)],
    ),
    ("speedups from 1.2x to 3x", [("1.2x to 3x", 1.2, 3, "ratio", None)]),
    ("a 2,000-fold gain", [("2,000-fold", 2000, None, "ratio", None)]),
    ("5 × faster", [("5 ×", 5, None, "ratio", None)]),
    ("ten times faster", [("ten times", 10, None, "ratio", None)]),
    ("half the memory", [("half", 0.5, None, "ratio", None)]),
    ("twice as fast", [("twice", 2, None, "ratio", None)]),
    ("one-tenth of it", [("one-tenth", 0.1, None, "ratio", None)]),
    ("only 1/190th of it", [("1/190th", 1 / 190, None, "ratio", None)]),
    ("halving the time", [("halving", 0.5, None, "ratio", None)]),
    ("two orders of magnitude", [("two orders of magnitude", 100, None, "ratio", None)]),
    ("an order of magnitude", [("order of magnitude", 10, None, "ratio", None)]),
    ("2-4 orders of magnitude", [("2-4 orders of magnitude", 100, 1e4, "ratio", None)]),
    ("2.27 and 2.5 times", [("2.27", 2.27, None, "ratio", None), ("2.5 times", 2.5, None, "ratio", None)]),
    ("2x to 13x", [("2x to 13x", 2, 13, "ratio", None)]),
    ("10-15x", [("10-15x", 10, 15, "ratio", None)]),
    ("by a factor of 3.", [("3", 3, None, "ratio", None)]),
    ("by a factor of two.", [("two", 2, None, "ratio", None)]),
    ("by up to a factor of $56$ more", [("56", 56, None, "ratio", None)]),
    ("by factors of 2 to 5", [("2 to 5", 2, 5, "ratio", None)]),
    ("a speedup factor of about 12.5", [("12.5", 12.5, None, "ratio", None)]),
    ("an upscaling factor of 4", [("4", 4, None, "bare", None)]),
    ("within a factor of 2", [("2", 2, None, "bare", None)]),
]
PERCENT = [
    ("by 75.8%.", [("75.8%", 75.8, None, "percent", None)]),
    (r"by 8.2\%.", [(r"8.2\%", 8.2, None, "percent", None)]),
    ("30 percent", [("30 percent", 30, None, "percent", None)]),
    ("20--30%", [("20--30%", 20, 30, "percent", None)]),
    ("85%-90%", [("85%-90%", 85, 90, "percent", None)]),
    ("20% up to 35%", [("20% up to 35%", 20, 35, "percent", None)]),
    ("between 30% and 40%", [("30% and 40%", 30, 40, "percent", None)]),
    ("25% to over 80%", [("25% to over 80%", 25, 80, "percent", None)]),
    (r"3$\sim$5\%", [(r"3$\sim$5\%", 3, 5, "percent", None)]),
    ("0.71 and 83% recall", [("0.71", 0.71, None, "bare", None), ("83%", 83, None, "percent", None)]),
    ("down -3.1%", [("-3.1%", 3.1, None, "percent", None)]),
    ("up +2.65 points", [("+2.65 points", 2.65, None, "point", None)]),
    ("0.86/0.84 F1", [("0.86", 0.86, None, "bare", None), ("0.84", 0.84, None, "bare", None)]),
    (r"by ${\sim}15\%$", [(r"15\%", 15, None, "percent", None)]),
    ("4-9 F1 points", [("4-9 F1 points", 4, 9, "point", None)]),
    ("2.3 macro-F1 points", [("2.3 macro-F1 points", 2.3, None, "point", None)]),
    ("5 recall levels", [("5", 5, None, "bare", None)]),
    ("3\u00a0K points", [("3\u00a0K points", 3000, None, "point", None)]),
    ("3\u2009million percent", [("3\u2009million percent", 3e6, None, "percent", None)]),
    ("5 pp more", [("5 pp", 5, None, "point", None)]),
    ("0.5 dB more", [("0.5 dB", 0.5, None, "dB", None)]),
    (  # the levels between which the change took place are no range
        "3.6% (60.6% to 64.2%)",
        [
            ("3.6%", 3.6, None, "percent", None),
            ("60.6%", 60.6, None, "percent", None),
            ("64.2%", 64.2, None, "percent", None),
        ],
    ),
    ("3% (10% to 20%)", [("3%", 3, None, "percent", None), ("10% to 20%", 10, 20, "percent", None)]),
    (
        "12.1, 6.5, and 2.8 percentage points",
        [
            ("12.1", 12.1, None, "point", None),
            ("6.5", 6.5, None, "point", None),
            ("2.8 percentage points", 2.8, None, "point", None),
        ],
    ),
]
COUNTS = [
    ("14.3M weights", [("14.3M", 14.3e6, None, "count", None)]),
    ("~3.9 M weights", [("3.9 M", 3.9e6, None, "count", None)]),
    ("350M-3B", [("350M-3B", 350e6, 3e9, "count", None)]),
    ("20B to 80B", [("20B to 80B", 20e9, 80e9, "count", None)]),
    ("80B to 20B", [("80B", 80e9, None, "count", None), ("20B", 20e9, None, "count", None)]),
    ("8.3B weights", [("8.3B", 8.3e9, None, "count", None)]),
    ("1.5-7B", [("1.5-7B", 1.5e9, 7e9, "count", None)]),
    ("an 8x7B model", [("8x7B", 56e9, None, "count", None)]),
    ("a 4K image", [("4K", 4e3, None, "count", None)]),
    ("Quux-7B", [("7B", 7e9, None, "count", None)]),
    ("Quux-30B-A3B", [("30B", 30e9, None, "count", None), ("3B", 3e9, None, "count", None)]),
]
UNITS = [
    ("1.5 billion tokens", [("1.5 billion tokens", 1.5e9, None, "unit", "token")]),
    ("2M high-quality images", [("2M high-quality images", 2e6, None, "unit", "image")]),
    ("100 million-plus tokens", [("100 million-plus tokens", 1e8, None, "unit", "token")]),
    ("88 GPU-days", [("88 GPU-days", 88, None, "unit", "GPU-day")]),
    ("2,000 A100 GPU hours", [("2,000 A100 GPU hours", 2000, None, "unit", "GPU-hour")]),
    (r"56--75\,ms", [(r"56--75\,ms", 56, 75, "unit", "ms")]),
    ("256KB", [("256KB", 256, None, "unit", "KB")]),
    ("4.3 TFLOPS", [("4.3 TFLOPS", 4.3e12, None, "unit", "FLOP/s")]),
    (r"3.14$\times10^{21}$ FLOPs", [(r"3.14$\times10^{21}$ FLOPs", 3.14e21, None, "unit", "FLOP")]),
    ("1.2M tokens/s", [("1.2M tokens/s", 1.2e6, None, "unit", "token/s")]),
    ("0.07 to 0.3 samples/kJ", [("0.07 to 0.3 samples/kJ", 0.07, 0.3, "unit", "sample/kJ")]),
    ("between 2 and 5 days", [("2 and 5 days", 2, 5, "unit", "day")]),
    ("75 m/s (270 km/h)", [("75 m/s", 75, None, "unit", "m/s"), ("270 km/h", 270, None, "unit", "km/h")]),
    ("15.3 km2", [("15.3 km2", 15.3, None, "unit", "km2")]),
    ("sub-100 ms", [("100 ms", 100, None, "unit", "ms")]),
    ("5.8+/-0.3 ms", [("5.8+/-0.3 ms", 5.8, None, "unit", "ms")]),
    ("$5 million to train", [("$5 million", 5e6, None, "unit", "USD")]),
    (
        "10.93 to 6.38 hours",
        [("10.93", 10.93, None, "unit", "h"), ("6.38 hours", 6.38, None, "unit", "h")],
    ),
    ("4.1 GFLOPs", [("4.1 GFLOPs", 4.1e9, None, "unit", "FLOP")]),
    ("5 kPa", [("5 kPa", 5, None, "unit", "kPa")]),
]
BARE = [
    ("a score of 0.87 here", [("0.87", 0.87, None, "bare", None)]),
    ("-3.3 to -7.8", [("-3.3 to -7.8", -7.8, -3.3, "bare", None)]),
    ("0.087$--$0.095", [("0.087$--$0.095", 0.087, 0.095, "bare", None)]),
    ("10^{-6}", [("10^{-6}", 1e-6, None, "bare", None)]),
    ("rated 4.2/5", [("4.2/5", 4.2, None, "bare", None)]),
    ("1e-4", [("1e-4", 1e-4, None, "bare", None)]),
]
JOINTS = [
    ("$250,000 to $1 million", [("$250,000 to $1 million", 250e3, 1e6, "unit", "USD")]),
    ("200,000 to 1.5 million images", [("200,000 to 1.5 million images", 2e5, 1.5e6, "unit", "image")]),
    ("200,000-1.5 million images", [("200,000-1.5 million images", 2e5, 1.5e6, "unit", "image")]),
    ("500 to 2 million samples", [("500 to 2 million samples", 500, 2e6, "unit", "sample")]),
    ("2 to 3 million tokens", [("2 to 3 million tokens", 2e6, 3e6, "unit", "token")]),
    ("500K to 2 million tokens", [("500K to 2 million tokens", 5e5, 2e6, "unit", "token")]),
    (
        "from 3 to 1.5 million dollars",
        [("3", 3e6, None, "unit", "USD"), ("1.5 million dollars", 1.5e6, None, "unit", "USD")],
    ),
    ("between $50k and $1.2 million", [("$50k and $1.2 million", 5e4, 1.2e6, "unit", "USD")]),
    ("\\$2 to \\$3 million", [("\\$2 to \\$3 million", 2e6, 3e6, "unit", "USD")]),
    ("1.250.000 tokens", [("1.250.000 tokens", 1.25e6, None, "unit", "token")]),
    ("5- to 10-times faster", [("5- to 10-times", 5, 10, "ratio", None)]),
    ("a three- to fourfold gain", [("three- to fourfold", 3, 4, "ratio", None)]),
    ("a 3-to-4x gain", [("3-to-4x", 3, 4, "ratio", None)]),
    ("a 2- to 3-fold gain", [("2- to 3-fold", 2, 3, "ratio", None)]),
    ("a two-to-threefold gain", [("two-to-threefold", 2, 3, "ratio", None)]),
    ("-3 to -7 points", [("-3 to -7 points", 3, 7, "point", None)]),
    ("between -2% and -5%", [("-2% and -5%", 2, 5, "percent", None)]),
    ("-5% to +3%", [("-5% to +3%", -5, 3, "percent", None)]),
    ("3.5x vs. 2.1x", [("3.5x", 3.5, None, "ratio", None), ("2.1x", 2.1, None, "ratio", None)]),
    ("61.2 → 67.9%", [("61.2", 61.2, None, "percent", None), ("67.9%", 67.9, None, "percent", None)]),
    ("12->8 ms", [("12", 12, None, "unit", "ms"), ("8 ms", 8, None, "unit", "ms")]),
    ("61.2/70.4%", [("61.2", 61.2, None, "percent", None), ("70.4%", 70.4, None, "percent", None)]),
    (
        "improves recall by 3.2% to 91.4%",
        [("3.2%", 3.2, None, "percent", None), ("91.4%", 91.4, None, "percent", None)],
    ),
    ("improves recall by 3.2% to 9.4%", [("3.2% to 9.4%", 3.2, 9.4, "percent", None)]),
    ("improves throughput by 12% to 74%", [("12% to 74%", 12, 74, "percent", None)]),
    ("½ the memory", [("½", 0.5, None, "ratio", None)]),
    ("1½ hours", [("1½ hours", 1.5, None, "unit", "h")]),
    ("2,3 and 4", [("2", 2, None, "bare", None), ("3", 3, None, "bare", None), ("4", 4, None, "bare", None)]),
    ("[0,25]", [("0", 0, None, "bare", None), ("25", 25, None, "bare", None)]),
    ("59 800 images", [("59 800 images", 59800, None, "unit", "image")]),
    ("ResNet 50 101 images", [("50", 50, None, "bare", None), ("101 images", 101, None, "unit", "image")]),
]
# Sizes, versions, names and ordinals hold no value.
NOTHING = [
    "64times64",
    "1920x1080",
    "5-shot",
    "Quux-4",
    "v2.0",
    "3D",
    "128-core",
    "10th",
    "no number",
    "its 2018s",
    "x2",
    "",
]
# Number words: where they may begin, and what must follow them.
WORDS = [
    ("A tenfold drop", [("tenfold", 10, None, "ratio", None)]),
    ("(five-fold)", [("five-fold", 5, None, "ratio", None)]),
    ("some two-four times", [("two-four times", 2, 4, "ratio", None)]),
    ("twenty-five frames per second", [("twenty-five frames per second", 25, None, "unit", "FPS")]),
    ("Six ms each", [("Six ms", 6, None, "unit", "ms")]),
    (
        "three quarters and a third",
        [("three quarters", 0.75, None, "ratio", None), ("a third", 1 / 3, None, "ratio", None)],
    ),
    ("only a half", [("a half", 0.5, None, "ratio", None)]),
    ("Doubled, then halved", [("Doubled", 2, None, "ratio", None), ("halved", 0.5, None, "ratio", None)]),
    ("someone components", []),
    ("two networks", []),
    ("four-hundred tasks", []),
    ("in order to", []),
]
TABLE = [*RATIOS, *PERCENT, *COUNTS, *UNITS, *BARE, *JOINTS]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text for text, _ in TABLE])
@pytest.mark.parametrize("frame", ["{}", "It is {}, which is much.", "({})"])
def test_mentions(text: str, expected: list[tuple[object, ...]], frame: str) -> None:
    framed = frame.format(text)
    found = PARTS.scanner.scan(framed)
    shown = [(framed[m.start : m.end], m.form, m.unit.name if m.unit else None) for m in found]
    assert shown == [(row[0], row[3], row[4]) for row in expected]
    for mention, row in zip(found, expected, strict=True):
        assert mention.value == pytest.approx(row[1])
        assert mention.high == (None if row[2] is None else pytest.approx(row[2]))


@pytest.mark.parametrize(("text", "expected"), WORDS, ids=[text for text, _ in WORDS])
def test_number_words(text: str, expected: list[tuple[object, ...]]) -> None:
    found = [
        (text[m.start : m.end], m.value, m.high, m.form, m.unit and m.unit.name)
        for m in PARTS.scanner.scan(text)
    ]
    assert found == expected


@pytest.mark.parametrize("word", sorted(PARTS.words.counts - {"million", "billion", "trillion", "thousand"}))
@pytest.mark.parametrize("frame", ["{} times", "by {}-fold", "by {}fold", "({} orders of magnitude"])
def test_every_number_word_is_looked_for(word: str, frame: str) -> None:
    for shown in (word, word.capitalize()):
        assert [mention.word for mention in PARTS.scanner.scan(frame.format(shown))] == [True]


def test_a_doubled_plural_is_no_unit() -> None:
    assert [mention.form for mention in PARTS.scanner.scan("5 queries per seconds")] == ["bare"]


@pytest.mark.parametrize("text", NOTHING)
def test_no_mention(text: str) -> None:
    assert PARTS.scanner.scan(text) == []


@settings(deadline=None)
@given(
    st.integers(1, 10**7),
    st.integers(1, 10**4),
    st.sampled_from(["", "K", " thousand", " million", " billion"]),
    st.sampled_from([" to ", "-", "–", " up to "]),
    st.booleans(),
)
def test_a_range_rises(low: int, high: int, magnitude: str, joint: str, grouped: bool) -> None:
    text = f"{low:,}{joint}{high}{magnitude} tokens" if grouped else f"{low}{joint}{high}{magnitude} tokens"
    for mention in PARTS.scanner.scan(f"It reads {text}."):
        assert mention.high is None or mention.value <= mention.high
        assert mention.value == low or low < 10**4 or not grouped or mention.start > len("It reads ")


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="0123456789.,-–~+/eExXkKMBT%$^{}()\\ ", max_size=60),
    st.sampled_from(["", "x", "%", "times", " ms", " GB", "-fold", "\\times$", " points", " tokens"]),
)
def test_mentions_are_in_order_and_apart(text: str, suffix: str) -> None:
    text += suffix
    end = 0
    for mention in PARTS.scanner.scan(text):
        assert end <= mention.start < mention.end <= len(text)
        assert math.isfinite(mention.value)
        assert math.isfinite(mention.high or 0)
        end = mention.end


@pytest.mark.parametrize("phrase", ["7B ", "5 ", "30% ", "(5%) ", "$5$ "])
def test_no_more_values_are_read_than_anybody_writes(phrase: str) -> None:
    found = PARTS.scanner.scan(phrase * (3 * WITHIN // len(phrase)))
    starts = [mention.start for mention in found]
    crowds = [later - start for start, later in zip(starts, starts[MOST_VALUES:], strict=False)]
    assert crowds
    assert min(crowds) >= WITHIN
    assert max(later - start for start, later in pairwise(starts)) < WITHIN


def test_as_many_values_as_may_be_are_all_read() -> None:
    text = "We list 81.2%, " + "7.5%, " * (MOST_VALUES - 2) + "and 9.5%."
    assert len(PARTS.scanner.scan(text)) == MOST_VALUES


def test_explain_tells_that_values_are_left_out() -> None:
    told = "of more than 100 values within 2,000 characters, the first are read"
    (crowded,) = explain("We list " + "7.5%, " * 240 + "and 9.5%.").sentences
    assert crowded.note == told
    notes = [sentence.note for sentence in explain("LumoNet is 3x faster. " + "A 7B. " * 300).sentences]
    assert notes[0] is None
    assert notes[-1] == told
    (plain,) = explain("LumoNet is 3x faster than TessaNet.").sentences
    assert plain.note is None
