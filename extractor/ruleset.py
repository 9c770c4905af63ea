"""The rule language: loads, checks, overlays and compiles the rules of a folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from extractor import patterns
from extractor.errors import RuleError, RuleProblem
from extractor.lexicon import Lexicon, load_lexicon
from extractor.patterns import PatternError, Piece
from extractor.resources import rules_dir
from extractor.strictyaml import Mapping as YamlMapping
from extractor.strictyaml import load_yaml
from extractor.tagging import Tagger

RuleKind = Literal["veto", "relative", "score", "parameters", "quantity", "bound", "baseline", "subject"]
Status = Literal["stable", "experimental", "deprecated"]
_ID = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+\Z")
_KEYS = {"id", "kind", "status", "pattern", "note", "examples", "rejects", "known_failures", "set"}
_SETTINGS = {"sense", "metric", "bound", "role", "side", "reach", "kind", "baseline", "need", "unit"}


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with the claims that a rule must find in it (``expect``) or none."""

    text: str
    expect: tuple[Mapping[str, Any], ...]
    line: int
    known_failure: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: Stable name, ``kind.slug``; it appears in users' tables.
        kind: What the rule makes of its values.
        status: ``stable``, ``experimental`` or ``deprecated`` (loaded, but not used).
        pieces: The parsed pattern.
        settings: What the rule says besides its pattern: sense, bound, role ...
        examples: Sentences with the expected records.
        rejects: Sentences in which the rule must claim nothing.
        file: Where it stands.
        line: Line of the rule in the file.
    """

    id: str
    kind: RuleKind
    status: Status
    pieces: tuple[Piece, ...]
    settings: Mapping[str, Any]
    examples: tuple[Example, ...]
    rejects: tuple[Example, ...]
    file: str
    line: int


@dataclass(frozen=True)
class CompiledRule:
    """A rule and its expression over tags."""

    rule: Rule
    expression: re.Pattern[str]


@dataclass(frozen=True)
class Ruleset:
    """All rules of one or more folders, compiled.

    Attributes:
        rules: Every rule, in the order in which they are tried.
        tagger: The tagger whose alphabet the expressions use.
        compiled: The active rules by kind.
        fingerprint: Hash of everything that was read.
    """

    rules: tuple[Rule, ...]
    tagger: Tagger
    compiled: Mapping[str, tuple[CompiledRule, ...]]
    fingerprint: str

    def of(self, *kinds: RuleKind) -> tuple[CompiledRule, ...]:
        """Returns the active rules of the kinds, kinds in the given order."""
        return tuple(rule for kind in kinds for rule in self.compiled.get(kind, ()))


@dataclass
class _Reading:
    """What has been read so far; problems are gathered, not raised one by one."""

    rules: dict[str, Rule] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    problems: list[RuleProblem] = field(default_factory=list)

    def problem(self, message: str, file: Path, line: int | None, rule: str | None = None) -> None:
        self.problems.append(RuleProblem(message, file=str(file), line=line, rule=rule))


def load_ruleset(*overlays: Path) -> Ruleset:
    """Loads the built-in rules and lays the users' folders over them, by rule id.

    Args:
        *overlays: Folders or single files with rules of the user's own; later ones win.

    Raises:
        RuleError: With every problem of every file.
    """
    reading = _Reading()
    folder = rules_dir()
    lexicon = load_lexicon(folder / "lexicon")
    files = [folder / "patterns.yaml", *sorted((folder / "values").glob("*.yaml")), *sorted((folder / "scope").glob("*.yaml"))]
    for path in files:
        _read_file(path, reading)
    for overlay in overlays:
        for path in _overlay_files(overlay, reading):
            _read_file(path, reading)
            files.append(path)
    if reading.problems:
        raise RuleError(reading.problems)
    return _compile(reading, lexicon, _fingerprint([*files, *sorted(folder.rglob("*.yaml"))]))


@cache
def builtin_ruleset() -> Ruleset:
    """Returns the built-in rules, loaded once."""
    return load_ruleset()


def fingerprint() -> str:
    """Returns the hash of the built-in rules and word lists, 12 hexadecimal digits."""
    return _fingerprint(sorted(rules_dir().rglob("*.yaml")))


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in dict.fromkeys(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _overlay_files(overlay: Path, reading: _Reading) -> list[Path]:
    if overlay.is_file():
        return [overlay]
    found = sorted(overlay.rglob("*.yaml")) if overlay.is_dir() else []
    if not found:
        reading.problem("no rules here: give a YAML file or a folder with some", overlay, None)
    return found


def _read_file(path: Path, reading: _Reading) -> None:
    try:
        document = load_yaml(path)
    except RuleError as error:
        reading.problems += error.problems
        return
    if not isinstance(document, YamlMapping):
        reading.problem("a rules file is a mapping with the keys fragments and rules", path, 1)
        return
    for key in document:
        if key not in ("fragments", "rules"):
            reading.problem(f"unknown key {key!r}; use fragments and rules", path, document.lines[key])
    reading.fragments.update(document.get("fragments") or {})
    seen: dict[str, int] = {}
    for entry in document.get("rules") or []:
        rule = _read_rule(entry, path, reading)
        if rule is None:
            continue
        if rule.id in seen:
            reading.problem(f"this id stands on line {seen[rule.id]} already", path, rule.line, rule.id)
        seen[rule.id] = rule.line
        reading.rules[rule.id] = rule


def _read_rule(entry: Any, path: Path, reading: _Reading) -> Rule | None:
    if not isinstance(entry, YamlMapping):
        reading.problem("a rule is a mapping with id, kind, status, pattern, examples", path, None)
        return None
    name = entry.get("id")
    before = len(reading.problems)

    def wrong(message: str, key: str | None = None) -> None:
        line = entry.lines.get(key, entry.line) if key else entry.line
        reading.problem(message, path, line, str(name) if name else None)

    if not isinstance(name, str) or not _ID.match(name):
        wrong("the id must be kind.slug in small letters, such as speedup.value-noun", "id")
    for key in entry:
        if key not in _KEYS:
            wrong(f"unknown key {key!r}; the keys: {', '.join(sorted(_KEYS))}", key)
    for key, allowed in (("kind", get_args(RuleKind)), ("status", get_args(Status))):
        if entry.get(key) not in allowed:
            wrong(f"{key} must be one of {', '.join(allowed)}", key)
    settings = entry.get("set") or {}
    for key in settings:
        if key not in _SETTINGS:
            wrong(f"unknown setting {key!r}; the settings: {', '.join(sorted(_SETTINGS))}", "set")
    pattern = entry.get("pattern")
    if not isinstance(pattern, str) or not pattern.strip():
        wrong("a rule needs a pattern", "pattern")
    examples = [*_examples(entry, "examples", wrong), *_examples(entry, "known_failures", wrong)]
    rejects = _examples(entry, "rejects", wrong)
    if entry.get("status") == "stable" and entry.get("kind") not in ("bound", "baseline", "subject") and not examples and entry.get("kind") != "veto":
        wrong("a stable rule needs an example")
    if len(reading.problems) > before:
        return None
    try:
        pieces = patterns.parse(pattern, reading.fragments)
    except PatternError as error:
        wrong(f"pattern: {error}", "pattern")
        return None
    return Rule(
        name, entry["kind"], entry["status"], tuple(pieces), settings, tuple(examples), tuple(rejects), str(path), entry.line
    )


def _examples(entry: YamlMapping, key: str, wrong: Any) -> list[Example]:
    found = []
    for item in entry.get(key) or []:
        if isinstance(item, str) and key == "rejects":
            found.append(Example(item, (), entry.lines[key]))
        elif isinstance(item, YamlMapping) and isinstance(item.get("text"), str) and isinstance(item.get("expect"), list):
            found.append(Example(item["text"], tuple(item["expect"]), item.line, key == "known_failures"))
        else:
            wrong(f"{key}: " + ("a sentence" if key == "rejects" else "text and expect (a list of records)") + " is needed", key)
    return found


def _compile(reading: _Reading, lexicon: Lexicon, fingerprint: str) -> Ruleset:
    rules = list(reading.rules.values())
    lexicon.add_literals(set().union(*(patterns.literals(rule.pieces) for rule in rules)))
    tagger = Tagger(lexicon)
    compiled: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        try:
            unknown = sorted(name for name in patterns.classes(rule.pieces) if not tagger.chars([name]))
            if unknown:
                reading.problem(f"unknown word class {', '.join(unknown)}", Path(rule.file), rule.line, rule.id)
                continue
            expression = patterns.compile_pieces(rule.pieces, tagger)
        except PatternError as error:
            reading.problem(f"pattern {error}", Path(rule.file), rule.line, rule.id)
            continue
        if rule.status != "deprecated":
            compiled.setdefault(rule.kind, []).append(CompiledRule(rule, expression))
    if reading.problems:
        raise RuleError(reading.problems)
    return Ruleset(tuple(rules), tagger, {kind: tuple(group) for kind, group in compiled.items()}, fingerprint)
