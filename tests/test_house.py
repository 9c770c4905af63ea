"""How the code is laid out: one place reads files, and a name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import extractor

PACKAGE = Path(extractor.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FILES = {"rules_dir", "builtin_files", "read_text", "load_yaml"}  # what reads the files of knowledge
# Words that are the plain ones of two trades, in wings that never meet.
TWICE = {
    *("Bound", "Form", "Kind", "Link"),  # of records, and of files or rules that make them
    "Change",  # a claim; a change of a text for its view
    *("Cue", "Found", "Pattern"),  # of hardware; of links and characters
    *("Document", "Row"),  # of an evaluation; of files and tables
    *("Piece", "Place"),  # of files; of patterns and pages
    "Source",  # of papers; of rules
    *("Span", "TokenSpan"),  # pairs of places
}
MOST = 400  # lines of code of a module
LONGEST = 50  # lines of a function, without its signature and docstring


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def defined(module: ast.Module) -> Iterator[str]:
    """Yields the public classes of a module, and its aliases of types."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
            yield from (
                target.id
                for target in node.targets
                if isinstance(target, ast.Name) and not target.id.isupper()
            )


def test_no_two_modules_define_a_class_of_one_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for name in defined(tree(path)):
            if len(name) > 1 and not name.startswith("_"):
                homes[name].append(place(path))
    shared = {name: where for name, where in homes.items() if len(where) > 1}
    assert {name: where for name, where in shared.items() if name not in TWICE} == {}


def test_knowledge_alone_reads_the_files_of_rules() -> None:
    """No other module has built-in data of its own: what it needs of rules/ it is given."""
    readers = {
        place(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("extractor.knowledge")
        if FILES & {alias.name for alias in node.names}
    }
    others = {name for name in readers if not name.startswith("knowledge/")}
    # Rules are read where they are compiled: of the files that knowledge gives.
    assert others <= {"rulelang/ruleset.py"}


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Within a wing too: a text walks down once, and no step asks one above it."""
    names = {
        ".".join(("extractor", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in MODULES
    }
    below = {name: imported(tree(path)) & names.keys() for name, path in names.items()}
    while free := {name for name, needed in below.items() if not needed & below.keys()}:
        below = {name: needed for name, needed in below.items() if name not in free}
    assert below == {}


def imported(module: ast.Module) -> set[str]:
    """Returns what a module imports when it is loaded: not for types alone, and not within functions."""
    found: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and (name := node.module):
            found |= {name, *(f"{name}.{each.name}" for each in node.names)}
    return found


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_module_says_its_job_and_is_no_longer_than_can_be_read(path: Path) -> None:
    module = tree(path)
    told = ast.get_docstring(module)
    assert told
    assert told.splitlines()[0].rstrip()[-1] in ".;"
    code = {node.lineno for node in ast.walk(module) if isinstance(node, ast.stmt | ast.expr)}
    assert len(code) <= MOST


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_no_function_is_longer_than_can_be_read(path: Path) -> None:
    long = {
        node.name: lines
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := lines_of(node)) >= LONGEST
    }
    assert long == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Counts the lines of a function's body from its first statement on."""
    body = function.body[ast.get_docstring(function) is not None :]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_lines_of_a_function_are_counted_without_signature_and_docstring() -> None:
    (function,) = ast.parse(
        "def f(\n    a,\n):\n    'Says.'\n    b = a\n\n    return (\n        b\n    )\n"
    ).body
    assert isinstance(function, ast.FunctionDef)
    assert lines_of(function) == 5
