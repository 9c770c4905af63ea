"""Files of tables: databases, workbooks and Parquet hold the same rows, and are read back."""

from __future__ import annotations

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
from table_samples import EMPTY, FULL

from extractor.errors import ExtractorError, InputError
from extractor.record.identity import paper_address
from extractor.record.schema import (
    Extraction,
    with_kept,
)
from extractor.tables import workbook
from extractor.tables.frames import to_frame
from extractor.tables.reading import read_records, read_table
from extractor.tables.stores import convert
from extractor.tables.writers import Layout, make_layout, render


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
