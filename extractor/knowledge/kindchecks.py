"""What can be wrong with a kind whose shape is right, by itself and beside other kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractor.errors import RuleProblem
from extractor.knowledge.kinds import DERIVED, OWN_FAMILIES, AttributeSpec, KindSpec
from extractor.knowledge.shapes import line_of
from extractor.knowledge.strictyaml import Mapping as YamlMapping

_GIVEN = frozenset({"value", "value_high", "bound", "name", "mentions"})
# Names that rules, rows of scores and the addresses of pages have for something else.
_RESERVED = frozenset(
    "veto relative bound baseline subject metric model values things micro macro all none kind claim "
    "q bare mode sort page type attribute rule tier".split()
)
_TAKEN = frozenset({"id", "title", "kind", "abstract", "n_claims"})  # columns that no kind can have


def own_faults(spec: KindSpec, document: YamlMapping, given: int) -> Iterator[RuleProblem]:
    """Yields what is wrong with a kind.

    Args:
        spec: The kind.
        document: What its file holds, for the lines.
        given: How many of its attributes, the first, are those of its family.
    """
    for message, *keys in _faults(spec, given):
        yield RuleProblem(message, file=spec.file, line=line_of(document, *keys))


def _faults(spec: KindSpec, given: int) -> Iterator[tuple[str, ...]]:
    """Yields messages, each with the keys of its place."""
    if spec.own and spec.family not in OWN_FAMILIES:
        one = ", ".join(OWN_FAMILIES)
        yield f"family: a kind of one's own is of the family {one}, not {spec.family}", "family"
    if spec.name in _RESERVED:
        yield f"kind: {spec.name!r} is the name of something else; take another", "kind"
    if spec.units and spec.family != "amount":
        yield "units: only amounts have units", "units"
    for unit in spec.units:
        if not unit.words and not unit.symbols:
            yield f"units: {unit.name!r} needs words or symbols, which texts have", "units"
    for attribute in spec.attributes[given:]:
        for message in _attribute_faults(attribute):
            yield f"attribute {attribute.name!r}: {message}", "attributes", attribute.name
    for name in spec.derived:
        if name not in DERIVED or spec.family not in DERIVED[name][1]:
            possible = [name for name, (_, families) in DERIVED.items() if spec.family in families]
            yield f"derived: {name!r} is none of {', '.join(possible) or 'any in this family'}", "derived"
    yield from _unknown(spec)


def _unknown(spec: KindSpec) -> Iterator[tuple[str, ...]]:
    """Yields the names that are no attribute."""
    known = {*spec.by_name, *spec.derived, "text"}
    named = [(name, ("columns",)) for name in spec.columns]
    for column in spec.wide:
        names = (*column.of, *column.by, *(name for name, _ in column.where))
        named += [(name, ("wide", column.name)) for name in names]  # type: ignore[misc]
    shown = (("what", spec.page.what), ("against", spec.page.against))
    named += [(name, ("page", key)) for key, name in shown if name]  # type: ignore[misc]
    named += [(name, ("page", "by")) for name in spec.page.by if spec.page.sort]  # type: ignore[misc]
    for name, keys in named:
        if name not in known:
            yield f"{keys[0]}: {name!r} is no attribute of this kind", *keys


def _attribute_faults(attribute: AttributeSpec) -> Iterator[str]:
    if attribute.name in _GIVEN:
        yield "this name belongs to the values and names that every kind has; take another"
    if attribute.name in _TAKEN:
        yield "the table has this column for something else; take another name"
    if (attribute.type == "choice") != bool(attribute.values):
        yield "a choice, and nothing else, has values"
    if attribute.link and attribute.type not in ("words", "text"):
        yield "a link finds words, or a name; its type must be words, or text"
    if attribute.near and attribute.required:
        yield "the words near by may be missing, so it cannot be required"
    for value, _ in attribute.near:
        if value not in attribute.values:
            yield f"near: {value!r} is none of its values: {', '.join(attribute.values)}"


def clashes(spec: KindSpec, others: Iterable[KindSpec]) -> Iterator[RuleProblem]:
    """Yields where a kind cannot stand beside others."""
    for message in _clashes(spec, others):
        yield RuleProblem(message, file=spec.file, line=spec.line)


def _clashes(spec: KindSpec, others: Iterable[KindSpec]) -> Iterator[str]:
    for other in others:
        if other.name == spec.name:
            where = f"at {other.file}:{other.line}" if other.own else "among the built-in ones"
            yield f"there is a kind {spec.name!r} {where} already; take another name"
            return
        theirs = other.column_types
        for name, type_ in spec.column_types.items():
            if theirs.get(name, type_) != type_:
                yield f"the column {name!r} is of type {theirs[name]} in {other.name}; take another name"
        taken = {column.name for column in other.wide}
        for column in spec.wide:
            if column.name in taken:
                yield f"wide: {other.name} has a column {column.name!r} already; take another name"
