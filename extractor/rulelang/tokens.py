"""How a sentence falls into tokens: where its values stand, and what is between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from extractor.numbers.valuemention import ValueMention
    from extractor.text.sentences import Span

Part: TypeAlias = "tuple[int, int, ValueMention | None]"  # of a sentence: from where to where, a value or not
_WRAPPERS = (
    "text[a-z]{1,4}|emph|math[a-z]{1,4}|underline|boldsymbol|bm|it|bf|em|tt|rm|url|href|footnote|xspace"
)
_WRAPPER = rf"\\(?:{_WRAPPERS}|[,;:! %&_#()[\]])\*?\{{?"
# Most tokens are plain words, so these are tried first.
_SLASHED = r"|/(?=[A-Za-z]{1,12}\b(?!\s*\d))"
_WORD = (
    r"[A-Za-z]++(?=[ ,])"
    r"|(?:e\.g|i\.e|w\.r\.t|vs|etc|resp|approx|res)\."
    r"|\w++"
    r"(?:\\[_@]|[-+.@*^#](?=[^\W_])|\\?&(?=[A-Z]\b)|['’](?!s\b)(?=[^\W_])" + _SLASHED + r"|\w++)*+\+{0,2}"
)
_POSSESSIVE = r"['’]s?(?![\w'])"
_FORMULA = r"\$(?=[^\s$])(?:\\[^$\n]{1,60}|[^$\s]{1,40})\$|\\[A-Za-z]+(?:\{\})?"
_SIGN = r"--+|->|``|''|[^\w\s$~{}\\]|~(?<![^\s(]~)"
# The blank before a token is read with it, as a place where no token begins costs as much as a token. The
# text of a token tells its sort, except for a wrapper, which is no token, and for an apostrophe, which is a
# possessive or a quotation mark.
TOKEN = re.compile(
    rf"[ ]?+({_WORD}|(?P<wrapper>{_WRAPPER})|{_FORMULA}|(?P<possessive>{_POSSESSIVE})|{_SIGN})"
)
# Beside values between slashes, so are words: "61.2/70.4 (AP/AR)" has two metrics.
APART = re.compile(TOKEN.pattern.replace(_SLASHED, ""))
# The same tokens where there is no backslash, each with the blank behind it.
_TEXTS = rf"(?:{_WORD}|{_POSSESSIVE}|{_FORMULA}|{_SIGN})[ ]?"
TEXTS = {TOKEN: re.compile(_TEXTS), APART: re.compile(_TEXTS.replace(_SLASHED, ""))}


def pattern_for(text: str, span: Span, mentions: Sequence[ValueMention]) -> re.Pattern[str]:
    """Returns what finds the tokens of a sentence."""
    return APART if _has_tuple(text, span, mentions) else TOKEN


def stretches(span: Span, mentions: Sequence[ValueMention]) -> Iterator[Part]:
    """Yields the parts of a sentence: each value mention, and what is before, between and behind them.

    Args:
        span: The sentence.
        mentions: Its value mentions, in order; what its ``tail`` takes in behind it is in no part.
    """
    position = span.start
    for mention in mentions:
        if mention.role == "active":  # the letter before it is a token of its own ("Foo-A3B")
            letter = max(position, mention.start - 2)
            yield position, letter, None
            position = letter
        yield position, mention.start, None
        yield mention.start, mention.end, mention
        position = mention.tail or mention.end
    yield position, span.end, None


def _has_tuple(text: str, span: Span, mentions: Sequence[ValueMention]) -> bool:
    """Tells whether values stand between slashes in a sentence."""
    if text.find("/", span.start, span.end) < 0:
        return False
    pairs = pairwise(mentions)
    return any(text[one.tail or one.end : two.start].strip(" $") == "/" for one, two in pairs)
