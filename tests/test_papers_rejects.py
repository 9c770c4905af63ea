"""Readers: every way in which a row or a file can be wrong, and encodings."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from paper_samples import ONE, jsonl, read, texts

from extractor.errors import InputError
from extractor.readers import jsonarray
from extractor.readers.papers import (
    Paper,
    Reject,
    read_papers,
)

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
