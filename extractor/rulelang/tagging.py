"""Turns a sentence into a string of tags, one a token, so that rules are expressions over word classes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from extractor.numbers.valuemention import ValueMention
from extractor.rulelang.alphabet import Asked, alphabet, is_open, shape_of
from extractor.rulelang.tokens import TokenReader, stretches
from extractor.text.lexicon import Classes, Lexicon
from extractor.text.sentences import Span

_FIRST_TAG = 0x100
_SMALLEST_MODEL = 1e6  # a count below this is no model's size
_APOSTROPHES = ("'", "’")
_MOST_SURFACES = 50_000  # whose tags are kept


@dataclass(slots=True)
class TaggedSentence:
    """A sentence as tokens and tags.

    Attributes:
        span: Where it stands in the text.
        tokens: Where each token stands in the text.
        tags: One character for each token.
        kinds: The tags that occur.
        mentions: The value mention of each token that is one.
    """

    span: Span
    tokens: Sequence[tuple[int, int]]
    tags: str
    kinds: frozenset[str]
    mentions: dict[int, ValueMention]
    _pick: Callable[[str], Iterable[str]] = field(init=False, repr=False, compare=False)
    _letters: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Notes in which order tables are read."""
        self._pick = itemgetter(*map(ord, self.tags)) if self.tags else _nothing

    def letters(self, table: str) -> str:
        """Returns the letters that the tokens are to a pattern.

        Args:
            table: The letter of each tag, by its code.
        """
        found = self._letters.get(table)
        if found is None:
            found = self._letters[table] = "".join(self._pick(table))
        return found

    def slice(self, first: int, last: int) -> Span:
        """Returns the text span of tokens ``first`` to ``last`` (exclusive)."""
        return Span(self.tokens[first][0], self.tokens[last - 1][1])


def _nothing(_: str) -> str:
    return ""


class Tagger:
    """Gives tokens their tags.

    Args:
        lexicon: The word classes; complete, literals of all patterns included.
        dimensions: Dimensions of units besides those of quantities.
        asked: How often patterns ask for a word of one of some classes; it orders the tags.
        pointed: Abbreviations whose full stop is part of them.
        known: The classes that each tag stands for, where that is known; see `of`.

    Attributes:
        tokens: Finds the tokens.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        dimensions: Iterable[str] = (),
        asked: Asked | None = None,
        pointed: Iterable[str] = (),
        known: Iterable[Classes] | None = None,
    ) -> None:
        self.tokens = TokenReader(pointed)
        self._lexicon = lexicon
        self._tags: dict[Classes, str] = {}
        for classes in alphabet(lexicon, dimensions, asked or {}) if known is None else known:
            self._tags.setdefault(classes, chr(_FIRST_TAG + len(self._tags)))
        self._classes = {tag: classes for classes, tag in self._tags.items()}
        self._index: defaultdict[str, list[str]] = defaultdict(list)
        for classes, tag in self._tags.items():
            for name in classes:
                self._index[name].append(tag)
        self._known = lexicon.names() | self._index.keys()
        self._sets: dict[Classes, frozenset[str]] = {}
        self._asked: dict[tuple[str, ...], frozenset[str]] = {}  # the same as they were asked for: quicker
        self._tag_by_surface: dict[str, str] = {}
        self._tag_by_traits: dict[tuple[object, ...], str] = {}  # there are few combinations

    def kept(self) -> dict[str, Any]:
        """Returns its alphabet, and the words that patterns name, as plain data."""
        names = sorted({name for classes in self._tags for name in classes})
        numbers = {name: number for number, name in enumerate(names)}
        tags = [sorted(numbers[name] for name in classes) for classes in self._tags]
        return {"literals": sorted(self._lexicon.named), "classes": names, "tags": tags}

    @classmethod
    def of(cls, kept: Mapping[str, Any], lexicon: Lexicon, pointed: Iterable[str] = ()) -> Tagger:
        """Returns a tagger of what was kept of one, and its lexicon, which learns the words."""
        lexicon.add_literals(kept["literals"])
        name: Sequence[str] = kept["classes"]
        known = [frozenset([name[number] for number in each]) for each in kept["tags"]]
        return cls(lexicon, pointed=pointed, known=known)

    def chars(self, wanted: Iterable[str]) -> str:
        """Returns all tags that have one of the classes, sorted; the way in which code asks for classes.

        Raises:
            LookupError: There is no such class, or no rule and no ``literals`` of the lexicon names such a
                word (``=word``).
        """
        return "".join(sorted(self.tags(wanted)))

    def tags(self, wanted: Iterable[str]) -> frozenset[str]:
        """Returns all tags that have one of the classes; who asks for the same ones shares them.

        Raises:
            LookupError: See `chars`.
        """
        names = frozenset(wanted)
        if names not in self._sets:
            if unknown := sorted(names - self._known):
                message = f"no word class is named {', '.join(unknown)}: declare it in rules/lexicon/"
                raise LookupError(message)
            self._sets[names] = self.members(names)
        return self._sets[names]

    def is_one(self, sentence: TaggedSentence, token: int, *names: str) -> bool:
        """Tells whether a token is of one of the classes; tokens outside the sentence are of none."""
        if not 0 <= token < len(sentence.tags):
            return False
        members = self._asked.get(names)
        if members is None:
            members = self._asked[names] = self.tags(names)
        return sentence.tags[token] in members

    def has_class(self, name: str) -> bool:
        """Tells whether there is a class of a name, with or without words."""
        return name in self._known

    def members(self, wanted: Iterable[str]) -> frozenset[str]:
        """Returns all tags that have one of the classes."""
        return frozenset().union(*(self._index.get(name, ()) for name in wanted))

    def all_tags(self) -> frozenset[str]:
        """Returns all tags."""
        return frozenset(self._classes)

    def count(self, wanted: Iterable[str]) -> int:
        """Returns how many tags have one of the classes; a tag that has two of them counts twice."""
        return sum(len(self._index.get(name, ())) for name in wanted)

    def classes(self, tag: str) -> Classes:
        """Returns the classes that a tag stands for."""
        return self._classes[tag]

    def class_names(self) -> set[str]:
        """Returns the names of all classes, those of single words (``=word``) left out."""
        return {name for name in self._known if not name.startswith("=")}

    def knows(self, word: str) -> bool:
        """Tells whether the lexicon has a word."""
        return self._lexicon.has(word)

    def tag(self, text: str, span: Span, mentions: Sequence[ValueMention]) -> TaggedSentence:
        """Tags one sentence.

        Args:
            text: The whole text.
            span: The sentence in it.
            mentions: Its value mentions, in order; each becomes one token.
        """
        tokens: list[tuple[int, int]] = []
        tags: list[str] = []
        at: dict[int, ValueMention] = {}
        words = self.tokens.pattern_for(text, span, mentions)
        for start, end, mention in stretches(span, mentions):
            if mention is None:
                self._add_words(words.finditer(text, start, end), tokens, tags)
            else:
                at[len(tokens)] = mention
                tokens.append((start, end))
                tags.append(self._mention_tag(mention))
        return TaggedSentence(span, tokens, "".join(tags), frozenset(tags), at)

    def _add_words(
        self, matches: Iterable[re.Match[str]], tokens: list[tuple[int, int]], tags: list[str]
    ) -> None:
        """Adds the tokens between two mentions and their tags; LaTeX's wrappers have none."""
        known = self._tag_by_surface
        for match in matches:
            tag = known.get(match[1])
            if tag is None:
                tag = self._new_tag(match)
            if tag:
                tokens.append(match.span(1))
                tags.append(tag)

    def _new_tag(self, match: re.Match[str]) -> str:
        """Finds the tag of a token, and keeps it for the next of the same text if the text alone tells it."""
        surface = match[1]
        if match["wrapper"]:
            tag = ""
        elif match["possessive"] or surface[0].isalnum() or surface[0] == "_":
            tag = self._word_tag(surface)
        else:
            tag = self._sign_tag(surface)
        if surface not in _APOSTROPHES:
            if len(self._tag_by_surface) >= _MOST_SURFACES:
                self._tag_by_surface.clear()
            self._tag_by_surface[surface] = tag
        return tag

    def _mention_tag(self, mention: ValueMention) -> str:
        unit = mention.unit
        traits = (
            mention.form, mention.high is None, mention.decimal, mention.sign, mention.word, mention.verbal,
            mention.glued, mention.role, mention.value >= _SMALLEST_MODEL, unit and unit.dimension,
        )  # fmt: skip
        tag = self._tag_by_traits.get(traits)
        if tag is None:
            tag = self._tag_by_traits[traits] = self._tags[_classes_of(mention)]
        return tag

    def _sign_tag(self, surface: str) -> str:
        signs = self._lexicon.signs
        if surface[0] == "$" and (sign := surface.strip("${} ")) in signs:
            surface = sign  # a formula that is a sign alone: "$\approx$"
        if surface[0] == "$" or (
            surface[0] == "\\" and surface not in self._lexicon.signs
        ):  # a formula or macro
            formula = frozenset({"word", "name", "w"})
            inner = surface.strip("$")  # "$R^2$" is a metric; of a letter alone one cannot tell
            known = self._lexicon.lookup(inner) if len(inner) > 1 else formula
            return self._tags.get(formula | known, self._tags[formula])
        classes = frozenset({"punct", signs.get(surface, "other")})
        return self._tags.get(classes | self._lexicon.lookup(surface), self._tags[classes])

    def _word_tag(self, word: str) -> str:
        classes = self._lexicon.lookup(word)
        if not is_open(classes):
            return self._tags[classes | {"word", "lower"}]
        return self._tags[classes | {"word", "w", shape_of(word)}]


def _classes_of(mention: ValueMention) -> Classes:
    classes = {"val", mention.form, "range" if mention.high is not None else "single"}
    classes.add("decimal" if mention.decimal else "integer")
    if mention.form == "bare" and mention.decimal:
        classes.add("baredec")
    if mention.sign:
        classes.add("plus" if mention.sign > 0 else "minus")
    if mention.word:
        classes.add("verbal" if mention.verbal else "wordy")
    if mention.form == "count" and mention.value >= _SMALLEST_MODEL:
        classes.add("size")
        if mention.glued:
            classes.add("glued")
        if mention.role:
            classes.add(mention.role)
    if mention.unit is not None:
        classes.add(mention.unit.dimension)
    return frozenset(classes)
