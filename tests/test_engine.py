"""The engine on any string: offsets hold, nothing crashes or hangs, the same text gives the same claims."""

from __future__ import annotations

import pickle
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extractor
from extractor import Dataset, Extraction, Hardware, InputError, parse, parse_many
from extractor.engine import builtin_engine
from extractor.workbench.explain import explain

builtin_engine()  # loaded here, not within the time limit of the first test

# Pieces that abstracts are made of, and some that they should not be made of.
PIECES = [
    *("2x", "3.5", "40%", "7B", "1.2--3.4", "$2.5\\times$", "6times", "sim 20"),
    *("\\SI{4.8}{\\gibi\\byte}", "10^{-6}", "half", "twice", "an order of magnitude", "one third"),
    *("1/190th", "2,000-fold", "12.1, 6.5 and 2.8 points", "+/-", "\\pm", "±", "\\,", "~", "$", "$$"),
    *("{", "}", "\\", "(", ")", "[", "]", "-", "--", "/", "^", "_", "'", '"', "up to", "by", "from"),
    *("to", "than", "over", "and", ",", ".", ";", ":", "respectively", "between", "of", "in"),
    *("speedup", "latency", "accuracy", "memory", "parameters", "tokens", "GPU-days", "ms", "points"),
    *("dB", "FPS", "GB/s", "reduces", "outperforms", "faster", "lower", "improvement", "achieves"),
    *("reaches", "is", "uses", "FooNet", "BarNet", "A100", "NVIDIA H100 GPUs", "ImageNet", "CIFAR-10"),
    *("LLaMA2-7B", "Foo-30B-A3B", "8x7B", "on", "with", "a", "the", "https://github.com/ owner/repo."),
    *("hf.co/a/b", "\\url{http://x.y/z}", "{this url}", "\\cite{a}", "\\textbf{5%}", "\0", "\ud800"),
    *("\udfff", "é", "字", "\u200b", "\u202e", "ﬁ", "😀", "\n", "\r\n", "\t", "\x85", "\u2028", "İ", "ß"),
]  # fmt: skip
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda blank: blank.join(pieces))
)
NUMBERS = st.text(alphabet="0123456789.,-+/eExX%$~^{}()kKMBT \\", max_size=80)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _check(text: str) -> Extraction:
    extraction = parse(text)
    assert extraction.abstract == text
    for claim in extraction.claims:
        for span in (claim, *getattr(claim, "mentions", ())):
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.text
        for name in ("metric", "baseline", "subject", "dataset", "model"):
            words = getattr(claim, name, None)
            assert words is None or (words and words in text)
    starts = [(claim.start, claim.end) for claim in extraction.claims]
    assert starts == sorted(starts)
    values = [claim for claim in extraction.claims if hasattr(claim, "value")]
    assert all(a.end <= b.start for a, b in pairwise(values))
    return extraction


@QUICK
@given(st.one_of(st.text(max_size=200), SOUP, NUMBERS))
def test_offsets_hold_on_every_string(text: str) -> None:
    extraction = _check(text)
    assert parse(text) == extraction  # the same again


@QUICK
@given(SOUP)
def test_the_record_is_valid(text: str) -> None:
    """The engine builds records without validation, for speed: they must pass it all the same."""
    extraction = parse(text)
    assert Extraction.model_validate(extraction.model_dump()) == extraction


@settings(max_examples=60, deadline=None)
@given(SOUP)
def test_explanation_agrees_with_the_engine(text: str) -> None:
    explanation = explain(text)
    explained = [
        value.claim for sentence in explanation.sentences for value in sentence.values if value.claim
    ]
    claims = [claim.model_dump(mode="json") for claim in parse(text).claims if hasattr(claim, "value")]
    assert explained == claims


@settings(max_examples=40, deadline=None)
@given(SOUP, SOUP)
def test_claims_do_not_depend_on_what_was_read_before(first: str, second: str) -> None:
    before = parse(second)
    parse(first)
    assert parse(second) == before


LONG = [
    *("1", "(", ")", "$", "{", "\\", "-", "~", "%", ".", ",", "^", "\0", "\ud800", "\n", "1 to "),
    *("sim ", "sim sim", "$2$ ", "1.", "1,", "1/", "1-", "1e", "10^", "2x, ", "5% and ", "7B-"),
    *("8-GPU ", "A", "A-B-", "a/b/", "[1] ", "http://", "a.b/c ", "\\url{", "\\times", "\\SI{1}{"),
    *("2 a b c d e ", "of 5% of ", "half ", "up to ", "than ", "order of magnitude ", "2x faster "),
    *("FooNet 7B, ", "the CIFAR-10 dataset, "),
]  # fmt: skip


@pytest.mark.parametrize("piece", LONG, ids=[ascii(piece) for piece in LONG])
def test_long_repetitions_come_to_an_end(piece: str) -> None:
    _check((piece * 10_000)[:10_000])


@pytest.mark.parametrize("text", [None, 5, 2.5, b"2x speedup", ["2x speedup"]])
def test_only_strings_are_read(text: object) -> None:
    with pytest.raises(TypeError, match=f"must be a string, not {type(text).__name__}"):
        parse(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\0", "No number here.", "Une phrase sans chiffres.", "12 and 13"]
)
def test_nothing_to_claim(text: str) -> None:
    assert parse(text).claims == ()


def test_identity_is_kept() -> None:
    extraction = parse("A 2x speedup.", id="p1", title="Fast 3x")
    assert (extraction.id, extraction.title) == ("p1", "Fast 3x")
    assert [claim.text for claim in extraction.claims] == ["2x"]  # the title is not read


class _Paper:
    id = 7
    title = None
    abstract = "A 2x speedup."


def test_many_papers_of_each_form() -> None:
    papers = ["A 2x speedup.", {"abstract": "A 2x speedup.", "id": "x", "title": "t", "year": 1}, _Paper()]
    found = list(parse_many(papers))
    assert [(each.id, each.title) for each in found] == [(None, None), ("x", "t"), ("7", None)]
    assert all(each.claims == found[0].claims for each in found)


@pytest.mark.parametrize("papers", ["It is 2x faster.", {"abstract": "It is 2x faster."}, pd.DataFrame()])
def test_one_paper_or_a_table_is_not_taken_for_many(papers: Any) -> None:
    with pytest.raises(InputError, match="this is one"):
        parse_many(papers)


def test_many_papers_are_read_lazily() -> None:
    iterator = parse_many(text for text in ["A 2x speedup.", 5])
    assert next(iterator).claims
    with pytest.raises(InputError) as caught:
        next(iterator)
    assert caught.value.row == 2


WITHOUT_TEXT = [
    ({"id": "x7", "abstract": None}, "the paper of id 'x7' has no text"),
    ({"abstract": float("nan")}, "the paper has no text"),
    ({"id": float("nan"), "abstract": pd.NA}, "the paper has no text"),
    ({"title": "T"}, "the paper has no text"),
    (None, "the paper has no text"),
    (float("nan"), "the paper has no text"),
    (pd.NA, "the paper has no text"),
    ({"id": 1, "abstract": ["2x"]}, "must be a string, not list"),
    (5, "this is a int"),
    ({"id": float("inf"), "abstract": "2x"}, "an infinite number"),
]


@pytest.mark.parametrize(("paper", "message"), WITHOUT_TEXT)
def test_a_paper_without_a_text_ends_the_reading_or_is_left_out(paper: Any, message: str) -> None:
    papers = ["A 2x speedup.", paper, "A 3x speedup."]
    with pytest.raises(InputError, match=message) as caught:
        list(parse_many(papers))
    assert caught.value.row == 2
    assert [found.claims[0].text for found in parse_many(papers, on_error="skip")] == ["2x", "3x"]


def test_what_becomes_of_errors_is_one_of_two_words() -> None:
    with pytest.raises(ValueError, match="on_error is 'raise' or 'skip', not 'ignore'"):
        parse_many([], on_error="ignore")


def test_ids_and_titles_of_a_table_are_what_they_were() -> None:
    frame = pd.DataFrame({"id": [1.0, None], "title": [float("nan"), "T"], "abstract": ["2x faster"] * 2})
    found = list(parse_many(frame.to_dict("records")))
    assert [(each.id, each.title) for each in found] == [("1", None), (None, "T")]
    table = extractor.parse_frame(frame, wide=True)
    assert [None if pd.isna(value) else value for value in table["id"]] == ["1", None]


def test_public_parse_is_the_engine() -> None:
    assert extractor.parse("A 2x speedup.").claims[0].kind == "speedup"


# --- where the words of a claim stand -----------------------------------------------------------------------

PLACES = [
    ("OakNet cuts peak memory by 30% over Elm.", "metric: peak memory, baseline: Elm, subject: OakNet"),
    ("It beats ElmNet by 2.3 F1 points.", "metric: F1, baseline: ElmNet"),
    ("On ImageNet, OakNet has 81% accuracy.", "metric: accuracy, subject: OakNet, dataset: ImageNet"),
    ("The OakNet-90M model is new.", "model: OakNet"),
]


@pytest.mark.parametrize(("text", "words"), PLACES, ids=[text for text, _ in PLACES])
def test_a_claim_knows_where_its_words_stand(text: str, words: str) -> None:
    claim = next(claim for claim in parse(text).claims if hasattr(claim, "value"))
    assert ", ".join(f"{name}: {text[slice(*place)]}" for name, place in claim.spans.items()) == words
    assert ", ".join(f"{name}: {getattr(claim, name)}" for name in claim.spans) == words


@QUICK
@given(SOUP)
def test_places_hold_the_words(text: str) -> None:
    claims = parse(text).claims
    named = [claim for claim in claims if isinstance(claim, (Hardware, Dataset))]
    things = {(mention.text, claim.name) for claim in named for mention in claim.mentions}
    for claim in claims:
        for name, (start, end) in claim.spans.items():
            words, said = text[start:end], getattr(claim, name)
            assert words == said or (words, said) in things  # of hardware, the name


def test_places_are_no_part_of_the_record() -> None:
    extraction = parse(PLACES[0][0])
    again = Extraction.model_validate(extraction.model_dump())
    assert again == extraction
    assert "spans" not in extraction.model_dump_json()
    assert (again.claims[0].spans, hash(again.claims[0])) == ({}, hash(extraction.claims[0]))
    assert pickle.loads(pickle.dumps(extraction)).claims[0].spans == extraction.claims[0].spans
