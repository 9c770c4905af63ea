"""Numbers written in words: which words they are made of, how they stand in text, what they are worth."""

from __future__ import annotations

import re
from typing import Any

_JOINT = re.compile(r",?[\s-]+")
_TEN = 10
_HUNDRED = 100.0
_THOUSAND = 1e3
_AND_A_HALF = 3  # words


class NumberWords:
    """Number words (rules/numerals.yaml).

    Args:
        document: The parsed file.

    Attributes:
        counts: The words that count things (two, twenty, a dozen).
        articles: The articles that stand for one in "a thousand".
        runs: Runs of letters, of which one stands in every text with a number word, as the text shows them:
            "Two", "thirds", "tenfold", "doubling".
        lists: The words of each sort as a pattern, by name, for the character fragments.
        run: A pattern of several number words on end, or of a group and its article; not all are a number.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._ones = _floats(document["counts"])
        self._tens = _floats(document["tens"])
        self._groups = _floats(document["groups"])
        self._multiples = _floats(document["multiples"])
        self._parts = _floats(document["parts"])
        self._verbs = _floats(document["verbs"])
        self._zeros = dict.fromkeys(document["zeros"], 0.0)
        self._joints: dict[str, str] = document["joints"]
        self.articles = frozenset(document["articles"])
        self.counts = frozenset(self._ones | self._tens | self._groups)
        self.runs = _runs(document, self.counts)
        self.lists = _lists(document)
        self.run = _run(document, self.counts)

    def read(self, text: str) -> float | None:
        """Reads a number in words.

        Args:
            text: ``twenty-five``, ``a hundred and two``, ``three and a half``, ``two point five``,
                ``two thirds``, ``half a million``, ``halving``.

        Returns:
            Its value; None if it is no number.
        """
        words = _JOINT.split(text.lower())
        return self._single(words[0]) if len(words) == 1 else self._phrase(words)

    def _phrase(self, words: list[str]) -> float | None:
        """Reads a number of several words by what joins them."""
        if self._joints["point"] in words:
            return self._decimal(words)
        if self._part(words[-1]) is not None:
            return self._with_part(words)
        if words[-1] in self.articles:
            return self._share(words)
        if self._joints["of"] in words:  # "a quarter of a million"
            place = words.index(self._joints["of"])
            return self._product(words[:place], words[place + 1 :])
        if words[0] in self._multiples and words[1] in self.articles:  # "half a million"
            return self._product(words[:1], words[1:])
        return self._cardinal(words)

    def part_of(self, text: str) -> float | None:
        """Reads what is added to a whole number: "and a half"; None if it is nothing of that sort."""
        words = _JOINT.split(text.lower())
        if words[0] != self._joints["and"] or len(words) != _AND_A_HALF:
            return None
        part, count = self._part(words[2]), self._count(words[1])
        return None if part is None or count is None else part * count

    def orders(self, text: str) -> float:
        """Reads how many orders of magnitude "order of magnitude" is, and "order of magnitude and a half"."""
        words = _JOINT.split(text.lower())
        return 1.0 + (self.part_of(" ".join(words[-3:])) or 0.0)

    def is_count(self, text: str) -> bool:
        """Tells whether number words only count things: "two", "a hundred and two", "half a dozen"."""
        words = _JOINT.split(text.lower())
        plain = words[0] in self._ones or words[0] in self._tens or words[0] in self._groups
        part = len(words) > 1 and self._part(words[-1]) is not None and self._joints["and"] not in words
        return (plain and not part) or words[-1] in self._groups or words[0] in self._zeros

    def is_verb(self, text: str) -> bool:
        """Tells whether a number word is a verb in one of its inflected forms: "doubles", "halving"."""
        return bool(self._stem(text.lower())) and not text.endswith("e")

    def is_verb_stem(self, text: str) -> bool:
        """Tells whether a number word is a verb's plain form, which is mostly an adjective: "double"."""
        return bool(self._stem(text.lower())) and text.endswith("e")

    def _single(self, word: str) -> float | None:
        for table in (self._ones, self._tens, self._groups, self._multiples):
            if word in table:
                return table[word]
        if word in self.articles:
            return 1.0
        stem = self._stem(word)
        return self._verbs[stem] if stem else None

    def _stem(self, word: str) -> str | None:
        return next((stem for stem in self._verbs if word.startswith(stem)), None)

    def _part(self, word: str) -> float | None:
        return self._parts.get(word, self._parts.get(word.removesuffix("s")))

    def _with_part(self, words: list[str]) -> float | None:
        """Reads "two thirds" and "three and a half"."""
        part, count = self._part(words[-1]), self._count(words[-2])
        if part is None or count is None:
            return None
        head, share = words[:-2], count * part
        if not head:
            return share
        if head[-1] != self._joints["and"]:
            return None
        whole = self._cardinal(head[:-1])
        return None if whole is None else whole + share

    def _count(self, word: str) -> float | None:
        return 1.0 if word in self.articles else self._ones.get(word)

    def _share(self, words: list[str]) -> float | None:
        """Reads what stands before the name of what is shared: "half a" point, "a tenth of a" second."""
        end = -2 if words[-2] == self._joints["of"] else -1
        share = self.read(" ".join(words[:end]))
        return share if share is not None and share < 1 else None

    def _product(self, share: list[str], whole: list[str]) -> float | None:
        first, second = self.read(" ".join(share)), self._cardinal(whole)
        return None if first is None or second is None else first * second

    def _decimal(self, words: list[str]) -> float | None:
        """Reads "two point five" and "zero point two five"."""
        point = words.index(self._joints["point"])
        digits = [self._ones.get(word, self._zeros.get(word)) for word in words[point + 1 :]]
        head = words[:point]
        whole = self._zeros.get(head[0]) if len(head) == 1 else None
        whole = self._cardinal(head) if whole is None else whole
        if whole is None or not digits or any(digit is None or digit >= _TEN for digit in digits):
            return None
        return float(f"{whole:.0f}.{''.join(f'{digit:.0f}' for digit in digits)}")

    def _cardinal(self, words: list[str]) -> float | None:
        """Reads a whole number: each thousand, million … counts what stands before it, and they fall."""
        total, scale = 0.0, float("inf")
        counting: list[str] = []
        for place, word in enumerate(words):
            group = self._groups.get(word, 0.0)
            if word == self._joints["and"]:
                if not 0 < place < len(words) - 1 or words[place - 1] not in self._groups:
                    return None
            elif group < _THOUSAND:
                counting.append(word)
            else:
                count = self._below_thousand(counting) if counting or place else 1.0
                if not count or group >= scale:
                    return None
                total, scale, counting = total + count * group, group, []
        rest = self._below_thousand(counting)
        return None if rest is None or not words else total + rest

    def _below_thousand(self, words: list[str]) -> float | None:
        """Reads the part of a number that a thousand or a million counts; no words are nothing."""
        number = 0.0
        for place, word in enumerate(words):
            if word in self._groups:
                if number >= _HUNDRED or (place and not number):
                    return None
                number = (number or 1.0) * self._groups[word]
            else:
                first = word in self.articles and not place
                added = 1.0 if first else self._below_hundred(word, number)
                if added is None:
                    return None
                number += added
        return number

    def _below_hundred(self, word: str, current: float) -> float | None:
        """Returns what a word adds to the number before it: "twenty" takes "five", "hundred" takes both."""
        rest = current % _HUNDRED
        if word in self._tens:
            return None if rest else self._tens[word]
        number = self._ones.get(word)
        if number is None or (rest and (rest not in self._tens.values() or number >= _TEN)):
            return None
        return number


def _runs(document: dict[str, Any], counts: frozenset[str]) -> frozenset[str]:
    verbal = {stem + ending for stem in document["verbs"] for ending in document["endings"]}
    words = {*counts, *document["multiples"], *document["orders"], *document["zeros"], *verbal}
    words |= {word + joined for word in words for joined in document["joined"]}
    words |= {part + plural for part in document["parts"] for plural in ("", "s")}
    return frozenset(words) | {word.capitalize() for word in words}


def _lists(document: dict[str, Any]) -> dict[str, str]:
    """Returns the words of each sort as a pattern, for the fragments that say how they are put together."""
    counts, parts, shares = document["counts"], document["parts"], document["shares"]
    verbs = [stem + ending for stem in document["verbs"] for ending in document["endings"]]
    lists = {
        "ones": [word for word, value in counts.items() if value < _TEN],
        "teens": [word for word, value in counts.items() if value >= _TEN],
        "tens": document["tens"],
        "scales": [word for word, value in document["groups"].items() if float(value) >= _THOUSAND],
        "zeros": document["zeros"],
        "multiples": document["multiples"],
        "parts": parts,
        "shares": shares,
        "ordinals": [part for part in parts if part not in shares],
        "wholes": document["wholes"],
        "places": document["places"],
        "verbs": [verb for verb in verbs if verb not in document["verb_nouns"]],
        "verb_nouns": document["verb_nouns"],
    }
    patterns = {f"words_{name}": _any(words) for name, words in lists.items()}
    return patterns | {"not_vague": _not_vague(document)}


def _run(document: dict[str, Any], counts: frozenset[str]) -> str:
    word, group, article = _any(counts), _any(document["groups"]), _any(document["articles"])
    plain = _any(counts - set(document["groups"]))
    joints = document["joints"]
    first = rf"(?:{joints['half']} {article} |{article}[- ]|{_not_vague(document)}){group}|{plain}"
    return rf"(?:{first})(?:(?:[- ]{joints['and']})?[- ]{word}){{0,6}}"


def _not_vague(document: dict[str, Any]) -> str:
    return "".join(rf"(?<!\b{word}\s)" for word in document["vague"])


def _any(words: Any) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


def _floats(mapping: dict[str, Any]) -> dict[str, float]:
    return {word: float(value) for word, value in mapping.items()}
