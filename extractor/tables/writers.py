"""Renders rows as CSV or JSON lines, and turns a finished file of JSON lines into Parquet or a database."""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import ExtractorError, InputError
from extractor.tables.frames import scrub
from extractor.tables.guard import guarded, unguarded
from extractor.tables.rows import Row, Tables, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction

TABLES = ("long", "wide", "records")
_SUFFIXES = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".sqlite": "sqlite",
    ".db": "sqlite",
    ".duckdb": "duckdb",
}
OUTPUT_FORMATS = tuple(dict.fromkeys(_SUFFIXES.values()))
# Rows of one Parquet row group or database insert: fixed, so that equal rows make equal files.
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Layout:
    """What the output looks like.

    Attributes:
        format: One of ``OUTPUT_FORMATS``.
        table: ``long``, one row a claim; ``wide``, one row a paper; ``records``, one extraction a line (JSON
            lines only).
        safe: Put a quote mark before a CSV cell that a spreadsheet would take for a formula.
        kinds: The kinds of claims, which make the columns; None for the built-in ones.
    """

    format: str = "csv"
    table: str = "long"
    safe: bool = True
    kinds: Kinds | None = None

    @property
    def tables(self) -> Tables:
        """The tables of the kinds."""
        return tables_of(self.kinds)

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the table and their types."""
        return self.tables.wide if self.table == "wide" else self.tables.long

    @property
    def settings(self) -> dict[str, str | bool]:
        """What decides the bytes of the output besides what is found."""
        return {"format": self.format, "table": self.table, "safe": self.safe}

    @property
    def header(self) -> bytes:
        """What stands before the first row."""
        return _csv_bytes([list(self.columns)]) if self.format == "csv" else b""


def make_layout(
    out: str,
    *,
    format: str | None = None,
    table: str = "long",
    safe: bool = True,
    kinds: Kinds | None = None,
) -> Layout:
    """Chooses the layout of an output by its name.

    Args:
        out: Path of the output, or ``-`` for standard output.
        format: Name of the format; None tells it from the name (CSV on standard output).
        table: One of ``TABLES``.
        safe: See :class:`Layout`.
        kinds: See :class:`Layout`.

    Raises:
        InputError: The name does not tell, the format is unknown, or it cannot hold the table.
    """
    chosen = format or ("csv" if out == "-" else _SUFFIXES.get(Path(out).suffix.lower()))
    if chosen not in OUTPUT_FORMATS:
        known = ", ".join(OUTPUT_FORMATS)
        if format:
            message = f"unknown output format {format!r}; known: {known}"
            raise InputError(message)
        message = (
            f"the format is not clear from the name; end it in {', '.join(_SUFFIXES)}, or use --to: {known}"
        )
        raise InputError(message, file=out)
    if table not in TABLES:
        message = f"unknown table {table!r}; known: {', '.join(TABLES)}"
        raise InputError(message)
    if table == "records" and chosen != "jsonl":
        message = f"records are written as JSON lines, not as {chosen}; name the output .jsonl"
        raise InputError(message, file=out)
    if out == "-" and chosen not in ("csv", "jsonl"):
        message = f"{chosen} cannot be written to standard output; name a file"
        raise InputError(message)
    return Layout(chosen, table, safe, kinds)


def render(extractions: Iterable[Extraction], layout: Layout) -> bytes:
    """Renders extractions as lines of CSV or JSON.

    Args:
        extractions: Any number of them.
        layout: How. Parquet and databases are made of JSON lines later, by :func:`convert`.

    Returns:
        Whole lines in UTF-8; concatenated results of several calls are the result of one call for all.
    """
    if layout.table == "records":
        return b"".join(_json_line(extraction.model_dump(mode="json")) for extraction in extractions)
    if layout.table == "wide":
        rows: Iterator[Row] = map(layout.tables.paper_row, extractions)
    else:
        rows = (row for extraction in extractions for row in layout.tables.claim_rows(extraction))
    if layout.format == "csv":
        safe = layout.safe
        cells = (["" if value is None else _cell(value, safe) for value in row.values()] for row in rows)
        return _csv_bytes(cells)
    return b"".join(map(_json_line, rows))


class _Lines(list[str]):
    """A file for the csv module, which hands over one line at a time."""

    def write(self, line: str) -> None:
        self.append(line[:-2] + "\n")


def _csv_bytes(rows: Iterable[list[str]]) -> bytes:
    lines = _Lines()
    # The terminator makes the module quote both characters on every version of Python; _Lines takes \r away.
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return scrub("".join(lines)).encode("utf-8")


def _cell(value: Any, safe: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        plain = not value or not isinstance(value[0], dict)
        value = (
            "; ".join(v if isinstance(v, str) else _number(v) for v in value) if plain else _dump_json(value)
        )
    text = str(value)
    return guarded(text) if safe else text


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _json_line(row: dict[str, Any]) -> bytes:
    text = _dump_json(row)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # lone surrogates are kept as escapes
        return f"{json.dumps(row)}\n".encode()


def _dump_json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number beyond every float
        return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def convert(lines: Path, out: Path, layout: Layout) -> None:
    """Makes the output of the lines that :func:`render` rendered.

    Args:
        lines: File of JSON lines (for CSV and JSON lines the output itself; then it is only renamed).
        out: File to make; it is replaced if it stands there.
        layout: How.

    Raises:
        ExtractorError: A package that the format needs is not installed.
        OSError: The file cannot be written.
    """
    if layout.format in ("csv", "jsonl"):
        lines.replace(out)
        return
    out.unlink(missing_ok=True)
    {"parquet": _to_parquet, "sqlite": _to_sqlite, "duckdb": _to_duckdb}[layout.format](lines, out, layout)


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


def has_rows_to_show(layout: Layout) -> bool:
    """Says whether :func:`first_rows` can read a layout: no database, and no records, which are no rows."""
    return layout.table != "records" and layout.format in ("csv", "jsonl", "parquet")


def first_rows(out: str, layout: Layout, limit: int) -> list[dict[str, str]]:
    """Reads the first rows of a finished table back, every value as text."""
    if layout.format == "parquet":
        import pyarrow.parquet as pq

        batches = pq.ParquetFile(out).iter_batches(batch_size=limit)
        rows: Iterable[Row] = next((batch.to_pylist() for batch in batches), [])
    else:
        with Path(out).open(encoding="utf-8", newline="") as stream:
            lines = csv.DictReader(stream) if layout.format == "csv" else map(json.loads, stream)
            rows = list(islice(lines, limit))
        if layout.format == "csv" and layout.safe:
            rows = [{name: unguarded(value) for name, value in row.items()} for row in rows]
    return [{name: _cell(value, safe=False) for name, value in row.items()} for row in rows]


def _to_parquet(lines: Path, out: Path, layout: Layout) -> None:
    schema = parquet_schema(layout.columns)
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(lines):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _to_sqlite(lines: Path, out: Path, layout: Layout) -> None:
    types = {"float": "REAL", "int": "INTEGER"}
    columns = ", ".join(f'"{name}" {types.get(kind, "TEXT")}' for name, kind in layout.columns.items())
    name = "papers" if layout.table == "wide" else "claims"
    marks = ", ".join("?" * len(layout.columns))
    connection = sqlite3.connect(out)
    try:
        with connection:
            connection.execute(f"CREATE TABLE {name} ({columns})")
            for batch in _batches(lines):
                rows = [[_sql(value) for value in row.values()] for row in batch]
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            connection.execute(f"CREATE INDEX {name}_id ON {name} (id)")
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def _sql(value: Any) -> Any:
    return _dump_json(value) if isinstance(value, list) else value


def _to_duckdb(lines: Path, out: Path, layout: Layout) -> None:
    duckdb = _import("duckdb", "DuckDB", "duckdb")
    parquet = out.with_name(out.name + ".parquet")
    _to_parquet(lines, parquet, layout)
    name = "papers" if layout.table == "wide" else "claims"
    try:
        with duckdb.connect(str(out)) as connection:
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet(?)", [str(parquet)])
    except duckdb.Error as error:  # a full disk among them
        raise OSError(str(error)) from error
    finally:
        parquet.unlink()


def _import(module: str, what: str, extra: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        message = f'writing {what} needs {module}; install it with: pip install "paperclaims[{extra}]"'
        raise ExtractorError(message) from None
