"""Makes a mention of an amount that stands alone, and finds its form where no suffix gives one."""

from __future__ import annotations

from typing import Literal

from extractor.numbers.amounts import Amount, Form
from extractor.numbers.digits import is_decimal, is_vulgar
from extractor.numbers.fragments import Expander
from extractor.numbers.valuemention import ValueMention, is_glued_size
from extractor.text.numberwords import NumberWords

_MILLION = 1e6
_FEWEST = 10  # in words, of images or tokens that are an amount of data


class SingleReader:
    """Reads amounts that stand alone.

    Args:
        expander: The character fragments.
        words: The number words.
    """

    def __init__(self, expander: Expander, words: NumberWords) -> None:
        self._words = words
        self._device = expander.compile(r"(?:{ws}|-){device_time}")
        self._counted = expander.compile(r"[\s~](?i:{data_noun})s\b")
        self._verb_object = expander.compile(r"{verb_object}")

    def read(self, text: str, amount: Amount) -> ValueMention | None:
        """Makes a mention of an amount; None where it only counts things, or is no value."""
        numeral = amount.numeral
        if numeral.kind in ("name", "active", "small"):
            return _named_size(text, amount)
        surface = text[numeral.start : numeral.end]
        form: Form | None = amount.form
        if form == "bare" and numeral.in_words:
            form = self._word_form(text, amount, surface)
        elif form == "bare" and is_vulgar(surface):
            form = "ratio"
        elif form == "bare" and "/" in surface and "." not in surface:
            form = "ratio" if _is_reciprocal(surface) else None  # "33/33" counts
        if form is None:
            return None
        return ValueMention(
            amount.start, amount.end, amount.value, "ratio" if form == "bare" and amount.factor else form,
            unit=amount.unit, decimal=is_decimal(surface), word=numeral.in_words,
            verbal=numeral.in_words and numeral.end == amount.end and self._words.is_verb(surface),
            glued=is_glued_size(text, amount.start, amount.end),
            role="joined" if form == "count" and _is_tagged(text, amount.start) else None,
        )  # fmt: skip

    def _word_form(self, text: str, amount: Amount, surface: str) -> Form | None:
        """What a number word without suffix says; None where it only counts things or is an adjective."""
        end = amount.numeral.end
        if self._device.match(text, end):
            return "bare"
        if self._words.is_count(surface) and amount.value < _MILLION:
            if amount.factor:
                return "ratio"
            return "bare" if amount.value >= _FEWEST and self._counted.match(text, end) else None
        if self._words.is_verb_stem(surface) and not self._verb_object.match(text, amount.end):
            return None  # "double precision"
        return "count" if amount.value >= _MILLION else "ratio"


def _named_size(text: str, amount: Amount) -> ValueMention | None:
    """A size inside a model's name ends with its letter."""
    if amount.form != "count":
        return None
    glued = is_glued_size(text, amount.start, amount.end)
    role: Literal["joined", "active"] = "joined" if amount.numeral.kind == "name" else "active"
    return ValueMention(amount.start, amount.end, amount.value, "count", glued=glued, role=role)


def _is_tagged(text: str, start: int) -> bool:
    """Tells whether a number stands behind a name and a colon, as hubs write it ("foo2:1.7b")."""
    return text[start - 1 : start] == ":" and text[start - 2 : start - 1].isalnum()


def _is_reciprocal(surface: str) -> bool:
    """A fraction with the numerator one ("1/190th") is a ratio; "4.19/5" or "11/15" is not."""
    return surface.replace("\\frac{", "").replace("\\dfrac{", "").lstrip().startswith(("1/", "1 /", "1}"))
