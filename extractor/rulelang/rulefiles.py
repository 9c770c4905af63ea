"""Reads rules files: every rule with its pattern, settings and examples, and every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

from extractor.errors import RuleProblem
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import Kinds
from extractor.knowledge.strictyaml import Mapping as YamlMapping
from extractor.knowledge.strictyaml import Sequence as YamlSequence
from extractor.rulelang.patternparser import PatternParser
from extractor.rulelang.patterns import GROUP_REPEATS
from extractor.rulelang.rule import KEYS, Example, Rule, Status, grammar_of
from extractor.rulelang.syntax import Concat, Missing, Node, walk

_FILE_KEYS = ("type", "lexicon", "fragments", "rules", "remove")
ID = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+"
"""What the id of a rule is, as an expression."""
FRAGMENT = "[a-z_]+"
"""What the name of a fragment is, as an expression."""


class Unread(NamedTuple):
    """A pattern that no rule has, a fragment or that of a faulty rule; its names are still to be checked."""

    tree: Node
    what: str
    file: str
    line: int
    rule: str | None = None


@dataclass
class RuleReading:
    """What has been read so far; problems are gathered, not raised one by one.

    Attributes:
        kinds: The kinds of claims that rules can make.
        rules: By id, in the order in which they are tried.
        parser: Parses the patterns of the files read next; it knows the fragments of those read before.
        known: The ids of all rules that were read, also of those that are gone.
        unread: Patterns that no rule of ``rules`` has.
        problems: Everything that is wrong.
    """

    kinds: Kinds = field(default_factory=builtin_kinds)
    rules: dict[str, Rule] = field(default_factory=dict)
    parser: PatternParser = field(default_factory=PatternParser)
    known: set[str] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    problems: list[RuleProblem] = field(default_factory=list)

    def copy(self) -> RuleReading:
        """Returns a reading that can go on by itself."""
        return RuleReading(
            self.kinds,
            dict(self.rules),
            self.parser,
            set(self.known),
            list(self.unread),
            list(self.problems),
        )

    def problem(self, message: str, file: str, line: int | None, rule: str | None = None) -> None:
        """Notes a problem."""
        self.problems.append(RuleProblem(message, file=file, line=line, rule=rule))


def read_rules(document: YamlMapping, file: str, reading: RuleReading) -> None:
    """Reads the fragments and rules of one file; a rule with a known id replaces the one read before.

    Args:
        document: What the file holds; its words are read elsewhere.
        file: Its name.
        reading: What is known already; rules, fragments and problems are added to it.
    """
    for key in document:
        if key not in _FILE_KEYS:
            message = (
                f"unknown key {key!r}; use {', '.join(_FILE_KEYS)}, or say by type what else the file is"
            )
            reading.problem(message, file, document.lines[key])
    _remove(document, file, reading)
    _read_fragments(document, file, reading)
    entries = document.get("rules")
    if isinstance(entries, YamlSequence):
        _read_entries(entries, file, reading)
    elif entries is not None:
        reading.problem("rules must be a list", file, document.lines["rules"])


def _remove(document: YamlMapping, file: str, reading: RuleReading) -> None:
    removed = document.get("remove", YamlSequence())
    if not isinstance(removed, YamlSequence):
        reading.problem("remove must be a list of the ids of rules", file, document.lines["remove"])
        return
    for name, line in zip(removed, getattr(removed, "lines", ()), strict=True):
        if name in reading.rules:
            del reading.rules[name]
        else:
            reading.problem(f"remove: there is no rule {name!r}", file, line)


def _read_entries(entries: YamlSequence, file: str, reading: RuleReading) -> None:
    seen: dict[str, int] = {}
    for entry, line in zip(entries, entries.lines, strict=True):
        rule = _RuleReader(entry, file, line, reading).read()
        if rule is None:
            continue
        if rule.id in seen:
            reading.problem(f"this id stands on line {seen[rule.id]} already", file, rule.line, rule.id)
        seen[rule.id] = rule.line
        reading.rules[rule.id] = rule
        reading.known.add(rule.id)


def _read_fragments(document: YamlMapping, file: str, reading: RuleReading) -> None:
    fragments = document.get("fragments")
    if fragments is None:
        return
    if not isinstance(fragments, YamlMapping):
        reading.problem("fragments must be a mapping of names to patterns", file, document.lines["fragments"])
        return
    own: dict[str, str] = {}
    for name, pattern in fragments.items():
        if not re.fullmatch(FRAGMENT, name):
            message = f"fragment {name!r}: a name has small letters and _ only"
            reading.problem(message, file, fragments.lines[name])
        elif not isinstance(pattern, str) or not pattern.strip():
            reading.problem(f"fragment {name!r} must be a pattern", file, fragments.lines[name])
        else:
            own[name] = pattern
    reading.parser = reading.parser.with_fragments(own)
    for name in own:
        tree, problems, *_ = reading.parser.fragment(name)
        reading.unread.append(Unread(tree, f"fragment {name!r}", file, fragments.lines[name]))
        for problem in problems:
            reading.problem(f"fragment {name!r}: {problem}", file, fragments.lines[name])


class SentenceReader:
    """Reads the examples and rejects of a rule, of whatever form it is.

    Args:
        entry: The rule as it stands in its file.
        file: Its file.
        line: Its line.
        reading: The kinds, and where problems are noted.
    """

    def __init__(self, entry: Any, file: str, line: int, reading: RuleReading) -> None:
        self._entry = entry
        self._file = file
        self._line = line
        self._reading = reading
        self._id = entry.get("id") if isinstance(entry, YamlMapping) else None

    def _wrong(self, message: str, key: str | None = None, line: int | None = None) -> None:
        if line is None:
            line = self._entry.lines.get(key, self._line) if key else self._line
        self._reading.problem(message, self._file, line, self._name())

    def _name(self) -> str | None:
        return self._id if isinstance(self._id, str) else None

    def _items(self, key: str, wanted: str) -> list[tuple[Any, int]]:
        items = self._entry.get(key)
        if items is None:
            return []
        if not isinstance(items, YamlSequence):
            self._wrong(f"{key} must be a list, each of {wanted}", key)
            return []
        return list(zip(items, items.lines, strict=True))

    def examples(self, key: str) -> list[Example]:
        """Returns the sentences under a key, with the records expected in them."""
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
                    for message in record_faults(record, item["text"], self._reading.kinds):
                        self._wrong(message, line=at)
                found.append(Example(item["text"], tuple(item["expect"]), line, key == "known_failures"))
        return found

    def rejects(self) -> list[Example]:
        """Returns the sentences in which the rule must find nothing."""
        found = []
        for item, line in self._items("rejects", "them a sentence"):
            if isinstance(item, str) and item:
                found.append(Example(item, (), line))
            else:
                self._wrong("rejects: each is a sentence; put it in quotes", line=line)
        return found

    def check(self) -> None:
        """Notes what a stable rule lacks: it shows what it is for, and what it must leave alone."""
        if self._entry.get("status") != "stable":
            return
        veto = self._entry.get("kind") == "veto"
        found = "a value that it must leave to others" if veto else "what it must find"
        kept = "a value that it must keep from being claimed" if veto else "what it must not claim"
        for key, purpose in (("examples", found), ("rejects", kept)):
            if not self._entry.get(key):
                message = f"a stable rule needs {key}: a sentence with {purpose}; without, it is experimental"
                self._wrong(message)


class _RuleReader(SentenceReader):
    """Reads one entry of ``rules``."""

    def __init__(self, entry: Any, file: str, line: int, reading: RuleReading) -> None:
        super().__init__(entry, file, line, reading)
        self._grammar = grammar_of(reading.kinds)

    def read(self) -> Rule | None:
        """Returns the rule, or None and the problems noted."""
        if not isinstance(self._entry, YamlMapping):
            self._wrong("a rule is a mapping with id, kind, status, pattern and examples")
            return None
        entry, faults = self._entry, len(self._reading.problems)
        self._check_keys()
        settings = self._settings()
        tree = self._tree()
        examples = (*self.examples("examples"), *self.examples("known_failures"))
        rejects = tuple(self.rejects())
        before = tuple(self._before())
        self.check()
        line = entry.lines.get("pattern", self._line)
        if len(self._reading.problems) > faults:
            self._reading.unread.append(Unread(tree, "pattern", self._file, line, self._name()))
            return None
        return Rule(
            id=entry["id"],
            kind=entry["kind"],
            status=entry["status"],
            pattern=entry.get("pattern") or "",
            tree=tree,
            settings=settings,
            examples=examples,
            rejects=rejects,
            note=entry.get("note"),
            file=self._file,
            line=self._line,
            pattern_line=line,
            family=self._grammar.families.get(entry["kind"]),
            before=before,
        )

    def _check_keys(self) -> None:
        if not isinstance(self._id, str) or not re.fullmatch(ID, self._id):
            self._wrong("the id must be kind.slug in small letters, such as relative.value-noun", "id")
        for key in self._entry:
            if key not in KEYS:
                self._wrong(f"unknown key {key!r}; the keys: {', '.join(sorted(KEYS))}", key)
        for key, allowed in (("kind", self._grammar.all), ("status", get_args(Status))):
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
            if fault := _setting_fault(key, value, str(self._entry.get("kind")), self._grammar.settings):
                self._wrong(fault, "set")
        needed = () if self._is_off() else self._grammar.needed.get(str(self._entry.get("kind")), ())
        for key in needed:
            if key not in (settings or {}):
                self._wrong(f"a {self._entry['kind']} rule needs the setting {key}", "set")
        return settings or {}

    def _is_off(self) -> bool:
        """Tells whether the rule is only there to switch off the one of its id: it needs nothing else."""
        return bool(self._entry.get("status") == "deprecated")

    def _tree(self) -> Node:
        pattern = self._entry.get("pattern")
        if pattern is None and self._is_off():
            return Concat()
        if not isinstance(pattern, str) or not pattern.strip():
            self._wrong("a rule needs a pattern", "pattern")
            return Concat()
        tree, problems, *_ = self._reading.parser.parse(pattern)
        for problem in problems:
            self._wrong(f"pattern: {problem}", "pattern")
        self._check_groups(tree, whole=not problems)
        return tree

    def _check_groups(self, tree: Node, *, whole: bool) -> None:
        """Checks the names of the groups; a pattern that is not whole may have the missing one elsewhere."""
        named = tree.captures
        kind = self._entry.get("kind")
        allowed = self._grammar.groups.get(str(kind))
        if allowed is None:
            return
        for name in sorted(set(named) - set(allowed)):
            groups = ", ".join(allowed) or "none"
            self._wrong(f"unknown group ({name}: ...); the groups of a {kind} rule: {groups}", "pattern")
        lacking = whole and allowed and allowed[0] not in named
        if lacking and not any(isinstance(node, Missing) for node in walk(tree)):
            message = f"the pattern of a {kind} rule must name its words with ({allowed[0]}: ...)"
            self._wrong(message, "pattern")
        for name in sorted(set(named)):
            if named.count(name) > GROUP_REPEATS:
                message = f"the group ({name}: ...) stands more than {GROUP_REPEATS} times; split the rule"
                self._wrong(message, "pattern")

    def _before(self) -> list[str]:
        names = [name for name, _ in self._items("before", "them the id of a rule")]
        for name in names:
            if not isinstance(name, str):
                self._wrong(f"before: an id is a word, not {name!r}", "before")
        return names


def record_faults(record: Any, text: str, kinds: Kinds) -> Iterator[str]:
    """Yields what is wrong with a record expected in a sentence: its span, its kind, attributes it has not.

    Args:
        record: What stands under ``expect``.
        text: The sentence.
        kinds: The kinds of claims.
    """
    surface = record.get("text") if isinstance(record, dict) else None
    if not isinstance(surface, str):
        yield "expect: a record is a mapping with text (in quotes if it looks like a number) and kind"
        return
    if surface not in text:
        yield f"expect: {surface!r} does not stand in the sentence"
    spec = kinds.get(str(record.get("kind")))
    if spec is None:
        yield f"expect: kind must be one of {', '.join(kinds)}"
        return
    attributes = ("kind", *(each.name for each in (*kinds.common, *spec.attributes)))
    for name in sorted(set(record) - set(attributes)):
        yield f"expect: a {record['kind']} has no {name!r}; it has {', '.join(attributes)}"


def _setting_fault(
    key: str, value: Any, kind: str, settings: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> str | None:
    """Says what is wrong with a setting of a rule of some kind, if anything is."""
    if key not in settings:
        return f"unknown setting {key!r}; the settings: {', '.join(sorted(settings))}"
    if kind not in settings[key]:
        return f"setting {key} is of the kinds {', '.join(settings[key])}, not of {kind}"
    allowed = settings[key][kind]
    if allowed and value not in allowed:
        return f"setting {key} must be one of {', '.join(allowed)}, not {value!r}"
    if key == "points" and (isinstance(value, bool) or not isinstance(value, (int, float))):
        return f"setting points must be a number, not {value!r}"
    if key == "reach" and not (type(value) is int and value > 0):
        return f"setting reach must be a number of words from 1, not {value!r}"
    return None
