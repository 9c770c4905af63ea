"""Round trips with annotation tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from evaluation_samples import claim, collections, paper
from hypothesis import HealthCheck, given, settings

from extractor.engine import parse
from extractor.errors import GoldError, InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.labels.convert import FORMATS, convert, guess_format, read, write
from extractor.labels.convert.label_studio import label_config
from extractor.labels.gold import load_gold
from extractor.record.schema import CLAIM_MODELS, Extraction

TOOLS = [name for name in FORMATS if name != "gold"]
TEXT = "Our kernel is up to 3.1x\nfaster on the Q7 board; a Q7 costs 4 GB of memory."
SAMPLE = paper(
    "a/b:1",
    TEXT,
    claim(
        TEXT,
        "speedup",
        "3.1x\nfaster",
        bound="upper",
        metric="faster",
        subject="Our kernel",
        rule="speedup.x",
    ),
    claim(TEXT, "hardware", "Q7 board", "Q7", name="Q7", category="sbc"),
    claim(TEXT, "quantity", "4 GB"),
    title="Fast kernels",
)


@pytest.mark.parametrize("tool", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extractions=collections())
def test_what_is_exported_and_imported_again_is_equal(
    tool: str, tmp_path_factory: pytest.TempPathFactory, extractions: list[Extraction]
) -> None:
    target = tmp_path_factory.mktemp("tool") / "out"
    write(target, extractions, tool)
    assert list(read(target, tool)) == extractions


@pytest.mark.parametrize("tool", TOOLS)
def test_the_gold_set_survives_every_tool(tool: str, tmp_path: Path) -> None:
    gold = Path(__file__).parents[1] / "gold" / "dev.jsonl"
    assert convert(gold, tmp_path / "out", from_="gold", to=tool) == 149
    convert(tmp_path / "out", tmp_path / "back.jsonl", from_=tool, to="gold")
    assert load_gold([tmp_path / "back.jsonl"]) == load_gold([gold])


def test_brat_files_are_what_brat_reads(tmp_path: Path) -> None:
    write(tmp_path / "brat", [SAMPLE], "brat")
    lines = (tmp_path / "brat" / "a%2Fb%3A1.ann").read_text("utf-8").splitlines()
    assert lines[0] == "T1\tspeedup 20 24;25 31\t3.1x faster"
    assert lines[1] == "T2\thardware 39 47\tQ7 board"
    assert lines[3] == "T4\thardware 51 53\tQ7"
    assert "A1\tbound T1 upper" in lines
    assert "R1\tMention Arg1:T2 Arg2:T4" in lines
    configuration = (tmp_path / "brat" / "annotation.conf").read_text("utf-8")
    assert "bound Arg:speedup|change|score|parameters|quantity, Value:upper|lower|approx" in configuration


def test_labels_added_in_brat_are_taken(tmp_path: Path) -> None:
    write(tmp_path / "brat", [SAMPLE], "brat")
    path = tmp_path / "brat" / "a%2Fb%3A1.ann"
    more = "T9\tquantity 0 3\tOur\n#9\tAnnotatorNotes T9\t" + json.dumps({"value": 1, "unit": "s"}) + "\n"
    path.write_text(path.read_text("utf-8") + more + "A9\tdimension T9 time\n", encoding="utf-8")
    (found,) = read(tmp_path / "brat", "brat")
    assert [each.text for each in found.claims] == ["Our", "3.1x\nfaster", "Q7 board", "4 GB"]


def test_brat_takes_ids_from_files_without_an_index(tmp_path: Path) -> None:
    write(tmp_path / "brat", [SAMPLE], "brat")
    (tmp_path / "brat" / "documents.jsonl").unlink()
    (found,) = read(tmp_path / "brat", "brat")
    assert (found.id, found.title, found.claims) == ("a/b:1", None, SAMPLE.claims)


def test_doccano_lines_are_what_doccano_reads(tmp_path: Path) -> None:
    write(tmp_path / "out.jsonl", [SAMPLE], "doccano")
    line = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    assert line["entities"][0] == {"id": 1, "label": "speedup", "start_offset": 20, "end_offset": 31}
    assert line["relations"] == [{"id": 1, "from_id": 2, "to_id": 4, "type": "mention"}]


def test_doccano_may_number_entities_anew(tmp_path: Path) -> None:
    write(tmp_path / "out.jsonl", [SAMPLE], "doccano")
    line = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    for entity in line["entities"]:
        entity["id"] += 100
    for relation in line["relations"]:
        relation |= {"from_id": relation["from_id"] + 100, "to_id": relation["to_id"] + 100}
    line["entities"].reverse()
    (tmp_path / "out.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert read(tmp_path / "out.jsonl", "doccano") == [SAMPLE]


def test_label_studio_tasks_carry_attributes_of_regions(tmp_path: Path) -> None:
    write(tmp_path / "out.json", [SAMPLE], "label-studio")
    (task,) = json.loads((tmp_path / "out.json").read_text("utf-8"))
    items = task["annotations"][0]["result"]
    labels = {item["id"]: item["value"]["labels"][0] for item in items if item["type"] == "labels"}
    assert labels == {"c1": "speedup", "c2": "hardware", "c2m2": "hardware", "c3": "quantity"}
    bound = next(item for item in items if item.get("from_name") == "speedup_bound")
    assert (bound["type"], bound["value"]["choices"]) == ("choices", ["upper"])
    assert (tmp_path / "out.config.xml").read_text("utf-8") == label_config(builtin_kinds())


def test_label_studio_counts_the_last_annotation_that_was_not_cancelled(tmp_path: Path) -> None:
    write(tmp_path / "out.json", [SAMPLE], "label-studio")
    (task,) = json.loads((tmp_path / "out.json").read_text("utf-8"))
    done = task["annotations"][0]
    task["annotations"] = [{"result": []}, done, {"result": [], "was_cancelled": True}]
    (tmp_path / "out.json").write_text(json.dumps([task]), encoding="utf-8")
    assert read(tmp_path / "out.json", "label-studio") == [SAMPLE]


def test_the_configuration_has_a_control_for_every_attribute() -> None:
    for kind, model in CLAIM_MODELS.items():
        for name in set(model.model_fields) - {"kind", "text", "start", "end", "mentions"}:
            assert f'name="{kind}_{name}"' in label_config(builtin_kinds())
        assert all(
            f'value="{word}"' in label_config(builtin_kinds())
            for words in builtin_kinds()[kind].choices.values()
            for word in words
        )


def test_docbin_spans_are_exact_and_tokens_keep_the_text(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    write(tmp_path / "out.spacy", [SAMPLE], "docbin")
    (doc,) = DocBin().from_disk(tmp_path / "out.spacy").get_docs(spacy.blank("en").vocab)
    assert doc.text == TEXT
    assert [(span.label_, span.id_, span.text) for span in doc.spans["claims"]] == [
        ("speedup", "speedup.x", "3.1x\nfaster"),
        ("hardware", "", "Q7 board"),
        ("quantity", "", "4 GB"),
    ]
    assert [span.text for span in doc.spans["things"]] == ["Q7 board", "Q7"]


ENTITY = {"id": 1, "label": "speedup", "start_offset": 0, "end_offset": 1}
BARE = json.dumps({"text": "ab", "paper_id": "1", "entities": [ENTITY]})
RELATION = {"from_id": 1, "to_id": 2, "type": "mention"}
LOOSE = json.dumps({"text": "ab", "paper_id": "1", "entities": [], "relations": [RELATION]})
BROKEN = [
    ("doccano", "{}", "1: is no line of doccano"),
    ("doccano", BARE, "1: claim 1 (speedup 'a'): 'value' is missing; claims of this kind need it"),
    ("doccano", LOOSE, "does not join two named things"),
    ("label-studio", "{}", "no list of tasks"),
    ("label-studio", "[{}]", "1: is no task"),
    ("label-studio", "[", "is no JSON"),
    ("docbin", "no", "is no spaCy DocBin"),
    ("brat", "no", "is no folder"),
]


@pytest.mark.parametrize(("tool", "content", "message"), BROKEN)
def test_broken_files_are_named(tool: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "broken", tool)
    assert message in str(caught.value)
    assert str(tmp_path / "broken") in str(caught.value)


BROKEN_LINES = [
    ("gibberish", "2: cannot be read"),
    ("T2\tspeedup 0 " + "9" * 5000 + "\tx", "2: cannot be read"),
    ("#1\tAnnotatorNotes T1\t[", "2: the note is no JSON"),
    ("#1\tAnnotatorNotes T1\t[]", "2: the note is no JSON object"),
    ("R1\tMention Arg1:T1 Arg2:T1", "2: the link from 'T1' to 'T1' does not join"),
    ("R1\tMention Arg1:T1 Arg2:T7", "2: the link from 'T1' to 'T7' does not join"),
    (
        "T2\tdataset 0 2\tab\nR1\tMention Arg1:T1 Arg2:T2\nR2\tMention Arg1:T2 Arg2:T1",
        "3: the links at 'T1' run",
    ),
    ("T2\tweather 0 2\tab", "x.ann:2: claim 2 (weather 'ab'): kind 'weather' is none of"),
    ("\nT2\tspeedup 0 2\tab", "x.ann:3: claim 2 (speedup 'ab'): 'value' is missing"),
    ("\nT2\tspeedup 0 2\tab", "x.ann:3: claim 2 (speedup 'ab'): 'form' is missing"),
    ('T2\tquantity 1 1\t\n#1\tAnnotatorNotes T2\t{"value": 2}', "2: claim 2 (quantity ''): "),
]


@pytest.mark.parametrize(("line", "message"), BROKEN_LINES)
def test_broken_lines_of_brat_are_named(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("ab", encoding="utf-8")
    (tmp_path / "x.ann").write_text(f"T1\tdataset 0 2\tab\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldError, match=r"x\.ann") as caught:
        read(tmp_path, "brat")
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["../x", "/x", "..\\x", "", "a/../../x", "x\0"])
def test_brat_reads_no_file_that_the_index_names_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    for place in (tmp_path / "x.txt", tmp_path / "x.ann"):
        place.write_text("secret", encoding="utf-8")
    index = json.dumps({"file": name, "id": "x", "title": None})
    (folder / "documents.jsonl").write_text(index, encoding="utf-8")
    with pytest.raises(InputError, match=r"documents\.jsonl:1: file .* is no name of a file in this folder"):
        read(folder, "brat")


@pytest.mark.parametrize("name", ["x.txt", "x.ann", "documents.jsonl"])
def test_brat_follows_no_link_out_of_its_folder(tmp_path: Path, name: str) -> None:
    write(tmp_path / "labels", [paper("x", "Nothing.")], "brat")
    place = tmp_path / "labels" / name
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is a symbolic link out of the folder"):
        read(tmp_path / "labels", "brat")


def test_a_full_folder_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "old.ann").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="new or empty folder"):
        write(tmp_path, [SAMPLE], "brat")


def test_an_abstract_without_an_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no id"):
        write(tmp_path / "out.jsonl", [Extraction(abstract="Nothing.")], "doccano")


@pytest.mark.parametrize("tool", ["brat", "docbin"])
def test_a_lone_surrogate_is_refused_where_the_format_cannot_hold_it(tool: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="UTF-8"):
        write(tmp_path / "out", [paper("x", "a\ud800b")], tool)


@pytest.mark.parametrize("tool", ["gold", "doccano", "label-studio"])
def test_a_lone_surrogate_survives_json(tool: str, tmp_path: Path) -> None:
    write(tmp_path / "out", [paper("x", "a\ud800b")], tool)
    assert list(read(tmp_path / "out", tool)) == [paper("x", "a\ud800b")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("x.jsonl", "gold"), ("x.json", "label-studio"), ("x.spacy", "docbin"), ("folder", "brat")],
)
def test_the_name_tells_the_format(name: str, expected: str) -> None:
    assert guess_format(name) == expected


def test_unknown_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="say which of gold, brat"):
        guess_format("x.csv")
    with pytest.raises(InputError, match="'conll' is none of"):
        write(tmp_path / "x", [], "conll")


@pytest.mark.parametrize("tool", FORMATS)
def test_what_was_read_becomes_labels(tool: str, tmp_path: Path) -> None:
    read_ = [parse("Ours is 20% faster than Base on 2 A100 GPUs. See fig.org/x.", id="a", title="T")]
    write(tmp_path / "read.jsonl", read_, "gold")
    with pytest.raises(GoldError, match="--as-labels"):
        load_gold([tmp_path / "read.jsonl"])
    convert(tmp_path / "read.jsonl", tmp_path / "tool", from_="gold", to=tool, as_labels=True)
    convert(tmp_path / "tool", tmp_path / "labels.jsonl", from_=tool, to="gold")
    (labels,) = load_gold([tmp_path / "labels.jsonl"])
    assert [claim.text for claim in labels.claims] == [claim.text for claim in read_[0].claims]
    assert [(claim.rule, claim.confidence) for claim in labels.claims] == [(None, None)] * len(labels.claims)
