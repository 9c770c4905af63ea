"""Finds the named things of an abstract: addresses first, then hardware, then datasets in what is left."""

from __future__ import annotations

from extractor.record.schema import Dataset, Hardware, Url
from extractor.things import urls
from extractor.things.datasets import finder as datasets
from extractor.things.hardware import finder as hardware


def find(text: str) -> tuple[list[Url], list[Hardware], list[Dataset]]:
    """Returns the web addresses, hardware and datasets of a text, each sorted by first mention."""
    addresses = urls.find(text)
    taken = [(mention.start, mention.end) for claim in addresses for mention in claim.mentions]
    devices = hardware.find(text, taken)
    taken += [(mention.start, mention.end) for claim in devices for mention in claim.mentions]
    return addresses, devices, datasets.find(text, taken)
