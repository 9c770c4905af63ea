"""Finds the named datasets, corpora, benchmarks and leaderboards of a text, each with all its mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain, islice
from operator import attrgetter

from extractor.record.schema import Dataset, Mention, trusted
from extractor.text.lookup.gazetteer import Hit
from extractor.text.lookup.lazypattern import Match
from extractor.text.sentences import SentenceSplitter
from extractor.things.datasets import patterns as dataset_patterns
from extractor.things.datasets.names import DatasetJudge, DatasetNames, ListedName, occurrences
from extractor.things.refused import Refused

Span = tuple[int, int]

_JOINERS = re.compile(r"[\s\-_–~\\]+")
_SIZE = re.compile(r"[-_]?\d+[KMB]?\Z")  # of "MossTalk-40K"
_BLANK = re.compile(r"\s")
_LIST = 200  # characters looked at for the rest of a list
_LEAD = 24  # characters looked at for what leads to a list
_READ_AGAIN = 100  # less than so many before the end of what was looked at, a list is read on
_OTHERWISE = "the words around it say that it is a model, a method or a venue"
_ELSEWHERE = "it is part of another name, or the text says elsewhere that it is something else"


class DatasetFinder:
    """Finds datasets by a gazetteer and patterns.

    Args:
        lexicon: Names that are listed, and words that make no name.
        patterns: The patterns for names that no list knows.
        sentences: Splits texts.
    """

    def __init__(
        self, lexicon: DatasetNames, patterns: dataset_patterns.Patterns, sentences: SentenceSplitter
    ) -> None:
        self.lexicon, self.patterns, self._sentences = lexicon, patterns, sentences

    @property
    def words(self) -> Iterable[str]:
        """The runs that texts are asked for; see `find`."""
        return chain(self.lexicon.gazetteer.words, self.patterns.words)

    def find(self, text: str, taken: Sequence[Span] = (), shown: Set[str] | None = None) -> list[Dataset]:
        """Finds the datasets of a text.

        Args:
            text: The abstract, as given.
            taken: Spans that cannot be datasets (web addresses, hardware).
            shown: The runs of the text, or those of them that are among ``words``, where they are known.

        Returns:
            One record for each distinct dataset, sorted by the start of its first mention.
        """
        listed = self.lexicon.gazetteer.find(text, shown)
        proposed = dataset_patterns.candidates(self.patterns, self._sentences, text, shown)
        if not listed and not proposed:
            return []
        return _TextReader(text, taken, self.lexicon).run(listed, proposed)

    def refused(self, text: str, taken: Sequence[Span] = ()) -> Iterator[Refused]:
        """Yields the names, listed or proposed by a rule, that name no dataset in this text; see `find`."""
        listed = self.lexicon.gazetteer.find(text)
        proposed = list(dataset_patterns.candidates(self.patterns, self._sentences, text))
        if listed or proposed:
            yield from _TextReader(text, taken, self.lexicon).refused(listed, proposed)


class _TextReader:
    """The work on one text: accepts spans, joins them to things, collects the mentions."""

    def __init__(self, text: str, taken: Sequence[Span], lexicon: DatasetNames) -> None:
        self.text = text
        self.taken = taken
        self.mask = _mask(len(text), taken) if taken else bytearray()
        self.lexicon = lexicon
        self.found: dict[Span, str] = {}
        self.judge = DatasetJudge(text, lexicon)

    def run(
        self, listed: Sequence[Hit[ListedName]], proposed: Iterable[dataset_patterns.Candidate]
    ) -> list[Dataset]:
        for hit in listed:
            self._take_listed(hit)
        if listed:
            self.judge.starts = sorted({*self.judge.known, *((hit.start, hit.end) for hit in listed)})
        for candidate in proposed:
            self._take_proposed(candidate)
        for span, entry in self.judge.known.items():
            if entry.cue == "near" and span not in self.found and self._cued(span):
                self._accept(*span, "dataset.gazetteer-cue")
        if not self.found:
            return []
        self._coordinate()
        return self._records()

    def refused(
        self, listed: Sequence[Hit[ListedName]], proposed: Sequence[dataset_patterns.Candidate]
    ) -> Iterator[Refused]:
        """Yields what `run` looks at and does not take, each stretch once, with the reason."""
        records = self.run(listed, proposed)
        taken = _mask(len(self.text), [(m.start, m.end) for record in records for m in record.mentions])
        reasons: dict[Span, str] = {}
        for (start, end), entry in self.judge.known.items():
            other = self.judge.is_other_thing(start, end, entry)
            cue = "it needs a word such as dataset or benchmark beside it" if entry.cue else _ELSEWHERE
            reasons[start, end] = _OTHERWISE if other else cue
        for candidate in proposed:
            start, end = self.judge.trim(candidate.start, candidate.end)
            inside = bool(self.judge.listed_inside(start, end))
            reason = self.judge.refusal(start, end, candidate, listed=inside) if start < end else None
            reasons.setdefault((start, end), reason or _ELSEWHERE)
        for start, end in sorted(reasons):
            if start < end and taken.find(1, start, end) < 0 and self.mask.find(1, start, end) < 0:
                yield Refused("dataset", start, end, reasons[start, end])

    def _accept(self, start: int, end: int, rule: str) -> None:
        if self.mask.find(1, start, end) >= 0:
            cut = self.mask[start] and start and self.mask[start - 1]
            whole = self.mask.find(0, start, end) < 0
            if cut or whole or _BLANK.search(self.text, start, end):
                return  # a device's name may stand inside a benchmark's (ASIC-Agent-Bench), not beside it
        self.found.setdefault((start, end), rule)

    def _take_listed(self, hit: Hit[ListedName]) -> None:
        before = self.text[hit.start - 1 : hit.start] if hit.start else ""
        if before == "/" and next(reversed(self.judge.known), (0, 0))[1] == hit.start - 1:
            before = ""  # MNIST/CIFAR-10 are two
        if before in ("/", "-", "_", "@", "#") or (before == "\\" and self.text[hit.start].isalpha()):
            return
        variant = self.lexicon.patterns["variant"].match(self.text, hit.end)
        end = variant.end() if variant else hit.end
        if end > hit.end and self.text[hit.end : end].lower().strip("-–_ ") in self.lexicon.things:
            return  # LAION-CLAP is a model
        name = self.text[hit.start : end]
        acronym = name.isalpha() and name.isupper()
        entry = hit.payload
        if acronym and entry.cue is None and self.lexicon.patterns["short"].match(name):
            entry = ListedName("near")
        self.judge.known[hit.start, end] = entry
        if entry.cue is None and not self.judge.is_other_thing(hit.start, end, entry):
            if acronym and self.judge.is_method(name, loose=False):
                return  # a new method took the same acronym
            self._accept(hit.start, end, "dataset.gazetteer")

    def _cued(self, span: Span) -> bool:
        start, end = span
        name = self.text[start:end]
        if self.judge.is_other_thing(start, end, self.judge.known[span]) or self.judge.is_method(
            name, loose=False
        ):
            return False
        plain = name.isalpha() and name[1:].islower()  # also a word, or a person's name
        if plain and self.judge.opens_sentence(start):
            return False
        pattern = self.lexicon.patterns["cue_right_noun" if plain else "cue_right"]
        return pattern.match(self.text, end, end + 80) is not None

    def _take_proposed(self, candidate: dataset_patterns.Candidate) -> None:
        start, end = self.judge.trim(candidate.start, candidate.end)
        if self.text.startswith("-$", end):  # PASCAL-$5^i$
            variant = self.lexicon.patterns["variant"].match(self.text, end)
            end = variant.end() if variant else end
        if start >= end or (start, end) in self.found:
            return
        known = self.judge.known
        if (start, end) in known:
            self._accept_known((start, end), candidate.rule)
            return
        listed = self.judge.listed_inside(start, end)
        inside = [span for span in listed if span in known]
        if len(inside) > 1 and sum(known[span].cue is None for span in inside) > 1:
            for span in inside:
                self._accept_known(span, candidate.rule)
        elif self.judge.is_name(start, end, candidate, listed=bool(listed)):
            self._accept(start, end, candidate.rule.id)
        elif inside:
            self._accept_known(inside[0], candidate.rule)

    def _accept_known(self, span: Span, rule: dataset_patterns.NameRule) -> None:
        """Accepts a listed name that a rule proposes, if the rule is strong enough for it."""
        entry = self.judge.known[span]
        if entry.cue == "noun" and "naming" not in rule.traits:
            return
        if not (entry.cue and self.judge.is_other_thing(*span, entry)):
            self._accept(*span, rule.id)

    def _coordinate(self) -> None:
        """Takes the other members of a list of which one is a dataset."""
        text, lexicon = self.text, self.lexicon
        right, left = lexicon.lists
        members: dict[Span, bool] = {}  # each once, and whether it may be plain
        last, reached = 0, 0  # where the name before ends, and how far lists were read
        first = 0  # where the list begins
        for start, end in sorted(self.found):
            # What stands before a list of names that are found is read before the first of them.
            opens = not lexicon.list_joint.fullmatch(text, last, start)
            if opens:
                before = left.match(text, max(0, start - _LIST), start) if self._may_list(start) else None
                first = before.start() if before else start
                if before:
                    self._add_members(members, before, first)
            listed = (start, end) in members and end + _READ_AGAIN <= reached
            if not listed and lexicon.list_ahead.match(text, end, end + _LIST):
                high = reached = end + _LIST
                behind = right.match(text, end, high) if lexicon.list_end.search(text, end, high) else None
                if behind:
                    self._add_members(members, behind, first)
            if self.judge.brackets:
                self._add_bracketed(members, start, end, opens=opens)
            last = end
        for span, plain in members.items():
            self._take_proposed(dataset_patterns.Candidate(*span, lexicon.coordinated))
            if plain and span not in self.found and lexicon.closed.match(text, span[1]):
                self._take_proposed(dataset_patterns.Candidate(*span, lexicon.coordinated_plain))

    def _add_bracketed(self, members: dict[Span, bool], start: int, end: int, *, opens: bool) -> None:
        """Adds what stands in the brackets of a name, and in the brackets behind other words like it.

        What stands before is looked at from the first name of a list only, which ``opens`` it.
        """
        text, (inside, parallel, inside_before, parallel_before) = self.text, self.lexicon.brackets
        high, low = end + _LIST, max(0, start - _LIST)
        if text.rfind("(", low, start) <= (closed := text.rfind(")", low, start)):
            return  # no bracket is open before the name
        matches = [inside.match(text, end, high)]
        if text.find("(", end, high) >= 0:
            matches.append(parallel.match(text, end, high))
        if opens and text[start - 1] != "(":
            matches.append(inside_before.match(text, low, start))
        if opens and closed >= 0:
            matches.append(parallel_before.match(text, low, start))
        for match in matches:
            members.update(dict.fromkeys(dataset_patterns.name_spans(match), False))

    def _add_members(self, members: dict[Span, bool], match: Match, first: int) -> None:
        """Adds the names of a list that begins at ``first``: plain ones count if what leads to it says so."""
        spans = dataset_patterns.name_spans(match)
        metrics = any(self.text[start:end].lower() in self.lexicon.things for start, end in spans)
        before = max(0, first - _LEAD)
        plain = not metrics and self.lexicon.governed.match(self.text, before, first) is not None
        for span in spans:
            members[span] = members.get(span, False) or plain

    def _may_list(self, start: int) -> bool:
        """Tells quickly whether a list may stand before a name, as most names follow a plain word."""
        before = self.text[max(0, start - 16) : start]
        word = before[:-1].rpartition(" ")[2]
        return before[-1:] != " " or not word.isalpha() or word in self.lexicon.list_words

    def _records(self) -> list[Dataset]:
        spans = _outermost(self.found)
        things: dict[str, list[Span]] = {}
        rules: dict[str, str] = {}
        for start, end in spans:
            key = _key(self.text[start:end])
            if key in things:
                things[key].append((start, end))
            else:
                things[key], rules[key] = [(start, end)], self.found[start, end]
        self._add_mentions(things, spans)
        records = list(self._link(things, rules))
        if len(records) > 1:
            records.sort(key=attrgetter("start"))
        return records

    def _add_mentions(self, things: dict[str, list[Span]], found: list[Span]) -> None:
        """Adds to each thing where else its names stand, those with the longest name first."""
        repeated: list[tuple[list[Span], str]] = []
        for spans in things.values():
            surfaces = [self.text[start:end] for start, end in spans]
            for surface in set(surfaces):
                if self._recurs(surface, surfaces.count(surface)):
                    repeated.append((spans, surface))
        if not repeated:
            return
        covered = _mask(len(self.text), [*self.taken, *found])
        for spans, surface in sorted(repeated, key=lambda item: item[0][0][0] - item[0][0][1]):
            for start, end in occurrences(self.judge.standing, surface):
                if covered.find(1, start, end) < 0:
                    spans.append((start, end))
                    covered[start:end] = b"\1" * (end - start)

    def _recurs(self, surface: str, found: int) -> bool:
        """Tells whether a name stands anywhere else than where it was found, as part of a word too."""
        starts = self.judge.standing.starts(surface)
        return next(islice(starts, found, None), None) is not None

    def _link(self, things: dict[str, list[Span]], rules: dict[str, str]) -> Iterator[Dataset]:
        """Joins long forms with their acronyms and makes the records."""
        names: dict[str, str] = {}
        for key, spans in list(things.items()) if self.judge.brackets else ():
            short = self._short_form(spans)
            other = _key(self.text[slice(*short)]) if short else key
            if short is None or other == key:
                continue
            name = self.text[slice(*short)]
            if other not in things:
                found = [span for span in occurrences(self.judge.standing, name) if not self._is_taken(span)]
                things[other], rules[other] = found or [short], rules[key]
            names[other] = name
            things[other] += things.pop(key)
        for key, spans in things.items():
            yield self._record(sorted(set(spans)) if len(spans) > 1 else spans, names.get(key), rules[key])

    def _is_taken(self, span: Span) -> bool:
        return self.mask.find(1, *span) >= 0

    def _short_form(self, spans: list[Span]) -> Span | None:
        """The acronym in brackets behind a mention, or before one in brackets, if it abbreviates the name."""
        patterns = self.lexicon.patterns
        for start, end in spans:
            behind = patterns["short_form"].match(self.text, end)
            before = patterns["short_form_before"].match(self.text, max(0, start - 40), start)
            for match in (behind, before):
                if match and _abbreviates(match["short"], self.text[start:end]):
                    return match.span("short")
        return None

    def _record(self, spans: list[Span], name: str | None, rule: str) -> Dataset:
        mentions = tuple([trusted(Mention, text=self.text[a:b], start=a, end=b) for a, b in spans])
        first = mentions[0]
        name = name or first.text
        if "\\" in name or "\n" in name:
            name = name.replace("\\&", "&").replace("\\_", "_").replace("\n", " ")
        return trusted(
            Dataset,
            text=first.text,
            start=first.start,
            end=first.end,
            rule=rule,
            name=name,
            mentions=mentions,
        )


def _abbreviates(short: str, name: str) -> bool:
    """Whether the letters of a short form stand, in their order, in the long one, from its start on."""
    letters = [c.lower() for c in _SIZE.sub("", short) if c.isalnum()]
    rest = iter(name.lower())
    return (
        len(letters) > 1
        and len(short) < len(name)
        and letters[0] == next((c for c in name.lower() if c.isalnum()), "")
        and all(any(c == letter for c in rest) for letter in letters)
    )


def _mask(length: int, spans: Iterable[Span]) -> bytearray:
    """Returns one byte for each character, 1 inside the spans."""
    mask = bytearray(length)
    for start, end in spans:
        mask[start:end] = b"\1" * (min(end, length) - start)
    return mask


def _key(name: str) -> str:
    return (name if name.isalnum() else _JOINERS.sub("", name)).casefold()


def _outermost(found: dict[Span, str]) -> list[Span]:
    if len(found) == 1:
        return list(found)
    kept: list[Span] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
