"""Opens an input, compressed or not, file or standard input, as bytes and as text."""

from __future__ import annotations

import contextlib
import gzip
import importlib.util
import io
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from extractor.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

STDIN = "-"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_MARKS = (  # those of UTF-32 begin with those of UTF-16
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_BUFFER = 1 << 17
_MAX_LINE = 1 << 25  # characters


@dataclass
class Meter:
    """Counts the bytes taken from the inputs, for the progress bar."""

    read: int = 0


class _Metered(io.RawIOBase):
    """A raw stream that reports what is taken from it."""

    def __init__(self, raw: BinaryIO, meter: Meter) -> None:
        self._raw, self._meter = raw, meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._raw.seekable()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: object) -> int:
        count = cast("io.FileIO", self._raw).readinto(buffer)  # type: ignore[arg-type]
        self._meter.read += count or 0
        return count or 0

    def close(self) -> None:
        if not self.closed and self._raw is not sys.stdin.buffer:
            self._raw.close()
        super().close()


class _Chained(io.RawIOBase):
    """A stream put back together after its head was looked at."""

    def __init__(self, head: bytes, rest: io.BufferedIOBase) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if not self._head:
            return self._rest.readinto1(view)
        taken = self._head[: len(view)]
        view[: len(taken)] = taken
        self._head = self._head[len(taken) :]
        return len(taken)


@dataclass
class Source:
    """One input.

    Attributes:
        name: The path as the user gave it, or ``-`` for standard input.
        meter: Where the bytes taken are counted.
    """

    name: str
    meter: Meter = field(default_factory=Meter)
    _looked_at: io.BufferedReader | None = field(default=None, repr=False)

    def head(self, size: int = 1 << 16) -> bytes:
        """Returns the first bytes, decompressed; the next :meth:`open` begins with them again."""
        stream = self.open()
        head = b""
        with contextlib.suppress(EOFError):  # cut short: raised again where the rows are read
            while len(head) < size and (more := stream.read1(size - len(head))):
                head += more
        if self.name == STDIN:
            self._looked_at = io.BufferedReader(_Chained(head, stream), _BUFFER)
        else:
            stream.close()
        return head

    def open(self) -> io.BufferedReader:
        """Opens the input and undoes its compression, known by its first bytes.

        Raises:
            OSError: It cannot be opened.
            InputError: It is compressed with Zstandard and pyarrow is not installed.
        """
        if self._looked_at is not None:
            stream, self._looked_at = self._looked_at, None
            return stream
        stream = self.open_plain()
        head = stream.peek(4)[:4]
        if head.startswith(_GZIP):
            # Not buffered once more: what stands before a cut is handed out before the error is raised.
            return cast("io.BufferedReader", gzip.GzipFile(fileobj=stream))
        if head == _ZSTD:
            return io.BufferedReader(_unzstd(stream, self.name), _BUFFER)
        return stream

    def open_plain(self) -> io.BufferedReader:
        """Opens the input as it is, compressed or not."""
        if self.name == STDIN:
            raw: Any = sys.stdin.buffer
        elif is_address(self.name):
            system, path = file_system(self.name)
            raw = system.open(path, "rb")
        else:
            raw = Path(self.name).open("rb", buffering=0)  # noqa: SIM115 - closed by the stream around it
        return io.BufferedReader(_Metered(raw, self.meter), _BUFFER)

    def size(self) -> int:
        """Returns the bytes of a file."""
        if is_address(self.name):
            system, path = file_system(self.name)
            return int(system.size(path))
        return Path(self.name).stat().st_size

    def text(self, encoding: str, *, newline: str = "\n") -> io.TextIOWrapper:
        """Opens the input as text; bytes outside the encoding become lone surrogates, see ``undecoded``.

        Args:
            encoding: Encoding of the text; a byte order mark wins over it, as do the zeros of UTF-16.
            newline: As for :func:`open`.
        """
        stream = self.open()
        encoding = wide_encoding(stream.peek(4)[:4], encoding) or encoding
        if is_utf8(encoding):
            encoding = "utf-8-sig"
        return io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline=newline)

    def lines(self, encoding: str) -> Iterator[tuple[int, str]]:
        """Yields the lines of the input without their ends, numbered from 1."""
        with self.text(encoding) as stream:
            for number, line in enumerate(bounded_lines(stream, self.name), start=1):
                yield number, line.rstrip("\r\n")


def is_utf8(encoding: str) -> bool:
    """Says whether an encoding is UTF-8, however it is spelled."""
    return encoding.lower().replace("_", "-") in ("utf-8", "utf8")


def wide_encoding(head: bytes, encoding: str = "utf-8") -> str | None:
    """Tells UTF-16 and UTF-32 from the first four bytes of an input; None where it is neither.

    Every format begins with two characters of ASCII: where there is no mark and the user named no other
    encoding, the zeros beside them tell.
    """
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked or not is_utf8(encoding) or len(head) < 4 or head.count(0) != 2:
        return marked
    if head[0] and head[2]:
        return "utf-16-le"
    return "utf-16-be" if head[1] and head[3] else None


def bounded_lines(stream: io.TextIOWrapper, file: str) -> Iterator[str]:
    """Yields the lines of a text with their ends.

    Raises:
        InputError: One is so long that it would fill the memory: the file has no lines.
    """
    while line := stream.readline(_MAX_LINE):
        if len(line) == _MAX_LINE:
            message = f"a line of more than {_MAX_LINE:,} characters; is it one JSON array, or not text?"
            raise InputError(message, file=file)
        yield line


def _unzstd(stream: BinaryIO, name: str) -> io.RawIOBase:
    need("pyarrow", "parquet", name)
    import pyarrow as pa

    return cast("io.RawIOBase", pa.input_stream(stream, compression="zstd"))


def is_address(name: str) -> bool:
    """Says whether a name is the address of a file elsewhere, such as ``s3://bucket/papers.parquet``."""
    return "://" in name


def is_compressed(source: Source) -> bool:
    """Says whether a file is compressed with gzip or Zstandard."""
    with source.open_plain() as stream:
        head = stream.read(4)
    return head.startswith(_GZIP) or head == _ZSTD


def file_system(address: str) -> tuple[Any, str]:
    """Returns the file system that an address names, and the path in it.

    Raises:
        InputError: There is no such file system, or its package is not installed.
    """
    need("fsspec", "cluster", address)
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(address)
    except ImportError as error:
        message = f"needs a package that is not installed: {error}"  # fsspec names it
        raise InputError(message, file=address) from error
    except ValueError as error:
        raise InputError(str(error), file=address) from error
    return system, path


def need(module: str, extra: str, file: str) -> None:
    """Raises an InputError that says what to install if a package for this input is missing."""
    if importlib.util.find_spec(module) is None:
        message = f'needs the package {module}; install it with: pip install "paperclaims[{extra}]"'
        raise InputError(message, file=file)
