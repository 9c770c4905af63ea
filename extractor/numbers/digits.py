"""Reads what a numeral in digits is worth: separators, LaTeX and scientific forms, fractions."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_NOISE = re.compile(r"\\num(?=\{)|[\s$]|\\,|\{,\}|(?<=\d)['’](?=\d)")
_SIGNS = str.maketrans("−–⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹·⋅", "---+0123456789××")
_SUPERSCRIPT = re.compile(r"(?<=10)(?=[⁺⁻⁰¹²³⁴-⁹])")
# A comma that cannot set thousands apart stands before decimals.
_DECIMAL_COMMA = re.compile(
    r"(?<![\d.,])(?:(\d{1,3}(?:\.\d{3})+|\d{1,4}),(?=(?:\d{1,2}|\d{4,6})(?!\d))|(0),)"
)
_DOTTED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3}){2,}\Z")
_TIMES = r"(?:\\times|\\cdot|×|x|\*|times)"
_SCIENTIFIC = re.compile(
    rf"(?:([-+]?(?:\d+\.?\d*|\.\d+)){_TIMES})?10\^([-+]?\d{{1,3}})\Z|(\d+\.?\d*){_TIMES}10(-\d{{1,2}})\Z"
)
_PRODUCT = re.compile(r"(\d+)(?:x|×|\*|\\times)(\d+\.?\d*)\Z")
_OUT_OF = re.compile(r"(\d+\.\d+)/\d+\Z")
_FRACTION = re.compile(r"(?:\\d?frac)?(\d{1,18})/(\d{1,18})(?:th|rd|nd|st)?\Z")
_GROUPED = re.compile(r"\d(?:,|\\,|\{,\}|['’\s])\d{3}(?!\d)")
_DECIMALS = re.compile(r"\.|(?<!\d)0,\d|,\d{1,2}(?!\d)|,\d{4}")
# A whole number and a part: "1½", "2 1/2".
_MIXED = re.compile(r"([-+]?)(\d{0,3})\s?(?:([\u00bc-\u00be\u2150-\u215e])|(?<=\s)(\d{1,2})/(\d{1,2}))\Z")
_VULGAR = re.compile(r"[\u00bc-\u00be\u2150-\u215e]")
_TOO_LARGE = 1e100


def read_digits(text: str) -> float | None:
    r"""Reads a numeral in plain notation.

    Args:
        text: One numeral as it stands in an abstract: ``2,000``, ``$1.5\times10^{5}$``, ``1/190th``. No unit
            and no range.

    Returns:
        Its value, or None if it is no number, or too large to be multiplied by any magnitude or prefix.
    """
    return sensible(_read_digits(text))


def sensible(value: float | None) -> float | None:
    """Returns a value that any magnitude or prefix may multiply, of others None."""
    return value if value is not None and abs(value) < _TOO_LARGE else None


def times(value: float, scale: float) -> float:
    """Multiplies without what binary fractions add: 4.1 times 1e9 is 4100000000, not 4099999999.9999995."""
    return float(f"{value * scale:.15g}")


def is_grouped(text: str) -> bool:
    """Tells whether thousands are set apart in a numeral: "200,000"."""
    return _GROUPED.search(text) is not None and not text.startswith("0")


def is_vulgar(text: str) -> bool:
    """Tells whether a numeral is one character that is a fraction: "½"."""
    return len(text) == 1 and _VULGAR.match(text) is not None


def is_decimal(text: str) -> bool:
    """Tells whether a numeral in digits, or a range of two, has decimals: "2.5", "0,87"."""
    return "." in text or ("," in text and _DECIMALS.search(text) is not None)


def _read_digits(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return _read_notation(text)


def _read_notation(text: str) -> float | None:
    """Reads what is more than digits and a point."""
    if match := _MIXED.match(text):
        return _mixed(match)
    plain = _plain(text)
    try:
        return float(plain)
    except ValueError:
        pass
    if match := _SCIENTIFIC.match(plain):
        return float(f"{float(match[1] or match[3] or 1)}e{int(match[2] or match[4])}")  # or infinite
    return _of_two(plain)


def _of_two(plain: str) -> float | None:
    """Reads what two numbers make: a product, a rating on a scale, a fraction."""
    if match := _PRODUCT.match(plain):
        return times(float(match[1]), float(match[2]))
    if match := _OUT_OF.match(plain):  # "4.2/5" on a scale of five
        return float(match[1])
    if (match := _FRACTION.match(plain)) and int(match[2]):
        return float(Fraction(int(match[1]), int(match[2])))
    return None


def _plain(text: str) -> str:
    """Leaves out what only sets digits apart, and writes signs and decimal points in one way."""
    plain = _NOISE.sub("", text).replace("}{", "/").replace("{", "").replace("}", "")
    plain = _SUPERSCRIPT.sub("^", plain).translate(_SIGNS)
    if _DOTTED.match(plain):  # "1.250.000"
        return plain.replace(".", "")
    plain = _DECIMAL_COMMA.sub(lambda match: (match[1] or match[2]).replace(".", "") + ".", plain)
    return plain.replace(",", "")


def _mixed(match: re.Match[str]) -> float | None:
    sign, whole, vulgar, above, below = match.groups()
    if vulgar:
        part = Fraction(unicodedata.numeric(vulgar)).limit_denominator(10)
    elif whole and int(below):
        part = Fraction(int(above), int(below))
    else:
        return None
    value = float(int(whole or 0) + part)
    return -value if sign == "-" else value
