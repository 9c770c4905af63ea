"""Plain texts, MEDLINE, BibTeX of the ACL Anthology, workbooks; and what is passed over in folders."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.errors import InputError
from extractor.readers import workbook
from extractor.readers.bibvalues import without_protection
from extractor.readers.papers import Item, Paper, ReadOptions, Reject, find_inputs, passed_over, read_papers

LONG = "LumoNet is a cache that is 3x faster than the old one, which nobody had thought of before. " * 3
WRAPPED = LONG.replace("that", "that\n")
MEDLINE = """PMID- 77
OWN - NLM
TI  - On caches that
      are fast
AB  - AIMS: It is 2x faster. RESULTS: It needs
      40% less memory.
FAU - Doe, Ada

PMID- 78
TI  - No text
"""


def read(path: Path, **options: Any) -> list[Item]:
    return list(read_papers([str(path)], ReadOptions(**options)))


def run(source: str, out: str) -> str:
    done = CliRunner().invoke(build_app(), ["run", source, "-o", out])
    assert done.exit_code == 0, done.output
    return done.stderr


def texts(items: list[Item]) -> list[tuple[str | None, str]]:
    return [(item.id, item.abstract) for item in items if isinstance(item, Paper)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{WRAPPED}\n", [("a.b", f"{WRAPPED}\n")]),
        (f"{WRAPPED}\n \n\n{LONG}\n", [("a.b.txt:1", WRAPPED.strip()), ("a.b.txt:7", LONG)]),
        (f"\n{LONG}\n{LONG}2\n", [("a.b.txt:2", LONG), ("a.b.txt:3", f"{LONG}2")]),
        (f"On caches\n\n{LONG}", [("a.b", f"On caches\n\n{LONG}")]),
        ("[1] It is 2x faster, (2) or more.", [("a.b", "[1] It is 2x faster, (2) or more.")]),
    ],
    ids=["file", "paragraphs", "lines", "heading", "bracket"],
)
def test_a_text_alone_is_a_paper_or_has_one_a_paragraph_or_line(
    tmp_path: Path, content: str, expected: list[tuple[str, str]]
) -> None:
    path = tmp_path / "a.b.txt"
    path.write_text(content)
    found = texts(read(path))
    assert [(identity, text.strip()) for identity, text in found] == [
        (identity, text.strip()) for identity, text in expected
    ]


def test_the_shape_of_a_text_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One.\nTwo.\n\nThree.\n")
    assert texts(read(path, format="text")) == [("a", "One.\nTwo.\n\nThree.\n")]
    assert texts(read(path, format="paragraphs")) == [("a.txt:1", "One.\nTwo."), ("a.txt:4", "Three.")]
    assert [text for _, text in texts(read(path, format="lines"))] == ["One.", "Two.", "Three."]


def test_of_several_texts_each_is_a_paper(tmp_path: Path) -> None:
    for name in ("0704.0010.txt", "b.txt"):
        (tmp_path / name).write_text(f"{LONG}\n\n{LONG}\n")
    with gzip.open(tmp_path / "c.txt.gz", "wt") as stream:
        stream.write(LONG)
    items = list(read_papers(find_inputs([str(tmp_path)])))
    assert [(identity, len(text)) for identity, text in texts(items)] == [
        ("0704.0010", 2 * len(LONG) + 3),
        ("b", 2 * len(LONG) + 3),
        ("c", len(LONG)),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"a\xff", "encoding"), (b"a" * 1_000_001, "at most 1,000,000")],
)
def test_a_text_that_is_no_abstract_is_a_reject(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    (item,) = read(tmp_path / "a.txt")
    assert isinstance(item, Reject)
    assert reason in item.reason


def test_texts_of_a_folder_are_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    for name in ("a.txt", "deep/b.txt", ".c.txt", "notes.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(LONG)
    names = [str(tmp_path / name) for name in ("a.txt", "deep/b.txt", "notes.docx", "p.csv")]
    assert find_inputs([str(tmp_path)]) == names[:2]
    assert passed_over([str(tmp_path), "-", names[0]]) == names[2:3]
    out = tmp_path / "o.csv"  # what a run wrote is nothing else
    run(str(tmp_path), str(out))
    assert find_inputs([str(tmp_path)]) == names[:2]
    Path(names[3]).touch()
    assert find_inputs([str(tmp_path)]) == names[3:]
    assert passed_over([str(tmp_path)]) == names[:3]


def test_files_that_were_passed_over_are_named(tmp_path: Path) -> None:
    for name in ("a.txt", *(f"{n}.pdf" for n in range(7))):
        (tmp_path / name).write_text(LONG)
    told = run(str(tmp_path), "-")
    note = f"note: passed over, no known suffix: {tmp_path}/0.pdf, {tmp_path}/1.pdf"
    assert note in told
    assert "4.pdf and 2 more" in told


@pytest.mark.parametrize("name", ["a.nbib", "a.txt", "a"])
def test_medline(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(MEDLINE)
    paper, reject = read(tmp_path / name)
    assert paper == Paper(
        "77",
        "On caches that are fast",
        "AIMS: It is 2x faster. RESULTS: It needs 40% less memory.",
        str(tmp_path / name),
        1,
    )
    assert isinstance(reject, Reject)
    assert (reject.id, reject.row) == ("78", 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{L}umo{N}et for {BERT}", "LumoNet for BERT"),
        ("$x^{2}$ and $\\mathcal{O}(n)$", "$x^{2}$ and $\\mathcal{O}(n)$"),
        ("\\textit{Foo} {---} x_{i}", "\\textit{Foo} --- x_{i}"),
        ("91.2{\\%} \\{a\\}", "91.2{\\%} \\{a\\}"),
        ("a { b", "a { b"),
    ],
)
def test_braces_that_protect_letters_are_no_text(text: str, expected: str) -> None:
    assert without_protection(text) == expected


def test_bibtex_of_the_acl_anthology(tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(
        '@inproceedings{doe-2099-lumo,\n    title = "{L}umo{N}et",\n    month = jul,\n    author = "A  and\n'
        '      B",\n    abstract = "We present {L}umo{N}et on {F}oo{B}ench."\n}\n'
    )
    (paper,) = read(path)
    assert isinstance(paper, Paper)
    assert (paper.id, paper.title, paper.abstract) == (
        "doe-2099-lumo",
        "LumoNet",
        "We present LumoNet on FooBench.",
    )


def book_of(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        book_of(
            first=[["Title", "Abstract", "DOI"], ["T", "It is 2x faster.", "10.1/x"], [None], ["U", 7, None]],
            notes=[["to", "do"], ["this", "that"]],
            more=[[], ["abstract", None], ["A", "x"]],
        )
    )
    papers = read(path)
    assert [(item.id, item.row) for item in papers if isinstance(item, Paper)] == [
        ("10.1/x", 2),
        ("a.xlsx[more]:3", 3),
    ]
    (reject,) = [item for item in papers if isinstance(item, Reject)]
    assert (reject.row, reject.reason) == (4, "'Abstract' is a int, expected text")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (book_of(a=[["x", "y"], [1, 2]]), "no column with abstracts (columns: 'x', 'y')"),
        (b"PK\x03\x04 no zip", "not readable as a workbook"),
    ],
)
def test_a_workbook_without_abstracts_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a").write_bytes(content)
    (item,) = read(tmp_path / "a")
    assert isinstance(item, Reject)
    assert reason in item.reason


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_MOST_BYTES", 1000)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("x", "0" * 2000)
    (item,) = read(path)
    assert isinstance(item, Reject)
    assert "unpacks to 2,000 bytes" in item.reason


def test_the_workbook_of_a_run_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LONG)
    run(str(tmp_path / "a.txt"), str(tmp_path / "o.xlsx"))
    with pytest.raises(InputError, match="no such file but those that a run wrote"):
        find_inputs([str(tmp_path / "*.xlsx")])
