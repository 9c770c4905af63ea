"""The component ``claims`` of spaCy: found without import, and its work survives being stored."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

import extractor
from extractor.errors import InputError, RuleError
from extractor.spacy_.pipeline import ClaimsComponent, to_extraction

TEXT = "FooNet is 2.5times faster than BarNet on ImageNet, and needs one A100 and 40% less memory."
RULES = """
rules:
  - id: relative.snappier
    kind: relative
    status: experimental
    pattern: "{vals} (cue: snappier)"
    set: {sense: fast}
"""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return extractor.load()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "mine" / "rules.yaml"
    path.parent.mkdir()
    path.write_text(RULES, encoding="utf-8")
    return path


def _spans(doc: Doc, key: str = "claims") -> list[tuple[str, str, str]]:
    return [(span.text, span.label_, span.id_) for span in doc.spans[key]]


def test_component_is_found_without_import_and_imports_little() -> None:
    code = (
        "import sys, spacy; nlp = spacy.blank('en'); nlp.add_pipe('claims'); "
        "print('extractor.engine' in sys.modules, 'extractor.rulelang.ruleset' in sys.modules); "
        "doc = nlp('A 2x speedup.'); print([span.label_ for span in doc.spans['claims']])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.splitlines() == ["False False", "['speedup']"]


def test_spans_and_records(nlp: Language) -> None:
    doc = nlp(TEXT)
    claims = extractor.parse(TEXT).claims
    assert [(label, rule) for _, label, rule in _spans(doc)] == [(claim.kind, claim.rule) for claim in claims]
    for span, claim in zip(doc.spans["claims"], claims, strict=True):
        assert span.start_char <= claim.start < claim.end <= span.end_char
    assert doc._.claims == [claim.model_dump(mode="json") for claim in claims]
    assert to_extraction(doc, id="x").claims == claims


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "No claims.", "2x2x2x faster", "a\0b 2x speedup", "(2x)faster"]
)
def test_odd_documents(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert len(doc.spans["claims"]) == len(doc._.claims)


def test_docbin_keeps_spans_and_records(nlp: Language) -> None:
    stored = DocBin(docs=list(nlp.pipe([TEXT, "A 2x speedup."])), store_user_data=True).to_bytes()
    restored = list(DocBin().from_bytes(stored).get_docs(spacy.blank("en").vocab))
    assert _spans(restored[0]) == _spans(nlp(TEXT))
    assert [to_extraction(doc) for doc in restored] == [extractor.parse(doc.text) for doc in restored]


def test_document_without_claims_says_what_to_do() -> None:
    with pytest.raises(InputError, match="run a pipeline with the component 'claims'"):
        to_extraction(spacy.blank("en")("A 2x speedup."))


def test_saved_pipeline_keeps_the_users_rules(rules: Path, tmp_path: Path) -> None:
    nlp = extractor.load(rules=[rules.parent])
    sentence = "The editor is 3x snappier."
    before = _spans(nlp(sentence))
    assert before == [("3x", "speedup", "relative.snappier")]
    nlp.to_disk(tmp_path / "pipeline")
    data = nlp.to_bytes()
    rules.unlink()  # the saved pipeline does not need the file again
    assert _spans(spacy.load(tmp_path / "pipeline")(sentence)) == before
    other = spacy.blank("en")
    other.add_pipe("claims")
    assert _spans(other.from_bytes(data)(sentence)) == before


def test_rules_are_told_wrong_at_once_by_load(rules: Path) -> None:
    rules.write_text("rules: [{id: A}]", encoding="utf-8")
    with pytest.raises(RuleError, match="rule A: the id must be"):
        extractor.load(rules=[rules])
    with pytest.raises(RuleError, match="no such file"):
        extractor.load(rules=[rules.parent / "none.yaml"])


def test_other_key_and_two_components(rules: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("claims")
    nlp.add_pipe("claims", name="mine", config={"spans_key": "mine", "rules": [str(rules)]})
    doc = nlp("The editor is 3x snappier.")
    assert (_spans(doc), _spans(doc, "mine")) == ([], [("3x", "speedup", "relative.snappier")])


def test_component_can_be_pickled() -> None:
    component = ClaimsComponent()
    component(spacy.blank("en")("A 2x speedup."))
    doc = pickle.loads(pickle.dumps(component))(spacy.blank("en")("A 2x speedup."))
    assert _spans(doc)[0][:2] == ("2x", "speedup")


def test_factory_is_described(nlp: Language) -> None:
    meta = nlp.get_pipe_meta("claims")
    assert meta.assigns == ["doc.spans", "doc._.claims"]
    assert nlp.config["components"]["claims"] == {"factory": "claims", "rules": [], "spans_key": "claims"}
