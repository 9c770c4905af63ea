"""Parquet, one batch of rows at a time and only the columns that are needed."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.readers.record import (
    INVERTED,
    Item,
    ReadOptions,
    Reject,
    find_columns,
    make_paper,
    missing_column,
)
from extractor.readers.source import STDIN, Source, need

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH = 1000  # rows


def read_parquet(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each row, numbered from 1.

    Raises:
        InputError: It is no Parquet file, or pyarrow is not installed.
    """
    with _opened(source) as table:
        yield from _rows(table, source.name, options, range(table.num_row_groups), 0)


def read_row_groups(source: Source, options: ReadOptions, groups: range, rows_before: int) -> Iterator[Item]:
    """Yields the items of some row groups, with their numbers in the whole file.

    Args:
        source: The file.
        options: How it is read.
        groups: Of row groups, those to read.
        rows_before: Rows in the row groups before them.
    """
    with _opened(source) as table:
        yield from _rows(table, source.name, options, groups, rows_before)


def row_group_sizes(source: Source) -> list[tuple[int, int]]:
    """Returns rows and bytes of each row group of a file."""
    with _opened(source) as table:
        groups = [table.metadata.row_group(index) for index in range(table.num_row_groups)]
        return [(group.num_rows, group.total_byte_size) for group in groups]


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    need("pyarrow", "parquet", source.name)
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.open() as stream:
        try:
            yield pq.ParquetFile(io.BytesIO(stream.read()) if source.name == STDIN else stream)
        except pa.ArrowInvalid as error:
            raise InputError(f"not readable as Parquet: {error}", file=source.name) from error


def _rows(table: Any, file: str, options: ReadOptions, groups: range, number: int) -> Iterator[Item]:
    names = table.schema_arrow.names
    columns = find_columns(names, options)
    if missing := missing_column(names, columns, options):
        if number == 0:  # once for each file
            yield Reject(file, None, missing)
        return
    asked = (columns.text, columns.id, columns.title, INVERTED, *(column for _, column in columns.keep))
    wanted = list(dict.fromkeys(name for name in asked if name in names))
    for batch in table.iter_batches(batch_size=_BATCH, row_groups=list(groups), columns=wanted):
        for row in batch.to_pylist():
            number += 1
            yield make_paper(row, columns, file, number)
