"""YAML read strictly: YAML 1.2 scalars only, no duplicate keys, and the line of every mapping and item."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from extractor.errors import RuleError, RuleProblem

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Mapping(dict[str, Any]):
    """A YAML mapping that remembers the lines it and its keys stand on (from 1)."""

    line: int
    lines: dict[str, int]


class Sequence(list[Any]):
    """A YAML sequence that remembers the lines it and its items stand on (from 1)."""

    line: int
    lines: list[int]


def load_yaml(path: Path) -> Any:
    """Reads one YAML document.

    Unquoted scalars are read by the YAML 1.2 core schema: only ``true``, ``false``, ``null``, integers and decimal
    numbers are special; ``no``, ``2:4`` or ``1_000`` are strings.

    Args:
        path: The file.

    Returns:
        ``Mapping``, ``Sequence`` or a scalar; None for an empty file.

    Raises:
        RuleError: The file cannot be read, is no YAML, repeats a key or uses an alias, tag or non-string key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError([RuleProblem(f"cannot be read: {error}", file=str(path))]) from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Any:
    """Reads one YAML document from a string; ``file`` names it in errors. See `load_yaml`."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else None
        raise RuleError([RuleProblem(f"is not valid YAML: {problem}", file=file, line=line)]) from error
    problems: list[RuleProblem] = []
    value = _construct(node, file, problems) if node is not None else None
    if problems:
        raise RuleError(problems)
    return value


def _construct(node: yaml.Node, file: str, problems: list[RuleProblem]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, problems)
    if isinstance(node, yaml.SequenceNode):
        items = Sequence(_construct(item, file, problems) for item in node.value)
        items.line = node.start_mark.line + 1
        items.lines = [item.start_mark.line + 1 for item in node.value]
        return items
    return _scalar(node)


def _mapping(node: yaml.MappingNode, file: str, problems: list[RuleProblem]) -> Mapping:
    mapping = Mapping()
    mapping.line = node.start_mark.line + 1
    mapping.lines = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(RuleProblem("a key must be a plain word", file=file, line=line))
            continue
        key = key_node.value
        if key in mapping:
            first = mapping.lines[key]
            message = f"key {key!r} stands twice (first on line {first}); keep one"
            problems.append(RuleProblem(message, file=file, line=line))
        mapping[key] = _construct(value_node, file, problems)
        mapping.lines[key] = line
    return mapping


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style in ('"', "'", "|", ">"):  # quoted or block scalars are text as they stand
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
