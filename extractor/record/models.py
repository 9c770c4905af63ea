"""The models of all kinds: ours as the schema has them, those of a user's own kinds made of their specs."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union

from pydantic import Field, TypeAdapter, create_model

from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import AttributeSpec, Kinds, KindSpec
from extractor.record.schema import CLAIM_MODELS, BaseClaim, Extraction, Mention, ThingClaim, ValueClaim

_TYPES: dict[str, Any] = {
    "number": float,
    "integer": int,
    "text": str,
    "words": str,
    "mentions": tuple[Mention, ...],
}


class _OwnClaim(BaseClaim):
    """A claim of a user's own kind: its model has no name in a module, so that pickle takes its spec."""

    spec: ClassVar[KindSpec]

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (self.spec, self.__dict__, self.__pydantic_fields_set__)


def _revived(spec: KindSpec, fields: dict[str, Any], given: set[str]) -> BaseClaim:
    claim = model_of(spec).model_construct(given)
    claim.__dict__.update(fields)
    return claim


@cache
def model_of(spec: KindSpec) -> type[BaseClaim]:
    """Returns the model of the claims of a kind."""
    if not spec.own:
        return CLAIM_MODELS[spec.name]
    base = ValueClaim if spec.is_value else ThingClaim
    own = [each for each in spec.attributes if each.name not in base.model_fields]
    made: Any = _made(
        "".join(word.capitalize() for word in spec.name.split("_")),
        (_OwnClaim, base),
        spec.about or f"A claim of the kind {spec.name}.",
        {"kind": (Literal[spec.name], spec.name), **{each.name: field_of(each) for each in own}},
    )
    made.spec = spec
    model: type[BaseClaim] = made
    return model


def _made(name: str, base: Any, about: str | None, fields: dict[str, Any]) -> Any:
    return create_model(name, __base__=base, __doc__=about, **fields)


def field_of(attribute: AttributeSpec) -> tuple[Any, Any]:
    """Returns the type of an attribute and its default, ``...`` where it has none."""
    if attribute.type == "choice":
        type_: Any = Literal[attribute.values]
    else:
        type_ = _TYPES[attribute.type]
    return (type_, ...) if attribute.required else (type_ | None, None)


def claim_type(kinds: Kinds) -> Any:
    """Returns the type of the claims of some kinds: the union of their models, told apart by ``kind``."""
    return Annotated[Union[tuple(map(model_of, kinds.specs))], Field(discriminator="kind")]  # noqa: UP007


class _OwnExtraction(Extraction):
    """An extraction with kinds of a user's own; for pickle as `_OwnClaim`."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived_extraction, (self.own_kinds, self.__dict__)


def _revived_extraction(kinds: Kinds, fields: dict[str, Any]) -> Extraction:
    return extraction_model(kinds).model_construct(**fields)


@cache
def claim_adapter(kinds: Kinds) -> TypeAdapter[Any]:
    """Returns what reads the claims of some kinds from plain data."""
    return TypeAdapter(claim_type(kinds))


@cache
def extraction_model(kinds: Kinds) -> type[Extraction]:
    """Returns the model of an abstract with claims of some kinds."""
    if not kinds.own:
        return Extraction
    claims: Any = (tuple[claim_type(kinds), ...], ())  # type: ignore[misc]  # a type made at run time
    made = _made("Extraction", _OwnExtraction, Extraction.__doc__, {"claims": claims})
    made.own_kinds = kinds
    model: type[Extraction] = made
    return model


def spec_of(claim: BaseClaim) -> KindSpec:
    """Returns what the kind of a claim is."""
    if isinstance(claim, _OwnClaim):
        return claim.spec
    return builtin_kinds()[kind_of(claim)]


def read_fields(claim: BaseClaim) -> frozenset[str]:
    """Returns what only reading fills, or follows from the record; labels of people have none of it."""
    attributes = (*builtin_kinds().common, *spec_of(claim).attributes)
    return (
        frozenset(each.name for each in attributes if not each.gold)
        | type(claim).model_computed_fields.keys()
    )


def kind_of(claim: BaseClaim) -> str:
    """Returns the kind of a claim."""
    kind: str = claim.kind  # type: ignore[attr-defined]  # every model of a kind has it, the base does not
    return kind


def kinds_of(extraction: Extraction) -> Kinds:
    """Returns the kinds whose claims an extraction can hold."""
    return extraction.own_kinds or builtin_kinds()


def json_schema(kinds: Kinds | None = None) -> dict[str, Any]:
    """Returns the JSON Schema of an extraction, which is also that of a line of gold.

    Args:
        kinds: The kinds of claims; the built-in ones if none are given.
    """
    model = extraction_model(kinds or builtin_kinds())
    schema = model.model_json_schema()
    written = model.model_json_schema(mode="serialization")["$defs"]
    for name, part in schema["$defs"].items():  # what is written besides, and passed over when it is read
        for field, type_ in written[name]["properties"].items():
            part["properties"].setdefault(field, type_)
    _describe(schema, kinds or builtin_kinds())
    own = "".join(f"+{spec.name}" for spec in (kinds.own if kinds else ()))
    schema["$id"] = f"paperclaims/extraction-{Extraction.version}{own}"
    return schema


def _describe(schema: dict[str, Any], kinds: Kinds) -> None:
    """Says of each attribute what the file of its kind says."""
    for spec in kinds.specs:
        properties = schema["$defs"][model_of(spec).__name__]["properties"]
        for each in (*kinds.common, *spec.attributes):
            if each.about:
                properties[each.name].setdefault("description", each.about)
