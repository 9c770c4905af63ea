"""Judges whether a stretch of text can name a dataset, by word lists and by what the text says of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from extractor.text.lookup.gazetteer import Gazetteer
from extractor.text.lookup.lazypattern import LazyPattern, Pattern, compiled
from extractor.text.lookup.standing import Standing
from extractor.things.datasets import patterns as dataset_patterns

Span = tuple[int, int]

_PART = re.compile(r"[-–/+]")
_BLANK = re.compile(r"[ ~\n]")
_BRACKETS = ("inside", "parallel", "inside_before", "parallel_before")
_QUOTES = ('"', "“", "‘", "`", "'")


class ListedName(NamedTuple):
    """What the gazetteer knows of a name: whether it needs a cue, and how strong a one."""

    cue: str | None


@dataclass(frozen=True, slots=True)
class DatasetNames:
    """Names that are listed, and words that make no name."""

    gazetteer: Gazetteer[ListedName]
    opening: frozenset[str]
    common: frozenset[str]  # opening and generic ones
    owners: frozenset[str]
    before_listed: frozenset[str]  # no part of a listed name behind them
    models: frozenset[str]
    things: frozenset[str]  # models among them
    ending: Pattern
    weak_ending: Pattern
    model: Pattern
    method: Pattern
    patterns: dict[str, Pattern]
    list_ahead: re.Pattern[str]  # matches where a list may go on behind a name
    list_end: re.Pattern[str]  # what a list behind a name has before its last member
    list_joint: re.Pattern[str]  # what joins two members
    lists: tuple[LazyPattern, LazyPattern]  # the rest of a list, behind a name and before it
    brackets: tuple[LazyPattern, ...]  # the rest of a list in brackets, and the lists in brackets around it
    list_words: frozenset[str]  # no other word stands directly before a name that is not the first of a list
    governed: LazyPattern  # what leads to a list of which plain members are taken as well
    closed: LazyPattern  # what follows a plain member
    coordinated: dataset_patterns.NameRule  # by which the other members of a list are taken
    coordinated_plain: dataset_patterns.NameRule  # by which those that are only capitalised are taken


def read_lexicon(names: Any, vetoes: Any, rules: dataset_patterns.Patterns) -> DatasetNames:
    """Reads the gazetteer and the word lists.

    Args:
        names: What the files of names hold.
        vetoes: What the files of words that make no name hold.
        rules: The patterns.

    Raises:
        RuleError: A name asks for a cue that there is not.
    """
    surfaces: list[tuple[str, ListedName]] = []
    for entry in names["entries"]:
        surfaces.extend(_surfaces(entry))
    by_id = {rule.id: rule for rule in rules.rules}
    return DatasetNames(
        gazetteer=Gazetteer(surfaces),
        opening=frozenset(vetoes["opening"]),
        common=frozenset([*vetoes["generic"], *vetoes["opening"]]),
        owners=frozenset(vetoes["owners"]),
        before_listed=frozenset(vetoes["before_listed"]),
        models=frozenset(vetoes["models"]),
        things=frozenset([*vetoes["models"], *vetoes["things"]]),
        ending=compiled(vetoes["ending"]),
        weak_ending=compiled(vetoes["weak_ending"]),
        model=compiled(vetoes["model"]),
        method=compiled(vetoes["method"]),
        patterns={name: compiled(pattern) for name, pattern in rules.context.items()},
        list_ahead=re.compile(rules.lists["ahead"]),
        list_end=re.compile(rules.lists["end"]),
        list_joint=re.compile(rules.lists["joint"]),
        lists=(LazyPattern(rules.lists["right"]), LazyPattern(rules.lists["left"])),
        brackets=tuple(LazyPattern(rules.lists[name]) for name in _BRACKETS),
        list_words=frozenset(rules.list_words),
        governed=LazyPattern(rules.lists["governed"]),
        closed=LazyPattern(rules.lists["closed"]),
        coordinated=by_id["dataset.coordinated"],
        coordinated_plain=by_id["dataset.coordinated-plain"],
    )


def _surfaces(entry: Any) -> Iterator[tuple[str, ListedName]]:
    if isinstance(entry, dict):
        kind = _listed({True: "near", None: None}.get(entry.get("cue"), entry.get("cue")))
        yield str(entry["name"]), kind
        for alias in entry.get("aliases", ()):
            yield str(alias), kind
    else:
        yield str(entry), _listed(None)


@cache
def _listed(cue: str | None) -> ListedName:
    """Returns what the gazetteer knows of names with a cue: one thing for thousands of them."""
    return ListedName(cue)


class DatasetJudge:
    """Judges names in one text; ``known`` are its listed names, ``listed_inside`` finds them in a stretch."""

    def __init__(self, text: str, lexicon: DatasetNames) -> None:
        self.text = text
        self.standing = Standing(text)
        self.brackets = "(" in text  # much of what is asked of a name is about brackets
        self.lexicon = lexicon
        self.known: dict[Span, ListedName] = {}
        self.starts: list[Span] = []  # the listed names, sorted, with those that are part of a longer word
        self._verdicts: dict[tuple[str, str, bool], bool] = {}  # what was found out about a name, to ask once

    def listed_inside(self, start: int, end: int) -> list[Span]:
        """Returns the spans of listed names within a stretch, those inside a longer word included."""
        if not self.starts:
            return []
        first = bisect_left(self.starts, (start, 0))
        last = bisect_left(self.starts, (end, 0))
        return [span for span in self.starts[first:last] if span[1] <= end]

    def is_other_thing(self, start: int, end: int, entry: ListedName) -> bool:
        """Whether the words around a listed name say that it names a model, a method or a venue here."""
        if self.lexicon.patterns["not_behind"].match(self.text, end):
            return True
        if not self.brackets:
            return False
        name = self.text[start:end]
        return self._means_otherwise(name, capitalised=entry.cue is not None) or self._spelled_out(name)

    def _spelled_out(self, name: str) -> bool:
        """Remembers `_reads_as_spelled_out`."""
        key = ("spelled out", name, True)
        if key not in self._verdicts:
            self._verdicts[key] = self._reads_as_spelled_out(name)
        return self._verdicts[key]

    def _reads_as_spelled_out(self, name: str) -> bool:
        """Whether the long form of a method follows in brackets: "OPUS (Optimiser-led ... Selection)"."""
        place = self.standing.find(name + " (")
        letters = _capitals(name) if place >= 0 else ""
        if len(letters) < 2:
            return False
        inside = self.text[place + len(name) + 2 : place + len(name) + 120].partition(")")[0]
        patterns = self.lexicon.patterns
        initials = "".join(patterns["initial"].findall(inside.replace("-", " "))).lower()
        last = patterns["split"].split(inside.strip())[-1]
        return len(inside) > 8 and initials == letters and not patterns["noun"].fullmatch(last)

    def _means_otherwise(self, name: str, *, capitalised: bool) -> bool:
        """Remembers `_reads_as_otherwise`."""
        key = ("otherwise", name, capitalised)
        if key not in self._verdicts:
            self._verdicts[key] = self._reads_as_otherwise(name, capitalised=capitalised)
        return self._verdicts[key]

    def _reads_as_otherwise(self, name: str, *, capitalised: bool) -> bool:
        """Whether the text spells an acronym out as something that is no dataset.

        Args:
            name: The acronym.
            capitalised: Whether a long form in capitals, which may be a name, counts too.
        """
        letters = _capitals(name)
        if len(letters) < 2:
            return False
        patterns = self.lexicon.patterns
        for place in self.standing.starts("(" + name):
            behind = place + 1 + len(name)
            closed = self.text[behind : behind + 1] in (")", ",", ";") or self.text.startswith("s)", behind)
            before = patterns["long_form"].match(self.text, max(0, place - 100), place + 1)
            if closed and before:
                spaced = before["words"].replace("-", " ")
                initials = "".join(patterns["initial"].findall(spaced))
                every = "".join(word[0] for word in spaced.split())  # the O of OOD is one of "out" or "of"
                words = patterns["split"].split(before["words"])
                long_form = words[-min(len(words), len(letters)) :]
                upper = all(word[:1].isupper() for word in long_form if len(word) > 3)
                if (
                    (_shortens(letters, initials.lower()) or _shortens(letters, every.lower()))
                    and not patterns["noun"].fullmatch(words[-1])
                    and (capitalised or not upper or patterns["method_noun"].fullmatch(words[-1]))
                ):
                    return True
        return False

    def is_method(self, name: str, *, loose: bool) -> bool:
        """Remembers `_reads_as_method`."""
        key = ("method", name, loose)
        if key not in self._verdicts:
            self._verdicts[key] = self._reads_as_method(name, loose=loose)
        return self._verdicts[key]

    def _reads_as_method(self, name: str, *, loose: bool) -> bool:
        """Whether the text introduces a method, "X, a framework for"; if loose, also "the X framework"."""
        introduced, used = self.lexicon.patterns["as_method"], self.lexicon.patterns["not_behind"]
        for start, end in occurrences(self.standing, name):
            if introduced.match(self.text, end, end + 200) and not self._opens_clause(start, end):
                return True
            if loose and used.match(self.text, end):
                return True
        return False

    def _is_proposed(self, name: str) -> bool:
        """Whether the authors bring in a name: were it a dataset, a rule for new ones would take it."""
        key = ("proposed", name, True)
        if key not in self._verdicts:
            proposed = self.lexicon.patterns["proposed"]
            places = (start for start, _ in occurrences(self.standing, name))
            self._verdicts[key] = any(proposed.match(self.text, max(0, at - 60), at) for at in places)
        return self._verdicts[key]

    def _opens_clause(self, start: int, end: int) -> bool:
        """Whether a name ends a phrase before the subject, as in "On MurkQA, our method wins"."""
        patterns = self.lexicon.patterns
        ahead = patterns["subject_ahead"].match(self.text, end)
        return bool(ahead and patterns["opened"].match(self.text, max(0, start - 80), start))

    def opens_sentence(self, start: int) -> bool:
        """Whether a sentence begins at the place, so that a capital says nothing."""
        return self.lexicon.patterns["sentence_end"].match(self.text, max(0, start - 8), start) is not None

    def trim(self, start: int, end: int) -> Span:
        """Cuts words off that stand before a name, owners ("OpenAI's") and a trailing sign."""
        text = self.text
        while end > start and text[end - 1] in " ~\n&.,-'’":
            end -= 1
        if text[end - 2 : end] in ("'s", "’s"):
            end -= 2
        if not _BLANK.search(text, start, end):
            return start, end
        start = self._behind_owner(start, end)
        owned = self.lexicon.patterns["owned"].match(text, start, end)
        if owned and (start, end) not in self.known:
            start = owned.end()
        first = start
        opening: bool | None = None  # asked only if the first word may be one that opens sentences
        while start < end and (start, end) not in self.known:
            match = self.lexicon.patterns["word"].match(text, start, end)
            if match is None:
                break
            word = match[1].lower()
            listed = (match.end(), end) in self.known and word in self.lexicon.before_listed
            if word not in self.lexicon.owners and not listed:
                if word not in self.lexicon.opening:
                    break
                opening = self.opens_sentence(first) if opening is None else opening
                if not opening and not match[1].islower():
                    break
            start = match.end()
        return start, end

    def _behind_owner(self, start: int, end: int) -> int:
        """Returns where a name begins behind an owner ("OpenAI's"); in quotes it is a name as it stands."""
        text = self.text
        owner = max(text.rfind("'s ", start, end), text.rfind("’s ", start, end))
        quoted = start > 0 and text[start - 1] in _QUOTES
        return start if owner < 0 or quoted else owner + 3

    def is_name(self, start: int, end: int, candidate: dataset_patterns.Candidate, *, listed: bool) -> bool:
        """Whether a stretch that a rule proposes can name a dataset; ``listed``: a list has part of it."""
        return self.refusal(start, end, candidate, listed=listed) is None

    def refusal(
        self, start: int, end: int, candidate: dataset_patterns.Candidate, *, listed: bool
    ) -> str | None:
        """Says why a stretch that a rule proposes can name no dataset; None if it can: see `is_name`."""
        lexicon, name = self.lexicon, self.text[start:end]
        patterns = lexicon.patterns
        if not 2 <= len(name) <= 90 or patterns["trivial"].match(name):
            return "it is too short or long, or a plain number or sign"
        if ("-" in name or "–" in name) and patterns["described"].search(name):
            return "it describes and does not name"
        words = [word for word in patterns["split"].split(name) if word]
        if not _is_acronym(words, candidate) and all(_is_common(word.lower(), lexicon) for word in words):
            behind = patterns["not_behind"].match(self.text, end)
            title = "titles" in candidate.rule.traits and self._is_title(words) and behind is None
            return None if title else "its words are common ones"
        if lexicon.ending.search(name):
            return None
        return self._refusal_of_shape(start, end, words, candidate) or self._refusal_of_sense(
            start, end, candidate, first=words[0].lower(), listed=listed
        )

    def _refusal_of_shape(
        self, start: int, end: int, words: list[str], candidate: dataset_patterns.Candidate
    ) -> str | None:
        named = [word for word in words if not _is_common(word.lower(), self.lexicon)]
        if not _has_shape(words if _is_acronym(words, candidate) else named, candidate.rule.shape):
            return f"it has not the form of a name that {candidate.rule.id} asks for"
        if self._is_only_capitalised(start, end, words, candidate):
            return "it is a word that opens a sentence"
        return None

    def _refusal_of_sense(
        self, start: int, end: int, candidate: dataset_patterns.Candidate, *, first: str, listed: bool
    ) -> str | None:
        name = self.text[start:end]
        if any(self._is_model(*fellow) for fellow in candidate.fellows):
            return "another member of its list is a model"
        if self._is_thing(name, first, candidate.rule, listed=listed):
            return "the name is that of a model, a method or software"
        behind = self.lexicon.patterns["not_behind"].match(self.text, end)
        if behind and "behind" not in candidate.rule.traits:
            return "the words behind it say that it is something else"
        if self._is_named_otherwise(name, candidate):
            return "the text says elsewhere that it is something else"
        return None

    def _is_only_capitalised(
        self, start: int, end: int, words: list[str], candidate: dataset_patterns.Candidate
    ) -> bool:
        """Whether a word has its capital from the sentence that it opens ("Characterize test sets")."""
        plain = len(words) == 1 and words[0].isalpha() and words[0][1:].islower()
        if not plain or "sure" in candidate.rule.traits:
            return False
        name = self.text[start:end]
        key = ("opens", name, True)
        if key not in self._verdicts:
            places = occurrences(self.standing, name)
            self._verdicts[key] = all(self.opens_sentence(place) for place, _ in places)
        return self._verdicts[key]

    def _is_model(self, start: int, end: int) -> bool:
        """Whether a member of a list is a model, so that the others are none too."""
        name = self.text[start:end]
        first = name.partition(" ")[0].lower()
        stem = self.lexicon.patterns["stem"].match(first)
        model = first in self.lexicon.models or (stem is not None and stem[0] in self.lexicon.models)
        return model and not self.lexicon.ending.search(name) and not self.listed_inside(start, end)

    def _is_thing(self, name: str, first: str, rule: dataset_patterns.NameRule, *, listed: bool) -> bool:
        """Whether the name alone says that it is a model, a method or software."""
        lexicon = self.lexicon
        if not lexicon.weak_ending.search(name):
            stem = lexicon.patterns["stem"].match(first)
            if first in lexicon.things or (stem and stem[0] in lexicon.things) or self._are_things(name):
                return True
        if listed:
            return False
        looks = "loose" in rule.traits and lexicon.method.search(name)
        return bool(looks or lexicon.model.search(name))

    def _are_things(self, name: str) -> bool:
        """Whether a name is that of several machines: "H100s", "TPUs/GPUs"."""
        parts = _PART.split(name) if name.endswith("s") else ()
        machines = [part.removesuffix("s") for part in parts]
        return bool(machines) and all(m.isupper() and m.lower() in self.lexicon.things for m in machines)

    def _is_named_otherwise(self, name: str, candidate: dataset_patterns.Candidate) -> bool:
        """Whether the text elsewhere says that the name is that of something else."""
        loose = "loose" in candidate.rule.traits
        if "sure" not in candidate.rule.traits and self.is_method(name, loose=loose):
            return True
        if "given" in candidate.rule.traits and self._is_proposed(name):
            return True
        if not self.brackets or "spelled" in candidate.rule.traits:
            return False
        return self._means_otherwise(name, capitalised=loose or candidate.rule.shape == "camel")

    def _is_title(self, words: list[str]) -> bool:
        return sum(word[:1].isupper() for word in words) >= 3


def _capitals(name: str) -> str:
    return "".join(c for c in name if c.isupper()).lower()


def _is_acronym(words: list[str], candidate: dataset_patterns.Candidate) -> bool:
    """Whether a common word in capitals is a name ("we introduce SHAPE, a benchmark")."""
    return "sure" in candidate.rule.traits and len(words) == 1 and words[0].isalpha() and words[0].isupper()


def _is_common(word: str, lexicon: DatasetNames) -> bool:
    """Whether a word, or each of its parts, makes no name."""
    if word in lexicon.common or word.isdigit():
        return True
    parts = _PART.split(word)
    return len(parts) > 1 and all(
        p in lexicon.common or p in lexicon.things or p.isdigit() or not p for p in parts
    )


def _has_shape(words: list[str], shape: str) -> bool:
    if shape == "any":
        return not all(map(str.islower, words)) or any(map(str.isdecimal, "".join(words)))
    for word in words:
        upper = any(map(str.isupper, word[1:]))
        if upper and (shape == "strong" or any(map(str.islower, word.rstrip("s")))):
            return True
        if any(map(str.isdigit, word)) and (upper or any(map(str.isalpha, word))):
            return True
    return False


def _shortens(letters: str, initials: str) -> bool:
    """Whether an acronym's letters are, in order, among the last initials before it, the last included."""
    rest = iter(initials[-len(letters) - 2 :])
    return initials[-1:] == letters[-1] and all(any(c == letter for c in rest) for letter in letters)


def occurrences(standing: Standing, surface: str) -> Iterator[Span]:
    """Yields where a name stands as a whole word, not as a part of a longer name."""
    text = standing.text
    for start in standing.starts(surface):
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
