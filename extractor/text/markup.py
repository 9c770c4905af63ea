"""Markup in a text: character references and tags of HTML and JATS."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractor.text.characters import plain, view_rules
from extractor.text.view import Change, View

_REFERENCE = re.compile(r"&(?:amp;){0,2}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ESCAPED_SIGN = re.compile(r"&(?:amp;)+")
_POWER = re.compile(r"[-−–+]?\d{1,3}(?=\s?<)")
_LONGEST_UNIT = (
    3  # letters before a raised number that is a power ("km2"); behind longer words a footnote is meant
)
_PARAGRAPH = "\n\n"


class _Tags(NamedTuple):
    """The tags that are known."""

    pattern: re.Pattern[str]
    raised: frozenset[str]
    block: frozenset[str]


@cache
def _tags() -> _Tags:
    rules = view_rules()["tags"]
    names = "|".join([*rules["inline"], *rules["raised"], *rules["block"]])
    prefixes = "|".join(rules["prefixes"])
    pattern = (
        rf"<(?P<close>/?)(?:(?:{prefixes}):(?P<prefixed>[a-z0-9-]{{1,24}})|(?P<name>{names}))"
        r"(?:\s[^<>]{0,200})?/?>"
    )
    return _Tags(re.compile(pattern, re.IGNORECASE), frozenset(rules["raised"]), frozenset(rules["block"]))


def without_markup(view: View) -> View:
    """Reads character references as their characters, and tags as nothing or as the end of a paragraph."""
    if "&" in view.text:
        view = view.edited(_references(view.text))
    if "<" in view.text and ">" in view.text:
        view = view.edited(_without_tags(view.text))
    return view


def _references(text: str) -> Iterator[Change]:
    for match in _REFERENCE.finditer(text):
        character = html.unescape(_ESCAPED_SIGN.sub("&", match[0]) if "&amp;" in match[0][:5] else match[0])
        if character != match[0]:
            yield Change(*match.span(), plain(character))


def _without_tags(text: str) -> Iterator[Change]:
    pattern, raised, block = _tags()
    for match in pattern.finditer(text):
        name = (match["prefixed"] or match["name"]).lower()
        if name in block:
            yield Change(*match.span(), _PARAGRAPH if name != "br" else " ")
        elif name in raised and not match["close"]:
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
