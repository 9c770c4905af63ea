"""Files of reference managers, BibTeX, RIS and MEDLINE, one entry at a time.

The files are cut into entries here, so that a broken entry is named by its line and does not take the others
with it; each entry of BibTeX is read by bibtexparser, of RIS by rispy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from extractor.readers.bibvalues import MONTHS, field_value, without_protection
from extractor.readers.record import (
    NOT_DECODED,
    Item,
    ReadOptions,
    Reject,
    find_columns,
    make_paper,
    undecoded,
)
from extractor.readers.source import Source, need

if TYPE_CHECKING:
    from collections.abc import Iterator

BIBTEX_ENTRY = re.compile(r"\s{0,20}@\s{0,5}\w{1,50}\s{0,5}[{(]")
RIS_ENTRY = re.compile(r"TY {1,4}- ")
MEDLINE_ENTRY = re.compile(r"PMID- ?\d")
_MEDLINE_FIELD = re.compile(r"([A-Z]{2,4}) {0,2}- (.*)")
_MEDLINE_NAMES = {"PMID": "id", "TI": "title", "AB": "abstract"}
_RIS_END = re.compile(r"ER {1,4}-")
_RIS_GOES_ON = re.compile(r"[ \t]{0,20}\n[ \t]{0,20}(?![A-Z][A-Z0-9] {1,4}-)")  # a line without a tag
_RIS_ABSTRACTS = {"AB": "abstract", "N2": "notes_abstract"}  # one line of the file for each paragraph
_RIS_TITLES = ("title", "primary_title")
_MAX_LINES = 20_000  # of one entry: bounds what an entry without an end can swallow


def read_bibtex(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each entry with fields; strings, comments and preambles are no entries.

    Raises:
        InputError: bibtexparser is not installed.
    """
    need("bibtexparser", "readers", source.name)
    import logging

    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.ERROR)  # what it warns of is in our rejects
    strings = dict(MONTHS)
    for number, text in _entries(source.lines(options.encoding), BIBTEX_ENTRY):
        if not BIBTEX_ENTRY.match(text):
            continue
        library = parse_string(text, parse_stack=[])  # the values as they stand: we know the whole file
        for string in library.strings:
            strings[string.key.lower()] = field_value(string.value, strings)
        for block in library.failed_blocks:
            if block.ignore_error_block is None:
                fault = str(block.error) or type(block.error).__name__
                yield Reject(source.name, number, f"not readable as BibTeX: {fault}")
            else:  # a field stands twice
                yield _entry(block.ignore_error_block, strings, source.name, number, options)
        for entry in library.entries:
            yield _entry(entry, strings, source.name, number, options)


def _entry(entry: Any, strings: dict[str, str], file: str, number: int, options: ReadOptions) -> Item:
    """Takes the fields of an entry; of a field that stands twice BibTeX, too, takes the first."""
    fields: dict[str, Any] = {}
    for field in entry.fields:
        fields.setdefault(field.key.lower(), field_value(field.value, strings))
    if "abstract" in fields:
        fields["abstract"] = without_protection(fields["abstract"])
    if "title" in fields:
        fields["title"] = fields["title"].replace("{", "").replace("}", "")
    return _paper({"id": entry.key, **fields}, file, number, options)


def read_ris(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each record from ``TY`` to ``ER``.

    Raises:
        InputError: rispy is not installed.
    """
    need("rispy", "readers", source.name)
    import rispy

    for number, text in _entries(source.lines(options.encoding), RIS_ENTRY):
        if not RIS_ENTRY.match(text):
            if text.strip():
                yield Reject(source.name, number, "not readable as RIS: text before the first TY line")
            continue
        if not any(_RIS_END.match(line) for line in text.split("\n")):
            yield Reject(source.name, number, "a RIS record without its ER line; is the file cut short?")
            continue
        repeated = [*rispy.RisParser.DEFAULT_LIST_TAGS, *_RIS_ABSTRACTS]
        for record in rispy.loads(_RIS_GOES_ON.sub(" ", text), list_tags=repeated):
            title = next((record[name] for name in _RIS_TITLES if name in record), None)
            lists = {name: value for name, value in record.items() if name in _RIS_ABSTRACTS.values()}
            texts = {name: "\n".join(lines) for name, lines in lists.items()}
            yield _paper({**record, **texts, "title": title}, source.name, number, options)


def read_medline(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yields one item for each record of MEDLINE text, from ``PMID`` to the next."""
    for number, text in _entries(source.lines(options.encoding), MEDLINE_ENTRY):
        if MEDLINE_ENTRY.match(text):
            yield _paper(_medline_fields(text), source.name, number, options)
        elif text.strip():
            yield Reject(source.name, number, "not readable as MEDLINE: text before the first PMID line")


def _medline_fields(record: str) -> dict[str, Any]:
    """Takes the fields of a record by their usual names; a field goes on in lines that begin with blanks."""
    lines: dict[str, list[str]] = {}
    held: list[str] = []
    for line in record.split("\n"):
        if line[:1].isspace():
            held.append(line.strip())
        elif field := _MEDLINE_FIELD.match(line):
            held = [] if field[1] in lines else lines.setdefault(field[1], [])  # the first of each
            held.append(field[2].strip())
    names = {_MEDLINE_NAMES.get(tag, tag): " ".join(parts) for tag, parts in lines.items()}
    return {"abstract": None, **names}


def _paper(fields: dict[str, Any], file: str, number: int, options: ReadOptions) -> Item:
    if any(isinstance(value, str) and undecoded(value) for value in fields.values()):
        return Reject(file, number, NOT_DECODED)
    return make_paper(fields, find_columns(list(fields), options), file, number)


def _entries(lines: Iterator[tuple[int, str]], start: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Cuts lines into blocks that begin with a line of the pattern, with the number of the first line."""
    first, block = 1, list[str]()
    for number, line in lines:
        if block and (start.match(line) or len(block) >= _MAX_LINES):
            yield first, "\n".join(block)
            first, block = number, []
        elif not block:
            first = number
        if block or line.strip():
            block.append(line)
    if block:
        yield first, "\n".join(block)
