"""Inputs made to use up memory or time, and places that take no files: told in a line, the rest is read."""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from extractor.cli import build_app
from extractor.errors import ExtractorError, InputError
from extractor.readers import workbook
from extractor.readers.papers import Paper, Reject, read_papers

ROW = json.dumps({"id": "last", "abstract": "It is 2x faster."})
DEEP = "[" * 30_000
SECONDS = 20
NOBODY = 65534
END = "</sheetData></worksheet>"


def of_sheet(cells: str) -> bytes:
    """A workbook, only as much of one as is read before its sheet."""
    openpyxl = pytest.importorskip("openpyxl")
    book, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as others:
        for name in parts.namelist():
            inner = parts.read(name)
            others.writestr(name, cells.encode() if name.endswith("sheet1.xml") else inner)
    return made.getvalue()


def bombs() -> list[tuple[str, bytes, str]]:
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    entity = '<!DOCTYPE a [<!ENTITY a "haha"><!ENTITY b "&a;&a;">]>' + sheet + "&b;</sheetData></worksheet>"
    wide = ",".join(f"c{number}" for number in range(100_000))
    return [
        ("line.jsonl.gz", gzip.compress(b'{"abstract": "' + b"a" * (34 << 20)), "a line of more than"),
        ("deep.jsonl", f'{{"abstract": {DEEP}\n{ROW}\n'.encode(), "JSON"),
        ("deep.json", f'{{"abstract": {DEEP}'.encode(), "JSON"),
        ("wide.csv", f"{wide}\n1,2\n".encode(), "no column with abstracts"),
        ("long.jsonl", f'{{"abstract": "{"a " * 600_000}"}}\n{ROW}\n'.encode(), "is it an abstract?"),
        ("entities.xlsx", of_sheet(entity), "not readable as a workbook"),
        (
            "wide.xlsx",
            of_sheet(f"{sheet}<row>{'<c/>' * 1_000_000}</row>{END}"),
            "a row of more than 16,384 cells",
        ),
        (
            "long.xlsx",
            of_sheet(f"{sheet}<row><c><v>{'1' * (7 << 20)}</v></c></row>{END}"),
            "not readable as a workbook",
        ),
        ("packed.xlsx", of_sheet(f"{sheet}{'<row></row>' * 1_000_000}{END}"), "unpacks to 11,0"),
        (
            "number.xlsx",
            of_sheet(f'{sheet}<row r="1"/><x:row spans="1" r="999999999"/>{END}'),
            "above 1,048,576",
        ),
        ("row.xlsx", of_sheet(sheet + "<row><c/></row>" * 100_000 + "<row"), "not readable as a workbook"),
    ]


@pytest.mark.parametrize("number", range(len(bombs())))
def test_what_is_made_to_burst_is_told(tmp_path: Path, number: int) -> None:
    name, content, reason = bombs()[number]
    (tmp_path / name).write_bytes(content)
    start = time.process_time()
    items = list(read_papers([str(tmp_path / name)]))
    assert time.process_time() - start < SECONDS
    rejects = [item for item in items if isinstance(item, Reject)]
    assert rejects, items
    assert reason in rejects[0].reason
    assert len(rejects[0].reason) < 500
    if content.endswith(f"{ROW}\n".encode()):
        assert isinstance(items[-1], Paper)


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1 << 20])
def test_rows_are_counted_however_the_sheet_is_cut(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_CHUNK", size)
    monkeypatch.setattr(workbook, "_MOST_CELLS", 3)
    row = '<row r="1"><c r="A1"/><c t="inlineStr"><is><t>cc &lt;c</t></is></c><x:c/></row>'
    workbook._check_rows(io.BytesIO(f"<sheetData>{row * 9}{END}".encode()), "a.xlsx")
    for wide in (row.replace("<x:c/>", "<c/><c/>"), row.replace('r="1"', 'r="1048577"')):
        with pytest.raises(InputError, match=r"a\.xlsx: has a row of"):
            workbook._check_rows(io.BytesIO(f"<sheetData>{row}{wide}{row}{END}".encode()), "a.xlsx")


@pytest.mark.skipif(
    not Path("/proc/version").exists(), reason="needs a folder that takes no files from anybody"
)
@pytest.mark.parametrize("out", ["/proc/o.csv", "/proc/new/o.jsonl"])
def test_a_folder_that_takes_no_files_is_told(tmp_path: Path, out: str) -> None:
    (tmp_path / "in.jsonl").write_text(ROW)
    result = CliRunner().invoke(build_app(), ["run", str(tmp_path / "in.jsonl"), "-o", out])
    assert isinstance(result.exception, (ExtractorError, OSError))
    assert out.rpartition("/")[0] in str(result.exception)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with papers that everybody may look into; those of pytest are their user's alone."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "in.jsonl").write_text(f"{ROW}\n")
        (place / "open").mkdir()
        (place / "open").chmod(0o777)
        invoke("run", place / "in.jsonl", "-o", place / "open" / "first.csv")  # what is imported late is now
        yield place


@contextmanager
def without_rights() -> Iterator[None]:
    """Root may read and write everything: it becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(each) for each in arguments])


@pytest.mark.skipif(os.name != "posix", reason="needs users and rights")
def test_a_read_only_folder_is_told(folder: Path) -> None:
    (folder / "shut").mkdir(mode=0o555)
    with without_rights():
        result = invoke("run", folder / "in.jsonl", "-o", folder / "shut" / "o.csv")
    assert isinstance(result.exception, (ExtractorError, OSError))
    assert "shut" in str(result.exception)
    assert "Permission denied" in str(result.exception)
    assert list((folder / "shut").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="needs users and rights")
def test_a_folder_that_cannot_be_read_is_named_and_the_rest_is_read(folder: Path) -> None:
    (folder / "tree").mkdir()
    (folder / "in.jsonl").rename(folder / "tree" / "in.jsonl")
    (folder / "tree" / "shut").mkdir(mode=0)
    with without_rights():
        result = invoke("run", folder / "tree", "-o", folder / "open" / "o.csv")
    assert result.exit_code == 1
    assert f"rejected: {folder / 'tree' / 'shut'}: cannot be read: Permission denied" in result.output
    assert "1 paper read" in result.output
