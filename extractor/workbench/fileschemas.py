"""JSON Schemas of the files that a user can write, by which editors complete keys and mark what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from extractor.knowledge.filetypes import TYPES, FileType
from extractor.knowledge.forms import Form, form_of, union_of
from extractor.knowledge.kindfiles import KindFile, builtin_kinds
from extractor.knowledge.kinds import Kinds
from extractor.knowledge.model import LEXICON
from extractor.knowledge.snapshot import builtin_document
from extractor.knowledge.sources import RULES
from extractor.knowledge.termfiles import TermFile
from extractor.rulelang.rule import EXAMPLE_KEYS, Grammar, Status, grammar_of
from extractor.rulelang.rulefiles import FRAGMENT, ID

Schema = dict[str, Any]
ANY = "any"  # a file of any type, told by its type
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SCALARS = {str: "string", float: "number", bool: "boolean", type(None): "null"}
_TEXT: Schema = {"type": "string", "minLength": 1}


def file_schemas(kinds: Kinds | None = None) -> dict[str, Schema]:
    """Returns the schema of each type of file that a user can write, and of a file of any type.

    Args:
        kinds: The kinds of claims that rules and terms can be of; the built-in ones if none are given.
    """
    kinds = kinds or builtin_kinds()
    own = {type_.name: _laid_over(type_, kinds) for type_ in TYPES.values() if type_.own}
    schemas = {
        RULES: _rules(kinds, own[LEXICON]),
        "kind": _of_model(KindFile, "a kind of claim of your own"),
        "terms": _of_model(TermFile, "the names of the things of a kind of your own"),
        **own,
    }
    return {ANY: _any(schemas), **schemas}


def file_name(sort: str) -> str:
    """Returns the name of the file that holds the schema of a type."""
    return f"{sort}.schema.json"


def _whole(about: str, schema: Schema) -> Schema:
    return {"$schema": _DRAFT, "title": about, **schema}


def _any(schemas: dict[str, Schema]) -> Schema:
    """Returns the schema of a file of any type; a file that does not say its type holds rules."""
    told = {"required": ["type"]}
    branches = [
        {
            "if": {"properties": {"type": {"const": sort}}, **(told if sort != RULES else {})},
            "then": {"$ref": file_name(sort)},
        }
        for sort in schemas
    ]
    return _whole(
        "a file of your own",
        {"type": "object", "properties": {"type": {"enum": [*schemas]}}, "allOf": branches},
    )


def _of_model(model: type[KindFile] | type[TermFile], about: str) -> Schema:
    schema = model.model_json_schema()
    schema.pop("title")
    return _whole(about, schema)


# --- files that are laid over ours ------------------------------------------------------------------------


def _laid_over(type_: FileType, kinds: Kinds) -> Schema:
    closed = {place: kinds[kind].choices[attribute] for place, (kind, attribute) in type_.closed.items()}
    form = form_of([builtin_document(type_.name), type_.more])
    return _whole(type_.about, _Sections(type_, closed).whole(form))


class _Sections:
    """Says in a schema what `Checker` checks.

    Args:
        type_: The type of the file.
        closed: The words that can stand at a place, by the place.
    """

    def __init__(self, type_: FileType, closed: dict[str, tuple[str, ...]]) -> None:
        self._type, self._closed = type_, closed

    def whole(self, form: Form) -> Schema:
        """Returns the schema of a file that holds what a form says."""
        fields = form.fields or {}
        properties: Schema = {"type": {"const": self._type.name}}
        more: bool | Schema = False
        if self._type.is_open(""):
            more = self._at(union_of(list(fields.values())), "*")
        else:
            properties |= {key: self._at(inner, key) for key, inner in fields.items()}
        properties["remove"] = {"description": "what is to go, by section", **self._removal(form)}
        return {
            "type": "object",
            "properties": properties,
            "required": ["type"],
            "additionalProperties": more,
        }

    def _at(self, form: Form, place: str) -> Schema:
        options: list[Schema] = []
        scalars = sorted(_SCALARS[scalar] for scalar in form.scalars)
        if scalars:
            allowed = self._closed.get(place) or self._closed.get(place.rpartition(".")[0] + ".*")
            plain: Schema = {"type": scalars[0] if len(scalars) == 1 else scalars}
            plain |= {"enum": list(allowed)} if allowed else {}
            plain |= {"format": "regex"} if self._type.is_pattern(place) else {}
            options.append(plain)
        if form.items is not None:
            options.append({"type": "array", "items": self._at(form.items, place)})
        if form.fields is not None:
            options.append(self._mapping(form, place))
        return options[0] if len(options) == 1 else {"anyOf": options}

    def _mapping(self, form: Form, place: str) -> Schema:
        fields = form.fields or {}
        schema: Schema = {"type": "object"}
        if self._type.is_open(place):
            schema["additionalProperties"] = self._at(union_of(list(fields.values())), f"{place}.*")
        else:
            schema["properties"] = {key: self._at(inner, f"{place}.{key}") for key, inner in fields.items()}
            schema["additionalProperties"] = False
        if place + "{}" in self._closed:
            schema["propertyNames"] = {"enum": list(self._closed[place + "{}"])}
        if needed := self._type.needed.get(place):
            schema["required"] = sorted(needed)
        return schema

    def _removal(self, form: Form, place: str = "") -> Schema:
        """Returns the schema of what can be taken out of a section, or of those of a file."""
        if self._type.is_open(place):  # what it holds is no matter of form
            return {"type": "object"}
        properties: Schema = {}
        for key, inner in (form.fields or {}).items():
            options: list[Schema] = []
            if inner.items is not None or inner.fields is not None:
                options.append({"type": "array"})
            if inner.fields is not None:
                options.append(self._removal(inner, f"{place}.{key}" if place else key))
            if options:
                properties[key] = options[0] if len(options) == 1 else {"anyOf": options}
        return {"type": "object", "properties": properties, "additionalProperties": False}


# --- rules --------------------------------------------------------------------------------------------------


def _rules(kinds: Kinds, lexicon: Schema) -> Schema:
    grammar = grammar_of(kinds)
    words = {key: part for key, part in lexicon["properties"].items() if key != "type"}
    properties: Schema = {
        "type": {"const": RULES},
        "lexicon": {"type": "object", "properties": words, "additionalProperties": False},
        "fragments": {
            "type": "object",
            "propertyNames": {"pattern": f"^{FRAGMENT}$"},
            "additionalProperties": {"type": "string", "pattern": r"\S"},
        },
        "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        "remove": {"type": "array", "description": "Ids of rules that are to go."},
    }
    nullable = {
        key: {"anyOf": [properties[key], {"type": "null"}]} for key in ("lexicon", "fragments", "rules")
    }
    return _whole(
        "rules",
        {
            "type": "object",
            "properties": properties | nullable,
            "additionalProperties": False,
            "$defs": {"rule": _rule(grammar), "record": _record(kinds)},
        },
    )


def _rule(grammar: Grammar) -> Schema:
    shown = {
        "type": "object",
        "properties": {
            "text": _TEXT,
            "expect": {"type": "array", "items": {"$ref": "#/$defs/record"}},
        },
        "required": ["text", "expect"],
        "additionalProperties": False,
    }
    lists = {key: _list_of(_TEXT if key == "rejects" else shown) for key in EXAMPLE_KEYS}
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": f"^{ID}$", "description": "kind.slug, which tables show"},
            "kind": {"enum": list(grammar.all)},
            "status": {"enum": list(get_args(Status))},
            "pattern": {"type": "string", "description": "See `extractor rules guide`."},
            "set": {"type": ["object", "null"]},
            "note": {"type": "string"},
            "before": _list_of({"type": "string"}),
            **lists,
        },
        "required": ["id", "kind", "status"],
        "additionalProperties": False,
        "allOf": [_unless_off(), _if_stable(), *(_if_of(kind, grammar) for kind in grammar.all)],
    }


def _list_of(items: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": items}, {"type": "null"}]}


def _unless_off() -> Schema:
    off = {"properties": {"status": {"const": "deprecated"}}}
    pattern = {"required": ["pattern"], "properties": {"pattern": {"pattern": r"\S"}}}
    return {"if": off, "else": pattern}


def _if_stable() -> Schema:
    shown = {key: {"type": "array", "minItems": 1} for key in ("examples", "rejects")}
    stable = {"properties": {"status": {"const": "stable"}}}
    return {"if": stable, "then": {"properties": shown, "required": sorted(shown)}}


def _if_of(kind: str, grammar: Grammar) -> Schema:
    """Returns what holds of the settings of a rule of a kind."""
    settings: Schema = {}
    for name, of in grammar.settings.items():
        if kind in of:
            settings[name] = {"enum": list(of[kind])} if of[kind] else _NUMBERS.get(name, {})
    held: Schema = {"set": {"properties": settings, "additionalProperties": False}}
    rule: Schema = {"properties": held}
    if needed := grammar.needed.get(kind):
        off = {"properties": {"status": {"const": "deprecated"}}}
        must = {"required": ["set"], "properties": {"set": {"type": "object", "required": list(needed)}}}
        rule |= {"if": off, "else": must}
    return {"if": {"properties": {"kind": {"const": kind}}}, "then": rule}


_NUMBERS: dict[str, Schema] = {"points": {"type": "number"}, "reach": {"type": "integer", "minimum": 1}}


def _record(kinds: Kinds) -> Schema:
    """Returns the schema of a record that a sentence must give: as much of it as matters."""
    return {
        "type": "object",
        "properties": {"text": {"type": "string"}, "kind": {"enum": [*kinds]}},
        "required": ["text", "kind"],
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": spec.name}}},
                "then": {"propertyNames": {"enum": ["kind", *_names((*kinds.common, *spec.attributes))]}},
            }
            for spec in kinds.specs
        ],
    }


def _names(attributes: Iterable[Any]) -> list[str]:
    return [attribute.name for attribute in attributes]
