"""Labelled abstracts as JSON lines: every file read whole, every problem reported at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from extractor.errors import GoldError, InputError, cause
from extractor.knowledge.kinds import Kinds
from extractor.labels.goldcheck import UNKNOWN, check
from extractor.record.schema import Extraction

READ_FREELY, SEALED = "dev", "val"
"""The splits of gold: errors of the first are read freely, of the second only between releases."""

_SHOWN = 100


class Problem(NamedTuple):
    """What is wrong with one line of a file.

    Attributes:
        line: Line of the file, from 1, if it has lines.
    """

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return str(GoldError(self.message, file=self.file, row=self.line))


def load_gold(
    paths: Iterable[str | Path],
    *,
    abstracts: Mapping[str, Extraction] | None = None,
    kinds: Kinds | None = None,
    split: str | None = None,
) -> tuple[Extraction, ...]:
    """Reads labelled abstracts and checks all of them.

    Every attribute of a kind must be written, null where the text gives none; offsets hold; ids are unique
    over all the files. Keys of a line besides id, title, abstract and claims are left alone.

    Args:
        paths: JSON lines files.
        abstracts: Abstracts by id, for files that hold ids and claims only.
        kinds: The kinds of claims; the built-in ones if none are given.
        split: Only the lines whose key ``split`` is this; lines without one are of ``dev``.

    Returns:
        The abstracts in the order of the files.

    Raises:
        GoldError: The files break the contract; its message names every problem with file and line.
        InputError: A file could not be read, or has nothing of the split.
    """
    named = list(paths)
    found = _load(named, abstracts, kinds, gold=True, split=split)
    if split is not None and not found:
        message = f"no abstract of split {split!r}; a line of gold names its own under the key 'split'"
        raise InputError(message, file=", ".join(map(str, named)) or None)
    return found


def load_predictions(
    path: str | Path, *, abstracts: Mapping[str, Extraction] | None = None, kinds: Kinds | None = None
) -> tuple[Extraction, ...]:
    """Reads extractions to be scored; attributes may be left out, and ``rule`` may be given.

    Args:
        path: A JSON lines file.
        abstracts: Abstracts by id, for lines that hold ids and claims only.
        kinds: The kinds of claims; the built-in ones if none are given.

    Returns:
        The extractions in the order of the file.

    Raises:
        GoldError: A line is no extraction; the message names every problem with file and line.
        InputError: The file could not be read.
    """
    return _load([path], abstracts, kinds, gold=False)


def load_labels(
    first: str | Path, second: str | Path, *, kinds: Kinds | None = None
) -> tuple[tuple[Extraction, ...], tuple[Extraction, ...]]:
    """Reads two annotators' files that hold ids and claims only, without knowing the abstracts.

    Each abstract is put together from the claims of both; characters outside every claim are unknown.

    Args:
        first: JSON lines file of one annotator.
        second: JSON lines file of the other.
        kinds: The kinds of claims; the built-in ones if none are given.

    Returns:
        Both sets of labels, on the same patched abstracts.

    Raises:
        GoldError: A line breaks the contract, or two claims say different characters of one place.
        InputError: A file could not be read.
    """
    problems: list[Problem] = []
    patches: dict[str, dict[int, str]] = {}
    for path in (first, second):
        for line, record in json_lines(path, problems):
            patch = patches.setdefault(str(record.get("id")), {})
            for offset, character in _characters(record):
                known = patch.setdefault(offset, character)
                if known != character:
                    message = f"offset {offset} is {known!r} in one claim and {character!r} in another"
                    problems.append(Problem(str(path), line, message))
    if problems:
        raise gold_error(problems)
    abstracts = {id_: Extraction(id=id_, abstract=_patched(patch)) for id_, patch in patches.items()}
    one, other = (load_gold([path], abstracts=abstracts, kinds=kinds) for path in (first, second))
    return one, other


def _characters(record: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yields what the spans of a record say about the text; what is malformed the checks report later."""
    claims = record.get("claims")
    for claim in claims if isinstance(claims, list) else ():
        mentions = claim.get("mentions") if isinstance(claim, dict) else None
        for span in (claim, *(mentions if isinstance(mentions, list) else ())):
            if (
                isinstance(span, dict)
                and isinstance(span.get("start"), int)
                and isinstance(span.get("text"), str)
            ):
                yield from enumerate(span["text"], span["start"])


def _patched(patch: dict[int, str]) -> str:
    return "".join(patch.get(offset, UNKNOWN) for offset in range(min(max(patch, default=-1) + 1, 1_000_000)))


def _load(
    paths: Iterable[str | Path],
    abstracts: Mapping[str, Extraction] | None,
    kinds: Kinds | None,
    *,
    gold: bool,
    split: str | None = None,
) -> tuple[Extraction, ...]:
    problems: list[Problem] = []
    extractions: list[Extraction] = []
    seen: dict[str, str] = {}
    for path in paths:
        for line, record in json_lines(path, problems):
            if split not in (None, record.get("split", READ_FREELY)):
                continue
            extraction, faults = check(_completed(record, abstracts), gold=gold, kinds=kinds)
            messages = [fault.message for fault in faults]
            id_ = record.get("id")
            if isinstance(id_, str) and id_ in seen:
                messages.append(f"id {id_!r} stands already at {seen[id_]}; ids are unique")
            elif isinstance(id_, str):
                seen[id_] = f"{path}:{line}"
            problems += [Problem(str(path), line, message) for message in messages]
            if extraction is not None:
                extractions.append(extraction)
    if problems:
        raise gold_error(problems)
    return tuple(extractions)


def gold_error(problems: Sequence[Problem]) -> GoldError:
    """Makes the error that tells one or more problems with their places."""
    if len(problems) == 1:
        return GoldError(problems[0].message, file=problems[0].file, row=problems[0].line)
    shown = [f"  {problem}" for problem in problems[:_SHOWN]]
    more = [f"  ... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    return GoldError("\n".join([f"{len(problems)} problems:", *shown, *more]))


def json_lines(path: str | Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the JSON object of every line that holds one, with its number; blank lines are passed over.

    Args:
        path: A JSON lines file in UTF-8.
        problems: Takes what is wrong with the other lines.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        content = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({cause(error)}); a JSON lines file in UTF-8 is needed"
        raise InputError(message, file=str(path)) from error
    for line, text in enumerate(content.split("\n"), 1):
        if not text.strip():
            continue
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(str(path), line, f"is no JSON ({error}); write one object on each line"))
            continue
        if isinstance(record, dict):
            yield line, record
        else:
            message = f"is a JSON {type(record).__name__}; write an object with id, abstract and claims"
            problems.append(Problem(str(path), line, message))


def _completed(record: dict[str, Any], abstracts: Mapping[str, Extraction] | None) -> dict[str, Any]:
    """Adds title and abstract to a record that has none."""
    if abstracts is None or "abstract" in record or record.get("id") not in abstracts:
        return record
    known = abstracts[record["id"]]
    return {"title": known.title, **record, "abstract": known.abstract}


def has_abstracts(path: str | Path) -> bool:
    """Says whether the first line of a file holds its abstract, or only an id and claims.

    Raises:
        GoldError: The file cannot be read.
    """
    first = next(json_lines(path, []), None)
    return first is not None and "abstract" in first[1]
