"""Says whether a name that can mean other things is hardware where it stands, and why where it is not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import regex

from extractor.knowledge.hardware_terms import Cue, Device, Pattern
from extractor.text.lookup.lazypattern import late
from extractor.text.sentences import SentenceSplitter

_NEAR = 60  # characters on either side in which a cue counts as near
_BESIDE = 48  # characters on either side in which words forbid a device, or an article speaks for it
_TIMES = regex.compile(r"\d\s?\$?(?:[x\u00d7]|\\times|times)\s?\$?\Z")


class Found(NamedTuple):
    """A listed surface or a pattern match before its surroundings are read."""

    start: int
    end: int
    name: str
    source: Device | Pattern


class Verdict(NamedTuple):
    """Whether a name is hardware where it stands (None: nothing tells), and if not, why."""

    hardware: bool | None
    reason: str = ""


class Dressed(NamedTuple):
    """A name with what stands around it, and whether it is hardware there."""

    start: int
    end: int
    specified: bool  # whether a class noun or a memory size follows
    found: Found
    verdict: Verdict


_YES = Verdict(True)


class DeviceJudge:
    """Judges names by their cues, the words beside them, and the devices around them."""

    def __init__(self, words: dict[str, Any], compute: Cue, sentences: SentenceSplitter) -> None:
        self._sentences = sentences
        self._compute = compute.document
        others = words["other_things"]
        self._not_before = late(rf"(?<!\w)(?:{others['before']})\Z")
        self._not_after = late(rf"(?:{others['after']})(?!\w)")
        self._joint = late(words["joint"])
        self._frames = [
            (late(rf"(?<!\w)(?:{frame.get('before', '')})\Z"), late(frame.get("after", "")))
            for frame in words["frames"]
        ]

    def verdict(self, text: str, item: Found, *, specified: bool, vendor: bool | None) -> Verdict:
        """Judges a name by what stands at its place.

        Args:
            text: The abstract.
            item: The name.
            specified: Whether a class noun or a memory size follows it.
            vendor: Whether the maker in front of it is its own; None if none stands there.
        """
        cue = item.source.cue
        if cue is None or specified:
            return _YES
        if vendor is False:
            return Verdict(False, "another maker's name stands before it")
        before, after = text[max(0, item.start - _BESIDE) : item.start], text[item.end : item.end + _BESIDE]
        reason = self._forbidden(cue, before, after)
        if reason:
            return Verdict(False, reason)
        several = (
            text[item.end - 1] == "s" or _TIMES.search(text, max(0, item.start - 12), item.start) is not None
        )
        if vendor or (several and cue.counts) or _near(text, item, cue):
            return _YES
        return Verdict(None, "it can mean other things, and no maker, class noun or cue stands with it")

    def _forbidden(self, cue: Cue, before: str, after: str) -> str:
        """Returns why the words right beside a name forbid that it is a device; empty if they do not."""
        for pattern in (cue.not_before, self._not_before):
            if pattern is not None and (match := pattern.search(before)):
                return f"{match[0].strip()!r} stands before it"
        for pattern in (cue.not_after, self._not_after):
            if pattern is not None and (match := pattern.match(after)):
                return f"{match[0].strip()!r} stands behind it"
        return ""

    def settle(self, text: str, dressed: list[Dressed]) -> list[Dressed]:
        """Lets articles, memory sizes and sure devices speak for the names of which nothing else tells."""
        if not any(_open(item) for item in dressed):
            return dressed
        settled = [
            item._replace(verdict=_YES) if _open(item) and self._framed(text, item) else item
            for item in dressed
        ]
        self._settle_lists(text, settled)
        self._settle_sentences(text, settled)
        return settled

    def _framed(self, text: str, item: Dressed) -> bool:
        """Tells whether a name stands as a device does: "on an X", "an X with 16 GB", "a single X"."""
        cue = item.found.source.cue
        if cue is None or not cue.framed:
            return False
        low = max(0, item.start - _BESIDE)
        return any(
            before.search(text, low, item.start) and after.match(text, item.end)
            for before, after in self._frames
        )

    def _settle_lists(self, text: str, items: list[Dressed]) -> None:
        """Members of a list with a sure device are devices, and two of which one is hardly anything else."""
        first = 0
        for index in range(1, len(items) + 1):
            if index < len(items) and self._joint.fullmatch(text, items[index - 1].end, items[index].start):
                continue
            chain = items[first:index]
            if any(item.verdict.hardware for item in chain) or _mutual(chain):
                items[first:index] = [item._replace(verdict=_YES) if _open(item) else item for item in chain]
            first = index

    def _settle_sentences(self, text: str, items: list[Dressed]) -> None:
        """A sure device unlocks names of its sentence; so do two of them in a text about computing."""
        waiting = [index for index, item in enumerate(items) if _open(item) and _in_sentence(item)]
        if not waiting:
            return
        starts = [span.start for span in self._sentences.sentences(text)]
        places = [bisect_right(starts, item.start) for item in items]
        sure = {place for place, item in zip(places, items, strict=True) if item.verdict.hardware}
        names: dict[int, set[str]] = {}  # of the sentences
        for index in waiting:
            names.setdefault(places[index], set()).add(items[index].found.name)
        several = {place for place, found in names.items() if len(found) > 1}
        if several and self._compute is not None and self._compute.search(text):
            sure |= several
        for index in waiting:
            if places[index] in sure:
                items[index] = items[index]._replace(verdict=_YES)


def documented(text: str, cue: Cue) -> Verdict | None:
    """Judges a name of which nothing beside it tells by words anywhere in the text; None if none tells."""
    forbidden = None if cue.not_document is None else cue.not_document.search(text)
    if forbidden:
        return Verdict(None, f"{forbidden[0]!r} stands in the text")
    return _YES if cue.document is not None and cue.document.search(text) is not None else None


def _near(text: str, item: Found, cue: Cue) -> bool:
    if cue.near is None or (cue.not_document is not None and cue.not_document.search(text)):
        return False
    low = max(0, item.start - _NEAR)
    around = (text[low : item.start], text[item.end : item.end + _NEAR])
    return any(cue.near.search(side) for side in around)


def _open(item: Dressed) -> bool:
    """Tells whether nothing says what a name is, and the company of others may."""
    cue = item.found.source.cue
    return item.verdict.hardware is None and cue is not None and cue.company != ""


def _in_sentence(item: Dressed) -> bool:
    cue = item.found.source.cue
    return cue is not None and cue.company == "sentence"


def _mutual(chain: Sequence[Dressed]) -> bool:
    if len({item.found.name for item in chain if _open(item)}) < 2:
        return False
    return any(item.found.source.cue is not None and item.found.source.cue.distinct for item in chain)
