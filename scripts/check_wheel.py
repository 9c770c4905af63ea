"""Builds the package and tries it as a new user would: the wheel alone, in an environment of its own.

Sdist and wheel are built (the wheel of the sdist), twine reads their metadata, and the commands of the first
steps run in an empty folder outside of the repository.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HOLDS = (
    "extractor/_rules/README.md",
    "extractor/_rules/snapshots/lexicon.json",
    "extractor/_rules/snapshots/worked-out.json",
    "extractor/_gold/dev.jsonl",
    "extractor/py.typed",
)
RELATIVE = re.compile(r"\]\((?![a-z]+:|#)[^)]*\)|(?:src|srcset)=\"(?![a-z]+:)")
SENTENCE = "LumoNet is up to 2.3x faster than TessaNet."
FRAME = f"""
import extractor, pandas
table = extractor.parse_frame(pandas.DataFrame({{"abstract": ["{SENTENCE}"], "year": [2024]}}), keep="year")
print(table.baseline[0], *table.factor, *table.year)
"""
TABLE = """
import extractor
table = extractor.read_table("claims.csv")
print(table.id.dtype, table.kind.dtype, len(extractor.parse("It is 2x faster.").to_frame()), "row")
"""
SPACY = f"""
import spacy
nlp = spacy.blank("en")
nlp.add_pipe("claims")
doc = nlp("{SENTENCE}")
print(*[(span.text, span.label_) for span in doc.spans["claims"]])
"""
RULE = """rules:
  - id: relative.zippiness
    kind: relative
    status: stable
    pattern: "{vals} {adv} (cue: zippiness gain)"
    set: {sense: fast}
    examples: [{text: It shows a 3x zippiness gain., expect: [{text: 3x, kind: speedup}]}]
    rejects: [It shows a 3x zippiness loss.]
"""
SERVICE = f"""
import json, re, subprocess, sys
from urllib.request import Request, urlopen
command = [sys.executable, "-m", "extractor", "serve", "--port", "0"]
with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as service:
    try:
        address = next(filter(None, (re.match(r"ready: (\\S+)", line) for line in service.stderr)))[1]
        asked = [(path, None) for path in ("", "health", "kinds", "rules", "schema", "openapi.json")]
        asked += [("parse", {{"abstract": "{SENTENCE}"}}), ("explain", {{"text": "{SENTENCE}"}})]
        asked += [("rules/check", {{"rules": open("mine.yaml").read()}})]
        for path, body in asked:
            given = None if body is None else json.dumps(body).encode()
            urlopen(Request(address + path, given, {{"content-type": "application/json"}}))
        print(len(asked), "addresses answer")
    finally:
        service.terminate()
"""


class Step(NamedTuple):
    """A command, what it must print, and whether it needs the extras."""

    command: Sequence[str]
    prints: str
    extras: bool = False


# What its users run, in this order.
PATHS = {
    "a first look": [
        Step(["extractor", "--version"], "paperclaims "),
        Step(["extractor", "parse", SENTENCE], "relative.comparative-alone"),
        Step(["extractor", "explain", "The A40 highway is long."], "'highway' stands behind it"),
        Step(["extractor", "sample", "papers.jsonl"], "labelled abstracts"),
    ],
    "an analyst without Python": [
        Step(
            ["extractor", "run", "papers.jsonl", "-o", "claims.csv", "--papers", "--show", "3"],
            "0 rows rejected",
        ),
        Step(["extractor", "view", "claims.csv", "-o", "claims.html"], "claims.html: "),
        Step(["extractor", "run", "papers.jsonl", "-o", "claims.xlsx"], "0 rows rejected", extras=True),
        Step(["extractor", "atlas", "claims.csv", "-o", "atlas.html"], "in 149 papers", extras=True),
    ],
    "a researcher with pandas": [
        Step(["python", "-c", FRAME], "TessaNet 2.3 2024"),
        Step(["python", "-c", TABLE], "string category 1 row"),
    ],
    "a user of spaCy": [Step(["python", "-c", SPACY], "('2.3x', 'speedup')")],
    "an author of rules": [
        Step(["extractor", "rules", "check"], "0 problems"),
        Step(["extractor", "rules", "test"], " 0 failed"),
        Step(["extractor", "rules", "list", "--kind", "veto"], "veto."),
        Step(["extractor", "rules", "guide"], "# The rule language"),
        Step(["extractor", "rules", "guide", "kinds"], "# A kind of claim of your own"),
        Step(["extractor", "rules", "new", "terms", "dataset"], "dataset.yaml: terms"),
        Step(["extractor", "rules", "check", "dataset.yaml"], "0 problems"),
        Step(["extractor", "rules", "test", "mine.yaml"], "1 rules, 2 sentences, 0 failed"),
        Step(["extractor", "parse", "--rules", "mine.yaml", "A 3x zippiness gain."], "relative.zippiness"),
    ],
    "someone who wants to trust the numbers": [
        Step(["extractor", "evaluate", "papers.jsonl", "--fail-under", "record=0.95"], "F1 on "),
        Step(["extractor", "evaluate", "papers.jsonl", "--report", "report.html"], "report.html: written"),
        Step(["extractor", "agreement", "papers.jsonl", "papers.jsonl"], "Agreement as F1"),
    ],
    "an engineer with a service": [Step(["python", "-c", SERVICE], "9 addresses answer", extras=True)],
}


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints what is done, and how long it took."""
    start = time.perf_counter()
    yield
    print(f"{time.perf_counter() - start:6.1f} s  {what}", flush=True)


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Runs a command apart from this environment; returns all it prints, and ends the check if it fails."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=told | {"NO_COLOR": "1", "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def build(folder: Path) -> Path:
    """Builds sdist and wheel, has their metadata read; returns the wheel."""
    with timed("sdist, and the wheel of it"):
        run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    with timed("twine check --strict"):
        run(sys.executable, "-m", "twine", "check", "--strict", *sorted(folder.iterdir()))
    (wheel,) = folder.glob("*.whl")
    problems = list(faults(wheel))
    if problems:
        sys.exit(f"failed: {wheel.name}: {'; '.join(problems)}")
    return wheel


def faults(wheel: Path) -> Iterator[str]:
    """Yields what is wrong with a wheel: what it lacks, what does not belong there, dead links."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        yield from (f"{name} is missing" for name in HOLDS if name not in names)
        yield from (
            f"{name} does not belong there"
            for name in names
            if not re.match(r"(?:extractor|paperclaims-[^/]+\.dist-info)/", name)
        )
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        page = archive.read(metadata).decode()
    yield from (f"{link} leads nowhere on an index of packages" for link in RELATIVE.findall(page))


def install(wheel: Path, extras: str, folder: Path) -> Path:
    """Makes an environment with the wheel and what it asks for; returns the folder of its programs."""
    with timed(f"a new environment with {wheel.name}{f'[{extras}]' if extras else ''}"):
        venv.create(folder, with_pip=True)
        programs = folder / ("Scripts" if os.name == "nt" else "bin")
        run(programs / "python", "-m", "pip", "install", "-q", f"{wheel}{f'[{extras}]' if extras else ''}")
    return programs


def main() -> None:
    """Checks everything; ends with 1 and says what went wrong if something does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--extras", default="", help="extras to install with the wheel, such as all")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="put sdist and wheel there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        wheel = build(given.keep or top / "dist")
        programs = install(wheel, given.extras, top / "venv")
        home = top / "home"
        home.mkdir()
        (home / "mine.yaml").write_text(RULE, encoding="utf-8")
        ran = sum(walk(path, PATHS[path], programs, home, extras=given.extras == "all") for path in PATHS)
    print(f"{ran} commands ran with the wheel alone")


def walk(path: str, steps: Sequence[Step], programs: Path, home: Path, *, extras: bool) -> int:
    """Runs the commands of one sort of user, and tells how long they take together; returns their number."""
    chosen = [step for step in steps if extras or not step.extras]
    start = time.perf_counter()
    for (program, *arguments), printed, _ in chosen:
        said = " ".join(arguments).replace("\n", " ")[:90]
        with timed(f"{program} {said}"):
            out = run(programs / program, *arguments, folder=home)
        if printed not in out:
            sys.exit(f"failed: {program} {said} does not print {printed!r} but\n{out}")
    print(f"{time.perf_counter() - start:6.1f} s in all: {path}", flush=True)
    return len(chosen)


if __name__ == "__main__":
    main()
