"""The rows of the bench's table: one thing measured several times."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One thing measured.

    Attributes:
        section: The part of the bench it belongs to.
        what: What was measured.
        unit: Unit of the values; ``ratio`` has none.
        values: One value a repeat, in the order of measuring.
        goal: What the project promises, such as ``>= 1``; empty where it promises nothing.
    """

    section: str
    what: str
    unit: str
    values: tuple[float, ...]
    goal: str = ""

    @property
    def median(self) -> float:
        """The median of the values."""
        return statistics.median(self.values)

    def as_dict(self) -> dict[str, Any]:
        """Returns the row with its median, to be written as JSON."""
        return {**asdict(self), "median": self.median, "low": min(self.values), "high": max(self.values)}


def print_rows(rows: Sequence[Row]) -> None:
    """Prints the rows as a table on standard output."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("what")
    for heading in ("median", "lowest", "highest"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("unit")
    table.add_column("goal", no_wrap=True)
    section = None
    for row in rows:
        if section not in (None, row.section):
            table.add_section()
        section = row.section
        numbers = (row.median, min(row.values), max(row.values))
        table.add_row(row.what, *map(_shown, numbers), row.unit, row.goal)
    Console().print(table)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
