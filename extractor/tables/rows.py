"""The columns of the tidy and the wide table, and the rows that claims and papers make in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from extractor.errors import InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import Kinds, WideColumn
from extractor.record.schema import BaseClaim, Extraction

Row = dict[str, Any]
_PLURALS = {"text": "texts", "float": "floats", "int": "floats"}


class Tables:
    """The two tables of some kinds: the same columns in the same order, whatever was found.

    Types of columns are ``text``, ``float``, ``int``, ``mentions`` (a list of text, start, end), and the
    lists ``texts`` and ``floats``.

    Args:
        kinds: The kinds of claims.
    """

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.long = _long_columns(kinds)
        self.wide = _wide_columns(kinds)
        self._blank: Row = dict.fromkeys(self.long)
        common = [attribute.name for attribute in kinds.common]
        self._fields = _OfKind({spec.name: ("kind", *common, *spec.columns) for spec in kinds.specs})

    def claim_rows(self, extraction: Extraction) -> Iterator[Row]:
        """Yields the rows of the tidy table for one paper, in the order of the text.

        Args:
            extraction: What was read from its abstract.

        Yields:
            A dict with the keys of ``long`` in their order; None where a kind has no such attribute.
        """
        for claim in extraction.claims:
            row = self._blank.copy()
            for name in self._fields[claim.kind]:
                row[name] = getattr(claim, name)
            mentions = getattr(claim, "mentions", None)
            if mentions is not None:
                row["mentions"] = [{"text": m.text, "start": m.start, "end": m.end} for m in mentions]
            row["id"], row["title"] = extraction.id, extraction.title
            yield row

    def paper_row(self, extraction: Extraction) -> Row:
        """Returns the row of the wide table for one paper.

        Args:
            extraction: What was read from its abstract.

        Returns:
            A dict with the keys of ``wide`` in their order; what its columns are of is in the files of the
            kinds.
        """
        row: Row = dict.fromkeys(self.wide)
        claims: dict[str, list[BaseClaim]] = {kind: [] for kind in self._fields}
        for claim in extraction.claims:
            _ = self._fields[claim.kind]
            claims[claim.kind].append(claim)
        row["id"], row["title"] = extraction.id, extraction.title
        row["n_claims"] = len(extraction.claims)
        row.update({f"n_{kind}": len(found) for kind, found in claims.items()})
        for spec in self.kinds.specs:
            for column in spec.wide:
                row[column.name] = _taken(column, claims[spec.name])
        return row


class _OfKind(dict[str, tuple[str, ...]]):
    """The columns of each kind; of another kind there is no table."""

    def __missing__(self, kind: str) -> tuple[str, ...]:
        message = f"a claim is of the kind {kind!r}, which is none of {', '.join(self)}; "
        message += "give the kinds that it was read with"
        raise InputError(message)


def tables_of(kinds: Kinds | None = None) -> Tables:
    """Returns the tables of some kinds; of the built-in ones if none are given."""
    return _tables(kinds or builtin_kinds())


@cache
def _tables(kinds: Kinds) -> Tables:
    return Tables(kinds)


def _long_columns(kinds: Kinds) -> dict[str, str]:
    """Returns the columns in the order in which the kinds first name them, places and rule at the end."""
    first, *rest = kinds.common
    columns = {"id": "text", "title": "text", "kind": "text", first.name: first.column_type}
    for spec in kinds.specs:
        for name in spec.columns:
            columns.setdefault(name, spec.column_types[name])
    return {**columns, "mentions": "mentions", **{each.name: each.column_type for each in rest}}


def _wide_columns(kinds: Kinds) -> dict[str, str]:
    columns = {"id": "text", "title": "text", "n_claims": "int", **{f"n_{kind}": "int" for kind in kinds}}
    for spec in kinds.specs:
        for column in spec.wide:
            type_ = spec.column_types.get(column.of[0], "text")
            columns[column.name] = _PLURALS[type_] if column.take == "all" else type_
    return columns


def _taken(column: WideColumn, claims: Sequence[BaseClaim]) -> Any:
    """Returns what the claims of a paper have in a column of the wide table."""
    wanted = [claim for claim in claims if all(getattr(claim, name) == value for name, value in column.where)]
    if column.take == "all":
        return [_value(claim, column.of) for claim in wanted]
    if column.take == "first":
        return _value(wanted[0], column.of) if wanted else None
    choose = max if column.take == "largest" else min
    ranked = {place: _value(claim, column.by) for place, claim in enumerate(wanted)}
    known: Mapping[int, Any] = {place: rank for place, rank in ranked.items() if rank is not None}
    return _value(wanted[choose(known, key=known.__getitem__)], column.of) if known else None


def _value(claim: BaseClaim, names: Sequence[str]) -> Any:
    """Returns an attribute of a claim; of several the largest."""
    values = [value for name in names if (value := getattr(claim, name)) is not None]
    return max(values) if len(values) > 1 else values[0] if values else None
