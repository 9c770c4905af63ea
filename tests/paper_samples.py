"""Papers as readers give them, and as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extractor.readers.papers import (
    Item,
    Paper,
    ReadOptions,
    read_papers,
)

ONE = "Our cache is 3x faster than the old one."


def read(path: Path, **options: Any) -> list[Item]:
    return list(read_papers([str(path)], ReadOptions(**options)))


def texts(items: list[Item]) -> list[tuple[str | None, str | None, str]]:
    assert all(isinstance(item, Paper) for item in items), items
    return [(item.id, item.title, item.abstract) for item in items if isinstance(item, Paper)]


def jsonl(*rows: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)
