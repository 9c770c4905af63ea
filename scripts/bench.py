"""Measures rate, start-up, memory and processes beside spaCy and quantulum3, and says where the time goes.

Everything is measured side by side in one run: readers take turns on the same abstracts, whose order is
shuffled with a seed, after a warm-up on others. A number is the median of the repeats, with the lowest and
the highest.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from bench_processes import process_rows
from bench_profile import stage_rows
from bench_rows import Row, print_rows

ROOT = Path(__file__).resolve().parents[1]
SPACY, SENTENCES, OWN, QUANTULUM = "spaCy tokeniser", "spaCy + sentencizer", "extractor.parse", "quantulum3"
PIPELINE = "extractor.load() in spaCy"
Reader = Callable[[str], object]


@dataclass(frozen=True)
class Settings:
    """What is measured, on how many abstracts; see the options of the command line."""

    file: Path
    dense: Path
    abstracts: int
    repeats: int
    warmup: int
    slow: int
    starts: int
    memory: tuple[int, ...]
    rows: int
    seed: int


def read_abstracts(path: Path, limit: int | None = None) -> list[str]:
    """Returns the distinct abstracts of a JSONL file, plain or gzipped, in its order.

    Raises:
        SystemExit: The file cannot be read, or has no line with ``abstract``.
    """
    found: dict[str, None] = {}
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            for line in file:
                if line.strip():
                    found[json.loads(line)["abstract"]] = None
                if limit is not None and len(found) >= limit:
                    break
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"error: {path} is no JSONL file with a field 'abstract' in every line: {error}")
    if not found:
        sys.exit(f"error: {path} has no abstracts")
    return list(found)


def samples(texts: Sequence[str], settings: Settings) -> tuple[list[str], list[list[str]]]:
    """Returns the abstracts of the warm-up, and those of each repeat, no abstract in two of them.

    A file that is too small for that gives all its abstracts to every repeat, each time in another order.
    """
    shuffler = random.Random(settings.seed)
    order = shuffler.sample(texts, len(texts))
    warm, rest = order[: settings.warmup], order[settings.warmup :]
    if len(rest) < settings.abstracts:
        return warm, [
            shuffler.sample(texts, min(len(texts), settings.abstracts)) for _ in range(settings.repeats)
        ]
    size = max(1, settings.abstracts // settings.repeats)
    return warm, [rest[size * number : size * (number + 1)] for number in range(settings.repeats)]


def read_all(read: Reader, texts: Sequence[str]) -> None:
    """Reads texts one by one; a spaCy pipeline in its own way, which is ``nlp.pipe``."""
    many: Callable[[Sequence[str]], Iterable[object]] | None = getattr(read, "pipe", None)
    for _ in many(texts) if many else map(read, texts):
        pass


def take_turns(
    readers: dict[str, Reader], parts: Sequence[Sequence[str]], seed: int
) -> dict[str, list[tuple[float, float]]]:
    """Lets each reader read each part; who comes first is drawn anew each time.

    Returns:
        For each reader and part the rates by wall-clock and by processor time, in abstracts a second.
    """
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
    shuffler = random.Random(seed)
    for part in parts:
        for name in shuffler.sample(list(readers), len(readers)):
            read = readers[name]
            wall, cpu = time.perf_counter(), time.process_time()
            read_all(read, part)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            rates[name].append((len(part) / max(wall, 1e-9), len(part) / max(cpu, 1e-9)))
    return rates


def rate_rows(rates: dict[str, list[tuple[float, float]]], against: dict[str, str]) -> list[Row]:
    """Returns the rates, and our rate over the others' in each repeat, with its goals."""
    rows = [
        Row("rate", f"{name}, {clock}", "abstracts/s", tuple(pair[at] for pair in pairs))
        for name, pairs in rates.items()
        for at, clock in enumerate(("wall clock", "CPU time"))
    ]
    for other, goal in against.items():
        for at, clock in enumerate(("wall clock", "CPU time")):
            values = tuple(own[at] / its[at] for own, its in zip(rates[OWN], rates[other], strict=True))
            rows.append(Row("rate", f"{OWN} / {other}, {clock}", "ratio", values, goal))
    return rows


def pipeline_rows(rates: dict[str, list[tuple[float, float]]]) -> list[Row]:
    """Returns our pipeline's rate over that of spaCy's tokeniser and then our parse, in each repeat."""
    turns = list(zip(rates[PIPELINE], rates[SPACY], rates[OWN], strict=True))
    return [
        Row(
            "rate",
            f"{PIPELINE} / {SPACY}, then {OWN}, {clock}",
            "ratio",
            tuple(ours[at] * (1 / spacy[at] + 1 / own[at]) for ours, spacy, own in turns),
            ">= 1",
        )
        for at, clock in enumerate(("wall clock", "CPU time"))
    ]


def measure_rate(settings: Settings) -> list[Row]:
    """Measures our rate beside spaCy's tokeniser, without and with sentence boundaries."""
    return _beside_spacy(read_abstracts(settings.file), settings)


def measure_dense(settings: Settings) -> list[Row]:
    """Measures the same on abstracts that are full of claims."""
    rows = _beside_spacy(read_abstracts(settings.dense), settings)
    return [replace(row, section="dense", goal="") for row in rows]


def _beside_spacy(texts: Sequence[str], settings: Settings) -> list[Row]:
    import spacy

    import extractor

    sentences = spacy.blank("en")
    sentences.add_pipe("sentencizer")
    readers: dict[str, Reader] = {OWN: extractor.parse, SPACY: spacy.blank("en"), SENTENCES: sentences}
    readers[PIPELINE] = extractor.load()
    warm, parts = samples(texts, settings)
    take_turns(readers, [warm], settings.seed)
    goals = {SPACY: "", SENTENCES: ">= 1", PIPELINE: ""}
    rates = take_turns(readers, parts, settings.seed)
    rows = rate_rows(rates, goals) + pipeline_rows(rates)
    found = tuple(sum(len(extractor.parse(text).claims) for text in part) / len(part) for part in parts)
    return [*rows, Row("rate", "claims found", "claims/abstract", found)]


def measure_first(settings: Settings) -> list[Row]:
    """Measures the first pass over dense abstracts in a fresh process beside the later ones."""
    command = [sys.executable, str(ROOT / "scripts" / "bench_first.py"), str(settings.dense), "4"]
    first: list[float] = []
    later: list[float] = []
    for _ in range(settings.starts):
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        rates: list[float] = json.loads(done.stdout)
        first.append(rates[0])
        later.append(statistics.median(rates[1:]))
    ratio = tuple(one / other for one, other in zip(first, later, strict=True))
    return [
        Row("first pass", "first pass, CPU time", "abstracts/s", tuple(first)),
        Row("first pass", "later passes, CPU time", "abstracts/s", tuple(later)),
        Row("first pass", "first / later, CPU time", "ratio", ratio),
    ]


def measure_quantulum(settings: Settings) -> list[Row]:
    """Measures our rate beside quantulum3's by turns; it is slow, and reads only the first of each part."""
    from quantulum3 import parser

    import extractor

    warm, parts = samples(read_abstracts(settings.file), settings)
    take_turns({OWN: extractor.parse}, [warm], settings.seed)
    take_turns({QUANTULUM: parser.parse}, [warm[:2]], settings.seed)  # loads all it has with the first
    size = max(1, settings.slow // settings.repeats)
    rates: dict[str, list[tuple[float, float]]] = {OWN: [], QUANTULUM: []}
    for part in parts:
        rates[OWN] += take_turns({OWN: extractor.parse}, [part], settings.seed)[OWN]
        rates[QUANTULUM] += take_turns({QUANTULUM: parser.parse}, [part[:size]], settings.seed)[QUANTULUM]
    rows = rate_rows(rates, {QUANTULUM: ">= 60"})
    return [replace(row, section="quantulum3") for row in rows]


_IMPORT = "import time; w, c = time.perf_counter(), time.process_time(); import {module}; "
_TOLD = "print(time.perf_counter() - w, time.process_time() - c)"
_AGAIN = "w, c = time.perf_counter(), time.process_time(); extractor.parse('It is 2x faster on an A100.'); "
_STARTS = {
    "import spacy": _IMPORT.format(module="spacy") + _TOLD,
    "import extractor": _IMPORT.format(module="extractor") + _TOLD,
    "first parse after it": _IMPORT.format(module="extractor") + _AGAIN + _TOLD,
}
_COMMANDS = {
    "extractor --help, whole process": ("--help",),
    "extractor parse, whole process": ("parse", "It is 2x faster on an A100."),
}
_GOALS = {"extractor parse, whole process": "<= 0.5"}


def measure_startup(settings: Settings) -> list[Row]:
    """Measures imports, the first parse and whole commands in fresh processes, by turns."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in (*_STARTS, *_COMMANDS)}
    for _ in range(settings.starts):
        for name, code in _STARTS.items():
            told = _run("-c", code)
            wall, cpu = map(float, told.split())
            times[name].append((wall, cpu))
        for name, arguments in _COMMANDS.items():
            times[name].append(_times_of(partial(_run, "-m", "extractor", *arguments)))
    rows = [
        Row("start-up", f"{name}, {clock}", "s", tuple(pair[at] for pair in pairs), _GOALS.get(name, ""))
        for name, pairs in times.items()
        for at, clock in enumerate(("wall clock", "CPU time"))
    ]
    turns = list(zip(*(times[name] for name in _STARTS), strict=True))
    for at, clock in enumerate(("wall clock", "CPU time")):
        beyond = tuple(own[at] + first[at] - spacy[at] / 2 for spacy, own, first in turns)
        name = f"import and first parse beyond half of import spacy, {clock}"
        rows.append(Row("start-up", name, "s", beyond, "<= 0.3"))
    ratio = tuple(own[0] / spacy[0] for spacy, own, _ in turns)
    return [*rows, Row("start-up", "import extractor / import spacy", "ratio", ratio, "<= 1.1")]


def _run(*arguments: str) -> str:
    """Runs Python in the folder of the repository, and returns what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return done.stdout


def _times_of(run: Callable[[], object]) -> tuple[float, float]:
    """Returns how long a process takes that is waited for, and its processor time."""
    wall, before = time.perf_counter(), os.times()
    run()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - wall, cpu


def measure_memory(settings: Settings) -> list[Row]:
    """Measures the resident memory of a fresh process after so many abstracts, all different."""
    command = [sys.executable, str(ROOT / "scripts" / "bench_memory.py"), str(settings.file)]
    done = subprocess.run(
        [*command, *map(str, settings.memory)], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    megabytes: dict[str, float] = json.loads(done.stdout)
    rows = [
        Row("memory", f"resident after {int(size):,} abstracts", "MB", (value,))
        for size, value in megabytes.items()
    ]
    first, *_, last = megabytes.values()
    return [*rows, Row("memory", "last / first", "ratio", (last / first,), "<= 1.15")]


def measure_processes(settings: Settings) -> list[Row]:
    """Measures ``extractor run`` with 1 and 2 processes, and what the machine gives two processes at best."""
    return process_rows(read_abstracts(settings.file, settings.rows), settings.repeats)


def measure_profile(settings: Settings) -> list[Row]:
    """Says what share of a parse each of its stages takes."""
    import extractor
    from extractor.engine import builtin_engine
    from extractor.text.lookup import vocabulary

    _, parts = samples(read_abstracts(settings.file), settings)
    take_turns({"": extractor.parse}, parts[:1], settings.seed)
    readers: dict[str, Callable[[str], object]] = {
        "parse": extractor.parse,
        "things": builtin_engine().parts.things.find,
        "words": vocabulary.runs,
    }
    rates = take_turns(readers, parts, settings.seed)
    turns = list(zip(*(rates[name] for name in readers), strict=True))
    shares = tuple(whole[1] / part[1] for whole, part, _ in turns)
    own = tuple(whole[1] / part[1] - whole[1] / words[1] for whole, part, words in turns)
    return [
        Row("things", "addresses, hardware, datasets / all of a parse, CPU time", "ratio", shares, "<= 0.25"),
        Row("things", "the same without the walk over words, which values need too", "ratio", own),
        *stage_rows(extractor.parse, parts[0]),
    ]


SECTIONS: dict[str, Callable[[Settings], list[Row]]] = {
    "rate": measure_rate,
    "dense": measure_dense,
    "first": measure_first,
    "quantulum3": measure_quantulum,
    "startup": measure_startup,
    "memory": measure_memory,
    "processes": measure_processes,
}


def options() -> argparse.ArgumentParser:
    """Returns the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("file", nargs="?", type=Path, default=ROOT / "gold" / "dev.jsonl", help="abstracts: JSONL, also .gz")
    add(
        "--dense",
        type=Path,
        default=ROOT / "gold" / "dev.jsonl",
        metavar="FILE",
        help="abstracts full of claims",
    )
    add("--only", default="", metavar="A,B", help=f"sections to measure, of {','.join(SECTIONS)}")
    add("--profile", action="store_true", help="say where the time of a parse goes, and measure nothing else")
    add("--json", type=Path, metavar="FILE", help="write the numbers as JSON too")
    add("--abstracts", type=int, default=10_000, help="for the rate, over all repeats (%(default)s)")
    add("--repeats", type=int, default=5, help="how often each is measured (%(default)s)")
    add("--warmup", type=int, default=500, help="abstracts read before (%(default)s)")
    add("--slow", type=int, default=250, help="abstracts for quantulum3, over all repeats (%(default)s)")
    add("--starts", type=int, default=5, help="fresh processes of each sort (%(default)s)")
    add("--memory", default="30000,300000", metavar="N,M", help="abstracts to read (%(default)s)")
    add("--rows", type=int, default=30_000, help="abstracts for extractor run (%(default)s)")
    add("--seed", type=int, default=0, help="of the shuffling (%(default)s)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Measures what the options ask for, prints a table, and writes JSON."""
    parser = options()
    given = parser.parse_args(arguments)
    wanted = [name for name in given.only.split(",") if name] or list(SECTIONS)
    if unknown := [name for name in wanted if name not in SECTIONS]:
        parser.error(f"no section {unknown[0]!r}; there are {', '.join(SECTIONS)}")
    sizes = {name: getattr(given, name) for name in Settings.__dataclass_fields__ if name != "memory"}
    try:
        settings = Settings(**sizes, memory=tuple(int(size) for size in given.memory.split(",")))
    except ValueError:
        parser.error(f"--memory takes whole numbers, such as 30000,300000, not {given.memory!r}")
    if (
        min(
            settings.repeats,
            settings.abstracts,
            settings.slow,
            settings.starts,
            settings.rows,
            *settings.memory,
        )
        < 1
    ):
        parser.error("the sizes must be 1 or more")
    sections = {"profile": measure_profile} if given.profile else {name: SECTIONS[name] for name in wanted}
    rows: list[Row] = []
    for name, measure in sections.items():
        print(f"measuring {name} ...", file=sys.stderr)
        rows += measure(settings)
    print_rows(rows)
    if given.json:
        told = {"machine": machine(), "settings": asdict(settings), "rows": [row.as_dict() for row in rows]}
        given.json.write_text(json.dumps(told, indent=1, default=str) + "\n", encoding="utf-8")
    return 0


def machine() -> dict[str, object]:
    """Returns what the numbers depend on besides the code."""
    names = ("spacy", "regex", "pydantic", "quantulum3")
    return {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "versions": {name: importlib.metadata.version(name) for name in names},
    }


if __name__ == "__main__":
    sys.exit(main())
