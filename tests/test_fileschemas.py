"""The schemas of files: those in docs/ are what the loader checks, and refuse what it refuses."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.knowledge.filetypes import TYPES
from extractor.knowledge.forms import Checker, form_of
from extractor.knowledge.kindfiles import builtin_kinds, read_kinds
from extractor.knowledge.snapshot import builtin_document
from extractor.knowledge.sources import RuleFile, builtin_files
from extractor.knowledge.strictyaml import parse_yaml
from extractor.knowledge.termfiles import read_terms
from extractor.rulelang.rulefiles import RuleReading, read_rules
from extractor.workbench.fileschemas import file_name, file_schemas
from extractor.workbench.skeletons import skeleton

jsonschema = pytest.importorskip("jsonschema")
DOCS = Path(__file__).parent.parent / "docs" / "schemas"
OWN = [name for name, type_ in TYPES.items() if type_.own]
THING = "type: kind\nkind: brand\nfamily: thing\nattributes: {maker: {type: text}}\n"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return file_schemas()


def fits(schema: Any, document: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


def test_those_of_the_docs_are_what_the_command_writes(tmp_path: Path) -> None:
    assert CliRunner().invoke(build_app(), ["rules", "schemas", str(tmp_path)]).exit_code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert {path.name for path in DOCS.iterdir()} == set(written)
    for name, text in written.items():  # where one differs: extractor rules schemas docs/schemas
        assert (DOCS / name).read_text(encoding="utf-8") == text, name


def test_they_are_schemas(schemas: dict[str, Any]) -> None:
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_builtin_files_fit(schemas: dict[str, Any]) -> None:
    for file in builtin_files():
        if file.sort in OWN or file.sort in ("rules", "kind"):
            document = parse_yaml(file.text, file.name)
            errors = [
                error.message
                for error in jsonschema.Draft202012Validator(schemas[file.sort]).iter_errors(document)
            ]
            assert not errors, (file.name, errors[:3])


def test_a_file_of_any_type_is_judged_by_its_type(schemas: dict[str, Any]) -> None:
    from referencing import Registry, Resource

    resources = [(file_name(sort), Resource.from_contents(schema)) for sort, schema in schemas.items()]
    registry: Any = Registry().with_resources(resources)
    judge = jsonschema.Draft202012Validator(schemas["any"], registry=registry)
    right = [
        skeleton("kind", "water"),
        skeleton("terms", "brand"),
        "{type: datasets, entries: [Quillmere]}",
        "rules: []",
    ]
    wrong = [
        "{type: kind, kind: x}",
        "{type: terms, entires: []}",
        "{type: hardware, units: []}",
        "ruels: []",
        "type: new",
    ]
    assert [judge.is_valid(parse_yaml(text, "x")) for text in right] == [True] * 4
    assert [judge.is_valid(parse_yaml(text, "x")) for text in wrong] == [False] * 5


def test_kinds_of_ones_own_are_among_the_words(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "water.yaml").write_text(skeleton("kind", "water"), encoding="utf-8")
    run = CliRunner().invoke(
        build_app(), ["rules", "schemas", str(tmp_path), "--rules", str(tmp_path / "own")]
    )
    assert run.exit_code == 0
    rules = parse_yaml(skeleton("rule", "water.amount"), "x")
    assert fits(json.loads((tmp_path / "rules.schema.json").read_text(encoding="utf-8")), rules)
    assert not fits(file_schemas()["rules"], rules)


# --- the schema and the loader -----------------------------------------------------------------------------

VALUES: list[Any] = [7, 0.5, "zz", True, None, [], {}, ["zz"], {"zz": 1}, [{"zz": 1}], [7]]


def spoiled(document: Any, chooser: random.Random) -> Any:
    """Returns the document with one thing changed: a key more or less, or another value."""
    document = copy.deepcopy(document)
    nodes: list[Any] = [document]
    for node in nodes:
        children = node.values() if isinstance(node, dict) else node
        nodes += [child for child in children if isinstance(child, (dict, list)) and child]
    node = chooser.choice(nodes)
    keys = [key for key in node if key != "type"] if isinstance(node, dict) else list(range(len(node)))
    change = chooser.choice(("more", "less", "other", "other")) if keys else "more"
    if change == "more" and isinstance(node, dict):
        node["zz"] = chooser.choice(VALUES)
    elif change == "more":
        node.append(chooser.choice(VALUES))
    elif change == "less":
        del node[chooser.choice(keys)]
    else:
        node[chooser.choice(keys)] = chooser.choice(VALUES)
    return document


def reread(document: Any) -> Any:
    """Returns a document as the loader reads it from a file, with lines."""
    return parse_yaml(yaml.safe_dump(document, sort_keys=False), "mine.yaml")


def plain(document: Any, most: int = 2) -> Any:
    """Returns a document with no more than the first entries of long lists and tables."""
    if isinstance(document, dict):
        few = list(document.items())[: most * 5]
        return {key: plain(value, most) for key, value in few}
    return [plain(value, most) for value in document[:most]] if isinstance(document, list) else document


def cases(document: Any, count: int, seed: str) -> Iterator[Any]:
    chooser = random.Random(seed)
    for _ in range(count):
        yield reread(spoiled(document, chooser))


@pytest.mark.parametrize("sort", OWN)
def test_a_file_laid_over_ours_is_judged_alike(schemas: dict[str, Any], sort: str) -> None:
    type_, kinds = TYPES[sort], builtin_kinds()
    below = builtin_document(sort)
    closed = {place: kinds[kind].choices[name] for place, (kind, name) in type_.closed.items()}
    checker = Checker(type_, form_of([below, type_.more]), closed, "mine.yaml")
    judge = jsonschema.Draft202012Validator(schemas[sort])
    document = {"type": sort, **plain(below)}
    assert judge.is_valid(document)
    told = []
    for case in cases(document, 80, sort):
        faults = [str(fault) for fault in checker.problems(case) if "regular expression" not in str(fault)]
        assert judge.is_valid(case) == (not faults), (case, faults[:3])
        told += faults[:1]
    assert 10 < len(told) < 80


RULES = """\
type: rules
lexicon: {words: {fast_c: [zippier]}}
fragments: {mine: zippier}
rules:
  - id: relative.zippier
    kind: relative
    status: stable
    pattern: "(vals: {val}) zippier"
    set: {sense: fast}
    note: A note.
    examples:
      - {text: It is 2x zippier., expect: [{text: 2x, kind: speedup, value: 2}]}
    rejects: [It is zippier.]
  - {id: bound.mostly, kind: bound, status: experimental, pattern: mostly, set: {bound: upper, side: left}}
  - {id: evidence.x, kind: evidence, status: experimental, pattern: "(vals: {val}) x", set: {points: 2}}
  - {id: veto.old, kind: veto, status: deprecated}
"""
# What a schema cannot tell: it knows the shape of a pattern and a sentence, not what stands in them.
UNTOLD = ("pattern:", "group", "must name its words", "does not stand in the sentence", "already", "fragment")


def test_rules_are_judged_alike(schemas: dict[str, Any]) -> None:
    judge = jsonschema.Draft202012Validator(schemas["rules"])
    document = yaml.safe_load(RULES)
    assert judge.is_valid(document)
    refused = 0
    for case in cases(document, 400, "rules"):
        if case.get("lexicon") != document["lexicon"] or "remove" in case:
            continue  # words are checked as a file of the type lexicon is
        reading = RuleReading(problems=[])
        read_rules(case, "mine.yaml", reading)
        faults = [problem.message for problem in reading.problems]
        told = [fault for fault in faults if not any(part in fault for part in UNTOLD)]
        refused += bool(told)
        assert judge.is_valid(case) == (not told) or (faults and not told), (case, faults)
    assert refused > 130


def test_kinds_and_terms_are_judged_alike(schemas: dict[str, Any]) -> None:
    kinds, _ = read_kinds([RuleFile("brand.yaml", THING)])
    terms = skeleton("terms", "brand").replace("aliases:", "maker: FooCorp, aliases:")
    for sort, text in (("kind", skeleton("kind", "water")), ("terms", terms)):
        document = yaml.safe_load(text)
        judge = jsonschema.Draft202012Validator(schemas[sort])
        assert judge.is_valid(document)
        refused = 0
        for case in cases(document, 120, sort):
            file = RuleFile("mine.yaml", yaml.safe_dump(case_of(case), sort_keys=False))
            faults = read_kinds([file])[1] if sort == "kind" else read_terms([file], kinds)[1]
            refused += not judge.is_valid(case)
            assert faults or judge.is_valid(case), (case, "the schema refuses what the loader takes")
        assert refused > 40


def case_of(document: Any) -> Any:
    """Returns a read document as plain data, which can be written."""
    if isinstance(document, dict):
        return {key: case_of(value) for key, value in document.items()}
    return [case_of(value) for value in document] if isinstance(document, list) else document
