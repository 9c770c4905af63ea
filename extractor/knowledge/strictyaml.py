"""YAML read strictly: YAML 1.2 scalars only, no duplicate keys, and the line of every mapping and item."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from extractor.errors import RuleError, RuleProblem, cause

_FASTEST: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LARGEST = 4 << 20  # bytes of a file
_NO_TAG = "none was given"
_NAMES = "entries"  # the section of names, whose items may be blocks of them


class _Loader(_FASTEST):  # type: ignore[misc]  # chosen above
    """Leaves untagged nodes untagged: what a plain word means is told here, by fewer rules and quicker."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> str:
        return _NO_TAG


class Mapping(dict[str, Any]):
    """A YAML mapping that remembers its file and the lines it and its keys stand on (from 1)."""

    file: str
    line: int
    lines: dict[str, int]


class Sequence(list[Any]):
    """A YAML sequence that remembers the lines it and its items stand on (from 1)."""

    line: int
    lines: list[int]


def load_yaml(path: Path) -> Any:
    """Reads one YAML document.

    Unquoted scalars are read by the YAML 1.2 core schema: only ``true``, ``false``, ``null``, integers and
    decimal numbers are special; ``no``, ``2:4`` or ``1_000`` are strings.

    Args:
        path: The file.

    Returns:
        ``Mapping``, ``Sequence`` or a scalar; None for an empty file.

    Raises:
        RuleError: The file cannot be read, is no YAML, repeats a key or uses an alias, tag or non-string key.
    """
    return parse_yaml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Reads the text of a file.

    Raises:
        RuleError: There is no such file, or it cannot be read.
    """
    try:
        if not path.is_file() and path.exists() and not path.is_dir():
            raise RuleError([RuleProblem("is no file, but a device or a pipe", file=str(path))])
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            message = f"is larger than {_LARGEST >> 20} MB; divide it into several files"
            raise RuleError([RuleProblem(message, file=str(path))])
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError([RuleProblem(f"cannot be read: {cause(error)}", file=str(path))]) from error


def leads_out(path: Path, folder: Path) -> bool:
    """Says whether a file found in a folder is a symbolic link to one that does not stand in it."""
    return not path.resolve().is_relative_to(folder.resolve())


def parse_yaml(text: str, file: str) -> Any:
    """Reads one YAML document from a string; ``file`` names it in errors. See `load_yaml`."""
    value, problems = read_yaml(text, file)
    if problems:
        raise RuleError(problems)
    return value


def read_yaml(text: str, file: str) -> tuple[Any, list[RuleProblem]]:
    """Reads as much of a YAML document as can be read.

    Args:
        text: The document.
        file: Its name in problems.

    Returns:
        The value (None if it is no YAML at all) and every problem with it.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
        reader = _Reader(file)
        return (None if node is None else reader.construct(node)), reader.problems
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else None
        return None, [RuleProblem(f"is not valid YAML: {problem}", file=file, line=line)]
    except RecursionError:
        return None, [RuleProblem("is nested too deeply", file=file)]


class _Reader:
    """Builds the values of one document, and gathers what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.problems: list[RuleProblem] = []
        self._file = file
        self._seen: set[int] = set()

    def construct(self, node: yaml.Node) -> Any:
        line = _line(node)
        if id(node) in self._seen:  # an alias is the node it stands for, met again
            self._problem("aliases (*name) are not allowed: write the value out again", line)
            return None
        self._seen.add(id(node))
        if node.tag != _NO_TAG:
            self._problem(f"tags ({node.tag}) are not allowed", line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node)
        return _scalar(node)

    def _sequence(self, node: yaml.SequenceNode, *, names: bool = False) -> Sequence:
        """Reads a list; if of names, a block (``- |``) is as many items as it has lines, read as one node."""
        items = Sequence()
        items.line = _line(node)
        items.lines = []
        for item in node.value:
            line = _line(item)
            if names and isinstance(item, yaml.ScalarNode) and item.style == "|":
                held = [(at, name) for at, name in enumerate(item.value.splitlines(), line + 1) if name]
                items += [name for _, name in held]
                items.lines += [at for at, _ in held]
            else:
                items.append(self.construct(item))
                items.lines.append(line)
        return items

    def _mapping(self, node: yaml.MappingNode) -> Mapping:
        mapping = Mapping()
        mapping.file = self._file
        mapping.line = _line(node)
        mapping.lines = {}
        for key_node, value_node in node.value:
            line = _line(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem("a key must be a plain word", line)
                continue
            key = key_node.value
            if key in mapping:
                first = mapping.lines[key]
                self._problem(f"key {key!r} stands twice (first on line {first}); keep one", line)
            if key == _NAMES and isinstance(value_node, yaml.SequenceNode) and value_node.tag == _NO_TAG:
                mapping[key] = self._sequence(value_node, names=True)
            else:
                mapping[key] = self.construct(value_node)
            mapping.lines[key] = line
        return mapping

    def _problem(self, message: str, line: int) -> None:
        self.problems.append(RuleProblem(message, file=self._file, line=line))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in ('"', "'", "|", ">"):  # quoted or block scalars are text as they stand
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
