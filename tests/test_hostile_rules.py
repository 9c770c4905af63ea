"""Rules from strangers: refused at load with a clear word, or ended by the clock and named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rule_samples import GOOD, SLOW, WORDS
from typer.testing import CliRunner, Result

from extractor.cli import build_app
from extractor.errors import InputError
from extractor.rulelang import ruleset
from extractor.rulelang.explosion import explodes
from extractor.rulelang.patternparser import PatternParser
from extractor.workbench import rulebench


def problems(path: Path) -> str:
    return "\n".join(map(str, rulebench.check([path])))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("((a{1,20}){1,20}){1,20} z", True),
        ("(a{1,20}){1,20} z", True),
        ("(a{0,5}?){0,9} z", True),
        ("(a+ b?){1,9} z", True),
        ("(b? a{1,3} b?){3} z", True),
        ("((?=x) a+){1,9} z", True),
        ("x (val: (a|b{1,9}){1,9}) z", True),
        ("{deep}{1,9} z", True),
        ("(a{1,2}){1,2} z", False),
        ("(a{0,5} b){0,10} z", False),
        ("(a{1,9} b{1,9}){0,9} z", False),
        ("(a|b{1,9} c)+ z", False),
        ("a+ a+ z", False),
        ("(a b c?)+ z", False),
    ],
)
def test_repetitions_of_nothing_but_repetitions(pattern: str, expected: bool) -> None:
    parser = PatternParser({"deep": "x? {inner} x?", "inner": "(a|b){1,9}"})
    assert explodes(parser.parse(pattern).tree) is expected


def test_no_built_in_rule_explodes() -> None:
    rules = ruleset.builtin_ruleset().rules
    assert not [rule.id for rule in rules if explodes(rule.tree)]


FILES = [
    (
        GOOD.replace("(cue: snappier)", "((<!comma>{1,20}){1,20}){1,20} (cue: snappier)"),
        "within another with nothing",
    ),
    (
        "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(30)),
        "aliases (*name) are not allowed",
    ),
    ("rules: &x\n  - *x\n", "aliases (*name) are not allowed"),
    ("base: &b {a: 1}\nrules:\n  <<: *b\n", "aliases (*name) are not allowed"),
    ("rules: !!python/object/apply:os.system [ls]\n", "are not allowed"),
    ("rules: !include /etc/hostname\n", "are not allowed"),
    ("[" * 200_000, "nest"),
    ("{a: " * 200_000, "nest"),
    ("fragments: {a: '{b}', b: '{a}'}\n", "contains itself"),
    ("fragments: {a: '{a}'}\n", "contains itself"),
    ("fragments: {a: x x x x x x x x x x, b: '" + "{a}" * 400 + "'}\n", "too long"),
    ("#" * (5 << 20), "is larger than 4 MB"),
    ("type: rules\ntype: kind\nkind: x\n", "key 'type' stands twice"),
    ("type: nothing\nrules:\ntype: terms\n", "key 'type' stands twice"),
    ("{kind: x, type: kind}\n", "'type: kind' must stand once, on a line of its own"),
]


@pytest.mark.parametrize(("content", "message"), FILES, ids=range(len(FILES)))
def test_a_file_that_would_explode_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    assert message in problems(path)


def test_too_many_rules_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruleset, "_MOST_RULES", 3)
    entry = GOOD.replace("\nrules:", "")
    path = tmp_path / "mine.yaml"
    path.write_text("rules:" + "".join(entry.replace("snappier", f"snappier{n}", 1) for n in range(4)))
    assert problems(path).endswith(
        "more than 3 rules are not read; put what only differs by a name into a list"
    )


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links and pipes")
def test_a_folder_of_rules_is_read_and_nothing_outside(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "mine.yaml").write_text(GOOD)
    (folder / "again.yaml").symlink_to(folder / "mine.yaml")
    assert rulebench.check([folder]) == []
    (tmp_path / "secret.yaml").write_text(GOOD)
    (folder / "theirs.yaml").symlink_to(tmp_path / "secret.yaml")
    assert "theirs.yaml: is a symbolic link out of the folder" in problems(folder)
    (folder / "theirs.yaml").unlink()
    os.mkfifo(folder / "pipe.yaml")
    assert "pipe.yaml: is no file, but a device or a pipe" in problems(folder)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(argument) for argument in arguments])


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_pattern_that_takes_ages_is_ended_and_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SLOW % WORDS)
    assert problems(path) == ""
    for command in ("parse", "explain"):
        result = run(command, WORDS, "--rules", path, "--timeout", 1)
        assert isinstance(result.exception, InputError)
        told = "took longer than 1 s, in the pattern of rule relative.slow; raise --timeout to read it"
        assert str(result.exception) == told
    result = run("rules", "test", path, "--timeout", 1)
    assert result.exit_code == 1
    assert f"FAILED: rule relative.slow: {told}" in result.output
    assert "1 rules, 2 sentences, 1 failed" in result.output
