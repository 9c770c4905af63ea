"""The alphabet of tags: what classes a token can have, in the order that keeps expressions small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import reduce
from itertools import product
from operator import or_
from typing import get_args

from extractor.record.schema import Dimension
from extractor.text.lexicon import Classes, Lexicon

# Rules ask for a word or a class far more often than for a shape, so the shapes of a word stand side by side;
# these two, which rules mostly ask for together, in a range of their own.
_PLAIN_SHAPES, _CAPITAL_SHAPES = ("ing", "lower", "num", "sform"), ("cap", "name")
_SHAPES = frozenset({*_PLAIN_SHAPES, *_CAPITAL_SHAPES})

# Classes whose words end a noun phrase.
_CLOSED = frozenset(
    "det prep conj subord pron aux neg adv verb possessive break respectively "
    "up_v down_v better_v worse_v beat_v lag_v speed_v slow_v keep_v".split()
)

Asked = Mapping[frozenset[str], int]  # how often patterns ask for a word of one of some classes


def alphabet(lexicon: Lexicon, dimensions: Iterable[str], asked: Asked) -> Iterator[Classes]:
    """Yields every set of classes that a token can have; a set may come twice.

    Patterns hold the tags of a class as ranges, of which the letters of a pattern are worked out: the fewer
    ranges, the sooner. So what patterns ask for together stands side by side here, what they ask for most at
    the joints of parts.

    Args:
        lexicon: The word classes; complete, literals of all patterns included.
        dimensions: Dimensions of units besides those of quantities.
        asked: What patterns ask for.
    """
    rank = _ranking(asked)
    words = sorted(lexicon.distinct(), key=rank)
    inner, closed = ([classes for classes in words if is_open(classes) == wanted] for wanted in (True, False))
    for classes in reversed(closed):
        yield classes | {"word", "lower"}
    yield from _shaped(inner, _PLAIN_SHAPES)
    yield from reversed(list(_shaped(inner, _CAPITAL_SHAPES)))
    signs = {frozenset({"punct", "other"})}
    for surface, name in lexicon.signs.items():
        sign = frozenset({"punct", name})
        signs |= {sign, sign | lexicon.lookup(surface)}
    yield from sorted(signs, key=rank)
    yield from sorted(_mention_classes(dimensions), key=rank)


def _ranking(asked: Asked) -> Callable[[Classes], tuple[int, list[str]]]:
    """Returns a sort key: first what patterns ask for most, in it what they ask for next most, and so on.

    What is asked for together counts more, as one class or word alone mostly stands together by itself.
    """
    wholes = [names for names in asked if len(names) > 1 or not any(name[0] == "=" for name in names)]
    wholes = [names for names in wholes if not names & _SHAPES and not names & {"word", "w"}]
    wholes.sort(key=lambda names: (asked[names] * len(names), sorted(names)))
    bits: defaultdict[str, int] = defaultdict(int)
    for place, names in enumerate(wholes):
        for name in names:
            bits[name] |= 1 << place

    def rank(classes: Classes) -> tuple[int, list[str]]:
        return -reduce(or_, (bits[name] for name in classes), 0), sorted(classes)

    return rank


def _shaped(words: Iterable[Classes], shapes: tuple[str, ...]) -> Iterator[Classes]:
    """Yields words with those of some shapes that they can have, one shape beside the same of the next."""
    for number, classes in enumerate(words):
        possible = _possible_shapes(classes)
        for shape in shapes if number % 2 else reversed(shapes):
            if shape in possible:
                yield classes | {"word", "w", shape}


def _possible_shapes(classes: Classes) -> Set[str]:
    """Returns the shapes that words of some classes can have; a word that patterns name has few spellings."""
    word = next((name[1:] for name in classes if name.startswith("=")), None)
    if word is None:
        return _SHAPES
    return {shape_of(word), shape_of(word.capitalize()), shape_of(word[0] + word[1:].upper())}


def is_open(classes: Classes) -> bool:
    """Tells whether a word can stand inside a noun phrase."""
    return not classes & _CLOSED


def shape_of(word: str) -> str:
    """Returns the shape of a word inside a noun phrase: the class that its spelling alone gives it."""
    if word[0].isdigit():
        return "num" if word.replace(".", "").isdigit() else "name"
    if word[1:] != word[1:].lower() or any(ch.isdigit() for ch in word):
        return "name"
    if word.endswith("ing"):
        return "ing"
    if word[0].isupper():
        return "lower" if word.endswith("ed") else "cap"  # "Deployed on" opens a clause, it is no name
    return "sform" if word.endswith("s") and not word.endswith(("ss", "us", "is")) else "lower"


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
