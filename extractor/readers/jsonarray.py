"""One JSON array of objects, such as reference managers export, one element at a time; or one object."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.readers.jsonl import item_of
from extractor.readers.record import NOT_DECODED, NumberText, Reject, undecoded
from extractor.readers.source import Source
from extractor.readers.webrecords import records_of

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from extractor.readers.record import Columns, Item, ReadOptions

_BLOCK = 1 << 16  # characters
_HEAD = 256  # bytes
_MAX_OBJECT = 1 << 28  # characters
_MAX_ELEMENT = 1 << 24  # characters
_BETWEEN = re.compile(r"[\s,]*")


def read_json(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each element, numbered from 1; of an answer of a service, for each record in it.

    Raises:
        InputError: It is no array, or not JSON from some element on.
    """
    known: dict[tuple[str, ...], Columns] = {}
    if source.head(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"{"):
        for number, record in enumerate(_of_one_object(source, options), start=1):
            yield item_of(record, source.name, number, options, known)
        return
    with source.text(options.encoding) as stream:
        for number, (element, text) in enumerate(_elements(stream, source.name), start=1):
            if undecoded(text):
                yield Reject(source.name, number, NOT_DECODED)
            else:
                yield item_of(element, source.name, number, options, known)


def _of_one_object(source: Source, options: ReadOptions) -> list[Any]:
    """Reads one JSON object: the records of the answer of a service, or the object itself."""
    with source.text(options.encoding) as stream:
        text = stream.read(_MAX_OBJECT + 1)
    if len(text) > _MAX_OBJECT:
        message = f"one JSON object of more than {_MAX_OBJECT:,} characters; write its records as JSON lines"
        raise InputError(message, file=source.name)
    if undecoded(text):
        raise InputError(NOT_DECODED, file=source.name)
    try:
        value = json.loads(text, parse_float=NumberText, parse_int=NumberText)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"the JSON object is cut short or broken: {error}", file=source.name) from error
    return records_of(value)


def _elements(stream: io.TextIOWrapper, file: str) -> Iterator[tuple[Any, str]]:
    """Yields each element with the text it was made of."""
    decoder = json.JSONDecoder(parse_float=NumberText, parse_int=NumberText)
    buffer = stream.read(_BLOCK).lstrip()
    if not buffer.startswith("["):
        raise InputError("no JSON array; name the format with --format", file=file)
    place = 1
    while True:
        place = _BETWEEN.match(buffer, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        element, end = _decode(decoder, buffer, place)
        if end is not None and end < len(buffer):
            yield element, buffer[place:end]
            place = end
        elif buffer.startswith("]", place):
            return
        else:
            more = stream.read(
                max(_BLOCK, len(buffer) - place)
            )  # twice as much: it is decoded anew each time
            if not more or len(buffer) - place > _MAX_ELEMENT:
                raise InputError("the JSON array is cut short or broken", file=file)
            buffer, place = buffer[place:] + more, 0


def _decode(decoder: json.JSONDecoder, text: str, place: int) -> tuple[Any, int | None]:
    """Decodes the element that begins at a place; without an end if it is not all there."""
    try:
        return decoder.raw_decode(text, place)
    except (json.JSONDecodeError, RecursionError):
        return None, None
