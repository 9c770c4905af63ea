"""Tables: the same columns always, typed, and safe to open."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from table_samples import EMPTY, FULL, TEXT

from extractor.pages import read_documents
from extractor.record.schema import (
    Extraction,
    Score,
)
from extractor.tables.frames import to_frame
from extractor.tables.guard import guarded, unguarded
from extractor.tables.rows import tables_of
from extractor.tables.stores import convert
from extractor.tables.writers import Layout, first_rows, make_layout, render

TABLES = tables_of()


def test_every_kind_fills_its_columns() -> None:
    rows = list(TABLES.claim_rows(FULL))
    assert [row["kind"] for row in rows] == [claim.kind for claim in FULL.claims]
    assert all(list(row) == list(TABLES.long) for row in rows)
    for row, claim in zip(rows, FULL.claims, strict=True):
        record = claim.model_dump()
        assert {name: row[name] for name in record if name != "mentions"} == {
            name: held for name, held in record.items() if name != "mentions"
        }
        assert (row["id"], row["title"]) == ("p1", "=A title")
    assert [row["factor"] for row in rows if row["factor"]] == [2.0, 3.0, 0.9]
    assert (rows[-1]["owner"], rows[-1]["repo"]) == ("ada", "lace")
    assert rows[-2]["mentions"] == [{"text": "T4", "start": TEXT.index("T4"), "end": TEXT.index("T4") + 2}]


def test_the_wide_row() -> None:
    row = TABLES.paper_row(FULL)
    assert list(row) == list(TABLES.wide)
    assert {name: row[name] for name in ("n_claims", "n_speedup", "n_url", "speedup", "speedup_text")} == {
        "n_claims": 9,
        "n_speedup": 2,
        "n_url": 1,
        "speedup": 3.0,
        "speedup_text": "3x",
    }
    assert (row["speedup_baseline"], row["parameters_max"], row["hardware"]) == ("the old", 7e9, ["T4"])
    assert row["code_url"] == "https://github.com/ada/lace"
    assert TABLES.paper_row(EMPTY)["n_claims"] == 0


@pytest.mark.parametrize("wide", [False, True])
def test_frames_have_the_same_columns_and_types_always(wide: bool) -> None:
    full, none = to_frame([FULL, EMPTY], wide=wide), to_frame([], wide=wide)
    assert list(full.columns) == list(none.columns) == list(TABLES.wide if wide else TABLES.long)
    assert full.dtypes.astype(str).tolist() == none.dtypes.astype(str).tolist()
    assert len(full) == (2 if wide else 9)
    assert not wide or full["n_claims"].tolist() == [9, 0]
    one = to_frame(FULL, wide=wide)
    assert one.equals(to_frame([FULL], wide=wide))
    if not wide:
        assert full["kind"].cat.categories.tolist() == none["kind"].cat.categories.tolist()
        assert full["count"].dropna().tolist() == [4]


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_formulas_are_neutralised_in_csv(start: str) -> None:
    extraction = Extraction(id=f"{start}A1", title=f"{start}cmd()", abstract="-2x", claims=(negative(),))
    layout = Layout("csv")
    (row,) = read_csv(layout.header + render([extraction], layout))
    assert (row["id"], row["title"], row["text"]) == (f"'{start}A1", f"'{start}cmd()", "'-2x")
    assert row["value"] == "-2"  # a number is no formula
    kept = Layout("csv", safe=False)
    (row,) = read_csv(kept.header + render([extraction], kept))
    assert (row["id"], row["text"]) == (f"{start}A1", "-2x")


SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\ufe66", "\ufe62", "\ufe63", "\ufe6b"]


UNSEEN = ["", "\0", "\u200b", "\ufeff", "\u2060", "\xad", "\u202e", " ", "\u200b\0"]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("unseen", UNSEEN, ids=map(ascii, UNSEEN))
def test_no_cell_begins_with_a_formula_wherever_it_is_cut(sign: str, unseen: str) -> None:
    formula = f"{unseen}{sign}HYPERLINK(1)"
    assert guarded(formula) == f"'{formula}"
    for cut in (";", "\t", "\r", "\n"):
        if unseen != " ":  # behind a blank a program takes it for text
            assert guarded(f"a{cut}{formula}") == f"a{cut}'{formula}"


@given(st.text(st.sampled_from("'='-+;\t\r\n\0\u200b\ufe66＝ a1.%"), max_size=12))
@example("'-x")
@example("''=1")
@example("a;'=1")
@example("'-0.64")
@example("-0.64")
def test_taking_the_guard_off_gives_the_cell_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_a_guarded_cell_is_read_back_from_a_file(tmp_path: Path) -> None:
    titles = ["'-x", "=1", "a;=1", "a;'=1", "'a", "''=\r1", "-0.64", "\0=1"]
    found = [
        Extraction(id=str(n), title=title, abstract="-2x", claims=(negative(),))
        for n, title in enumerate(titles)
    ]
    for layout in (Layout("csv"), Layout("csv", safe=False)):
        path = tmp_path / f"{layout.safe}.csv"
        path.write_bytes(layout.header + render(found, layout))
        manifest = {"layout": {"safe": layout.safe}}
        (tmp_path / f"{path.name}.manifest.json").write_text(json.dumps(manifest))
        assert [document.title for document in read_documents(path)] == titles
        assert [document.claims[0].text for document in read_documents(path)] == ["-2x"] * len(titles)
        assert [row["title"] for row in first_rows(str(path), layout, 99)] == titles


@pytest.mark.parametrize("text", ["-0.64", "+15.1%", "-2", "+1,000"])
def test_a_number_with_a_sign_is_no_formula(text: str) -> None:
    layout = Layout("csv")
    (row,) = read_csv(
        layout.header + render([Extraction(title=text, abstract="-2x", claims=(negative(),))], layout)
    )
    assert row["title"] == text


def negative() -> Score:
    return Score(text="-2x", start=0, end=3, value=-2.0)


@given(title=st.text(st.characters()), numbers=st.floats(allow_nan=False))
def test_any_text_and_number_survive_the_formats(title: str, numbers: float) -> None:
    claim = Score(text="-2x", start=0, end=3, value=numbers)
    extraction = Extraction(id="a", title=title, abstract="-2x", claims=(claim,))
    layout = Layout("csv", safe=False)
    (row,) = read_csv(layout.header + render([extraction], layout))
    scrubbed = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in title)
    assert row["title"] == scrubbed
    assert float(row["value"]) == numbers
    line = render([extraction], Layout("jsonl"))
    assert line.count(b"\n") == 1
    held = json.loads(line)
    assert held["title"] == title
    assert held["value"] == (numbers if abs(numbers) != float("inf") else None)


def test_records_are_extractions() -> None:
    lines = render([FULL, EMPTY], Layout("jsonl", "records")).splitlines()
    assert [Extraction.model_validate_json(line) for line in lines] == [FULL, EMPTY]


@pytest.mark.parametrize("name", ["o.csv", "o.tsv", "o.jsonl", "o.parquet"])
@pytest.mark.parametrize(("found", "expected"), [([FULL], ["2x", "3x"]), ([], [])])
def test_first_rows(tmp_path: Path, name: str, found: list[Extraction], expected: list[str]) -> None:
    lines, out = tmp_path / "lines", tmp_path / name
    layout = make_layout(str(out))
    lines.write_bytes(layout.header + render(found, layout))
    convert(lines, out, layout)
    assert [row["text"] for row in first_rows(str(out), layout, 2)] == expected


@pytest.mark.parametrize("name", ["o.csv", "o.tsv"])
def test_a_mark_of_utf_8_stands_before_the_header_once(tmp_path: Path, name: str) -> None:
    layout = make_layout(name, mark=True)
    data = layout.header + render([FULL], layout)
    assert data.startswith(b"\xef\xbb\xbfid")
    (tmp_path / name).write_bytes(data)
    assert [row["id"] for row in first_rows(str(tmp_path / name), layout, 1)] == ["p1"]
    assert make_layout(name).header.startswith(b"id")
