"""Sentence boundaries on raw text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.engine import builtin_engine, engine_of
from extractor.knowledge.sources import RuleFile
from extractor.text.sentences import LONGEST_SENTENCE, SentenceSplitter

READER = builtin_engine().parts.sentences
sentences, is_part = READER.sentences, READER.is_part

SPLIT = [
    ("One. Two.", ["One. ", "Two."]),
    ("One.  Two!\nThree? Four", ["One.  ", "Two!\n", "Three? ", "Four"]),
    ('He said "yes." Then he left.', ['He said "yes." ', "Then he left."]),
    ("(One.) Two.", ["(One.) ", "Two."]),
    ("We win. $5\\times$ is much.", ["We win. ", "$5\\times$ is much."]),
    ("We win. \\textbf{Foo} wins.", ["We win. ", "\\textbf{Foo} wins."]),
    ("It ends here. iPhone users agree.", ["It ends here. ", "iPhone users agree."]),
    ("It is 2.5x faster.Our code is open.", ["It is 2.5x faster.", "Our code is open."]),
    ("We reach 95.3%. The rest is noise.", ["We reach 95.3%. ", "The rest is noise."]),
    ("We use 3. 5 are left.", ["We use 3. ", "5 are left."]),
]
WHOLE = [
    "It is 3.14 times faster.", "See Fig. 3 and Sec. 4.", "Many, e.g. Foo, do.", "That is, i.e. Foo does.",
    "Smith et al. Found it.", "Foo vs. Bar is even.", "It is about (ca. 5) there.",
    "Dr. Foo and Prof. Bar agree.",
    "J. Doe wrote it.", "approx. 5 GB are used.", "Use v2.0 of it.", "It is at foo.bar and elsewhere.",
    "A line\nbreak is no end.", "The no. 5 is best.", "", " ", ".", "...", "no stop at all",
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), SPLIT, ids=[text for text, _ in SPLIT])
def test_split(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == parts


@pytest.mark.parametrize("text", WHOLE)
def test_whole(text: str) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == ([text] if text else [])


@given(st.one_of(st.text(), st.text(alphabet="aA1.!? \n\"')]$(\\e.g")))
def test_sentences_cover_the_text(text: str) -> None:
    assert "".join(text[span.start : span.end] for span in sentences(text)) == text


@pytest.mark.parametrize(
    ("phrase", "endings"),
    [
        ("LumoNet has 81.2% accuracy, ", [", "]), ("5 ms and ", ["ms "]),
        ("accuracy of 90% ", ["90% ", "accuracy "]),
        ("x", ["x"]), ("7", ["7"]), (" ", [" "]), ("(", ["("]), ("-7", ["-"]),
    ],
)  # fmt: skip
def test_an_overlong_sentence_comes_in_parts(phrase: str, endings: list[str]) -> None:
    text = "It is short. We say " + phrase * (3 * LONGEST_SENTENCE // len(phrase)) + ". It ends."
    parts = sentences(text)
    assert "".join(text[span.start : span.end] for span in parts) == text
    assert max(span.end - span.start for span in parts) <= LONGEST_SENTENCE
    assert len(parts) <= 6
    assert text[parts[1].start : parts[1].end].endswith(tuple(endings))
    assert not is_part(text, parts[0])
    assert is_part(text, parts[1])


def test_a_sentence_of_usual_length_is_whole() -> None:
    text = "word " * (LONGEST_SENTENCE // 5 - 1) + "end."
    assert [is_part(text, span) for span in sentences(text)] == [False]


def test_abbreviations_are_data() -> None:
    text = "The Dept. Found it, i.e. us."
    own = RuleFile("own.yaml", "type: view\nabbreviations: [dept]\npointed: [dept]\n")
    bare = RuleFile("bare.yaml", "type: view\nremove: {abbreviations: [al], pointed: [i.e]}\n")

    def split(reader: SentenceSplitter, text: str) -> list[str]:
        return [text[span.start : span.end] for span in reader.sentences(text)]

    assert split(READER, text) == ["The Dept. ", "Found it, i.e. us."]
    assert split(engine_of([own]).parts.sentences, text) == [text]
    assert split(engine_of([bare]).parts.sentences, "Foo et al. Found it.") == ["Foo et al. ", "Found it."]
    plain, more, less = (each.ruleset.tagger.tokens.plain for each in map(engine_of, ((), [own], [bare])))
    assert more.findall("dept. of")[0][0] == "dept."
    assert plain.findall("dept. of")[0][0] == "dept"
    assert plain.findall("i.e. us")[0][0] == "i.e."
    assert less.findall("i.e. us")[0][0] != "i.e."
