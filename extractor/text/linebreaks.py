"""Line breaks of raw text: single ones are blanks, blank lines part paragraphs, broken words are whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from extractor.text.view import Change, View

_SIGNS = ("\n", "\t", "\r", "  ", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_BLANKS = re.compile(
    r"(?P<broken>(?<=\w)-[ \t]{0,4}(?:\r\n|[\r\n])[ \t]{0,9}(?=\w))"
    r"|[ \t\r\n\x0b\x0c\x85\u2028\u2029]{2,}|[\t\r\n\x0b\x0c\x85\u2028\u2029]"
)
_BREAK = r"(?:\r\n|\r(?!\n)|\n)"
_PARAGRAPH = re.compile(rf"{_BREAK}[ \t]*{_BREAK}|\u2029")
_HEAD = re.compile(r"[A-Za-z]+\Z")
_TAIL = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")
_IN_NAMES = frozenset("-/.:_@\\")  # before a part that is one of several, or stands in an address
_LONGEST = 30  # letters of a part of a broken word


def with_whole_lines(view: View, is_word: Callable[[str], bool]) -> View:
    """Reads a text as if its lines were not broken.

    Args:
        view: The text.
        is_word: Tells whether a word is known, to put broken ones together.
    """
    if not any(sign in view.text for sign in _SIGNS):
        return view
    return view.edited(_changes(view.text, is_word))


class _Words:
    """The words of a text, and what is known of others."""

    def __init__(self, text: str, is_word: Callable[[str], bool]) -> None:
        self._text = text
        self.is_word = is_word

    @cached_property
    def whole(self) -> frozenset[str]:
        """Words and compounds that stand in the text unbroken."""
        return frozenset(_WORD.findall(self._text))


def _changes(text: str, is_word: Callable[[str], bool]) -> Iterator[Change]:
    words = _Words(text, is_word)
    for match in _BLANKS.finditer(text):
        start, end = match.span()
        if match["broken"]:
            yield Change(start, end, "" if _is_one_word(text, start, end, words) else "-")
        elif _PARAGRAPH.search(match[0]) and not text[end : end + 1].islower():
            yield Change(start, end, "\n\n")
        else:
            yield Change(start, end, " ")


def _is_one_word(text: str, start: int, end: int, words: _Words) -> bool:
    """Tells whether the hyphen at a line's end is the printer's ("through-" "put"), not the word's own."""
    head = _HEAD.search(text, max(0, start - _LONGEST), start)
    tail = _TAIL.match(text, end, end + _LONGEST)
    if head is None or tail is None or text[head.start() - 1 : head.start()] in _IN_NAMES:
        return False
    first, last = head[0], tail[0]
    whole, compound = first + last, f"{first}-{last}"
    if whole in words.whole:
        return True
    if compound in words.whole or not first[1:].islower():  # "GPU-based"
        return False
    is_word = words.is_word
    if is_word(whole):
        return not (whole.endswith("ly") and is_word(first) and is_word(last))  # any word in -ly is known
    return last.islower() and not is_word(last)
