"""The outputs of a batch: whole or not there, resumed to the same bytes, never over what is not theirs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from batch_samples import files_of, plain_texts, posix, run, write_papers

from extractor.batch import journal
from extractor.batch import run as batch
from extractor.batch.run import run_batch
from extractor.errors import ExtractorError, InputError
from extractor.outputs import partial_folder, side_file
from extractor.tables.writers import Layout


def test_an_older_output_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("old")
    with pytest.raises(InputError, match="no such file"):
        run(tmp_path / "gone.jsonl", tmp_path / "o.csv")
    assert (tmp_path / "o.csv").read_text() == "old"


class CrashError(Exception):
    """Stands for the end of the process."""


def crash_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Lets the given call of Path.replace, which every change that counts goes through, be the last."""
    calls = iter(range(1_000_000))
    replace = Path.replace

    def crashing(self: Path, target: Path) -> Path:
        if next(calls) >= call:
            raise CrashError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", crashing)


@pytest.mark.parametrize("name", ["o.csv", "o.parquet"])
def test_a_run_cut_off_at_any_step_is_resumed_to_the_same_bytes(tmp_path: Path, name: str) -> None:
    texts = plain_texts(9)
    texts[4] = ""
    source = write_papers(tmp_path / "in.jsonl", texts)
    run(source, tmp_path / "whole" / name)
    whole = files_of(tmp_path / "whole")
    for step in range(1, 30):
        out = tmp_path / f"cut{step}" / name
        with pytest.MonkeyPatch.context() as patch:
            crash_at(patch, step)
            try:
                run(source, out, chunk=2, commit_seconds=0.0)
            except CrashError:
                pass
            else:
                break
        assert not out.exists() or out.read_bytes() == whole[name]
        run(source, out, chunk=3, resume=True)
        assert files_of(out.parent) == whole, step
        assert not partial_folder(out).exists()
    else:
        pytest.fail("never ran through")
    assert step > 8


def test_the_output_never_stands_there_before_the_rejects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(4))
    seen = []
    move = journal._move

    def watched(old: Path, new: Path) -> None:
        move(old, new)
        seen.append(sorted(path.name for path in tmp_path.glob("o.csv*") if path.is_file()))

    monkeypatch.setattr(journal, "_move", watched)
    run(source, tmp_path / "o.csv")
    assert [("o.csv" in names, len(names)) for names in seen] == [
        (False, 1),
        (False, 2),
        (True, 3),
        (True, 4),
    ]


def test_resume_of_a_complete_run_does_nothing(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", [*plain_texts(9), ""])
    first = run(source, tmp_path / "o.csv")
    written = (tmp_path / "o.csv").stat().st_mtime_ns
    again = run(source, tmp_path / "o.csv", resume=True)
    assert (tmp_path / "o.csv").stat().st_mtime_ns == written
    assert (again.resumed, again.rejects) == (True, first.rejects)
    assert +again.counts == +first.counts
    write_papers(source, plain_texts(3))
    assert run(source, tmp_path / "o.csv", resume=True).papers == 3


def test_resume_refuses_another_input(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(9))
    with pytest.MonkeyPatch.context() as patch:
        crash_at(patch, 4)
        with pytest.raises(CrashError):
            run(source, tmp_path / "o.csv", chunk=1, commit_seconds=0.0)
    write_papers(source, plain_texts(8))
    with pytest.raises(ExtractorError, match="inputs changed since; run without --resume"):
        run(source, tmp_path / "o.csv", resume=True)
    assert run(source, tmp_path / "o.csv").papers == 8


@pytest.mark.parametrize("content", ["[]", "{}", '{"counts": 3}'])
def test_resume_refuses_a_journal_that_is_none(tmp_path: Path, content: str) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(2))
    (tmp_path / "o.csv.partial").mkdir()
    (tmp_path / "o.csv.partial" / "journal.json").write_text(content)
    with pytest.raises(ExtractorError, match=r"is no journal of a run; run without --resume"):
        run(source, tmp_path / "o.csv", resume=True)
    assert run(source, tmp_path / "o.csv").papers == 2


def test_two_runs_do_not_write_the_same_output(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(9))
    other = journal.Journal(tmp_path / "o.csv", Layout("csv"), {}, resume=False)
    with pytest.raises(ExtractorError, match=r"another run (\(process \d+ on \S+\) )?is writing"):
        run(source, tmp_path / "o.csv")
    other.discard()
    run(source, tmp_path / "o.csv")


@posix
def test_a_lock_on_a_file_that_has_lost_its_name_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, taken = journal._lock, list[Any]()

    def late(path: Path) -> Any:
        stream = lock(path)
        taken.append(stream)
        if len(taken) == 1:  # another run ends here and removes what it believes to be its own
            path.unlink()
            path.parent.rmdir()
        return stream

    monkeypatch.setattr(journal, "_lock", late)
    held = journal.Journal(tmp_path / "o.csv", Layout("csv"), {}, resume=False)
    assert len(taken) == 2
    with pytest.raises(ExtractorError, match=rf"another run \(process {os.getpid()} on "):
        journal.Journal(tmp_path / "o.csv", Layout("csv"), {}, resume=False)
    held.discard()
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("name", ["o.csv", "o.csv.rejects.jsonl", "link.csv"])
def test_no_device_is_replaced_by_a_file(tmp_path: Path, name: str) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(2))
    os.mkfifo(tmp_path / name if name != "link.csv" else tmp_path / "pipe")
    out = tmp_path / ("link.csv" if name == "link.csv" else "o.csv")
    if name == "link.csv":
        out.symlink_to(tmp_path / "pipe")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="is no file, and would be replaced by one"):
        run(source, out)
    assert sorted(tmp_path.iterdir()) == before


@posix
@pytest.mark.parametrize("name", ["o.csv.partial", "o.csv.partial/table", "o.csv.partial/lock"])
def test_no_symbolic_link_is_followed_in_the_work_of_a_run(tmp_path: Path, name: str) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(2))
    target = tmp_path / "theirs"
    link = tmp_path / name
    if "/" in name:
        link.parent.mkdir()
        target.write_text("as it was")
    else:
        target.mkdir()
    link.symlink_to(target)
    with pytest.raises(ExtractorError, match=r"is a symbolic link|symbolic links"):
        run(source, tmp_path / "o.csv")
    assert (target.read_text() if target.is_file() else list(target.iterdir())) in ("as it was", [])


def test_an_input_is_never_overwritten_and_an_output_never_read(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", plain_texts(4))
    beside = write_papers(side_file(tmp_path / "o.csv", "rejects.jsonl"), plain_texts(1))
    for read, out in ((source, source), (beside, tmp_path / "o.csv")):
        with pytest.raises(InputError, match="is an input and the output at once"):
            run(read, out)
    (tmp_path / "o.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        run(source, tmp_path / "o.csv")
    (tmp_path / "o.csv").rmdir()
    for name in ("o.csv", "o.csv", "other.jsonl"):
        assert run(tmp_path, tmp_path / name).counts["rows"] == 4


def test_an_output_elsewhere_is_refused(tmp_path: Path) -> None:
    source = write_papers(tmp_path / "in.jsonl", ["2x"])
    with pytest.raises(InputError, match="not on this machine"):
        run_batch([str(source)], "s3://bucket/o.csv", Layout("csv"))


def test_resume_of_standard_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read again"):
        run(Path("-"), tmp_path / "o.csv", resume=True)
    assert batch.BatchOptions().timeout == 5.0
