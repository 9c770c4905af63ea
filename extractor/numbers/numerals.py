"""Reads one numeral: digits with separators, LaTeX and scientific forms, fractions, number words."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

_NOISE = re.compile(r"\\num(?=\{)|[\s$]|\\,|\{,\}|[\u2009\u202f]")
_SCIENTIFIC = re.compile(
    r"(?:([-+]?(?:\d+\.?\d*|\.\d+))(?:\\times|\\cdot|×|x|\*|times))?10\^([-+]?\d{1,3})\Z"
)
_PRODUCT = re.compile(r"(\d+)(?:x|×|\*|\\times)(\d+\.?\d*)\Z")
_OUT_OF = re.compile(r"(\d+\.\d+)/\d+\Z")
_FRACTION = re.compile(r"(?:\\d?frac)?(\d{1,18})/(\d{1,18})(?:th|rd|nd|st)?\Z")
_TOO_LARGE = 1e100


class NumberWords(NamedTuple):
    """Number words and their values (rules/numerals.yaml).

    ``counts`` are those that count things (two, twenty, a dozen). ``runs`` are runs of letters, of which one
    stands in every text with a number word, as the text shows them: "Two", "thirds", "tenfold", "doubling".
    """

    values: dict[str, float]
    groups: dict[str, float]
    parts: dict[str, float]
    verbs: dict[str, float]
    counts: frozenset[str]
    articles: frozenset[str]
    runs: frozenset[str]

    def read(self, text: str) -> float | None:
        r"""Reads a numeral in plain notation.

        Args:
            text: One numeral as it stands in an abstract: ``2,000``, ``$1.5\times10^{5}$``, ``1/190th``,
                ``twenty-five``, ``halving``. No unit and no range.

        Returns:
            Its value, or None if it is no number, or too large to be multiplied by any magnitude or prefix.
        """
        value = self._read_words(text.lower()) if text[:1].isalpha() else _read_digits(text)
        return value if value is not None and abs(value) < _TOO_LARGE else None

    def is_count_word(self, text: str) -> bool:
        """Tells whether a number word only counts things: "two", "twenty-five", "dozen"."""
        counts, words = self.counts, text.lower()
        return words in counts or all(word in counts for word in words.replace("-", " ").split())

    def is_verb(self, text: str) -> bool:
        """Tells whether a number word is a verb in one of its inflected forms: "doubles", "halving"."""
        return bool(self._verb_stem(text.lower())) and not text.endswith("e")

    def is_verb_stem(self, text: str) -> bool:
        """Tells whether a number word is a verb's plain form, which is mostly an adjective: "double"."""
        return bool(self._verb_stem(text.lower())) and text.endswith("e")

    def _verb_stem(self, word: str) -> str | None:
        return next((stem for stem in self.verbs if word.startswith(stem)), None)

    def _read_words(self, text: str) -> float | None:
        if text in self.values:
            return self.values[text]
        if stem := self._verb_stem(text):
            return self.verbs[stem]
        head, _, tail = text.replace(" ", "-").partition("-")
        first = self.values.get(head)
        if first is None or not tail:
            return None
        if tail in self.groups:
            return first * self.groups[tail]
        part = self.parts.get(tail, self.parts.get(tail.removesuffix("s")))
        if part is not None:
            return first * part
        last = self.values.get(tail)
        return None if last is None else first + last


def number_words(document: dict[str, Any]) -> NumberWords:
    """Returns the number words of a parsed rules/numerals.yaml."""
    table = {
        name: _floats(document[name]) for name in ("counts", "tens", "groups", "multiples", "parts", "verbs")
    }
    counts = table["counts"] | table["tens"]
    values = counts | table["groups"] | table["multiples"] | dict.fromkeys(document["articles"], 1.0)
    verbal = {stem + ending for stem in table["verbs"] for ending in document["endings"]}
    words = {*counts, *table["groups"], *table["multiples"], *document["orders"], *verbal}
    words |= {word + joined for word in words for joined in document["joined"]}
    words |= {part + plural for part in table["parts"] for plural in ("", "s")}
    return NumberWords(
        values, table["groups"], table["parts"], table["verbs"],
        counts=frozenset(counts | table["groups"]),
        articles=frozenset(document["articles"]),
        runs=frozenset(words) | {word.capitalize() for word in words},
    )  # fmt: skip


def _floats(mapping: dict[str, Any]) -> dict[str, float]:
    return {word: float(value) for word, value in mapping.items()}


def times(value: float, scale: float) -> float:
    """Multiplies without what binary fractions add: 4.1 times 1e9 is 4100000000, not 4099999999.9999995."""
    return float(f"{value * scale:.15g}")


def _read_digits(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return _read_notation(text)


def _read_notation(text: str) -> float | None:
    """Reads what is more than digits and a point."""
    plain = _NOISE.sub("", text).replace("}{", "/").replace("{", "").replace("}", "")
    plain = plain.replace("−", "-").replace("–", "-").replace(",", "")
    try:
        return float(plain)
    except ValueError:
        pass
    if match := _SCIENTIFIC.match(plain):
        return float(f"{float(match[1] or 1)}e{int(match[2])}")  # what is too large is infinite
    if match := _PRODUCT.match(plain):
        return times(float(match[1]), float(match[2]))
    if match := _OUT_OF.match(plain):  # "4.2/5" on a scale of five
        return float(match[1])
    if (match := _FRACTION.match(plain)) and int(match[2]):
        return float(Fraction(int(match[1]), int(match[2])))
    return None
