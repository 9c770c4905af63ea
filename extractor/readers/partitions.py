"""Cuts inputs into partitions that are read anywhere, each on its own, with the row numbers of the whole."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from extractor.readers.columnar import read_row_groups, row_group_sizes
from extractor.readers.jsonl import read_jsonl
from extractor.readers.papers import guess_format, read_papers, rejecting_errors, resolve_format
from extractor.readers.source import Source, is_compressed, is_utf8, wide_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.readers.papers import Item, ReadOptions

_COUNT_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one input, or all of it.

    Attributes:
        file: The input.
        format: Its format.
        start: First byte (JSON lines) or first row group (Parquet) of the piece.
        end: Behind its last; None for a whole file.
        first_row: Rows of the file before the piece.
    """

    file: str
    format: str
    start: int = 0
    end: int | None = None
    first_row: int = 0


Partition = tuple[Piece, ...]


def plan_file(file: str, options: ReadOptions, size: int, *, alone: bool = True) -> list[Piece]:
    """Cuts one input into pieces of about a size; their ``first_row`` is not known yet for JSON lines.

    Args:
        file: Path or address.
        options: How it is read.
        size: Bytes of a piece, on the disk.
        alone: No other input is a plain text.

    Returns:
        The pieces in order. Only JSON lines that are not compressed, and Parquet, can be cut.
    """
    source = Source(file)
    try:
        chosen = resolve_format(options.format or guess_format(source, alone=alone))
        if chosen == "jsonl" and _has_plain_lines(source, options.encoding):
            return _plan_bytes(file, source.size(), size)
        if chosen == "parquet":
            return _plan_row_groups(source, size)
    except Exception:  # whatever is wrong with the file is told where it is read
        return [Piece(file, "")]
    return [Piece(file, chosen)]


def _has_plain_lines(source: Source, encoding: str) -> bool:
    """Says whether a file can be cut at the bytes of its line ends."""
    plain = is_utf8(encoding) and not is_compressed(source)
    return plain and wide_encoding(source.head(4)) is None


def _plan_bytes(file: str, total: int, size: int) -> list[Piece]:
    if total <= size:
        return [Piece(file, "jsonl")]
    starts = range(0, total, size)
    return [Piece(file, "jsonl", start, min(start + size, total)) for start in starts]


def _plan_row_groups(source: Source, size: int) -> list[Piece]:
    pieces: list[Piece] = []
    start, first_row, held_rows, held_bytes = 0, 0, 0, 0
    groups = row_group_sizes(source)
    for index, (rows, data) in enumerate(groups):
        held_rows, held_bytes = held_rows + rows, held_bytes + data
        if held_bytes >= size or index == len(groups) - 1:
            pieces.append(Piece(source.name, "parquet", start, index + 1, first_row))
            start, first_row, held_rows, held_bytes = index + 1, first_row + held_rows, 0, 0
    return pieces or [Piece(source.name, "parquet")]


def count_lines(piece: Piece) -> int:
    """Counts the lines that begin in a piece of JSON lines."""
    if piece.end is None:
        return 0
    with Source(piece.file).open_plain() as stream:
        left = piece.end - piece.start - (piece.start == 0)
        stream.seek(max(piece.start - 1, 0))
        lines = int(piece.start == 0)
        while left > 0 and (block := stream.read(min(left, _COUNT_BLOCK))):
            lines += block.count(b"\n")
            left -= len(block)
    return lines


def number_rows(pieces: list[Piece], lines: list[int]) -> list[Piece]:
    """Fills in ``first_row`` of the pieces of JSON lines.

    Args:
        pieces: All pieces in order.
        lines: Of each piece, as :func:`count_lines` counts them.
    """
    numbered: list[Piece] = []
    before: dict[str, int] = {}
    for piece, count in zip(pieces, lines, strict=True):
        if piece.format == "jsonl":
            numbered.append(replace(piece, first_row=before.get(piece.file, 0)))
            before[piece.file] = before.get(piece.file, 0) + count
        else:
            numbered.append(piece)
    return numbered


def make_partitions(pieces: list[Piece]) -> list[Partition]:
    """Makes each piece a partition; listing pages, whose papers repeat each other, are one together."""
    pages = tuple(piece for piece in pieces if piece.format == "listing")
    return [(piece,) for piece in pieces if piece.format != "listing"] + ([pages] if pages else [])


def read_partition(partition: Partition, options: ReadOptions) -> Iterator[Item]:
    """Reads a partition; the items are those the whole inputs would give at these places."""
    if all(piece.end is None for piece in partition):
        known = replace(options, format=partition[0].format or options.format)
        return read_papers([piece.file for piece in partition], known)
    return chain.from_iterable(
        rejecting_errors(piece.file, partial(_read_piece, piece, options)) for piece in partition
    )


def _read_piece(piece: Piece, options: ReadOptions) -> Iterator[Item]:
    assert piece.end is not None
    if piece.format == "parquet":
        return read_row_groups(Source(piece.file), options, range(piece.start, piece.end), piece.first_row)
    return read_jsonl(_Block(piece), options)


class _Block(Source):
    """The lines of a file that begin between two bytes, with their numbers in the file."""

    def __init__(self, piece: Piece) -> None:
        super().__init__(piece.file)
        self._piece = piece

    def open(self) -> io.BufferedReader:
        stream = self.open_plain()
        start, end = self._piece.start, cast("int", self._piece.end)
        return io.BufferedReader(cast("io.RawIOBase", _Between(stream, start, end)), 1 << 17)

    def lines(self, encoding: str) -> Iterator[tuple[int, str]]:
        for number, line in super().lines(encoding):
            yield number + self._piece.first_row, line


class _Between(io.RawIOBase):
    """The bytes of the lines that begin between two places of a stream."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream = stream
        stream.seek(max(start - 1, 0))
        if start:
            self._skip_line()
        self._left = end - stream.tell()
        self._ended = self._left <= 0

    def _skip_line(self) -> None:
        self._stream.readline()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._ended:
            return 0
        view = memoryview(buffer)
        if self._left > 0:
            data = self._stream.read(min(self._left, len(view)))
            self._left -= len(data)
            self._ended = not data or (self._left <= 0 and data.endswith(b"\n"))
        else:  # the last line goes on behind the end
            data = self._stream.readline(len(view))
            self._ended = not data or data.endswith(b"\n")
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
