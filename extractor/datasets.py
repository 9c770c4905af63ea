"""Finds the named datasets, corpora, benchmarks and leaderboards of a text, each once with all its mentions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import regex

from extractor import dataset_patterns
from extractor.gazetteer import Gazetteer, Hit
from extractor.resources import rules_dir
from extractor.schema import Dataset, Mention
from extractor.strictyaml import load_yaml

Span = tuple[int, int]


class Found(NamedTuple):
    """A stretch accepted as a name, and the rule that says so."""

    start: int
    end: int
    rule: str


def find(text: str, taken: Sequence[Span] = ()) -> list[Dataset]:
    """Finds the datasets of a text.

    Args:
        text: The abstract, as given.
        taken: Spans that cannot be datasets (web addresses, hardware).

    Returns:
        One record for each distinct dataset, sorted by the start of its first mention.
    """
    listed = _lexicon().gazetteer.find(text)
    proposed = list(dataset_patterns.candidates(text))
    if not listed and not proposed:
        return []
    return _Finder(text, taken).run(listed, proposed)


class _Entry(NamedTuple):
    """What the gazetteer knows of a name: whether it needs a cue, and how strong a one."""

    cue: str | None


class _Lexicon(NamedTuple):
    """Names that are listed, and words that make no name."""

    gazetteer: Gazetteer[_Entry]
    generic: frozenset[str]
    opening: frozenset[str]
    owners: frozenset[str]
    things: frozenset[str]
    ending: regex.Pattern[str]
    weak_ending: regex.Pattern[str]
    model: regex.Pattern[str]
    method: regex.Pattern[str]
    patterns: dict[str, regex.Pattern[str]]
    naming: frozenset[str]
    loose: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    terms = rules_dir() / "terms"
    surfaces: list[tuple[str, _Entry]] = []
    for path in sorted(terms.glob("datasets*.yaml")):
        for entry in load_yaml(path)["entries"]:
            surfaces.extend(_surfaces(entry))
    vetoes = load_yaml(terms / "dataset_vetoes.yaml")
    rules = dataset_patterns.load_patterns()
    return _Lexicon(
        Gazetteer(surfaces),
        frozenset(vetoes["generic"]),
        frozenset(vetoes["opening"]),
        frozenset(vetoes["owners"]),
        frozenset(vetoes["things"]),
        regex.compile(vetoes["ending"]),
        regex.compile(vetoes["weak_ending"]),
        regex.compile(vetoes["model"]),
        regex.compile(vetoes["method"]),
        {name: regex.compile(pattern) for name, pattern in rules.context.items()},
        frozenset(rules.naming),
        frozenset(rules.loose),
    )


def _surfaces(entry: Any) -> Iterator[tuple[str, _Entry]]:
    if isinstance(entry, dict):
        kind = _Entry({True: "near", None: None}.get(entry.get("cue"), entry.get("cue")))
        yield str(entry["name"]), kind
        for alias in entry.get("aliases", ()):
            yield str(alias), kind
    else:
        yield str(entry), _Entry(None)


class _Finder:
    """The work on one text: accepts spans, joins them to things, collects the mentions."""

    def __init__(self, text: str, taken: Sequence[Span]) -> None:
        self.text = text
        self.taken = sorted(taken)
        self.mask = _mask(len(text), taken)
        self.lexicon = _lexicon()
        self.found: dict[Span, str] = {}
        self.known: dict[Span, _Entry] = {}
        self.starts: list[Span] = []  # the listed names, sorted
        self.verdicts: dict[tuple[str, str, bool], bool] = {}  # what was found out about a name, to ask once

    def run(
        self, listed: Sequence[Hit[_Entry]], proposed: Iterable[dataset_patterns.Candidate]
    ) -> list[Dataset]:
        for hit in listed:
            self._take_listed(hit)
        self.starts = sorted({*self.known, *((hit.start, hit.end) for hit in listed)})
        for candidate in proposed:
            self._take_proposed(candidate)
        for span, entry in self.known.items():
            if entry.cue == "near" and span not in self.found and self._cued(span):
                self._accept(*span, "dataset.gazetteer-cue")
        self._coordinate()
        return self._records()

    def _listed_inside(self, start: int, end: int) -> list[Span]:
        first = bisect_left(self.starts, (start, 0))
        last = bisect_left(self.starts, (end, 0))
        return [span for span in self.starts[first:last] if span[1] <= end]

    def _accept(self, start: int, end: int, rule: str) -> None:
        if self.mask.find(1, start, end) >= 0:
            cut = self.mask[start] and start and self.mask[start - 1]
            whole = self.mask.find(0, start, end) < 0
            if cut or whole or regex.search(r"\s", self.text[start:end]):
                return  # a device's name may stand inside a benchmark's (ASIC-Agent-Bench), not beside it
        self.found.setdefault((start, end), rule)

    def _take_listed(self, hit: Hit[_Entry]) -> None:
        before = self.text[hit.start - 1 : hit.start] if hit.start else ""
        if before in ("/", "-", "_", "@", "#") or (before == "\\" and self.text[hit.start].isalpha()):
            return
        variant = self.lexicon.patterns["variant"].match(self.text, hit.end)
        end = variant.end() if variant else hit.end
        short = self.lexicon.patterns["short"].match(self.text, hit.start, end)
        entry = _Entry("near") if short and hit.payload.cue is None else hit.payload
        self.known[hit.start, end] = entry
        if entry.cue is None and not self._is_other_thing(hit.start, end, entry):
            self._accept(hit.start, end, "dataset.gazetteer")

    def _is_other_thing(self, start: int, end: int, entry: _Entry) -> bool:
        """Whether the words around a listed name say that it names a model, a method or a venue here."""
        if self.lexicon.patterns["not_behind"].match(self.text, end):
            return True
        name = self.text[start:end]
        return self._means_otherwise(name, capitalised=entry.cue is not None) or self._spelled_out(name)

    def _spelled_out(self, name: str) -> bool:
        """Whether the long form of a method follows the name in brackets: "OPUS (Optimiser-led ... Selection)"."""
        letters = "".join(c for c in name if c.isupper()).lower()
        place = self.text.find(name + " (") if len(letters) > 1 else -1
        if place < 0:
            return False
        inside = self.text[place + len(name) + 2 : place + len(name) + 120].partition(")")[0]
        patterns = self.lexicon.patterns
        initials = "".join(patterns["initial"].findall(inside.replace("-", " "))).lower()
        last = patterns["split"].split(inside.strip())[-1]
        return len(inside) > 8 and initials == letters and not patterns["noun"].fullmatch(last)

    def _means_otherwise(self, name: str, *, capitalised: bool) -> bool:
        """Remembers `_reads_as_otherwise`."""
        key = ("otherwise", name, capitalised)
        if key not in self.verdicts:
            self.verdicts[key] = self._reads_as_otherwise(name, capitalised=capitalised)
        return self.verdicts[key]

    def _reads_as_otherwise(self, name: str, *, capitalised: bool) -> bool:
        """Whether the text spells an acronym out as something that is no dataset.

        Args:
            name: The acronym.
            capitalised: Whether a long form in capitals, which may be a name, counts too.
        """
        patterns = self.lexicon.patterns
        letters = "".join(c for c in name if c.isupper()).lower()
        place = self.text.find("(" + name) if len(letters) > 1 else -1
        while place >= 0:
            behind = place + 1 + len(name)
            closed = self.text[behind : behind + 1] in (")", ",", ";") or self.text.startswith("s)", behind)
            before = patterns["long_form"].match(self.text, max(0, place - 100), place + 1)
            if closed and before:
                initials = "".join(patterns["initial"].findall(before["words"].replace("-", " ")))
                words = patterns["split"].split(before["words"])
                long_form = words[-min(len(words), len(letters)) :]
                upper = all(word[:1].isupper() for word in long_form if len(word) > 3)
                if (
                    _shortens(letters, initials.lower())
                    and not patterns["noun"].fullmatch(words[-1])
                    and (capitalised or not upper)
                ):
                    return True
            place = self.text.find("(" + name, behind)
        return False

    def _is_method(self, name: str, *, loose: bool) -> bool:
        """Remembers `_reads_as_method`."""
        key = ("method", name, loose)
        if key not in self.verdicts:
            self.verdicts[key] = self._reads_as_method(name, loose=loose)
        return self.verdicts[key]

    def _reads_as_method(self, name: str, *, loose: bool) -> bool:
        """Whether the text introduces the name as a method, "X, a framework for"; if loose, also "the X framework"."""
        introduced, used = self.lexicon.patterns["as_method"], self.lexicon.patterns["not_behind"]
        return any(
            introduced.match(self.text, end, min(len(self.text), end + 200))
            or (loose and used.match(self.text, end))
            for _, end in _occurrences(self.text, name)
        )

    def _cued(self, span: Span) -> bool:
        start, end = span
        name = self.text[start:end]
        if self._is_other_thing(start, end, self.known[span]) or self._is_method(name, loose=False):
            return False
        plain = name.isalpha() and name[1:].islower()  # also a word, or a person's name
        if plain and self._opens_sentence(start):
            return False
        pattern = self.lexicon.patterns["cue_right_noun" if plain else "cue_right"]
        return pattern.match(self.text, end, min(len(self.text), end + 80)) is not None

    def _opens_sentence(self, start: int) -> bool:
        return self.lexicon.patterns["sentence_end"].match(self.text, max(0, start - 8), start) is not None

    def _take_proposed(self, candidate: dataset_patterns.Candidate) -> None:
        start, end = self._trim(candidate.start, candidate.end)
        if start >= end:
            return
        inside = [span for span in self._listed_inside(start, end) if span in self.known]
        if (start, end) in self.known:
            self._accept_known((start, end), candidate.rule)
        elif sum(self.known[span].cue is None for span in inside) > 1:
            for span in inside:
                self._accept_known(span, candidate.rule)
        elif self._is_name(start, end, candidate):
            self._accept(start, end, candidate.rule)
        elif inside:
            self._accept_known(inside[0], candidate.rule)

    def _accept_known(self, span: Span, rule: str) -> None:
        """Accepts a listed name that a rule proposes, if the rule is strong enough for it."""
        entry = self.known[span]
        if entry.cue == "noun" and rule not in self.lexicon.naming:
            return
        if not (entry.cue and self._is_other_thing(*span, entry)):
            self._accept(*span, rule)

    def _trim(self, start: int, end: int) -> Span:
        """Cuts words off that stand before a name, owners ("OpenAI's") and a trailing sign."""
        text = self.text
        while end > start and text[end - 1] in " ~\n&.,-'’":
            end -= 1
        if text[end - 2 : end] in ("'s", "’s"):
            end -= 2
        owner = max(text.rfind("'s ", start, end), text.rfind("’s ", start, end))
        if owner >= 0:
            start = owner + 3
        opening = self._opens_sentence(start)
        while start < end and (start, end) not in self.known:
            match = self.lexicon.patterns["word"].match(text, start, end)
            if match is None:
                break
            word = match[1].lower()
            if word not in self.lexicon.owners and not (
                word in self.lexicon.opening and (opening or match[1].islower())
            ):
                break
            start = match.end()
        return start, end

    def _is_name(self, start: int, end: int, candidate: dataset_patterns.Candidate) -> bool:
        lexicon, name = self.lexicon, self.text[start:end]
        patterns = lexicon.patterns
        if not 2 <= len(name) <= 90 or patterns["trivial"].match(name) or patterns["described"].search(name):
            return False
        words = [word for word in patterns["split"].split(name) if word]
        lowered = [word.lower() for word in words]
        core = [w for w in lowered if w not in lexicon.opening and not w.isdigit()]
        if not core or all(word in lexicon.generic or _parts_generic(word, lexicon) for word in core):
            return candidate.rule == "dataset.proper-noun" and self._is_title(words)
        if lexicon.ending.search(name):
            return True
        if not lexicon.weak_ending.search(name):
            stem = patterns["stem"].match(lowered[0])
            if lowered[0] in lexicon.things or (stem and stem[0] in lexicon.things):
                return False
        if patterns["not_behind"].match(self.text, end):
            return False
        listed = bool(self._listed_inside(start, end))
        if not _has_shape(words, candidate.shape) or (lexicon.model.search(name) and not listed):
            return False
        if candidate.rule in lexicon.loose and lexicon.method.search(name) and not listed:
            return False
        if candidate.rule != "dataset.introduced" and self._is_method(name, loose=candidate.rule in lexicon.loose):
            return False
        strict = candidate.shape == "camel" or candidate.rule in lexicon.loose
        return not self._means_otherwise(name, capitalised=strict)

    def _is_title(self, words: list[str]) -> bool:
        return sum(word[:1].isupper() for word in words) >= 3

    def _coordinate(self) -> None:
        """Takes the other members of a list of which one is a dataset."""
        for start, end in sorted(self.found):
            for name in ("list_right", "list_left"):
                pattern = self.lexicon.patterns[name]
                if name == "list_right":
                    match = pattern.match(self.text, end, min(len(self.text), end + 200))
                else:
                    match = pattern.match(self.text, max(0, start - 200), start)
                for span in match.spans("name") if match else ():
                    self._take_proposed(dataset_patterns.Candidate(*span, "dataset.coordinated", "strong"))

    def _records(self) -> list[Dataset]:
        spans = _outermost(self.found)
        things: dict[str, list[Span]] = {}
        rules: dict[str, str] = {}
        for start, end in spans:
            key = _key(self.text[start:end])
            things.setdefault(key, []).append((start, end))
            rules.setdefault(key, self.found[start, end])
        self._add_mentions(things)
        return sorted(self._link(things, rules), key=lambda record: record.start)

    def _add_mentions(self, things: dict[str, list[Span]]) -> None:
        covered = _mask(len(self.text), [*self.taken, *(span for spans in things.values() for span in spans)])
        for spans in sorted(things.values(), key=lambda spans: spans[0][0] - spans[0][1]):
            for surface in {self.text[start:end] for start, end in spans}:
                for start, end in _occurrences(self.text, surface):
                    if covered.find(1, start, end) < 0:
                        spans.append((start, end))
                        covered[start:end] = b"\1" * (end - start)

    def _link(self, things: dict[str, list[Span]], rules: dict[str, str]) -> Iterator[Dataset]:
        """Joins long forms with their acronyms and makes the records."""
        merged: set[str] = set()
        for key, spans in things.items():
            if key in merged:
                continue
            short = self._short_form(spans)
            name = None
            if short is not None:
                name = self.text[short[0] : short[1]]
                other = _key(name)
                if other != key:
                    extra = things.get(other) or [short]
                    if other not in things:
                        extra = [s for s in _occurrences(self.text, name) if not self._is_taken(s)] or [short]
                    spans = [*spans, *extra]
                    merged.add(other)
            yield self._record(sorted(set(spans)), name, rules[key])

    def _is_taken(self, span: Span) -> bool:
        return self.mask.find(1, *span) >= 0

    def _short_form(self, spans: list[Span]) -> Span | None:
        """The acronym in brackets behind a mention, if its letters are those of the name."""
        for start, end in spans:
            match = self.lexicon.patterns["short_form"].match(self.text, end)
            if match and _abbreviates(match["short"], self.text[start:end]):
                return match.span("short")
        return None

    def _record(self, spans: list[Span], name: str | None, rule: str) -> Dataset:
        mentions = tuple(Mention(text=self.text[a:b], start=a, end=b) for a, b in spans)
        first = mentions[0]
        name = (name or first.text).replace("\\&", "&").replace("\\_", "_").replace("\n", " ")
        return Dataset(
            text=first.text, start=first.start, end=first.end, rule=rule, name=name, mentions=mentions
        )


def _parts_generic(word: str, lexicon: _Lexicon) -> bool:
    parts = regex.split(r"[-–/+]", word)
    return len(parts) > 1 and all(
        p in lexicon.generic or p in lexicon.opening or p in lexicon.things or p.isdigit() or not p
        for p in parts
    )


def _has_shape(words: list[str], shape: str) -> bool:
    if shape == "any":
        return any(not word.islower() or regex.search(r"\d", word) for word in words)
    for word in words:
        inner = sum(c.isupper() for c in word) > 1 or any(c.isupper() for c in word[1:])
        if not inner and not (any(c.isdigit() for c in word) and any(c.isalpha() for c in word)):
            continue
        if shape == "strong" or any(c.islower() for c in word.rstrip("s")) or any(c.isdigit() for c in word):
            return True
    return False


def _abbreviates(short: str, name: str) -> bool:
    """Whether the capitals of a short form stand, in their order, in the long one, beginning with its first letter."""
    letters = [c.lower() for c in short if c.isalnum()]
    rest = iter(name.lower())
    return (
        len(letters) > 1
        and len(short) < len(name)
        and letters[0] == next((c for c in name.lower() if c.isalnum()), "")
        and all(any(c == letter for c in rest) for letter in letters)
    )


def _shortens(letters: str, initials: str) -> bool:
    """Whether an acronym's letters are, in order, among the last initials before it, and the very last one is its."""
    rest = iter(initials[-len(letters) - 2 :])
    return initials[-1:] == letters[-1] and all(any(c == letter for c in rest) for letter in letters)


def _mask(length: int, spans: Iterable[Span]) -> bytearray:
    """Returns one byte for each character, 1 inside the spans."""
    mask = bytearray(length)
    for start, end in spans:
        mask[start:end] = b"\1" * (min(end, length) - start)
    return mask


def _key(name: str) -> str:
    return regex.sub(r"[\s\-_–~\\]+", "", name).casefold()


def _outermost(found: dict[Span, str]) -> list[Span]:
    kept: list[Span] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _occurrences(text: str, surface: str) -> Iterator[Span]:
    start = text.find(surface)
    while start >= 0:
        end = start + len(surface)
        before, behind = text[start - 1 : start], text[end : end + 2]
        free = not (before.isalnum() or before in ("-", "/", "_")) if before else True
        joined = (
            behind[:1].isalnum()
            or behind[:1] == "_"
            or (behind[:1] == "-" and len(behind) > 1 and (behind[1].isupper() or behind[1].isdigit()))
        )
        if free and not joined:
            yield start, end
        start = text.find(surface, end)
