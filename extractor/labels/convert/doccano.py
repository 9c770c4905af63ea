"""doccano: JSON lines of a sequence labelling project with relations.

doccano has no attributes: they travel as the column ``claims``, which it keeps as metadata, found again by
the place of the span. doccano numbers entities anew, so their ids are good inside one line only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import GoldError
from extractor.labels.convert.regions import (
    MENTION,
    Link,
    Place,
    Region,
    assemble,
    mark,
    named,
    read_text,
    write_text,
)
from extractor.labels.goldfile import dump_json

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction


def write(path: Path, extractions: Iterable[Extraction], _kinds: Kinds) -> None:
    """Writes one line for each abstract."""
    write_text(path, "".join(f"{dump_json(_line(each))}\n" for each in named(extractions)))


def _line(extraction: Extraction) -> dict[str, Any]:
    claims = list(mark(extraction))
    regions = [claim.region for claim in claims] + [mention for claim in claims for mention in claim.mentions]
    ids = {region.key: number for number, region in enumerate(regions, 1)}
    links = [(claim.region.key, mention.key) for claim in claims for mention in claim.mentions]
    return {
        "text": extraction.abstract,
        "paper_id": extraction.id,
        "title": extraction.title,
        "entities": [{"id": ids[region.key], **_span(region)} for region in regions],
        "relations": [
            {"id": number, "from_id": ids[source], "to_id": ids[target], "type": MENTION}
            for number, (source, target) in enumerate(links, 1)
        ],
        "claims": [{**_span(claim.region), "attributes": claim.attributes} for claim in claims],
    }


def _span(region: Region) -> dict[str, Any]:
    return {"label": region.kind, "start_offset": region.start, "end_offset": region.end}


def read(path: Path, kinds: Kinds) -> Sequence[Extraction]:
    """Reads doccano's export.

    Raises:
        InputError: The file cannot be read.
        GoldError: A line is not what doccano writes, or a claim of it is not valid.
    """
    found = []
    for row, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(_extraction(json.loads(line), Place(path, row), kinds))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"is no line of doccano's relation format ({error!r})"
            raise GoldError(message, file=str(path), row=row) from error
    return found


def _extraction(line: dict[str, Any], place: Place, kinds: Kinds) -> Extraction:
    regions = [
        Region(str(each["id"]), each["label"], int(each["start_offset"]), int(each["end_offset"]))
        for each in line["entities"]
    ]
    links = [
        Link(str(each["from_id"]), str(each["to_id"]))
        for each in line.get("relations", ())
        if each["type"] == MENTION
    ]
    mentions = {link.target for link in links}
    attributes: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for each in line.get("claims", ()):
        span = (each["label"], each["start_offset"], each["end_offset"])
        attributes.setdefault(span, []).append(each["attributes"])
    found = {}
    for region in regions:
        known = attributes.get((region.kind, region.start, region.end))
        if known and region.key not in mentions:
            found[region.key] = known.pop(0)
    id_ = line.get("paper_id", line.get("id"))
    paper = {"id": None if id_ is None else str(id_), "title": line.get("title"), "abstract": line["text"]}
    return assemble(paper, regions, links, found, place, kinds=kinds)
