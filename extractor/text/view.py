"""A reading view: a text as the engine reads it, with an exact map of every place back to the raw text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.text.pairing import FormulaSpan, paired
from extractor.text.sentences import Span

_PAIRS = re.compile(r"[{}>]")  # what `paired` asks for


class Change(NamedTuple):
    """One change of a text: ``text[start:end]`` is read as ``words``."""

    start: int
    end: int
    words: str


class _Block(NamedTuple):
    """A stretch of a view that stands for a stretch of the raw text of another length."""

    start: int
    end: int
    raw_start: int
    raw_end: int


class View:
    """A text as it is read.

    Every stretch of ``text`` maps to a stretch of ``raw``; where nothing was changed they are the same.

    Args:
        raw: The text as it was given.
    """

    __slots__ = ("_blocks", "_braced", "_formulas", "_starts", "raw", "text")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = raw
        self._braced = "{" in raw
        self._blocks: list[_Block] = []  # in order; between them the two texts run side by side
        self._starts: list[int] = []
        self._formulas: Sequence[FormulaSpan] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the text is read as it stands."""
        return self.text is self.raw

    def words(self, start: int, end: int) -> str:
        """Returns the raw words of a stretch of the view."""
        return self.raw[slice(*self.span(start, end))]

    def span(self, start: int, end: int) -> Span:
        """Returns where a stretch of the view stands in the raw text; dollars, braces and tags in pairs."""
        if not self._blocks and not self._braced:
            return Span(start, end)
        low = self._raw_start(start)
        return paired(self.raw, Span(low, max(low, self._raw_end(end))), self._formulas)

    def place(self, start: int, end: int) -> Span | None:
        """Returns where a stretch of the raw text stands in the view; None where nothing of it is read."""
        if not self._blocks:
            return Span(start, end)
        places = range(len(self.text) + 1)
        low = bisect_left(places, start, key=self._raw_start)
        high = bisect_left(places, end, key=self._raw_end)
        return Span(low, high) if low < high < len(places) else None

    def unchanged(self, start: int, end: int) -> Span | None:
        """Returns where a stretch of the view stands in the raw text if both have the same there.

        It is None where one character is another, and where `span` might widen a part of the stretch.
        """
        if self.is_plain and not self._braced:
            return Span(start, end)
        index = bisect_left(self._starts, end) - 1  # the last block that begins before the end
        if index >= 0 and self._blocks[index].end > start:
            return None
        raw = Span(self._raw_start(start), self._raw_end(end))
        words = self.raw[raw.start : raw.end]
        if words != self.text[start:end] or _PAIRS.search(words):
            return None
        index = bisect_left(self._formulas, (raw.end,)) - 1
        return None if index >= 0 and self._formulas[index].end > raw.start else raw

    def respelled(self, text: str) -> View:
        """Returns the view with another text, each character of which stands for the one at its place."""
        made = View(self.raw)
        made.text, made._blocks, made._starts, made._formulas = (
            text,
            self._blocks,
            self._starts,
            self._formulas,
        )
        return made

    def edited(self, changes: Iterable[Change], formulas: Iterable[FormulaSpan] = ()) -> View:
        """Returns the view with some changes made.

        Args:
            changes: Changes of this view's text, in order and without overlap.
            formulas: Where the formulas stand, in this view.
        """
        edit = _Edit(self)
        for change in changes:
            if change.words != self.text[change.start : change.end]:
                edit.make(change)
        made = edit.result()
        if made is not self:
            raw = (
                FormulaSpan(self._raw_start(start), self._raw_end(end), is_text)
                for start, end, is_text in formulas
            )
            made._formulas = sorted([*self._formulas, *raw])
        return made

    def _raw_start(self, place: int) -> int:
        """Returns where the character at a place begins in the raw text."""
        index = bisect_right(self._starts, place) - 1
        if index < 0:
            return place
        block = self._blocks[index]
        return block.raw_start if place < block.end else block.raw_end + place - block.end

    def _raw_end(self, place: int) -> int:
        """Returns where the character before a place ends in the raw text."""
        index = bisect_left(self._starts, place) - 1
        if index < 0:
            return place
        block = self._blocks[index]
        return block.raw_end if place <= block.end else block.raw_end + place - block.end


class _Edit:
    """Makes the next view from one."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._old = view._blocks
        self._next = 0  # of the old blocks
        self._position = 0  # in the old text
        self._pieces: list[str] = []
        self._length = 0  # of the new text
        self._blocks: list[_Block] = []

    def make(self, change: Change) -> None:
        """Makes one change; it takes in whole every stretch of the raw text that it touches."""
        start, end, words = self._widened(change) if self._old else change
        if start < self._position:
            return
        self._copy(start)
        raw_start = self._view._raw_start(start)
        raw_end = max(raw_start, self._view._raw_end(end)) if end > start else raw_start
        if not len(words) == end - start == raw_end - raw_start == 1:
            self._blocks.append(_Block(self._length, self._length + len(words), raw_start, raw_end))
        self._add(words)
        while self._next < len(self._old) and self._old[self._next].start < end:
            self._next += 1
        self._position = end

    def result(self) -> View:
        """Returns the new view; the old one where nothing changed."""
        if not self._position and not self._pieces:
            return self._view
        self._copy(len(self._view.text))
        made = View(self._view.raw)
        made.text = "".join(self._pieces)
        made._blocks = self._blocks
        made._starts = [block.start for block in self._blocks]
        return made

    def _copy(self, end: int) -> None:
        """Takes the old text over up to a place, with its blocks."""
        shift = self._length - self._position
        while self._next < len(self._old) and self._old[self._next].end <= end:
            start, stop, raw_start, raw_end = self._old[self._next]
            self._blocks.append(_Block(start + shift, stop + shift, raw_start, raw_end))
            self._next += 1
        self._add(self._view.text[self._position : end])
        self._position = end

    def _add(self, words: str) -> None:
        self._pieces.append(words)
        self._length += len(words)

    def _widened(self, change: Change) -> Change:
        """Widens a change so that it cuts through no block."""
        start, end, words = change
        text = self._view.text
        first = bisect_right(self._view._starts, start) - 1
        if first >= 0 and self._old[first].start < start < self._old[first].end:
            words = text[self._old[first].start : start] + words
            start = self._old[first].start
        last = bisect_left(self._view._starts, end) - 1
        if last >= 0 and self._old[last].start < end < self._old[last].end:
            words += text[end : self._old[last].end]
            end = self._old[last].end
        return Change(start, end, words)
