"""What a kind of claim is, as data: its attributes, columns, evaluation and colour; all kinds in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

Family = Literal["relative", "level", "amount", "size", "thing", "address"]
AttributeType = Literal["number", "integer", "text", "words", "choice", "mentions"]
Level = Literal["exact", "record", "linked", "reported"]
Take = Literal["all", "first", "largest", "smallest"]

VALUE_FAMILIES: frozenset[Family] = frozenset(("relative", "level", "amount", "size"))
OWN_FAMILIES: tuple[Family, ...] = ("amount", "level", "thing")
"""The families that a kind of a user's own can have."""

Link = Literal["metric", "baseline", "subject", "dataset", "model", "hardware"]
LINKS: tuple[Link, ...] = get_args(Link)
"""What finds words for an attribute; an attribute of such a name is filled by it."""

BOUNDS = ("upper", "lower", "approx")
Form = Literal["ratio", "percent", "point", "dB", "count", "unit", "bare"]
FORMS: tuple[Form, ...] = get_args(Form)
"""What a number with what stands behind it can be."""

_READ: dict[Family, tuple[str, ...]] = {
    "relative": ("form", "unit", "direction", "number"),
    "level": ("unit",),
    "amount": ("unit", "dimension"),
}  # the choices that the reader of a family makes
DERIVED: dict[str, tuple[str, tuple[Family, ...]]] = {
    "factor": ("number", ("relative",)),
    "factor_high": ("number", ("relative",)),
    "key": ("text", ("thing",)),
    "vendor": ("text", ("thing",)),
    "family": ("text", ("thing",)),
    "owner": ("text", ("address",)),
    "repo": ("text", ("address",)),
}
"""What is computed from a record alone: its type, and the families of kinds that can have it."""


_COLUMN_TYPES = {"number": "float", "integer": "int", "mentions": "mentions"}  # all others: text


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One attribute of a kind.

    Attributes:
        name: Its name, also of the column.
        type: ``number``, ``integer``, ``text``, ``words`` (of the abstract), ``choice`` (one of ``values``)
            or ``mentions``.
        values: The words that a choice is made of.
        required: Whether every claim has one.
        gold: Whether gold has it; what only the extractor knows is null there.
        tier: The tier of an evaluation that needs it, or ``reported`` where it only has an accuracy.
        link: What finds its words: one of ``LINKS``; None where the reader of the family fills it.
        near: For each value of a choice the words beside a claim that tell it.
        about: What it means.
        since: The version of the guidelines that it came with; labels made before leave it out.
    """

    name: str
    type: AttributeType
    values: tuple[str, ...] = ()
    required: bool = False
    gold: bool = True
    tier: Level = "reported"
    link: Link | None = None
    near: tuple[tuple[str, tuple[str, ...]], ...] = ()
    about: str = ""
    since: int = 0

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.type in ("number", "integer")

    @property
    def column_type(self) -> str:
        """The type of its column: ``text``, ``float``, ``int`` or ``mentions``."""
        return _COLUMN_TYPES.get(self.type, "text")


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column of the wide table, one value a paper.

    Attributes:
        name: Its name.
        take: Which claims of the kind: ``all``, the ``first``, or that with the ``largest`` or ``smallest``.
        of: The attributes it shows; of several numbers the larger.
        by: The attributes by which the largest is chosen.
        where: Values that other attributes of the claim must have.
        shown: Whether a terminal shows it, which has little room.
    """

    name: str
    take: Take
    of: tuple[str, ...]
    by: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """A unit of a kind.

    Attributes:
        name: The canonical unit.
        scale: How many canonical units one of these is.
        words: How it is spelled out, in any case.
        symbols: How it is written, in this case.
    """

    name: str
    scale: float
    words: tuple[str, ...]
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageSpec:
    """How the pages show a claim of a kind in a table.

    Attributes:
        what: The attribute that says of what it is.
        against: The attribute that says compared with what, on what or as what.
        sort: Name of the order of papers by their largest claim of the kind, if there is one.
        by: The attributes of which the largest counts.
    """

    what: str | None = None
    against: str | None = None
    sort: str | None = None
    by: tuple[str, ...] = ("value",)


@dataclass(frozen=True)
class KindSpec:
    """One kind of claim.

    Attributes:
        name: Its name in records, tables and rules.
        label: What people call it.
        family: Which reader reads it: ``relative``, ``level``, ``amount`` and ``size`` are values, ``thing``
            and ``address`` are named.
        about: What it is.
        color: Its colours on light and on dark pages.
        attributes: Its attributes without those of every claim, in their order in gold.
        values: The forms a number must have to be one, of ``FORMS``.
        units: Units that only numbers of this kind have; rules know such a number by the name of the kind.
        derived: What is computed from a record.
        columns: Its attributes and derived values in the order of the table.
        wide: Its columns of the wide table.
        page: How pages show it.
        speed: Of relative kinds: whether what changed is a speed.
        own: Whether it is a user's own.
        file: Where it is defined.
        line: Line in that file.
    """

    name: str
    label: str
    family: Family
    about: str
    color: tuple[str, str]
    attributes: tuple[AttributeSpec, ...]
    values: tuple[Form, ...] = FORMS
    units: tuple[UnitSpec, ...] = ()
    derived: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    wide: tuple[WideColumn, ...] = ()
    page: PageSpec = PageSpec()
    speed: bool = False
    own: bool = False
    file: str = ""
    line: int = 1

    def __hash__(self) -> int:
        """Of equal kinds the same; that of all fields takes long, and models are looked up by it."""
        return hash((self.name, self.file))

    @property
    def is_value(self) -> bool:
        """Whether its claims are numbers; else they are named things."""
        return self.family in VALUE_FAMILIES

    @property
    def rule_kind(self) -> str:
        """The kind of the rules that find it."""
        return self.family if self.family == "relative" else self.name

    @property
    def exact(self) -> str:
        """What must be equal for a claim to be exactly right: the place of a value, the name of a thing."""
        return "text" if self.is_value else "name"

    @cached_property
    def by_name(self) -> Mapping[str, AttributeSpec]:
        """Its attributes by their names."""
        return {attribute.name: attribute for attribute in self.attributes}

    @cached_property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """The words of its attributes that take one of a few."""
        return {each.name: each.values for each in self.attributes if each.type == "choice"}

    @cached_property
    def column_types(self) -> Mapping[str, str]:
        """The type of each of its columns: ``text``, ``float``, ``int`` or ``mentions``."""
        types = {each.name: each.column_type for each in self.attributes}
        return types | {name: _COLUMN_TYPES.get(DERIVED[name][0], "text") for name in self.derived}

    @cached_property
    def by_link(self) -> Mapping[str, tuple[str, ...]]:
        """Its attributes whose words a link finds, by the link."""
        links = dict.fromkeys(each.link for each in self.attributes if each.link)
        return {link: tuple(a.name for a in self.attributes if a.link == link) for link in links}

    @cached_property
    def chosen(self) -> tuple[str, ...]:
        """Its choices that a rule sets, or words near by; the others are the reader's of its family."""
        made = {"bound", *_READ.get(self.family, ())}
        return tuple(name for name in self.choices if name not in made)

    def of_tier(self, tier: Level) -> tuple[str, ...]:
        """Returns the attributes that a tier needs; gold has all of them."""
        return tuple(each.name for each in self.attributes if each.tier == tier and each.gold)


@dataclass(frozen=True)
class Kinds(Mapping[str, KindSpec]):
    """All kinds by their names, in order; and what every claim has."""

    specs: tuple[KindSpec, ...]
    common: tuple[AttributeSpec, ...]

    @cached_property
    def _by_name(self) -> dict[str, KindSpec]:
        return {spec.name: spec for spec in self.specs}

    def __getitem__(self, name: str) -> KindSpec:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.specs)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(self._by_name)

    @cached_property
    def value_names(self) -> tuple[str, ...]:
        """Names of the kinds that are numbers."""
        return tuple(spec.name for spec in self.specs if spec.is_value)

    @cached_property
    def thing_names(self) -> tuple[str, ...]:
        """Names of the kinds that are named."""
        return tuple(spec.name for spec in self.specs if not spec.is_value)

    @cached_property
    def own(self) -> tuple[KindSpec, ...]:
        """The user's own kinds."""
        return tuple(spec for spec in self.specs if spec.own)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the kinds that have units of their own, by which rules know such units."""
        return tuple(spec.name for spec in self.specs if spec.units)

    @cached_property
    def rule_kinds(self) -> tuple[str, ...]:
        """The kinds of rules that make claims, in the order in which they are tried; a user's own first."""
        specs = [spec for spec in self.specs if spec.is_value]
        return tuple(dict.fromkeys(spec.rule_kind for spec in (*(s for s in specs if s.own), *specs)))
