"""The worked example of rules/README.md does what it says, from start to finish."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.engine import builtin_engine, engine_of
from extractor.knowledge.filetypes import TYPES
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml
from extractor.rulelang import patterns
from extractor.rulelang.patternparser import PatternParser
from extractor.rulelang.rule import grammar_of
from extractor.rulelang.ruleset import builtin_ruleset
from extractor.text.sentences import Span
from extractor.workbench import rulebench

PAGE = (rules_dir() / "README.md").read_text(encoding="utf-8")


def _block(name: str) -> str:
    """Returns the code block behind ``<!-- example: name -->``."""
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"rules/README.md has no example {name}"
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mine.yaml").write_text(_block("mine.yaml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_cue_word_needs_its_class(folder: Path) -> None:
    text = _block("versus.yaml")
    for name, start in (("with", 0), ("without", text.index("rules:"))):
        path = folder / f"{name}.yaml"
        path.write_text(text[start:], encoding="utf-8")
        failed = [result.message for result in rulebench.examine([path]) if not result.ok]
        assert bool(failed) == (name == "without")
    assert "metric is 'memory vis-a-vis Redis', not 'memory'" in failed[0]


def test_example_of_a_users_rule_passes_the_bench(folder: Path) -> None:
    assert rulebench.check([folder / "mine.yaml"]) == []
    results = rulebench.examine([folder / "mine.yaml"])
    assert [result.sort for result in results] == ["example", "example", "reject"]
    assert all(result.ok for result in results)


def test_examples_of_terms_are_read(folder: Path) -> None:
    for name in ("field.yaml", "datasets-of-mine.yaml"):
        (folder / name).write_text(_block(name), encoding="utf-8")
    text = "It runs on a ZX9 and a Steam Deck, and we train it with FenSheets."
    found = [claim.text for claim in engine_of(folder).parse(text).claims]
    assert found == ["ZX9", "FenSheets"]


def test_the_page_names_every_type_of_file() -> None:
    for name in (*TYPES, "kind"):
        assert not (name == "kind" or TYPES[name].own) or f"`{name}`" in PAGE, name


def _sessions() -> list[tuple[str, list[str]]]:
    """Returns each command of the console block with the lines that it prints."""
    sessions: list[tuple[str, list[str]]] = []
    for line in _block("commands").splitlines():
        if line.startswith("$ "):
            sessions.append((line[2:], []))
        else:
            sessions[-1][1].append(line)
    return sessions


@pytest.mark.parametrize(("command", "printed"), _sessions(), ids=[command for command, _ in _sessions()])
def test_example_commands(folder: Path, command: str, printed: list[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "extractor"
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0
    out = result.output.splitlines()
    for line in printed:
        assert line in out, f"{command} does not print {line!r} but\n{result.output}"


def test_example_of_the_library(folder: Path) -> None:
    stated = re.search(r"prints `(.*?)`", PAGE)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(_block("python"), "README.md", "exec"), {})  # our own page, not input
    assert stated is not None
    assert out.getvalue().strip() == stated[1]


def test_the_page_names_every_kind_group_and_setting() -> None:
    grammar = grammar_of(builtin_kinds())
    values = {value for kinds in grammar.settings.values() for allowed in kinds.values() for value in allowed}
    for name in (*grammar.groups, *grammar.settings, *sorted(values)):
        assert re.search(rf"\b{name}\b", PAGE), f"rules/README.md does not mention {name}"


def _fragments() -> list[tuple[str, str]]:
    """Returns the first fragment of each row of the table of fragments, with its example."""
    return re.findall(r"^\| `\{(\w+)\}`.*\| `(.*)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("name", "words"), _fragments(), ids=[name for name, _ in _fragments()])
def test_fragments_match_their_examples(name: str, words: str) -> None:
    shared = load_yaml(rules_dir() / "patterns.yaml")["fragments"]
    tree = PatternParser(shared).parse("{" + name + "} <stop>").tree  # as some can match no word at all
    tagger = builtin_ruleset().tagger
    text = f"{words} ."
    sentence = tagger.tag(text, Span(0, len(text)), builtin_engine().parts.scanner.scan(text))
    compiler = patterns.Compiler(tagger)
    letters = compiler.letters(tree)
    assert compiler.compile(tree, letters).fullmatch(sentence.letters(letters.table))


def test_the_page_names_only_classes_that_there_are() -> None:
    known = builtin_ruleset().tagger.class_names()
    classes = re.search(r"\*\*Classes\*\*.*?\n\n", PAGE, re.DOTALL)
    assert classes is not None
    named = set(re.findall(r"`([a-z_]+)`", classes[0], re.IGNORECASE)) - {"FooNet"}
    assert named <= known, named - known
