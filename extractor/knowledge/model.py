"""The one immutable knowledge: all that is data, the built-in files with a user's laid over them."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import regex

from extractor.errors import RuleError, RuleProblem
from extractor.knowledge import hardware_terms
from extractor.knowledge.filetypes import READ_ELSEWHERE, TYPES, FileType
from extractor.knowledge.forms import Checker, form_of
from extractor.knowledge.hardware_terms import HardwareFacts
from extractor.knowledge.kindfiles import builtin_kinds, read_kinds
from extractor.knowledge.kinds import Kinds, KindSpec
from extractor.knowledge.layers import Document, lay_over
from extractor.knowledge.snapshot import builtin_document, lined_document
from extractor.knowledge.sources import (
    RULES,
    Layers,
    RuleFile,
    builtin_files,
    fingerprint,
    read_layers,
)
from extractor.knowledge.strictyaml import Mapping as YamlMapping
from extractor.knowledge.strictyaml import read_yaml
from extractor.knowledge.termfiles import OwnTerms, read_terms

LEXICON = "lexicon"
# Files of these types are not laid over ours; a copy of ours, as in the built-in folder itself, is none.
_OURS = ("kind", *(type_.name for type_ in TYPES.values() if not type_.own))


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of English and of the field, as data.

    Attributes:
        own: A user's files, in the order in which they are laid over ours.
        kinds: The kinds of claims.
        changed: The documents of the types that a user's files change, laid over ours.
        rules: The documents of a user's rules, with the names of their files.
        terms: The names of a user's own things.
    """

    own: tuple[RuleFile, ...] = ()
    kinds: Kinds = field(default_factory=builtin_kinds)
    changed: Mapping[str, Document] = field(default_factory=dict)
    rules: tuple[tuple[str, YamlMapping], ...] = ()
    terms: tuple[OwnTerms, ...] = ()

    @classmethod
    def load(cls, layers: Layers = ()) -> Knowledge:
        """Reads the built-in knowledge and a user's files and folders over it.

        Args:
            layers: A file or folder, or several, or their texts; the last one lies on top.

        Raises:
            RuleError: With every fault of every file.
        """
        knowledge, problems = read_knowledge(layers)
        if problems:
            raise RuleError(problems)
        return knowledge

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything that was read."""
        return fingerprint(self.own)

    def fingerprint_of(self, *sorts: str) -> str:
        """Returns the hash of the files of some types: what is made of them alone can be shared by it."""
        units = "units" in sorts and self.kinds.dimensions
        if not (units or any(sort in self.changed for sort in sorts)):
            return "builtin " + " ".join(sorts)
        digest = hashlib.sha256()
        for file in self.own:
            digest.update(f"{file.name}\0{file.text}\0".encode())
        return digest.hexdigest()

    def document(self, sort: str) -> Document:
        """Returns what the files of a type hold, laid over one another."""
        document = self.changed[sort] if sort in self.changed else builtin_document(sort)
        if sort == "units" and self.kinds.dimensions:
            own = [entry for spec in self.kinds.own for entry in _unit_entries(spec)]
            return {**document, "units": [*document["units"], *own]}
        return document

    @property
    def own_hardware_series(self) -> list[YamlMapping]:
        """The patterns for devices that a user's files have, as they stand there."""
        patterns = self.changed["hardware"]["patterns"] if "hardware" in self.changed else ()
        return [each for each in patterns if isinstance(each, YamlMapping)]

    def hardware_series(self) -> list[YamlMapping]:
        """Returns all patterns for devices, as they stand in their files, with their lines."""
        lined: list[YamlMapping] = lined_document("hardware")["patterns"]
        if "hardware" not in self.changed:
            return lined
        kept = {each.get("id") for each in self.changed["hardware"]["patterns"]}
        own = self.own_hardware_series
        replaced = {each.get("id") for each in own}
        return [*own, *(each for each in lined if each["id"] in kept - replaced)]

    @cached_property
    def hardware(self) -> hardware_terms.HardwareTerms:
        """What is known of hardware."""
        return hardware_terms.read(self.document("hardware"), check="hardware" in self.changed)

    @property
    def own_hardware_facts(self) -> Callable[[str], HardwareFacts] | None:
        """Tells the facts of a name where a user's files change them; None where those of ours hold."""
        return self.hardware.facts if "hardware" in self.changed else None

    @cached_property
    def factor_words(self) -> dict[str, regex.Pattern[str]]:
        """Words of metrics that say which way is better, by group."""
        groups = self.document("factor")
        return {name: regex.compile(rf"(?i)\b(?:{'|'.join(words)})\b") for name, words in groups.items()}

    @cached_property
    def hubs(self) -> dict[str, dict[str, Any]]:
        """Where repositories stand, by host."""
        hubs: dict[str, dict[str, Any]] = self.document("urls")["repositories"]
        return hubs


@cache
def builtin() -> Knowledge:
    """Returns the built-in knowledge, which a record needs for what is worked out from it alone."""
    return Knowledge()


def read_knowledge(layers: Layers) -> tuple[Knowledge, list[RuleProblem]]:
    """Reads knowledge as `Knowledge.load` does.

    Returns:
        The knowledge as far as its files are right, and every fault of every file; but rules are read, and
        terms compiled, only where an engine is made.
    """
    given, problems = read_layers(layers)
    ours = {file.text for file in builtin_files() if file.sort in _OURS}
    files = tuple(file for file in given if file.text not in ours)
    if not files:
        return builtin(), problems
    kinds, faults = read_kinds(files)
    reading = _Reading(kinds, [*problems, *faults])
    for file in files:
        reading.read(file)
    terms, faults = read_terms([file for file in files if file.sort == "terms"], kinds)
    problems = [*reading.problems, *faults, *_named_as_words(kinds, reading.changed)]
    return Knowledge(files, kinds, reading.changed, tuple(reading.rules), terms), problems


def _unit_entries(spec: KindSpec) -> Iterator[dict[str, Any]]:
    """Yields the units of a kind as entries of rules/units.yaml; their dimension is the kind."""
    for unit in spec.units:
        yield {
            "unit": unit.name,
            "dimension": spec.name,
            "scale": unit.scale,
            "words": unit.words,
            "symbols": unit.symbols,
        }


def _named_as_words(kinds: Kinds, changed: Mapping[str, Document]) -> Iterator[RuleProblem]:
    """Yields a fault for each kind whose units rules would know by the name of a word class."""
    if kinds.dimensions:
        words = class_names(changed[LEXICON] if LEXICON in changed else builtin_document(LEXICON))
        for spec in kinds.own:
            if spec.units and spec.name in words:
                message = (
                    f"units: rules know them by the name {spec.name!r}, which is a word class; take another"
                )
                yield RuleProblem(message, file=spec.file, line=spec.line)


class _Reading:
    """Lays a user's files over ours one by one, and gathers what is wrong with them."""

    def __init__(self, kinds: Kinds, problems: list[RuleProblem]) -> None:
        self.problems = problems
        self.changed: dict[str, Document] = {}
        self.rules: list[tuple[str, YamlMapping]] = []
        self._kinds = kinds

    def read(self, file: RuleFile) -> None:
        document, faults = read_yaml(file.text, file.name)
        sort = document.get("type", RULES) if isinstance(document, YamlMapping) else file.sort
        if sort in ("kind", "terms") and sort == file.sort:
            return  # their faults are told by those who read them
        self.problems += faults
        if document is None:
            return
        if not isinstance(document, YamlMapping):
            self._problem("a file of rules or terms is a mapping; see `extractor rules guide`", file, 1)
        elif sort in ("kind", "terms"):  # which only a whole reading of the file tells
            message = f"'type: {sort}' must stand once, on a line of its own"
            self._problem(message, file, document.lines["type"])
        elif sort == RULES:
            self._read_rules(document, file)
        elif not isinstance(sort, str) or sort not in TYPES or not TYPES[sort].own:
            own = ", ".join((*READ_ELSEWHERE, *(type_.name for type_ in TYPES.values() if type_.own)))
            self._problem(f"type must be one of {own}, not {sort!r}", file, document.lines["type"])
        else:
            self._lay(TYPES[sort], document, file)

    def _read_rules(self, document: YamlMapping, file: RuleFile) -> None:
        self.rules.append((file.name, document))
        words = document.get("lexicon")
        if isinstance(words, YamlMapping):
            self._lay(TYPES[LEXICON], words, file)
        elif words is not None:
            message = "lexicon must be a mapping of sections to word classes"
            self._problem(message, file, document.lines["lexicon"])

    def _lay(self, type_: FileType, document: YamlMapping, file: RuleFile) -> None:
        below = self.changed.get(type_.name)
        below = builtin_document(type_.name) if below is None else below
        closed = {
            place: self._kinds[kind].choices[attribute] for place, (kind, attribute) in type_.closed.items()
        }
        form = form_of([below, type_.more])
        faults = list(Checker(type_, form, closed, file.name).problems(document))
        if type_.name == LEXICON and not faults:
            faults += _undeclared(document, below, file.name)
        if not isinstance(document.get("remove", YamlMapping()), YamlMapping):
            message = "remove must be a mapping of sections to what is to go"
            faults.append(RuleProblem(message, file=file.name, line=document.lines["remove"]))
        if not faults:
            notes: list[RuleProblem] = []
            self.changed[type_.name] = lay_over(
                type_,
                below,
                document,
                lambda message, line: notes.append(RuleProblem(message, file=file.name, line=line)),
            )
            faults = notes
        self.problems += faults

    def _problem(self, message: str, file: RuleFile, line: int) -> None:
        self.problems.append(RuleProblem(message, file=file.name, line=line))


def class_names(lexicon: Document) -> set[str]:
    """Returns the names of the word classes that a lexicon declares or holds."""
    tables = TYPES[LEXICON].tables
    return {name for section, names in lexicon.items() if section in (*tables, "classes") for name in names}


def _undeclared(document: YamlMapping, below: Document, file: str) -> Iterable[RuleProblem]:
    """Yields the classes that words are added to and that there are not."""
    known = {*class_names(below), *document.get("classes", ())}
    for section in TYPES[LEXICON].tables & document.keys():
        for name in document[section]:
            if name not in known:
                close = difflib.get_close_matches(name, sorted(known), n=2)
                hint = f" Did you mean {' or '.join(close)}?" if close else ""
                message = (
                    f"{section}: there is no word class {name!r}.{hint} Declare a new one: classes: [{name}]"
                )
                yield RuleProblem(message, file=file, line=document[section].lines[name])
