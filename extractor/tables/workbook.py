"""Workbooks for spreadsheet programs: frozen header, filters, and addresses that are links."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from extractor.record.identity import paper_address
from extractor.tables.writers import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from extractor.tables.rows import Row
    from extractor.tables.writers import Layout

_MOST_ROWS = 1_048_575  # of a sheet, below its header
_MOST_LINKS = 65_000  # of a sheet; the program refuses more than 65,530
_MOST_SIGNS = 32_767  # of a cell
_MOST_LINK = 2_079  # characters of an address
_WIDTHS = {"title": 40, "text": 18, "name": 28, "mentions": 12, "rule": 26}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_MADE = datetime(1980, 1, 1)


def write_workbook(rows: Iterable[Row], out: Path, layout: Layout) -> None:
    """Writes rows as a workbook, in constant memory; what is too much for a sheet goes on in a next one.

    Args:
        rows: Of the table.
        out: The file to make.
        layout: Of the table; its columns are those of each sheet.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(out), options)
    book.set_properties({"created": _MADE})
    formats = {"head": book.add_format({"bold": True}), "link": book.get_default_url_format()}
    name = "papers" if layout.table == "wide" else "claims"
    sheet = _Sheet(book, name, layout.columns, formats)
    for row in rows:
        if sheet.height == _MOST_ROWS:
            sheet.close()
            sheet = _Sheet(book, f"{name} {len(book.worksheets()) + 1}", layout.columns, formats)
        sheet.write(row)
    sheet.close()
    book.close()


class _Sheet:
    """One sheet with a header row."""

    def __init__(self, book: Any, name: str, columns: Mapping[str, str], formats: dict[str, Any]) -> None:
        self._sheet = book.add_worksheet(name)
        self._formats, self._columns = formats, list(columns)
        self._links = 0
        self.height = 0
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, _WIDTHS.get(column, 12))
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, self._columns, formats["head"])

    def write(self, row: Row) -> None:
        self.height += 1
        for place, column in enumerate(self._columns):
            self._write(place, row[column], _address(column, row))

    def _write(self, place: int, value: Any, address: str | None) -> None:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return
        if isinstance(value, (int, float)):
            self._sheet.write_number(self.height, place, value)
            return
        text = cell_text(value)[:_MOST_SIGNS]
        if address and self._links < _MOST_LINKS and len(address) <= _MOST_LINK:
            self._links += 1
            self._sheet.write_url(self.height, place, address, self._formats["link"], text)
        else:
            self._sheet.write_string(self.height, place, text)

    def close(self) -> None:
        self._sheet.autofilter(0, 0, max(self.height, 1), len(self._columns) - 1)


def _address(column: str, row: Row) -> str | None:
    """Returns the address that a cell is a link to: the page of a paper, or the address that it holds."""
    if column == "id":
        return paper_address(row["id"])
    value = row[column]
    return value if isinstance(value, str) and _ADDRESS.fullmatch(value) else None
