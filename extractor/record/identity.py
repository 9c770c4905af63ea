"""Ids of papers: as text, whatever a table or a JSON file holds in their place; and the page of a paper."""

from __future__ import annotations

import math
import numbers
import re
from typing import Any
from urllib.parse import quote

from extractor.errors import InputError

_WHOLE = re.compile(r"-?[0-9]{1,15}\.0")
_INFINITE = re.compile(r"[-+]?inf(?:inity)?", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:arxiv:|oai:arxiv\.org:|https?://arxiv\.org/(?:abs|pdf)/)?"
    r"(\d{4}\.\d{4,5}(?:v\d{1,2})?|[a-z][a-z.-]{1,20}/\d{7}(?:v\d{1,2})?)",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:\s?|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S{1,200})", re.IGNORECASE)
_OPENALEX = re.compile(r"(?:https?://openalex\.org/)?(W\d{4,12})")
_NO_ID = "the id is an infinite number; give the papers other ids"


def is_missing(value: Any) -> bool:
    """Says whether a value stands for nothing: None, NaN, or the empty cell of a table."""
    if value is None:
        return True
    try:
        return not isinstance(value, (str, list, dict)) and not bool(value == value)  # noqa: PLR0124 - NaN
    except (TypeError, ValueError):  # the NA of pandas is neither true nor false
        return True


def id_text(value: Any) -> str | None:
    """Returns an id as text; whole numbers that a column with gaps made floats are whole again.

    Args:
        value: What stands in the place of the id.

    Returns:
        The text; None where there is no id: nothing, blanks, a truth value, a list or an object.

    Raises:
        InputError: It is an infinite number.
    """
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (bool, list, dict)) or is_missing(value):
        return None
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        number = float(value)
        if math.isinf(number):
            raise InputError(_NO_ID)
        return str(int(number)) if number.is_integer() else str(value)
    return str(value).strip() or None


def number_id(text: str) -> str | None:
    """Returns an id that a file wrote as a number.

    Args:
        text: The number as it is spelled there.

    Returns:
        The spelling, so that ``704.0010`` keeps its zero, but ``1`` for ``1.0``, and None for NaN.

    Raises:
        InputError: It is an infinite number.
    """
    if _INFINITE.fullmatch(text):
        raise InputError(_NO_ID)
    if _WHOLE.fullmatch(text):
        return text[:-2]
    return None if text.lower() == "nan" else text


def paper_address(identity: str | None) -> str | None:
    """Returns the page of a paper that an id of arXiv or OpenAlex, a DOI, or an address names.

    Args:
        identity: The id of a paper.
    """
    text = (identity or "").strip()
    if found := _ARXIV.fullmatch(text):
        return f"https://arxiv.org/abs/{found[1]}"
    if found := _DOI.fullmatch(text):
        return f"https://doi.org/{quote(found[1], safe='/:;()._-')}"
    if found := _OPENALEX.fullmatch(text):
        return f"https://openalex.org/{found[1]}"
    return text if re.fullmatch(r"https?://[^\s<>\"']{3,500}", text) else None


def arxiv_number(identity: str | None) -> str | None:
    """Returns the number of arXiv that an id of a paper holds, without its version; None where it holds none.

    Args:
        identity: The id: a number, alone or in an address or identifier of arXiv.
    """
    found = _ARXIV.fullmatch((identity or "").strip())
    return re.sub(r"v\d+\Z", "", found[1].lower()) if found else None
