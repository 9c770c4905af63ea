"""Markup in a text: character references and tags of HTML and JATS."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from extractor.text.characters import CharacterReader
from extractor.text.view import Change, View

_REFERENCE = re.compile(r"&(?:amp;){0,2}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ESCAPED_SIGN = re.compile(r"&(?:amp;)+(?=.)")
_POWER = re.compile(r"[-−–+]?\d{1,3}(?=\s?<)")
_LONGEST_UNIT = (
    3  # letters before a raised number that is a power ("km2"); behind longer words a footnote is meant
)
_PARAGRAPH = "\n\n"


class MarkupReader:
    """Reads character references as their characters, and tags as nothing or as the end of a paragraph.

    Args:
        tags: The tags of rules/view.yaml.
        characters: Reads the characters referred to.
    """

    def __init__(self, tags: dict[str, Any], characters: CharacterReader) -> None:
        self._plain = characters.plain
        self._raised_tags, self._block = frozenset(tags["raised"]), frozenset(tags["block"])
        names = "|".join([*tags["inline"], *tags["raised"], *tags["block"]])
        self._tag = re.compile(
            rf"<(?P<close>/?)(?:(?:{'|'.join(tags['prefixes'])}):(?P<prefixed>[a-z0-9-]{{1,24}})|(?P<name>{names}))"
            r"(?:\s[^<>]{0,200})?/?>",
            re.IGNORECASE,
        )

    def read(self, view: View) -> View:
        """Reads the markup of a text."""
        if "&" in view.text:
            view = view.edited(self._references(view.text))
        if "<" in view.text and ">" in view.text:
            view = view.edited(self._without_tags(view.text))
        return view

    def _references(self, text: str) -> Iterator[Change]:
        for match in _REFERENCE.finditer(text):
            character = html.unescape(_ESCAPED_SIGN.sub("&", match[0]))
            if character != match[0]:
                yield Change(*match.span(), self._plain(character))

    def _without_tags(self, text: str) -> Iterator[Change]:
        for match in self._tag.finditer(text):
            name = (match["prefixed"] or match["name"]).lower()
            if name in self._block:
                yield Change(*match.span(), _PARAGRAPH if name != "br" else " ")
            elif name in self._raised_tags and not match["close"]:
                yield _raised(text, match)
            else:
                yield Change(*match.span(), "")


def _raised(text: str, match: re.Match[str]) -> Change:
    """Reads a raised number as a power where it is one, else leaves it out: it points to a footnote."""
    power = _POWER.match(text, match.end())
    if power is None:
        return Change(*match.span(), "")
    start, end = match.span()
    return Change(start, end, "^") if is_base(text, start) else Change(start, power.end(), "")


def is_base(text: str, end: int) -> bool:
    """Tells whether what ends at a place can have a power: a number, a bracket, a unit; a word has none."""
    first = end
    while first > 0 and end - first <= _LONGEST_UNIT and text[first - 1].isalpha():
        first -= 1
    letters = end - first
    return (
        letters <= _LONGEST_UNIT if letters else text[end - 1 : end].isdigit() or text[end - 1 : end] == ")"
    )
