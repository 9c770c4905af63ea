"""Readers: every format, every way a row can be wrong."""

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

from extractor.errors import InputError
from extractor.readers import jsonarray
from extractor.readers.papers import (
    FORMATS,
    Item,
    Paper,
    ReadOptions,
    Reject,
    Repeat,
    find_inputs,
    read_papers,
)

ONE = "Our cache is 3x faster than the old one."
TWO = "It needs 40% less memory,\n  on two lines."


def read(path: Path, **options: Any) -> list[Item]:
    return list(read_papers([str(path)], ReadOptions(**options)))


def texts(items: list[Item]) -> list[tuple[str | None, str | None, str]]:
    assert all(isinstance(item, Paper) for item in items), items
    return [(item.id, item.title, item.abstract) for item in items if isinstance(item, Paper)]


def jsonl(*rows: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


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


INDEX = "abstract_inverted_index"
BAD_ROWS = [
    ("deep.csv", INDEX + '\n"{""A"": [0]}"\n"' + '{""a"":' * 20_000 + '"\n', 3, "positions"),
    ("no-json.jsonl", '{"abstract": "A"}\nnot\n{"abstract": "B"}\n', 2, "not JSON"),
    ("cut.jsonl", '{"abstract": "A"}\n{"abstract": "B"}\n{"abst', 3, "not JSON"),
    ("list.json", '[{"abstract": "A"}, ["abstract"], {"abstract": "B"}]', 2, "a JSON list"),
    ("list.jsonl", '{"abstract": "A"}\n["abstract"]\n{"abstract": "B"}\n', 2, "a JSON list"),
    ("five.jsonl", '{"abstract": "A"}\n5\n', 2, "a JSON number, expected an object"),
    ("word.json", '[{"abstract": "A"}, "word"]', 2, "a JSON string, expected an object"),
    ("none.jsonl", '{"abstract": "A"}\n{"abstract": null}\n', 2, "missing or null"),
    ("number.jsonl", '{"abstract": "A"}\n{"abstract": 12.5}\n', 2, "is a number"),
    ("object.jsonl", '{"abstract": "A"}\n{"abstract": {}}\n', 2, "is a dict"),
    ("blank.jsonl", '{"abstract": "A"}\n{"abstract": " "}\n', 2, "is empty"),
    ("deep.jsonl", '{"abstract": "A"}\n' + "[" * 100_000 + "\n", 2, "nested too deeply"),
    ("index.jsonl", '{"abstract": "A"}\n{"abstract_inverted_index": {"a": 1}}\n', 2, "positions"),
    ("empty.csv", 'id,abstract\n1,A\n2,\n3,"B\nB"\n', 3, "is empty"),
    ("short.csv", "id,abstract\n1,A\n2\n3,B\n", 3, "missing or null"),
    ("commas.csv", "id,abstract\n1,A\n2,one, two\n3,B\n", 3, "is a cell with the delimiter unquoted?"),
    ("lines.csv", 'id,abstract\n1,"A\nA\nA"\n2,\n', 5, "is empty"),
    ("field.csv", "id,abstract\n1,A\n2," + "x" * 5_000_000 + "\n3,B\n", 3, "not readable as CSV"),
    ("endless.jsonl", '{"abstract": "A"}\n{"id": Infinity, "abstract": "B"}\n', 2, "an infinite number"),
    ("endless.csv", "id,abstract\n1,A\n-inf,B\n", 3, "an infinite number"),
    ("place.jsonl", '{"abstract": "A"}\n{"abstract_inverted_index": {"a": [Infinity]}}\n', 2, "positions"),
    ("place.csv", INDEX + '\n"{""A"": [0]}"\n"{""A"": [1e999]}"\n', 3, "positions"),
    ("value.jsonl", '{"abstract": "A"}\n{"abstract": Infinity}\n', 2, "is a float, expected text"),
    ("nan.jsonl", '{"abstract": "A"}\n{"abstract": NaN}\n', 2, "missing or null"),
    ("refs.bib", "@misc{a, abstract={A}}\n@misc{b,\n title={T}\n}\n", 2, "no abstract"),
    (
        "open.bib",
        '@misc{a, abstract={A}}\n@misc{b, abstract="B}\n@misc{c, abstract={C}}\n',
        2,
        "not readable as",
    ),
    ("huge.jsonl", '{"abstract": "A"}\n{"abstract": "' + "2x " * 400_000 + '"}\n', 2, "1,200,000 characters"),
    ("cut.ris", "TY  - JOUR\nAB  - A\nER  - \nTY  - JOUR\nAB  - B\n", 4, "without its ER line"),
    ("odd.txt", "a\nb\nSubscribeOne\nA\nTwo\n", 5, "a title without an abstract"),
]


@pytest.mark.parametrize(("name", "content", "row", "reason"), BAD_ROWS, ids=[case[0] for case in BAD_ROWS])
def test_bad_rows_are_named_and_the_rest_is_read(
    tmp_path: Path, name: str, content: str, row: int, reason: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    items = read(path)
    rejects = [item for item in items if isinstance(item, Reject)]
    assert [(reject.file, reject.row) for reject in rejects] == [(str(path), row)]
    assert reason in rejects[0].reason
    assert len(items) > 1


def test_a_paper_without_a_text_is_named_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(jsonl({"id": "x7", "abstract": None}, {"abstract": None}))
    assert [item.id for item in read(tmp_path / "a.jsonl") if isinstance(item, Reject)] == ["x7", None]


IDS = ["1", None, "704.0010", "3"]


def test_ids_out_of_floats_are_what_they_were(tmp_path: Path) -> None:
    spelled = ["1.0", "NaN", "704.0010", "3"]
    lines = [f'{{"id": {spelling}, "abstract": "A"}}\n' for spelling in spelled]
    (tmp_path / "a.jsonl").write_text("".join(lines))
    (tmp_path / "a.csv").write_text("id,abstract\n" + "".join(f"{spelling},A\n" for spelling in spelled))
    for name, first in (("a.jsonl", 1), ("a.csv", 2)):
        expected = [id_ or f"{name}:{row}" for row, id_ in enumerate(IDS, first)]
        assert [item.id for item in read(tmp_path / name) if isinstance(item, Paper)] == expected
    (tmp_path / "text.jsonl").write_text(jsonl({"id": "1.0", "abstract": "A"}))
    assert texts(read(tmp_path / "text.jsonl")) == [("1.0", None, "A")]


def test_ids_of_a_parquet_column_of_floats(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"id": [1.0, None, float("nan"), 2.5, float("inf")], "abstract": ["A"] * 5}), path
    )
    *papers, last = read(path)
    assert [id_ for id_, _, _ in texts(papers)] == ["1", "a.parquet:2", "a.parquet:3", "2.5"]
    assert isinstance(last, Reject)
    assert "an infinite number" in last.reason


@pytest.mark.parametrize("position", [float("inf"), float("nan")])
def test_positions_of_a_parquet_index_are_finite(tmp_path: Path, position: float) -> None:
    path = tmp_path / "a.parquet"
    rows = [{INDEX: {"It": [0.0], "wins": [1.0]}}, {INDEX: {"It": [position], "wins": None}}]
    pq.write_table(pa.Table.from_pylist(rows), path)
    good, bad = read(path)
    assert texts([good]) == [("a.parquet:1", None, "It wins")]
    assert isinstance(bad, Reject)
    assert "positions" in bad.reason


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_cell_may_be_long(tmp_path: Path, name: str) -> None:
    long = "x" * 200_000
    (tmp_path / name).write_text(f"id,abstract\n1,{long}\n".replace(",", "\t" if name == "a.tsv" else ","))
    assert texts(read(tmp_path / name)) == [("1", None, long)]


@pytest.mark.parametrize(
    ("name", "line"),
    [("a.jsonl", '{"abstract": "%s"}'), ("a.csv", "%s"), ("a.bib", "@misc{a, abstract={%s}}")],
)
def test_a_row_in_another_encoding(tmp_path: Path, name: str, line: str) -> None:
    path = tmp_path / name
    header = "abstract\n" if name == "a.csv" else ""
    path.write_bytes(f"{header}{line % 'naïve'}\n".encode("latin-1") + f"{line % 'naïve'}\n".encode())
    bad, good = read(path)
    assert isinstance(bad, Reject)
    assert "--encoding" in bad.reason
    assert isinstance(good, Paper)
    assert good.abstract == "naïve"
    named = read(path, encoding="latin-1")[0]
    assert isinstance(named, Paper)
    assert named.abstract == "naïve"


def test_an_element_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('[{"abstract": "naïve"}, {"abstract": "sound"}]'.encode("latin-1"))
    bad, good = read(path)
    assert isinstance(bad, Reject)
    assert "--encoding" in bad.reason
    assert isinstance(good, Paper)


def test_utf16_is_known_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "input.csv"
    path.write_bytes("id,abstract\n1,größer\n".encode("utf-16"))
    assert texts(read(path)) == [("1", None, "größer")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-16"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,abstract\n1,größer\n"),
        ("a.jsonl", '{"id": "1", "abstract": "größer"}\n'),
        ("a.json", '[{"id": "1", "abstract": "größer"}]'),
        ("input", "id,abstract\n1,größer\n"),
        ("a.bib", "@misc{1, abstract={größer}}\n"),
    ],
)
def test_wide_encodings_are_known_without_a_mark(
    tmp_path: Path, name: str, content: str, encoding: str
) -> None:
    (tmp_path / name).write_bytes(content.encode(encoding))
    assert texts(read(tmp_path / name)) == [("1", None, "größer")]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.parquet"])
@pytest.mark.parametrize("twice", ["abstract", "id"])
def test_two_columns_of_one_name_are_told(tmp_path: Path, name: str, twice: str) -> None:
    names = ["id", "abstract", twice, "x", "x"]
    if name == "a.parquet":
        pq.write_table(pa.table([["A"]] * 5, names=names), tmp_path / name)
    else:
        rows = [names, ["A"] * 5]
        (tmp_path / name).write_text(
            "".join(("\t" if "tsv" in name else ",").join(row) + "\n" for row in rows)
        )
    (item,) = read(tmp_path / name)
    assert isinstance(item, Reject)
    assert item.reason == f"two columns are named {twice!r}; rename one of them"


def test_a_long_element_is_decoded_a_few_times_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"abstract": "A", "pages": "x" * 5_000_000}]))
    decode, tried = jsonarray._decode, list[int]()

    def counted(decoder: json.JSONDecoder, text: str, place: int) -> Any:
        tried.append(place)
        return decode(decoder, text, place)

    monkeypatch.setattr(jsonarray, "_decode", counted)
    assert texts(read(path)) == [("a.json:1", None, "A")]
    assert len(tried) < 12


FILE_FAULTS = [
    ("missing.csv", b"id,words\n1,A\n", 1, "no column with abstracts (columns: 'id', 'words'); name it with"),
    ("empty.csv", b"", 1, "no header line"),
    ("unclear.dat", b"some words\n", None, "name it with --format: jsonl, json, csv"),
    ("array.jsonl", b'{"abstract": "A"}' + b" " * (1 << 25), None, "is it one JSON array"),
    ("quote.csv", b'id,abstract\n1,"A\nA"\n2,"B, B\n3,C\n', 4, "a quote that is never closed"),
    ("quote.tsv", b'abstract\n"A', 2, "a quote that is never closed"),
    ("cut.json", b'[{"abstract": "A"', None, "cut short or broken"),
    ("no.parquet", b"PAR1 no", None, "not readable as Parquet"),
    ("cut.jsonl.gz", gzip.compress(jsonl(*[{"abstract": ONE}] * 500).encode())[:-9], None, "cut short"),
    ("broken.jsonl.gz", gzip.compress(b"x")[:10] + b"\xff" * 100, None, "cannot be read"),
]


@pytest.mark.parametrize(
    ("name", "data", "row", "reason"), FILE_FAULTS, ids=[case[0] for case in FILE_FAULTS]
)
def test_a_bad_file_does_not_stop_the_others(
    tmp_path: Path, name: str, data: bytes, row: int | None, reason: str
) -> None:
    bad, good = tmp_path / name, tmp_path / "good.jsonl"
    bad.write_bytes(data)
    good.write_text(jsonl({"id": "g", "abstract": ONE}))
    items = list(read_papers([str(bad), str(good)]))
    rejects = [item for item in items if isinstance(item, Reject)]
    assert [(reject.file, reject.row) for reject in rejects] == [(str(bad), row)]
    assert reason in rejects[0].reason
    assert rejects[0].broken == (row is None or name.startswith("quote"))
    assert texts([items[-1]]) == [("g", None, ONE)]


def test_rows_before_the_cut_are_read(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    rows = [{"id": str(number), "abstract": f"{ONE} {number * 7919}"} for number in range(50_000)]
    path.write_bytes(gzip.compress(jsonl(*rows).encode())[:200_000])
    *papers, last = read(path)
    assert isinstance(last, Reject)
    assert last.broken
    assert f"behind row {len(papers)}" in last.reason
    assert len(papers) > 1000


def test_unreadable_file(tmp_path: Path) -> None:
    (item,) = read(tmp_path / "gone.jsonl")
    assert isinstance(item, Reject)
    assert "No such file" in item.reason


def test_unknown_format_and_encoding(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown format 'word'; known: jsonl"):
        read(tmp_path, format="word")
    with pytest.raises(InputError, match="unknown encoding 'utf-9'"):
        read(tmp_path, encoding="utf-9")


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
