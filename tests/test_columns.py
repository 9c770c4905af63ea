"""Columns and papers that a run keeps, and the kinds and columns that it is asked for."""

from __future__ import annotations

import csv
import io
import json
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import extractor
from extractor import Extractor, InputError, parse_frame, read_table
from extractor.batch.chunks import with_kinds
from extractor.cli import build_app
from extractor.pages import read_documents
from extractor.readers.duplicates import without_duplicates
from extractor.readers.papers import Paper, ReadOptions, Reject, Repeat, find_inputs, read_papers
from extractor.tables.writers import make_layout

FAST = "It is 2x faster on an A100."
SMALL = "It needs 40% less memory."
ROWS: list[dict[str, Any]] = [
    {"id": "0704.0010", "title": "T", "abstract": FAST, "year": 2007, "venue": None, "tags": ["a", "b"]},
    {"id": "b", "title": "U", "abstract": SMALL, "year": 2008.0, "venue": "V", "open": True, "at": {"x": 1}},
]
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x</id><title>T</title><summary>A</summary>
<published>2024-01-05</published><category>cs.LG</category><category>cs.AI</category></entry></feed>"""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    return path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(build_app(), ["run", *map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_kept_columns_stand_behind_the_title(papers: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(papers, "-o", "-", "--keep", "year,venue", "--keep", "tags"))))
    assert list(rows[0])[:6] == ["id", "title", "year", "venue", "tags", "kind"]
    assert [(row["year"], row["venue"], row["tags"], row["kind"]) for row in rows] == [
        ("2007", "", "a; b", "speedup"),
        ("2007", "", "a; b", "hardware"),
        ("2008", "V", "", "change"),
    ]


@pytest.mark.parametrize("out", ["-", "out.csv"])
def test_a_column_that_no_paper_has_is_told_once(papers: Path, tmp_path: Path, out: str) -> None:
    where = out if out == "-" else str(tmp_path / out)
    options = ["--keep", "year,venue,journal", "--keep", "series"]
    done = CliRunner().invoke(build_app(), ["run", str(papers), "-o", where, *options])
    assert done.exit_code == 0
    (warning,) = [line for line in done.stderr.splitlines() if "--keep" in line]
    assert "no paper has anything in 'journal', 'series'" in warning
    assert "'id', 'title', 'abstract', 'year', 'venue', 'tags'" in warning
    assert (
        "--keep"
        not in CliRunner().invoke(build_app(), ["run", str(papers), "-o", "-", *options[:1], "year"]).stderr
    )


@pytest.mark.parametrize(
    ("name", "content", "keep", "kept"),
    [
        ("a.csv", "abstract,Year\nA,2007\n", "year", "2007"),
        ("a.jsonl", '{"abstract": "A", "open": true}', "open", "true"),
        ("a.jsonl", '{"abstract": "A", "at": {"x": [1]}}', "at", '{"x": ["1"]}'),
        ("a.jsonl", '{"abstract": "A", "n": 2007.10}', "n", "2007.10"),
        ("a.jsonl", '{"abstract": "A"}', "n", None),
        ("a.xml", ATOM, "published", "2024-01-05"),
        ("a.xml", ATOM, "category", "cs.LG; cs.AI"),
        ("a.bib", "@article{k, abstract={A}, year=2007}", "year", "2007"),
        ("a.nbib", "PMID- 7\nAB  - A\nDP  - 2007 Jan\n", "DP", "2007 Jan"),
        ("a.txt", "A text.", "year", None),
    ],
)
def test_every_format_keeps_its_fields(
    tmp_path: Path, name: str, content: str, keep: str, kept: str | None
) -> None:
    (tmp_path / name).write_text(content)
    (paper,) = read_papers([str(tmp_path / name)], ReadOptions(keep=(keep,)))
    assert isinstance(paper, Paper)
    assert dict(paper.kept).get(keep) == kept


def test_parquet_keeps_what_is_asked_for(tmp_path: Path) -> None:
    pd.DataFrame({"abstract": [FAST], "year": [2007], "other": ["x"]}).to_parquet(tmp_path / "a.parquet")
    (paper,) = read_papers([str(tmp_path / "a.parquet")], ReadOptions(keep=("year",)))
    assert isinstance(paper, Paper)
    assert paper.kept == (("year", "2007"),)


@pytest.mark.parametrize("name", ["o.csv", "o.jsonl", "o.parquet", "o.sqlite", "o.duckdb", "o.xlsx"])
def test_kinds_and_columns_are_chosen_in_every_format(tmp_path: Path, papers: Path, name: str) -> None:
    out = tmp_path / name
    kinds = ("--kinds", "change,hardware")
    run(papers, "-o", out, "--keep", "year", *kinds, "--columns", "year,text,kind,start")
    frame = read_table(out)
    assert frame[["year", "text", "kind"]].to_numpy().tolist() == [
        ["2007", "A100", "hardware"],
        ["2008", "40%", "change"],
    ]
    if name == "o.sqlite":
        with sqlite3.connect(out) as connection:
            names = [row[1] for row in connection.execute("PRAGMA table_info(claims)")]
        assert names == ["year", "text", "kind", "start"]
    manifest = json.loads((tmp_path / f"{name}.manifest.json").read_text())
    assert manifest["counts"]["claims"] == 2
    assert manifest["layout"]["keep"] == ["year"]


def paper(identity: str | None, title: str | None = None) -> Paper:
    return Paper(identity, title, FAST, "f", 1)


TITLE = "A Cache That Is Three Times Faster"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (paper("2401.00001"), paper("arXiv:2401.00001v3"), True),
        (paper("2401.00001v2"), paper("10.48550/arXiv.2401.00001"), True),
        (paper("10.1000/X"), paper("https://doi.org/10.1000/x"), True),
        (paper("2401.00001", TITLE), paper("10.1000/x", TITLE.lower().replace(" ", "  ") + "."), True),
        (paper("a.csv:1", TITLE), paper("b.csv:9", TITLE), True),
        (paper("2401.00001", TITLE), paper("2401.00002", TITLE), False),
        (paper("2401.00001"), paper("2401.00002"), False),
        (paper("a.csv:1", "Caches"), paper("b.csv:1", "Caches"), False),
        (paper("7"), paper("7"), False),
        (paper(None), paper(None), False),
    ],
)
def test_duplicates_are_known_by_id_or_title(first: Paper, second: Paper, same: bool) -> None:
    reject = Reject("f", 2, "why")
    expected = [first, reject, Repeat("f", 1) if same else second]
    assert list(without_duplicates([first, reject, second])) == expected


def test_a_run_leaves_duplicates_out_and_counts_them(tmp_path: Path, papers: Path) -> None:
    (tmp_path / "again.csv").write_text("id,abstract\n0704.0010v2,It is 5x faster.\n")
    done = CliRunner().invoke(
        build_app(), ["run", str(papers), str(tmp_path / "again.csv"), "-o", "-", "--skip-duplicates"]
    )
    assert "5x" not in done.stdout
    assert "2 papers read, 3 claims found, 0 rows rejected, 1 repeated" in done.stderr


def test_a_run_with_other_columns_is_not_resumed(tmp_path: Path, papers: Path) -> None:
    out = tmp_path / "o.csv"
    run(papers, "-o", out)
    run(papers, "-o", out, "--resume", "--columns", "id")
    assert out.read_text().split() == ["id", "0704.0010", "0704.0010", "b"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only_kinds": ["mood"]}, "there is no kind 'mood'; known: speedup"),
        ({"only_columns": ["id", "nix"]}, "there is no column 'nix'; known: id, title"),
        ({"keep": ["title"]}, "'title' stands in the table already"),
        ({"keep": ["year", "year"]}, "'year' stands in the table already"),
        ({"keep": ["year"], "table": "records", "format": "jsonl"}, "records have all"),
    ],
)
def test_what_is_not_there_is_told(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        with_kinds(make_layout("-", **options), ())  # type: ignore[arg-type]


def test_a_table_without_the_column_to_keep_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("abstract,x\nA,1\n")
    (reject,) = read_papers([str(tmp_path / "a.csv")], ReadOptions(keep=("year",)))
    assert "no column 'year' to keep (columns: 'abstract', 'x')" in str(reject)


def test_frames_keep_columns_with_their_types() -> None:
    frame = pd.DataFrame({"abstract": [FAST, None, SMALL], "id": ["a", "b", "c"], "year": [2007, 2008, 2009]})
    found = parse_frame(frame, keep=["year"])
    assert parse_frame(frame, keep="year").equals(found)
    assert list(found.columns)[:4] == ["id", "title", "year", "kind"]
    assert found["year"].tolist() == [2007, 2007, 2009]
    assert str(found["year"].dtype) == "int64"
    wide = Extractor().parse_frame(frame, wide=True, keep=["year"])
    assert wide["year"].tolist() == [2007, 2009]
    with pytest.raises(InputError, match="no column 'venue'"):
        parse_frame(frame, keep=["venue"])
    with pytest.raises(InputError, match="stands in the table already"):
        parse_frame(frame, keep=["id"])


@pytest.mark.parametrize(
    "name", ["o.csv", "o.tsv", "o.parquet", "o.sqlite", "o.duckdb", "o.xlsx", "o.feather"]
)
def test_pages_find_the_papers_beside_a_table(tmp_path: Path, name: str) -> None:
    rows = [*ROWS, {"id": "c", "title": "V", "abstract": "Nothing."}]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    out = tmp_path / name
    run(tmp_path / "in.jsonl", "-o", out, "--papers", "--keep", "year")
    lines = (tmp_path / f"{name}.papers.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["0704.0010", "b", "c"]
    assert json.loads(lines[0])["year"] == "2007"
    found = read_documents(out)
    assert [(each.id, each.abstract) for each in found] == [(row["id"], row["abstract"]) for row in rows]
    assert [claim.spans for claim in found[0].claims] == [((6, 8),), ((22, 26),)]
    assert found[2].claims == ()
    assert find_inputs([str(tmp_path)]) == [str(tmp_path / "in.jsonl")]


def test_papers_of_an_earlier_run_do_not_stay_beside_a_table(tmp_path: Path, papers: Path) -> None:
    out = tmp_path / "o.csv"
    run(papers, "-o", out, "--papers")
    assert (tmp_path / "o.csv.papers.jsonl").exists()
    run(papers, "-o", out)
    assert not (tmp_path / "o.csv.papers.jsonl").exists()
    with pytest.raises(InputError, match="beside a table; name a file"):
        make_layout("-", papers=True)


KINDS_TEXT = "It is 2x faster on an A100 and has 91% accuracy on ImageNet."


def test_the_library_reads_the_kinds_that_are_asked_for(tmp_path: Path) -> None:
    papers = pd.DataFrame({"abstract": [KINDS_TEXT]})
    for kinds, found in ((["speedup", "score"], ["speedup", "score"]), ("dataset", ["dataset"])):
        reader = pickle.loads(pickle.dumps(Extractor(kinds=kinds)))
        assert [claim.kind for claim in extractor.parse(KINDS_TEXT, kinds=kinds).claims] == found
        assert [claim.kind for claim in reader.parse(KINDS_TEXT).claims] == found
        for many in (extractor.parse_many([KINDS_TEXT], kinds=kinds), reader.parse_many([KINDS_TEXT])):
            assert [claim.kind for each in many for claim in each.claims] == found
        for frame in (parse_frame(papers, kinds=kinds), reader.parse_frame(papers)):
            assert frame["kind"].tolist() == found
    wide = parse_frame(papers, kinds="score", wide=True)
    assert wide["n_claims"].tolist() == [1]
    ways: list[Callable[[], object]] = [
        lambda: extractor.parse("x", kinds=["speedups"]),
        lambda: extractor.parse_many([], kinds=["speedups"]),
        lambda: parse_frame(papers, kinds=["speedups"]),
        lambda: Extractor(kinds=["speedups"]),
    ]
    for way in ways:
        with pytest.raises(ValueError, match="no kind 'speedups'; the kinds: speedup, change"):
            way()


def test_a_table_that_pandas_wrote_is_read(tmp_path: Path) -> None:
    frame = parse_frame(pd.DataFrame({"id": ["0704.0010"], "abstract": [KINDS_TEXT]}))
    frame.to_csv(tmp_path / "claims.csv", index=False)
    pd.testing.assert_frame_equal(read_table(tmp_path / "claims.csv"), frame)
    (tmp_path / "bad.csv").write_text("id,kind,mentions\n1,dataset,[open(1)]\n")
    with pytest.raises(InputError, match="begins like a list and is none"):
        read_table(tmp_path / "bad.csv")
