"""Turns a sentence into a string of tags, one a token, so that rules are expressions over word classes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import get_args

from extractor.numbers.valuemention import ValueMention
from extractor.record.schema import Dimension
from extractor.text.lexicon import Classes, Lexicon
from extractor.text.sentences import Span

_FIRST_TAG = 0x100
_SMALLEST_MODEL = 1e6  # a count below this is no model's size
_SHAPES = ("lower", "ing", "sform", "cap", "name", "num")
# Surfaces of punctuation, and LaTeX macros that stand for signs, by class.
_SIGNS = {
    "comma": ", ",
    "semicolon": "; ",
    "colon": ": ",
    "open_b": "( [",
    "close_b": ") ]",
    "stop": ". ! ?",
    "dash": "- – — -- ---",
    "slash": "/",
    "less_sign": r"< ≤ ≲ \leq \le \lt \lesssim",
    "more_sign": r"> ≥ ≳ \geq \ge \gt \gtrsim",
    "equal_sign": "=",
    "tilde": r"~ ≈ \approx \sim \simeq",
    "plus_sign": "+",
    "quote": "\" `` '' “ ”",
    "arrow": r"→ -> \to \rightarrow",
    "ampersand": "&",
    "symbol": r"% | ± * @ \times \pm \downarrow \uparrow",
}
_SIGN_CLASS = {surface: name for name, surfaces in _SIGNS.items() for surface in surfaces.split()}
_WRAPPERS = (
    "text[a-z]{1,4}|emph|math[a-z]{1,4}|underline|boldsymbol|bm|it|bf|em|tt|rm|url|href|footnote|xspace"
)
# Most tokens are plain words, so these are tried first; the blank before a token is read with it, as a place
# where no token begins costs as much as a token. The text of a token tells its sort, except for a wrapper,
# which is no token, and for an apostrophe, which is a possessive or a quotation mark.
_TOKEN = re.compile(
    r"[ ]?+([A-Za-z]++(?=[ ,])"
    r"|(?:e\.g|i\.e|w\.r\.t|vs|etc|resp|approx|res)\."
    r"|\w++"
    r"(?:\\[_@]|[-+.@*^#](?=[^\W_])|\\?&(?=[A-Z]\b)|['’](?!s\b)(?=[^\W_])|/(?=[A-Za-z]{1,12}\b(?!\s*\d))|\w++)*+\+{0,2}"
    rf"|(?P<wrapper>\\(?:{_WRAPPERS}|[,;:! %&_#()[\]])\*?\{{?)"
    r"|\$(?=[^\s$])(?:\\[^$\n]{1,60}|[^$\s]{1,40})\$"
    r"|\\[A-Za-z]+(?:\{\})?"
    r"|(?P<possessive>['’]s?(?![\w']))"
    r"|--+|->|``|''|[^\w\s$~{}\\]"
    r"|~(?<![^\s(]~))"
)
# Beside values between slashes, so are words: "61.2/70.4 (AP/AR)" has two metrics.
_APART = re.compile(_TOKEN.pattern.replace(r"|/(?=[A-Za-z]{1,12}\b(?!\s*\d))", ""))
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

    def slice(self, first: int, last: int) -> Span:
        """Returns the text span of tokens ``first`` to ``last`` (exclusive)."""
        return Span(self.tokens[first][0], self.tokens[last - 1][1])


class Tagger:
    """Gives tokens their tags.

    Args:
        lexicon: The word classes; complete, literals of all patterns included.
        dimensions: Dimensions of units besides those of quantities.
    """

    def __init__(self, lexicon: Lexicon, dimensions: Iterable[str] = ()) -> None:
        self._lexicon = lexicon
        self._tags: dict[Classes, str] = {}
        # Tags of one class stand side by side as far as can be: patterns hold them as ranges.
        ordered = sorted(lexicon.distinct(), key=_class_order)
        for classes in ordered:
            if not _is_open(classes):
                self._tag_of(classes | {"word", "lower"})
        for shape in _SHAPES:
            for classes in filter(_is_open, ordered):
                self._tag_of(classes | {"word", "w", shape})
        for surface, name in _SIGN_CLASS.items():
            self._tag_of(frozenset({"punct", name}))
            self._tag_of(frozenset({"punct", name}) | lexicon.lookup(surface))
        self._tag_of(frozenset({"punct", "other"}))
        for classes in _mention_classes(dimensions):
            self._tag_of(classes)
        self._classes = {tag: classes for classes, tag in self._tags.items()}
        self._index: defaultdict[str, list[str]] = defaultdict(list)
        for classes, tag in self._tags.items():
            for name in classes:
                self._index[name].append(tag)
        self._known = lexicon.names() | self._index.keys()
        self._tag_by_surface: dict[str, str] = {}
        self._tag_by_traits: dict[tuple[object, ...], str] = {}  # there are few combinations

    def chars(self, wanted: Iterable[str]) -> str:
        """Returns all tags that have one of the classes, sorted; the way in which code asks for classes.

        Raises:
            LookupError: There is no such class, or no rule and no ``literals`` of the lexicon names such a
                word (``=word``).
        """
        wanted = list(wanted)
        if unknown := [name for name in wanted if name not in self._known]:
            message = f"no word class is named {', '.join(unknown)}: declare it in rules/lexicon/"
            raise LookupError(message)
        return "".join(sorted(self.members(wanted)))

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
        position = span.start
        words = _APART if _has_tuple(text, span, mentions) else _TOKEN
        for mention in mentions:
            if mention.role == "active":  # the letter before it is a token of its own ("Foo-A3B")
                letter = max(position, mention.start - 2)
                self._add_words(words.finditer(text, position, letter), tokens, tags)
                position = letter
            self._add_words(words.finditer(text, position, mention.start), tokens, tags)
            at[len(tokens)] = mention
            tokens.append((mention.start, mention.end))
            tags.append(self._mention_tag(mention))
            position = mention.tail or mention.end
        self._add_words(words.finditer(text, position, span.end), tokens, tags)
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
        if surface[0] == "$" and (sign := surface.strip("${} ")) in _SIGN_CLASS:
            surface = sign  # a formula that is a sign alone: "$\approx$"
        if surface[0] == "$" or (surface[0] == "\\" and surface not in _SIGN_CLASS):  # a formula or macro
            formula = frozenset({"word", "name", "w"})
            inner = surface.strip("$")  # "$R^2$" is a metric; of a letter alone one cannot tell
            known = self._lexicon.lookup(inner) if len(inner) > 1 else formula
            return self._tags.get(formula | known, self._tags[formula])
        classes = frozenset({"punct", _SIGN_CLASS.get(surface, "other")})
        return self._tags.get(classes | self._lexicon.lookup(surface), self._tags[classes])

    def _word_tag(self, word: str) -> str:
        classes = self._lexicon.lookup(word)
        if not _is_open(classes):
            return self._tags[classes | {"word", "lower"}]
        return self._tags[classes | {"word", "w", _shape(word)}]

    def _tag_of(self, classes: Classes) -> str:
        return self._tags.setdefault(classes, chr(_FIRST_TAG + len(self._tags)))


def _has_tuple(text: str, span: Span, mentions: Sequence[ValueMention]) -> bool:
    """Tells whether values stand between slashes in a sentence."""
    if text.find("/", span.start, span.end) < 0:
        return False
    pairs = pairwise(mentions)
    return any(text[one.tail or one.end : two.start].strip(" $") == "/" for one, two in pairs)


# Classes whose words end a noun phrase.
_CLOSED = frozenset(
    "det prep conj subord pron aux neg adv verb possessive break respectively "
    "up_v down_v better_v worse_v beat_v lag_v speed_v slow_v keep_v".split()
)


def _class_order(classes: Classes) -> tuple[list[str], list[str]]:
    """A key that sorts sets of classes by what they have in common, and by single words (``=word``) last."""
    return (
        sorted(name for name in classes if not name.startswith("=")),
        sorted(name for name in classes if name.startswith("=")),
    )


def _is_open(classes: Classes) -> bool:
    """Tells whether a word can stand inside a noun phrase."""
    return not classes & _CLOSED


def _shape(word: str) -> str:
    if word[0].isdigit():
        return "num" if word.replace(".", "").isdigit() else "name"
    if word[1:] != word[1:].lower() or any(ch.isdigit() for ch in word):
        return "name"
    if word.endswith("ing"):
        return "ing"
    if word[0].isupper():
        return "lower" if word.endswith("ed") else "cap"  # "Deployed on" opens a clause, it is no name
    return "sform" if word.endswith("s") and not word.endswith(("ss", "us", "is")) else "lower"


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


def _mention_classes(more: Iterable[str]) -> Iterable[Classes]:
    dimensions = (*get_args(Dimension), *more)
    forms = [{form} for form in ("ratio", "percent", "point", "dB", "count", "bare")]
    forms += [{"unit", dimension} for dimension in dimensions]
    sizes: tuple[set[str], ...] = ({"count", "size"}, {"count", "size", "glued"})
    forms += [{*size, *role} for size in sizes for role in ((), ("joined",), ("active",))]
    words: tuple[set[str], ...] = (set(), {"wordy"}, {"verbal"})
    signs: tuple[set[str], ...] = (set(), {"plus"}, {"minus"})
    for form, ends, point, sign, word in product(
        forms, ({"range"}, {"single"}), ({"decimal"}, {"integer"}), signs, words
    ):
        extra = {"baredec"} if form == {"bare"} and point == {"decimal"} else set()
        yield frozenset({"val", *form, *ends, *point, *sign, *word, *extra})
