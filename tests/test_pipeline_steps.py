"""The pipeline of `extractor.load`: the engine's tokens, then things, values, links and claims in steps."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, DocBin, Span

import extractor
from extractor.engine import builtin_engine
from extractor.reading import Reading
from extractor.record.schema import NamedClaim
from extractor.spacy_ import to_extraction
from extractor.spacy_.tokenizer import EngineTokenizer
from extractor.spacy_.words import covering, pieces
from extractor.things.given import GivenName

GOLD = Path(__file__).parents[1] / "gold"
TEXT = (
    "LumoNet is 2.5 times faster than BarNet on ImageNet-1k and 1.5x--2x smaller. It takes 40 GB on an A100."
)
LATEX = r"\textbf{LumoNet} cuts latency by $\sim$30\%, to $2.1 \times 10^3$ ms on {ImageNet} (\emph{A100})."


@pytest.fixture(scope="module")
def nlp() -> Language:
    return extractor.load()


def _texts() -> list[str]:
    lines = (line for path in sorted(GOLD.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [json.loads(line)["abstract"] for line in lines]


def test_both_paths_give_the_same_claims_on_gold(nlp: Language) -> None:
    texts = _texts()
    other = spacy.blank("en")
    other.add_pipe("claims")
    assert len(texts) > 100
    for text, doc, plain in zip(texts, nlp.pipe(texts), other.pipe(texts), strict=True):
        claims = extractor.parse(text).claims
        records = [claim.model_dump(mode="json") for claim in claims]
        assert doc.text == text
        assert doc._.claims == plain._.claims == records
        assert len(doc.spans["claims"]) == len(plain.spans["claims"]) == len(claims)
        for span, claim in zip(doc.spans["claims"], claims, strict=True):
            assert (span.start_char, span.end_char) == (claim.start, claim.end)


def test_values_and_names_are_tokens(nlp: Language) -> None:
    doc = nlp(TEXT)
    words = [token.text for token in doc]
    assert words[:6] == ["LumoNet", "is", "2.5 times", "faster", "than", "BarNet"]
    assert {"1.5x--2x", "40 GB", "A100", "."} <= set(words)
    assert all(span.start_char == span._.claim.start for span in doc.spans["claims"] if span._.claim)
    assert [(span.text, span.label_) for span in doc.spans["values"]] == [
        ("2.5 times", "ratio"),
        ("1.5x--2x", "ratio"),
        ("40 GB", "unit"),
    ]


def test_links_are_there_before_the_claims(nlp: Language) -> None:
    with nlp.select_pipes(disable=["claims"]):
        doc = nlp(TEXT)
    first = doc.spans["values"][0]
    assert (first._.baseline.text, first._.dataset.text) == ("BarNet", "ImageNet-1k")
    assert first._.claim is None
    assert "claims" not in doc.spans


def test_a_step_that_is_left_out_changes_no_claim(nlp: Language) -> None:
    whole = nlp(TEXT)._.claims
    for name in ("things", "values", "links"):
        with nlp.select_pipes(disable=[name]):
            doc = nlp(TEXT)
            assert doc._.claims == whole
            assert ("values" in doc.spans) == (name != "values")


def test_analysis_reads_like_the_documentation(nlp: Language) -> None:
    analysis: Any = nlp.analyze_pipes()
    assert list(analysis["summary"]) == ["things", "values", "links", "claims"]
    assert not any(analysis["problems"].values())
    assert analysis["attrs"]["span._.metric"] == {"assigns": ["links"], "requires": ["claims"]}
    assert analysis["attrs"]["doc._.claims"]["assigns"] == ["claims"]
    alone = spacy.blank("en")
    alone.add_pipe("claim_links")
    problems: Any = alone.analyze_pipes()
    assert problems["problems"] == {"claim_links": ["doc.spans"]}


def test_labels_of_all_components(nlp: Language) -> None:
    labels = nlp.pipe_labels
    assert labels["things"] == ["hardware", "dataset", "url"]
    assert set(labels["values"]) >= {"ratio", "percent", "unit"}
    assert labels["links"][:2] == ["metric", "baseline"]
    assert labels["claims"][:2] == ["speedup", "change"]


def test_matchers_see_values_as_tokens(nlp: Language) -> None:
    doc = nlp(TEXT)
    matcher = Matcher(nlp.vocab)
    matcher.add("FASTER", [[{"TEXT": {"REGEX": "times$"}}, {"LOWER": "faster"}]])
    (found,) = matcher(doc, as_spans=True)
    assert found.text == "2.5 times faster"
    phrases = PhraseMatcher(nlp.vocab)
    phrases.add("SIZE", [nlp.make_doc("40 GB")])
    assert [span.text for span in phrases(doc, as_spans=True)] == ["40 GB"]


PIECES = [
    *(
        "3x",
        "2.5 times",
        "A100",
        "ImageNet-1k",
        r"\textbf{",
        "}",
        "$",
        r"30\%",
        " ",
        "  ",
        "\n",
        "é",
        "faster than",
    ),
    *("CIFAR-10/100", "(", ")", r"\SI{4}{\giga\byte}", "\0", "--", "2.3x/4x", "x", ".", "https://a.io/b"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_tokens_give_the_text_again_and_values_are_whole(nlp: Language, text: str) -> None:
    reading = Reading(builtin_engine(), text)
    doc = nlp(text)
    assert doc.text == text
    assert doc._.claims == [claim.model_dump(mode="json") for claim in reading.claims]
    assert len(doc.spans["values"]) == len(reading.values)
    assert all(token.text for token in doc)


def test_latex_is_read_as_before(nlp: Language) -> None:
    doc = nlp(LATEX)
    assert doc.text == LATEX
    assert to_extraction(doc) == extractor.parse(LATEX)
    named = [claim for claim in extractor.parse(LATEX).claims if isinstance(claim, NamedClaim)]
    mentions = [mention.text for claim in named for mention in claim.mentions]
    assert sorted(span.text for span in doc.spans["things"]) == sorted(mentions)


@pytest.mark.parametrize(
    ("text", "places", "edges", "words"),
    [
        ("ab cd", [(0, 2, False), (3, 5, False)], [], ["ab", "cd"]),
        ("abcd", [(0, 4, False)], [2], ["ab", "cd"]),
        ("abcd", [(0, 4, True)], [2], ["abcd"]),
        ("a  b", [(0, 1, False)], [], ["a", " ", "b"]),
        ("abcd", [(0, 3, False), (2, 4, True)], [], ["ab", "cd"]),
        (" a\n", [(1, 2, False)], [], [" ", "a", "\n"]),
        ("{ab}", [(1, 3, False)], [], ["{", "ab", "}"]),
    ],
)
def test_words(text: str, places: list[tuple[int, int, bool]], edges: list[int], words: list[str]) -> None:
    cut = pieces(text, covering(text, places, edges))
    assert cut.words() == words
    assert "".join(cut.pieces) == text


def test_a_reading_on_its_way_is_not_stored(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT)
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (again,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    for one in (doc.copy(), again, pickle.loads(pickle.dumps(doc))):
        assert to_extraction(nlp(one)) == extractor.parse(TEXT)
    assert [to_extraction(read) for read in nlp.pipe([TEXT] * 3, n_process=2)] == [extractor.parse(TEXT)] * 3


def test_words_that_the_vocabulary_forgot_are_told_anew() -> None:
    nlp = extractor.load()
    text = "Zorbified LumoNets are 3.75x faster."
    with nlp.memory_zone():
        before = [token.text for token in nlp(text)]
    assert (
        [token.text for token in nlp(text)]
        == before
        == ["Zorbified", "LumoNets", "are", "3.75x", "faster", "."]
    )


def test_a_part_of_a_doc_is_read_for_itself(nlp: Language) -> None:
    part = nlp.make_doc(TEXT)[0:4].as_doc(copy_user_data=True)
    assert [claim["text"] for claim in nlp(part)._.claims] == ["2.5 times"]


def test_names_are_given_before_the_steps() -> None:
    nlp = extractor.load(names_from=["ents"], names_as={"METHOD": "subject"}, ents=True)
    assert isinstance(nlp.tokenizer, EngineTokenizer)
    assert not nlp.tokenizer.source.ahead
    ruler: Any = nlp.add_pipe("entity_ruler", before="things")
    ruler.add_patterns([{"label": "METHOD", "pattern": "gated fox trainer"}])
    doc = nlp("The gated fox trainer is 2x faster than BarNet on an A100.")
    assert doc.spans["claims"][0]._.subject.text == "gated fox trainer"
    assert [(entity.text, entity.label_) for entity in doc.ents] == [
        ("gated fox trainer", "METHOD"),
        ("A100", "hardware"),
    ]


def test_given_names_in_a_text_that_is_read_otherwise() -> None:
    text = r"On \textbf{winter logs}, FooNet is $2\times$ faster. Winter logs are new; winter logs stay."
    start = text.index("winter logs")
    last = text.rindex("winter logs")
    names = [GivenName(place, place + 11, "dataset", "winter logs", "names.mine") for place in (start, last)]
    claims = Reading(builtin_engine(), text, names).claims
    (named,) = [claim for claim in claims if isinstance(claim, extractor.Dataset)]
    assert [text[mention.start : mention.end] for mention in named.mentions] == ["winter logs"] * 2
    assert [claim.dataset for claim in claims if isinstance(claim, extractor.Speedup)] == ["winter logs"]


@pytest.mark.filterwarnings("ignore:span._.metric is an extension")
def test_an_extension_of_the_users_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from spacy.tokens.underscore import Underscore

    monkeypatch.setattr(Underscore, "span_extensions", {})
    Span.set_extension("metric", default="mine")
    with pytest.warns(UserWarning, match=r"span._.metric is an extension of your own"):
        spacy.blank("en").add_pipe("claims")
    nlp = extractor.load()
    doc: Doc = nlp("It is 2x faster.")
    assert doc.spans["claims"][0]._.metric == "mine"
    assert doc.spans["claims"][0]._.claim.kind == "speedup"
