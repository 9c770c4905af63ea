"""Labels without text: taken off, published, put back on what a reader has."""

from __future__ import annotations

import json
import textwrap
import unicodedata
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from evaluation_samples import claim, paper
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.errors import GoldError, InputError
from extractor.labels.detached import attach, detach
from extractor.labels.folding import fingerprint, fold, fold_with_places
from extractor.labels.gold import json_lines, load_gold
from extractor.labels.goldfile import to_line

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT / "gold" / "dev.jsonl"
LABELS = sorted((ROOT / "gold" / "labels").glob("*.jsonl"))
TEXT = "LumoNet cuts peak memory by 40% on FooBench\nand, with FooBench-XL, is 3x faster than TessaNet."


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def wrapped(text: str) -> str:
    """Breaks lines as arXiv does."""
    lines = textwrap.wrap(text, 80, break_long_words=False, break_on_hyphens=False)
    return "  " + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Path]:
    """The labelled abstracts with text, and their labels without."""
    labels = tmp_path_factory.mktemp("labels") / "dev.jsonl"
    labels.write_text("".join(f"{line}\n" for line in detach(DEV, {"split": "dev"})), encoding="utf-8")
    return records(DEV), labels


def _snapshot(rows: list[dict[str, Any]], folder: Path) -> None:
    put(folder / "snapshot.jsonl", [{**row, "abstract": wrapped(row["abstract"])} for row in reversed(rows)])


def _atom(rows: list[dict[str, Any]], folder: Path) -> None:
    entries = "".join(
        f"<entry><id>{row['id']}</id><title>{escape(row['title'])}</title>"
        f"<summary>{escape(wrapped(row['abstract']))}</summary></entry>"
        for row in rows
    )
    (folder / "a.xml").write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>', "utf-8")


def _oai(rows: list[dict[str, Any]], folder: Path) -> None:
    found = "".join(
        f"<record><header><identifier>oai:x:{row['id']}</identifier></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(row['title'])}</dc:title>"
        f"<dc:description>{escape(wrapped(row['abstract']))}</dc:description></oai_dc:dc></metadata></record>"
        for row in rows
    )
    head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
    (folder / "o.xml").write_text(f"{head}{found}</ListRecords></OAI-PMH>", "utf-8")


def _texts(rows: list[dict[str, Any]], folder: Path) -> None:
    for row in rows:
        (folder / f"{row['id']}.txt").write_text(row["abstract"], "utf-8")


@pytest.mark.parametrize("source", [_snapshot, _atom, _oai, _texts])
def test_what_was_stripped_is_attached_again(
    source: Any, dev: tuple[list[dict[str, Any]], Path], tmp_path: Path
) -> None:
    rows, labels = dev
    source(rows, tmp_path)
    result = attach([labels], [str(tmp_path)])
    assert (result.lost, result.rejects) == ([], [])
    found = [json.loads(line) for line in result.lines]
    assert [(row["id"], row["abstract"], row["claims"]) for row in found] == [
        (row["id"], row["abstract"], row["claims"]) for row in rows
    ]
    assert {row["split"] for row in found} == {"dev"}


def test_no_sentence_is_left_in_the_labels(dev: tuple[list[dict[str, Any]], Path]) -> None:
    rows, labels = dev
    texts = {row["id"]: row["abstract"] for row in rows}
    assert _longest_words(records(labels), texts) <= 14
    for path in LABELS:
        for row in records(path):
            assert set(row) == {"id", "source", "guidelines", "split", "sha256", "claims"}
            assert not any({"text", "abstract"} & set(each) for each in row["claims"])
        assert _longest_words(records(path), {}) <= 8


def _longest_words(rows: list[dict[str, Any]], texts: dict[str, str]) -> int:
    """Counts the words of the longest text in labels that is no address, hash, id or source."""
    values = [
        value
        for row in rows
        for each in row["claims"]
        for value in each.values()
        if isinstance(value, str) and each["kind"] != "url" and value != texts.get(row["id"])
    ]
    return max(len(value.split()) for value in values)


def test_the_published_labels_are_whole() -> None:
    names = {path.stem: len(records(path)) for path in LABELS}
    assert names == {
        "ext-dev": 187,
        "ext-dev-b": 81,
        "ext2-dev": 135,
        "ext2-val": 135,
        "ext3-dev": 297,
        "ext4-dev": 1056,
        "ext3-val": 132,
    }
    rows = [row for path in LABELS for row in records(path)]
    assert len({row["sha256"] for row in rows}) == len({row["source"] for row in rows}) == len(rows)
    assert {row["split"] for row in rows if row["id"].startswith(("ext-", "ext2-"))} == {"dev"}
    assert sum(row["split"] == "val" for row in rows) == 132


def sample(folder: Path, text: str = TEXT) -> Path:
    """Writes labels of one abstract."""
    labelled = paper(
        "p1",
        text,
        claim(text, "change", "40%", value=40.0, metric="peak memory", subject="LumoNet", dataset="FooBench"),
        claim(text, "dataset", "FooBench", "FooBench"),
        claim(text, "speedup", "3x", value=3.0, metric="faster", baseline="TessaNet"),
    )
    row = {**json.loads(to_line(labelled)), "source": "arXiv:2605.00001"}
    gold, labels = put(folder / "gold.json", [row]), folder / "labels.jsonl"
    labels.write_text("".join(f"{line}\n" for line in detach(gold)), encoding="utf-8")
    return labels


def test_offsets_move_with_the_text_that_is_kept(tmp_path: Path) -> None:
    labels = sample(tmp_path)
    text = "\n " + TEXT.replace("peak memory", "peak\n   memory").replace(", is", ",\t is")
    source = put(tmp_path / "s.jsonl", [{"id": "x", "abstract": text}])
    (folded,) = attach([labels], [str(source)]).lines
    assert json.loads(folded)["abstract"] == fold(TEXT)
    (kept,) = attach([labels], [str(source)], as_read=True).lines
    row = json.loads(kept)
    assert row["abstract"] == text
    assert [each["text"] for each in row["claims"]] == ["40%", "FooBench", "3x"]
    spans = [span for each in row["claims"] for span in (each, *each.get("mentions", ()))]
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
    assert row["claims"][0]["metric"] == "peak\n   memory"
    assert load_gold([put(tmp_path / "kept.jsonl", [row])])


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([{"id": "2605.00002", "abstract": "Another."}], "missing"),
        ([{"id": "http://arxiv.org/abs/2605.00001v2", "abstract": "Another."}], "changed"),
        ([{"id": "oai:arXiv.org:2605.00001", "abstract": TEXT + " More."}], "changed"),
    ],
)
def test_what_is_missing_or_changed_is_told(rows: list[dict[str, Any]], why: str, tmp_path: Path) -> None:
    labels, source = sample(tmp_path), put(tmp_path / "s.jsonl", rows)
    result = attach([labels], [str(source)])
    assert [(lost.id, lost.why) for lost in result.lost] == [("p1", why)]
    done = CliRunner().invoke(build_app(), ["gold", "attach", str(labels), str(source)])
    assert done.exit_code == 1
    assert f"{why}: p1 (arXiv:2605.00001)" in done.stderr
    assert ("its abstract at" in done.stderr) == (why == "changed")


def test_the_commands_strip_and_attach(tmp_path: Path) -> None:
    sample(tmp_path)
    app, runner = build_app(), CliRunner()
    labels, back = tmp_path / "l.jsonl", tmp_path / "back.jsonl"
    gold = str(tmp_path / "gold.json")
    assert runner.invoke(app, ["gold", "strip", gold, "--split", "val", "-o", str(labels)]).exit_code == 0
    assert runner.invoke(app, ["gold", "strip", gold, "-o", gold]).exit_code == 1
    source = put(tmp_path / "s.json", [{"id": "a", "abstract": TEXT}])
    done = runner.invoke(app, ["gold", "attach", str(labels), str(source), "-o", str(back)])
    assert "1 attached, 0 missing, 0 changed" in done.stderr
    scored = runner.invoke(app, ["evaluate", str(back), "--split", "val", "--resamples", "0"])
    assert "F1 on 1 abstracts" in scored.stdout


BAD = [
    ({"id": ""}, "'id' is missing"),
    ({"sha256": "abc"}, "'sha256' is missing"),
    ({"claims": None}, "'claims' is missing"),
    ({"claims": [{"kind": "score", "value": 3}]}, "without whole offsets inside its text"),
    ({"claims": [{"kind": "url", "start": 0, "end": 9999}]}, "without whole offsets inside its text"),
    (
        {"claims": [{"kind": "score", "start": 0, "end": 3, "value": 3, "metric": "off"}]},
        "no words of the",
    ),
    ({"claims": [{"kind": "rhyme", "start": 0, "end": 3}]}, "kind 'rhyme' is none of"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_labels_that_do_not_fit_are_told(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    labels = sample(tmp_path)
    put(labels, [{**records(labels)[0], **change}])
    source = put(tmp_path / "s.jsonl", [{"id": "a", "abstract": TEXT}])
    with pytest.raises(GoldError, match=message):
        attach([labels], [str(source)])


def test_the_same_labels_twice_and_none_at_all(tmp_path: Path) -> None:
    labels = sample(tmp_path)
    source = put(tmp_path / "s.jsonl", [{"id": "a", "abstract": TEXT}])
    put(labels, records(labels) * 2)
    with pytest.raises(GoldError, match=r"labels of this text stand already at .*labels.jsonl:1"):
        attach([labels], [str(source)])
    labels.write_text("")
    with pytest.raises(InputError, match="no labels"):
        attach([labels], [str(source)])


def test_splits_choose_lines_and_val_keeps_its_errors(tmp_path: Path) -> None:
    wrong = "Nothing is measured."
    rows = [
        json.loads(to_line(paper(name, wrong, claim(wrong, "dataset", "measured"))))
        for name in ("a", "b", "c")
    ]
    rows[1]["split"], rows[2]["split"] = "val", "dev"
    gold = put(tmp_path / "g.jsonl", rows)
    assert [each.id for each in load_gold([gold], split="dev")] == ["a", "c"]
    assert [each.id for each in load_gold([gold], split="val")] == ["b"]
    with pytest.raises(InputError, match="no abstract of split 'test'"):
        load_gold([gold], split="test")
    app, runner = build_app(), CliRunner()
    base = ["evaluate", str(gold), "--resamples", "0", "--split"]
    files = ["--json", str(tmp_path / "e.json"), "--report", str(tmp_path / "e.html")]
    files += ["--markdown", str(tmp_path / "e.md")]
    assert runner.invoke(app, [*base, "val", *files]).exit_code == 0
    for name in ("e.json", "e.html", "e.md"):
        assert wrong not in (tmp_path / name).read_text("utf-8")
    assert runner.invoke(app, [*base, "val", "--errors", "5"]).exit_code == 2
    assert "«measured»" in runner.invoke(app, [*base, "val", "--errors", "5", "--unsealed"]).stdout
    assert runner.invoke(app, [*base, "val", *files, "--unsealed"]).exit_code == 0
    assert all(wrong in (tmp_path / name).read_text("utf-8") for name in ("e.json", "e.html"))


LETTERS = st.one_of(
    st.text(), st.text(st.sampled_from(" \n\t\u00a0aé e\u0301\u0327\u1100\u1161\u11a8\u212b\u0958x%3"))
)


@given(LETTERS)
def test_a_folded_text_is_the_same_with_and_without_places(text: str) -> None:
    folded = fold_with_places(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    for place in range(len(folded.text)):
        start, end = folded.to_raw(place, place + 1)
        assert 0 <= start < end <= len(text)
        if not folded.text[place].isspace():
            low, high = folded.to_folded(start, end)
            assert low <= place < high
    assert fingerprint(text) == fingerprint(f"  {unicodedata.normalize('NFD', text)}\n ".replace(" ", " \n"))


def test_lines_of_labels_are_read_as_json_lines() -> None:
    problems: list[Any] = []
    assert len(list(json_lines(LABELS[0], problems))) > 50
    assert problems == []
