"""What every reader yields, and how the fields of a row become a paper."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from extractor.errors import InputError
from extractor.record.identity import id_text, is_missing, number_id

_TEXT_NAMES = (
    "abstract",
    "abstractnote",
    "paperabstract",
    "abstracttext",
    "notesabstract",
    "summary",
    "text",
)
_ID_NAMES = ("id", "paperid", "corpusid", "arxivid", "key", "doi")
_TITLE_NAMES = ("title", "displayname", "papertitle", "primarytitle", "name")
INVERTED = "abstract_inverted_index"
_MAX_TEXT = 1_000_000  # characters; what is longer is no abstract, and would take minutes
_MAX_WORDS = 1_000_000  # of an inverted index; a broken position must not fill the memory
_POINT_ZERO = re.compile(r"(?<=\d)\.0\Z")
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Paper:
    """One abstract to read.

    Attributes:
        id: Id of the paper, as text; readers make one of file name and row where the input has none.
        title: Its title, if known.
        abstract: The text, exactly as given.
        file: Input it came from.
        row: Line (of text formats) or row number (of Parquet) in it, from 1.
        kept: The columns that are to stand in the table, as text.
        fields: The names of what its row has; only where it has nothing in one that is to be kept.
    """

    id: str | None
    title: str | None
    abstract: str
    file: str | None = None
    row: int | None = None
    kept: tuple[tuple[str, str | None], ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row, or a whole file, that could not be read.

    Attributes:
        file: Input it stands in.
        row: Its line or row number, from 1; None for the whole file.
        reason: What was wrong and, where known, what to do.
        broken: True where the rest of the file is lost: unreadable, cut short, of an unknown format.
        id: Id of the paper, where it is known.
    """

    file: str
    row: int | None
    reason: str
    broken: bool = False
    id: str | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A paper that stood in a listing page before and is not read again."""

    file: str
    row: int


Item = Paper | Reject | Repeat


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How the inputs are read.

    Attributes:
        format: Name of the format of every input; None guesses it for each.
        text_column: Column or field with the abstract; None looks for the usual names.
        id_column: Column or field with the id.
        title_column: Column or field with the title.
        encoding: Text encoding of the inputs; a byte order mark wins over it.
        keep: Columns or fields that each paper keeps, for the table.
        unique: Leave out papers that were there before, by id or title.
    """

    format: str | None = None
    text_column: str | None = None
    id_column: str | None = None
    title_column: str | None = None
    encoding: str = "utf-8"
    keep: tuple[str, ...] = ()
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The names under which an input has text, id and title; None where it has no such column.

    Of the columns to keep it has the name that the user gave, and that of the input.
    """

    text: str | None
    id: str | None
    title: str | None
    keep: tuple[tuple[str, str], ...] = ()


class NumberText(str):
    """A number kept as it was written, so that the id 0704.0010 does not lose its last zero."""

    __slots__ = ()


def find_columns(names: Sequence[str], options: ReadOptions) -> Columns:
    """Chooses the columns of an input by the options, else by the usual names.

    Args:
        names: Columns the input has.
        options: Names the user gave; a name that is not there as given is looked for without regard to case
            and outer blanks, as the usual names are.

    Returns:
        The names; a column the user named stands as given if the input lacks it.
    """
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(names)}
    spelled = {name.strip().lower(): name for name in reversed(names)}

    def usual(candidates: Sequence[str]) -> str | None:
        return next((plain[name] for name in candidates if name in plain), None)

    def named(name: str | None) -> str | None:
        return name if name is None or name in names else spelled.get(name.strip().lower(), name)

    return Columns(
        named(options.text_column) or usual(_TEXT_NAMES) or (INVERTED if INVERTED in names else None),
        named(options.id_column) or usual(_ID_NAMES),
        named(options.title_column) or usual(_TITLE_NAMES),
        tuple((name, named(name) or name) for name in options.keep),
    )


def missing_column(names: Sequence[str], columns: Columns, options: ReadOptions) -> str | None:
    """Says which column a table lacks, or has twice, and what to do.

    Args:
        names: Columns it has.
        columns: Those chosen of them.
        options: Names the user gave; without one only the column with the abstracts must be there.

    Returns:
        None if it has each of them once.
    """
    chosen = (
        ("text", columns.text or "", options.text_column),
        ("id", options.id_column and columns.id, options.id_column),
        ("title", options.title_column and columns.title, options.title_column),
    )
    for given, kept in columns.keep:
        if kept not in names:
            return f"no column {given!r} to keep (columns: {_listed(names)})"
    for column in (columns.text, columns.id, columns.title, *(kept for _, kept in columns.keep)):
        if column is not None and names.count(column) > 1:
            return f"two columns are named {column!r}; rename one of them"
    for what, column, wanted in chosen:
        if column is not None and column not in names:
            described = repr(wanted) if wanted else "with abstracts"
            return f"no column {described} (columns: {_listed(names)}); name it with --{what}-column"
    return None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:20]) or "none"


def make_paper(fields: Mapping[str, Any], columns: Columns, file: str, row: int) -> Paper | Reject:
    """Turns one row into a paper.

    Args:
        fields: The row, by column.
        columns: Where text, id and title stand in it.
        file: Input the row stands in.
        row: Its number.

    Returns:
        The paper, or a reject that says what the row lacks.
    """
    value = fields.get(columns.text) if columns.text else None
    if columns.text == INVERTED or (value is None and fields.get(INVERTED)):
        value = _from_inverted_index(fields.get(INVERTED))
        if value is None and fields.get(INVERTED) is not None:
            return Reject(file, row, f"{INVERTED!r} is not an object of words and lists of positions")
    try:
        identity = _id(fields.get(columns.id)) if columns.id else None
    except InputError as error:
        return Reject(file, row, error.message)
    fault = _text_fault(value, columns)
    if fault:
        return Reject(file, row, fault, id=identity)
    assert isinstance(value, str)
    title = fields.get(columns.title) if columns.title else None
    kept = tuple((name, _kept(fields.get(column))) for name, column in columns.keep)
    return Paper(
        id=identity or default_id(file, row),
        title=str(title) if isinstance(title, str) and title.strip() else None,
        abstract=value,
        file=file,
        row=row,
        kept=kept,
        fields=tuple(map(str, fields)) if any(value is None for _, value in kept) else (),
    )


def _kept(value: object) -> str | None:
    """Writes what a column holds as text; a list of texts by semicolons, what is deeper as JSON."""
    if is_missing(value) or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, (float, NumberText)):  # a column with gaps made whole numbers floats
        return _POINT_ZERO.sub("", str(value))
    return str(value)


def default_id(file: str, row: int) -> str:
    """Makes the id of a paper whose input has none: file name and row."""
    return f"{PurePath(file).name}:{row}"


def has_own_id(paper: Paper) -> bool:
    """Says whether the id of a paper stood in its input."""
    return paper.id is not None and paper.id != default_id(paper.file or "", paper.row or 0)


NOT_DECODED = "not in the expected encoding; name the right one with --encoding"


def undecoded(text: str) -> bool:
    """Says whether bytes of the text were not of the expected encoding (see ``surrogateescape``)."""
    return not text.isascii() and _UNDECODED.search(text) is not None


def _text_fault(value: object, columns: Columns) -> str | None:
    name = columns.text or "abstract"
    if is_missing(value):
        return f"no abstract: {name!r} is missing or null"
    if isinstance(value, NumberText) or not isinstance(value, str):
        kind = "number" if isinstance(value, NumberText) else type(value).__name__
        return f"{name!r} is a {kind}, expected text"
    if not value.strip():
        return f"no abstract: {name!r} is empty"
    if len(value) > _MAX_TEXT:
        return f"{name!r} has {len(value):,} characters, at most {_MAX_TEXT:,} are read; is it an abstract?"
    return None


def _id(value: object) -> str | None:
    return number_id(value) if isinstance(value, NumberText) else id_text(value)


def _from_inverted_index(index: object) -> str | None:
    """Puts the words of an OpenAlex ``{word: [positions]}`` index back into their order."""
    if isinstance(index, str):  # tables hold it as JSON
        try:
            index = json.loads(index)
        except (ValueError, RecursionError):
            return None
    if not isinstance(index, Mapping):
        return None
    places: list[tuple[int, str]] = []
    for word, positions in index.items():
        if positions is None:  # a table whose rows share their columns has every word in each of them
            continue
        if not isinstance(positions, Sequence) or isinstance(positions, str):
            return None
        try:
            places.extend((int(position), word) for position in positions)
        except (TypeError, ValueError, OverflowError):  # an infinite number among them
            return None
        if len(places) > _MAX_WORDS:
            return None
    return " ".join(word for _, word in sorted(places))
