"""Labelled abstracts as JSON lines: read, checked in every detail, and written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from extractor.errors import GoldError, InputError
from extractor.schema import CLAIM_MODELS, THING_KINDS, Claim, Extraction

UNKNOWN = "\ue000"
"""A private character for every place of an abstract that was put together from its claims alone."""

_BORROWED = ("metric", "baseline", "subject", "dataset", "model")
_SHOWN = 100


class Problem(NamedTuple):
    """What is wrong with one line of a file.

    Attributes:
        line: Line of the file, from 1.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def load_gold(
    paths: Iterable[str | Path], *, abstracts: Mapping[str, Extraction] | None = None
) -> tuple[Extraction, ...]:
    """Reads labelled abstracts and checks all of them.

    Every attribute of a kind must be written, null where the text gives none; offsets hold; ids are unique
    over all the files. Keys of a line besides id, title, abstract and claims are left alone.

    Args:
        paths: JSON lines files.
        abstracts: Abstracts by id, for files that hold ids and claims only.

    Returns:
        The abstracts in the order of the files.

    Raises:
        GoldError: The files break the contract; its message names every problem with file and line.
        InputError: A file could not be read.
    """
    return _load(paths, abstracts, gold=True)


def load_predictions(
    path: str | Path, *, abstracts: Mapping[str, Extraction] | None = None
) -> tuple[Extraction, ...]:
    """Reads extractions to be scored; attributes may be left out, and ``rule`` may be given.

    Args:
        path: A JSON lines file.
        abstracts: Abstracts by id, for lines that hold ids and claims only.

    Returns:
        The extractions in the order of the file.

    Raises:
        GoldError: A line is no extraction; the message names every problem with file and line.
        InputError: The file could not be read.
    """
    return _load([path], abstracts, gold=False)


def load_labels(
    first: str | Path, second: str | Path
) -> tuple[tuple[Extraction, ...], tuple[Extraction, ...]]:
    """Reads two annotators' files that hold ids and claims only, without knowing the abstracts.

    Each abstract is put together from the claims of both; characters outside every claim are unknown.

    Args:
        first: JSON lines file of one annotator.
        second: JSON lines file of the other.

    Returns:
        Both sets of labels, on the same patched abstracts.

    Raises:
        GoldError: A line breaks the contract, or two claims say different characters of one place.
        InputError: A file could not be read.
    """
    problems: list[Problem] = []
    patches: dict[str, dict[int, str]] = {}
    for path in (first, second):
        for line, record in _records(path, problems):
            patch = patches.setdefault(str(record.get("id")), {})
            for offset, character in _characters(record):
                known = patch.setdefault(offset, character)
                if known != character:
                    message = f"offset {offset} is {known!r} in one claim and {character!r} in another"
                    problems.append(Problem(str(path), line, message))
    _raise(problems)
    abstracts = {id_: Extraction(id=id_, abstract=_patched(patch)) for id_, patch in patches.items()}
    return load_gold([first], abstracts=abstracts), load_gold([second], abstracts=abstracts)


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
    paths: Iterable[str | Path], abstracts: Mapping[str, Extraction] | None, *, gold: bool
) -> tuple[Extraction, ...]:
    problems: list[Problem] = []
    extractions: list[Extraction] = []
    seen: dict[str, str] = {}
    for path in paths:
        for line, record in _records(path, problems):
            extraction, messages = check(_completed(record, abstracts), gold=gold)
            id_ = record.get("id")
            if isinstance(id_, str) and id_ in seen:
                messages.append(f"id {id_!r} stands already at {seen[id_]}; ids are unique")
            elif isinstance(id_, str):
                seen[id_] = f"{path}:{line}"
            problems += [Problem(str(path), line, message) for message in messages]
            if extraction is not None:
                extractions.append(extraction)
    _raise(problems)
    return tuple(extractions)


def _raise(problems: Sequence[Problem]) -> None:
    if len(problems) == 1:
        raise GoldError(problems[0].message, file=problems[0].file, row=problems[0].line)
    if problems:
        shown = [f"  {problem}" for problem in problems[:_SHOWN]]
        more = [f"  ... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise GoldError("\n".join([f"{len(problems)} problems:", *shown, *more]))


def _records(path: str | Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the JSON object of every line that holds one; blank lines are passed over."""
    try:
        content = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read ({error}); a JSON lines file in UTF-8 is needed"
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


def check(record: Mapping[str, Any], *, gold: bool = True) -> tuple[Extraction | None, list[str]]:
    """Checks one labelled abstract.

    Args:
        record: The object of a line.
        gold: Whether every attribute must be written and ``rule`` must be empty.

    Returns:
        The abstract, or None if it is not valid, and every problem found.
    """
    problems = _check_frame(record)
    if problems:
        return None, problems
    claims: list[Claim] = []
    for number, raw in enumerate(record["claims"], 1):
        claim, messages = _check_claim(raw, record["abstract"], gold=gold)
        problems += [f"claim {number}{_label(raw)}: {message}" for message in messages]
        if claim is not None:
            claims.append(claim)
    if gold:
        problems += _check_order(claims)
    if problems:
        return None, problems
    title = record.get("title")
    return Extraction(id=record["id"], title=title, abstract=record["abstract"], claims=tuple(claims)), []


def _check_frame(record: Mapping[str, Any]) -> list[str]:
    problems = []
    if not isinstance(record.get("id"), str) or not record["id"]:
        problems.append("'id' is missing; every abstract needs a text that names it")
    if not isinstance(record.get("abstract"), str):
        problems.append("'abstract' is missing; add the text, or name a file that has it")
    if not isinstance(record.get("title"), str | None):
        problems.append("'title' is not a text or null")
    if not isinstance(record.get("claims"), list):
        problems.append("'claims' is missing; write an empty list where there are none")
    return problems


def _label(raw: Any) -> str:
    return f" ({raw.get('kind')} {raw.get('text')!r})" if isinstance(raw, dict) else ""


def _check_claim(raw: Any, abstract: str, *, gold: bool) -> tuple[Claim | None, list[str]]:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in CLAIM_MODELS:
        return None, [f"kind {kind!r} is none of {', '.join(CLAIM_MODELS)}"]
    problems = []
    if gold:
        wanted = set(CLAIM_MODELS[kind].model_fields) - {"rule"}
        missing = [name for name in CLAIM_MODELS[kind].model_fields if name in wanted - set(raw)]
        problems += [f"{name!r} is missing; write null where the text gives none" for name in missing]
        if raw.get("rule") is not None:
            problems.append("'rule' is given; gold was found by nobody's rule")
        if missing:
            return None, problems
    mentions = raw.get("mentions")
    try:
        claim: Claim = _adapter().validate_python(
            {**raw, "mentions": tuple(mentions)} if isinstance(mentions, list) else raw, strict=True
        )
    except ValidationError as error:
        return None, problems + [_explain(each) for each in error.errors()]
    return claim, problems + _check_spans(claim, abstract) + _check_values(claim, abstract, gold=gold)


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Claim)


def _explain(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"][1:])
    if error["type"] == "extra_forbidden":
        return f"{where!r} is no attribute of this kind"
    message: str = error["msg"]
    return f"{where!r} is {error['input']!r:.80}: {message[:1].lower()}{message[1:]}"


def _check_spans(claim: Claim, abstract: str) -> list[str]:
    problems = []
    mentions = getattr(claim, "mentions", ())
    for span in (claim, *mentions):
        found = abstract[span.start : span.end]
        if not span.start < span.end:
            problems.append(f"the span {span.start}:{span.end} is empty")
        elif found != span.text:
            hint = _nearest(abstract, span.text, span.start)
            problems.append(f"abstract[{span.start}:{span.end}] is {found!r}, not {span.text!r}{hint}")
    places = [(mention.start, mention.end) for mention in mentions]
    if places and places[0] != (claim.start, claim.end):
        problems.append("its span is not that of the first mention")
    if places != sorted(set(places)):
        problems.append("the mentions are not in the order of the text, or one stands twice")
    return problems


def _nearest(abstract: str, text: str, start: int) -> str:
    places = [
        place
        for place in (abstract.rfind(text, 0, start + len(text)), abstract.find(text, start))
        if place >= 0
    ]
    if not text or not places:
        return "; this text is not in the abstract"
    place = min(places, key=lambda each: abs(each - start))
    return f"; it stands at {place}:{place + len(text)}"


def _check_values(claim: Claim, abstract: str, *, gold: bool) -> list[str]:
    problems = []
    low, high = getattr(claim, "value", None), getattr(claim, "value_high", None)
    for name, number in (("value", low), ("value_high", high)):
        if number is not None and not math.isfinite(number):
            problems.append(f"{name!r} is {number}; a finite number is needed")
    if not gold:
        return problems
    if low is not None and high is not None and high < low:
        problems.append(f"'value_high' {high:g} is below 'value' {low:g}")
    for name in _BORROWED:
        words = getattr(claim, name, None)
        if words is not None and (not words or (UNKNOWN not in abstract and words not in abstract)):
            problems.append(f"{name!r} is {words!r}, which are no words of the abstract")
    if getattr(claim, "name", "named") == "":
        problems.append("'name' is empty")
    return problems


def _check_order(claims: Sequence[Claim]) -> list[str]:
    problems = []
    starts = [claim.start for claim in claims]
    if starts != sorted(starts):
        problems.append("the claims are not in the order of the text")
    seen: set[tuple[str, str | tuple[int, int]]] = set()
    for claim in claims:
        name: str | tuple[int, int] = getattr(claim, "name", (claim.start, claim.end))
        if (claim.kind, name) in seen:
            what = f"named {name!r}" if claim.kind in THING_KINDS else f"at {claim.start}:{claim.end}"
            problems.append(f"two {claim.kind} claims {what}; join them or remove one")
        seen.add((claim.kind, name))
    return problems


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
    """Turns a claim into the object that gold holds, kind first and without an empty rule.

    Args:
        claim: The claim.

    Returns:
        Its JSON object.
    """
    dump = claim.model_dump()
    names = ("kind", "text", "start", "end", *_FIELDS[claim.kind])
    record = {name: _plain(dump[name]) for name in names}
    return record | ({"rule": claim.rule} if claim.rule is not None else {})


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return [dict(mention) for mention in value] if isinstance(value, tuple) else value


_VALUE = ("value", "value_high", "bound")
_RELATIVE = (*_VALUE, "form", "unit", "direction", "metric", "baseline", "subject")
_FIELDS: dict[str, tuple[str, ...]] = {
    "speedup": _RELATIVE,
    "change": _RELATIVE,
    "score": (*_VALUE, "metric", "unit", "dataset", "subject"),
    "parameters": (*_VALUE, "model", "role"),
    "quantity": (*_VALUE, "unit", "dimension"),
    "hardware": ("name", "mentions", "category", "count"),
    "dataset": ("name", "mentions"),
    "url": ("name", "mentions", "host", "role"),
}


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
        message = f"cannot be written ({error.strerror}); the folder must be there"
        raise InputError(message, file=str(path)) from error


def has_abstracts(path: str | Path) -> bool:
    """Says whether the first line of a file holds its abstract, or only an id and claims.

    Raises:
        GoldError: The file cannot be read.
    """
    first = next(_records(path, []), None)
    return first is not None and "abstract" in first[1]
