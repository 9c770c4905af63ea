"""What a section of a file may hold, told by what ours hold there; a user's file is checked by it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import regex

from extractor.errors import RuleProblem
from extractor.knowledge.filetypes import FileType

_NAMES = {str: "text", int: "a number", float: "a number", bool: "true or false", type(None): "nothing"}
_WHOLE = {int: float}  # a whole number may stand where a number stands


class Form(NamedTuple):
    """What may stand at a place.

    Attributes:
        scalars: The sorts of plain value that may.
        items: What the members of a list are; None where no list may stand.
        fields: What the keys of a mapping hold; None where no mapping may stand.
    """

    scalars: frozenset[type] = frozenset()
    items: Form | None = None
    fields: dict[str, Form] | None = None


def form_of(values: Iterable[Any]) -> Form:
    """Returns the form that fits all of some values."""
    values = list(values)
    lists = [value for value in values if isinstance(value, list)]
    mappings = [value for value in values if isinstance(value, dict)]
    plain = (value for value in values if not isinstance(value, (list, dict)))
    scalars = frozenset(_WHOLE.get(type(value), type(value)) for value in plain)
    items = form_of(item for each in lists for item in each) if lists else None
    if not mappings:
        return Form(scalars, items)
    keys = dict.fromkeys(key for each in mappings for key in each)
    fields = {key: form_of(each[key] for each in mappings if key in each) for key in keys}
    return Form(scalars, items, fields)


class Checker:
    """Checks a document of a user's own.

    Args:
        type_: The type of the file.
        form: What the built-in files of the type hold.
        closed: The words that can stand at a place, by the place.
        file: Name of the file in messages.
    """

    def __init__(self, type_: FileType, form: Form, closed: dict[str, tuple[str, ...]], file: str) -> None:
        self._type, self._form, self._closed, self._file = type_, form, closed, file

    def problems(self, document: Any) -> Iterator[RuleProblem]:
        """Yields every fault of a document."""
        for key in document:
            if key not in ("type", "remove", *(self._form.fields or ())) and not self._type.is_open(""):
                yield self._unknown(key, self._form.fields or (), document)
        for key, value in document.items():
            if key not in ("type", "remove"):
                form = self._any_of(self._form) or (self._form.fields or {}).get(key)
                if form is not None:
                    yield from self._at(value, form, key, document.lines[key])

    def _any_of(self, form: Form) -> Form | None:
        """Returns what the values of an open table are."""
        forms = list((form.fields or {}).values())
        return union_of(forms) if forms and self._type.is_open("") else None

    def _at(self, value: Any, form: Form, place: str, line: int) -> Iterator[RuleProblem]:
        if isinstance(value, dict) and form.fields is not None:
            yield from self._mapping(value, form, place)
        elif isinstance(value, list) and form.items is not None:
            for item, at in zip(value, value.lines, strict=True):  # type: ignore[attr-defined]
                yield from self._at(item, form.items, place, at)
        elif isinstance(value, (dict, list)) or _WHOLE.get(type(value), type(value)) not in form.scalars:
            yield self._problem(f"{place} must be {_wanted(form)}, not {_short(value)}", line)
        else:
            yield from self._scalar(value, place, line)

    def _mapping(self, value: Any, form: Form, place: str) -> Iterator[RuleProblem]:
        fields = form.fields or {}
        table = self._type.is_open(place)
        names = self._closed.get(place + "{}")
        name = value.get(self._type.entries.get(place, "name"))
        within = union_of(list(fields.values())) if table and fields else None
        for key in value:
            if not table and key not in fields:
                yield self._unknown(key, fields, value, place)
            elif names is not None and key not in names:
                yield self._problem(f"{place}: {key!r} is none of {', '.join(names)}", value.lines[key], name)
            else:
                inner = within if table else fields.get(key)
                if inner is not None:
                    yield from self._at(value[key], inner, f"{place}.{key}", value.lines[key])
        for key in sorted(self._type.needed.get(place, frozenset()) - value.keys()):
            yield self._problem(f"{place}: the key {key!r} is needed", value.line, name)

    def _scalar(self, value: Any, place: str, line: int) -> Iterator[RuleProblem]:
        allowed = self._closed.get(place)
        if allowed is None and "." in place:
            allowed = self._closed.get(place.rpartition(".")[0] + ".*")
        if allowed is not None and value not in allowed:
            yield self._problem(f"{place} must be one of {', '.join(allowed)}, not {value!r}", line)
        if isinstance(value, str) and self._type.is_pattern(place):
            try:
                regex.compile(value)
            except regex.error as error:
                yield self._problem(f"{place}: {value!r} is no regular expression: {error}", line)

    def _unknown(self, key: str, known: Iterable[str], at: Any, place: str = "") -> RuleProblem:
        close = difflib.get_close_matches(key, list(known), n=1)
        one = f"did you mean {close[0]!r}?" if close else f"the keys: {', '.join(sorted(known))}"
        where = f"{place}: " if place else ""
        return self._problem(f"{where}unknown key {key!r}; {one}", at.lines[key])

    def _problem(self, message: str, line: int, name: Any = None) -> RuleProblem:
        rule = name if isinstance(name, str) else None
        return RuleProblem(message, file=self._file, line=line, rule=rule)


def union_of(forms: list[Form]) -> Form:
    """Returns a form that takes what any of some forms takes."""
    scalars = frozenset().union(*(form.scalars for form in forms))
    items = [form.items for form in forms if form.items is not None]
    mappings = [form for form in forms if form.fields is not None]
    fields: dict[str, list[Form]] = {}
    for form in mappings:
        for key, inner in (form.fields or {}).items():
            fields.setdefault(key, []).append(inner)
    joined = {key: union_of(each) for key, each in fields.items()} if mappings else None
    return Form(scalars, union_of(items) if items else None, joined)


def _wanted(form: Form) -> str:
    words = sorted({_NAMES[scalar] for scalar in form.scalars})
    words += ["a list"] if form.items is not None else []
    words += ["a mapping"] if form.fields is not None else []
    return " or ".join(words) or "left out"


def _short(value: Any) -> str:
    return (
        "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)[:60]
    )
