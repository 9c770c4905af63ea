"""Readers: every format, and any bytes."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from paper_samples import ONE, jsonl, read, texts

from extractor.readers.papers import (
    FORMATS,
    Paper,
    Reject,
    Repeat,
    find_inputs,
    read_papers,
)

TWO = "It needs 40% less memory,\n  on two lines."


TEXT_CASES: list[tuple[str, str, list[tuple[str, str | None, str]]]] = [
    (
        "plain.jsonl",
        jsonl({"id": "a", "title": "T", "abstract": ONE}, {"id": 7, "abstract": TWO}),
        [("a", "T", ONE), ("7", None, TWO)],
    ),
    (
        "arxiv.json",
        '{"id": "0704.0010", "title": "T", "abstract": "  A\\nB"}\n',
        [("0704.0010", "T", "  A\nB")],
    ),
    ("number-id.jsonl", '{"id": 704.0010, "abstract": "A"}\n', [("704.0010", None, "A")]),
    ("no-id.jsonl", '\n{"abstract": "A"}\n', [("no-id.jsonl:2", None, "A")]),
    (
        "array.json",
        json.dumps([{"id": 1.50, "abstract": ONE + " " * 70_000}, {"id": 2, "abstract": TWO}], indent=1),
        [("1.5", None, ONE + " " * 70_000), ("2", None, TWO)],
    ),
    ("s2.jsonl", jsonl({"corpusid": 9, "openaccessinfo": {}, "abstract": ONE}), [("9", None, ONE)]),
    (
        "openalex.jsonl",
        jsonl(
            {
                "id": "https://openalex.org/W1",
                "display_name": "T",
                "abstract_inverted_index": {"fast": [3], "We": [0], "are": [1], "very": [2, 4]},
            }
        ),
        [("https://openalex.org/W1", "T", "We are very fast very")],
    ),
    ("plain.csv", f'id,title,abstract\n1,T,"{ONE}"\n2,,"{TWO}"\n', [("1", "T", ONE), ("2", None, TWO)]),
    ("semicolons.csv", "Abstract;ID\nA, B;x\n", [("x", None, "A, B")]),
    ("plain.tsv", 'id\tabstract\nx\tsays ""A""\n', [("x", None, 'says ""A""')]),
    (
        "zotero.csv",
        '"Key","Item Type","Title","DOI","Abstract Note"\n"AB12","journalArticle","T","1/x","Two\nlines"\n',
        [("AB12", "T", "Two\nlines")],
    ),
    (
        "refs.bib",
        "@comment{x}\n@string{me = {I}}\n\n@article{knuth,\n  title = {The {TeX} book},\n"
        '  abstract = {It is\n    2x},\n}\n\n@misc{other, abstract = "B"}\n',
        [("knuth", "The TeX book", "It is\n    2x"), ("other", None, "B")],
    ),
    (
        "refs.ris",
        "TY  - JOUR\nID  - r1\nTI  - T\nAB  - A\nER  - \n\n"
        "TY  - CONF\nDO  - 10.1/2\nT1  - U\nN2  - B\nER  - \n",
        [("r1", "T", "A"), ("10.1/2", "U", "B")],
    ),
    (
        "parts.bib",
        '@string{Foo = {Foo} # "Net"}\n@string(twice = foo # { and } # foo)\n'
        '@ARTICLE{a, title = "On " # FOO, abstract = twice # " is # {\\"1} # in " # jan # { of } # 24}\n',
        [("a", "On FooNet", 'FooNet and FooNet is # {\\"1} # in January of 24')],
    ),
    (
        "again.bib",
        "@misc{a, abstract={A}, title={T}, abstract={B}}\n@misc{b, abstract={C}}\n",
        [("a", "T", "A"), ("b", None, "C")],
    ),
    (
        "lines.ris",
        "TY  - JOUR\nID  - r1\nTI  - T\nAB  - We go\n  on.\nAB  - And on.\nER  - \n\n"
        "TY  - JOUR\nID  - r2\nN2  - One.\nN2  - Two.\nER  - \n",
        [("r1", "T", "We go on.\nAnd on."), ("r2", None, "One.\nTwo.")],
    ),
    (
        "page.txt",
        f"Get a letter once a day!\nGet a letter!\nSubscribeFirst: a Title\n{ONE}\nSecond\nB\n",
        [("page.txt:3", "First: a Title", ONE), ("page.txt:5", "Second", "B")],
    ),
]


@pytest.mark.parametrize(("name", "content", "expected"), TEXT_CASES, ids=[case[0] for case in TEXT_CASES])
@pytest.mark.parametrize("form", ["plain", "gz", "bom", "no-suffix", "crlf"])
def test_text_formats(tmp_path: Path, name: str, content: str, expected: list[Any], form: str) -> None:
    data = content.encode()
    path = tmp_path / name
    if form == "gz":
        path, data = tmp_path / f"{name}.gz", gzip.compress(data)
    elif form == "bom":
        data = b"\xef\xbb\xbf" + data
    elif form == "no-suffix":
        path = tmp_path / "input"
    elif form == "crlf" and not name.endswith(("csv", "tsv")):
        data = data.replace(b"\n", b"\r\n")
    path.write_bytes(data)
    expected = [(id_.replace(name, path.name), title, text) for id_, title, text in expected]
    assert texts(read(path)) == expected


def test_formats_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "input.dat"
    path.write_text(jsonl({"id": "a", "abstract": ONE}))
    for name in ("jsonl", "arxiv", "semantic-scholar", "openalex"):
        assert name in FORMATS
        assert texts(read(path, format=name)) == [("a", None, ONE)]


def test_zstandard(tmp_path: Path) -> None:
    path = tmp_path / "input.jsonl.zst"
    content = jsonl(*({"id": str(number), "abstract": ONE} for number in range(1000)))
    with pa.output_stream(path, compression="zstd") as stream:
        stream.write(content.encode())
    assert len(texts(read(path))) == 1000


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "input.parquet"
    pq.write_table(pa.table({"paperId": [1, 2, 3], "abstract": [ONE, None, TWO], "other": [0, 0, 0]}), path)
    items = read(path)
    assert texts([items[0], items[2]]) == [("1", None, ONE), ("3", None, TWO)]
    assert items[1] == Reject(str(path), 2, "no abstract: 'abstract' is missing or null", id="2")


def test_named_columns(tmp_path: Path) -> None:
    path = tmp_path / "input.csv"
    path.write_text("abstract,note,n,t\nno,yes,1,T\n")
    options = {"text_column": "note", "id_column": "n", "title_column": "t"}
    assert texts(read(path, **options)) == [("1", "T", "yes")]


NAMED = [
    ("abstract,Body Text \nno,yes\n", "yes"),
    ("abstract,body TEXT\nno,yes\n", "yes"),
    ("BODY TEXT,Body Text,body text\nno,yes,no\n", "yes"),
    ("abstract,Body-Text\nno,no\n", "no column 'Body Text' (columns: 'abstract', 'Body-Text'); name it"),
]


@pytest.mark.parametrize(("content", "expected"), NAMED)
def test_a_named_column_is_found_whatever_its_case(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "input.csv"
    path.write_text(content)
    (item,) = read(path, text_column="Body Text")
    assert expected in str(item.abstract if isinstance(item, Paper) else item)


@pytest.mark.parametrize("option", ["text_column", "id_column", "title_column"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.parquet"])
def test_a_table_must_have_the_named_columns(tmp_path: Path, name: str, option: str) -> None:
    path = tmp_path / name
    if name == "a.parquet":
        pq.write_table(pa.table({"id": ["x"], "abstract": [ONE]}), path)
    else:
        path.write_text("id,abstract\nx,A\n".replace(",", "\t" if name == "a.tsv" else ","))
    (item,) = read(path, **{option: "nmae"})
    assert isinstance(item, Reject)
    wanted = f"no column 'nmae' (columns: 'id', 'abstract'); name it with --{option.replace('_', '-')}"
    assert item.reason == wanted
    assert texts(read(path, **{option: "ABSTRACT"}))[0][2] in (ONE, "A")


def test_parquet_finds_the_abstract_where_json_lines_do(tmp_path: Path) -> None:
    rows = [{"abstract": None, "abstract_inverted_index": json.dumps({"It": [0], "wins": [1]})}]
    (tmp_path / "a.jsonl").write_text(jsonl(*rows))
    pq.write_table(
        pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in rows[0]])),
        tmp_path / "a.parquet",
    )
    assert [texts(read(tmp_path / name))[0][2] for name in ("a.jsonl", "a.parquet")] == ["It wins"] * 2


def test_a_paper_on_two_pages_is_read_once(tmp_path: Path) -> None:
    page = f"Get it!\nGet it.\nSubscribeOne\n{ONE}\nTwo\n{TWO.splitlines()[0]} and so on\n"
    (tmp_path / "1.txt").write_text(page + page)
    (tmp_path / "2.txt").write_text(page)
    items = list(read_papers(find_inputs([str(tmp_path / "*.txt")])))
    assert [item.title for item in items if isinstance(item, Paper)] == ["One", "Two"]
    assert [(Path(item.file).name, item.row) for item in items if isinstance(item, Repeat)] == [
        ("1.txt", 9),
        ("1.txt", 11),
        ("2.txt", 3),
        ("2.txt", 5),
    ]


@pytest.mark.parametrize(
    "data", [jsonl({"id": "a", "abstract": ONE}).encode(), f"id,abstract\na,{ONE}\n".encode()]
)
@pytest.mark.parametrize("compressed", [False, True])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes, compressed: bool) -> None:
    raw = io.BytesIO(gzip.compress(data) if compressed else data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    assert texts(list(read_papers(["-"]))) == [("a", None, ONE)]


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=300),
    name=st.sampled_from(["x", "x.csv", "x.jsonl", "x.json", "x.bib", "x.ris", "x.txt", "x.tsv"]),
)
def test_any_bytes_are_read_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("bytes") / name
    path.write_bytes(data)
    assert all(isinstance(item, Paper | Reject | Repeat) for item in read(path))


@given(text=st.text(st.characters(), min_size=1).filter(lambda text: bool(text.strip())))
@example(text="<\r")
@example(text="< 5 &amp; ")
def test_any_text_comes_through_json_unchanged(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assume(not re.match(r"\s*</?[A-Za-z]", text))  # what begins with a tag is JATS
    path = tmp_path_factory.mktemp("text") / "x.jsonl"
    path.write_text(jsonl({"id": "a", "abstract": text}))
    assert texts(read(path)) == [("a", None, text)]
