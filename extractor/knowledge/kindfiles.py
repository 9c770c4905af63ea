"""Reads the files of kinds (``type: kind``, ``type: claim``): what they may hold, and the kinds they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Protocol

from pydantic import Field

from extractor.errors import RuleError, RuleProblem
from extractor.knowledge.kindchecks import clashes, own_faults
from extractor.knowledge.kinds import (
    BOUNDS,
    FORMS,
    LINKS,
    AttributeSpec,
    Family,
    Form,
    Kinds,
    KindSpec,
    Link,
    PageSpec,
    Take,
    UnitSpec,
    WideColumn,
)
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.shapes import Part, checked
from extractor.knowledge.sources import file_type
from extractor.knowledge.strictyaml import read_text, read_yaml

FOLDER = "kinds"
_NAME = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_THINGS = ("thing", "address")
# What every kind of a family has, in the order of gold.
_VALUE = (
    AttributeSpec(
        "value", "number", required=True, tier="record", about="The number; of a range its low end."
    ),
    AttributeSpec("value_high", "number", tier="record", about="The high end of a range."),
    AttributeSpec("bound", "choice", BOUNDS, tier="record", about="At most, at least, or about that much."),
)
_THING = (
    AttributeSpec("name", "text", required=True, tier="exact", about="The name by which it is told apart."),
    AttributeSpec("mentions", "mentions", required=True, about="Every place of the text that names it."),
)

Name = Annotated[str, Field(pattern=rf"^{_NAME}$", description="small letters, digits and _")]
Color = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
Word = Annotated[str, Field(min_length=1)]


class AttributePart(Part):
    """One attribute."""

    type: Literal["number", "integer", "text", "words", "choice"]
    values: list[Word] = Field(default=[], description="The words that a choice is made of.")
    required: bool = False
    gold: bool = Field(default=True, description="Whether gold has it; false: only the extractor knows it.")
    tier: Literal["record", "linked", "reported"] = Field(
        default="reported", description="The tier of an evaluation that needs it; reported: none does."
    )
    link: Link | None = Field(
        default=None, description="What finds its words, where its name does not say so."
    )
    near: dict[str, list[Word]] = Field(
        default={}, description="For each value of a choice the words beside a claim that tell it."
    )
    about: str = ""
    since: int = Field(
        default=0, description="Version of the guidelines that it came with; labels made before leave it out."
    )


class UnitPart(Part):
    """One unit."""

    unit: Word = Field(description="The canonical unit, as records have it.")
    scale: float = Field(default=1.0, gt=0, description="How many canonical units one of these is.")
    words: list[Word] = Field(default=[], description="Spelled out, in any case, plural with or without s.")
    symbols: list[Word] = Field(default=[], description="As it is written, in this case.")


class WidePart(Part):
    """One column of the wide table."""

    take: Take
    of: Word | list[Word]
    by: Word | list[Word] | None = None
    where: dict[str, str] = Field(default={})
    shown: bool = Field(default=True, description="Whether a terminal shows it, which has little room.")


class PagePart(Part):
    """How pages show a claim in a table."""

    what: Word | None = None
    against: Word | None = None
    sort: Word | None = Field(default=None, description="Name of the order of papers by the largest claim.")
    by: list[Word] = Field(default=["value"], description="The attributes of which the largest counts.")


class KindFile(Part):
    """A kind of claim (``type: kind``)."""

    type: Literal["kind"]
    kind: Name
    order: int = Field(default=1000, description="Place among the kinds.")
    label: Word | None = Field(default=None, description="What people call it.")
    family: Family
    speed: bool = Field(default=False, description="Of relative kinds: whether what changed is a speed.")
    about: str = ""
    color: Annotated[list[Color], Field(min_length=2, max_length=2)] = Field(
        default=["#5d6771", "#a9b3bc"], description="On light and on dark pages."
    )
    values: Annotated[list[Form], Field(min_length=1)] = Field(
        default=[*FORMS], description="The forms a number must have to be one."
    )
    units: list[UnitPart] = Field(default=[], description="Units that only this kind has.")
    attributes: dict[Name, AttributePart] = Field(default={})
    derived: list[str] = Field(default=[])
    columns: list[str] | None = Field(default=None, description="Order of the columns; else as written.")
    wide: dict[Name, WidePart] | None = Field(default=None, description="Columns of the wide table.")
    page: PagePart | None = None


class ClaimFile(Part):
    """What every claim has (``type: claim``); built in only."""

    type: Literal["claim"]
    attributes: dict[Name, AttributePart]


class _Ordered(NamedTuple):
    order: int
    spec: KindSpec


def _in_order(found: Iterable[_Ordered]) -> list[KindSpec]:
    return [each.spec for each in sorted(found, key=lambda each: each.order)]


class Source(Protocol):
    """A file that has been read."""

    @property
    def name(self) -> str:
        """Its name in messages."""

    @property
    def text(self) -> str:
        """What stands in it."""


@cache
def builtin_kinds() -> Kinds:
    """Returns the built-in kinds.

    Raises:
        RuleError: The installation is damaged.
    """
    problems: list[RuleProblem] = []
    found: list[_Ordered] = []
    common: tuple[AttributeSpec, ...] = ()
    for path in sorted((rules_dir() / FOLDER).glob("*.yaml")):
        document, faults = read_yaml(read_text(path), str(path))
        problems += faults
        if document.get("type") == "claim":
            claim = checked(ClaimFile, document, str(path), problems)
            common = tuple(_attribute(name, part) for name, part in claim.attributes.items()) if claim else ()
        elif (kind := _read(document, str(path), problems, own=False)) is not None:
            found.append(kind)
    if problems:
        raise RuleError(problems)
    return Kinds(tuple(_in_order(found)), common)


def load_kinds(sources: Iterable[Source] = ()) -> Kinds:
    """Returns the built-in kinds with a user's own behind them.

    Args:
        sources: Files of the user; those of another type than ``kind`` are passed over.

    Raises:
        RuleError: With every fault of every file.
    """
    kinds, problems = read_kinds(sources)
    if problems:
        raise RuleError(problems)
    return kinds


def read_kinds(sources: Iterable[Source]) -> tuple[Kinds, list[RuleProblem]]:
    """Reads a user's kinds as `load_kinds` does.

    Returns:
        The kinds as far as they are right, and every fault.
    """
    builtin = builtin_kinds()
    problems: list[RuleProblem] = []
    found: list[_Ordered] = []
    for source in sources:
        if file_type(source.text) != "kind":
            continue
        document, faults = read_yaml(source.text, source.name)
        if faults:
            problems += faults
        elif (kind := _read(document, source.name, problems, own=True)) is not None:
            found.append(kind)
    kinds = list(builtin.specs)
    for spec in _in_order(found):
        faults = list(clashes(spec, kinds))
        problems += faults
        kinds += [] if faults else [spec]
    return (builtin if len(kinds) == len(builtin) else Kinds(tuple(kinds), builtin.common)), problems


def _read(document: Any, file: str, problems: list[RuleProblem], *, own: bool) -> _Ordered | None:
    part = checked(KindFile, document, file, problems)
    if part is None:
        return None
    spec = _spec(part, file, document.line, own=own)
    faults = list(own_faults(spec, document, len(spec.attributes) - len(part.attributes)))
    problems += faults
    return None if faults else _Ordered(part.order, spec)


def _spec(part: KindFile, file: str, line: int, *, own: bool) -> KindSpec:
    attributes = (
        *(_THING if part.family in _THINGS else _VALUE),
        *(_attribute(name, each) for name, each in part.attributes.items()),
    )
    columns = part.columns or [*(each.name for each in attributes), *part.derived]
    given = [each.name for each in attributes if each.type != "mentions"]
    columns = [*(name for name in given if name not in columns), *columns]
    page = part.page or _shown(part.family, attributes)
    return KindSpec(
        name=part.kind,
        label=part.label or part.kind.replace("_", " "),
        family=part.family,
        about=part.about,
        color=(part.color[0], part.color[1]),
        attributes=attributes,
        values=tuple(part.values),
        units=tuple(
            UnitSpec(each.unit, each.scale, tuple(each.words), tuple(each.symbols)) for each in part.units
        ),
        derived=tuple(part.derived),
        columns=tuple(name for name in columns if name != "mentions"),
        wide=tuple(_wide(part)),
        page=PageSpec(page.what, page.against, page.sort, tuple(page.by)),
        speed=part.speed,
        own=own,
        file=file,
        line=line,
    )


def _attribute(name: str, part: AttributePart) -> AttributeSpec:
    named: Link | None = next((link for link in LINKS if link == name), None)
    link = part.link or (named if part.type == "words" else None)
    near = tuple((value, tuple(words)) for value, words in part.near.items())
    return AttributeSpec(
        name=name,
        type=part.type,
        values=tuple(part.values),
        required=part.required,
        gold=part.gold,
        tier=part.tier,
        link=link,
        near=near,
        about=part.about,
        since=part.since,
    )


def _shown(family: Family, attributes: Iterable[AttributeSpec]) -> PagePart:
    """Chooses what a page shows of a kind that does not say it."""
    free = [each.name for each in attributes if each.type in ("words", "choice") and each.name != "bound"]
    shown = (["name"] if family in _THINGS else []) + free
    what, against, *_ = [*shown, None, None]
    return PagePart(what=what, against=against)


def _wide(part: KindFile) -> Iterator[WideColumn]:
    if part.wide is None:  # of things the names, of values the numbers
        of = "name" if part.family in _THINGS else "value"
        yield WideColumn(part.kind, "all", (of,), (of,))
    for name, column in (part.wide or {}).items():
        shown = _several(column.of)
        by = _several(column.by) if column.by else shown
        yield WideColumn(name, column.take, shown, by, tuple(column.where.items()), column.shown)


def _several(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
