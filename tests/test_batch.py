"""The batch: order, counts, rejects, timeouts, dying workers; the same bytes for any way of running."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from batch_samples import PARSER, files_of, plain_texts, posix, run, write_papers

from extractor.batch.chunks import Job
from extractor.batch.run import BatchOptions, run_batch
from extractor.batch.workers import read_in_processes
from extractor.errors import ExtractorError, InputError
from extractor.outputs import side_file
from extractor.readers.papers import Paper
from extractor.rulelang.ruleset import fingerprint
from extractor.tables.writers import Layout, make_layout


def rejects_of(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in side_file(out, "rejects.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    ("name", "table"), [("o.csv", "long"), ("o.parquet", "wide"), ("o.jsonl", "records")]
)
def test_the_bytes_do_not_depend_on_processes_and_chunks(tmp_path: Path, name: str, table: str) -> None:
    texts = plain_texts(40)
    texts[7], texts[20] = "", "[error odd]"
    source = write_papers(tmp_path / "in.jsonl", texts)
    results = []
    ways = ((1, 200), (1, 1), (2, 3), *(((3, 7),) if table == "records" else ()))
    for processes, chunk in ways:
        folder = tmp_path / f"{processes}-{chunk}"
        summary = run(source, folder / name, table, processes=processes, chunk=chunk)
        assert summary.papers == 38
        results.append(files_of(folder))
    assert len(results[0]) == 4
    assert all(result == results[0] for result in results)


def test_every_row_ends_somewhere_and_the_counts_add_up(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", [*plain_texts(10), "", "[error odd]"])
    with source.open("a") as stream:
        stream.write("not json\n")
    out = tmp_path / "o.jsonl"
    summary = run(source, out)
    found = {json.loads(line)["id"] for line in out.read_text().splitlines()}
    without = {
        json.loads(line)["id"] for line in side_file(out, "without-claims.jsonl").read_text().splitlines()
    }
    assert without == {"p0", "p3", "p6", "p9"}
    assert found == {f"p{number}" for number in range(10)} - without
    assert [(reject["line"], reject["id"]) for reject in rejects_of(out)] == [
        (11, "p10"),
        (12, "p11"),
        (13, None),
    ]
    assert rejects_of(out)[1]["reason"] == "internal error, ValueError: odd"
    manifest = json.loads(side_file(out, "manifest.json").read_text())
    counts = manifest["counts"]
    assert counts == {
        "rows": 13,
        "with_claims": 6,
        "without_claims": 4,
        "rejected": 3,
        "repeated": 0,
        "broken": 0,
        "claims": 12,
    }
    assert manifest["claims"]["speedup"] == manifest["claims"]["hardware"] == 6
    assert manifest["inputs"][0]["bytes"] == source.stat().st_size
    assert len(manifest["inputs"][0]["sha256"]) == 64
    assert manifest["rules"] == fingerprint()
    assert summary.rejects == rejects_of(out)


@posix
@pytest.mark.parametrize("processes", [1, 2])
def test_a_slow_paper_is_rejected_and_the_rest_read(tmp_path: Path, processes: int) -> None:
    texts = plain_texts(12)
    texts[5] = "[sleep 60] 2x"
    out = tmp_path / "o.csv"
    summary = run(write_papers(tmp_path / "in.jsonl", texts), out, processes=processes, chunk=4, timeout=0.5)
    assert summary.papers == 11
    assert [(reject["id"], reject["line"]) for reject in rejects_of(out)] == [("p5", 6)]
    assert "took longer than 0.5 s" in rejects_of(out)[0]["reason"]


@posix
@pytest.mark.parametrize("processes", [1, 2])
def test_a_paper_that_was_slow_once_is_read(tmp_path: Path, processes: int) -> None:
    texts = plain_texts(12)
    texts[5] = f"[sleep_once {tmp_path / 'slept'}] 2x"
    out = tmp_path / "o.csv"
    summary = run(write_papers(tmp_path / "in.jsonl", texts), out, processes=processes, chunk=4, timeout=0.5)
    assert summary.papers == 12


@posix
def test_a_worker_that_dies_is_replaced_and_its_papers_read_again(tmp_path: Path) -> None:
    texts = plain_texts(12)
    texts[5], texts[9] = f"[die_once {tmp_path / 'died'}] 2x", "[die] 3x"
    out = tmp_path / "o.jsonl"
    summary = run(write_papers(tmp_path / "in.jsonl", texts), out, processes=2, chunk=4)
    assert summary.papers == 11
    assert "p5" in out.read_text()
    assert [reject["id"] for reject in rejects_of(out)] == ["p9"]
    assert "died on it 2 times (exit code -9)" in rejects_of(out)[0]["reason"]


@pytest.mark.parametrize("table", ["long", "wide", "records"])
@pytest.mark.parametrize("name", ["o.csv", "o.jsonl", "o.parquet", "o.sqlite", "o.duckdb"])
def test_no_paper_is_lost_to_a_lone_surrogate(tmp_path: Path, name: str, table: str) -> None:
    if table == "records" and name != "o.jsonl":
        pytest.skip("records are JSON lines")
    rows = [
        {"id": f"{n}\ud800", "title": "\udc80", "abstract": f"{text} \udfff"} for n, text in enumerate(TORN)
    ]
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    summary = run(tmp_path / "in.jsonl", tmp_path / name, table)
    assert (summary.papers, summary.counts["claims"], summary.counts["rejected"]) == (2, 1, 1)
    assert (tmp_path / name).stat().st_size
    assert rejects_of(tmp_path / name)[0]["id"] == "2\ud800"


TORN = ["It is 2x \ud800 faster.", "Nothing.", "[error \udc00]"]


def test_the_alarm_needs_the_main_thread_else_a_worker_is_used(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", ["[sleep 60]", "2x"])
    thread = threading.Thread(target=run, args=(source, tmp_path / "o.csv"), kwargs={"timeout": 0.5})
    thread.start()
    thread.join(30)
    assert [reject["id"] for reject in rejects_of(tmp_path / "o.csv")] == ["p0"]


def test_papers_are_taken_only_a_little_ahead() -> None:
    taken = 0

    def chunks() -> Any:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield [Paper(str(number), None, "2x")]

    results = read_in_processes(chunks(), Job(Layout("csv"), parser=PARSER), 2)
    next(results)
    assert taken <= 50  # of a thousand
    results.close()


@pytest.mark.parametrize("processes", [1, 2])
def test_rules_that_cannot_be_loaded_end_the_run(tmp_path: Path, processes: int) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(4))
    layout = make_layout("o.csv")
    options = BatchOptions(processes=processes)
    with pytest.raises((ExtractorError, AttributeError), match="no attribute 'gone'"):
        run_batch([str(source)], tmp_path / "o.csv", layout, options=options, parser="fake_parser:gone")
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl"}


@pytest.mark.parametrize("content", ["", "not json\n", '{"abstract": ""}\n'])
def test_nothing_readable_leaves_no_output(tmp_path: Path, content: str) -> None:
    (tmp_path / "in.jsonl").write_text(content)
    with pytest.raises(InputError, match="nothing could be read"):
        run(tmp_path / "in.jsonl", tmp_path / "o.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl"}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks into /proc for the memory in use")
@pytest.mark.parametrize("processes", [1, 2])
def test_a_paper_that_uses_up_the_memory_is_rejected(tmp_path: Path, processes: int) -> None:
    texts = plain_texts(12)
    texts[5] = "[fill] 2x"
    out = tmp_path / "o.csv"
    summary = run(write_papers(tmp_path / "in.jsonl", texts), out, processes=processes, chunk=4)
    assert summary.papers == 11
    assert [reject["id"] for reject in rejects_of(out)] == ["p5"]
    assert "needs more memory than there is" in rejects_of(out)[0]["reason"]


def test_a_folder_that_cannot_be_looked_into_is_a_reject(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_papers(tmp_path / "a.jsonl", plain_texts(4))
    for name in ("closed", ".hidden"):
        (tmp_path / name).mkdir()
    scandir = os.scandir

    def refused(path: Any) -> Any:
        if Path(path).name in ("closed", ".hidden"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    summary = run(tmp_path, tmp_path / "o.csv")
    assert (summary.papers, summary.counts["broken"]) == (4, 1)
    assert summary.rejects[0]["file"] == str(tmp_path / "closed")


def test_a_cut_input_is_reported_and_what_could_be_read_is_there(tmp_path: Path) -> None:
    import gzip

    source = write_papers(tmp_path / "in.jsonl", plain_texts(3000))
    cut = tmp_path / "in.jsonl.gz"
    cut.write_bytes(gzip.compress(source.read_bytes())[:-2000])
    summary = run(cut, tmp_path / "o.csv")
    assert summary.counts["broken"] == 1
    assert 0 < summary.papers < 3000
    assert "cut short" in summary.rejects[-1]["reason"]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, float | None]] = []
    source = write_papers(tmp_path / "in.jsonl", plain_texts(10))
    run_batch(
        [str(source)],
        tmp_path / "o.csv",
        make_layout("o.csv"),
        options=BatchOptions(chunk=5),
        parser=PARSER,
        on_progress=lambda progress: told.append((progress.counts["rows"], progress.fraction)),
    )
    assert [rows for rows, _ in told] == [5, 10]
    assert told[-1][1] == 1.0


def test_an_input_that_cannot_be_opened_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_papers(tmp_path / "a.jsonl", plain_texts(4))
    write_papers(tmp_path / "b.jsonl", plain_texts(4))
    opened = Path.open

    def refused(self: Path, *arguments: Any, **more: Any) -> Any:
        if self.name == "a.jsonl":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", refused)
    summary = run(tmp_path, tmp_path / "o.csv")
    assert (summary.papers, summary.counts["broken"]) == (4, 1)
    assert summary.rejects[0]["reason"] == "cannot be read: Permission denied"
