"""Finds the hardware an abstract names: devices, series, machines and classes, with category and count."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import accumulate, chain
from operator import itemgetter
from typing import NamedTuple, cast

import regex

from extractor.knowledge.hardware_terms import Class, Device, HardwareTerms, Pattern
from extractor.record.schema import Category, Hardware, Mention, trusted
from extractor.text.lookup.gazetteer import Gazetteer
from extractor.text.lookup.lazypattern import compile_late, late
from extractor.text.lookup.vocabulary import runs
from extractor.text.numberwords import NumberWords
from extractor.text.sentences import SentenceSplitter
from extractor.things.hardware import counts as hardware_counts
from extractor.things.hardware.around import REACH, Around, telling
from extractor.things.hardware.judge import DeviceJudge, Dressed, Found, Verdict, documented
from extractor.things.refused import Refused

_MEANS_OTHERWISE = "it can mean other things, and no word of computing stands in the text or close by"
_WITH_PARTS = ("soc", "cpu", "phone")
_FIRST = regex.compile(r"[^\W\d_]+|\d+")


class _Hit(NamedTuple):
    """One mention: where it stands, what it names, and how many of it the text speaks of there."""

    start: int
    end: int
    name: str
    category: str
    rule: str
    amount: int | None = None
    generic: bool = False  # names a class, not a device


class HardwareFinder:
    """Finds hardware by a gazetteer, series and classes.

    Args:
        terms: What is known of hardware.
        number_words: What number words are worth.
        sentences: Splits texts.
    """

    def __init__(self, terms: HardwareTerms, number_words: NumberWords, sentences: SentenceSplitter) -> None:
        self._cues = terms.cues
        self._patterns: dict[str, list[Pattern]] = {}
        openings: list[tuple[str, Device | Class | None]] = []
        for pattern in terms.patterns:
            openings.extend((anchor, None) for anchor in pattern.anchors)
            for first in {_first(anchor) for anchor in pattern.anchors}:
                self._patterns.setdefault(first, []).append(pattern)
        named = [(surface, entry) for entry in terms.entries for surface in entry.surfaces]
        forms = [(form, item) for item in terms.classes for form in item.forms]
        spelled = [(form, item) for item in terms.classes for form in item.spelled]
        surfaces: list[tuple[str, Device | Class | None]] = [*named, *forms]
        self._gazetteer = Gazetteer[Device | Class | None](
            surfaces, folded=spelled, openings=openings, plural=True
        )
        self._telling = telling(terms.words)
        self._terms, self._number_words, self._sentences = terms, number_words, sentences

    @property
    def words(self) -> Iterable[str]:
        """The runs that texts are asked for; see `find`."""
        return chain(self._gazetteer.words, self._telling)

    # What reads the words around devices is made where a text first has one, as it takes long to compile.
    @cached_property
    def _guards(self) -> dict[str, regex.Pattern[str] | None]:
        classes = self._terms.classes
        return {item.name: _spelled(classes, item.name) for item in classes}

    @cached_property
    def _around(self) -> Around:
        return Around(self._terms.words)

    @cached_property
    def _counts(self) -> hardware_counts.Counter:
        return hardware_counts.Counter(self._terms.words, self._number_words)

    @cached_property
    def _judge(self) -> DeviceJudge:
        return DeviceJudge(self._terms.words, self._terms.cues["compute"], self._sentences)

    def prepare(self) -> HardwareFinder:
        """Makes all that it will need, so that what is wrong with a user's terms is told at once."""
        compile_late(self._guards, self._around, self._counts, self._judge)
        return self

    def find(
        self, text: str, urls: Sequence[tuple[int, int]] = (), shown: Set[str] | None = None
    ) -> list[Hardware]:
        """Finds the hardware of an abstract.

        Args:
            text: The abstract as given.
            urls: Spans of web addresses; nothing inside them is hardware.
            shown: The runs of the text, or those of them that are among ``words``, where they are known.

        Returns:
            One record for each distinct thing, in the order of first mention, with every mention.
        """
        named, classes = self._candidates(text, urls, runs(text) if shown is None else shown)
        if not named and not classes:
            return []
        mentions = self._named(text, named)
        mentions += self._parts(text, classes, mentions)
        mentions.sort()
        mentions += self._generic(text, classes, mentions)
        mentions.sort()
        return _things(text, _counted_by_class(text, mentions))

    def _candidates(
        self, text: str, urls: Sequence[tuple[int, int]], shown: Set[str]
    ) -> tuple[list[Found], list[tuple[int, int, Class]]]:
        """Returns the names and the classes in a text, as yet unjudged."""
        named: list[Found] = []
        classes: list[tuple[int, int, Class]] = []
        starts = sorted(urls)
        ends = list(accumulate((end for _, end in starts), max))
        for start, end, payload in self._gazetteer.find(text, shown):
            if starts and (at := bisect_right(starts, start, key=itemgetter(0))) and start < ends[at - 1]:
                continue  # in an address
            if isinstance(payload, Class):
                classes.append((start, end, payload))
                continue
            found = self._longest(text, start, end, payload)
            if found is not None and (not _is_never(found) or not self._telling.isdisjoint(shown)):
                named.append(found)
        return named, classes

    def refused(self, text: str, urls: Sequence[tuple[int, int]]) -> Iterator[Refused]:
        """Yields the names that are in the lists and not taken in this text."""
        named, classes = self._candidates(text, urls, runs(text))
        dressed = self._judge.settle(text, self._dressed(text, named))
        sure = {item.found.name for item in dressed if item.verdict.hardware}
        for item in dressed:
            core = item.found
            if item.verdict.hardware is False or core.name not in sure:
                yield Refused("hardware", core.start, core.end, item.verdict.reason)
        taken = sorted([*self._named(text, named), *self._parts(text, classes, self._named(text, named))])
        kept = {hit.start for hit in self._generic(text, classes, taken)}
        for start, end, each in classes:
            if each.marker or start in kept or _overlaps(start, end, taken):
                continue
            unit = self._around.is_compute_unit(text, end)
            reason = "it is part of a unit of device time" if unit else _MEANS_OTHERWISE
            yield Refused("hardware", start, end, reason)
        for start, end, payload in self._gazetteer.find(text):
            found = None if isinstance(payload, Class) else self._longest(text, start, end, payload)
            if found is not None and _is_never(found) and found not in named:
                yield Refused("hardware", start, end, "it is a device only with its maker or a class noun")

    def _longest(self, text: str, start: int, end: int, entry: Device | None) -> Found | None:
        best = None if entry is None else Found(start, end, entry.name, entry)
        for pattern in self._patterns.get(_first(text[start:end]), ()):
            match = pattern.expression.match(text, start)
            if match is not None and (best is None or _better(match.end(), pattern, best)):
                best = Found(start, match.end(), pattern.name(match), pattern)
        return best

    def _named(self, text: str, found: list[Found]) -> list[_Hit]:
        dressed = self._judge.settle(text, self._dressed(text, found))
        # What is hardware at one place of the abstract is it at the others, unless words there forbid it.
        sure = {item.found.name for item in dressed if item.verdict.hardware}
        hits: list[_Hit] = []
        last = 0
        for item in dressed:
            core, source = item.found, item.found.source
            if core.start < last or item.verdict.hardware is False or core.name not in sure:
                continue
            start = max(item.start, last)
            before = hits[-1][:2] if hits else (0, 0)
            counted = item.specified or source.counted
            amount = self._counts.named(text, start, item.end, before) if counted else None
            category = source.category
            if category in _WITH_PARTS:
                category = self._around.part_meant(text, core.end, item.end) or category
            hits.append(_Hit(start, item.end, core.name, category, source.rule, amount=amount))
            last = item.end
        return hits

    def _dressed(self, text: str, found: list[Found]) -> list[Dressed]:
        """Reads what stands around every name, leaves out those that lead the next, and judges the rest."""
        spans = [self._around.extend(text, item.start, item.end) for item in found]
        dressed: list[Dressed] = []
        documents: dict[str, Verdict | None] = {}
        for index, (item, (start, end)) in enumerate(zip(found, spans, strict=True)):
            # A maker or product line right before a name is part of its mention ("Tesla" of "Tesla P100").
            following = found[index + 1] if index + 1 < len(found) else None
            if following is not None and following.start >= item.end and spans[index + 1][0] <= item.start:
                continue
            specified = self._around.is_specified(text, item.end, end)
            vendor = self._around.vendor(text, start, item.start, item.source.facts.vendor)
            verdict = self._judge.verdict(text, item, specified=specified, vendor=vendor)
            cue = item.source.cue
            if verdict.hardware is None and cue is not None:
                if cue.name not in documents:
                    documents[cue.name] = documented(text, cue)
                verdict = documents[cue.name] or verdict
            dressed.append(Dressed(start, max(end, _plural(text, item.end)), specified, item, verdict))
        return dressed

    def _parts(self, text: str, classes: list[tuple[int, int, Class]], taken: list[_Hit]) -> list[_Hit]:
        """Names an unlisted part number in front of a class noun: "C700 GPUs", "NVIDIA X9 GPU"."""
        hits: list[_Hit] = []
        for start, end, item in classes:
            part = self._around.machine(text, start) if item.marker else self._around.part(text, start)
            if part is None or _overlaps(part.start("name"), end, taken):
                continue
            low, _ = self._around.extend(text, part.start("name"), start)
            count = self._counts.named(text, low, end, _preceding(low, taken))
            rule = "hardware.machine" if item.marker else "hardware.part"
            hits.append(_Hit(low, end, " ".join(part["name"].split()), item.category, rule, amount=count))
        return hits

    def _generic(self, text: str, classes: list[tuple[int, int, Class]], taken: list[_Hit]) -> list[_Hit]:
        hits: list[_Hit] = []
        allowed: dict[str, bool] = {}
        for start, end, item in classes:
            if item.marker or _overlaps(start, end, taken) or self._around.is_compute_unit(text, end):
                continue
            if item.not_before is not None and item.not_before.search(text[max(0, start - 12) : start]):
                continue
            key = f"{item.name}/{item.guard}"
            if key not in allowed:
                allowed[key] = not item.guard or self._guarded(text, item, taken)
            if allowed[key] and (item.guard != "near" or self._near(text, start, end)):
                count = (
                    self._counts.generic(text, start, end, _preceding(start, taken)) if item.counted else None
                )
                hits.append(_Hit(start, end, item.name, item.category, item.rule, count, generic=True))
        return hits

    def _near(self, text: str, start: int, end: int) -> bool:
        cue = self._cues["hardware"].document
        return cue is not None and bool(cue.search(text[max(0, start - REACH) : end + REACH]))

    def _guarded(self, text: str, item: Class, named: list[_Hit]) -> bool:
        spelled = self._guards[item.name]
        if spelled is not None and spelled.search(text):
            return True
        if any(_defined_otherwise(text, form) for form in item.forms):
            return False
        cue = self._cues["hardware"].document
        return bool(named) or (cue is not None and bool(cue.search(text)))


def _is_never(found: Found) -> bool:
    """Tells whether a name is hardware only beside a class noun or its maker."""
    cue = found.source.cue
    tells = (cue.near, cue.document, cue.counts, cue.framed, cue.company) if cue else ()
    return cue is not None and not any(tells)


def _plural(text: str, end: int) -> int:
    """Returns the end of a name with the plural s written onto it ("RTX 4090s")."""
    return end + 1 if text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalnum() else end


def _defined_otherwise(text: str, form: str) -> bool:
    """Says whether the text spells the acronym out as something else: "class-incremental models (CIM)"."""
    at = text.find(f"({form}")
    if at < 0:
        return False
    initials = "".join(word[0] for word in regex.findall(r"[^\W\d_]+", text[max(0, at - 80) : at])).lower()
    return initials.endswith(form.lower().rstrip("s"))


def _better(end: int, pattern: Pattern, best: Found) -> bool:
    """Says whether a pattern match is longer than the best so far, or as long and in no need of a cue."""
    return end > best.end or (end == best.end and pattern.cue is None and best.source.cue is not None)


def _preceding(start: int, taken: Sequence[_Hit]) -> tuple[int, int]:
    """Returns the span of the last hit that begins before start."""
    at = bisect_left(taken, start, key=lambda hit: hit.start)
    return taken[at - 1][:2] if at else (0, 0)


def _overlaps(start: int, end: int, taken: Sequence[_Hit]) -> bool:
    """Says whether the span meets one of the hits, which are sorted and apart."""
    at = bisect_left(taken, end, key=lambda hit: hit.start)
    return at > 0 and taken[at - 1].end > start


def _counted_by_class(text: str, hits: list[_Hit]) -> list[_Hit]:
    """Gives "H100 GPUs" the count of the GPUs before it in the sentence, if no other device can have it."""
    names: dict[str, set[str]] = {}
    for hit in hits:
        if not hit.generic:
            names.setdefault(hit.category, set()).add(hit.name)
    result: list[_Hit] = []
    largest: dict[str, int] = {}  # of each class in this sentence
    position = 0
    for hit in hits:
        if ". " in text[position : hit.start]:
            largest.clear()
        position = hit.end
        amount = hit.amount
        if hit.generic and amount is not None:
            largest[hit.category] = max(amount, largest.get(hit.category, 0))
        elif not hit.generic and amount is None and text[hit.end - 1] == "s":
            amount = largest.get(hit.category) if len(names[hit.category]) == 1 else None
        result.append(hit._replace(amount=amount))
    return result


def _things(text: str, hits: list[_Hit]) -> list[Hardware]:
    groups: dict[str, list[_Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.name, []).append(hit)
    things = []
    for name, group in groups.items():
        first = group[0]
        counts = [hit.amount for hit in group if hit.amount is not None]
        mentions = tuple(
            trusted(Mention, text=text[hit.start : hit.end], start=hit.start, end=hit.end) for hit in group
        )
        things.append(
            trusted(
                Hardware,
                text=mentions[0].text,
                start=first.start,
                end=first.end,
                rule=first.rule,
                name=name,
                mentions=mentions,
                category=cast("Category", first.category),
                count=max(counts, default=None),
            )
        )
    return things


def _spelled(classes: Iterable[Class], name: str) -> regex.Pattern[str] | None:
    forms = [form for item in classes if item.name == name for form in item.spelled]
    if not forms:
        return None
    joined = "|".join(
        regex.escape(form).replace(r"\ ", r"[\s~-]+").replace(r"\-", r"[\s~-]+") for form in forms
    )
    return late(rf"(?<!\w)(?:{joined})(?!\w)", regex.IGNORECASE)


def _first(surface: str) -> str:
    match = _FIRST.match(surface)
    return match[0] if match else ""
