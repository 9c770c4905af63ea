"""Tells what stands behind a web address, code or data or a demo, by the words of its sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple

import regex

from extractor.text.lookup.lazypattern import late

_SENTENCE = regex.compile(r"[.!?]['\")\]}]*\s+(?=[A-Z\\])|\n\s*\n")
_BEFORE = 220  # characters of a sentence in front of an address that are read for its role
_BEHIND = 60


class Address(NamedTuple):
    """One mention: its span, the repaired address, and the rule that found it."""

    start: int
    end: int
    name: str
    rule: str


class Roles:
    """The words that name a role.

    Args:
        rules: The parsed rules/urls.yaml.
    """

    def __init__(self, rules: dict[str, Any]) -> None:
        self._words = {role: _any(words) for role, words in rules["roles"].items()}
        self._phrases = {role: _any(words) for role, words in rules["phrases"].items()}
        self._defaults: dict[str, str] = dict(rules["defaults"])
        self._paths = [(path["has"], path["host"], path["role"]) for path in rules["paths"]]
        self._no_default_paths: list[str] = list(rules["no_default_paths"])
        self._no_default = _any(rules["no_default"])
        self._papers = frozenset(rules["papers"])
        self._paper = _any(rules["paper_words"])
        self._next = late(rf"[,;]|(?<!\w)(?:{'|'.join(rules['next_address'])})(?!\w)")

    def of(self, text: str, mentions: Sequence[Address], addresses: list[Address], host: str) -> str | None:
        """Returns the role of the address with these mentions, or None where nothing tells.

        Args:
            text: The abstract.
            mentions: The mentions of one address.
            addresses: Those of all addresses, sorted.
            host: The host class of the address.
        """
        for mention in mentions:
            before, between = _before(text, mention, addresses)
            parts = (between, before, self._behind(text, mention, addresses))
            if host in self._papers and self._is_paper(before, between, first=mention is addresses[0]):
                return None
            for part in parts:
                role = self._named(part)
                if role is not None:
                    return role
        name = mentions[0].name.lower()
        before, _ = _before(text, mentions[0], addresses)
        if self._no_default.search(before) or any(path in name for path in self._no_default_paths):
            return None
        by_path = (role for part, of_host, role in self._paths if host == of_host and part in name)
        return next(by_path, self._defaults.get(host))

    def _is_paper(self, before: str, between: str, *, first: bool) -> bool:
        """Tells whether an address of a server of papers leads to one: its own words name no role."""
        own = before if first or not between else between
        return self._named(own) is None or self._paper.search(own) is not None

    def _named(self, words: str) -> str | None:
        if not words or words.isspace():
            return None
        named = set()
        for role, phrase in self._phrases.items():
            words, found = phrase.subn(" ", words)
            if found:
                named.add(role)
        return next((role for role, word in self._words.items() if role in named or word.search(words)), None)

    def _behind(self, text: str, mention: Address, addresses: list[Address]) -> str:
        """Returns the words behind a mention that are its own: those of the next address are not."""
        right = text[mention.end : mention.end + _BEHIND]
        if right[:1] in (".", "!", "?"):
            return ""
        stop = _SENTENCE.search(right)
        high = mention.end + (stop.start() if stop else len(right))
        later = within(addresses, mention.end, high)
        if not later:
            return text[mention.end : high]
        words = text[mention.end : later[0].start]
        joint = self._next.search(words)
        return words[: joint.start()] if joint else words


def within(addresses: list[Address], low: int, high: int) -> list[Address]:
    """Returns the addresses that begin from low to before high, in order."""
    return addresses[bisect_left(addresses, low, key=start_of) : bisect_left(addresses, high, key=start_of)]


def start_of(address: Address) -> int:
    """Returns where a mention begins: the key by which they are sorted."""
    return address.start


def _before(text: str, mention: Address, addresses: list[Address]) -> tuple[str, str]:
    """Returns the sentence before a mention up to its first other address, and the part behind the last."""
    low = max(0, mention.start - _BEFORE)
    left = text[low : mention.start]
    breaks = list(_SENTENCE.finditer(left))
    low += breaks[-1].end() if breaks else 0
    inside = within(addresses, low, mention.start)
    if not inside:
        return text[low : mention.start], ""
    return text[low : inside[0].start], text[inside[-1].end : mention.start]


def _any(words: list[str]) -> regex.Pattern[str]:
    return late(rf"(?<![\w])(?:{'|'.join(words)})(?![\w])", regex.IGNORECASE)
