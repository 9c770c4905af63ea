"""Parquet, one batch of rows at a time and only the columns that are needed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.readers.record import Item, ReadOptions, Reject, find_columns, make_paper, missing_column
from extractor.readers.source import STDIN, Source, need

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH = 1000  # rows


def read_parquet(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each row, numbered from 1.

    Raises:
        InputError: It is no Parquet file, or pyarrow is not installed.
    """
    need("pyarrow", "parquet", source.name)
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.open() as stream:
        try:
            table = pq.ParquetFile(io.BytesIO(stream.read()) if source.name == STDIN else stream)
            yield from _rows(table, source.name, options)
        except pa.ArrowInvalid as error:
            raise InputError(f"not readable as Parquet: {error}", file=source.name) from error


def _rows(table: Any, file: str, options: ReadOptions) -> Iterator[Item]:
    names = table.schema_arrow.names
    columns = find_columns(names, options)
    if columns.text not in names:
        yield Reject(file, None, missing_column(names, options))
        return
    wanted = [name for name in (columns.text, columns.id, columns.title) if name in names]
    number = 0
    for batch in table.iter_batches(batch_size=_BATCH, columns=list(dict.fromkeys(wanted))):
        for row in batch.to_pylist():
            number += 1
            yield make_paper(row, columns, file, number)
