"""The named things of a text, as the values of its sentences are linked to them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from extractor.text.sentences import Span
from extractor.values.links.base import Thing

_FEW = 12  # names, up to which each is looked for; of more, those are that can stand at a place


class NamedThings:
    """The mentions of things in a text, asked for by sentence.

    Args:
        text: The text, as it is read.
        things: The mentions of things in it, and of given subjects.
    """

    def __init__(self, text: str, things: Sequence[Thing]) -> None:
        self._text = text
        self._things = sorted(things)
        self._longest = max((end - start for (start, end), *_ in things), default=0)
        self._datasets = {
            text[slice(*thing.place)]: thing.name for thing in things if thing.kind == "dataset"
        }

    def near(self, sentence: Span) -> list[Thing]:
        """Returns the things that overlap a sentence, in order."""
        things = self._things
        if not things:
            return things
        first = bisect_left(things, sentence.start - self._longest, key=_start)
        last = bisect_left(things, sentence.end, lo=first, key=_start)
        return things[first:last]

    def within(self, sentence: Span, kind: str) -> list[Thing]:
        """Returns the things of a kind in a sentence, in order; datasets also where their words recur."""
        found = [
            thing
            for thing in self.near(sentence)
            if thing.kind == kind and thing.place.start >= sentence.start
        ]
        if kind != "dataset" or not self._datasets:
            return found
        taken = list(found)
        for place in self._recurring(sentence):
            if not any(t.place.start < place.end and place.start < t.place.end for t in taken):
                taken.append(Thing(place, kind, self._datasets[self._text[slice(*place)]]))
        return sorted(taken)

    def _recurring(self, sentence: Span) -> Iterator[Span]:
        """Yields where the names of datasets stand, the longest first: "MMLU-Pro" before "MMLU"."""
        if len(self._datasets) > _FEW:
            yield from sorted(self._by_place(sentence), key=lambda place: (place.start - place.end, place))
            return
        for name in self._by_length:
            start = self._text.find(name, *sentence)
            while start >= 0:
                place = Span(start, start + len(name))
                if _is_whole(self._text, place):
                    yield place
                start = self._text.find(name, place.end, sentence.end)

    def _by_place(self, sentence: Span) -> Iterator[Span]:
        """Yields the same in the order of the text: a first letter tells what can stand at a place."""
        text = self._text
        for start in range(*sentence):
            for length in self._lengths.get(text[start], ()):
                place = Span(start, start + length)
                known = place.end <= sentence.end and text[slice(*place)] in self._datasets
                if known and _is_whole(text, place):
                    yield place

    @cached_property
    def _by_length(self) -> list[str]:
        return sorted(self._datasets, key=len, reverse=True)

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """How long the names are, by their first letters."""
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in self._datasets:
            lengths[name[:1]].add(len(name))
        return {letter: sorted(found) for letter, found in lengths.items()}


def _start(thing: Thing) -> int:
    return thing.place.start


def _is_whole(text: str, span: Span) -> bool:
    """Tells whether a name is no part of a longer word."""
    before, after = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 1]
    return not (before.isalnum() or after.isalnum())
