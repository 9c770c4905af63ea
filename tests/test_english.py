"""English stands in rules/: where texts are read, no literal is an English word that decides something.

A word of a literal counts as English if rules/ has it as a word: in the lexicon, among the words of numbers,
devices, datasets and addresses, or in a pattern. It may be a name all the same: of a class, of a key or value
of the files of rules and of records, of a group of an expression. What else there is has a reason below.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import extractor
from extractor.knowledge.filetypes import TYPES
from extractor.knowledge.snapshot import builtin_document
from extractor.rulelang.rule import KEYS
from extractor.rulelang.ruleset import builtin_ruleset
from extractor.rulelang.syntax import LITERAL, classes_of, walk

PACKAGE = Path(extractor.__file__).parent
SCHEMAS = PACKAGE.parent / "docs" / "schemas"
WINGS = ("text", "numbers", "things", "rulelang", "values")
MODULES = sorted(path for wing in WINGS for path in (PACKAGE / wing).rglob("*.py"))
RULES = builtin_ruleset()
# Types of files whose texts are words or hold words.
WORDY = ("lexicon", "numerals", "dataset-words", "urls", "hardware")

REASONS = {
    "commands and signs of LaTeX, HTML and addresses, which are no English": (
        "ae bf bm boldsymbol br em emph frac https http href it math mathrm mbox per rm text textrm times tt "
        "underline url www xspace"
    ),
    "endings from which regular forms are told: spelling, no words": "ch ed es is ly sh st",
    "values of settings of datasets and devices": "sentence strong",
    "what a claim shows, as rules/confidence.yaml weighs it": "crowd once",
    "sorts of number words, which their fragments name": "ones scales",
    "of Python: a number and an encoding": "inf latin",
}
ALLOWED = frozenset(word for words in REASONS.values() for word in words.split())

_WORD = re.compile(r"(?<![\w=.-])[a-z]{2,}(?![\w.])")
_IS_EXPRESSION = re.compile(r"[\\|\[\]]|\(\?")
_NAMES = re.compile(r"\\[A-Za-z]+|\{[a-z_]+\}|\(\?P[<=]\w+[>)]|\(\?\(\w+\)|\(\?[a-zA-Z]+:?")


def texts(data: Any) -> Iterator[str]:
    """Yields all texts of a document that are no keys."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, (list, tuple)):
        for each in data:
            yield from texts(each)
    elif isinstance(data, str):
        yield data


def keys(data: Any) -> Iterator[str]:
    """Yields all keys of a document."""
    if isinstance(data, dict):
        yield from map(str, data)
        data = list(data.values())
    if isinstance(data, (list, tuple)):
        for each in data:
            yield from keys(each)


def english() -> set[str]:
    """Returns the words of small letters that rules/ has."""
    documents = (builtin_document(name) for name in WORDY)
    words = {text for document in documents for text in texts(document)}
    words |= {*texts([builtin_document("dataset-rules")[part] for part in ("anchors", "stop", "list_words")])}
    words |= {name.removeprefix(LITERAL) for name in classes_of(walk(*(rule.tree for rule in RULES.rules)))}
    return {word for word in words if re.fullmatch("[a-z]{2,}", word)}


def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


TREES = trees()


def names() -> set[str]:
    """Returns the words that are names: of classes, keys, values of closed lists, groups of expressions."""
    found = {key for name in TYPES for key in keys(builtin_document(name))} | KEYS
    for path in SCHEMAS.glob("*.json"):
        found |= {*keys(json.loads(path.read_text("utf-8")))}
    grammar = RULES.grammar
    found |= {*grammar.all, *grammar.settings, *(name for group in grammar.groups.values() for name in group)}
    found |= {value for kinds in grammar.settings.values() for values in kinds.values() for value in values}
    for spec in RULES.kinds.values():
        found |= {spec.name, spec.family, *(str(value) for each in spec.attributes for value in each.values)}
        found |= {each.name for each in (*spec.attributes, *RULES.kinds.common)}
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
                found |= {str(each.value) for each in ast.walk(node.slice) if isinstance(each, ast.Constant)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= groups(node.value)
    return found.union(*map(groups, texts(builtin_document("fragments"))))


def groups(expression: str) -> set[str]:
    return {*re.findall(r"\(\?P<(\w+)>", expression)}


ENGLISH, NAMES = english(), names()


def left_out(tree: ast.Module) -> Iterator[ast.AST]:
    """Yields what does not decide: docstrings, types, messages put together, names of attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr) and not any(
            isinstance(each, ast.Constant) and _IS_EXPRESSION.search(str(each.value)) for each in node.values
        ):
            yield node
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("__all__", "__slots__"):
            yield node.value
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns:
            yield node.returns


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields the strings of a module that may decide something, each with its line."""
    others = {id(each) for node in left_out(tree) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in others:
            yield node.lineno, node.value


def faults(text: str) -> Iterator[str]:
    """Yields the English words that a literal decides by.

    Of an expression every word counts. Several words in a row are names of classes, or a message.
    """
    if _IS_EXPRESSION.search(text):
        found = {word for word in _WORD.findall(_NAMES.sub(" ", text)) if word in ENGLISH}
    elif len(words := text.split()) == 1:
        found = {word for word in _WORD.findall(text) if word in ENGLISH - NAMES}
        found = {word for word in found if not RULES.tagger.has_class(word)}
    else:
        known = {word for word in words if RULES.tagger.has_class(word)}
        told = len(known) * 2 <= len(words)
        found = set() if told else {word for word in words if word in ENGLISH} - known - NAMES
    yield from sorted(found - ALLOWED)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_literal_is_english_that_decides(path: Path) -> None:
    found = {(line, word) for line, text in literals(TREES[path]) for word in faults(text)}
    assert not found, "words belong into rules/: a class, a list or a fragment"


def test_what_counts_as_english() -> None:
    assert {"above", "link", "latency", "two", "whereas"} <= ENGLISH
    assert list(faults(r"over|more|at\s+least")) == ["at", "least", "more", "over"]
    assert list(faults("whereas")) == ["whereas"]
    assert list(faults(" this ")) == ["this"]
    assert list(faults("comma semicolon up_v whereas")) == ["whereas"]
    for text in ("up_v", "=whereas", "comma semicolon =whereas", r"(?P<or>{or_high})|\text", "decrease"):
        assert list(faults(text)) == []
    assert list(faults("a cue within the value")) == []


def test_every_reason_is_needed() -> None:
    every = [text for path in MODULES for _, text in literals(TREES[path])]
    told = {word for text in every for word in _WORD.findall(_NAMES.sub(" ", text))}
    assert set() == ALLOWED - told
