"""The bytes of answers: JSON that any client can read and that steers no terminal; CSV for spreadsheets."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from extractor.tables.writers import dump_json

JSON, CSV, HTML = "application/json", "text/csv; charset=utf-8", "text/html; charset=utf-8"
# What json leaves as it is: controls of a terminal, signs that turn or break lines, halves of a character.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Answer(NamedTuple):
    """The bytes of an answer, and what they are."""

    body: bytes
    media: str = JSON


def json_answer(value: Any) -> Answer:
    """Writes a value as JSON in UTF-8, with escapes for what no terminal should be sent."""
    text = _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", dump_json(value))
    return Answer(text.encode())
