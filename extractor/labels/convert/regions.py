"""What all annotation tools share: marked regions, links from a thing to its mentions, and attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from extractor.errors import GoldError, InputError, cause
from extractor.knowledge.kinds import Kinds
from extractor.labels.gold import Problem, gold_error
from extractor.labels.goldcheck import check
from extractor.labels.goldfile import claim_record
from extractor.outputs import unwritable
from extractor.record.schema import Claim, Extraction

MENTION = "mention"
"""Type of the link from the first mention of a thing to each further one."""

PLACES = frozenset({"kind", "text", "start", "end", "mentions"})


class Region(NamedTuple):
    """A marked stretch of the text.

    Attributes:
        key: Names it inside its document.
        kind: Kind of the claim it marks.
        row: Line it was read from, where an abstract has several.
    """

    key: str
    kind: str
    start: int
    end: int
    row: int | None = None


class Link(NamedTuple):
    """Says that one region is a further mention of the thing of another; ``row`` as of a region."""

    source: str
    target: str
    row: int | None = None


class Marked(NamedTuple):
    """A claim as a tool sees it: its region, the regions of its further mentions, and its attributes."""

    region: Region
    mentions: tuple[Region, ...]
    attributes: dict[str, Any]


def mark(extraction: Extraction) -> Iterator[Marked]:
    """Turns the claims of an abstract into regions.

    Args:
        extraction: The abstract.

    Returns:
        The claims in their order; keys are ``c1``, ``c2`` ... and ``c1m2`` for the second mention of ``c1``.
    """
    for number, claim in enumerate(extraction.claims, 1):
        key = f"c{number}"
        mentions = getattr(claim, "mentions", ())[1:]
        yield Marked(
            Region(key, claim.kind, claim.start, claim.end),
            tuple(
                Region(f"{key}m{place}", claim.kind, mention.start, mention.end)
                for place, mention in enumerate(mentions, 2)
            ),
            attributes(claim),
        )


def attributes(claim: Claim) -> dict[str, Any]:
    """Returns what a claim says besides its places, without what is null."""
    record = claim_record(claim)
    return {name: value for name, value in record.items() if name not in PLACES and value is not None}


class Place(NamedTuple):
    """Where an abstract was read from, for messages."""

    file: Path
    row: int | None = None


def assemble(
    paper: Mapping[str, Any],
    regions: Sequence[Region],
    links: Iterable[Link],
    found: Mapping[str, Mapping[str, Any]],
    place: Place,
    *,
    kinds: Kinds,
) -> Extraction:
    """Puts an abstract together again.

    Regions that are the target of a link become mentions; all others are claims, in the order of the text.

    Args:
        paper: ``id``, ``title`` and ``abstract``.
        regions: The marked stretches.
        links: Links from a thing to its further mentions.
        found: Attributes by the key of the region.
        place: Where all this was read.
        kinds: The kinds of claims.

    Raises:
        GoldError: A link leads nowhere, or a claim is not valid; every problem of the abstract is named.
    """
    by_key = {region.key: region for region in regions}
    source = _sources(by_key, links, place, kinds)
    mentions: dict[str, list[Region]] = {}
    for region in regions:
        mentions.setdefault(_root(region.key, source, place), []).append(region)
    abstract = paper["abstract"] if isinstance(paper.get("abstract"), str) else ""
    keys = sorted(mentions, key=lambda key: min(region.start for region in mentions[key]))
    claims = [_record(by_key[key], mentions[key], found.get(key, {}), abstract, kinds) for key in keys]
    extraction, faults = check({**paper, "claims": claims}, gold=False, kinds=kinds)
    if extraction is None:
        rows = [None if fault.claim is None else by_key[keys[fault.claim]].row for fault in faults]
        raise gold_error(
            [
                Problem(str(place.file), row or place.row, fault.message)
                for row, fault in zip(rows, faults, strict=True)
            ]
        )
    return extraction


def _sources(
    regions: Mapping[str, Region], links: Iterable[Link], place: Place, kinds: Kinds
) -> dict[str, Link]:
    source: dict[str, Link] = {}
    for link in links:
        ends = [regions.get(link.source), regions.get(link.target)]
        if any(end is None or end.kind not in kinds.thing_names for end in ends) or ends[0] == ends[1]:
            message = f"the link from {link.source!r} to {link.target!r} does not join two named things"
            raise GoldError(message, file=str(place.file), row=link.row or place.row)
        source[link.target] = link
    return source


def _root(key: str, source: Mapping[str, Link], place: Place) -> str:
    seen = {key}
    while key in source:
        link = source[key]
        key = link.source
        if key in seen:
            message = f"the links at {key!r} run in a circle; draw them from one mention to the others"
            raise GoldError(message, file=str(place.file), row=link.row or place.row)
        seen.add(key)
    return key


def _record(
    main: Region, group: Sequence[Region], found: Mapping[str, Any], abstract: str, kinds: Kinds
) -> dict[str, Any]:
    spans = [
        {"text": abstract[region.start : region.end], "start": region.start, "end": region.end}
        for region in sorted(group, key=lambda region: (region.start, region.end))
    ]
    record: dict[str, Any] = {"kind": main.kind, **spans[0], **found}
    if main.kind in kinds.thing_names:
        record["mentions"] = spans
    return record


def named(extractions: Iterable[Extraction]) -> Iterator[Extraction]:
    """Passes abstracts on, and refuses one that has no id."""
    for row, extraction in enumerate(extractions, 1):
        if extraction.id is None:
            message = f"abstract {row} has no id; annotation tools need one to bring the labels back"
            raise InputError(message)
        yield extraction


def write_text(path: Path, text: str) -> None:
    """Writes a text as UTF-8, its line ends as they are.

    Raises:
        InputError: It holds a lone surrogate.
    """
    try:
        path.write_bytes(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        message = (
            f"holds a character that UTF-8 cannot write ({error.reason} at {error.start}); mend the abstract"
        )
        raise InputError(message, file=str(path)) from error
    except OSError as error:
        raise InputError(unwritable(error), file=str(path)) from error


def read_text(path: Path) -> str:
    """Reads a UTF-8 text, its line ends as they are.

    Raises:
        InputError: It cannot be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({cause(error)})"
        raise InputError(message, file=str(path)) from error
