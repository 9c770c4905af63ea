"""A reading view: a text as the engine reads it, with an exact map of every place back to the raw text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from extractor.text.sentences import Span

_PAIRED = re.compile(r"\\.|[{}$]", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\\)(?:\$|\\[()])")
_HEAD = re.compile(r"(?:\\[A-Za-z]{1,20}\*?\s?(?:\[[^\[\]{}]{0,80}\])?(?:\{[^{}]{0,40}\}){0,2})?\Z")
_TAG = re.compile(r"<(/?)[A-Za-z][A-Za-z0-9:-]{0,30}(?:\s[^<>]{0,200})?>")
_TAG_BEFORE = re.compile(r"<[A-Za-z][A-Za-z0-9:-]{0,30}(?:\s[^<>]{0,200})?>\Z")
_DEEPEST = 6  # braces whose partners are looked for
_REACH = 200  # characters beside a stretch in which the partner of a brace or dollar is looked for


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

    __slots__ = ("_blocks", "_starts", "raw", "text")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = raw
        self._blocks: list[_Block] = []  # in order; between them the two texts run side by side
        self._starts: list[int] = []

    @property
    def is_plain(self) -> bool:
        """Whether the text is read as it stands."""
        return self.text is self.raw

    def words(self, start: int, end: int) -> str:
        """Returns the raw words of a stretch of the view."""
        return self.raw[slice(*self.span(start, end))]

    def span(self, start: int, end: int) -> Span:
        """Returns where a stretch of the view stands in the raw text, its braces and dollars in pairs."""
        if not self._blocks and "{" not in self.raw:
            return Span(start, end)
        low = self._raw_start(start)
        # a dollar that the view has kept is currency, or the engine has seen to it
        span = _paired(self.raw, low, max(low, self._raw_end(end)), dollars="$" not in self.text[start:end])
        return _tagged(self.raw, span) if ">" in self.raw else span

    def edited(self, changes: Iterable[Change]) -> View:
        """Returns the view with some changes made.

        Args:
            changes: Changes of this view's text, in order and without overlap.
        """
        edit = _Edit(self)
        for change in changes:
            if change.words != self.text[change.start : change.end]:
                edit.make(change)
        return edit.result()

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


def _paired(raw: str, start: int, end: int, *, dollars: bool) -> Span:
    """Widens a stretch of LaTeX until its braces and dollars stand in pairs, if their partners are near."""
    for sign in islice(_unpaired(raw, start, end), _DEEPEST):
        if sign == "$" and not dollars:
            continue
        if sign == "}":
            start = _opening(raw, start)
        elif sign == "{":
            end = _closing(raw, end)
        else:
            start, end = _with_dollar(raw, start, end)
    return Span(start, end)


def _tagged(raw: str, span: Span) -> Span:
    """Takes in the tag beside a stretch that is the partner of one in it."""
    start, end = span
    opened = 0
    for tag in _TAG.finditer(raw, start, end):
        opened += -1 if tag[1] else 1
    if opened > 0 and (behind := _TAG.match(raw, end)) and behind[1]:
        return Span(start, behind.end())
    if opened < 0 and (before := _TAG_BEFORE.search(raw, max(0, start - _REACH), start)):
        return Span(before.start(), end)
    return span


def _unpaired(raw: str, start: int, end: int) -> Iterator[str]:
    """Yields the braces and the dollar of a stretch that have no partner in it."""
    open_braces = dollars = 0
    for match in _PAIRED.finditer(raw, start, end):
        sign = "$" if match[0] in ("\\(", "\\)") else match[0]
        if sign == "}" and not open_braces:
            yield sign
        open_braces += (sign == "{") - (sign == "}" and open_braces > 0)
        dollars += sign == "$"
    yield from "{" * open_braces
    if dollars % 2:
        yield "$"


def _with_dollar(raw: str, start: int, end: int) -> Span:
    """Takes in the partner of a dollar, which is the nearest one on either side."""
    before = [match.span() for match in _DOLLAR.finditer(raw, max(0, start - _REACH), start)][-1:]
    behind = _DOLLAR.search(raw, end, end + _REACH)
    if behind and (not before or behind.start() - end < start - before[0][1]):
        return Span(start, behind.end())
    return Span(before[0][0], end) if before else Span(start, end)


def _opening(raw: str, start: int) -> int:
    """Returns where the group around a place opens, its macro counted in; the place if nowhere near."""
    depth, low = 0, max(0, start - _REACH)
    for place in range(start - 1, low - 1, -1):
        depth += (raw[place] == "}") - (raw[place] == "{")
        if depth < 0:
            head = _HEAD.search(raw, low, place)
            return head.start() if head else place
    return start


def _closing(raw: str, end: int) -> int:
    """Returns where the group around a place closes; the place if it closes nowhere near."""
    depth = 0
    for place in range(end, min(len(raw), end + _REACH)):
        depth += (raw[place] == "{") - (raw[place] == "}")
        if depth < 0:
            return place + 1
    return end
