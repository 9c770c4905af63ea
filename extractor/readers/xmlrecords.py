"""XML of arXiv (Atom, OAI-PMH) and of PubMed, one record at a time, without entities and so without bombs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.readers.record import Item, ReadOptions, find_columns, make_paper
from extractor.readers.source import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.readers.source import Source

# Of each kind of record: where id, title and abstract stand in it.
_RECORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "entry": {"id": ("id",), "title": ("title",), "abstract": ("summary",)},
    "record": {
        "id": ("id", "identifier"),
        "title": ("title",),
        "abstract": ("abstract", "description"),
    },
    "PubmedArticle": {"id": ("PMID",), "title": ("ArticleTitle",), "abstract": ("AbstractText",)},
}
_ROOTS = re.compile(rb"<(?:\w+:)?(?:feed|OAI-PMH|PubmedArticleSet|ListRecords)[\s>]")


def looks_like_records(head: bytes) -> bool:
    """Says whether the first bytes of an input are those of a known XML."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _ROOTS.search(head[:4096]) is not None


def read_xml(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each record, numbered from 1, in constant memory.

    Raises:
        InputError: It is no XML from some record on, declares entities, or defusedxml is not installed.
    """
    need("defusedxml", "readers", source.name)
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    number = 0
    parents: list[Any] = []
    try:
        with source.open() as stream:
            for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=False):
                if event == "start":
                    parents.append(element)
                    continue
                parents.pop()
                if (kind := _local(element.tag)) in _RECORDS:
                    number += 1
                    fields = _fields(element, _RECORDS[kind], options.keep)
                    yield make_paper(fields, find_columns(list(fields), options), source.name, number)
                    if parents:
                        parents[-1].remove(element)
    except DefusedXmlException as error:
        message = (
            f"declares entities or reads other files ({type(error).__name__}), which no list of papers does"
        )
        raise InputError(message, file=source.name) from error
    except ParseError as error:
        raise InputError(f"not readable as XML: {error}", file=source.name) from error


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _fields(record: Any, places: dict[str, tuple[str, ...]], keep: tuple[str, ...]) -> dict[str, str | None]:
    """Takes the fields of a record: of each the first place that has any text, with all its parts.

    Fields to keep are elements by their names; of several their texts, by semicolons.
    """
    found: dict[str, list[str]] = {}
    elsewhere = {
        part for other in record.iter("OtherAbstract") for part in other.iter()
    }  # in other languages
    for element in record.iter():
        if element in elsewhere:
            continue
        text = "".join(element.itertext()).strip()
        if text:
            label = element.get("Label")  # of a part of an abstract in PubMed
            found.setdefault(_local(element.tag), []).append(f"{label}: {text}" if label else text)
    fields: dict[str, str | None] = {tag: "; ".join(found.get(tag, ())) for tag in keep}
    for name, tags in places.items():
        parts = next((found[tag] for tag in tags if tag in found), None)
        several = name == "abstract" and parts is not None
        fields[name] = None if parts is None else "\n".join(parts) if several else parts[0]
    return fields
