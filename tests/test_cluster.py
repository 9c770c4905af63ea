"""The batch on a cluster: any partitions, and lost workers, give the rows of the run on one machine."""

from __future__ import annotations

import json
import os
import pickle
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_samples import GOOD

import extractor
from extractor.batch import cluster
from extractor.batch.cluster import run_on_cluster
from extractor.batch.run import BatchOptions, Summary, run_batch
from extractor.errors import ExtractorError, InputError
from extractor.readers.papers import Item, Paper, ReadOptions, read_papers
from extractor.readers.partitions import count_lines, make_partitions, number_rows, plan_file, read_partition
from extractor.tables.frames import parse_frame
from extractor.tables.rows import tables_of
from extractor.tables.writers import make_layout

PARSER = "fake_parser:parse"
PAPERS = 60  # in each of two files


@pytest.fixture(scope="module")
def local_cluster() -> Any:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as started,
        Client(started) as client,
    ):
        yield client


def write_inputs(folder: Path, slowly: bool = False) -> list[str]:
    texts = [f"Größe {n}: it is {n}x faster." if n % 3 else "Nothing." for n in range(PAPERS)]
    if slowly:
        texts = [f"{text} [sleep 0.02]" for text in texts]
    texts[17] = ""
    rows = [{"title": f"T{n}", "abstract": text} for n, text in enumerate(texts)]
    lines = folder / "in.jsonl"
    lines.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows) + "not json")
    pq.write_table(pa.Table.from_pylist(rows), folder / "in.parquet", row_group_size=PAPERS // 5)
    page = "Get it!\nGet it.\nSubscribeA Title\nIt is 2x faster than the rest of them.\n"
    (folder / "1.txt").write_text(page)
    (folder / "2.txt").write_text(page)
    return [str(folder / name) for name in ("1.txt", "in.jsonl", "2.txt", "in.parquet")]


def read_in_parts(file: str, size: int) -> list[Item]:
    options = ReadOptions()
    pieces = plan_file(file, options, size)
    numbered = number_rows(pieces, [count_lines(piece) for piece in pieces])
    return [item for part in make_partitions(numbered) for item in read_partition(part, options)]


@pytest.mark.parametrize("size", [1, 50, 333, 1000, 10_000_000])
@pytest.mark.parametrize("name", ["in.jsonl", "in.parquet"])
def test_partitions_hold_the_items_of_the_whole(tmp_path: Path, name: str, size: int) -> None:
    write_inputs(tmp_path)
    file = str(tmp_path / name)
    assert read_in_parts(file, size) == list(read_papers([file]))
    assert size > 50 or len(plan_file(file, ReadOptions(), size)) > 3


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_lines_of_a_wide_encoding_are_not_cut(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes("".join(f'{{"abstract": "Größe {n}"}}\n' for n in range(40)).encode(encoding))
    items = read_in_parts(str(path), 100)
    assert items == list(read_papers([str(path)]))
    assert all(isinstance(item, Paper) for item in items)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.sampled_from(["", "x", '{"abstract": "ä"}', " " * 30]), max_size=12),
    end=st.sampled_from(["", "\n"]),
    size=st.integers(1, 40),
)
def test_any_lines_are_cut_well(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "in.jsonl"
    path.write_text("\n".join(lines) + end)
    assert read_in_parts(str(path), size) == list(read_papers([str(path)]))


def rows_of(folder: Path) -> list[str]:
    lines: list[str] = []
    for part in sorted(folder.glob("part-*.jsonl")):
        lines += part.read_text().splitlines()
    return lines


def assert_same_rows(folder: Path) -> None:
    here = (folder / "here.jsonl").read_text().splitlines()
    assert sorted(rows_of(folder / "there.jsonl")) == sorted(here)


def counts_of(manifest: Path) -> dict[str, int]:
    counts: dict[str, int] = json.loads(manifest.read_text())["counts"]
    return counts


def run_here(inputs: list[str], out: Path) -> Summary:
    return run_batch(inputs, out, make_layout(str(out)), options=BatchOptions(), parser=PARSER)


def run_there(client: Any, inputs: list[str], out: Path, **more: Any) -> Summary:
    address = client.scheduler.address
    return run_on_cluster(inputs, str(out), make_layout(str(out)), address=address, parser=PARSER, **more)


@pytest.mark.parametrize("size", [700, 5000, 10_000_000])
def test_the_rows_are_those_of_the_local_run(local_cluster: Any, tmp_path: Path, size: int) -> None:
    inputs = write_inputs(tmp_path)
    here = run_here(inputs, tmp_path / "here.jsonl")
    there = run_there(local_cluster, inputs, tmp_path / "there.jsonl", partition_bytes=size)
    assert there.counts == here.counts
    assert sorted(rows_of(tmp_path / "there.jsonl")) == sorted(
        (tmp_path / "here.jsonl").read_text().splitlines()
    )
    assert counts_of(tmp_path / "there.jsonl" / "_manifest.json") == counts_of(
        tmp_path / "here.jsonl.manifest.json"
    )
    assert [reject["line"] for reject in there.rejects] == [18, PAPERS + 1, 18]
    assert not (tmp_path / "there.jsonl" / "_done").exists()


def test_parquet_is_one_data_set(local_cluster: Any, tmp_path: Path) -> None:
    inputs = write_inputs(tmp_path)
    out = tmp_path / "there.parquet"
    summary = run_there(local_cluster, inputs, out, partition_bytes=900)
    frame = pd.read_parquet(out)
    assert len(frame) == summary.counts["claims"]
    assert list(frame.columns) == list(tables_of().long)


def test_a_killed_worker_changes_nothing(local_cluster: Any, tmp_path: Path) -> None:
    inputs = write_inputs(tmp_path, slowly=True)
    here = run_here(inputs, tmp_path / "here.jsonl")
    killed: list[int] = []

    def kill() -> None:
        for _ in range(2):
            time.sleep(0.4)
            worker = next(iter(local_cluster.run(os.getpid).values()))
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)

    killer = threading.Thread(target=kill)
    killer.start()
    there = run_there(local_cluster, inputs, tmp_path / "there.jsonl", partition_bytes=900)
    killer.join()
    assert len(killed) == 2
    assert there.counts == here.counts
    assert sorted(rows_of(tmp_path / "there.jsonl")) == sorted(
        (tmp_path / "here.jsonl").read_text().splitlines()
    )


def test_a_slow_paper_is_rejected_and_the_rest_read(local_cluster: Any, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "abstract": "2x"}\n{"id": "b", "abstract": "[spin 60] 2x"}\n')
    summary = run_there(local_cluster, [str(source)], tmp_path / "o.jsonl", timeout=0.3)
    assert (summary.papers, [reject["id"] for reject in summary.rejects]) == (1, ["b"])


def test_a_search_that_hears_of_no_timeout_is_ended(local_cluster: Any, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "abstract": "2x"}\n{"id": "b", "abstract": "[search] 2x"}\n')
    summary = run_there(local_cluster, [str(source)], tmp_path / "o.jsonl", timeout=0.5)
    assert (summary.papers, [reject["id"] for reject in summary.rejects]) == (1, ["b"])


def test_resume_keeps_complete_parts(
    local_cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = write_inputs(tmp_path)
    out = tmp_path / "o.jsonl"

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster, "_close", stop)
    with pytest.raises(KeyboardInterrupt):
        run_there(local_cluster, inputs, out, partition_bytes=900)
    monkeypatch.undo()
    first = out / "part-00000.jsonl"
    written = first.stat().st_mtime_ns
    (out / "_done" / "part-00003.json").unlink()
    (out / "part-00003.jsonl").unlink()
    with pytest.raises(ExtractorError, match="partition_bytes changed since"):
        run_there(local_cluster, inputs, out, partition_bytes=901, resume=True)
    summary = run_there(local_cluster, inputs, out, partition_bytes=900, resume=True)
    assert summary.resumed
    assert first.stat().st_mtime_ns == written
    assert len(rows_of(out)) == summary.counts["claims"]


def test_addresses_are_read_and_written(local_cluster: Any, tmp_path: Path) -> None:
    write_inputs(tmp_path)
    summary = run_on_cluster(
        [f"file://{tmp_path}/*.parquet"],
        f"file://{tmp_path}/o.jsonl",
        make_layout("o.jsonl"),
        address=local_cluster.scheduler.address,
        parser=PARSER,
    )
    assert summary.papers == PAPERS - 1
    assert len(rows_of(tmp_path / "o.jsonl")) == summary.counts["claims"]


def test_a_users_rules_go_to_the_workers(local_cluster: Any, tmp_path: Path) -> None:
    source, rules = tmp_path / "papers.jsonl", tmp_path / "mine.yaml"
    source.write_text(json.dumps({"id": "1", "abstract": "The editor is 3x snappier."}) + "\n")
    rules.write_text(GOOD, encoding="utf-8")
    out = tmp_path / "there.jsonl"
    address = local_cluster.scheduler.address
    run_on_cluster([str(source)], str(out), make_layout(str(out)), address=address, rules=[rules])
    assert [json.loads(row)["rule"] for row in rows_of(out)] == ["relative.snappier"]


def test_faults_are_told(local_cluster: Any, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("not json\n")
    with pytest.raises(InputError, match="nothing could be read"):
        run_there(local_cluster, [str(tmp_path / "in.jsonl")], tmp_path / "o.jsonl")
    assert not (tmp_path / "o.jsonl").exists()
    with pytest.raises(InputError, match="a cluster reads named inputs"):
        run_there(local_cluster, ["-"], tmp_path / "o.jsonl")
    part = tmp_path / "o.jsonl" / "part-00000.jsonl"
    part.parent.mkdir()
    part.write_text("{}\n")
    with pytest.raises(InputError, match=r"stands in the output .*; name another output"):
        run_there(local_cluster, [str(tmp_path)], part.parent)
    assert part.exists()
    (part.parent / "_manifest.json").write_text("{}")
    (part.parent / "thesis.txt").write_text("three years of work")
    (tmp_path / "in.jsonl").write_text('{"abstract": "It is 2x faster."}\n')
    with pytest.raises(ExtractorError, match=r"holds thesis\.txt, which no run wrote"):
        run_there(local_cluster, [str(tmp_path / "in.jsonl")], part.parent)
    assert part.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(ExtractorError, match="not of an earlier run"):
        run_on_cluster(
            [str(tmp_path / "in.jsonl")],
            str(tmp_path / "mine"),
            make_layout("o.jsonl"),
            address=local_cluster.scheduler.address,
        )
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_scheduler_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.3)
    source = write_inputs(tmp_path)[0]
    with pytest.raises(ExtractorError, match=r"the scheduler at tcp://127\.0\.0\.1:9 does not answer"):
        run_on_cluster([source], str(tmp_path / "o"), make_layout("o.jsonl"), address="tcp://127.0.0.1:9")


def test_parse_frame_is_picklable_and_gives_the_table() -> None:
    function = pickle.loads(pickle.dumps(parse_frame))
    papers = pd.DataFrame({"id": ["a", None, 7], "abstract": ["It is 2x faster than X.", None, "Nothing."]})
    table = function(papers)
    assert table.equals(function(papers.astype({"abstract": "string"})))  # whose empty cells are pandas' NA
    assert list(table.columns) == list(tables_of().long)
    assert set(table["id"]) == {"a"}
    assert len(function(papers, wide=True)) == 2
    assert table.equals(extractor.to_frame([extractor.parse("It is 2x faster than X.", id="a")]))
    with pytest.raises(InputError, match="a pandas table is asked for, this is a list"):
        function(["It is 2x faster than X."])
    with pytest.raises(InputError, match="no column 'abstract'"):
        function(papers.drop(columns="abstract"))
