"""The command line: exit codes, messages, standard streams."""

from __future__ import annotations

import csv
import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner
from warm_commands import run_command

from extractor.cli import build_app, command_modules
from extractor.outputs import partial_folder
from extractor.readers.papers import FORMATS
from extractor.tables.rows import tables_of
from extractor.tables.writers import OUTPUT_FORMATS

TEXT = "Our cache is 2.5x faster than the old one on an A100."
GOOD = json.dumps({"id": "a", "title": "T", "abstract": TEXT})


extractor = run_command


def started(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "extractor", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=cwd)


def test_run_writes_the_table_and_tells_the_counts(tmp_path: Path) -> None:
    paper = json.dumps({"id": "2401.00010", "title": "T", "abstract": TEXT})
    (tmp_path / "in.jsonl").write_text(f"{paper}\nnot json\n")
    done = extractor("run", "in.jsonl", "-o", "out/claims.csv", "--show", "2", cwd=tmp_path)
    assert b"2401.00010" in done.stdout
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "claims.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == list(tables_of().long)
    assert "speedup" in {row["kind"] for row in rows}
    errors = done.stderr.decode().splitlines()
    assert errors[0].startswith("rejected: in.jsonl:2: not JSON")
    assert errors[-1] == f"1 paper read, {len(rows)} claims found, 1 row rejected"
    assert b"2.5x" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "claims.csv",
        "claims.csv.manifest.json",
        "claims.csv.rejects.jsonl",
        "claims.csv.without-claims.jsonl",
    ]


@pytest.mark.parametrize("name", ["claims.jsonl", "claims.parquet", "claims.sqlite"])
def test_run_chooses_the_format_by_the_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "in.jsonl").write_text(GOOD)
    done = extractor("run", "in.jsonl", "-o", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    magic = {"claims.jsonl": b'{"id": "a"', "claims.parquet": b"PAR1", "claims.sqlite": b"SQLite format 3"}[
        name
    ]
    assert (tmp_path / name).read_bytes().startswith(magic)


def test_standard_input_and_output() -> None:
    done = extractor("run", "-", "-o", "-", given=GOOD.encode())
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[0] == ",".join(tables_of().long)
    lines = extractor("run", "-", "-o", "-", "--to", "jsonl", given=gzip.compress(GOOD.encode())).stdout
    assert {json.loads(line)["id"] for line in lines.splitlines()} == {"a"}
    (record,) = extractor(
        "run", "-", "-o", "-", "--to", "jsonl", "--table", "records", given=GOOD.encode()
    ).stdout.splitlines()
    assert json.loads(record)["abstract"] == TEXT


@pytest.mark.parametrize(
    ("arguments", "given", "message"),
    [
        (["gone.csv", "-o", "o.csv"], "", "error: gone.csv: no such file"),
        (["-", "-o", "o.csv"], "", "nothing could be read"),
        (
            ["-", "-o", "o.csv"],
            "id,words\n1,a\n",
            "no column with abstracts (columns: 'id', 'words'); name it",
        ),
        (["-", "-o", "o.csv", "--text-column", "abs"], GOOD, "'abs' is missing or null"),
        (
            ["-", "-o", "o.csv"],
            '{"abstract": null}\n{"abstract": 5}\n',
            "-:2: 'abstract' is a number, expected text",
        ),
        (["-", "-o", "o.xls"], GOOD, "error: o.xls: the format is not clear from the name"),
        (["-", "-o", "o.csv", "--format", "word"], GOOD, "unknown format 'word'"),
        (["-", "-o", "o.csv", "--resume"], GOOD, "standard input cannot be read again"),
    ],
)
def test_what_cannot_work_ends_with_1_and_a_message(
    tmp_path: Path, arguments: list[str], given: str, message: str
) -> None:
    done = extractor("run", *arguments, given=given.encode(), cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert not list(tmp_path.iterdir())


def test_an_input_cut_short_ends_with_1_and_leaves_what_was_read(tmp_path: Path) -> None:
    rows = "".join(f"{json.dumps({'id': str(number), 'abstract': TEXT})}\n" for number in range(300))
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(rows.encode(), mtime=0)[:-12])
    done = extractor("run", "in.jsonl.gz", "-o", "o.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "in.jsonl.gz: cannot be read behind row" in done.stderr.decode()
    assert (tmp_path / "o.csv").read_text().count("speedup") > 100


def test_a_named_field_that_rows_lack_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        f'{GOOD}\n{{"doi": "10.1/2", "abstract": "It is 2x faster."}}\nnot json\n'
    )
    options = ("--id-column", "DOI", "--title-column", "heading")
    done = extractor("run", "in.jsonl", "-o", "o.csv", *options, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.decode().splitlines()[:2] == [
        "note: 1 of 2 papers have no 'DOI' (--id-column)",
        "note: 2 of 2 papers have no 'heading' (--title-column)",
    ]
    with (tmp_path / "o.csv").open(newline="") as stream:
        assert {row["id"] for row in csv.DictReader(stream)} == {"in.jsonl:1", "10.1/2"}


def test_usage_errors_end_with_2() -> None:
    assert extractor("run").returncode == 2
    assert extractor("run", "in.csv", "-o", "o.csv", "--processes", "0").returncode == 2


@pytest.mark.parametrize(
    "options",
    [["-"], ["o.sqlite"], ["o.jsonl", "--table", "records"], ["o.csv", "--cluster", "local"]],
)
def test_rows_that_cannot_be_shown_are_refused_before_the_run(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "in.jsonl").write_text(f"{GOOD}\n")
    done = extractor("run", "in.jsonl", "--show", "2", "-o", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert "--show: shows a long or wide table in a CSV" in done.stderr.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("cluster", [False, True])
def test_an_interruption_speaks_of_resuming_only_where_something_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: bool, cluster: bool
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        kept = out / "_done" / "part-00000.json" if cluster else partial_folder(out) / "journal.json"
        if done:
            kept.parent.mkdir(parents=True)
            kept.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("extractor.batch.cluster.run_on_cluster", interrupted)
    monkeypatch.setattr("extractor.batch.run.run_batch", interrupted)
    out = tmp_path / "o.csv"
    options = ["--cluster", "local"] if cluster else []
    result = CliRunner().invoke(build_app(), ["run", "in.jsonl", "-o", str(out), *options])
    assert result.exit_code == 130
    told = "interrupted; what was done is kept, continue with --resume\n"
    assert result.stderr == (told if done else "interrupted\n")


def test_no_progress_bar_where_there_is_no_terminal(tmp_path: Path) -> None:
    done = extractor("run", "-", "-o", str(tmp_path / "o.csv"), given=GOOD.encode())
    assert len(done.stderr.splitlines()) == 1


def test_an_output_that_is_not_read_to_its_end_is_no_error() -> None:
    rows = f"{GOOD}\n" * 3000
    command = f"{sys.executable} -m extractor run - -o - | head -n 2"
    done = subprocess.run(
        command, shell=True, input=rows.encode(), capture_output=True, check=False, timeout=60
    )
    assert len(done.stdout.splitlines()) == 2
    assert b"Traceback" not in done.stderr
    assert b"error" not in done.stderr


def test_parse_prints_a_table_or_the_record() -> None:
    table = extractor("parse", TEXT)
    assert table.returncode == 0, table.stderr
    assert "2.5x" in table.stdout.decode()
    record = json.loads(extractor("parse", "-", "--json", given=TEXT.encode()).stdout)
    assert record["abstract"] == TEXT
    assert {"kind": "speedup", "text": "2.5x"}.items() <= record["claims"][0].items()
    assert extractor("parse", "").stdout.decode().strip() == "no claims"


@pytest.mark.parametrize("command", ["parse", "explain"])
def test_the_name_of_a_file_is_read_as_a_text_and_that_is_told(tmp_path: Path, command: str) -> None:
    (tmp_path / "in.jsonl").write_text(GOOD)
    done = extractor(command, "in.jsonl", cwd=tmp_path)
    assert done.stdout.decode().startswith("no ")
    assert done.stderr.decode() == "note: in.jsonl is read as a text; `extractor run` reads files\n"
    assert extractor(command, "It is 3x faster. " * 100).stderr == b""


@pytest.mark.parametrize("command", [["parse"], ["parse", "--json"], ["explain"]])
def test_a_name_of_no_file_in_which_nothing_is_found_is_asked_about(command: list[str]) -> None:
    for name in ("papers.jsonl", "in/papers", "C:\\in\\papers.csv"):
        done = CliRunner().invoke(build_app(), [*command, name])
        asked = f"note: was a file meant? There is no {name}, and `extractor run` reads files\n"
        assert (done.exit_code, done.stderr) == (0, asked)
    for text in ("Nothing here.", "It is 2x faster.", ""):
        assert CliRunner().invoke(build_app(), [*command, text]).stderr == ""


def test_parse_reads_any_bytes() -> None:
    done = extractor("parse", "-", "--json", given=b"\x00\xff 3x faster \xed\xa0\x80")
    assert done.returncode == 0, done.stderr


def test_version_and_help() -> None:
    assert extractor("--version").stdout.decode().startswith("paperclaims ")
    done = started("--help")
    assert all(word in done.stdout.decode() for word in ("run", "parse"))


def test_the_help_names_the_formats() -> None:
    words = set(re.findall(r"[\w-]+", extractor("run", "--help").stdout.decode()))
    assert {*FORMATS, *OUTPUT_FORMATS} <= words


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from extractor.cli import build_app; build_app(); "
        "print(*[name for name in ('spacy', 'pandas', 'numpy', 'pydantic', 'pyarrow', 'rich.table', 'dask',"
        " 'extractor.engine') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_command_loads_no_other() -> None:
    code = (
        "import sys; sys.argv[1:] = ['parse', '--help']; from extractor.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*[name for name in sys.modules if name.startswith('extractor.commands.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert [name for name in loaded if not name.startswith("extractor.commands._")] == [
        "extractor.commands.parse"
    ]


def test_every_command_module_is_found() -> None:
    assert command_modules()[:2] == ["run", "parse"]


def test_a_cluster_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(f"{GOOD}\nnot json\n")
    options = ("--cluster", "local", "--processes", "1")
    done = started("run", "in.jsonl", "-o", "claims.jsonl", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    errors = done.stderr.decode().splitlines()
    assert errors[0].startswith("rejected: in.jsonl:2: not JSON")
    assert errors[-1].endswith("1 row rejected")
    assert (tmp_path / "claims.jsonl" / "part-00000.jsonl").read_text().startswith('{"id": "a"')


def test_a_run_that_was_cut_off_is_resumed_or_begun_again(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(f"{GOOD}\n")
    assert extractor("run", "in.jsonl", "-o", "whole.csv", cwd=tmp_path).returncode == 0
    work = tmp_path / "o.csv.partial"
    for options, note in (((), "note: beginning o.csv again"), (("--resume",), "cannot resume the run")):
        work.mkdir()
        journal = {"settings": {}, "items": 0, "sizes": {}, "counts": {}, "complete": False}
        (work / "journal.json").write_text(json.dumps(journal))
        done = extractor("run", "in.jsonl", "-o", "o.csv", *options, cwd=tmp_path)
        assert done.returncode == len(options)
        assert note in done.stderr.decode()
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
