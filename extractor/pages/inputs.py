"""Reads the results of a batch for the page: JSONL of extractions, or the tidy table in any format."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from extractor.errors import InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.outputs import MANIFEST, PAPERS, WITHOUT_CLAIMS, side_file
from extractor.pages.documents import (
    DERIVED_FIELDS,
    PLACE_FIELDS,
    SURENESS_FIELDS,
    PageClaim,
    PageDocument,
    Span,
    from_extraction,
)
from extractor.record.models import extraction_model
from extractor.tables.guard import unguarded
from extractor.tables.reading import table_rows
from extractor.tables.rows import tables_of

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction

_NOT_SHOWN = frozenset({"id", "title", "abstract", "key"})  # of the paper, or said by the name already
_OTHERS = (".tsv", ".feather", ".arrow", ".sqlite", ".db", ".duckdb", ".xlsx")
_FORMATS = "JSONL (.jsonl), CSV (.csv), Parquet (.parquet) and others, each as `extractor run` writes it"


class Place(NamedTuple):
    """A row of a file, for messages."""

    path: Path
    row: int


def read_documents(
    path: Path, *, kinds: Kinds | None = None, without_claims: bool = False
) -> list[PageDocument]:
    """Reads the papers of a batch's result, the format told by the name (``.gz`` allowed for JSONL and CSV).

    JSONL holds abstracts. Those of a tidy table stand beside it, if ``--papers`` asked for them, or in a
    column ``abstract``; else the documents have none.

    Args:
        path: The file.
        kinds: The kinds of claims; the built-in ones if none are given.
        without_claims: Whether papers without claims, which a run lists beside a tidy table, come too, last.

    Raises:
        InputError: The file is missing, of another format, or a row is not what it should be.
    """
    documents = _documents(path, kinds or builtin_kinds())
    if without_claims:
        known = {(document.id, document.title) for document in documents}
        documents += [
            PageDocument(_text(id_), _text(title), None, ())
            for (id_, title), _ in _papers_beside(path, WITHOUT_CLAIMS)
            if (id_, title) not in known
        ]
    return documents


def _documents(path: Path, kinds: Kinds) -> list[PageDocument]:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    suffix = suffixes[-1] if suffixes else ""
    if not path.is_file():
        message = "no such file; give the result of `extractor run`"
        raise InputError(message, file=str(path))
    try:
        if suffix in (".jsonl", ".ndjson"):
            return _from_jsonl(path, kinds)
        if suffix == ".csv":
            return _from_rows(_csv_rows(path), path, kinds)
        if suffix in (".parquet", ".pq"):
            return _from_rows(_parquet_rows(path), path, kinds)
        if suffix in _OTHERS:
            return _from_rows(enumerate(table_rows(path), 1), path, kinds)
    except UnicodeDecodeError as error:
        message = f"is no UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8"
        raise InputError(message, file=str(path)) from error
    except (OSError, EOFError) as error:  # a damaged .gz among them
        message = f"cannot be read: {error}"
        raise InputError(message, file=str(path)) from error
    message = f"cannot tell the format from the name; expected {_FORMATS}"
    raise InputError(message, file=str(path))


def _from_jsonl(path: Path, kinds: Kinds) -> list[PageDocument]:
    records = list(_json_lines(path))
    if records and all("kind" in record and "claims" not in record for _, record in records):
        return _from_rows(iter(records), path, kinds)  # the tidy table, one claim a line
    return [from_extraction(_extraction(record, path, row, kinds)) for row, record in records]


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with _open_text(path) as lines:
        for row, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                message = f"this line is no JSON ({error}); expected one extraction a line"
                raise InputError(message, file=str(path), row=row) from error
            if not isinstance(record, dict):
                message = f"expected a JSON object, found {type(record).__name__}"
                raise InputError(message, file=str(path), row=row)
            yield row, record


def _open_text(path: Path) -> TextIO:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _extraction(record: Mapping[str, Any], path: Path, row: int, kinds: Kinds) -> Extraction:
    from pydantic import ValidationError

    claims = record.get("claims")
    if isinstance(claims, list):  # derived columns are computed again, whether or not the writer kept them
        claims = [
            {name: value for name, value in claim.items() if name not in DERIVED_FIELDS}
            if isinstance(claim, dict)
            else claim
            for claim in claims
        ]
    try:
        return extraction_model(kinds).model_validate({**record, "claims": claims})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the record"
        message = f"is no extraction: {place}: {first['msg']}"
        raise InputError(message, file=str(path), row=row) from error


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import pandas as pd

    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except pd.errors.EmptyDataError:
        return
    except pd.errors.ParserError as error:
        message = f"is no CSV table: {error}"
        raise InputError(message, file=str(path)) from error
    names = [str(name) for name in frame.columns]
    clean = unguarded if _has_guards(path) else str
    for row, values in enumerate(frame.itertuples(index=False, name=None), 2):  # line 1 holds the names
        yield row, {name: clean(value) for name, value in zip(names, values, strict=True)}


def _has_guards(path: Path) -> bool:
    """Says whether cells that look like formulas got a quote mark; the manifest tells where they did not."""
    try:
        layout = json.loads(side_file(path, MANIFEST).read_bytes())["layout"]
        return bool(layout["safe"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return True


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        message = "reading Parquet needs pyarrow: pip install 'paperclaims[parquet]'"
        raise InputError(message, file=str(path)) from error
    import pyarrow as pa

    try:
        table = pq.read_table(path.absolute())
    except (pa.ArrowException, OSError) as error:
        message = f"is no Parquet file: {error}"
        raise InputError(message, file=str(path)) from error
    yield from enumerate(table.to_pylist(), 1)


def _from_rows(rows: Iterable[tuple[int, dict[str, Any]]], path: Path, kinds: Kinds) -> list[PageDocument]:
    """Groups the rows of the tidy table into papers, in the order in which papers first occur."""
    numbers = {name for name, type_ in tables_of(kinds).long.items() if type_ in ("float", "int")}
    papers: dict[tuple[Any, Any], tuple[str | None, list[PageClaim]]] = {
        identity: (abstract, []) for identity, abstract in _papers_beside(path, PAPERS)
    }
    for row, values in rows:
        missing = [name for name in ("kind", "text") if name not in values]
        if missing:
            hint = "expected the tidy table of `extractor run`, one row a claim (not the wide one)"
            message = f"has no column {' and '.join(map(repr, missing))}; {hint}"
            raise InputError(message, file=str(path))
        record = {name: value for name, value in values.items() if not _is_empty(value)}
        identity = (record.get("id"), record.get("title"))
        abstract, claims = papers.setdefault(identity, (record.get("abstract"), []))
        if "kind" in record:  # a row without one stands for a paper without claims
            claims.append(_row_claim(record, abstract, numbers, Place(path, row)))
    return [
        PageDocument(_text(id_), _text(title), abstract, tuple(claims))
        for (id_, title), (abstract, claims) in papers.items()
    ]


def _papers_beside(path: Path, name: str) -> Iterator[tuple[tuple[Any, Any], str | None]]:
    """Yields id, title and, where it is known, abstract of the papers that a run listed beside its table."""
    beside = side_file(path, name)
    if beside.is_file():
        for _, paper in _json_lines(beside):
            yield (paper.get("id"), paper.get("title")), paper.get("abstract")


def _row_claim(record: Mapping[str, Any], abstract: str | None, numbers: Set[str], place: Place) -> PageClaim:
    attributes: dict[str, Any] = {}
    for name, value in record.items():
        if name not in PLACE_FIELDS and name not in _NOT_SHOWN:
            attributes[name] = _number(value, name, place) if name in numbers else _plain(value)
    derived = {name: attributes.pop(name) for name in DERIVED_FIELDS if name in attributes}
    return PageClaim(
        kind=str(record["kind"]),
        text=str(record.get("text", "")),
        spans=_row_spans(record, abstract) if abstract is not None else (),
        rule=_text(record.get("rule")),
        attributes=attributes,
        derived=derived,
        **{name: _number(record[name], name, place) for name in SURENESS_FIELDS if name in record},
    )


def _row_spans(record: Mapping[str, Any], abstract: str) -> tuple[Span, ...]:
    """Returns the places of the claim that hold in this abstract; a table may have been edited since."""
    places: list[Any] = [record]
    mentions = record.get("mentions")
    if isinstance(mentions, str):
        try:
            mentions = json.loads(mentions)
        except (ValueError, RecursionError):
            mentions = None
    if isinstance(mentions, list):
        places += [mention for mention in mentions if isinstance(mention, dict)]
    spans: set[Span] = set()
    for place in places:
        try:
            start, end = int(place["start"]), int(place["end"])
        except (KeyError, TypeError, ValueError, OverflowError):  # an infinite offset among them
            continue
        if 0 <= start < end and abstract[start:end] == place.get("text"):
            spans.add((start, end))
    return tuple(sorted(spans))


def _number(value: Any, name: str, place: Place) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        message = f"column {name!r} holds {str(value)[:40]!r}, expected a number"
        raise InputError(message, file=str(place.path), row=place.row) from error
    return int(number) if number.is_integer() else number


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _plain(value: Any) -> str | int | float | bool:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
