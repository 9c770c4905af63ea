"""The shape of a YAML file as a pydantic model: every fault of a document, in words and at its line."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from extractor.errors import RuleProblem
from extractor.knowledge.strictyaml import Mapping as YamlMapping


class Part(BaseModel):
    """A mapping that knows all its keys."""

    model_config = ConfigDict(extra="forbid", strict=True)


PartT = TypeVar("PartT", bound=Part)


def checked(model: type[PartT], document: Any, file: str, problems: list[RuleProblem]) -> PartT | None:
    """Checks the shape of a document.

    Args:
        model: What it must be.
        document: What `read_yaml` read.
        file: Its name in messages.
        problems: Every fault is added to them, with its line.

    Returns:
        The document as the model; None where it has a fault.
    """
    if not isinstance(document, YamlMapping):
        keys = ", ".join(model.model_fields)
        problems.append(RuleProblem(f"this file must be a mapping with the keys {keys}", file=file, line=1))
        return None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        problems += [_problem(each, document, file) for each in error.errors()]
        return None


def line_of(document: YamlMapping, *keys: str) -> int:
    """Returns the line of a key within a document, as far as the keys are there."""
    line: int = document.line
    inner: Any = document
    for key in keys:
        if not isinstance(inner, YamlMapping) or key not in inner:
            break
        line, inner = inner.lines[key], inner[key]
    return line


def _problem(error: ErrorDetails, document: YamlMapping, file: str) -> RuleProblem:
    line, part, where = document.line, document, []
    for step in error["loc"]:
        missing = isinstance(part, YamlMapping) and step not in part
        if not missing:
            try:
                line, part = part.lines[step], part[step]  # type: ignore[index]
            except (AttributeError, KeyError, IndexError, TypeError):
                break  # no place in the document, but a branch of the model
        where.append(str(step))
        if missing:
            break
    return RuleProblem(_message(error, ".".join(where)), file=file, line=line)


_SHAPES = {"model_type": "mapping", "dict_type": "mapping", "list_type": "list"}


def _message(error: ErrorDetails, name: str) -> str:
    """Says what is wrong in the words of the other rules files."""
    given = error["input"]
    if error["type"] == "extra_forbidden":
        return f"unknown key {name!r}"
    if error["type"] == "missing":
        return f"the key {name!r} is needed"
    if error["type"] == "literal_error":
        return f"{name} must be {error['ctx']['expected']}, not {given!r}"
    if error["type"] == "string_pattern_mismatch":
        return f"{name}: {given!r} is not written as it must be ({error['ctx']['pattern']})"
    if error["type"] in _SHAPES:
        return f"{name} must be a {_SHAPES[error['type']]}, not {given!r:.60}"
    return f"{name}: {error['msg'][:1].lower()}{error['msg'][1:]}, not {given!r:.60}"
