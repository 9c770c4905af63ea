"""Tables: the same columns always, typed, and safe to open."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor.errors import ExtractorError, InputError
from extractor.pages import read_documents
from extractor.record.identity import paper_address
from extractor.record.schema import (
    Change,
    Dataset,
    Extraction,
    Hardware,
    Mention,
    Parameters,
    Quantity,
    Score,
    Speedup,
    Url,
    with_kept,
)
from extractor.tables import workbook
from extractor.tables.frames import to_frame
from extractor.tables.guard import guarded, unguarded
from extractor.tables.reading import read_records, read_table
from extractor.tables.rows import tables_of
from extractor.tables.stores import convert
from extractor.tables.writers import Layout, first_rows, make_layout, render

TABLES = tables_of()
TEXT = "2x 3x 90% 7B 5 GB 10% MNIST T4 https://github.com/ada/lace T4"


def thing(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    span: dict[str, Any] = {"text": text, "start": start, "end": start + len(text)}
    return {**span, "mentions": (Mention(**span),)}


def value(text: str, number: float, **more: Any) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"text": text, "start": start, "end": start + len(text), "value": number, "rule": "a.rule", **more}


FULL = Extraction(
    id="p1",
    title="=A title",
    abstract=TEXT,
    claims=(
        Speedup(**value("2x", 2.0, form="ratio", direction="faster", metric="speed")),
        Speedup(**value("3x", 3.0, form="ratio", direction="faster", baseline="the old")),
        Score(**value("90%", 90.0, unit="percent", metric="accuracy", dataset="MNIST")),
        Parameters(**value("7B", 7e9, model="Model", role="total")),
        Quantity(**value("5 GB", 5.0, unit="GB", dimension="memory", bound="upper")),
        Change(**value("10%", 10.0, form="percent", direction="decrease", metric="memory")),
        Dataset(**thing("MNIST"), name="MNIST"),
        Hardware(**thing("T4"), name="T4", category="gpu", count=4),
        Url(
            **thing("https://github.com/ada/lace"),
            name="https://github.com/ada/lace",
            host="github",
            role="code",
        ),
    ),
)
EMPTY = Extraction(id="p2", abstract="Nothing.")


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


@pytest.mark.parametrize("table", ["long", "wide"])
@pytest.mark.parametrize("name", "o.parquet o.sqlite o.duckdb o.jsonl o.csv o.tsv o.feather o.xlsx".split())
def test_formats_hold_the_same_rows(tmp_path: Path, table: str, name: str) -> None:
    out = tmp_path / name
    layout = make_layout(str(out), table=table)
    lines = tmp_path / "lines"
    odd = FULL.model_copy(update={"id": "odd\ud800", "title": "a\nb"})
    lines.write_bytes(layout.header + render([FULL, EMPTY, odd], layout))
    convert(lines, out, layout)
    frame = load(out, "papers" if table == "wide" else "claims")
    expected = to_frame([FULL, EMPTY, odd], wide=table == "wide")
    assert list(frame.columns) == list(expected.columns)
    assert len(frame) == len(expected)
    for column in ("factor", "start") if table == "long" else ("speedup", "n_claims"):
        assert pd.to_numeric(frame[column]).astype(float).fillna(-1).tolist() == [
            float(held) for held in expected[column].fillna(-1)
        ]
    assert set(frame["title"].dropna()) >= {"a\nb"}


HOSTILE = ['x"); DROP TABLE claims;--', "y'z", "select", "`b`", "[c]", '"', "a\0b", "\ud800", "%s", "?"]


@pytest.mark.parametrize("name", ["o.sqlite", "o.duckdb"])
def test_the_name_of_a_column_to_keep_is_no_sql(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    names = HOSTILE if name == "o.sqlite" else [each for each in HOSTILE if each not in ("a\0b", "\ud800")]
    layout = make_layout(str(out), keep=tuple(names))
    held = dict.fromkeys(names, "'); DROP TABLE claims;--")
    lines = tmp_path / "lines"
    lines.write_bytes(render([with_kept(FULL.model_copy(), held)], layout))
    convert(lines, out, layout)
    frame = load(out, "claims")
    for each in names:
        column = each.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
        assert set(frame[column]) == {"'); DROP TABLE claims;--"}, each


@pytest.mark.parametrize("name", ["o.sqlite", "o.duckdb"])
def test_names_that_a_database_takes_for_one_are_refused(name: str) -> None:
    for keep in (("Kind",), ("year", "Year")):
        with pytest.raises(InputError, match="stands in the table already; rename it in the input"):
            make_layout(name, keep=keep).check()
    make_layout("o.csv", keep=("Kind", "year", "Year")).check()


@pytest.mark.skipif(os.name != "posix", reason="names that no file of Windows may have")
@pytest.mark.parametrize(
    "name",
    [
        f"{start}{ending}"
        for start in ("md:o", ":memory:", "file:o?mode=memory", "s3:o", "o[1]", "o*", "o'\"; ATTACH 'x';--")
        for ending in (".sqlite", ".duckdb", ".parquet", ".feather")
    ],
)
def test_a_hostile_name_is_the_name_of_a_file(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    layout = make_layout(name)
    Path("lines").write_bytes(render([FULL], layout))
    convert(Path("lines"), Path(name), layout)
    assert (tmp_path / name).stat().st_size > 0
    assert list(read_table(name)["id"]) == [FULL.id] * len(FULL.claims)


def load(path: Path, name: str) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as connection:
            return pd.read_sql(f"SELECT * FROM {name}", connection)
    if path.suffix == ".duckdb":
        import duckdb

        with duckdb.connect(str(path)) as connection:
            frame: pd.DataFrame = connection.execute(f"SELECT * FROM {name}").df()
            return frame
    readers: dict[str, Any] = {
        ".feather": pd.read_feather,
        ".xlsx": partial(pd.read_excel, sheet_name=name),
        ".csv": pd.read_csv,
        ".tsv": partial(pd.read_csv, sep="\t"),
        ".jsonl": partial(pd.read_json, lines=True, dtype=False),
    }
    return pd.DataFrame(readers[path.suffix](path))


FILES = "o.csv o.tsv o.jsonl o.parquet o.feather o.sqlite o.duckdb o.xlsx".split()


@pytest.mark.parametrize("table", ["long", "wide"])
@pytest.mark.parametrize("name", FILES)
def test_a_table_is_read_back_as_it_was(tmp_path: Path, table: str, name: str) -> None:
    zero = FULL.model_copy(update={"id": "0704.0010", "title": "a\nb; c"})
    lines, out = tmp_path / "lines", tmp_path / name
    layout = make_layout(str(out), table=table)
    lines.write_bytes(layout.header + render([FULL, zero, EMPTY], layout))
    convert(lines, out, layout)
    expected = to_frame([FULL, zero, EMPTY], wide=table == "wide")
    pd.testing.assert_frame_equal(read_table(out), expected)


def test_records_and_columns_of_others_are_read_back(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_bytes(render([FULL, EMPTY], Layout("jsonl", "records")))
    assert read_records(tmp_path / "r.jsonl") == [FULL, EMPTY]
    pd.testing.assert_frame_equal(read_table(tmp_path / "r.jsonl"), to_frame([FULL, EMPTY]))
    (tmp_path / "o.csv").write_text("id,kind,value,year\n0704.0010,score,2,2007\n007,mood,,\n")
    frame = read_table(tmp_path / "o.csv")
    assert frame["id"].tolist() == ["0704.0010", "007"]
    assert frame["kind"].tolist() == ["score", "mood"]
    assert frame["year"].dropna().tolist() == ["2007"]
    assert str(frame["value"].dtype) == "float64"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "no such file"),
        ("a.txt", b"x", "the format is not clear"),
        ("a.csv", b"x,y\n1,2\n", "is no table of `extractor run`"),
        ("a.parquet", b"x", "cannot be read"),
        ("a.sqlite", b"x" * 200, "cannot be read: file is not a database"),
        ("a.jsonl", b"{", "cannot be read"),
        ("a.csv", b"\xff", "cannot be read"),
        ("b.jsonl", b'{"claims": [], "abstract": 7}\n', "b.jsonl:1: is no record: abstract"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ExtractorError, match=message):
        read_table(tmp_path / name)


def test_parquet_types_do_not_depend_on_the_rows(tmp_path: Path) -> None:
    schemas = []
    for index, extractions in enumerate(([FULL], [])):
        lines, out = tmp_path / "lines", tmp_path / f"{index}.parquet"
        layout = make_layout(str(out))
        lines.write_bytes(render(extractions, layout))
        convert(lines, out, layout)
        schemas.append(pq.read_schema(out))
    assert schemas[0] == schemas[1]
    assert str(schemas[0].field("mentions").type).startswith("list<")


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


def written(tmp_path: Path, *extractions: Extraction, name: str = "o.xlsx") -> Any:
    lines, out = tmp_path / "lines", tmp_path / name
    layout = make_layout(str(out))
    lines.write_bytes(render(extractions, layout))
    convert(lines, out, layout)
    return openpyxl.load_workbook(out)


def test_a_workbook_has_a_frozen_header_filters_and_links_but_no_formulas(tmp_path: Path) -> None:
    paper = FULL.model_copy(update={"id": "2401.00001v2"})
    book = written(tmp_path, paper, FULL)
    (sheet,) = book.worksheets
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref[:3]) == ("claims", "A2", "A1:")
    names = [cell.value for cell in sheet[1]]
    last = dict(zip(names, sheet[10], strict=True))  # the address of the first paper
    assert last["id"].hyperlink.target == "https://arxiv.org/abs/2401.00001v2"
    assert last["name"].hyperlink.target == last["name"].value == "https://github.com/ada/lace"
    assert (last["title"].value, last["title"].data_type) == ("=A title", "s")
    assert (sheet["D2"].value, sheet["E2"].value, sheet["A11"].hyperlink) == ("2x", 2, None)
    first = (tmp_path / "o.xlsx").read_bytes()
    written(tmp_path, paper, FULL)
    assert (tmp_path / "o.xlsx").read_bytes() == first


def test_what_is_too_much_for_a_sheet_goes_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_MOST_ROWS", 4)
    book = written(tmp_path, FULL)
    assert [(sheet.title, sheet.max_row) for sheet in book] == [
        ("claims", 5),
        ("claims 2", 5),
        ("claims 3", 2),
    ]


@pytest.mark.parametrize(
    ("identity", "address"),
    [
        ("0704.0010", "https://arxiv.org/abs/0704.0010"),
        ("arXiv:2401.00001v2", "https://arxiv.org/abs/2401.00001v2"),
        ("http://arxiv.org/abs/cs/0112017v1", "https://arxiv.org/abs/cs/0112017v1"),
        ("10.1000/a<b>", "https://doi.org/10.1000/a%3Cb%3E"),
        ("doi:10.1000/x(1)", "https://doi.org/10.1000/x(1)"),
        ("W2741809807", "https://openalex.org/W2741809807"),
        ("https://lumo.example/p/1", "https://lumo.example/p/1"),
        ("javascript:alert(1)", None),
        ("papers.csv:12", None),
        ("12345", None),
        (None, None),
    ],
)
def test_the_page_of_a_paper(identity: str | None, address: str | None) -> None:
    assert paper_address(identity) == address


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"out": "o.ods"}, "o.ods: the format is not clear"),
        ({"out": "o.ods"}, "or use --to: csv, tsv, jsonl, parquet, sqlite, duckdb"),
        (
            {"out": "o.csv", "format": "xml"},
            "unknown output format 'xml'; known: csv, tsv, jsonl, parquet, sqlite, duckdb, xlsx, feather",
        ),
        ({"out": "o.csv", "table": "tall"}, "unknown table 'tall'"),
        ({"out": "o.csv", "table": "records"}, "records are written as JSON lines"),
        ({"out": "o.parquet", "mark": True}, "a byte order mark is for CSV and TSV, not for parquet"),
        ({"out": "-", "format": "parquet"}, "cannot be written to standard output"),
    ],
)
def test_layouts_that_do_not_work(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ExtractorError, match=message):
        make_layout(**arguments)


@pytest.mark.parametrize(
    ("name", "module", "told"),
    [
        ("o.parquet", "pyarrow", "writing Parquet needs pyarrow; .*parquet]"),
        ("o.feather", "pyarrow", "writing Arrow needs pyarrow; .*parquet]"),
        ("o.duckdb", "pyarrow", "writing DuckDB needs pyarrow; .*duckdb]"),
        ("o.duckdb", "duckdb", "writing DuckDB needs duckdb; .*duckdb]"),
        ("o.xlsx", "xlsxwriter", "writing a workbook needs xlsxwriter; .*excel]"),
    ],
)
def test_a_package_that_is_not_there_is_told_with_its_extra(
    name: str, module: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lines").write_text("")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtractorError, match=told):
        convert(tmp_path / "lines", tmp_path / name, make_layout(name))


def test_an_extra_brings_all_that_its_format_needs() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    assert "paperclaims[parquet]" in extras["duckdb"]
    assert any(each.startswith("pyarrow>") for each in extras["parquet"])
