"""Batches of made-up papers, read by the parser of the tests."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from extractor.batch.run import BatchOptions, Summary, run_batch
from extractor.tables.writers import make_layout

PARSER = "fake_parser:parse"


posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def write_papers(path: Path, texts: list[str]) -> Path:
    rows = [
        {"id": f"p{number}", "title": f"T{number}", "abstract": text} for number, text in enumerate(texts)
    ]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def plain_texts(number: int) -> list[str]:
    return [f"It is {index}.5x faster on an A100." if index % 3 else "Nothing." for index in range(number)]


def run(source: Path, out: Path, table: str = "long", **options: Any) -> Summary:
    layout = make_layout(str(out), table=table)
    return run_batch([str(source)], out, layout, options=BatchOptions(**options), parser=PARSER)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
