"""The lexicon: which classes a word belongs to, with regular plurals and verb forms added."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

_SECTIONS = ("words", "nouns", "verbs", "adjectives", "irregular", "tails")
Classes = frozenset[str]
_NONE: Classes = frozenset()
_ADVERB: Classes = frozenset({"adv"})
_CUT_OFF = re.compile(r"(.+?)\\?(?:@\w{1,4}|-\d{1,3})\Z")
_FONT = re.compile(r"\\(?:text|math)[a-z]{0,3}\{([^{}]*)\}")  # "$\text{AP}_{50}$" is AP
_SCRIPT = re.compile(r"[_^](?:\{[^{}]*\}|\w)")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_SHORTEST_ADVERB = 4  # longer words that end in -ly and are not listed are adverbs


class Lexicon:
    """Word classes.

    Args:
        documents: What the files of word classes hold, with the sections ``words`` (as they stand), ``nouns``
            (plurals added), ``verbs`` (third person, past, participle added), ``irregular`` (verb forms),
            ``adjectives`` and ``tails`` (last parts of compounds); ``classes`` names further classes, and
            ``literals`` words that the code asks for as they stand, and ``never_tails`` classes of words that
            are no last part of a name; ``signs`` of each class.

    Attributes:
        declared: The names of classes.
        literals: See above.
        signs: The class of each sign.
        named: The words that were added as literals.
    """

    def __init__(self, documents: Iterable[dict[str, Any]]) -> None:
        exact: defaultdict[str, set[str]] = defaultdict(set)
        open_class: set[str] = set()
        self.declared: set[str] = set()
        self.literals: set[str] = set()
        self._never_tails: set[str] = set()
        self.signs: dict[str, str] = {}
        for document in documents:
            self.declared |= {*document.get("classes", ())}
            self.literals |= {*document.get("literals", ())}
            for name, surfaces in document.get("signs", {}).items():
                self.declared.add(name)
                self.signs |= dict.fromkeys(surfaces, name)
            self._never_tails |= {*document.get("never_tails", ())}
            for section in _SECTIONS:
                for name, words in document.get(section, {}).items():
                    self.declared.add(name)
                    if section in ("nouns", "adjectives", "tails"):
                        open_class.add(name)
                    for word in words:
                        for form in _forms(word, section):
                            exact[form].add(name)
        for word in exact:  # "Our" is what "our" is, and more
            exact[word] |= exact.get(word.lower(), set())
        self._classes = {word: frozenset(names) for word, names in exact.items()}
        self._open = frozenset(open_class)
        self._literals: dict[str, Classes] = {}
        self.named: frozenset[str] = frozenset()

    def add_literals(self, words: Iterable[str]) -> None:
        """Gives each small word that a pattern names a class of its own, ``=word``, beside its others.

        They stand apart, so that a word which some pattern names changes nothing for others that end with it.
        """
        added = frozenset(words)
        self.named |= added
        self._literals |= {word.lower(): frozenset({"=" + word}) for word in sorted(added)}

    def distinct(self) -> set[Classes]:
        """Returns every set of classes that a word can have; a sign is none."""
        words = [word for word in self._classes if word not in self.signs]
        whole = {self._classes[word] for word in words}
        named = {self.lookup(word) for word in {*words, *self._literals} if word not in self.signs}
        return {*whole, *named, *(classes & self._open for classes in whole), _NONE, _ADVERB}

    def lookup(self, word: str) -> Classes:
        """Returns the classes of a word; a compound has the open classes of its last part."""
        literal = self._literals.get(word.lower())
        if literal is None or not (word in self._classes or not _INNER_CAPITAL.search(word)):
            return self._lookup(word)
        return self._lookup(word if word in self._classes else word.lower()) | literal

    def has(self, word: str) -> bool:
        """Tells whether a word is of a class, or its last part is; that a pattern names it does not count."""
        return bool(self._lookup(word))

    def _lookup(self, word: str) -> Classes:
        found = self._classes.get(word)
        if found is None and not _INNER_CAPITAL.search(word):  # "ReCoVer" is a name, no form of "recover"
            found = self._classes.get(word.lower())
        if found is not None:
            return found
        if word[0] == "$":
            plain = _SCRIPT.sub("", _FONT.sub(r"\1", word.strip("$")))
            return self._lookup(plain) & self._open if len(plain) > 1 and plain.isalpha() else _NONE
        head, hyphen, tail = word.rpartition("-")
        if hyphen and head:
            tail_classes = self._classes.get(tail) or self._classes.get(tail.lower())
            if tail_classes and not (
                head[0].isupper() and tail.istitle() and self._never_tails & tail_classes
            ):
                return tail_classes & self._open
        if cut := _CUT_OFF.match(word):  # "Recall@20", "BLEU-4"
            return (self._classes.get(cut[1]) or self._classes.get(cut[1].lower(), _NONE)) & self._open
        if len(word) > _SHORTEST_ADVERB and word.endswith("ly"):
            return _ADVERB
        return _NONE

    def names(self) -> set[str]:
        """Returns the names of all classes, also of those that no word has, and of the literals."""
        return self.declared | {"=" + word for word in self._literals}


def _forms(word: str, section: str) -> list[str]:
    if section == "nouns":
        return [word, *_plurals(word)]
    if section == "verbs":
        return _verb_forms(word)
    return [word]


def _plurals(noun: str) -> list[str]:
    if re.search(r"[^aeiou]y\Z", noun):
        return [noun[:-1] + "ies"]
    if noun.endswith(("s", "x", "ch", "sh")):
        return [noun + "es"]
    return [noun + "s"]


def _verb_forms(verb: str) -> list[str]:
    stem = verb
    third = _plurals(verb)
    if verb.endswith("e"):
        stem = verb[:-1]
    elif re.search(r"[^aeiou]y\Z", verb):
        return [verb, *third, verb[:-1] + "ied", verb + "ing"]
    elif re.fullmatch(r".?[^aeiou][aeiou][^aeiouwxy]", verb):  # "cut", "drop"
        stem = verb + verb[-1]
    return [verb, *third, stem + "ed", stem + "ing", verb + "ed", verb + "ing"]
