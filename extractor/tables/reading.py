"""Reads a table that was written back, with the types that its columns had."""

from __future__ import annotations

import ast
import csv
import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.outputs import MANIFEST, side_file
from extractor.record.models import extraction_model
from extractor.tables.frames import to_frame, typed
from extractor.tables.guard import unguarded
from extractor.tables.rows import tables_of
from extractor.tables.writers import format_of_output

if TYPE_CHECKING:
    import pandas as pd

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction
    from extractor.tables.rows import Row

_NAMES = ("claims", "papers")  # of the tables of a database
_MAX_CELL = 1 << 22  # characters


def read_table(path: str | Path, *, kinds: Kinds | None = None) -> pd.DataFrame:
    """Reads what `extractor run` wrote: a long or wide table, or records.

    Args:
        path: The file: CSV, TSV, JSON lines, Parquet, Arrow, SQLite, DuckDB or a workbook.
        kinds: The kinds of claims; the built-in ones if none are given.

    Returns:
        The table of :func:`extractor.to_frame`, with the types that it had: ids are text, whatever they look
        like. Columns that no kind has stand behind, as they are.

    Raises:
        InputError: The file is missing, of another format, or no such table.
    """
    path = Path(path)
    rows = table_rows(path)
    names = list(dict.fromkeys(name for row in rows[:1000] for name in row))
    if "claims" in names:
        return to_frame(read_records(path, kinds=kinds), kinds=kinds)
    tables = tables_of(kinds)
    columns = tables.wide if "n_claims" in names else tables.long
    if rows and not {"id", "kind"} & set(names):
        raise InputError("is no table of `extractor run`: no column 'id' or 'kind'", file=str(path))
    others = dict.fromkeys((name for name in names if name not in columns), "as it is")
    values = [
        {name: _value(row.get(name), type_) for name, type_ in (columns | others).items()} for row in rows
    ]
    return typed(values, columns | others, tables.kinds)


def read_records(path: str | Path, *, kinds: Kinds | None = None) -> list[Extraction]:
    """Reads the records of a file of ``--table records``, one a line.

    Args:
        path: The file of JSON lines.
        kinds: The kinds of claims; the built-in ones if none are given.

    Raises:
        InputError: The file is missing, or a line is no record.
    """
    from pydantic import ValidationError

    path = Path(path)
    model = extraction_model(kinds or tables_of(None).kinds)
    found = []
    for number, row in enumerate(_json_lines(path), start=1):
        try:
            found.append(model.model_validate(row))
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(map(str, fault["loc"])) or "the record"
            message = f"is no record: {place}: {fault['msg']}"
            raise InputError(message, file=str(path), row=number) from error
    return found


def table_rows(path: Path) -> list[Row]:
    """Reads the rows of a file, each value as the format has it."""
    if not path.is_file():
        raise InputError("no such file; give what `extractor run` wrote", file=str(path))
    format_ = format_of_output(str(path))
    read = {
        "csv": _delimited,
        "tsv": _delimited,
        "jsonl": _json_lines,
        "parquet": _arrow,
        "feather": _arrow,
        "sqlite": _sqlite,
        "duckdb": _duckdb,
        "xlsx": _workbook,
    }.get(format_ or "")
    if read is None:
        raise InputError("the format is not clear from the name", file=str(path))
    try:
        return read(path)
    except ImportError as error:
        raise InputError(f"{error}; see the extras of paperclaims", file=str(path)) from error
    except (OSError, ValueError, sqlite3.Error, csv.Error) as error:
        raise InputError(f"cannot be read: {error}", file=str(path)) from error


def _delimited(path: Path) -> list[Row]:
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_CELL))
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [dict(row) for row in csv.DictReader(stream, delimiter=delimiter)]
    if not has_guards(path):
        return rows
    return [
        {name: unguarded(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        for row in rows
    ]


def has_guards(path: Path) -> bool:
    """Says whether cells that look like formulas got a quote mark; the manifest tells where they did not."""
    try:
        layout = json.loads(side_file(path, MANIFEST).read_bytes())["layout"]
        return bool(layout["safe"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return True


def _json_lines(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def _arrow(path: Path) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix.lower() in (".feather", ".arrow"):
            with pa.OSFile(str(path)) as source:
                rows: list[Row] = pa.ipc.open_file(source).read_all().to_pylist()
                return rows
        rows = pq.read_table(path.absolute()).to_pylist()
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
    return rows


def _sqlite(path: Path) -> list[Row]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        found = connection.execute(f"SELECT * FROM {_chosen(there)}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]
    finally:
        connection.close()


def _duckdb(path: Path) -> list[Row]:
    import duckdb

    try:
        with duckdb.connect(str(path.absolute()), read_only=True) as connection:
            there = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
            found = connection.execute(f"SELECT * FROM {_chosen(there)}")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        raise ValueError(str(error)) from error


def _chosen(there: Iterable[str]) -> str:
    name = next((name for name in _NAMES if name in there), None)
    if name is None:
        raise ValueError(f"holds no table named {' or '.join(_NAMES)}")
    return name


def _workbook(path: Path) -> list[Row]:
    from openpyxl import load_workbook

    rows: list[Row] = []
    book = load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        lines = sheet.iter_rows(values_only=True)
        names = [str(name) for name in next(lines, ())]
        rows += [dict(zip(names, line, strict=False)) for line in lines]
    book.close()
    return rows


def _value(value: Any, type_: str) -> Any:
    """Gives a value the type of its column; text that a list was written as is a list again."""
    if value is None or value == "":
        return [] if type_ in ("texts", "floats") else None
    if type_ == "text":
        return str(value)
    if type_ in ("float", "int"):
        return float(value) if type_ == "float" else int(float(value))
    if type_ in ("mentions", "texts", "floats"):
        return _list(value, type_)
    return value


def _list(value: Any, type_: str) -> list[Any]:
    if isinstance(value, str):
        value = _written_list(value) if value.startswith("[") else value.split("; ")
    if type_ == "floats":
        return [None if item is None else float(item) for item in value]
    return [dict(item) if isinstance(item, Mapping) else item for item in value]


def _written_list(text: str) -> Any:
    """Reads a list as we write it, in JSON, or as pandas does, which writes what Python shows.

    Raises:
        InputError: It is neither.
    """
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        message = f"a cell begins like a list and is none: {text[:60]!r}"
        raise InputError(message) from error
