"""Finds a user's own things: the names of their terms, ambiguous ones only beside the words of their kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from extractor.knowledge.termfiles import OwnTerms, Term, rule_id
from extractor.record.models import model_of
from extractor.record.schema import BaseClaim, Mention, trusted
from extractor.text.lookup.gazetteer import Gazetteer, Hit
from extractor.text.sentences import SentenceSplitter


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A thing and the file that it is of."""

    terms: OwnTerms
    term: Term


class OwnFinder:
    """Finds the things of files of terms.

    Args:
        files: The files.
        sentences: Splits texts.
    """

    def __init__(self, files: Iterable[OwnTerms], sentences: SentenceSplitter) -> None:
        self._sentences = sentences
        entries = [_Entry(terms, term) for terms in files for term in terms.terms]
        spellings = [(spelling, entry) for entry in entries for spelling in entry.term.spellings]
        self._gazetteer = Gazetteer(
            [(spelling, entry) for spelling, entry in spellings if not spelling.islower()],
            folded=[(spelling, entry) for spelling, entry in spellings if spelling.islower()],
            plural=True,
        )
        self.words = self._gazetteer.words
        """The runs that texts are asked for; see `find`."""
        self._near = {entry.terms.file: _any_of(entry.terms.near) for entry in entries if entry.terms.near}

    def find(
        self, text: str, taken: Sequence[tuple[int, int]] = (), shown: Set[str] | None = None
    ) -> list[BaseClaim]:
        """Finds the things of an abstract.

        Args:
            text: The abstract as it is read.
            taken: Where other names stand; nothing in them is found.
            shown: The runs of the text, or those of them that are among ``words``, where they are known.

        Returns:
            One record for each distinct thing, in the order of first mention, with every mention.
        """
        hits = [hit for hit in self._gazetteer.find(text, shown) if not _overlaps(hit, taken)]
        sure = {hit.payload for hit in hits if not hit.payload.term.ambiguous}
        sure |= self._told(text, [hit for hit in hits if hit.payload not in sure])
        found: dict[tuple[str, str], list[Hit[_Entry]]] = {}
        for hit in hits:
            if hit.payload in sure:
                entry = hit.payload
                found.setdefault((entry.terms.spec.name, entry.term.name), []).append(hit)
        return [_claim(text, group) for group in found.values()]

    def _told(self, text: str, hits: Sequence[Hit[_Entry]]) -> set[_Entry]:
        """Returns the ambiguous things that stand beside a word of their kind at one place of the text."""
        if not hits:
            return set()
        told: set[_Entry] = set()
        for span in self._sentences.sentences(text):
            for hit in hits:
                if span.start <= hit.start < span.end and hit.payload not in told:
                    near = self._near[hit.payload.terms.file]
                    if near.search(text, span.start, hit.start) or near.search(text, hit.end, span.end):
                        told.add(hit.payload)
        return told


def _claim(text: str, hits: Sequence[Hit[_Entry]]) -> BaseClaim:
    mentions = tuple(Mention(text=text[hit.start : hit.end], start=hit.start, end=hit.end) for hit in hits)
    first, entry = mentions[0], hits[0].payload
    return trusted(
        model_of(entry.terms.spec),
        text=first.text,
        start=first.start,
        end=first.end,
        rule=rule_id(entry.terms),
        name=entry.term.name,
        mentions=mentions,
        **dict(entry.term.attributes),
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(map(re.escape, words))})\b")


def _overlaps(hit: Hit[_Entry], taken: Iterable[tuple[int, int]]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in taken)
