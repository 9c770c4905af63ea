"""CSV and TSV with a header line, among them the exports of Zotero and other reference managers."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from extractor.readers.record import (
    NOT_DECODED,
    Columns,
    Item,
    NumberText,
    ReadOptions,
    Reject,
    find_columns,
    make_paper,
    missing_column,
    undecoded,
)
from extractor.readers.source import bounded_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.readers.source import Source

_NOT_CLOSED = "a cell begins with a quote that is never closed, so the rest of the file is in it"
_MAX_CELL = 1 << 22  # characters; it bounds, too, what a quote that is never closed can swallow
_DELIMITERS = (",", "\t", ";", "|")


def read_csv(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each row; the delimiter is told from the header line."""
    yield from _read(source, options, None)


def read_tsv(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each row of tab-separated text."""
    yield from _read(source, options, "\t")


def split_header(line: str) -> tuple[str, list[str]]:
    """Finds the delimiter that splits a header line into most columns.

    Returns:
        The delimiter and the names of the columns.
    """
    best = max(_DELIMITERS, key=lambda delimiter: len(_cells(line, delimiter)))
    return best, _cells(line, best)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _read(source: Source, options: ReadOptions, delimiter: str | None) -> Iterator[Item]:
    with source.text(options.encoding, newline="") as stream:
        lines = bounded_lines(stream, source.name)
        first = next(lines, "")
        if not first.strip():
            yield Reject(source.name, 1, "no header line with the names of the columns")
            return
        if delimiter is None:
            delimiter, header = split_header(first)
        else:
            header = _cells(first, delimiter)
        columns = find_columns(header, options)
        if missing := missing_column(header, columns, options):
            yield Reject(source.name, 1, missing)
            return
        for number, cells in _rows(lines, delimiter):
            if isinstance(cells, str):
                yield Reject(source.name, number, cells, broken=cells is _NOT_CLOSED)
            elif len(cells) > len(header):
                reason = (
                    f"{len(cells)} cells under {len(header)} columns; is a cell with the delimiter unquoted?"
                )
                yield Reject(source.name, number, reason)
            elif any(map(undecoded, cells)):
                yield Reject(source.name, number, NOT_DECODED)
            elif cells:
                yield make_paper(_fields(header, cells, columns), columns, source.name, number)


def _fields(header: list[str], cells: list[str], columns: Columns) -> dict[str, str]:
    fields = dict(zip(header, cells, strict=False))
    if columns.id in fields and columns.id not in (
        columns.text,
        columns.title,
    ):  # all cells are text: an id may have been a number where the table was made
        fields[columns.id] = NumberText(fields[columns.id].strip())
    return fields


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yields the number of each row's first line with its cells, or with what is wrong with it."""
    at_end = False

    def watched() -> Iterator[str]:
        nonlocal at_end
        yield from lines
        at_end = True

    csv.field_size_limit(max(csv.field_size_limit(), _MAX_CELL))  # the module's own is too small for texts
    reader = csv.reader(watched(), delimiter=delimiter)
    while True:
        number = reader.line_num + 2  # the header was line 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"not readable as CSV: {error}; is a quote never closed?"
        else:  # a row that asked for a line behind the last was not at its end
            yield number, _NOT_CLOSED if at_end else cells
