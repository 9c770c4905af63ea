"""The rules at work: the built-in ones with the users' laid over them, compiled over one alphabet of tags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

from extractor.errors import RuleError, RuleProblem
from extractor.knowledge.kindfiles import load_kinds
from extractor.knowledge.kinds import Kinds
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import leads_out
from extractor.rulelang import patterns
from extractor.rulelang.explosion import explodes
from extractor.rulelang.patterns import PatternError
from extractor.rulelang.rule import EVIDENCE, Grammar, Rule, RuleFile, RuleKind, grammar_of
from extractor.rulelang.rulefiles import Reading, read_file, read_rules
from extractor.rulelang.sieve import Group, Sieve
from extractor.rulelang.tagging import Tagger
from extractor.text.lexicon import Lexicon, class_names, load_documents

__all__ = [
    "CompiledRule",
    "Rule",
    "RuleFile",
    "RulePaths",
    "Ruleset",
    "builtin_ruleset",
    "fingerprint",
    "kinds_of_rules",
    "load_ruleset",
    "overlays_of",
    "rule_files",
]
RulePaths = str | Path | Sequence[str | Path]  # files or folders with a user's own rules
_EXPLODES = (
    "a repetition stands within another with nothing between them, and a text that fails is tried in ever "
    "more ways; take one away, or put a word that must be there between them"
)
_MOST_RULES = 10_000
_TOP_FILE = "patterns.yaml"  # the fragments that all files share
_FOLDERS = ("values", "scope")


@dataclass(frozen=True)
class CompiledRule:
    """A rule and the compiler of its pattern.

    Attributes:
        rule: The rule.
        compiler: The compiler, which knows the tags.
    """

    rule: Rule
    compiler: patterns.Compiler = field(repr=False, compare=False)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The rule's expression over tags, compiled when a text first needs it: few texts need many.

        Raises:
            RuleError: The pattern is wrong.
        """
        try:
            return self.compiler.compile(self.rule.pieces)
        except PatternError as error:
            rule = self.rule
            raise RuleError(
                [
                    RuleProblem(f"pattern: {problem}", file=rule.file, line=rule.pattern_line, rule=rule.id)
                    for problem in error.problems
                ]
            ) from error


@dataclass(frozen=True)
class Ruleset:
    """All rules of one or more folders, compiled.

    Attributes:
        rules: Every rule, in the order in which they are tried.
        tagger: The tagger whose alphabet the expressions use.
        compiled: The active rules by kind.
        fingerprint: Hash of everything that was read.
        kinds: The kinds of claims that its rules can make.
    """

    rules: tuple[Rule, ...]
    tagger: Tagger
    compiled: Mapping[str, tuple[CompiledRule, ...]]
    fingerprint: str
    kinds: Kinds

    @property
    def grammar(self) -> Grammar:
        """What its rules can be."""
        return grammar_of(self.kinds)

    @cached_property
    def active(self) -> tuple[CompiledRule, ...]:
        """All active rules but those of evidence, value rules first."""
        return self.of(*(kind for kind in self.grammar.all if kind != EVIDENCE))

    @cached_property
    def sieve(self) -> Sieve:
        """The sieve of the active rules."""
        return Sieve(self.active, self.tagger)

    def group(self, *kinds: RuleKind) -> Group:
        """Returns the active rules of the kinds as a group of the sieve."""
        return self.sieve.group(self.of(*kinds))

    def of(self, *kinds: RuleKind) -> tuple[CompiledRule, ...]:
        """Returns the active rules of the kinds, kinds in the given order."""
        return tuple(rule for kind in kinds for rule in self.compiled.get(kind, ()))


def load_ruleset(*overlays: Path | RuleFile, check: bool = True) -> Ruleset:
    """Loads the built-in rules and lays the users' over them.

    A rule with the id of another takes its place; the other rules of the overlays are tried before the
    built-in ones, in their order. The fragments of an overlay are known to it and to the overlays behind it,
    and change no built-in rule; the words that it adds to a word class are known to all rules.

    Args:
        *overlays: Files or folders with a user's own rules, or their texts; of one id the last rule wins.
        check: Compile every rule now; without it a rule is compiled, and so checked, when it is first needed.

    Raises:
        RuleError: With every problem of every file.
    """
    folder = rules_dir()
    words = load_documents(folder / "lexicon")
    reading = Reading(classes=class_names(words))
    parts = (sorted((folder / name).glob("*.yaml")) for name in _FOLDERS)
    for path in (folder / _TOP_FILE, *chain.from_iterable(parts)):
        if source := read_file(path, reading):
            read_rules(source, reading)
    sources = [source for overlay in overlays for source in _read_overlay(overlay, reading)]
    _lay_over(sources, reading)
    lexicon = Lexicon([*words, *reading.lexicons])
    return _compile(reading, lexicon, fingerprint(sources), check=check)


def overlays_of(rules: RulePaths | RuleFile | Sequence[RuleFile]) -> tuple[Path | RuleFile, ...]:
    """Returns one or several files or folders, or their texts, as `load_ruleset` takes them."""
    several = [rules] if isinstance(rules, (str, Path, RuleFile)) else rules
    return tuple(rule if isinstance(rule, RuleFile) else Path(rule) for rule in several)


def rule_files(rules: RulePaths) -> tuple[RuleFile, ...]:
    """Reads the texts of the rules of files and folders.

    Raises:
        RuleError: One of them holds none, or cannot be read.
    """
    reading = Reading()
    sources = [source for overlay in overlays_of(rules) for source in _read_overlay(overlay, reading)]
    if reading.problems:
        raise RuleError(reading.problems)
    return tuple(sources)


def kinds_of_rules(rules: RulePaths) -> Kinds:
    """Returns the built-in kinds of claims and those that some rules add.

    Raises:
        RuleError: The rules cannot be read, or a kind is not as it must be.
    """
    return load_kinds(rule_files(rules))


@cache
def builtin_ruleset() -> Ruleset:
    """Returns the built-in rules, loaded once; the tests have checked them."""
    return load_ruleset(check=False)


def fingerprint(overlays: Iterable[RuleFile] = ()) -> str:
    """Returns the hash of the built-in rules and word lists, and of what is laid over them, 12 hex digits."""
    digest = hashlib.sha256()
    for path in sorted(rules_dir().rglob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for source in overlays:
        digest.update(b"\0" + source.text.encode() + b"\0")
    return digest.hexdigest()[:12]


def _read_overlay(overlay: Path | RuleFile, reading: Reading) -> list[RuleFile]:
    if isinstance(overlay, RuleFile):
        return [overlay]
    paths = sorted(overlay.rglob("*.yaml")) if overlay.is_dir() else [overlay]
    for path in [path for path in paths if overlay.is_dir() and leads_out(path, overlay)]:
        reading.problem("is a symbolic link out of the folder; put the file itself there", str(path), None)
        paths.remove(path)
    if not paths:
        reading.problem("no rules here: give a YAML file or a folder with some", str(overlay), None)
    return [source for path in paths if (source := read_file(path, reading))]


def _lay_over(sources: Sequence[RuleFile], reading: Reading) -> None:
    """Reads the users' files, and puts their rules before the others."""
    before = dict(reading.rules)
    for source in sources:
        read_rules(source, reading)
        if len(reading.rules) - len(before) > _MOST_RULES:
            message = (
                f"more than {_MOST_RULES:,} rules are not read; put what only differs by a name into a list"
            )
            raise RuleError([RuleProblem(message, file=source.name)])
    added = {name: rule for name, rule in reading.rules.items() if name not in before}
    replaced = {name: reading.rules[name] for name in before}
    reading.rules = {**added, **replaced}


def _compile(reading: Reading, lexicon: Lexicon, fingerprint: str, *, check: bool) -> Ruleset:
    rules = list(reading.rules.values())
    lexicon.add_literals(lexicon.literals.union(*(patterns.literals(rule.pieces) for rule in rules)))
    tagger = Tagger(lexicon)
    compiler = patterns.Compiler(tagger, reading.fragments)
    for each in reading.unread if check else ():
        for problem in compiler.unknown(each.pieces):
            reading.problem(f"{each.what}: {problem}", each.file, each.line, each.rule)
    compiled: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        if rule.status == "deprecated":
            continue
        whole = CompiledRule(rule, compiler)
        compiled.setdefault(rule.kind, []).append(whole)
        if check:
            if explodes(rule.pieces):
                reading.problem(f"pattern: {_EXPLODES}", rule.file, rule.pattern_line, rule.id)
            try:
                whole.expression  # noqa: B018 - compiles it
            except RuleError as error:
                reading.problems += error.problems
    if reading.problems:
        raise RuleError(sorted(reading.problems, key=lambda problem: (problem.file, problem.line or 0)))
    active = {kind: tuple(group) for kind, group in compiled.items()}
    return Ruleset(tuple(rules), tagger, active, fingerprint, reading.kinds)
