"""Reads one numeral: digits with separators, LaTeX and scientific forms, fractions, products and number words."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_ONES = {
    word: float(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
_WORDS: dict[str, float] = _ONES | {
    "a": 1, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100,
    "dozen": 12, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "twice": 2, "thrice": 3,
    "half": 0.5, "third": 1 / 3, "quarter": 0.25, "fourth": 0.25, "fifth": 0.2, "sixth": 1 / 6, "eighth": 0.125,
    "tenth": 0.1, "hundredth": 0.01, "thousandth": 0.001,
}  # fmt: skip
_STEMS = {"doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0, "halv": 0.5}
_NOISE = re.compile(r"\\num(?=\{)|[\s$]|\\,|\{,\}|[\u2009\u202f]")
_SCIENTIFIC = re.compile(r"(?:([-+]?[\d.,]+)(?:\\times|\\cdot|×|x|\*|times))?10\^([-+]?\d{1,3})\Z")
_PRODUCT = re.compile(r"(\d+)(?:x|×|\*|\\times)([\d.]+)\Z")
_OUT_OF = re.compile(r"(\d+\.\d+)/\d+\Z")
_FRACTION = re.compile(r"(?:\\d?frac)?(\d+)/(\d+)(?:th|rd|nd|st)?\Z")


def read(text: str) -> float | None:
    """Reads a numeral in plain notation.

    Args:
        text: One numeral as it stands in an abstract: ``2,000``, ``$1.5\\times10^{5}$``, ``1/190th``, ``twenty-five``,
            ``halving``. No unit and no range.

    Returns:
        Its value, or None if it is no finite number.
    """
    value = _read_digits(text)
    if value is None:
        value = _read_words(text.lower())
    return value if value is not None and math.isfinite(value) else None


def _read_digits(text: str) -> float | None:
    plain = _NOISE.sub("", text).replace("}{", "/").replace("{", "").replace("}", "")
    plain = plain.replace("−", "-").replace("–", "-").replace(",", "")
    try:
        return float(plain)
    except ValueError:
        pass
    if match := _SCIENTIFIC.match(plain):
        return float(match[1] or 1) * 10.0 ** int(match[2])
    if match := _PRODUCT.match(plain):
        return float(match[1]) * float(match[2])
    if match := _OUT_OF.match(plain):  # "4.2/5" on a scale of five
        return float(match[1])
    if (match := _FRACTION.match(plain)) and int(match[2]):
        return float(Fraction(int(match[1]), int(match[2])))
    return None


def _read_words(text: str) -> float | None:
    if text in _WORDS:
        return _WORDS[text]
    for stem, value in _STEMS.items():
        if text.startswith(stem):
            return value
    head, _, tail = text.replace(" ", "-").partition("-")
    if head not in _WORDS or not tail:
        return None
    last = _WORDS.get(tail, _WORDS.get(tail.removesuffix("s")))
    if last is None:
        return None
    return _WORDS[head] * last if last < 1 else _WORDS[head] + last
