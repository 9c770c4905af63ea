"""Workbooks of spreadsheet programs (.xlsx): each sheet with a header row and a column of abstracts."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.readers.record import (
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

_MOST_BYTES = 1 << 31  # of a workbook when it is unpacked
# Sheets are packed to a tenth or so; what is packed much better is the same over and over.
_MOST_TIMES = 200
_SMALL = 1 << 23  # bytes up to which it does no harm
# As spreadsheet programs have them; a row of a higher number is reached by way of all rows before it.
_MOST_CELLS, _MOST_ROWS = 16_384, 1_048_576
_MOST_OF_ROW = 1 << 25  # bytes
_CHUNK = 1 << 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml\Z", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_NUMBER = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br=[\"'](\d+)")


def read_xlsx(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each row of each sheet that has a column of abstracts, numbered as in the sheet.

    Raises:
        InputError: It is no workbook, or openpyxl is not installed.
    """
    need("openpyxl", "excel", source.name)
    from openpyxl import load_workbook

    with source.open() as stream:
        data: Any = stream if source.name != STDIN and stream.seekable() else io.BytesIO(stream.read())
        with _readable(source.name):
            _check_size(data, source.name)
            book = load_workbook(data, read_only=True, data_only=True)
        yield from _sheets(book.worksheets, source.name, options)


@contextmanager
def _readable(file: str) -> Iterator[None]:
    """Tells of a broken workbook in our words; on one, openpyxl raises errors of all sorts."""
    try:
        yield
    except (InputError, OSError, MemoryError):
        raise
    except Exception as error:
        reason = f"not readable as a workbook: {error or type(error).__name__}"
        raise InputError(reason, file=file) from error


def _rows(sheet: Any, file: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yields the rows of a sheet that hold something, with their numbers."""
    rows = sheet.iter_rows(values_only=True)
    for number in itertools.count(1):
        with _readable(file):
            cells = next(rows, None)
        if cells is None:
            return
        if any(cell is not None for cell in cells):
            yield number, cells


def _check_size(data: Any, file: str) -> None:
    """Refuses a small file that unpacks to a huge one, and rows that are wider than a sheet can be."""
    with zipfile.ZipFile(data) as parts:
        infos = parts.infolist()
        size = sum(part.file_size for part in infos)
        times = max(
            (part.file_size / max(1, part.compress_size) for part in infos if part.file_size > _SMALL),
            default=0,
        )
        if size > _MOST_BYTES or times > _MOST_TIMES:
            raise InputError(f"unpacks to {size:,} bytes; write it as CSV", file=file)
        for part in infos:
            if _SHEET.match(part.filename):
                with parts.open(part) as sheet:
                    _check_rows(sheet, file)
    data.seek(0)


def _check_rows(sheet: IO[bytes], file: str) -> None:
    """Refuses rows that would take all memory, as a row is read whole, and rows of impossible numbers."""
    cells, length, rest = 0, 0, b""
    while chunk := sheet.read(_CHUNK):
        text = rest + chunk
        cut = max(0, text.rfind(b"<"))  # a tag may go on in the next chunk
        if any(int(number) > _MOST_ROWS for number in _NUMBER.findall(text, 0, cut)):
            raise InputError(f"has a row of a number above {_MOST_ROWS:,}; write it as CSV", file=file)
        position = 0
        for row in _ROW.finditer(text, 0, cut):
            cells += len(_CELL.findall(text, position, row.start()))
            _check_row(cells, length + row.start() - position, file)
            cells, length, position = 0, 0, row.end()
        cells += len(_CELL.findall(text, position, cut))
        length += cut - position
        rest = text[cut:]
        _check_row(cells, length + len(rest), file)


def _check_row(cells: int, length: int, file: str) -> None:
    if cells > _MOST_CELLS or length > _MOST_OF_ROW:
        raise InputError(
            f"has a row of more than {_MOST_CELLS:,} cells, or of 32 MB; write it as CSV", file=file
        )


def _sheets(sheets: list[Any], name: str, options: ReadOptions) -> Iterator[Item]:
    """Reads the sheets; one without the columns is passed over if another has them."""
    missing: list[str] = []
    for place, sheet in enumerate(sheets):
        file = name if place == 0 else f"{name}[{sheet.title}]"
        rows = _rows(sheet, file)
        _, header = next(rows, (0, ()))
        names = ["" if cell is None else str(cell) for cell in header]
        columns = find_columns(names, options)
        if fault := missing_column([each for each in names if each], columns, options):
            missing.append(fault)
            continue
        for number, cells in rows:
            yield make_paper(dict(zip(names, cells, strict=False)), columns, file, number)
    if len(missing) == len(sheets):
        yield Reject(name, None, missing[0] if missing else "a workbook without sheets")
