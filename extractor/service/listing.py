"""Kinds and rules as the service lists them, and a rule as a file to begin another with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.knowledge.kinds import KindSpec
    from extractor.rulelang.rule import Example, Rule


def kind_json(spec: KindSpec) -> dict[str, Any]:
    """Returns a kind as plain data."""
    attributes = [
        {"name": each.name, "type": each.type, "values": list(each.values), "about": each.about}
        for each in spec.attributes
    ]
    return {
        "name": spec.name,
        "family": spec.family,
        "own": spec.own,
        "color": {"light": spec.color[0], "dark": spec.color[1]},
        "attributes": attributes,
        "derived": list(spec.derived),
    }


def rule_json(rule: Rule) -> dict[str, Any]:
    """Returns a rule as plain data; its file is named without the folders it stands in."""
    return {**rule.listed(), "file": Path(rule.file).name}


def rule_yaml(rule: Rule) -> str:
    """Writes a rule as a file of its own; under the same id it takes the place of the first."""
    import yaml

    written: dict[str, Any] = {"id": rule.id, "kind": rule.kind, "status": rule.status}
    written["pattern"] = rule.pattern
    if rule.settings:
        written["set"] = _plain(rule.settings)
    if rule.note:
        written["note"] = str(rule.note)
    if rule.before:
        written["before"] = list(rule.before)
    groups = {
        "examples": [_example(each) for each in rule.examples if not each.known_failure],
        "known_failures": [_example(each) for each in rule.examples if each.known_failure],
        "rejects": [each.text for each in rule.rejects],
    }
    written |= {name: group for name, group in groups.items() if group}
    text = yaml.safe_dump({"rules": [written]}, sort_keys=False, allow_unicode=True, width=100)
    return f"type: rules\n{text}"


def _example(example: Example) -> dict[str, Any]:
    return {"text": example.text, "expect": [_plain(record) for record in example.expect]}


def _plain(value: Any) -> Any:
    """Returns mappings and lists of a reader's own types as those of Python."""
    if hasattr(value, "items"):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
