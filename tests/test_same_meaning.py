"""The same meaning, the same claims, whatever stands around the words of a text and between them."""

from __future__ import annotations

from typing import Any

import pytest

import extractor
from extractor.knowledge.model import builtin

LEAKS = [
    # a word of change is that of its own sentence: what follows is a range
    ("It raises throughput.", "The mass of a LumoBot lies from 12 kg to 310 kg."),
    ("LumoNet improves accuracy.", "Shares differ (from 17% to 64%)."),
    ("It cuts the cost.", "Batches hold from 16 to 512 images."),
    ("We improve speech recognition by 3%.", "Latency is from 5 ms to 20 ms."),
    # words of testing before a full stop are no cue for what the next sentence begins with
    ("We define new test metrics.", "Based on LumoFlow, we build a planner."),
    ("It suits training.", "Mainly on ImageNet, TessaNet-3D has an error of 4.1%."),
    ("This is done for evaluation.", "Building on TessaCore, we add a cache."),
    ("We want high accuracy.", "Depending on LumoFS, it stalls."),
    # and what begins a sentence is no list with what ends the one before
    ("We test on FooBench.", "LumoNet is fast."),
    ("It is faster than LumoNet.", "TessaNet needs 3 GB."),
    ("It scores 81.2% on FooQA.", "LumoNet has 90.1% recall."),
]


def claims(text: str, shift: int = 0) -> list[dict[str, Any]]:
    """Returns the claims of a text without rule ids, with all places moved back."""
    found = []
    for claim in extractor.parse(text).claims:
        record = claim.model_dump(mode="json", exclude={"rule"})
        record["start"] -= shift
        record["end"] -= shift
        record["spans"] = {
            name: [start - shift, end - shift] for name, (start, end) in record.get("spans", {}).items()
        }
        for mention in record.get("mentions", ()):
            mention["start"] -= shift
            mention["end"] -= shift
        found.append(record)
    return found


@pytest.mark.parametrize(("before", "sentence"), LEAKS, ids=[sentence for _, sentence in LEAKS])
def test_a_sentence_means_what_it_means_alone(before: str, sentence: str) -> None:
    both = f"{before} {sentence}"
    shift = len(before) + 1
    alone = claims(before)
    behind = [record for record in claims(both, shift) if record["start"] >= 0]
    assert [record for record in claims(both) if record["start"] < shift] == alone
    assert behind == claims(sentence)


BROKEN = [
    ("It is two\nhundred times faster.", "two\nhundred times", 200),
    ("It is twenty\none times faster.", "twenty\none times", 21),
    ("It takes one\nthird of the time.", "one\nthird", 1 / 3),
    ("It is a factor of\ntwo faster.", "two", 2),
    ("We use 4,000 video\nclips.", "4,000 video\nclips", 4000),
    ("It holds 5\u00ad0 GB.", "5\u00ad0 GB", 50),
    ("It is two-\nto five-fold faster.", "two-\nto five-fold", 2),
]


@pytest.mark.parametrize(("text", "surface", "value"), BROKEN, ids=[surface for _, surface, _ in BROKEN])
def test_a_value_broken_by_a_line_is_whole(text: str, surface: str, value: float) -> None:
    (claim,) = extractor.parse(text).claims
    assert isinstance(claim, extractor.Speedup | extractor.Change | extractor.Quantity)
    assert claim.text == surface
    assert claim.value == pytest.approx(value)


@pytest.mark.parametrize("dash", "\u2010\u2011\u2012\u2013\u2015\ufe63\uff0d")
def test_every_dash_is_a_dash(dash: str) -> None:
    text = "It needs 5-7 ms, is 3.2-4.5x faster than TessaNet, and state-of-the-art LumoNet-2 scores 81.2%."
    assert numbers(text.replace("-", dash)) == numbers(text)


@pytest.mark.parametrize("dash", "\u2010\u2011\u2012\u2013\u2015\ufe63\uff0d")
@pytest.mark.parametrize(
    "text",
    [
        "LumoNet is 2-fold faster than TessaNet-2 on Foo-Bench.",
        "LumoNet is twenty-one times faster.",
        "LumoNet has a 3.5-times speed-up over state-of-the-art models.",
        "It cuts latency by -5%.",
    ],
)
def test_a_dash_within_words_says_what_a_hyphen_says(dash: str, text: str) -> None:
    expected = said(text)
    assert expected
    assert str(said(text.replace("-", dash))).replace(dash, "-") == str(expected)


def test_what_is_not_seen_within_a_number_is_not_there() -> None:
    invisible = builtin().document("view")["invisible"]
    for character in invisible:
        (claim,) = extractor.parse(f"LumoNet has 5{character}0% lower latency.").claims
        assert isinstance(claim, extractor.Speedup)
        assert (claim.text, claim.value) == (f"5{character}0%", 50), hex(ord(character))


def numbers(text: str) -> list[dict[str, Any]]:
    """Returns the numbers and kinds of the claims of a text; its words hold its dashes."""
    return [
        {name: value for name, value in claim.items() if isinstance(value, float | int)}
        | {"kind": claim["kind"]}
        for claim in claims(text)
    ]


@pytest.mark.parametrize(
    "text",
    ["The Lumo-DB dataset holds 1,300 images.", "On FooQA10, LumoNet reaches 71.2% accuracy."],
)
def test_blanks_before_a_text_change_nothing(text: str) -> None:
    assert claims(text)
    assert claims("  " + text, 2) == claims(text)


OTHERWISE = [
    # a compound whose rest comes later keeps its hyphen and its blank at a line's end
    ("LumoNet has a low-\nand high-resolution accuracy of 90%.", "low-\nand", "low- and"),
    ("LumoNet cuts end-\nto-end latency by 5%.", "end-\nto-end", "end-to-end"),
    # an apostrophe of its own code point
    ("We run it on three GPGPU’s.", "’", "'"),
    ("We test on Montezuma’s Revenge.", "’", "'"),
    # what stands within the words of a metric: the factor is that of the metric
    ("LumoNet improves effi\u00adciency by 3x.", "\u00ad", ""),
    ("LumoNet improves the ine\ufb03ciency by 3x.", "\ufb03", "ffi"),
    ("LumoNet improves energy effi-\nciency by 3x.", "-\n", ""),
    ("LumoNet improves by 40% in la-\ntency.", "-\n", ""),
]


@pytest.mark.parametrize(("text", "odd", "plain"), OTHERWISE, ids=range(len(OTHERWISE)))
def test_words_written_otherwise_say_the_same(text: str, odd: str, plain: str) -> None:
    assert odd in text
    expected = said(text.replace(odd, plain))
    assert expected
    assert [
        {
            name: value.replace(odd, plain) if isinstance(value, str) else value
            for name, value in claim.items()
        }
        for claim in said(text)
    ] == expected


def said(text: str) -> list[dict[str, Any]]:
    """Returns what the claims of a text say, without places and confidence."""
    left_out = {"start", "end", "spans", "mentions", "confidence", "link_confidence"}
    return [claim.model_dump(mode="json", exclude=left_out) for claim in extractor.parse(text).claims]
