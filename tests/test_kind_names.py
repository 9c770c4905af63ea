"""No module spells the name of a kind to decide something: what a kind is stands in rules/kinds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import extractor
from extractor.knowledge.kindfiles import builtin_kinds

PACKAGE = Path(extractor.__file__).parent
NAMES = frozenset(builtin_kinds())
# The names of links; the finders of named things, which say of what kind the names are that they refuse;
# types of files that are called like a kind; the charts of named things.
ALLOWED: dict[str, frozenset[str]] = {
    "assembly.py": frozenset({"hardware"}),
    "knowledge/filetypes.py": frozenset({"hardware", "quantity", "url"}),
    "knowledge/hardware_terms.py": frozenset({"hardware"}),
    "knowledge/kinds.py": frozenset({"dataset", "hardware"}),
    "knowledge/model.py": frozenset({"hardware"}),
    "pages/atlas.py": frozenset({"dataset", "hardware"}),
    "things/datasets/finder.py": frozenset({"dataset"}),
    "things/hardware/finder.py": frozenset({"hardware"}),
    "things/urls.py": frozenset({"url"}),
    "values/named.py": frozenset({"dataset"}),
    "values/records.py": frozenset({"dataset"}),
    "values/links/datasets.py": frozenset({"dataset"}),
    "values/links/hardware.py": frozenset({"hardware"}),
    "values/links/places.py": frozenset({"dataset", "hardware"}),
}
EVENTS = {"change"}  # of the browser


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yields the string constants of a module that are no docstrings or types of a signature."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_module_names_a_kind(path: Path) -> None:
    module = path.relative_to(PACKAGE).as_posix()
    if module.startswith("record/"):
        return
    found = {(line, text) for line, text in strings(path) if text in NAMES - ALLOWED.get(module, frozenset())}
    assert not found


@pytest.mark.parametrize("path", sorted((PACKAGE / "pages").rglob("*.*")), ids=lambda path: path.name)
def test_no_page_names_a_kind(path: Path) -> None:
    if path.suffix not in (".js", ".css", ".html"):
        return
    text = path.read_text(encoding="utf-8")
    quoted = {name for name in NAMES for quote in "\"'`" if f"{quote}{name}{quote}" in text}
    assert not (quoted - EVENTS) | {
        name for name in NAMES if f"--{name}" in text or f"[data-kind={name}]" in text
    }
