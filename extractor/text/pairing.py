"""Widens a stretch of raw text until formulas, braces and tags that begin or end in it are whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from extractor.text.sentences import Span

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_HEAD = re.compile(r"(?:\\[A-Za-z]{1,20}\*?\s?(?:\[[^\[\]]{0,80}\])?(?:\{[^{}]{0,40}\}){0,2})?\Z")
_TAG = re.compile(r"<(/?)[A-Za-z][A-Za-z0-9:-]{0,30}(?:\s[^<>]{0,200})?>")
_TAG_BEFORE = re.compile(r"<[A-Za-z][A-Za-z0-9:-]{0,30}(?:\s[^<>]{0,200})?>\Z")
_DEEPEST = 6  # braces whose partners are looked for
_REACH = 200  # characters beside a stretch in which the partner of a brace is looked for


class FormulaSpan(NamedTuple):
    """Where a formula stands in the raw text, and whether it is read as text."""

    start: int
    end: int
    is_text: bool


def paired(raw: str, span: Span, formulas: Sequence[FormulaSpan]) -> Span:
    """Widens a stretch until its dollars, braces and tags stand in pairs.

    Args:
        raw: The raw text.
        span: The stretch.
        formulas: Where the formulas stand, in order.
    """
    if formulas:
        span = _with_formula(span, formulas)
    start, end = span
    if raw.find("{", start, end) >= 0 or raw.find("}", start, end) >= 0:
        span = _with_braces(raw, span)
    return _with_tags(raw, span) if raw.find(">", *span) >= 0 else span


def _with_formula(span: Span, formulas: Sequence[FormulaSpan]) -> Span:
    """Takes in a formula of which one delimiter is in the stretch; two such at its ends are a pair."""
    left, right = _cut_at(formulas, span.start), _cut_at(formulas, span.end)
    if left == right or (left and right):
        return span
    cut = left or right
    if cut is None or not cut.is_text:
        return span
    return Span(cut.start, span.end) if left else Span(span.start, cut.end)


def _cut_at(formulas: Sequence[FormulaSpan], place: int) -> FormulaSpan | None:
    """Returns the formula that a place is inside of."""
    index = bisect_left(formulas, (place,)) - 1
    return formulas[index] if index >= 0 and place < formulas[index].end else None


def _with_braces(raw: str, span: Span) -> Span:
    start, end = span
    for brace in islice(_unpaired(raw, start, end), _DEEPEST):
        if brace == "}":
            start = _opening(raw, start)
        else:
            end = _closing(raw, end)
    return Span(start, end)


def _unpaired(raw: str, start: int, end: int) -> Iterator[str]:
    """Yields the braces of a stretch that have no partner in it."""
    depth = 0
    for match in _BRACE.finditer(raw, start, end):
        brace = match[0]
        if brace == "}" and not depth:
            yield brace
        depth += (brace == "{") - (brace == "}" and depth > 0)
    yield from "{" * depth


def _with_tags(raw: str, span: Span) -> Span:
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
