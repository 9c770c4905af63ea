"""Finds the named things of an abstract: addresses first, then hardware, then datasets in what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor.record.schema import Dataset, Hardware, Url
from extractor.things.datasets.finder import DatasetFinder
from extractor.things.hardware.finder import HardwareFinder
from extractor.things.refused import Refused
from extractor.things.urls import UrlFinder


@dataclass(frozen=True, slots=True)
class ThingFinder:
    """The three finders, in the order in which they are asked."""

    urls: UrlFinder
    hardware: HardwareFinder
    datasets: DatasetFinder

    def find(self, text: str) -> tuple[list[Url], list[Hardware], list[Dataset]]:
        """Returns the web addresses, hardware and datasets of a text, each sorted by first mention."""
        addresses = self.urls.find(text)
        taken = [(mention.start, mention.end) for claim in addresses for mention in claim.mentions]
        devices = self.hardware.find(text, taken)
        taken += [(mention.start, mention.end) for claim in devices for mention in claim.mentions]
        return addresses, devices, self.datasets.find(text, taken)

    def knows(self, word: str) -> bool:
        """Tells whether a word is the listed name of a dataset."""
        return any(hit.end - hit.start == len(word) for hit in self.datasets.lexicon.gazetteer.find(word))

    def refused(self, text: str) -> Iterator[Refused]:
        """Yields the names that were seen and not taken, and why: addresses, then hardware, then datasets."""
        addresses, devices, _ = self.find(text)
        yield from self.urls.refused(text)
        taken = [(mention.start, mention.end) for claim in addresses for mention in claim.mentions]
        yield from self.hardware.refused(text, taken)
        taken += [(mention.start, mention.end) for claim in devices for mention in claim.mentions]
        yield from self.datasets.refused(text, taken)
