"""Looks for inputs that break the promises: texts, numbers, files of rules, and files of every format.

usage: fuzz.py [--seconds 120] [--seed 1] [--only parse,numbers,rules,readers] [--database FOLDER]
       fuzz.py --guided parse [--seconds 120] [--seed 1]
Hypothesis makes the inputs, in rounds with seeds that count up,
until the time is over. What breaks a promise is
printed with its smallest form, and remembered in the database,
which is tried first the next time; the exit code
is then 1. What was found once is a test (tests/test_fuzz.py).
Guided, atheris (pip install atheris) chooses the inputs of one target by the lines that they lead to.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import gzip
import importlib
import io
import json
import math
import signal
import sys
import tempfile
import time
import traceback
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

import extractor
from extractor.knowledge import strictyaml
from extractor.readers.papers import FORMATS, Item, Paper, ReadOptions, Reject, Repeat, read_papers
from extractor.workbench import rulebench

TOP = Path(__file__).resolve().parent.parent
SLOWEST = 20  # seconds of processor time that one input may take

# --- texts ------------------------------------------------------------------------------------------
VALUES = ("3x", "2.5 times", "90.1%", "5 ms", "two hundred", "one third", "10^{-3}", "$5\\times$",
          "1,024", "7B",
          "from 5 to 7", "1.5-2.0", "\\SI{5}{ms}", "half", "±0.3", "5e3", "1/3", "0.5pp", "¾", "10–20",
          "8x A100")  # fmt: skip
CUES = ("faster than", "accuracy of", "improves", "on ImageNet", "reduces latency by", "compared to",
        "parameters",
        "GPU hours", "respectively", "and", "over the baseline", "NVIDIA", "we introduce", "dataset", "up to",
        "https://github.com/a/b", "state-of-the-art", "F1 of", "points", "outperforms", "LumoNet",
        "(TessaNet)")  # fmt: skip
NOISE = ("\n", "\n\n", "- ", "-\n", "\u00ad", "\u200b", "\ufeff", "\u0301", "\r\n", "\t", "\x00", "{",
         "}", "$", "$$",
         "\\", "\\textbf{", "<b>", "</b>", "&lt;", "&#", "“", "(", ")", "[", "]", ".", "...", ",", ";",
         ":", "e.g.",
         "\ud800", "\U0001f600", "\u202e", "â€“", "^{", "_{", "~", "%", "×", "−", "ﬁ", "５", "²")  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Makes texts of what values, cues and noise look like, and of what any text may hold."""
    piece = st.one_of(
        st.sampled_from(VALUES),
        st.sampled_from(CUES),
        st.sampled_from(NOISE),
        st.text(max_size=8),
        st.from_regex(r"[0-9.,xX%eE/^~-]{1,12}", fullmatch=True),
    )
    pieces = draw(st.lists(st.tuples(piece, st.sampled_from(("", " ", " ", " "))), max_size=30))
    return "".join(part + blank for part, blank in pieces) * draw(st.sampled_from((1, 1, 1, 1, 5)))


def try_text(text: str) -> None:
    """Reads a text: every offset holds, the record survives JSON, and a second reading says the same."""
    found = extractor.parse(text)
    assert found.abstract == text
    for claim in found.claims:
        assert 0 <= claim.start < claim.end <= len(text), (claim.start, claim.end)
        assert text[claim.start : claim.end] == claim.text
        for name, (start, end) in claim.spans.items():
            assert text[start:end] == getattr(claim, name), name
        numbers = [value for value in claim.model_dump().values() if isinstance(value, float)]
        assert all(map(math.isfinite, numbers)), numbers
    assert [(claim.start, claim.end) for claim in found.claims] == sorted(
        (claim.start, claim.end) for claim in found.claims
    )
    assert extractor.parse(text) == found
    assert extractor.Extraction.model_validate_json(found.model_dump_json()) == found


# --- numbers ------------------------------------------------------------------------------------------
WRITINGS: tuple[Callable[[float], str], ...] = (
    lambda number: f"{number:.10g}",
    lambda number: f"{number:,.10g}" if number < 1e9 else f"{number:.10g}",
    lambda number: f"${number:.10g}$",
    lambda number: f"\\textbf{{{number:.10g}}}",
    lambda number: "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in f"{number:.10g}"),
)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, float]:
    """Makes a number as it may be written, with its value."""
    whole = st.integers(2, 99_999).map(float)
    number = draw(st.one_of(whole, st.decimals("1.01", "999.99", places=2).map(float)))
    return draw(st.sampled_from(WRITINGS))(number), number


def try_number(written: tuple[str, float]) -> None:
    """Reads a number in a sentence that leaves no doubt."""
    surface, number = written
    found = extractor.parse(f"LumoNet is {surface}x faster than TessaNet.").claims
    values = [claim.value for claim in found if isinstance(claim, extractor.Speedup)]
    assert values == [number], found


# --- rules ------------------------------------------------------------------------------------------
RULES = sorted(path for path in (TOP / "rules").rglob("*.yaml") if path.stat().st_size < 12_000)
SIGNS = ("{", "}", "(", ")", "<", ">", "|", "*", "+", "?", "{0,9}", ":", "- ", "\n", "  ", "[", "]",
         "&a", "*a",
         "!!str", "%", "'", '"', "#", "~", "null", "1e999", "remove: ", "vals", "cue: ", "\t", "\x00",
         "é")  # fmt: skip


@st.composite
def rule_files(draw: st.DrawFn) -> str:
    """Makes files of rules: built-in ones with faults, as a writer of rules may leave them."""
    text = draw(st.sampled_from(RULES)).read_text(encoding="utf-8")
    start = draw(st.integers(0, max(0, len(text) - 1500)))
    text = draw(st.sampled_from((text, "type: rules\nrules:\n" + text[start : start + 1500])))
    made: str = changed(draw, text, st.one_of(st.sampled_from(SIGNS), st.text(max_size=5)))
    return made


def try_rules(text: str) -> None:
    """Checks a file of rules: every fault is told, none escapes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        problems = list(map(str, rulebench.check([path])))
        assert all(problem.startswith(str(path)) for problem in problems), problems
        if not problems:
            loaded = strictyaml.load_yaml(path)
            assert loaded is None or isinstance(loaded, dict), loaded


# --- files ------------------------------------------------------------------------------------------
ROW = {"id": "p1", "title": "On Foo", "abstract": "It is 2x faster than LumoNet, at 90% accuracy."}
SAMPLES: dict[str, str] = {
    "a.jsonl": json.dumps(ROW)
    + "\n"
    + json.dumps({"id": 2, "abstract_inverted_index": {"x": [0, 1]}})
    + "\n",
    "a.json": json.dumps({"results": [ROW, {"message": {"items": [ROW]}}]}),
    "b.json": json.dumps([ROW, ROW], indent=1),
    "a.csv": 'id,title,abstract\np1,On,"It is 2x, or ""so"""\np2,B,C\n',
    "a.tsv": "id\ttitle\tabstract\np1\tOn\tIt is 2x.\n",
    "a.bib": "@article{a, title={On {Foo}}, abstract = {It is 2x \\textbf{faster}.}}\n@string{x={y}}\n",
    "a.ris": "TY  - JOUR\nTI  - On\nAB  - It is 2x.\nDO  - 10.1/x\nER  - \n",
    "a.nbib": "PMID- 1\nTI  - On\nAB  - It is 2x\n      faster.\n\nPMID- 2\nAB  - B\n",
    "a.xml": '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>T</title>'
    "<summary>It is 2x.</summary></entry></feed>",
    "b.xml": "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article><ArticleTitle>T"
    '</ArticleTitle><Abstract><AbstractText Label="A">B <i>c</i></AbstractText></Abstract></Article>'
    "</MedlineCitation></PubmedArticle></PubmedArticleSet>",
    "a.txt": "On Foo\n\nIt is 2x faster.\n\nB\n",
    "page.txt": "Foo\nbar\nSubscribeOn Foo\nIt is 2x faster.\nTitle\nText\n",
}
OTHER_NAMES = ("input", "a.txt", "a.jsonl", "a.csv", "a.xml", "a.xlsx", "a.parquet", "a.gz")
BYTES = st.one_of(
    st.sampled_from((b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b'"', b"{", b"}", b"[",
                     b"]", b"<", b">",
                     b"&x;", b"<!DOCTYPE a [", b"1e999", b"Infinity", b"NaN", b"\\ud800", b"-1", b",",
                     b"\t", b"@")),
    st.binary(max_size=6),
)  # fmt: skip


def binary_samples() -> dict[str, bytes]:
    """Returns a sample of each format that is not of text, where its library is installed."""
    made = {"a.jsonl.gz": gzip.compress(SAMPLES["a.jsonl"].encode(), mtime=0)}
    with contextlib.suppress(ImportError):
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([ROW, ROW]), buffer)
        made["a.parquet"] = buffer.getvalue()
        made["a.jsonl.zst"] = pa.Codec("zstd").compress(SAMPLES["a.jsonl"].encode(), asbytes=True)
    with contextlib.suppress(ImportError):
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for cells in (list(ROW), list(ROW.values())):
            sheet.append(cells)
        buffer = io.BytesIO()
        book.save(buffer)
        made["a.xlsx"] = buffer.getvalue()
    return made


def changed(draw: st.DrawFn, data: Any, pieces: st.SearchStrategy[Any]) -> Any:
    """Changes a text, or bytes, at some places: pieces put in, taken out, said twice, the rest cut off."""
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        stop = min(len(data), place + draw(st.integers(0, 40)))
        way = draw(st.integers(0, 4))
        if way <= 1:
            data = data[:place] + draw(pieces) + data[place:]
        elif way == 2:
            data = data[:place] + data[stop:]
        elif way == 3:
            data = data[:stop] + data[place:stop] * draw(st.integers(1, 3)) + data[stop:]
        else:
            data = data[:place]
    return data


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes, str | None]:
    """Makes a file of some format with faults; its format is told, or wrongly told, or guessed."""
    samples = {**{name: text.encode() for name, text in SAMPLES.items()}, **BINARY}
    name = draw(st.sampled_from(sorted(samples)))
    if name.endswith(".xlsx") and draw(st.booleans()):
        data = _changed_within(draw, samples[name])
    else:
        data = changed(draw, samples[name], BYTES)
    if draw(st.integers(0, 5)) == 0:
        name = draw(
            st.sampled_from(("input", "a.txt", "a.jsonl", "a.csv", "a.xml", "a.xlsx", "a.parquet", "a.gz"))
        )
    return name, data, draw(st.one_of(st.none(), st.none(), st.sampled_from(FORMATS)))


def _changed_within(draw: st.DrawFn, data: bytes) -> bytes:
    """Changes one part of an archive, which stays an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(made, "w") as others:
        name = draw(st.sampled_from(sorted(parts.namelist())))
        for each in parts.namelist():
            content = parts.read(each)
            others.writestr(each, changed(draw, content, BYTES) if each == name else content)
    return made.getvalue()


def try_file(file: tuple[str, bytes, str | None]) -> None:
    """Reads a file: each row is a paper or a reject with its reason, and nothing escapes."""
    name, data, chosen = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        for item in read_papers([str(path)], ReadOptions(format=chosen)):
            assert isinstance(item, Item)
            if isinstance(item, Paper):
                assert item.id
                assert item.abstract.strip()
                item.abstract.encode("utf-8", "surrogatepass")
            elif isinstance(item, Reject):
                assert item.reason
            else:
                assert isinstance(item, Repeat)


BINARY = binary_samples()
ROUND = {"parse": 100, "numbers": 50, "rules": 15, "readers": 150}  # inputs of one round
TARGETS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "parse": (texts(), try_text),
    "numbers": (numbers(), try_number),
    "rules": (rule_files(), try_rules),
    "readers": (files(), try_file),
}
# --- running ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def in_time(seconds: int) -> Iterator[None]:
    """Ends what takes too much processor time, where the system can tell."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_signum: int, _frame: object) -> None:
        message = f"took longer than {seconds} s"
        raise AssertionError(message)

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)  # again, as the first may go unheard
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(name: str, seed: int, count: int, store: ExampleDatabase) -> tuple[int, str]:
    """Tries one target.

    Args:
        name: Which.
        seed: Of the inputs.
        count: How many.
        store: Remembers what failed; it is tried again before all others.

    Returns:
        How many inputs were tried, and what went wrong with the smallest of those that fail: empty if none.
    """
    inputs, attempt = TARGETS[name]
    key = name.encode()
    tried: list[Any] = []

    def check(given: Any) -> None:
        tried.append(given)
        with in_time(SLOWEST):
            attempt(given)

    settings = hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,  # with a seed, Hypothesis uses none of its own accord
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
    )
    try:
        for known in list(store.fetch(key)):
            check(ast.literal_eval(known.decode()))
            store.delete(key, known)
        hypothesis.seed(seed)(settings(hypothesis.given(inputs)(check)))()
    except Exception as error:  # whatever escapes is what is looked for
        store.save(key, ascii(tried[-1]).encode())
        return len(tried), f"given={tried[-1]!r}\n" + "".join(traceback.format_exception(error, limit=-3))
    return len(tried), ""


def guided(name: str, seed: int, seconds: float, folder: Path) -> None:
    """Tries one target with inputs that atheris chooses; ends the process, by 0 if no promise was broken."""
    atheris: Any = importlib.import_module("atheris")
    inputs, attempt = TARGETS[name]

    def check(given: Any) -> None:
        with in_time(SLOWEST):
            try:
                attempt(given)
            except Exception:
                print(f"== {name}\ngiven={given!r}", flush=True)
                raise

    settings = hypothesis.settings(
        deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    made: Any = settings(hypothesis.given(inputs)(check))
    extractor.parse("It is 3x faster.")  # what is made once is no part of a trial
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and (found.__module__ or "").startswith("extractor."):
            atheris.instrument_func(found)
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds:.0f}", f"-seed={seed}", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *options], made.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def main(arguments: list[str] | None = None) -> int:
    """Tries the targets in turns until the time is over; the exit code is 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first round (default: %(default)s)")
    parser.add_argument("--only", default=",".join(TARGETS), help="of %(default)s")
    parser.add_argument("--database", type=Path, default=TOP / ".hypothesis" / "fuzz", help="a folder")
    parser.add_argument("--guided", choices=sorted(TARGETS), help="one of them, by atheris")
    chosen = parser.parse_args(arguments)
    if chosen.guided:
        guided(chosen.guided, chosen.seed, chosen.seconds, chosen.database)
    names = chosen.only.split(",")
    if unknown := set(names) - set(TARGETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(TARGETS)}")
    end = time.monotonic() + chosen.seconds
    tried, failed = dict.fromkeys(names, 0), dict[str, str]()
    seed, store = chosen.seed, DirectoryBasedExampleDatabase(chosen.database)
    while time.monotonic() < end and len(failed) < len(names):
        for name in (each for each in names if each not in failed):
            count, fault = run(name, seed, ROUND[name], store)
            tried[name] += count
            if fault:
                failed[name] = fault
                print(f"== {name}, seed {seed}\n{fault}", flush=True)
            if time.monotonic() >= end:
                break
        seed += 1
    print(", ".join(f"{name}: {count:,} inputs" for name, count in tried.items()), end="; ")
    print(f"{len(failed)} of {len(names)} targets broken")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
