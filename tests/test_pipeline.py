"""The component ``claims`` of spaCy: found without import, in any pipeline; its work survives storing."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

import extractor
from extractor.errors import InputError, RuleError
from extractor.labels.convert import formats
from extractor.spacy_ import displacy_options, examples, to_doc, to_extraction
from extractor.spacy_.components import ClaimsComponent
from extractor.spacy_.sources import EngineSource

TEXT = "FooNet is 2.5times faster than BarNet on ImageNet, and needs one A100 and 40% less memory."
RULES = """
rules:
  - id: relative.snappier
    kind: relative
    status: experimental
    pattern: "{vals} (cue: snappier)"
    set: {sense: fast}
"""
KIND = """
type: kind
kind: glow
family: thing
label: glow
about: A sort of glow.
color: ['#345678', '#abcdef']
"""
TERMS = """
type: terms
kind: glow
entries: [{name: Afterglow}]
"""


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A user's own pipeline: another tokenizer, and the one component."""
    nlp = spacy.blank("en")
    nlp.add_pipe("claims")
    return nlp


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "mine" / "rules.yaml"
    path.parent.mkdir()
    path.write_text(RULES, encoding="utf-8")
    return path


def _spans(doc: Doc, key: str = "claims") -> list[tuple[str, str, str]]:
    return [(span.text, span.label_, span.id_) for span in doc.spans[key]]


def _linked(span: Span) -> dict[str, str]:
    names = ("metric", "baseline", "subject", "dataset", "hardware", "model")
    return {name: found.text for name in names if (found := getattr(span._, name))}


def test_component_is_found_without_import_and_imports_little() -> None:
    code = (
        "import sys, spacy; nlp = spacy.blank('en'); nlp.add_pipe('claims'); "
        "print([n for n in ('extractor.engine', 'extractor.record.schema', 'extractor.evaluation.run')"
        " if n in sys.modules]); "
        "doc = nlp('A 2x speedup.'); print([span.label_ for span in doc.spans['claims']])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.splitlines() == ["[]", "['speedup']"]


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("spacy_factories", "claims"),
        ("spacy_tokenizers", "paperclaims.tokenizer.v1"),
        ("spacy_scorers", "paperclaims.claims_scorer.v1"),
    ],
)
def test_entry_points_load(group: str, name: str) -> None:
    (point,) = entry_points(group=group, name=name)
    assert callable(point.load())


def test_spans_and_records(nlp: Language) -> None:
    doc = nlp(TEXT)
    claims = extractor.parse(TEXT).claims
    assert [(label, rule) for _, label, rule in _spans(doc)] == [(claim.kind, claim.rule) for claim in claims]
    for span, claim in zip(doc.spans["claims"], claims, strict=True):
        assert span.start_char <= claim.start < claim.end <= span.end_char
        assert (span._.claim, span._.claim.spans) == (claim, claim.spans)
        assert type(span._.claim) is type(claim)
    assert doc._.claims == [claim.model_dump(mode="json") for claim in claims]
    assert to_extraction(doc, id="x").claims == claims


def test_links_are_spans(nlp: Language) -> None:
    doc = nlp(TEXT)
    speedup = doc.spans["claims"][0]
    assert _linked(speedup) == {
        "metric": "faster",
        "baseline": "BarNet",
        "subject": "FooNet",
        "dataset": "ImageNet",
    }
    assert isinstance(speedup._.subject, Span)
    assert speedup._.subject.label_ == "subject"


def test_every_mention_is_a_span(nlp: Language) -> None:
    doc = nlp("We train on an A100 and test on CIFAR-10. The A100 is 2x faster on CIFAR-10.")
    assert [span.text for span in doc.spans["things"] if span.label_ == "hardware"] == ["A100", "A100"]
    assert [span._.claim.name for span in doc.spans["things"]].count("CIFAR-10") == 2
    assert doc[0:2]._.claim is None


def test_values_in_one_token_are_told_apart(nlp: Language) -> None:
    doc = nlp("It is 2.3x/4x faster than BarNet.")
    first, second = doc.spans["claims"]
    assert first.text == second.text == "2.3x/4x"
    assert first != second
    assert [doc.text[s._.claim.start : s._.claim.end] for s in (first, second)] == ["2.3x", "4x"]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "No claims.", "2x2x2x faster", "a\0b 2x speedup", "(2x)faster"]
)
def test_odd_documents(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert len(doc.spans["claims"]) == len(doc._.claims)


@pytest.mark.parametrize("user_data", [True, False])
def test_docbin(nlp: Language, user_data: bool) -> None:
    stored = DocBin(docs=list(nlp.pipe([TEXT, "A 2x speedup."])), store_user_data=user_data).to_bytes()
    restored = list(DocBin().from_bytes(stored).get_docs(spacy.blank("en").vocab))
    assert _spans(restored[0]) == _spans(nlp(TEXT))
    if user_data:
        assert [to_extraction(doc) for doc in restored] == [extractor.parse(doc.text) for doc in restored]
        assert _linked(restored[0].spans["claims"][0])["baseline"] == "BarNet"
    else:
        assert restored[0].spans["claims"][0]._.claim is None
        assert _linked(restored[0].spans["claims"][0]) == {}
        with pytest.raises(InputError, match="store_user_data"):
            to_extraction(restored[0])


def test_convert_and_component_read_each_others_files(nlp: Language, tmp_path: Path) -> None:
    doc = nlp(TEXT)
    DocBin(docs=[doc], store_user_data=True).to_disk(tmp_path / "component.spacy")
    (read,) = formats.read(tmp_path / "component.spacy", "docbin")
    assert read.claims == to_extraction(doc).claims
    formats.write(tmp_path / "converted.spacy", [read.model_copy(update={"id": "p1"})], "docbin")
    (converted,) = DocBin().from_disk(tmp_path / "converted.spacy").get_docs(nlp.vocab)
    assert to_extraction(converted) == read.model_copy(update={"id": "p1"})
    assert [span._.claim for span in converted.spans["claims"]] == list(read.claims)


def test_edited_spans_are_what_is_taken(nlp: Language) -> None:
    doc = nlp("FooNet is 3x faster and needs 40% less memory on ImageNet.")
    _, change, dataset = doc.spans["claims"]
    wider = Span(doc, change.start, change.end + 1, label=change.label_, kb_id=change.kb_id_)
    doc.spans["claims"] = [wider, dataset]
    kept, named = to_extraction(doc).claims
    assert (kept.text, kept.kind, named) == ("40% less", "change", dataset._.claim)
    doc.spans["claims"] = [Span(doc, 0, 1, label="dataset")]
    with pytest.raises(ValueError, match="name"):
        to_extraction(doc)


def test_document_without_claims_says_what_to_do() -> None:
    with pytest.raises(InputError, match="run a pipeline with the component 'claims'"):
        to_extraction(spacy.blank("en")("A 2x speedup."))


def test_saved_pipeline_keeps_the_users_rules_and_kinds(rules: Path, tmp_path: Path) -> None:
    (rules.parent / "glow.yaml").write_text(KIND, encoding="utf-8")
    (rules.parent / "glows.yaml").write_text(TERMS, encoding="utf-8")
    nlp = extractor.load(rules=[rules.parent])
    sentence = "With Afterglow, the editor is 3x snappier."
    before = _spans(nlp(sentence))
    assert [each[:2] for each in before] == [("Afterglow", "glow"), ("3x", "speedup")]
    doc = nlp(sentence)
    assert doc.spans["claims"][0]._.claim.name == "Afterglow"
    assert "glow" in nlp.pipe_labels["claims"]
    nlp.to_disk(tmp_path / "pipeline")
    data = nlp.to_bytes()
    for path in rules.parent.iterdir():
        path.unlink()  # the saved pipeline does not need the files again
    assert _spans(spacy.load(tmp_path / "pipeline")(sentence)) == before
    assert _spans(extractor.load().from_bytes(data)(sentence)) == before


def test_saved_component_keeps_the_users_rules(rules: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("claims", config={"rules": str(rules)})
    data = nlp.to_bytes()
    other = spacy.blank("en")
    other.add_pipe("claims")
    assert _spans(other.from_bytes(data)("The editor is 3x snappier.")) == [
        ("3x", "speedup", "relative.snappier")
    ]


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
    doc = nlp("The editor is 3x snappier, and uses 40% less memory.")
    assert [text for text, *_ in _spans(doc)] == ["40%"]
    assert [text for text, *_ in _spans(doc, "mine")] == ["3x", "40%"]
    assert doc.spans["mine"][0]._.claim.rule == "relative.snappier"
    assert doc.spans["claims"][0]._.claim.kind == "change"
    assert [len(to_extraction(doc, key=key).claims) for key in ("claims", "mine")] == [1, 2]


def test_component_can_be_pickled() -> None:
    component = ClaimsComponent("claims", EngineSource())
    component(spacy.blank("en")("A 2x speedup."))
    doc = pickle.loads(pickle.dumps(component))(spacy.blank("en")("A 2x speedup."))
    assert _spans(doc)[0][:2] == ("2x", "speedup")


def test_kinds_are_chosen() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("claims", config={"kinds": ["dataset", "change"]})
    assert [label for _, label, _ in _spans(nlp(TEXT))] == ["dataset", "change"]
    assert nlp.pipe_labels["claims"] == ["dataset", "change"]
    with pytest.raises(InputError, match="'speed' is none of speedup, change"):
        extractor.load(kinds=["speed"])


def test_things_become_entities_where_there_are_none() -> None:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PRODUCT", "pattern": "A100"}])
    nlp.add_pipe("claims", config={"ents": True})
    found = [(entity.text, entity.label_) for entity in nlp("An A100 and a V100 read CIFAR-10.").ents]
    assert found == [("A100", "PRODUCT"), ("V100", "hardware"), ("CIFAR-10", "dataset")]


def _with_names(**config: Any) -> Language:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "DATASET", "pattern": "winter logs", "id": "WinterLogs"},
            {"label": "HARDWARE", "pattern": "the slow box"},
            {"label": "SYSTEM", "pattern": "graph gated trainer"},
        ]
    )
    nlp.add_pipe("claims", config={"names_from": ["ents"], **config})
    return nlp


def test_a_users_names_are_datasets_hardware_and_subjects() -> None:
    nlp = _with_names(names_as={"SYSTEM": "subject"})
    doc = nlp("The graph gated trainer is 2x faster than BarNet on winter logs, on the slow box.")
    speedup = next(span for span in doc.spans["claims"] if span.label_ == "speedup")
    found = _linked(speedup)
    assert (found["subject"], found["dataset"]) == ("graph gated trainer", "winter logs")
    named = {span.label_: span._.claim for span in doc.spans["claims"]}
    assert (named["dataset"].name, named["dataset"].rule) == ("WinterLogs", "names.ents")
    assert (named["hardware"].text, named["hardware"].category) == ("the slow box", "other")
    assert speedup._.claim.subject == "graph gated trainer"


def test_a_users_names_take_the_place_of_ours() -> None:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("span_ruler", config={"spans_key": "mine"})
    ruler.add_patterns([{"label": "dataset", "pattern": "A100 logs"}])
    nlp.add_pipe("claims", config={"names_from": ["spans.mine"]})
    doc = nlp("On A100 logs it is 2x faster.")
    assert [(text, label) for text, label, _ in _spans(doc, "things")] == [("A100 logs", "dataset")]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"names_from": ["entities"]}, "'entities' is no place of names"),
        ({"names_as": {"X": "score"}}, "'X' cannot be 'score'"),
    ],
)
def test_wrong_names_are_told(config: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message):  # spaCy may put an error of its own around it
        _with_names(**config)("It is 2x faster.")


def test_several_processes_and_contexts(nlp: Language) -> None:
    texts = [(TEXT, {"id": 1}), ("A 2x speedup.", {"id": 2}), ("Nothing.", {"id": 3})]
    read = list(nlp.pipe(texts, as_tuples=True, n_process=2))
    assert [context["id"] for _, context in read] == [1, 2, 3]
    assert [to_extraction(doc) for doc, _ in read] == [extractor.parse(text) for text, _ in texts]
    assert _linked(read[0][0].spans["claims"][0])["baseline"] == "BarNet"


def test_select_pipes_and_filter_spans(nlp: Language) -> None:
    with nlp.select_pipes(disable=["claims"]):
        assert "claims" not in nlp(TEXT).spans
    doc = nlp("It is 2.3x/4x faster than BarNet.")
    assert [span._.claim.text for span in filter_spans(doc.spans["claims"])] == ["2.3x"]


def test_config_file_holds_the_component(tmp_path: Path) -> None:
    config = """
        [nlp]
        lang = "en"
        pipeline = ["sentencizer", "claims"]
        [components]
        [components.sentencizer]
        factory = "sentencizer"
        [components.claims]
        factory = "claims"
        kinds = ["speedup"]
        """
    (tmp_path / "config.cfg").write_text("\n".join(line.strip() for line in config.splitlines()))
    nlp = spacy.util.load_model_from_config(spacy.util.load_config(tmp_path / "config.cfg"), auto_fill=True)
    assert [label for _, label, _ in _spans(nlp(TEXT))] == ["speedup"]


def test_evaluation_reports_our_tiers(nlp: Language) -> None:
    gold = [extractor.parse(TEXT, id="a"), extractor.parse("It is 3x faster.", id="b")]
    wrong = gold[1].model_copy(update={"claims": ()})
    scores = nlp.evaluate(list(examples(nlp, [gold[0], wrong])))
    count = len(gold[0].claims)
    assert scores["claims_exact_p"] == pytest.approx(count / (count + 1))
    assert (scores["claims_record_r"], scores["claims_linked_r"]) == (1.0, 1.0)
    assert scores["claims_per_kind"]["dataset"]["linked"]["f"] == 1.0
    assert "score" not in scores["claims_per_kind"]


def test_evaluation_names_scores_by_key_and_counts_the_wanted_kinds() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("claims", config={"spans_key": "mine", "kinds": ["dataset"]})
    scores = nlp.evaluate(list(examples(nlp, [extractor.parse(TEXT, id="a")], key="mine")))
    assert scores["mine_exact_f"] == 1.0
    assert list(scores["mine_per_kind"]) == ["dataset"]


def test_displacy_shows_claims_in_our_colours(nlp: Language) -> None:
    options = displacy_options()
    page = displacy.render(nlp(TEXT), style="span", options=options, jupyter=False)
    assert set(options["colors"]) == set(nlp.pipe_labels["claims"])
    assert options["colors"]["speedup"] in page


def test_factory_is_described(nlp: Language) -> None:
    meta = nlp.get_pipe_meta("claims")
    assert {"doc.spans", "doc._.claims", "span._.claim", "span._.metric"} <= set(meta.assigns)
    assert (nlp.analyze_pipes() or {})["problems"] == {"claims": []}
    assert nlp.config["components"]["claims"]["factory"] == "claims"


def test_a_trained_pipeline_takes_the_component() -> None:
    name = "en_core_web_sm"
    if not spacy.util.is_package(name):
        pytest.skip(f"no trained pipeline: {name} is not installed")
    nlp = spacy.load(name)
    nlp.add_pipe("claims", config={"names_from": ["ents"], "names_as": {"PRODUCT": "hardware"}, "ents": True})
    doc = nlp(TEXT)
    assert [claim["text"] for claim in doc._.claims] == [claim.text for claim in extractor.parse(TEXT).claims]
    assert all(span.sent.text for span in doc.spans["claims"])
    assert to_doc(extractor.parse(TEXT), nlp).text == TEXT
