"""Turns a finished file of JSON lines into Parquet, Arrow, a database or a workbook."""

from __future__ import annotations

import json
import sqlite3
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import ExtractorError
from extractor.tables.frames import scrub
from extractor.tables.writers import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from extractor.tables.rows import Row
    from extractor.tables.writers import Layout

# Rows of one Parquet row group or database insert: fixed, so that equal rows make equal files.
_BATCH = 50_000


def convert(lines: Path, out: Path, layout: Layout) -> None:
    """Makes the output of the lines that :func:`extractor.tables.writers.render` rendered.

    Args:
        lines: File of JSON lines (for CSV, TSV and JSON lines the output itself; then it is only renamed).
        out: File to make; it is replaced if it stands there.
        layout: How.

    Raises:
        ExtractorError: A package that the format needs is not installed.
        OSError: The file cannot be written.
    """
    if layout.is_text:
        lines.replace(out)
        return
    # What writes these takes a relative name such as md:a, s3:a or :memory: for a service or for no file.
    lines, out = lines.absolute(), out.absolute()
    out.unlink(missing_ok=True)
    write = {
        "parquet": _to_parquet,
        "feather": _to_feather,
        "sqlite": _to_sqlite,
        "duckdb": _to_duckdb,
        "xlsx": _to_workbook,
    }
    write[layout.format](lines, out, layout)


def _batches(lines: Path) -> Iterator[list[Row]]:
    with lines.open(encoding="utf-8", newline="\n") as stream:
        rows = (json.loads(_without_surrogates(line)) for line in stream)
        while batch := list(islice(rows, _BATCH)):
            yield batch


def _without_surrogates(line: str) -> str:
    """Replaces escaped lone surrogates: json would make strings of them that nothing else can store."""
    return json.dumps(_scrub_all(json.loads(line)), ensure_ascii=False) if "\\ud" in line else line


def _scrub_all(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _scrub_all(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_scrub_all(item) for item in value]
    return scrub(value) if isinstance(value, str) else value


def parquet_schema(columns: dict[str, str]) -> pa.Schema:
    """Returns the Arrow schema of a table.

    Raises:
        ExtractorError: pyarrow is not installed.
    """
    arrow = _import("pyarrow", "Parquet", "parquet")
    mention = arrow.struct({"text": arrow.string(), "start": arrow.int64(), "end": arrow.int64()})
    types = {
        "text": arrow.string(),
        "float": arrow.float64(),
        "int": arrow.int64(),
        "mentions": arrow.list_(mention),
        "texts": arrow.list_(arrow.string()),
        "floats": arrow.list_(arrow.float64()),
    }
    schema: pa.Schema = arrow.schema({name: types[kind] for name, kind in columns.items()})
    return schema


def _to_parquet(lines: Path, out: Path, layout: Layout) -> None:
    schema = parquet_schema(layout.columns)
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(lines):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _to_feather(lines: Path, out: Path, layout: Layout) -> None:
    _import("pyarrow", "Arrow", "parquet")
    schema = parquet_schema(layout.columns)
    import pyarrow as pa

    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(str(out), "wb") as sink, pa.ipc.new_file(sink, schema, options=options) as writer:
        for batch in _batches(lines):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _to_workbook(lines: Path, out: Path, layout: Layout) -> None:
    _import("xlsxwriter", "a workbook", "excel")
    from extractor.tables.workbook import write_workbook

    rows = (row for batch in _batches(lines) for row in batch)
    write_workbook(rows, out, layout)


def _to_sqlite(lines: Path, out: Path, layout: Layout) -> None:
    types = {"float": "REAL", "int": "INTEGER"}
    columns = ", ".join(
        f"{_identifier(name)} {types.get(kind, 'TEXT')}" for name, kind in layout.columns.items()
    )
    name = "papers" if layout.table == "wide" else "claims"
    marks = ", ".join("?" * len(layout.columns))
    connection = sqlite3.connect(out)
    try:
        with connection:
            connection.execute(f"CREATE TABLE {name} ({columns})")
            for batch in _batches(lines):
                rows = [[_sql(value) for value in row.values()] for row in batch]
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            if "id" in layout.columns:
                connection.execute(f"CREATE INDEX {name}_id ON {name} (id)")
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def _identifier(name: str) -> str:
    """Quotes the name of a column, which may come from anybody's file; no name in SQL holds a NUL."""
    return '"' + scrub(name).replace("\0", "\ufffd").replace('"', '""') + '"'


def _sql(value: Any) -> Any:
    return dump_json(value) if isinstance(value, list) else value


def _to_duckdb(lines: Path, out: Path, layout: Layout) -> None:
    duckdb = _import("duckdb", "DuckDB", "duckdb")
    _import("pyarrow", "DuckDB", "duckdb")
    schema = parquet_schema(layout.columns)
    import pyarrow as pa

    batches = (pa.RecordBatch.from_pylist(batch, schema=schema) for batch in _batches(lines))
    name = "papers" if layout.table == "wide" else "claims"
    try:
        with duckdb.connect(str(out)) as connection:
            connection.register("rows", pa.RecordBatchReader.from_batches(schema, batches))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
    except duckdb.Error as error:  # a full disk among them
        raise OSError(str(error)) from error


def _import(module: str, what: str, extra: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        message = f'writing {what} needs {module}; install it with: pip install "paperclaims[{extra}]"'
        raise ExtractorError(message) from None
