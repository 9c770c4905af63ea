"""Weighs the names that no list has and no pattern claims: whether the evidence makes them datasets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from extractor.text.sentences import sentence_at
from extractor.things.datasets.evidence import FACTS, DatasetEvidence, EvidenceRule
from extractor.things.datasets.names import DatasetJudge, DatasetNames, is_common, occurrences

Span = tuple[int, int]

_REACH = 100  # characters right before and behind a name that rules may read
_MOST = 4  # places of a name that are read
_OFTEN = 3  # times from which on a name stands often in its text
_LISTED = 4  # letters of a listed name from which on it is weighed where it lacks its cue
_LENGTHS = range(3, 51)  # of names that are weighed
_ORDER = ("behind", "before", "later", "earlier")  # the quick ones first
_QUICK, _SLOW = FACTS[:-2], FACTS[-2:]
_NAMES = 50_000  # that are kept with what they show themselves
# The letters and digits of a name, with the signs that may stand in it, in what stands between two blanks.
_CORE = re.compile(
    r"[(\[{\"'“‘`~]*(?P<name>[^\W_](?:[\w&+/$^{}.-]*[\w+}$])?\*?)(?:['’]s?)?[)\]}\"'”’`]*[,.;:?!]*\Z"
)
# A capital behind the first letter, or a digit beside a letter.
_STRONG = re.compile(r".+[A-Z]|(?=.*[A-Za-z]).*\d")
_MORE = re.compile(r"(?:[ ~](?:[A-Z][\w+-]*\w|[A-Z]|[vV]?\d+(?:\.\d+)?)(?![\w%-]|\.\d))*")  # words of a name


class WeighedName(NamedTuple):
    """A name with all evidence about it.

    Attributes:
        spans: Where it stands.
        evidence: What speaks of it, each rule once.
    """

    spans: tuple[Span, ...]
    evidence: tuple[EvidenceRule, ...]

    @property
    def points(self) -> float:
        """The sum of all points, in logits: above zero a dataset is more likely than none."""
        return sum(rule.points for rule in self.evidence)


class NameWeigher:
    """Weighs names by the rules of evidence.

    Args:
        lexicon: Names that are listed, and words that make no name.
        rules: The rules.
    """

    def __init__(self, lexicon: DatasetNames, rules: DatasetEvidence) -> None:
        self.lexicon, self.rules = lexicon, rules
        self._core = lru_cache(maxsize=_NAMES)(self._read_core)
        self._of_name = lru_cache(maxsize=_NAMES)(self._read_name)
        self._cores = lru_cache(maxsize=1)(self._find_cores)  # asked twice for a text

    def may_name(self, text: str) -> bool:
        """Tells quickly whether a text in which nothing is known has a name that could be a dataset."""
        return any(self._promises(core) for core in self._cores(text))

    def _promises(self, name: str) -> bool:
        """Tells whether a name can be a dataset where its text names no other."""
        alone = self.rules.facts.get("alone")
        points = sum(rule.points for rule in self._of_name(name)) + (alone.points if alone else 0.0)
        return points >= self.rules.floor

    def weigh(self, judge: DatasetJudge, mask: bytearray, found: Sequence[Span]) -> list[WeighedName]:
        """Returns the open names of a text, with all evidence about each.

        Args:
            judge: Knows the text and its listed names.
            mask: One byte for each character that is 1 in other things; empty if there are none.
            found: Where datasets are named.
        """
        names = self._open(judge, mask, found)
        return [
            _Scales(self.rules, judge, found, spans, self._of_name(name)).weighed()
            for name, spans in names.items()
        ]

    def extend(self, judge: DatasetJudge, mask: bytearray, found: Sequence[Span]) -> Iterator[WeighedName]:
        """Yields those names that are more likely a dataset than none; see `weigh`."""
        if not found and not judge.known and not self.may_name(judge.text):
            return
        for name, spans in self._open(judge, mask, found).items():
            accepted = _Scales(self.rules, judge, found, spans, self._of_name(name)).accepted()
            if accepted is not None:
                yield accepted

    def _open(self, judge: DatasetJudge, mask: bytearray, found: Sequence[Span]) -> dict[str, list[Span]]:
        """Returns where the names stand that are no dataset yet and no other thing."""
        text = judge.text
        names: dict[str, list[Span]] = {}
        cores = self._cores(text)
        places = [self._extended(judge, *place) for core in cores for place in occurrences(text, core)]
        known = [span for span in judge.known if self._extended(judge, *span) == span]
        for span in dict.fromkeys([*places, *known]):
            start, end = span
            if end - start < _LISTED and span in judge.known:
                continue
            if mask.find(1, start, end) < 0 and not any(a < end and start < b for a, b in found):
                names.setdefault(text[start:end], []).append(span)
        return names

    def _find_cores(self, text: str) -> list[str]:
        """Returns what may be a name, or its chief word, each once."""
        core = self._core
        words = [word for word in set(text.split()) if not word[1:].islower()]
        return sorted({name for word in words if (name := core(word))})

    def _read_core(self, word: str) -> str | None:
        """Returns the name in what stands between two blanks, if there can be one."""
        match = _CORE.match(word)
        name = match["name"] if match else ""
        if len(name) not in _LENGTHS or not _STRONG.match(name):
            return None
        lexicon, low = self.lexicon, name.lower()
        patterns = lexicon.patterns
        if low in lexicon.things or low in lexicon.common or self.rules.no_name.match(name):
            return None
        if is_common(low, lexicon) or patterns["trivial"].match(name):
            return None
        stem = patterns["stem"].match(low)
        other = stem and stem[0] in lexicon.things
        if other and not lexicon.ending.search(name) and not lexicon.weak_ending.search(name):
            return None
        models = (patterns["described"], lexicon.model, lexicon.method)
        return None if any(pattern.search(name) for pattern in models) else name

    def _extended(self, judge: DatasetJudge, start: int, end: int) -> Span:
        """Takes the words with capitals beside a name along, and numbers behind it."""
        text = judge.text
        if text[end : end + 1] in (" ", "~"):
            more = _MORE.match(text, end)
            end = more.end() if more else end
        first = start
        while first > 1 and text[first - 1] == " ":
            blank = max(text.rfind(" ", 0, first - 1), text.rfind("\n", 0, first - 1)) + 1
            word = text[blank : first - 1]
            if not (word[:1].isupper() and word.replace("-", "").isalnum()):
                break
            if any(part in self.lexicon.common for part in word.lower().split("-")):
                break
            if word[1:].islower() and judge.opens_sentence(blank):
                break
            first = blank
        return judge.trim(first, end)

    def _read_name(self, name: str) -> tuple[EvidenceRule, ...]:
        """Returns the rules that speak of a name wherever it stands."""
        return tuple(self.rules.speaking("name", name, 0, len(name)))


class _Scales:
    """Weighs one name of a text.

    Args:
        rules: The rules.
        judge: Knows the text.
        found: Where datasets are named.
        spans: Where the name stands.
        own: The rules that speak of the name itself.
    """

    def __init__(
        self,
        rules: DatasetEvidence,
        judge: DatasetJudge,
        found: Sequence[Span],
        spans: Sequence[Span],
        own: Sequence[EvidenceRule],
    ) -> None:
        self._rules, self._judge, self._found, self._spans = rules, judge, found, spans
        self._evidence = {rule.id: rule for rule in own}

    @cached_property
    def _around(self) -> list[tuple[Span, Span]]:
        """The places that are read, each with its sentence."""
        return [(span, sentence_at(self._judge.text, span[0])) for span in self._spans[:_MOST]]

    def weighed(self) -> WeighedName:
        """Returns the name with all that speaks of it."""
        self._add(self._facts(FACTS))
        for place in _ORDER:
            self._read(place)
        return WeighedName(tuple(self._spans), tuple(self._evidence.values()))

    def accepted(self) -> WeighedName | None:
        """Returns the name if it is more likely a dataset than none; what cannot be is not read on."""
        self._add(self._facts(_QUICK))
        if self._points < self._rules.floor:
            return None
        ahead = {place: self._rules.most[place] * len(self._around) for place in _ORDER}
        while ahead and self._points + sum(ahead.values()) > 0:
            place = next(iter(ahead))
            del ahead[place]
            self._read(place)
        if ahead:
            return None
        self._add(self._facts(_SLOW))
        return WeighedName(tuple(self._spans), tuple(self._evidence.values())) if self._points > 0 else None

    def _read(self, place: str) -> None:
        for span, sentence in self._around:
            self._add(self._rules.speaking(place, self._judge.text, *_stretch(place, span, sentence)))

    @property
    def _points(self) -> float:
        return sum(rule.points for rule in self._evidence.values())

    def _add(self, rules: Iterable[EvidenceRule]) -> None:
        self._evidence.update((rule.id, rule) for rule in rules)

    def _facts(self, asked: Iterable[str]) -> Iterator[EvidenceRule]:
        for fact in asked:
            rule = self._rules.facts.get(fact)
            if rule is not None and self._holds(fact):
                yield rule

    def _holds(self, fact: str) -> bool:
        judge, (start, end) = self._judge, self._spans[0]
        if fact in ("listed", "word", "source"):
            entry = judge.known.get((start, end))
            if entry is None:
                return False
            kind = "word" if judge.text[start + 1 : end].islower() else "listed"
            return fact == ("source" if entry.cue == "noun" else kind)
        if fact == "with":
            found = self._found
            return bool(found) and any(
                low <= place < high for place, _ in found for _, (low, high) in self._around
            )
        if fact == "alone":
            return not self._found
        if fact == "often":
            return len(self._spans) >= _OFTEN
        name = judge.text[start:end]
        return judge.is_method(name, loose=True) if fact == "method" else judge.means_otherwise(name)


def _stretch(place: str, span: Span, sentence: Span) -> Span:
    """Returns what rules of a place read around a name in its sentence."""
    (start, end), (first, last) = span, sentence
    if place in ("before", "earlier"):
        return (max(first, start - _REACH) if place == "before" else first), start
    return end, max(end, min(last, end + _REACH) if place == "behind" else last)
