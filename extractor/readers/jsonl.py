"""JSON lines: plain, the arXiv snapshot, Semantic Scholar and OpenAlex, told apart by their fields."""

from __future__ import annotations

import json
from types import NoneType
from typing import TYPE_CHECKING, Any

from extractor.readers.record import (
    NOT_DECODED,
    Columns,
    Item,
    NumberText,
    ReadOptions,
    Reject,
    find_columns,
    make_paper,
    undecoded,
)
from extractor.readers.webrecords import plain_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from extractor.readers.source import Source


_JSON_TYPES: dict[type, str] = {NumberText: "number", str: "string", bool: "boolean", NoneType: "null"}


def read_jsonl(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each line that is not blank."""
    known: dict[tuple[str, ...], Columns] = {}
    for number, line in source.lines(options.encoding):
        if line and not line.isspace():
            yield _read_line(line, source.name, number, options, known)


def _read_line(
    line: str, file: str, number: int, options: ReadOptions, known: dict[tuple[str, ...], Columns]
) -> Item:
    if undecoded(line):
        return Reject(file, number, NOT_DECODED)
    try:
        row = json.loads(line, parse_float=NumberText, parse_int=NumberText)
    except json.JSONDecodeError as error:
        return Reject(file, number, f"not JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Reject(file, number, "not readable as JSON: nested too deeply")
    return item_of(row, file, number, options, known)


def item_of(
    row: Any, file: str, number: int, options: ReadOptions, known: dict[tuple[str, ...], Columns]
) -> Item:
    """Turns a JSON value into a paper.

    Args:
        row: The value; only an object can be one.
        file: Input it stands in.
        number: Its line or place there.
        options: Columns to take.
        known: The columns found for each set of keys so far.
    """
    if not isinstance(row, dict):
        kind = _JSON_TYPES.get(type(row), type(row).__name__)
        return Reject(file, number, f"a JSON {kind}, expected an object with an abstract")
    row = plain_fields(row)
    return make_paper(row, _columns(row, options, known), file, number)


def _columns(row: Mapping[str, Any], options: ReadOptions, known: dict[tuple[str, ...], Columns]) -> Columns:
    """Chooses the fields once for each set of keys seen; a stream has few of them."""
    keys = tuple(row)
    columns = known.get(keys)
    if columns is None:
        if len(known) > 1000:
            known.clear()
        columns = known[keys] = find_columns(keys, options)
    return columns
