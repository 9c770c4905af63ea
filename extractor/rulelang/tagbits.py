"""Which of many rules a tag suits, as bits; worked out from the tag's classes when it is first met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.rulelang.tagging import Tagger
    from extractor.text.lexicon import Classes


class TagBits(dict[str, int]):
    """The bits of each tag; those of the empty tag stand for what every tag has, and no tag as well.

    Args:
        tagger: The tagger whose tags are asked for.
        kept: What was kept of such bits; see `kept`.
    """

    def __init__(self, tagger: Tagger, kept: Sequence[Any] | None = None) -> None:
        self._tagger = tagger
        always, those, others = kept or ("0", {}, ())
        self._always = int(always, 16)
        self._with = defaultdict[str, int](int, {name: int(bits, 16) for name, bits in those.items()})
        self._without = defaultdict["Classes", int](int)
        for names, bits in others:
            self._without[frozenset(names)] = int(bits, 16)

    def kept(self) -> list[Any]:
        """Returns what was added as plain data."""
        those = {name: f"{bits:x}" for name, bits in sorted(self._with.items())}
        others = [[sorted(names), f"{bits:x}"] for names, bits in self._without.items()]
        return [f"{self._always:x}", those, sorted(others)]

    def add(self, bits: int, classes: Iterable[str]) -> None:
        """Gives bits to all tags of the classes."""
        for name in classes:
            self._with[name] |= bits

    def add_others(self, bits: int, classes: Iterable[str]) -> None:
        """Gives bits to all tags that are of none of the classes."""
        self._without[frozenset(classes)] |= bits

    def add_always(self, bits: int) -> None:
        """Gives bits to all tags, and to the empty one."""
        self._always |= bits

    def __missing__(self, tag: str) -> int:
        """Works the bits of a tag out."""
        found = self._always
        classes: Classes = self._tagger.classes(tag) if tag else frozenset()
        for name in classes:
            found |= self._with.get(name, 0)
        for names, bits in self._without.items():
            if tag and not names & classes:
                found |= bits
        self[tag] = found
        return found
