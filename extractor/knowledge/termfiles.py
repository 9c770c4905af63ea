"""Reads the names of a user's own things (``type: terms``): their kind, how written, beside which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from extractor.errors import RuleProblem
from extractor.knowledge.kindfiles import Source, Word
from extractor.knowledge.kinds import AttributeSpec, Kinds, KindSpec
from extractor.knowledge.shapes import Part, checked, line_of
from extractor.knowledge.strictyaml import read_yaml

_TYPES: dict[str, type[Any] | tuple[type[Any], ...]] = {"integer": int, "number": (int, float)}
_OPENING = re.compile(r"[^\W_]")


def _text(value: Any) -> Any:
    """Takes a number for the text it is written as: a name may be one."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Spelling = Annotated[Word, BeforeValidator(_text, json_schema_input_type=str | int | float)]


class EntryPart(Part):
    """One thing: its name, its spellings, and the attributes of its kind."""

    model_config = ConfigDict(extra="allow", strict=True)

    name: Spelling
    aliases: list[Spelling] = Field(
        default=[], description="Other spellings; small letters stand for any case."
    )
    ambiguous: bool = Field(
        default=False, description="Whether it counts only beside one of the words of near."
    )


class ExamplePart(Part):
    """A sentence with records that must be found in it."""

    text: Word
    expect: Annotated[list[dict[str, Any]], Field(min_length=1)]


class TermFile(Part):
    """The names of the things of a user's own kind (``type: terms``)."""

    type: Literal["terms"]
    kind: Word
    near: list[Word] = Field(
        default=[], description="Words of which one must stand in the sentence of an ambiguous name."
    )
    entries: Annotated[list[EntryPart], Field(min_length=1)]
    examples: list[ExamplePart] = Field(default=[])
    rejects: list[Word] = Field(default=[], description="Sentences in which no thing of the kind is found.")


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One thing.

    Attributes:
        name: Its canonical name.
        spellings: How it is written, the name among them.
        ambiguous: Whether it needs a word of its kind in its sentence.
        attributes: What it is, by the attributes of its kind.
    """

    name: str
    spellings: tuple[str, ...]
    ambiguous: bool
    attributes: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True, eq=False)
class OwnTerms:
    """The things of one file.

    Attributes:
        spec: Their kind.
        near: Words beside which an ambiguous name counts.
        terms: The things.
        examples: Sentences with the records expected in them, and the line of each.
        rejects: Sentences in which nothing of the kind may be found, and the line of each.
        file: Where they stand.
    """

    spec: KindSpec
    near: tuple[str, ...]
    terms: tuple[Term, ...]
    examples: tuple[tuple[str, tuple[dict[str, Any], ...], int], ...]
    rejects: tuple[tuple[str, int], ...]
    file: str


def rule_id(terms: OwnTerms) -> str:
    """Returns what stands as the rule of the claims of a file of terms."""
    return f"{terms.spec.name}.terms"


def read_terms(sources: Iterable[Source], kinds: Kinds) -> tuple[tuple[OwnTerms, ...], list[RuleProblem]]:
    """Reads files of terms.

    Args:
        sources: The files, all of the type ``terms``.
        kinds: The kinds that there are.

    Returns:
        What the files hold as far as they are right, and every fault.
    """
    problems: list[RuleProblem] = []
    found: list[OwnTerms] = []
    for source in sources:
        document, faults = read_yaml(source.text, source.name)
        part = None if faults else checked(TermFile, document, source.name, faults)
        if part is not None:
            faults += [
                RuleProblem(message, file=source.name, line=line)
                for message, line in _faults(part, document, kinds)
            ]
            if not faults:
                found.append(_terms(part, document, kinds[part.kind], source.name))
        problems += faults
    return tuple(found), problems


def _terms(part: TermFile, document: Any, spec: KindSpec, file: str) -> OwnTerms:
    terms = tuple(
        Term(each.name, (each.name, *each.aliases), each.ambiguous, tuple((each.model_extra or {}).items()))
        for each in part.entries
    )
    lines = {key: getattr(document.get(key), "lines", []) for key in ("examples", "rejects")}
    return OwnTerms(
        spec=spec,
        near=tuple(part.near),
        terms=terms,
        examples=tuple(
            (each.text, tuple(each.expect), line)
            for each, line in zip(part.examples, lines["examples"], strict=True)
        ),
        rejects=tuple(zip(part.rejects, lines["rejects"], strict=True)),
        file=file,
    )


def _faults(part: TermFile, document: Any, kinds: Kinds) -> Iterator[tuple[str, int]]:
    """Yields what is wrong with a file whose shape is right, with the line."""
    spec = kinds.get(part.kind)
    if spec is None or not spec.own or spec.is_value:
        own = ", ".join(each.name for each in kinds.own if not each.is_value) or "none is known"
        yield f"kind: {part.kind!r} is no kind of your own things ({own})", line_of(document, "kind")
        return
    if not part.near and any(each.ambiguous for each in part.entries):
        yield "near is needed: the words beside which an ambiguous name counts", line_of(document, "entries")
    seen: dict[str, str] = {}
    for each, line in zip(part.entries, document["entries"].lines, strict=True):
        for spelling in (each.name, *each.aliases):
            if not _OPENING.match(spelling):
                yield f"entries: {spelling!r} must begin with a letter or digit", line
            if spelling in seen:
                yield f"entries: {spelling!r} stands for {seen[spelling]!r} already", line
            seen[spelling] = each.name
        for name, value in (each.model_extra or {}).items():
            if message := _attribute_fault(spec, name, value):
                yield f"entries: {each.name}: {message}", line


def _attribute_fault(spec: KindSpec, name: str, value: Any) -> str | None:
    attribute = spec.by_name.get(name)
    if attribute is None or name == "mentions":
        known = ", ".join(sorted({"name", "aliases", "ambiguous", *spec.by_name} - {"mentions"}))
        return f"unknown key {name!r}; the keys: {known}"
    if not _is_of(attribute, value):
        wanted = f"one of {', '.join(attribute.values)}" if attribute.values else attribute.type
        return f"{name} must be {wanted}, not {value!r}"
    return None


def _is_of(attribute: AttributeSpec, value: Any) -> bool:
    if attribute.type == "choice":
        return value in attribute.values
    return isinstance(value, _TYPES.get(attribute.type, str)) and not isinstance(value, bool)
