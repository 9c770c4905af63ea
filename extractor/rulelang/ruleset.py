"""The rules at work: the built-in ones with the users' laid over them, compiled over one alphabet of tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import chain
from pathlib import Path

from extractor.collection import no_collection
from extractor.errors import RuleError, RuleProblem
from extractor.knowledge import snapshot
from extractor.knowledge.kindfiles import load_kinds
from extractor.knowledge.kinds import Kinds
from extractor.knowledge.layers import Document
from extractor.knowledge.model import LEXICON, Knowledge, builtin, read_knowledge
from extractor.knowledge.shared import shared
from extractor.knowledge.sources import (
    RULES,
    RuleFile,
    RulePaths,
    builtin_files,
    fingerprint,
    rule_files,
)
from extractor.knowledge.strictyaml import parse_yaml
from extractor.rulelang import keptrules, patterns
from extractor.rulelang.explosion import explodes
from extractor.rulelang.order import order_faults, ordered
from extractor.rulelang.patternparser import PatternError
from extractor.rulelang.rule import EVIDENCE, Grammar, Rule, RuleKind, grammar_of
from extractor.rulelang.rulefiles import RuleReading, read_rules
from extractor.rulelang.sieve import RuleGroup, Sieve
from extractor.rulelang.tagging import TaggedSentence, Tagger
from extractor.rulelang.termrules import dataset_rules, example_faults, hardware_rules, term_rule
from extractor.rulelang.written import Cue, KeptWriter, TreeWriter, Writer, Written
from extractor.text.lexicon import Lexicon

__all__ = [
    "CompiledRule",
    "Rule",
    "RuleFile",
    "RulePaths",
    "Ruleset",
    "builtin_ruleset",
    "fingerprint",
    "in_order",
    "kinds_of_rules",
    "load_ruleset",
    "read_ruleset",
    "rule_files",
]
_EXPLODES = (
    "a repetition stands within another with nothing between them, and a text that fails is tried in ever "
    "more ways; take one away, or put a word that must be there between them"
)
_MOST_RULES = 10_000
_FIRST_ASKED = 8  # sentences about which a rule is searched for at once
DATASET_RULES = "dataset-rules"


@dataclass(frozen=True)
class CompiledRule:
    """A rule and what tells how it is searched for.

    Attributes:
        rule: The rule.
        writer: Knows its expression, which is compiled when a text first needs it: few texts need many.
    """

    rule: Rule
    writer: Writer = field(repr=False, compare=False)
    _unasked: list[None] = field(default_factory=lambda: [None] * _FIRST_ASKED, repr=False, compare=False)

    @cached_property
    def written(self) -> Written:
        """The rule as it is searched for.

        Raises:
            RuleError: The pattern names a class or a fragment that there is not.
        """
        with self._faults():
            return self.writer.written(self.rule)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The rule's expression over its letters.

        Raises:
            RuleError: The pattern is wrong.
        """
        with self._faults(), no_collection():
            return patterns.compiled(self.written.source)

    @cached_property
    def cue(self) -> Cue:
        """Of a rule for bounds, what it says of the words around a value."""
        return self.writer.cue(self.rule)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Tells of faults of the pattern as faults of the rule."""
        rule = self.rule
        try:
            yield
        except PatternError as error:
            raise RuleError(
                [
                    RuleProblem(f"pattern: {problem}", file=rule.file, line=rule.pattern_line, rule=rule.id)
                    for problem in error.problems
                ]
            ) from error

    def read(self, sentence: TaggedSentence) -> str:
        """Returns the letters of a sentence, which the expression is searched for in."""
        return sentence.letters(self.written.table)

    def may_match(self, letters: str) -> bool:
        """Tells quickly, for patterns that take long, that one matches nothing in a sentence.

        For the first few sentences that it is asked about it does not look: most rules are asked about no
        more, and what it looks with takes as long to compile as the rule.
        """
        if self._unasked:
            self._unasked.pop()
            return True
        tails = self._tails
        for tail in tails:  # any() takes longer than most searches
            if tail.search(letters):
                return True
        return not tails

    @cached_property
    def _tails(self) -> Sequence[re.Pattern[str]]:
        with no_collection():
            return [patterns.compiled(tail) for tail in self.written.tails]


@dataclass(frozen=True)
class Ruleset:
    """All rules of one or more folders, compiled.

    Attributes:
        rules: Every rule, in the order in which they are tried.
        tagger: The tagger whose alphabet the expressions use.
        compiled: The active rules by kind.
        fingerprint: Hash of everything that was read.
        kinds: The kinds of claims that its rules can make.
        knowledge: What they were made of.
        kept: What was worked out of them before.
    """

    rules: tuple[Rule, ...]
    tagger: Tagger
    compiled: Mapping[str, tuple[CompiledRule, ...]]
    fingerprint: str
    kinds: Kinds
    knowledge: Knowledge
    kept: Document = field(default_factory=dict, repr=False, compare=False)

    @property
    def tested(self) -> tuple[Rule, ...]:
        """All with examples and rejects: rules, those for datasets, series of devices, files of terms."""
        reading = RuleReading(self.kinds)
        datasets = dataset_rules(self.knowledge.document(DATASET_RULES), reading)
        series = hardware_rules(self.knowledge.hardware_series(), reading)
        return (*self.rules, *datasets, *series, *map(term_rule, self.knowledge.terms))

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
        return Sieve(self.active, self.tagger, self.kept.get("sieve"))

    # A sieve of their own, made where a value is open: few are, and the sieve of all rules stays small.
    @cached_property
    def evidence_sieve(self) -> Sieve:
        """The sieve of the rules of evidence."""
        return Sieve(self.of(EVIDENCE), self.tagger, self.kept.get("sieve of evidence"))

    def group(self, *kinds: RuleKind) -> RuleGroup:
        """Returns the active rules of the kinds as a group of the sieve."""
        return self.sieve.group(self.of(*kinds))

    def of(self, *kinds: RuleKind) -> tuple[CompiledRule, ...]:
        """Returns the active rules of the kinds, kinds in the given order."""
        return tuple(rule for kind in kinds for rule in self.compiled.get(kind, ()))


def read_ruleset(knowledge: Knowledge, *, check: bool = True) -> tuple[Ruleset | None, list[RuleProblem]]:
    """Compiles the built-in rules with a user's laid over them.

    A rule with the id of another takes its place; the other rules of the user's are tried before the
    built-in ones, in their order, but for what a rule says it stands before. The fragments of a file are
    known to it and to the files behind it, and change no built-in rule; the words of the lexicon are known
    to all rules.

    Args:
        knowledge: The knowledge.
        check: Compile every rule of the user's now (of the built-in ones alone: all of them); without it a
            rule is compiled, and so checked, when it is first needed.

    Returns:
        The rules, or None, and every problem.
    """
    if check or knowledge.own:
        return _read_ruleset(knowledge, check=check)
    digest = keptrules.digest()
    document = None if digest is None else snapshot.found(keptrules.NAME, digest)
    if document is not None:
        return _kept_ruleset(document, knowledge), []
    ruleset, problems = _read_ruleset(knowledge, check=False)
    if ruleset is not None and digest is not None:
        snapshot.keep(keptrules.NAME, digest, partial(_kept, ruleset))
    return ruleset, problems


def write_kept(folder: Path) -> None:
    """Writes what is worked out of the built-in rules, for a wheel.

    Raises:
        RuleError: Something is wrong with them.
    """
    ruleset, problems = _read_ruleset(builtin(), check=False)
    if ruleset is None:
        raise RuleError(in_order(problems))
    snapshot.write(folder, keptrules.NAME, keptrules.digest() or "", partial(_kept, ruleset))


def _kept(ruleset: Ruleset) -> Document:
    return keptrules.kept_rules(ruleset, [file.name for file in builtin_files()])


def _kept_ruleset(document: Document, knowledge: Knowledge) -> Ruleset:
    """Returns the built-in rules as they were worked out before."""
    files = [file.name for file in builtin_files()]
    rules = keptrules.rules_of(document, files, lambda name: _builtin_rules().rules[name])
    tagger = Tagger.of(document["tagger"], Lexicon([knowledge.document(LEXICON)]), _pointed(knowledge))
    compiled = _by_kind(rules, KeptWriter(document["expressions"]))
    return Ruleset(
        tuple(rules), tagger, compiled, knowledge.fingerprint, knowledge.kinds, knowledge, document
    )


def _read_ruleset(knowledge: Knowledge, *, check: bool) -> tuple[Ruleset | None, list[RuleProblem]]:
    """Compiles the rules from their files; see `read_ruleset`."""
    reading = _builtin_rules().copy()
    reading.kinds = knowledge.kinds
    reading.problems += [fault for each in knowledge.terms for fault in example_faults(each, knowledge.kinds)]
    if DATASET_RULES in knowledge.changed:
        list(dataset_rules(knowledge.document(DATASET_RULES), reading))
    list(hardware_rules(knowledge.own_hardware_series, reading))
    before = dict(reading.rules)
    for name, document in knowledge.rules:
        read_rules(document, name, reading)
        if len(reading.rules) - len(before) > _MOST_RULES:
            message = (
                f"more than {_MOST_RULES:,} rules are not read; put what only differs by a name into a list"
            )
            return None, [RuleProblem(message, file=name)]
    added = {name: rule for name, rule in reading.rules.items() if name not in before}
    replaced = {name: reading.rules[name] for name in before if name in reading.rules}
    rules = [*added.values(), *replaced.values()]
    reading.rules = {rule.id: rule for rule in ordered(rules)}
    own = {file.name for file in knowledge.own or builtin_files()} if check else None
    reading.problems += order_faults(rules, reading.known, own or ())
    ruleset = _compile(reading, Lexicon([knowledge.document(LEXICON)]), knowledge, own)
    return (None if reading.problems else ruleset), reading.problems


def load_ruleset(*layers: Path | RuleFile, check: bool = True) -> Ruleset:
    """Loads rules as `read_ruleset` does.

    Args:
        *layers: Files or folders with a user's own knowledge, or their texts; of one id the last rule wins.
        check: See there.

    Raises:
        RuleError: With every problem of every file.
    """
    knowledge, problems = read_knowledge(layers)
    ruleset, more = read_ruleset(knowledge, check=check)
    if ruleset is None or problems:
        raise RuleError(in_order([*problems, *more]))
    return ruleset


def in_order(problems: Iterable[RuleProblem]) -> list[RuleProblem]:
    """Sorts problems by file and line."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line or 0))


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


def _builtin_rules() -> RuleReading:
    """Returns the built-in rules as they stand in their files."""
    return shared("rules", "builtin", _builtin_reading)


def _builtin_reading() -> RuleReading:
    reading = RuleReading()
    for file in builtin_files():
        if file.sort == RULES:
            read_rules(parse_yaml(file.text, file.name), file.name, reading)
    return reading


def _compile(reading: RuleReading, lexicon: Lexicon, knowledge: Knowledge, own: Set[str] | None) -> Ruleset:
    """Compiles rules; what is wrong with those of some files is added to the problems of the reading."""
    rules = list(reading.rules.values())
    asked = patterns.asked(*(rule.tree for rule in rules))
    unread = patterns.asked(*(each.tree for each in reading.unread))  # else their words would be unknown too
    words = patterns.literals(chain.from_iterable([*asked, *unread]))
    lexicon.add_literals(lexicon.literals | words)
    tagger = Tagger(lexicon, reading.kinds.dimensions, asked, _pointed(knowledge))
    writer = TreeWriter(tagger, reading.parser.fragments)
    for each in reading.unread:
        for problem in writer.unknown(each.tree) if own is not None and each.file in own else ():
            reading.problem(f"{each.what}: {problem}", each.file, each.line, each.rule)
    compiled = _by_kind(rules, writer)
    for whole in chain.from_iterable(compiled.values()) if own is not None else ():
        rule = whole.rule
        if own is not None and rule.file in own:
            if explodes(rule.tree):
                reading.problem(f"pattern: {_EXPLODES}", rule.file, rule.pattern_line, rule.id)
            try:
                whole.expression  # noqa: B018 - compiles it
            except RuleError as error:
                reading.problems += error.problems
    return Ruleset(tuple(rules), tagger, compiled, knowledge.fingerprint, reading.kinds, knowledge)


def _pointed(knowledge: Knowledge) -> Sequence[str]:
    """Returns the abbreviations whose full stop is part of them."""
    pointed: Sequence[str] = knowledge.document("view")["pointed"]
    return pointed


def _by_kind(rules: Iterable[Rule], writer: Writer) -> dict[str, tuple[CompiledRule, ...]]:
    """Returns the active rules by kind."""
    found: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        if rule.status != "deprecated":
            found.setdefault(rule.kind, []).append(CompiledRule(rule, writer))
    return {kind: tuple(group) for kind, group in found.items()}
