"""Lays the documents of one type over one another: what a file adds, replaces by its key, and removes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from extractor.knowledge.filetypes import FileType

Document = dict[str, Any]
Note = Callable[[str, int], None]  # takes a message and the line it is about
_OWN_KEYS = ("type", "remove")


def together(documents: list[Document]) -> Document:
    """Returns the documents of one layer as one: lists and tables together, of a text the last."""
    whole: Document = {}
    for document in documents:
        _add(whole, {key: value for key, value in document.items() if key not in _OWN_KEYS})
    return whole


def _add(below: Document, above: Document) -> None:
    for key, value in above.items():
        under = below.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            below[key] = dict(under)
            _add(below[key], value)
        elif isinstance(value, list) and isinstance(under, list):
            below[key] = [*under, *value]
        else:
            below[key] = value


def lay_over(type_: FileType, below: Document, above: Document, note: Note) -> Document:
    """Returns a document with a user's laid over it.

    What the user's removes goes first. An entry with the name of one below takes its place, new ones stand
    where they win over those below; the words of a list are added; a key of a table takes the place of the
    same key, or, where both hold lists, adds to it.

    Args:
        type_: The type of both.
        below: The document below; it is not changed.
        above: That of the user.
        note: Is told what cannot be removed, as it is not there.
    """
    removed = above.get("remove") or {}
    if removed:
        below = _without(type_, below, removed, "", note)
    return _over(type_, below, {key: value for key, value in above.items() if key not in _OWN_KEYS}, "")


def _over(type_: FileType, below: Document, above: Document, place: str) -> Document:
    laid = dict(below)
    for key, value in above.items():
        under, where = laid.get(key), f"{place}.{key}" if place else key
        if where in type_.entries and isinstance(under, list):
            added, replaced = _entries(under, value, type_.entries[where])
            laid[key] = [*replaced, *added] if where in type_.behind else [*added, *replaced]
        elif isinstance(value, list) and isinstance(under, list):
            laid[key] = [*under, *(item for item in value if item not in under)]
        elif isinstance(value, dict) and isinstance(under, dict) and place not in type_.whole:
            laid[key] = _over(type_, under, value, where)
        else:
            laid[key] = value
    return laid


def _entries(below: list[Any], above: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Returns the new entries, and those below with others in the place of some."""
    own: dict[Any, list[Any]] = {}
    for entry in above:
        own.setdefault(_name(entry, key), []).append(entry)
    replaced: list[Any] = []
    for entry in below:
        name = _name(entry, key)
        if name not in own:
            replaced.append(entry)
        elif own[name]:
            replaced += own[name]
            own[name] = []
    return [entry for entries in own.values() for entry in entries], replaced


def _name(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, dict) else entry


def _without(type_: FileType, below: Document, removed: Any, place: str, note: Note) -> Document:
    left = dict(below)
    for key, names in removed.items():
        where, line = f"{place}.{key}" if place else key, removed.lines[key]
        held = left.get(key)
        if held is None:
            note(f"remove: there is no {where!r}", line)
        elif isinstance(held, dict) and isinstance(names, dict):
            left[key] = _without(type_, held, names, where, note)
        elif isinstance(held, (dict, list)) and isinstance(names, list):
            left[key] = _lessened(held, names, type_.entries.get(where), where, note)
        else:
            note(f"remove: {where} must be a list of what is to go", line)
    return left


def _lessened(held: Any, names: Any, key: str | None, place: str, note: Note) -> Any:
    there = [_name(item, key) if key else item for item in held]
    for name, line in zip(names, names.lines, strict=True):
        if name not in there:
            note(f"remove: {place} has no {name!r}", line)
    if isinstance(held, dict):
        return {name: value for name, value in held.items() if name not in names}
    return [item for item, name in zip(held, there, strict=True) if name not in names]
