"""brat stand-off: a folder with a .txt and an .ann for each abstract, and the configuration that shows them.

Attributes that take one of a few words are brat attributes; all others stand as JSON in the claim's note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from extractor.errors import GoldError, InputError
from extractor.knowledge.kinds import Kinds
from extractor.labels.convert.regions import (
    MENTION,
    Link,
    Marked,
    Place,
    Region,
    assemble,
    mark,
    named,
    read_text,
    write_text,
)
from extractor.labels.goldfile import dump_json
from extractor.record.schema import Extraction

INDEX = "documents.jsonl"
"""File beside the abstracts that holds their ids, titles and order, for which brat has no place."""

_NAME = re.compile(r"[^/\\\0]{1,255}")  # of a file; with .txt or .ann behind it, dots lead nowhere
_ENTITY = re.compile(r"(T\d{1,9})\t(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)(?:\t.*)?\Z", re.DOTALL)
_ATTRIBUTE = re.compile(r"[AM]\d+\t(\S+) (T\d+) (\S+)\Z")
_NOTE = re.compile(r"#\d+\tAnnotatorNotes (T\d+)\t(.*)\Z", re.DOTALL)
_RELATION = re.compile(r"R\d+\tMention Arg1:(T\d+) Arg2:(T\d+)\s*\Z")


def write(folder: Path, extractions: Iterable[Extraction], kinds: Kinds) -> None:
    """Writes a new folder.

    Raises:
        InputError: The folder is not empty, or a text cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = "is there already; name a new or empty folder, so that no old label is mixed in"
        raise InputError(message, file=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot be made ({error.strerror}); name another folder"
        raise InputError(message, file=str(folder)) from error
    index = []
    for extraction in named(extractions):
        stem = quote(str(extraction.id), safe="")
        index.append(dump_json({"file": stem, "id": extraction.id, "title": extraction.title}))
        if len(stem) > 200:
            message = f"id {str(extraction.id)[:40]!r}... is too long for the name of a file"
            raise InputError(message)
        write_text(folder / f"{stem}.txt", extraction.abstract)
        write_text(folder / f"{stem}.ann", "".join(f"{line}\n" for line in _lines(extraction, kinds)))
    write_text(folder / INDEX, "".join(f"{line}\n" for line in index))
    write_text(folder / "annotation.conf", _configuration(kinds))


def _lines(extraction: Extraction, kinds: Kinds) -> Iterator[str]:
    claims = list(mark(extraction))
    ids = {region.key: f"T{place}" for place, region in enumerate(_regions(claims), 1)}
    for region in _regions(claims):
        yield f"{ids[region.key]}\t{region.kind} {_place(region, extraction.abstract)}"
    attribute, relation = 0, 0
    for number, claim in enumerate(claims, 1):
        target, closed = ids[claim.region.key], kinds[claim.region.kind].choices
        for name in (name for name in claim.attributes if name in closed):
            attribute += 1
            yield f"A{attribute}\t{name} {target} {claim.attributes[name]}"
        rest = {name: value for name, value in claim.attributes.items() if name not in closed}
        yield f"#{number}\tAnnotatorNotes {target}\t{json.dumps(rest, ensure_ascii=True)}"
        for mention in claim.mentions:
            relation += 1
            yield f"R{relation}\tMention Arg1:{target} Arg2:{ids[mention.key]}"


def _regions(claims: Iterable[Marked]) -> list[Region]:
    """All regions: those of the claims first, in their order, which the numbers of brat then tell."""
    claims = list(claims)
    return [*(claim.region for claim in claims), *(mention for claim in claims for mention in claim.mentions)]


def _place(region: Region, abstract: str) -> str:
    """Writes offsets and text; brat wants a span cut where a line ends."""
    text = abstract[region.start : region.end]
    pieces = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]
    if not pieces or (pieces[0][0], pieces[-1][1]) != (0, len(text)):
        pieces = [(0, len(text))]
    offsets = ";".join(f"{region.start + start} {region.start + end}" for start, end in pieces)
    words = re.sub(r"[\n\r\t]", " ", " ".join(text[start:end] for start, end in pieces))
    return f"{offsets}\t{words}"


def _configuration(kinds: Kinds) -> str:
    """The annotation.conf: kinds as entities, closed attributes with their words, the link of mentions."""
    values: dict[str, dict[str, list[str]]] = {}
    for spec in kinds.specs:
        for name, words in spec.choices.items():
            for word in words:
                values.setdefault(name, {}).setdefault(word, []).append(spec.name)
    lines = ["[entities]", *kinds, "", "[relations]"]
    things = "|".join(kinds.thing_names)
    lines += [f"Mention Arg1:{things}, Arg2:{things}", "", "[events]", "", "[attributes]"]
    for name, words_ in values.items():
        having = [spec.name for spec in kinds.specs if name in spec.choices]
        lines.append(f"{name} Arg:{'|'.join(having)}, Value:{'|'.join(words_)}")
    return "\n".join([*lines, ""])


def read(folder: Path, kinds: Kinds) -> Sequence[Extraction]:
    """Reads a folder; an abstract that the index does not name takes its id from its file.

    Raises:
        InputError: The folder cannot be read.
        GoldError: An .ann file breaks the contract.
    """
    if not folder.is_dir():
        message = "is no folder; brat keeps its files in one"
        raise InputError(message, file=str(folder))
    papers = dict(_index(folder))
    for path in sorted(folder.glob("*.txt")):
        papers.setdefault(path.stem, {"id": unquote(path.stem), "title": None})
    return [_read(folder, stem, paper, kinds) for stem, paper in papers.items()]


def _index(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    path = _inside(folder, INDEX)
    if not path.is_file():
        return
    for row, line in enumerate(read_text(path).split("\n"), 1):  # an id may hold other line ends
        if not line:
            continue
        try:
            paper = json.loads(line)
            stem, known = str(paper["file"]), {"id": paper["id"], "title": paper["title"]}
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"is no index line ({error!r}); it holds file, id and title"
            raise InputError(message, file=str(path), row=row) from error
        if not _NAME.fullmatch(stem):
            message = f"file {stem[:60]!r} is no name of a file in this folder"
            raise InputError(message, file=str(path), row=row)
        yield stem, known


def _inside(folder: Path, name: str) -> Path:
    """Returns the path of a file of the folder.

    Raises:
        InputError: It is a symbolic link out of the folder.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        message = "is a symbolic link out of the folder; put the file itself there"
        raise InputError(message, file=str(path))
    return path


def _read(folder: Path, stem: str, paper: dict[str, Any], kinds: Kinds) -> Extraction:
    abstract = read_text(_inside(folder, f"{stem}.txt"))
    path = _inside(folder, f"{stem}.ann")
    regions: list[Region] = []
    links: list[Link] = []
    found: dict[str, dict[str, Any]] = {}
    for row, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        if entity := _ENTITY.match(line):
            offsets = [int(part) for part in re.findall(r"\d+", entity[3])]
            regions.append(Region(entity[1], entity[2], offsets[0], offsets[-1], row))
        elif attribute := _ATTRIBUTE.match(line):
            found.setdefault(attribute[2], {})[attribute[1]] = attribute[3]
        elif note := _NOTE.match(line):
            found.setdefault(note[1], {}).update(_note(note[2], path, row))
        elif relation := _RELATION.match(line):
            links.append(Link(relation[1], relation[2], row))
        else:
            message = (
                f"cannot be read: {line[:60]!r}; claims, attributes, notes and {MENTION} relations are known"
            )
            raise GoldError(message, file=str(path), row=row)
    regions.sort(key=lambda region: int(region.key[1:]))
    return assemble({**paper, "abstract": abstract}, regions, links, found, Place(path), kinds=kinds)


def _note(text: str, path: Path, row: int) -> dict[str, Any]:
    try:
        note = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f'the note is no JSON ({error}); it holds the attributes, such as {{"value": 2.5}}'
        raise GoldError(message, file=str(path), row=row) from error
    if not isinstance(note, dict):
        message = "the note is no JSON object; it holds the attributes by name"
        raise GoldError(message, file=str(path), row=row)
    return note
