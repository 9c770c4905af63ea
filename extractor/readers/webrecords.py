"""Records as web services send them: the list inside an answer, and fields that stand deeper or in markup.

Known are OpenAlex, Semantic Scholar, Crossref (abstracts in JATS) and OpenReview (fields in ``content``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

# Where the list of records stands in an answer, outermost key first.
_LISTS = (("results",), ("data",), ("message", "items"), ("notes",), ("items",), ("papers",), ("works",))
_KEYS = "|".join(
    sorted({path[0] for path in _LISTS} | {"meta", "total", "offset", "next", "status", "count"})
)
_ANSWER = re.compile(rf'\{{\s{{0,20}}"(?:{_KEYS})"\s{{0,20}}:')
_TAG = re.compile(r"</?[A-Za-z][\w:.-]{0,60}(?:\s[^<>]{0,2000})?/?>")
_HEADING = re.compile(
    r"<jats:title(?:\s[^<>]{0,200})?>\s{0,20}(?:abstract|summary)\s{0,20}</jats:title>", re.IGNORECASE
)
_BLOCK = re.compile(r"</jats:(?:p|title|sec|list-item)>\s{0,200}")
_MATHML = re.compile(r"<mml:math.{0,20000}?</mml:math>", re.DOTALL)


def looks_like_one_object(text: str) -> bool:
    """Says whether a text that begins with ``{`` is one object over many lines, or the answer of a service.

    Args:
        text: The first characters of an input, without blanks in front.
    """
    first, _, rest = text.partition("\n")
    if rest.strip():
        return not first.rstrip().endswith("}")
    return _ANSWER.match(text) is not None


def records_of(value: Any) -> list[Any]:
    """Returns the records of a JSON value: the list of an answer, or the value itself."""
    for path in _LISTS:
        found = value
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, list):
            return found
    return [value]


def plain_fields(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the fields of a record at the top, with an abstract in JATS as text.

    Args:
        row: The record as a service sends it.

    Returns:
        The record itself where nothing has to change.
    """
    abstract = row.get("abstract")
    if isinstance(row.get("content"), Mapping) and abstract is None:  # OpenReview; version 2 wraps each value
        inner = {
            name: value["value"] if isinstance(value, Mapping) and "value" in value else value
            for name, value in row["content"].items()
        }
        return {**inner, "id": row.get("id") or row.get("forum")}
    if isinstance(abstract, str) and _TAG.match(abstract.lstrip()):
        row = {**row, "abstract": without_markup(abstract)}
    if isinstance(row.get("title"), list):  # Crossref
        titles = [title for title in row["title"] if isinstance(title, str)]
        row = {**row, "title": " ".join(titles[:1])}
    return row


def without_markup(text: str) -> str:
    """Returns the text of an abstract in JATS, a paragraph a line, without its heading "Abstract"."""
    if "tex-math" in text:  # the formula stands there twice
        text = _MATHML.sub("", text)
    text = _TAG.sub("", _BLOCK.sub("\n", _HEADING.sub("", text)))
    return html.unescape(text).strip()
