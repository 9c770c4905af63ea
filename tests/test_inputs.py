"""Which files a run reads: folders, patterns, addresses, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.errors import InputError
from extractor.readers.papers import find_inputs


def test_inputs_are_found_in_order(tmp_path: Path) -> None:
    for name in (
        "b/2.jsonl",
        "b/1.csv.gz",
        "b/part_000.gz",
        "b/.hidden.csv",
        "b/_SUCCESS.csv",
        "b/readme.md",
        "a.ris",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_inputs([str(tmp_path / "b"), str(tmp_path / "*.ris"), str(tmp_path / "b" / "2.jsonl"), "-"])
    assert [Path(name).name for name in found] == [
        "1.csv.gz",
        "2.jsonl",
        "part_000.gz",
        "a.ris",
        "-",
    ]
    with pytest.raises(InputError, match="no such file"):
        find_inputs([str(tmp_path / "c*.csv")])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="folder without readable files"):
        find_inputs([str(tmp_path / "empty")])


def test_what_a_run_wrote_is_read_only_if_it_is_named(tmp_path: Path) -> None:
    written = ("o.csv", "o.csv.manifest.json", "o.csv.rejects.jsonl", "o.csv.without-claims.jsonl")
    unfinished = ("p.csv.partial/journal.json", "p.csv.partial/rejects.jsonl")
    for name in (
        "in.csv",
        "my.partial/in.csv",
        "done/in.csv",
        *(f"done/{name}" for name in written),
        *unfinished,
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    inputs = [str(tmp_path / name) for name in ("done/in.csv", "in.csv", "my.partial/in.csv")]
    assert find_inputs([str(tmp_path)]) == inputs
    assert find_inputs([str(tmp_path / "**" / "*.*")]) == inputs
    named = [str(tmp_path / "done" / name) for name in written]
    assert find_inputs(named) == named
    for name in written:
        with pytest.raises(InputError, match="no such file but those that a run wrote"):
            find_inputs([str(tmp_path / "done" / f"{name[:-1]}[{name[-1]}]")])


def test_a_file_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).touch()
    (tmp_path / "link.csv").symlink_to("b.csv")
    assert find_inputs(["./a.csv", "a.csv", str(tmp_path / "a.csv"), "link.csv", "b.csv"]) == [
        "./a.csv",
        "link.csv",
    ]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("foo://bucket/x.csv", "Protocol not known: foo"),
        ("broken://bucket/x.csv", "needs a package that is not installed: pip install such a thing"),
        ("memory://none/x.csv", "no such file: nothing to read"),
    ],
)
def test_an_address_that_cannot_be_read_is_named(address: str, message: str) -> None:
    from fsspec.registry import known_implementations

    known_implementations["broken"] = {"class": "no_such_module.System", "err": "pip install such a thing"}
    with pytest.raises(InputError, match=f"{address}: {message}"):
        find_inputs([address])


def test_a_folder_elsewhere_is_read_without_what_a_run_wrote() -> None:
    import fsspec

    system = fsspec.filesystem("memory")
    for name in ("in.csv", "o.csv", "o.csv.manifest.json", "o.csv.rejects.jsonl"):
        system.pipe_file(f"/elsewhere/{name}", b"")
    for name in ("memory://elsewhere", "memory://elsewhere/*"):
        assert find_inputs([name]) == ["memory:///elsewhere/in.csv"]
    assert find_inputs(["memory://elsewhere/o.csv"]) == ["memory:///elsewhere/o.csv"]
