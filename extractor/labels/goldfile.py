"""Labelled abstracts written as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.outputs import unwritable
from extractor.record.models import spec_of

if TYPE_CHECKING:
    from extractor.record.schema import Claim, Extraction


def to_line(extraction: Extraction) -> str:
    """Writes one abstract as a line of gold, keys in their usual order, whole numbers without a point.

    Args:
        extraction: The abstract; a ``rule`` is kept where a claim has one.

    Returns:
        The JSON object, without a line end.
    """
    record = {
        "id": extraction.id,
        "title": extraction.title,
        "abstract": extraction.abstract,
        "claims": [claim_record(claim) for claim in extraction.claims],
    }
    return dump_json(record)


def dump_json(value: Any, *, indent: int | None = None) -> str:
    """Writes JSON with letters as they are; a lone surrogate, which UTF-8 cannot hold, is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def claim_record(claim: Claim) -> dict[str, Any]:
    """Turns a claim into the object that gold holds, kind first; what only reading fills is last, if there.

    Args:
        claim: The claim.

    Returns:
        Its JSON object.
    """
    dump = claim.model_dump()
    attributes = (*builtin_kinds().common, *spec_of(claim).attributes)
    record = {each.name: _plain(dump[each.name]) for each in attributes if each.gold}
    extra = {each.name: dump[each.name] for each in attributes if not each.gold}
    return {"kind": claim.kind, **record, **{name: it for name, it in extra.items() if it is not None}}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return [dict(mention) for mention in value] if isinstance(value, tuple) else value


def write_gold(path: str | Path, extractions: Iterable[Extraction]) -> None:
    """Writes labelled abstracts as JSON lines.

    Args:
        path: The file to write.
        extractions: The abstracts.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(to_line(extraction) + "\n" for extraction in extractions)
    except OSError as error:
        raise InputError(unwritable(error), file=str(path)) from error
