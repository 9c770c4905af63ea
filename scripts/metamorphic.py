"""Counts abstracts whose claims change though their meaning does not: other blanks, line ends, quotes.

usage: metamorphic.py FILE [ABSTRACTS]
FILE: JSONL with `abstract`, plain or gzipped. Prints, for each way of writing the same, how many abstracts it
alters and of how many of these the claims change. Rule ids and confidence may change and are not compared.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import extractor

SHOWN = 3  # changes of each way
REMEMBERED = 8000  # texts whose claims the next way needs as well
CONTROLS = 200  # abstracts that show that a change of meaning is seen
_BLANK = re.compile(r"(?<=\w) (?=\w)")
_WORD = re.compile(r"(?<![\w\\{$/.@-])[a-z]{7,}(?![\w}$/.@-])")
_BEFORE, _BEHIND = "We thank everybody who has read it. ", " We thank everybody who has read it."


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 75, break_long_words=False, break_on_hyphens=False))


def _within_words(sign: str) -> Callable[[str], str]:
    return lambda text: _WORD.sub(lambda match: match[0][:4] + sign + match[0][4:], text)


def _wide_digits(text: str) -> str:
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def _typographic(text: str) -> str:
    text = re.sub(r'(?<!\S)"(?=\w)', "“", text)
    return re.sub(r'(?<=[\w.,])"', "”", text).replace("'", "’")


def _digits_lost(text: str) -> str:
    return re.sub(r"\d", "", text)


# What is written otherwise, by name; each gives the text a form that means the same.
WAYS: dict[str, Callable[[str], str]] = {
    "newlines for blanks": lambda text: text.replace(" ", "\n"),
    "no-break spaces for blanks": lambda text: _BLANK.sub("\u00a0", text),
    "wrapped at 75 columns": _wrapped,
    "wrapped, CRLF": lambda text: _wrapped(text).replace("\n", "\r\n"),
    "leading blanks": lambda text: "  " + text,
    "trailing blank": lambda text: text + " ",
    "a sentence before": lambda text: _BEFORE + text,
    "a sentence behind": lambda text: text + _BEHIND,
    "typographic quotes": _typographic,
    "en dashes within ranges": lambda text: re.sub(r"(?<=\d)-(?=\d)", "–", text),
    "hyphens of Unicode": lambda text: re.sub(r"(?<=[a-z])-(?=[a-z])", "\u2010", text),
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "full-width digits": _wide_digits,
    "soft hyphens within words": _within_words("\u00ad"),
    "zero-width spaces within words": _within_words("\u200b"),
}
_LEFT_OUT = ("start", "end", "spans", "mentions", "rule", "confidence", "link_confidence")


@lru_cache(REMEMBERED)
def meaning(text: str) -> list[str]:
    """Returns the claims of a text as they mean the same however it is written: no places, no rule ids."""
    found = []
    for claim in extractor.parse(text).claims:
        record = claim.model_dump(mode="json", exclude=set(_LEFT_OUT), exclude_none=True)
        found.append(json.dumps({name: plain(value) for name, value in record.items()}, sort_keys=True))
    return found


def plain(value: object) -> object:
    """Returns words without what the ways of writing change in them."""
    if not isinstance(value, str):
        return value
    value = unicodedata.normalize("NFKC", value)
    value = re.sub("[\u00ad\u200b]", "", value).translate(str.maketrans("“”‘’\u2010\u2011–", "\"\"''---"))
    return " ".join(value.split())


def changes(texts: list[str], way: Callable[[str], str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields the texts that a way alters, with the claims that are lost thereby and those that are new."""
    for text in texts:
        other = way(text)
        if other != text:
            before, after = meaning(text), meaning(other)
            yield text, _without(before, after), _without(after, before)


def _without(claims: list[str], others: list[str]) -> list[str]:
    return list((Counter(claims) - Counter(others)).elements())


def read(path: Path, count: int) -> list[str]:
    """Returns the first abstracts of a file, line ends and blanks made plain."""
    lines = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in lines.decode("utf-8").splitlines()[:count]]
    return [" ".join(row["abstract"].split()) for row in rows]


def main() -> int:
    """Counts and prints; the exit code is 1 if a claim changes, or none does where the digits are lost."""
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    texts = read(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
    control = [lost for _, lost, _ in changes(texts[:CONTROLS], _digits_lost) if lost]
    print(f"control, all digits lost: {len(control)} of {min(len(texts), CONTROLS)} abstracts lose claims")
    altered = changed = 0
    for name, way in WAYS.items():
        tried = list(changes(texts, way))
        found = [each for each in tried if each[1] or each[2]]
        altered, changed = altered + len(tried), changed + len(found)
        print(
            f"{name}: the claims of {len(found)} change, of {len(tried)} abstracts that it alters", flush=True
        )
        for text, lost, new in found[:SHOWN]:
            lines = [
                f"  {text[:60]} ...",
                *(f"    - {claim}" for claim in lost),
                *(f"    + {claim}" for claim in new),
            ]
            print("\n".join(lines))
    print(f"all: {changed} of {altered} ({changed / max(altered, 1):.3%})")
    return 1 if changed or not control else 0


if __name__ == "__main__":
    sys.exit(main())
