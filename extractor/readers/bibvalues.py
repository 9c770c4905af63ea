"""Values of BibTeX fields: without braces and quotes, joined at ``#``, with every ``@string`` filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MONTHS = "January February March April May June July August September October November December".split()
MONTHS = {month[:3].lower(): month for month in _MONTHS}  # words that every style of BibTeX knows
_MARK = re.compile(r"[{}\"#]")
# a formula, a command with its arguments, or braces around plain letters
_PROTECTED = re.compile(
    r"\$[^$]{0,500}\$|\\[A-Za-z]{1,30}\*?(?:\{[^{}]{0,500}\}){0,3}|\\.|(?<![$^_])\{([^{}\\$]{1,500})\}"
)
_NAME = re.compile(r"[^\s\"#%'(),={}]{1,200}")


def field_value(raw: str, strings: Mapping[str, str]) -> str:
    """Returns the text of a field.

    Args:
        raw: The value as the file has it, such as ``"On " # foo # { and bar}``.
        strings: What the abbreviations of the file mean, by their names in small letters.

    Returns:
        The parts one after the other; an abbreviation that is not known stands for itself.
    """
    return "".join(_part(part.strip(), strings) for part in _parts(raw))


def _parts(raw: str) -> list[str]:
    """Cuts a value at each ``#`` outside of braces and quotes."""
    parts: list[str] = []
    begin = depth = 0
    quoted = False
    for mark in _MARK.finditer(raw):
        sign = mark.group()
        if sign in "{}":
            depth += 1 if sign == "{" else -1
        elif depth == 0 and sign == '"':
            quoted = not quoted
        elif depth == 0 and not quoted and sign == "#":
            parts.append(raw[begin : mark.start()])
            begin = mark.end()
    return [*parts, raw[begin:]]


def _part(part: str, strings: Mapping[str, str]) -> str:
    if part[:1] + part[-1:] in ("{}", '""') and len(part) > 1:
        return part[1:-1]
    return strings.get(part.lower(), part) if _NAME.fullmatch(part) else part


def without_protection(text: str) -> str:
    r"""Takes away the braces that keep a style of BibTeX from changing letters, as in ``{L}a{T}e{X}``.

    Those of formulas and of the arguments of commands stay, as in ``$x^{2}$`` and ``\emph{so}``.
    """
    return _PROTECTED.sub(lambda found: found[1] or found[0], text) if "{" in text else text
