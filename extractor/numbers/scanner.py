"""Finds value mentions on raw text: the text walks through the steps from places to lists once."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from extractor.numbers.amounts import AmountReader
from extractor.numbers.before_after import BeforeAfter
from extractor.numbers.finishing import Finisher
from extractor.numbers.fragments import Expander
from extractor.numbers.lists import ListReader
from extractor.numbers.numerals import NumeralReader
from extractor.numbers.places import PlaceFinder
from extractor.numbers.ranges import RangeReader
from extractor.numbers.singles import SingleReader
from extractor.numbers.units import UnitTable
from extractor.numbers.valuemention import ValueMention
from extractor.text.numberwords import NumberWords
from extractor.text.sentences import SentenceSplitter

# Nobody writes as many values as closely (30,000 abstracts have 36 at most); what is more is left out, as
# all rules look at each of them.
MOST_VALUES = 100
WITHIN = 2000  # characters
_IN_NAMES = ("name", "active", "small", "order")  # numerals that nothing else belongs to


class MentionScanner:
    """Scans text for value mentions.

    Each step takes what the one before it gives: places where a value can begin, the numeral there, the
    amount that it is of, the mention of one amount or of a range of two, what finishes it; at last what the
    mentions of the text say of one another.

    Args:
        fragments: Named character patterns (rules/fragments.yaml).
        units: The unit surfaces.
        words: The number words.
        sentences: Splits texts.
        checked: Whether some of all this is a user's own, and what it makes is to be checked.
    """

    def __init__(
        self,
        fragments: dict[str, Any],
        units: UnitTable,
        words: NumberWords,
        sentences: SentenceSplitter,
        *,
        checked: bool = False,
    ) -> None:
        nouns = "|".join(sorted(units.data_nouns, key=len, reverse=True))
        expander = Expander(
            {**fragments, **words.lists, "data_noun": nouns, "unit_start": units.start_pattern},
            checked=checked,
        )
        self._places = PlaceFinder(words)
        self.numerals = NumeralReader(expander, words)
        self._amounts = AmountReader(expander, units, self.numerals)
        self._ranges = RangeReader(expander, self.numerals, self._amounts)
        self._singles = SingleReader(expander, words)
        self._finisher = Finisher(expander, units)
        self._before_after = BeforeAfter(expander, sentences)
        self._lists = ListReader(expander)
        self._point_of = expander.compile(r"\s{point_of}(?=[\s-])")

    @property
    def words(self) -> frozenset[str]:
        """The runs of letters that texts are asked for; see `scan`."""
        return self._places.words

    def scan(self, text: str, shown: Set[str] | None = None) -> list[ValueMention]:
        """Returns the mentions of a text, in order and without overlap. Bare numbers are among them.

        Of more than `MOST_VALUES` within `WITHIN` characters the first are read.

        Args:
            text: The text.
            shown: Its runs, or those of them that are among ``words``, where they are known already.
        """
        found: list[ValueMention] = []
        position = 0
        for place in self._places.find(text, shown):
            if place < position or is_crowded(found, place):
                continue
            mention = self._mention(text, place, position)
            if mention is not None:
                found.append(mention)
                position = mention.tail or mention.end
        return self._lists.share(text, self._before_after.split(text, found)) if found else found

    def measure(self, surface: str) -> str | None:
        """Returns what the points of a value are points of ("F1" of "2.3 F1 points"), if it says so."""
        found = self._point_of.search(surface)
        return found[0].strip() if found else None

    def _mention(self, text: str, place: int, position: int) -> ValueMention | None:
        """Reads the mention that begins at a place, or before it with a sign or with LaTeX."""
        numeral = self.numerals.at(text, place, position)
        amount = self._amounts.read(text, numeral) if numeral else None
        if amount is None:
            return None
        mention = self._ranges.read(text, amount) or self._singles.read(text, amount)
        if mention is None or amount.numeral.kind in _IN_NAMES:
            return mention
        return self._finisher.finish(text, mention)


def is_crowded(before: Sequence[ValueMention], place: int) -> bool:
    """Tells whether as many values as are read stand close before a place.

    Args:
        before: The values before it, in order.
        place: The place.
    """
    return len(before) >= MOST_VALUES and place - before[-MOST_VALUES].start < WITHIN
