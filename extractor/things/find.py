"""Finds the named things of an abstract: addresses first, then hardware, then datasets in what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from extractor.record.schema import BaseClaim, Dataset, Hardware, Url
from extractor.things.datasets.finder import DatasetFinder
from extractor.things.hardware.finder import HardwareFinder
from extractor.things.own import OwnFinder
from extractor.things.refused import Refused
from extractor.things.urls import UrlFinder


class Things(NamedTuple):
    """The named things of a text."""

    addresses: list[Url]
    own: list[BaseClaim]
    devices: list[Hardware]
    datasets: list[Dataset]

    @property
    def named(self) -> list[Any]:
        """Those that are no web addresses: things with names of their own."""
        return [*self.own, *self.devices, *self.datasets]


@dataclass(frozen=True, slots=True)
class ThingFinder:
    """The finders, built-in and a user's own."""

    urls: UrlFinder
    hardware: HardwareFinder
    datasets: DatasetFinder
    own: OwnFinder | None = None

    @property
    def words(self) -> Iterable[str]:
        """The runs that texts are asked for; see `find`."""
        return chain(self.own.words if self.own else (), self.hardware.words, self.datasets.words)

    def find(self, text: str, shown: Set[str] | None = None) -> Things:
        """Returns the named things of a text, each sort sorted by first mention.

        A user's own things come behind the web addresses: nothing in their names is hardware or a dataset.

        Args:
            text: The text.
            shown: Its runs, or those of them that are among ``words``, where they are known already.
        """
        addresses = self.urls.find(text)
        taken = _places(addresses)
        own = self.own.find(text, taken, shown) if self.own else []
        taken += _places(own)
        devices = self.hardware.find(text, taken, shown)
        return Things(addresses, own, devices, self.datasets.find(text, taken + _places(devices), shown))

    def knows(self, word: str) -> bool:
        """Tells whether a word is the listed name of a dataset."""
        return any(hit.end - hit.start == len(word) for hit in self.datasets.lexicon.gazetteer.find(word))

    def refused(self, text: str) -> Iterator[Refused]:
        """Yields the names that were seen and not taken, and why: addresses, then hardware, then datasets."""
        addresses, own, devices, _ = self.find(text)
        yield from self.urls.refused(text)
        taken = _places(addresses) + _places(own)
        yield from self.hardware.refused(text, taken)
        yield from self.datasets.refused(text, taken + _places(devices))


def _places(claims: Iterable[Any]) -> list[tuple[int, int]]:
    return [(mention.start, mention.end) for claim in claims for mention in claim.mentions]
