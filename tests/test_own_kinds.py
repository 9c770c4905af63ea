"""docs/own-kinds.md: a reader who does what it says gets what it prints."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest
from guide_blocks import blocks, run_commands
from spacy.tokens import DocBin

import extractor
from extractor.batch.run import BatchOptions, run_batch
from extractor.engine import Engine, engine_of
from extractor.errors import InputError, RuleError
from extractor.evaluation.render import from_json, to_json
from extractor.evaluation.run import evaluate
from extractor.labels.convert import convert
from extractor.labels.gold import load_gold
from extractor.labels.goldfile import write_gold
from extractor.spacy_.pipeline import to_extraction
from extractor.tables.writers import Layout

PAGE = Path(__file__).parent.parent / "docs" / "own-kinds.md"


def test_the_guide_from_start_to_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    out = ""
    for what, block in blocks(PAGE):
        if what.startswith("file: "):
            (tmp_path / what.removeprefix("file: ")).write_text(block, encoding="utf-8")
        elif what == "commands":
            run_commands(block)
        elif what == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(block, "own-kinds.md", "exec"), {})
            out = stream.getvalue()
        else:
            assert out == block
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "[data-kind=carbon] { --hue: #3f6212; }" in page
    assert "Most carbon" in page


def test_the_guide_has_all_it_promises() -> None:
    kinds = [what for what, _ in blocks(PAGE)]
    assert sum(what.endswith("-gold.jsonl") for what in kinds) == 3
    assert kinds.count("commands") >= 8


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the guide ends with, and the labels beside it."""
    folder = tmp_path_factory.mktemp("guide")
    (folder / "own").mkdir()
    for what, block in blocks(PAGE):
        if what.startswith("file: "):
            (folder / what.removeprefix("file: ")).write_text(block, encoding="utf-8")
    return folder / "own"


@pytest.fixture(scope="module")
def engine(own: Path) -> Engine:
    return engine_of(own)


TEXT = (
    "Training LumoNet emits 12.5 kg CO2e. It has a 128K context window and uses the Muon optimizer, not Lion."
)


def test_two_engines_do_not_touch_each_other(engine: Engine) -> None:
    assert [claim.kind for claim in engine.parse(TEXT).claims] == [
        *("carbon", "context_length", "optimizer", "optimizer")
    ]
    assert [claim.kind for claim in extractor.parse(TEXT).claims] == ["quantity"]


def test_offsets_hold_behind_marks_that_are_read_over(engine: Engine) -> None:
    text = "We use \\textbf{Muon}, an opti\u00admizer of 12.5~kg CO2e."
    claims = engine.parse(text).claims
    assert [claim.kind for claim in claims] == ["optimizer", "carbon"]
    assert all(text[claim.start : claim.end] == claim.text for claim in claims)


def test_addresses_hold_no_thing(engine: Engine) -> None:
    (claim,) = engine.parse("The optimizer is at https://github.com/Muon/Lion.").claims
    assert claim.kind == "url"


@pytest.mark.parametrize("processes", [1, 2])
def test_batches(own: Path, tmp_path: Path, processes: int) -> None:
    papers, out = tmp_path / "papers.jsonl", tmp_path / "claims.csv"
    lines = (json.dumps({"id": str(number), "abstract": TEXT}) for number in range(4))
    papers.write_text("\n".join(lines), encoding="utf-8")
    run_batch([str(papers)], out, Layout(), options=BatchOptions(processes=processes, chunk=2), rules=own)
    head, first, *_ = out.read_text(encoding="utf-8").splitlines()
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert (row["kind"], row["scope"], row["emitter"]) == ("carbon", "training", "LumoNet")
    manifest = json.loads((tmp_path / "claims.csv.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["claims"]["optimizer"], manifest["claims"]["speedup"]) == (8, 0)
    assert manifest["layout"] == Layout().settings


@pytest.mark.parametrize("format_", ["brat", "doccano", "label-studio", "docbin"])
def test_annotation_tools_and_back(own: Path, tmp_path: Path, format_: str) -> None:
    kinds = extractor.kinds_of_rules(own)
    gold = load_gold(sorted(own.parent.glob("*-gold.jsonl"))[:1], kinds=kinds)
    source, there, back = tmp_path / "gold.jsonl", tmp_path / "there", tmp_path / "back.jsonl"
    write_gold(source, gold)
    convert(source, there, from_="gold", to=format_, kinds=kinds)
    convert(there, back, from_=format_, to="gold", kinds=kinds)
    assert load_gold([back], kinds=kinds) == gold


def test_gold_of_an_unknown_kind_is_told(own: Path) -> None:
    with pytest.raises(InputError, match="kind 'carbon' is none of speedup, change"):
        load_gold([own.parent / "carbon-gold.jsonl"])


def test_an_evaluation_is_read_back_without_the_kinds(own: Path, engine: Engine, tmp_path: Path) -> None:
    gold = load_gold([own.parent / "optimizer-gold.jsonl"], kinds=extractor.kinds_of_rules(own))
    found = [engine.parse(each.abstract.replace("is", "is"), id=each.id) for each in gold]
    wrong = [each.model_copy(update={"claims": each.claims[:1]}) for each in found]
    evaluation = evaluate(gold, wrong, resamples=0)
    assert evaluation.row("optimizer").detect.right == 2
    path = tmp_path / "evaluation.json"
    path.write_text(to_json(evaluation), encoding="utf-8")
    assert from_json(path) == evaluation


def test_a_docbin_of_the_pipeline(own: Path) -> None:
    nlp = extractor.load(rules=own)
    doc = nlp(TEXT)
    again = next(DocBin(store_user_data=True, docs=[doc]).get_docs(nlp.vocab))
    kinds = extractor.kinds_of_rules(own)
    claims = to_extraction(again, kinds=kinds).claims
    assert [claim.kind for claim in claims] == ["carbon", "context_length", "optimizer", "optimizer"]


def test_a_table_of_too_few_kinds_says_so(engine: Engine) -> None:
    with pytest.raises(InputError, match="of the kind 'carbon', which is none of speedup"):
        extractor.to_frame(engine.parse(TEXT), kinds=extractor.kinds_of_rules(()))
    assert "context_max" in extractor.to_frame(engine.parse(TEXT), wide=True)


TERMS = """\
type: terms
kind: optimizer
near: [optimizer]
entries:
  - {name: Muon, ambiguous: true, order: first}
examples:
  - text: A Muon optimizer.
    expect: [{text: Muon, kind: optimizer}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "kind: optimizer",
            "kind: quantity",
            "2: kind: 'quantity' is no kind of your own things (optimizer)",
        ),
        ("near: [optimizer]\n", "", "3: near is needed"),
        ("order: first", "order: third", "5: entries: Muon: order must be one of first, second, not 'third'"),
        ("order: first", "colour: red", "5: entries: Muon: unknown key 'colour'"),
        ("order: first", "aliases: [Muon]", "5: entries: 'Muon' stands for 'Muon' already"),
        ("entries:", "entrys:", "1: the key 'entries' is needed"),
        (
            "text: Muon,",
            "text: Lion,",
            "7: rule optimizer.terms: expect: 'Lion' does not stand in the sentence",
        ),
        ("kind: optimizer}", "kind: optimiser}", "7: rule optimizer.terms: expect: kind must be one of"),
    ],
)
def test_faults_of_terms(own: Path, tmp_path: Path, right: str, wrong: str, message: str) -> None:
    kind, terms = own / "optimizer.yaml", tmp_path / "terms.yaml"
    assert right in TERMS
    terms.write_text(TERMS.replace(right, wrong), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        engine_of([kind, terms])
    assert f"{terms}:{message}" in str(caught.value)


def test_terms_in_braces_are_read(own: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.yaml"
    terms.write_text("{type: terms, kind: optimizer, entries: [{name: TessaGrad}]}", encoding="utf-8")
    claims = engine_of([own / "optimizer.yaml", terms]).parse("We use TessaGrad.").claims
    assert [claim.kind for claim in claims] == ["optimizer"]


def test_a_kind_with_units_is_no_word_class(tmp_path: Path) -> None:
    path = tmp_path / "kind.yaml"
    path.write_text(
        "type: kind\nkind: verb\nfamily: amount\nunits: [{unit: v, symbols: [v]}]\n", encoding="utf-8"
    )
    with pytest.raises(RuleError, match="'verb', which is a word class"):
        engine_of(path)
