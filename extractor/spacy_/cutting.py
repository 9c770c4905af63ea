"""Cuts a text that the engine has read into the words of a Doc; a value is one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from extractor.rulelang.tokens import Part, stretches
from extractor.spacy_.words import Pieces, Words, covering, pieces

if TYPE_CHECKING:
    from extractor.numbers.valuemention import ValueMention
    from extractor.reading import Reading
    from extractor.text.sentences import Span

Token = tuple[int, int, bool]  # where it stands, and whether it must stay whole

_LATEX = re.compile(r"[\\{]")
_END = re.compile(r"\W ")  # of a sentence: no token before the blank sees beyond it
_APART = re.compile(r"(?<=[ (,;])|(?=[ ),;]|\.(?!\w)|\Z)")  # where no token but a formula goes on


def cut(reading: Reading) -> Pieces:
    """Returns the words of a text: its tokens, cut where the mention of a thing begins or ends."""
    try:
        return _Cutter(reading).words().cut()
    except _OverlapError:
        found = (token for sentence in reading.by_sentence() for token in _tokens(reading, *sentence))
        return pieces(reading.text, covering(reading.text, found, _edges(reading)))


class _OverlapError(Exception):
    """A token of a sentence reaches into another sentence, as a formula around both may make it."""


class _Cutter:
    """Cuts a text by sentences: at once what stands in the text as it is read, the rest token by token.

    Args:
        reading: Of the text.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._tokens = reading.engine.ruleset.tagger.tokens
        self._texts = self._tokens.texts
        self._edges = _edges(reading)
        self._words = Words(reading.text)
        self._waiting: list[Token] = []  # of sentences that are read otherwise than they stand
        within = (edge for edge in self._edges if "$" in reading.text or not _APART.match(reading.text, edge))
        self._within = list(within)  # those that may stand within a token

    def words(self) -> Words:
        """Returns the words.

        Raises:
            _OverlapError: They cannot be told by sentences.
        """
        view = self._reading.view
        if view.is_plain and not _LATEX.search(view.text):
            for part, pattern in _runs(self._reading):
                self._add(view.text, part, pattern)
            return self._words
        for span, mentions in self._reading.by_sentence():
            raw = view.unchanged(*span)
            if raw is None:
                self._waiting += _tokens(self._reading, span, mentions)
                continue
            self._flush(raw.start)
            pattern = self._tokens.pattern_for(view.text, span, mentions)
            shift = raw.start - span.start
            for part in stretches(span, mentions):
                self._add(view.text, part, pattern, shift)
        self._flush(len(self._words.text))
        return self._words

    def _add(self, text: str, part: Part, pattern: re.Pattern[str], shift: int = 0) -> None:
        """Adds a part of a text that stands in the raw one as it is read, so many characters further on."""
        start, end, mention = part
        first, last = start + shift, end + shift
        if mention is not None:
            self._words.add((first, last))
        elif not self._is_simple(first, last) or not self._words.extend(first, last, self._texts[pattern]):
            tokens = [(a + shift, b + shift, False) for a, b in _between(text, start, end, pattern)]
            self._cover(tokens, last)

    def _is_simple(self, start: int, end: int) -> bool:
        """Tells whether no mention of a thing begins or ends within a stretch, and it has no LaTeX."""
        if self._words.text.find("\\", start, end) >= 0:
            return False
        index = bisect_right(self._within, start)
        return index == len(self._within) or self._within[index] >= end

    def _cover(self, tokens: Sequence[Token], end: int) -> None:
        words = self._words
        for place in covering(words.text, tokens, self._edges, (words.position, end)):
            words.add(place)

    def _flush(self, end: int) -> None:
        """Adds the tokens that wait, which stand before a place."""
        waiting, position = self._waiting, self._words.position
        if not waiting and position == end:
            return
        if waiting:
            if min(waiting)[0] < position or max(last for _, last, _ in waiting) > end:
                raise _OverlapError
            self._waiting = []
        self._cover(waiting, end)
        text = self._words.text
        if end < len(text) and not text[end].isspace():
            self._words.fill(end)  # blanks alone, so that the next stretch follows at once


def _runs(reading: Reading) -> Iterator[tuple[Part, re.Pattern[str]]]:
    """Yields the values of a text and what is between them, with what finds the tokens there.

    It goes on from sentence to sentence where no token sees beyond the end of one.
    """
    text = reading.text
    tokens = reading.engine.ruleset.tagger.tokens
    begin, last = 0, tokens.plain
    for span, mentions in reading.by_sentence():
        pattern = tokens.pattern_for(text, span, mentions) if mentions else tokens.plain
        goes_on = pattern is last and _END.match(text, max(0, span.start - 2))
        if begin < span.start and not goes_on:
            yield (begin, span.start, None), last
            begin = span.start
        last = pattern
        if not mentions:
            continue
        parts = list(stretches(span, mentions))
        for number, (start, end, mention) in enumerate(parts[:-1]):
            yield (start if number else begin, end, mention), pattern
        begin = parts[-1][0]
    yield (begin, len(text), None), last


def _edges(reading: Reading) -> list[int]:
    """Returns where the mentions of things begin and end, in order."""
    mentions = (mention for claim in reading.things for mention in claim.mentions)  # type: ignore[attr-defined]
    return sorted({edge for mention in mentions for edge in (mention.start, mention.end)})


def _tokens(reading: Reading, span: Span, mentions: Sequence[ValueMention]) -> Iterator[Token]:
    """Yields where the tokens of a sentence stand in the raw text, and which of them are values."""
    view = reading.view
    pattern = reading.engine.ruleset.tagger.tokens.pattern_for(view.text, span, mentions)
    for start, end, mention in stretches(span, mentions):
        if mention is not None:
            yield *view.span(start, end), True
        else:
            for place in _between(view.text, start, end, pattern):
                yield *view.span(*place), False


def _between(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yields where the tokens between two values stand."""
    for match in pattern.finditer(text, start, end):
        if match["wrapper"] is None:
            yield match.span(1)
