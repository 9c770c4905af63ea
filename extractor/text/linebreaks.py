"""Line breaks of raw text: single ones are blanks, blank lines part paragraphs, broken words are whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from functools import cached_property

from extractor.text.view import Change, View

_SIGNS = ("\t", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_PARTED = "- "
_PART = re.compile(r"- (?<=\w- )(?=[a-z]{2})")
_BLANK = r" \t\r\n\x0b\x0c\x85\u2028\u2029"
_AT_END = r"[ \t]{0,4}(?:\r\n|[\r\n\x0b\x0c\u2028])[ \t]{0,9}(?=\w)"
# Begins with a set of characters, and so is quickly found.
_BLANKS = re.compile(
    rf"[-{_BLANK}](?:(?<=\w-)(?:(?P<broken>{_AT_END})|(?P<parted> (?=[a-z]{{2}})))|(?<=-)|[{_BLANK}]+|(?<! ))"
)
_BREAK = r"(?:\r\n|\r(?!\n)|\n)"
_PARAGRAPH = re.compile(rf"{_BREAK}[ \t]*{_BREAK}|\u2029")
_HEAD = re.compile(r"[A-Za-z]+\Z")
_TAIL = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")
_IN_NAMES = frozenset("-/.:_@\\")  # before a part that is one of several, or stands in an address
_LONGEST = 30  # letters of a part of a broken word


def with_whole_lines(view: View, is_word: Callable[[str], bool], joining: Set[str] = frozenset()) -> View:
    """Reads a text as if its lines were not broken.

    Args:
        view: The text.
        is_word: Tells whether a word is known, to put broken ones together.
        joining: Words before the rest of a compound whose hyphen stands alone ("two- to five-fold").
    """
    text = view.text.replace("\n", " ")
    if not ("  " in text or _PARTED in text or _has_signs(text)):
        return view if "\n" not in view.text else view.respelled(text)
    changes = _changes if "  " in text or text != view.text or _has_signs(text) else _changes_at_parts
    return view.edited(changes(view.text, _Words(view.text, is_word, joining)))


def _has_signs(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


class _Words:
    """The words of a text, and what is known of others."""

    def __init__(self, text: str, is_word: Callable[[str], bool], joining: Set[str]) -> None:
        self._text = text
        self.is_word = is_word
        self._joining = joining

    def is_adverb_of(self, first: str, last: str) -> bool:
        """Tells whether two words only seem to be one: any that ends in -ly is taken for known."""
        return last.endswith("ly") and self.is_word(first) and self.is_word(last)

    def is_rest(self, start: int) -> bool:
        """Tells whether a compound goes on behind another word, as in "two- to"; not so in "end-to-end"."""
        tail = _TAIL.match(self._text, start, start + _LONGEST)
        return tail is not None and tail[0] in self._joining and not self._text.startswith("-", tail.end())

    @cached_property
    def whole(self) -> frozenset[str]:
        """Words and compounds that stand in the text unbroken."""
        return frozenset(_WORD.findall(self._text))


def _changes(text: str, words: _Words) -> Iterator[Change]:
    for match in _BLANKS.finditer(text):
        start, end = match.span()
        if match["broken"] is not None:
            yield Change(start, end, _instead(text, start, end, words))
        elif match["parted"]:
            if _is_whole(text, start, end, words):
                yield Change(start, end, "")
        elif match[0] == "-":
            continue
        elif _PARAGRAPH.search(match[0]) and not text[end : end + 1].islower():
            yield Change(start, end, "\n\n")
        else:
            yield Change(start, end, " ")


def _changes_at_parts(text: str, words: _Words) -> Iterator[Change]:
    """Yields the same of a text that has single blanks only."""
    for match in _PART.finditer(text):
        if _is_whole(text, *match.span(), words):
            yield Change(*match.span(), "")


def _instead(text: str, start: int, end: int, words: _Words) -> str:
    """Returns what a hyphen and the line's end behind it are read as."""
    if _is_one_word(text, start, end, words):
        return ""
    return "- " if words.is_rest(end) else "-"


def _is_one_word(text: str, start: int, end: int, words: _Words) -> bool:
    """Tells whether the hyphen at a line's end is the printer's ("through-" "put"), not the word's own."""
    parts = _parts(text, start, end)
    if parts is None:
        return False
    first, last = parts
    if first + last in words.whole:
        return True
    if f"{first}-{last}" in words.whole or not first[1:].islower():  # "GPU-based"
        return False
    if words.is_word(first + last):
        return not words.is_adverb_of(first, last)
    return last.islower() and not words.is_word(last)


def _is_whole(text: str, start: int, end: int, words: _Words) -> bool:
    """Tells whether a hyphen and a blank, which a line's end may have left, stand within a known word."""
    parts = _parts(text, start, end)
    if parts is None:
        return False
    first, last = parts
    return first + last in words.whole or (
        words.is_word(first + last) and not words.is_adverb_of(first, last)
    )


def _parts(text: str, start: int, end: int) -> tuple[str, str] | None:
    """Returns the letters before and behind a break; None within a name or address."""
    head = _HEAD.search(text, max(0, start - _LONGEST), start)
    tail = _TAIL.match(text, end, end + _LONGEST)
    if head is None or tail is None or text[head.start() - 1 : head.start()] in _IN_NAMES:
        return None
    return head[0], tail[0]
