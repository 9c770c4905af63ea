"""Reads rules files: every rule with its pattern, settings and examples, and every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from extractor import patterns
from extractor.errors import RuleProblem
from extractor.lexicon import lexicon_problems
from extractor.patterns import GROUP_REPEATS, PatternError, Piece
from extractor.schema import CLAIM_MODELS
from extractor.strictyaml import Mapping as YamlMapping
from extractor.strictyaml import Sequence as YamlSequence
from extractor.strictyaml import read_yaml

RuleKind = Literal[
    "veto", "relative", "score", "parameters", "quantity", "bound", "baseline", "subject", "metric", "model"
]
Status = Literal["stable", "experimental", "deprecated"]
VALUE_KINDS: tuple[RuleKind, ...] = ("veto", "relative", "score", "parameters", "quantity")
EXAMPLE_KEYS = ("examples", "known_failures", "rejects")
KEYS = frozenset({"id", "kind", "status", "pattern", "set", "note", *EXAMPLE_KEYS})

# The groups that a pattern can name; the first one of a kind must stand in it.
GROUPS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(VALUE_KINDS, ("vals", "cue", "metric", "metrics", "baseline")),
    "bound": (),
    "baseline": ("baseline",),
    "subject": ("subject", "vals"),
    "metric": ("metric",),
    "model": ("model", "vals"),
}
# The settings, and the values of those that have a closed list.
SETTINGS: dict[str, tuple[str, ...]] = {
    "sense": (
        *("cue", "sign", "size", "previous"),
        *("up", "down", "better", "worse", "fast", "slow", "overhead", "loss", "even"),
    ),
    "metric": ("cue", "back", "left", "none"),
    "bound": ("upper", "lower", "approx"),
    "role": ("total", "active"),
    "unit": ("percent", "dB"),
    "side": ("left", "right", "both", "fallback"),
    "reach": (),
    "subject": ("last",),
}
NEEDED: dict[str, tuple[str, ...]] = {"bound": ("bound", "side"), "baseline": ("side",)}
_FILE_KEYS = ("lexicon", "fragments", "rules")
_ID = re.compile(r"[a-z]+(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+\Z")
_FRAGMENT = re.compile(r"[a-z_]+\Z")


class RuleFile(NamedTuple):
    """The text of one rules file, and its name in messages."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with the claims that must be found in it (``expect``); for a reject there are none.

    Attributes:
        text: The sentence.
        expect: Records with some attributes of the claims; each has ``text`` and ``kind``.
        line: Where it stands in its file.
        known_failure: Whether it is known not to work yet.
    """

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
        pattern: The pattern as written.
        pieces: The parsed pattern.
        settings: What the rule says besides its pattern: sense, bound, role ...
        examples: Sentences with the expected records, known failures among them.
        rejects: Sentences in which the rule must claim nothing.
        note: What the author says about it.
        file: Where it stands.
        line: Line of the rule in the file.
        pattern_line: Line of its pattern.
    """

    id: str
    kind: RuleKind
    status: Status
    pattern: str
    pieces: tuple[Piece, ...]
    settings: Mapping[str, Any]
    examples: tuple[Example, ...]
    rejects: tuple[Example, ...]
    note: str | None
    file: str
    line: int
    pattern_line: int


@dataclass
class Reading:
    """What has been read so far; problems are gathered, not raised one by one.

    Attributes:
        rules: By id, in the order in which they are tried.
        fragments: Named patterns that the files read next can use.
        lexicons: Words that the files add to the word classes.
        problems: Everything that is wrong.
    """

    rules: dict[str, Rule] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    lexicons: list[YamlMapping] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)

    def problem(self, message: str, file: str, line: int | None, rule: str | None = None) -> None:
        """Notes a problem."""
        self.problems.append(RuleProblem(message, file=file, line=line, rule=rule))


def read_file(path: Path, reading: Reading) -> RuleFile | None:
    """Reads the text of a file; None, and a problem noted, where that cannot be."""
    try:
        return RuleFile(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reading.problem(f"cannot be read: {error}", str(path), None)
        return None


def read_rules(source: RuleFile, reading: Reading) -> None:
    """Reads the words, fragments and rules of one file; a rule with a known id replaces the one read before.

    Args:
        source: Name and text of the file.
        reading: What is known already; rules, fragments and problems are added to it.
    """
    document, problems = read_yaml(source.text, source.name)
    reading.problems += problems
    if document is None:
        return
    if not isinstance(document, YamlMapping):
        reading.problem("a rules file is a mapping with the keys lexicon, fragments, rules", source.name, 1)
        return
    for key in document:
        if key not in _FILE_KEYS:
            message = f"unknown key {key!r}; use {', '.join(_FILE_KEYS)}"
            reading.problem(message, source.name, document.lines[key])
    _read_lexicon(document, source.name, reading)
    _read_fragments(document, source.name, reading)
    entries = document.get("rules")
    if isinstance(entries, YamlSequence):
        _read_entries(entries, source.name, reading)
    elif entries is not None:
        reading.problem("rules must be a list", source.name, document.lines["rules"])


def _read_entries(entries: YamlSequence, file: str, reading: Reading) -> None:
    seen: dict[str, int] = {}
    for entry, line in zip(entries, entries.lines, strict=True):
        rule = _RuleReader(entry, file, line, reading).read()
        if rule is None:
            continue
        if rule.id in seen:
            reading.problem(f"this id stands on line {seen[rule.id]} already", file, rule.line, rule.id)
        seen[rule.id] = rule.line
        reading.rules[rule.id] = rule


def _read_lexicon(document: YamlMapping, file: str, reading: Reading) -> None:
    lexicon = document.get("lexicon")
    if isinstance(lexicon, YamlMapping):
        problems = lexicon_problems(lexicon, file)
        reading.problems += problems
        reading.lexicons += [] if problems else [lexicon]
    elif lexicon is not None:
        reading.problem(
            "lexicon must be a mapping of sections to word classes", file, document.lines["lexicon"]
        )


def _read_fragments(document: YamlMapping, file: str, reading: Reading) -> None:
    fragments = document.get("fragments")
    if fragments is None:
        return
    if not isinstance(fragments, YamlMapping):
        reading.problem("fragments must be a mapping of names to patterns", file, document.lines["fragments"])
        return
    own: dict[str, str] = {}
    for name, pattern in fragments.items():
        if not _FRAGMENT.match(name):
            message = f"fragment {name!r}: a name has small letters and _ only"
            reading.problem(message, file, fragments.lines[name])
        elif not isinstance(pattern, str) or not pattern.strip():
            reading.problem(f"fragment {name!r} must be a pattern", file, fragments.lines[name])
        else:
            own[name] = pattern
    reading.fragments |= own
    for name in own:
        try:
            patterns.parse("{" + name + "}", reading.fragments)
        except PatternError as error:
            reading.problem(f"fragment {name!r}: {error}", file, fragments.lines[name])


class _RuleReader:
    """Reads one entry of ``rules``."""

    def __init__(self, entry: Any, file: str, line: int, reading: Reading) -> None:
        self._entry = entry
        self._file = file
        self._line = line
        self._reading = reading
        self._id = entry.get("id") if isinstance(entry, YamlMapping) else None

    def read(self) -> Rule | None:
        """Returns the rule, or None and the problems noted."""
        if not isinstance(self._entry, YamlMapping):
            self._wrong("a rule is a mapping with id, kind, status, pattern and examples")
            return None
        entry, before = self._entry, len(self._reading.problems)
        self._check_keys()
        settings = self._settings()
        pieces = self._pieces()
        examples = (*self._examples("examples"), *self._examples("known_failures"))
        rejects = tuple(self._rejects())
        self._check_examples()
        if len(self._reading.problems) > before:
            return None
        return Rule(
            id=entry["id"],
            kind=entry["kind"],
            status=entry["status"],
            pattern=entry["pattern"],
            pieces=tuple(pieces),
            settings=settings,
            examples=examples,
            rejects=rejects,
            note=entry.get("note"),
            file=self._file,
            line=self._line,
            pattern_line=entry.lines["pattern"],
        )

    def _wrong(self, message: str, key: str | None = None, line: int | None = None) -> None:
        if line is None:
            line = self._entry.lines.get(key, self._line) if key else self._line
        rule = self._id if isinstance(self._id, str) else None
        self._reading.problem(message, self._file, line, rule)

    def _check_keys(self) -> None:
        if not isinstance(self._id, str) or not _ID.match(self._id):
            self._wrong("the id must be kind.slug in small letters, such as relative.value-noun", "id")
        for key in self._entry:
            if key not in KEYS:
                self._wrong(f"unknown key {key!r}; the keys: {', '.join(sorted(KEYS))}", key)
        for key, allowed in (("kind", get_args(RuleKind)), ("status", get_args(Status))):
            if self._entry.get(key) not in allowed:
                self._wrong(f"{key} must be one of {', '.join(allowed)}", key)
        if not isinstance(self._entry.get("note", ""), str):
            self._wrong("note must be text", "note")

    def _settings(self) -> Mapping[str, Any]:
        settings = self._entry.get("set")
        if settings is not None and not isinstance(settings, YamlMapping):
            self._wrong("set must be a mapping of settings", "set")
            return {}
        for key, value in (settings or {}).items():
            allowed = SETTINGS.get(key)
            if allowed is None:
                self._wrong(f"unknown setting {key!r}; the settings: {', '.join(sorted(SETTINGS))}", "set")
            elif allowed and value not in allowed:
                self._wrong(f"setting {key} must be one of {', '.join(allowed)}, not {value!r}", "set")
            elif key == "reach" and not (type(value) is int and value > 0):
                self._wrong(f"setting reach must be a number of words from 1, not {value!r}", "set")
        for key in NEEDED.get(str(self._entry.get("kind")), ()):
            if key not in (settings or {}):
                self._wrong(f"a {self._entry['kind']} rule needs the setting {key}", "set")
        return settings or {}

    def _pieces(self) -> list[Piece]:
        pattern = self._entry.get("pattern")
        if not isinstance(pattern, str) or not pattern.strip():
            self._wrong("a rule needs a pattern", "pattern")
            return []
        try:
            pieces = patterns.parse(pattern, self._reading.fragments)
        except PatternError as error:
            self._wrong(f"pattern: {error}", "pattern")
            return []
        self._check_groups([piece.text for piece in pieces if piece.sort == "group"])
        return pieces

    def _check_groups(self, named: list[str]) -> None:
        kind = self._entry.get("kind")
        allowed = GROUPS.get(str(kind))
        if allowed is None:
            return
        for name in sorted(set(named) - set(allowed)):
            groups = ", ".join(allowed) or "none"
            self._wrong(f"unknown group ({name}: ...); the groups of a {kind} rule: {groups}", "pattern")
        if allowed and allowed[0] not in named:
            message = f"the pattern of a {kind} rule must name its words with ({allowed[0]}: ...)"
            self._wrong(message, "pattern")
        for name in sorted(set(named)):
            if named.count(name) > GROUP_REPEATS:
                message = f"the group ({name}: ...) stands more than {GROUP_REPEATS} times; split the rule"
                self._wrong(message, "pattern")

    def _items(self, key: str, wanted: str) -> list[tuple[Any, int]]:
        items = self._entry.get(key)
        if items is None:
            return []
        if not isinstance(items, YamlSequence):
            self._wrong(f"{key} must be a list, each of {wanted}", key)
            return []
        return list(zip(items, items.lines, strict=True))

    def _examples(self, key: str) -> list[Example]:
        found = []
        for item, line in self._items(key, "text and expect"):
            if not isinstance(item, YamlMapping) or set(item) != {"text", "expect"}:
                self._wrong(f"{key}: text and expect are needed, and nothing else", line=line)
            elif not isinstance(item["text"], str) or not item["text"]:
                self._wrong(f"{key}: text must be a sentence; put it in quotes", line=line)
            elif not isinstance(item["expect"], YamlSequence):
                self._wrong(f"{key}: expect must be a list of records", line=line)
            else:
                for record, at in zip(item["expect"], item["expect"].lines, strict=True):
                    self._check_record(record, item["text"], at)
                found.append(Example(item["text"], tuple(item["expect"]), line, key == "known_failures"))
        return found

    def _check_record(self, record: Any, text: str, line: int) -> None:
        """Checks an expected record: its span, its kind, and that it names only attributes of that kind."""
        surface = record.get("text") if isinstance(record, YamlMapping) else None
        if not isinstance(surface, str):
            message = "expect: a record is a mapping with text (in quotes if it looks like a number) and kind"
            self._wrong(message, line=line)
            return
        if surface not in text:
            self._wrong(f"expect: {surface!r} does not stand in the sentence", line=line)
        model = CLAIM_MODELS.get(str(record.get("kind")))
        if model is None:
            self._wrong(f"expect: kind must be one of {', '.join(CLAIM_MODELS)}", line=line)
            return
        for name in sorted(set(record) - set(model.model_fields)):
            known = ", ".join(model.model_fields)
            self._wrong(f"expect: a {record['kind']} has no {name!r}; it has {known}", line=line)

    def _rejects(self) -> list[Example]:
        found = []
        for item, line in self._items("rejects", "them a sentence"):
            if isinstance(item, str) and item:
                found.append(Example(item, (), line))
            else:
                self._wrong("rejects: each is a sentence; put it in quotes", line=line)
        return found

    def _check_examples(self) -> None:
        """A stable rule shows what it is for, and what it must leave alone."""
        if self._entry.get("status") != "stable":
            return
        veto = self._entry.get("kind") == "veto"
        found = "a value that it must leave to others" if veto else "what it must find"
        kept = "a value that it must keep from being claimed" if veto else "what it must not claim"
        for key, purpose in (("examples", found), ("rejects", kept)):
            if not self._entry.get(key):
                message = f"a stable rule needs {key}: a sentence with {purpose}; without, it is experimental"
                self._wrong(message)
