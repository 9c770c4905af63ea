"""Labels without their text: taken off labelled abstracts, put back on those that a reader has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from extractor.errors import InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import Kinds, KindSpec
from extractor.labels.folding import Folded, fingerprint, fold, fold_with_places
from extractor.labels.gold import Problem, gold_error, json_lines, load_gold
from extractor.labels.goldcheck import check
from extractor.labels.goldfile import dump_json, to_line
from extractor.readers.papers import Paper, ReadOptions, Reject, find_inputs, read_papers
from extractor.record.identity import arxiv_number
from extractor.record.models import spec_of

KEPT = ("source", "split", "guidelines")
"""Keys of a gold line that labels without text keep, where a line has them."""

_SPAN = ("start", "end")


class Lost(NamedTuple):
    """Labels whose text was not found.

    Attributes:
        id: Id of the labelled abstract.
        source: Where its text comes from, if the labels say it.
        why: ``missing``, or ``changed`` where the paper was there with another abstract.
        place: Where that other abstract stands.
    """

    id: str
    source: str | None
    why: Literal["missing", "changed"]
    place: str = ""


@dataclass
class Attached:
    """What putting texts back came to.

    Attributes:
        lines: Lines of gold, in the order of the labels.
        lost: Labels without a text.
        rejects: Rows and files of the sources that could not be read.
    """

    lines: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class _Label(NamedTuple):
    """A line of labels, and where it stands."""

    file: str
    line: int
    record: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def number(self) -> str | None:
        """The arXiv number of its source, without a version."""
        return arxiv_number(str(self.record.get("source") or self.id))


def detach(
    path: str | Path, extra: Mapping[str, Any] | None = None, *, kinds: Kinds | None = None
) -> Iterator[str]:
    """Takes the text off labelled abstracts.

    What is left of an abstract is the hash of its folded text (``folding.fold``); of a claim its kind, its
    offsets in the folded text, and the attributes that are not null. Words of the abstract stay where they
    are the value of an attribute (a metric, a name); the claim's own words do not.

    Args:
        path: A file of gold.
        extra: Keys for every line, such as ``split``.
        kinds: The kinds of claims; the built-in ones if none are given.

    Yields:
        Lines of JSON, without a line end.

    Raises:
        GoldError: The file breaks the contract of gold.
        InputError: It cannot be read.
    """
    records = {record.get("id"): record for _, record in json_lines(path, [])}
    for extraction in load_gold([path], kinds=kinds):
        folded = fold_with_places(extraction.abstract)
        record = records[extraction.id]
        kept = {name: record[name] for name in KEPT if name in record} | dict(extra or {})
        claims = [
            _bare(raw, folded, _words(spec_of(claim)))
            for raw, claim in zip(record["claims"], extraction.claims, strict=True)
        ]
        hashed = fingerprint(extraction.abstract)
        yield dump_json({"id": extraction.id, **kept, "sha256": hashed, "claims": claims})


def _words(spec: KindSpec) -> frozenset[str]:
    """Names the attributes of a kind that are words of the abstract."""
    return frozenset(each.name for each in spec.attributes if each.type == "words")


def _bare(raw: Mapping[str, Any], folded: Folded, words: frozenset[str]) -> dict[str, Any]:
    """Returns a claim without its text and its nulls, offsets in the folded text."""
    start, end = folded.to_folded(raw["start"], raw["end"])
    found: dict[str, Any] = {"kind": raw["kind"], "start": start, "end": end}
    for name, value in raw.items():
        if name == "mentions":
            found[name] = [folded.to_folded(each["start"], each["end"]) for each in value]
        elif value is not None and name not in ("kind", "text", *_SPAN):
            found[name] = fold(value) if name in words else value
    return found


def attach(
    labels: Iterable[str | Path],
    sources: Iterable[str],
    options: ReadOptions | None = None,
    *,
    as_read: bool = False,
    kinds: Kinds | None = None,
) -> Attached:
    """Puts texts back to labels.

    A text belongs to the labels with the hash of its folded form, whatever its id. Sources are read until all
    labels have theirs.

    Args:
        labels: Files that ``detach`` wrote.
        sources: Files, folders and patterns that hold the abstracts, in any format that is read.
        options: How they are read.
        as_read: Keep the texts as they stand in the sources, with offsets moved; without it they are folded,
            so that the gold is the same whatever source it was made from.
        kinds: The kinds of claims; the built-in ones if none are given.

    Returns:
        The lines of gold, and what was missing or has changed.

    Raises:
        GoldError: The labels are malformed, or do not fit the text of their hash.
        InputError: A file cannot be read.
    """
    known = _read_labels(labels)
    wanted = {str(label.record["sha256"]): label for label in known}
    ids = {label.number or label.id: label for label in known}
    found: dict[str, Paper] = {}
    changed: dict[str, str] = {}
    result = Attached()
    for item in read_papers(find_inputs(sources), options):
        if isinstance(item, Reject):
            result.rejects.append(item)
        elif isinstance(item, Paper):
            hashed = fingerprint(item.abstract)
            if hashed in wanted:
                found.setdefault(hashed, item)
            elif (label := ids.get(arxiv_number(item.id) or str(item.id))) is not None:
                changed.setdefault(label.id, f"{item.file}:{item.row}")
        if len(found) == len(wanted):
            break
    problems: list[Problem] = []
    for label in known:
        paper = found.get(str(label.record["sha256"]))
        if paper is not None:
            result.lines += _joined(label, paper, as_read, kinds or builtin_kinds(), problems)
        else:
            place = changed.get(label.id, "")
            source = label.record.get("source")
            result.lost.append(Lost(label.id, source, "changed" if place else "missing", place))
    if problems:
        raise gold_error(problems)
    return result


def _read_labels(paths: Iterable[str | Path]) -> list[_Label]:
    """Reads labels, and reports every line that is none at once."""
    problems: list[Problem] = []
    labels: list[_Label] = []
    seen: dict[str, str] = {}
    for path in paths:
        for line, record in json_lines(path, problems):
            fault = _fault(record)
            hashed = str(record.get("sha256"))
            if fault is None and hashed in seen:
                fault = f"labels of this text stand already at {seen[hashed]}"
            if fault:
                problems.append(Problem(str(path), line, fault))
            else:
                seen[hashed] = f"{path}:{line}"
                labels.append(_Label(str(path), line, record))
    if problems:
        raise gold_error(problems)
    if not labels:
        message = "no labels; `extractor gold strip` writes such a file"
        raise InputError(message, file=", ".join(map(str, paths)) or None)
    return labels


def _fault(record: Mapping[str, Any]) -> str | None:
    if not isinstance(record.get("id"), str) or not record["id"]:
        return "'id' is missing; every labelled abstract has one"
    hashed = record.get("sha256")
    if not isinstance(hashed, str) or len(hashed) != 64:
        return "'sha256' is missing: the hash of the folded abstract in 64 digits"
    claims = record.get("claims")
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        return "'claims' is missing; write an empty list where there are none"
    return None


def _joined(label: _Label, paper: Paper, as_read: bool, kinds: Kinds, problems: list[Problem]) -> list[str]:
    """Makes a line of gold of labels and their text; what does not fit is a problem."""
    folded = fold_with_places(paper.abstract)
    if not as_read:
        folded = fold_with_places(folded.text)
    try:
        claims = [_whole(claim, folded, kinds) for claim in label.record["claims"]]
    except (KeyError, TypeError, ValueError, IndexError):
        message = "a claim without whole offsets inside its text"
        problems.append(Problem(label.file, label.line, message))
        return []
    title = None if paper.title is None else fold(paper.title)
    record = {"id": label.id, "title": title, "abstract": folded.raw, "claims": claims}
    extraction, faults = check(record, gold=False, kinds=kinds)
    if extraction is not None:
        extraction, faults = check(json.loads(to_line(extraction)), kinds=kinds)
    problems += [Problem(label.file, label.line, fault.message) for fault in faults]
    if extraction is None:
        return []
    kept = {name: label.record[name] for name in KEPT if name in label.record}
    return [dump_json({**json.loads(to_line(extraction)), **kept})]


def _whole(bare: Mapping[str, Any], folded: Folded, kinds: Kinds) -> dict[str, Any]:
    """Returns a claim with its words, offsets in the text as it is kept."""
    claim = {**bare, **_span(folded, bare["start"], bare["end"])}
    if "mentions" in bare:
        claim["mentions"] = [_span(folded, start, end) for start, end in bare["mentions"]]
    spec = kinds.get(bare["kind"])
    for name in _words(spec) if spec else ():
        if isinstance(words := bare.get(name), str) and words not in folded.raw:
            claim[name] = _as_it_stands(words, folded, bare["start"])
    return claim


def _as_it_stands(words: str, folded: Folded, near: int) -> str:
    """Returns words of the folded text as the text itself has them, with its breaks of lines."""
    places = [place for place in (folded.text.rfind(words, 0, near), folded.text.find(words)) if place >= 0]
    if not words or not places:
        return words  # the check says that they are not there
    place = min(places, key=lambda each: abs(each - near))
    start, end = folded.to_raw(place, place + len(words))
    return folded.raw[start:end]


def _span(folded: Folded, start: int, end: int) -> dict[str, Any]:
    if not 0 <= start < end <= len(folded.text):
        message = "outside the text"
        raise ValueError(message)
    start, end = folded.to_raw(start, end)
    return {"text": folded.raw[start:end], "start": start, "end": end}
