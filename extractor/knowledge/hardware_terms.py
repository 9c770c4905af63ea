"""The hardware gazetteer as data: reads and checks rules/terms/hardware*.yaml; facts of a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import regex

from extractor.errors import RuleError, RuleProblem

SEPARATOR = r"[\s~_\-\u2010\u2011\u2013\u00a0]{0,2}"  # what {_} stands for in a pattern
_MOST_NAMES = 4096  # not listed, of which the facts are kept
_EDGES = " \t\r\n~_-\u2010\u2011\u2013\u00a0"


class HardwareFacts(NamedTuple):
    """What the gazetteer knows of a device."""

    vendor: str | None = None
    family: str | None = None


@dataclass(frozen=True, eq=False)
class Cue:
    """When an ambiguous name counts: words near it or in the abstract, and words that forbid it.

    Attributes:
        name: Its name.
        sources: The expressions below, which are compiled when they are first asked for: few texts ask.
        counts: Whether a plural or a count is cue enough.
        framed: Whether "on an X", "an X with 16 GB" is cue enough.
        company: Where a sure device is cue enough: in the same "list" or anywhere in the "sentence".
        distinct: Hardly anything else: together with another name of a list it is cue enough.
    """

    name: str
    sources: Mapping[str, str]
    counts: bool
    framed: bool
    company: str
    distinct: bool

    @cached_property
    def near(self) -> regex.Pattern[str] | None:
        """What stands near it."""
        return self._whole_words("near")

    @cached_property
    def document(self) -> regex.Pattern[str] | None:
        """What stands anywhere in the text."""
        return self._whole_words("document")

    @cached_property
    def not_document(self) -> regex.Pattern[str] | None:
        """What stands nowhere in the text."""
        return self._whole_words("not_document")

    @cached_property
    def not_before(self) -> regex.Pattern[str] | None:
        """What does not stand right before it."""
        return self._compiled("not_before", "", r"\Z")

    @cached_property
    def not_after(self) -> regex.Pattern[str] | None:
        """What does not stand right behind it."""
        return self._compiled("not_after", "", "")

    def prepare(self) -> None:
        """Compiles all of them, so that a broken one is told."""
        _ = self.near, self.document, self.not_document, self.not_before, self.not_after

    def _whole_words(self, key: str) -> regex.Pattern[str] | None:
        return self._compiled(key, r"(?<!\w)", r"(?!\w)")

    def _compiled(self, key: str, before: str, behind: str) -> regex.Pattern[str] | None:
        return regex.compile(f"{before}(?:{self.sources[key]}){behind}") if key in self.sources else None


class Device(NamedTuple):
    """A device or family by name."""

    name: str
    category: str
    facts: HardwareFacts
    surfaces: tuple[str, ...]
    cue: Cue | None
    counted: bool  # whether a number may count it without a class noun: not so for architectures
    rule: str


@dataclass(frozen=True, eq=False)
class Pattern:
    """A series of devices by pattern; ``template`` makes the canonical name from its groups."""

    id: str
    category: str
    facts: HardwareFacts
    anchors: tuple[str, ...]
    source: str
    template: str
    cue: Cue | None
    counted: bool
    rule: str

    @cached_property
    def expression(self) -> regex.Pattern[str]:
        """The compiled pattern; compiled when first needed, as most texts need none."""
        return regex.compile(self.source)

    def name(self, match: regex.Match[str]) -> str:
        """Returns the canonical name: the template with every group, cleaned of separators at its ends."""
        made = _GROUP.sub(lambda group: (match[_group(group[1])] or "").strip(_EDGES), self.template)
        return " ".join(made.replace("~", " ").split()).strip(_EDGES)


class Class(NamedTuple):
    """A generic class; ``guard`` is "", "hardware" (a cue must stand in the text) or "near" (close by)."""

    name: str
    category: str
    forms: tuple[str, ...]
    spelled: tuple[str, ...]
    guard: str
    counted: bool
    marker: bool  # no class itself, but names an unlisted machine in front of it
    not_before: regex.Pattern[str] | None
    rule: str


@dataclass(frozen=True, eq=False)
class HardwareTerms:
    """All hardware terms."""

    entries: tuple[Device, ...]
    patterns: tuple[Pattern, ...]
    classes: tuple[Class, ...]
    cues: dict[str, Cue]
    words: dict[str, Any]

    def facts(self, name: str) -> HardwareFacts:
        """Returns vendor and family of a canonical name, listed or of a series; an unknown name has none."""
        known = self._facts.get(name)
        if known is None:
            series = (pattern for pattern in self.patterns if pattern.expression.fullmatch(name))
            known = next((pattern.facts for pattern in series), HardwareFacts())
            if len(self._facts) < len(self.entries) + _MOST_NAMES:  # texts decide what is asked
                self._facts[name] = known
        return known

    @cached_property
    def _facts(self) -> dict[str, HardwareFacts]:
        facts: dict[str, HardwareFacts] = {}
        for entry in self.entries:
            facts.setdefault(entry.name, entry.facts)
        return facts


def series_rule(name: str) -> str:
    """Returns the id under which claims have a series of devices."""
    return f"hardware.pattern.{name}"


_WITH_NOUN = "with noun"  # of a name that a number counts only where a class noun follows it
_GROUP = regex.compile(r"\\g<(\w+)>")


def _group(name: str) -> int | str:
    return int(name) if name.isdigit() else name


def read(document: dict[str, Any], *, check: bool = True) -> HardwareTerms:
    """Reads hardware files into one set of terms.

    Args:
        document: What the files hold, together.
        check: Compile every pattern now, so that a broken one is reported.

    Raises:
        RuleError: Entries lack a key or ask for an unknown cue.
    """
    problems: list[RuleProblem] = []
    words = {key: value for key, value in document.items() if key not in ("entries", "patterns")}
    cues = {name: _cue(name, lists) for name, lists in words.get("cues", {}).items()}
    for cue in cues.values() if check else ():
        cue.prepare()
    reader = _Reader(cues, problems, check=check)
    entries = tuple(reader.entries(document))
    patterns = tuple(reader.patterns(document))
    if problems:
        raise RuleError(problems)
    classes = tuple(_class(item) for item in words.get("classes", []))
    return HardwareTerms(entries, patterns, classes, cues, words)


class _Reader:
    """Turns the mappings of the files into entries and patterns, noting every problem."""

    def __init__(self, cues: dict[str, Cue], problems: list[RuleProblem], *, check: bool) -> None:
        self._cues, self._problems, self._compiles = cues, problems, check

    def entries(self, document: dict[str, Any]) -> Iterator[Device]:
        for item in document.get("entries", []):
            if not self._check(item, ("name", "category")):
                continue
            name = str(item["name"])
            surfaces = (name, *(str(alias) for alias in item.get("aliases", ())))
            facts = HardwareFacts(item.get("vendor"), item.get("family"))
            yield Device(
                name,
                item["category"],
                facts,
                surfaces,
                self._cue(item),
                item.get("counted") != _WITH_NOUN,
                "hardware.gazetteer",
            )

    def patterns(self, document: dict[str, Any]) -> Iterator[Pattern]:
        for item in document.get("patterns", []):
            if not self._check(item, ("id", "anchors", "regex", "name", "category")):
                continue
            try:
                source = rf"(?:{item['regex']})".replace("{_}", SEPARATOR)
                if self._compiles:
                    regex.compile(source)
            except regex.error as error:
                self._note(item, f"the pattern is no regular expression: {error}")
                continue
            facts = HardwareFacts(item.get("vendor"), item.get("family"))
            anchors = tuple(str(anchor) for anchor in item["anchors"])
            rule, cue = series_rule(item["id"]), self._cue(item)
            yield Pattern(item["id"], item["category"], facts, anchors, source, item["name"], cue, True, rule)

    def _cue(self, item: dict[str, Any]) -> Cue | None:
        name = item.get("cue")
        return None if name is None else self._cues[name]

    def _check(self, item: Any, keys: tuple[str, ...]) -> bool:
        missing = [key for key in keys if key not in item]
        if missing:
            self._note(item, f"add {', '.join(missing)}")
        elif item.get("cue") not in (None, *self._cues):
            self._note(item, f"the cue {item['cue']!r} is not listed under cues")
        elif item.get("counted") not in (None, _WITH_NOUN):
            self._note(item, f"counted is {item['counted']!r}; it can be {_WITH_NOUN!r} only")
        else:
            return True
        return False

    def _note(self, item: Any, message: str) -> None:
        rule = item.get("id") or item.get("name")
        file, line = getattr(item, "file", "hardware"), getattr(item, "line", None)
        self._problems.append(RuleProblem(message, file=file, line=line, rule=rule))


def _cue(name: str, lists: dict[str, Any]) -> Cue:
    return Cue(
        name=name,
        sources=lists,
        counts=bool(lists.get("counts")),
        framed=bool(lists.get("framed")),
        company=str(lists.get("company", "")),
        distinct=bool(lists.get("distinct")),
    )


def _class(item: dict[str, Any]) -> Class:
    forms, spelled = tuple(item.get("forms", ())), tuple(item.get("spelled", ()))
    not_before = regex.compile(rf"(?:{item['not_before']})\Z") if "not_before" in item else None
    return Class(
        name=item["name"],
        category=item["category"],
        forms=forms,
        spelled=spelled,
        guard=item.get("guarded", ""),
        counted=not item.get("uncounted"),
        marker=bool(item.get("marker")),
        not_before=not_before,
        rule="hardware.class",
    )
