"""How a sentence falls into tokens: where its values stand, and what is between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
_SLASHED = r"|/(?=[A-Za-z]{1,12}\b(?!\s*\d))"
_POSSESSIVE = r"['’]s?(?![\w'])"
_FORMULA = r"\$(?=[^\s$])(?:\\[^$\n]{1,60}|[^$\s]{1,40})\$|\\[A-Za-z]+(?:\{\})?"
_SIGN = r"--+|->|``|''|[^\w\s$~{}\\]|~(?<![^\s(]~)"


class TokenReader:
    """Finds the tokens between values.

    Args:
        pointed: Abbreviations whose full stop is part of them.

    Attributes:
        plain: What finds the tokens of most sentences.
        apart: The same where words between slashes are tokens of their own, as values between slashes are:
            "61.2/70.4 (AP/AR)" has two metrics.
        texts: For each of the two what finds the same tokens where there is no backslash, each with the blank
            behind it.
    """

    def __init__(self, pointed: Iterable[str]) -> None:
        self.plain, texts = _patterns(pointed, _SLASHED)
        self.apart, texts_apart = _patterns(pointed, "")
        self.texts = {self.plain: texts, self.apart: texts_apart}

    def pattern_for(self, text: str, span: Span, mentions: Sequence[ValueMention]) -> re.Pattern[str]:
        """Returns what finds the tokens of a sentence."""
        return self.apart if _has_tuple(text, span, mentions) else self.plain


def _patterns(pointed: Iterable[str], slashed: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Returns what finds tokens, and what finds them with the blank behind them where there is no LaTeX.

    The blank before a token is read with it, as a place where no token begins costs as much as a token. The
    text of a token tells its sort, except for a wrapper, which is no token, and for an apostrophe, which is a
    possessive or a quotation mark.
    """
    abbreviations = "".join(rf"|{re.escape(word)}\." for word in pointed)
    word = (  # most tokens are plain words, so these are tried first
        rf"[A-Za-z]++(?=[ ,]){abbreviations}|\w++"
        r"(?:\\[_@]|[-+.@*^#](?=[^\W_])|\\?&(?=[A-Z]\b)|['’](?!s\b)(?=[^\W_])"
        rf"{slashed}|\w++)*+\+{{0,2}}"
    )
    tokens = rf"[ ]?+({word}|(?P<wrapper>{_WRAPPER})|{_FORMULA}|(?P<possessive>{_POSSESSIVE})|{_SIGN})"
    return re.compile(tokens), re.compile(rf"(?:{word}|{_POSSESSIVE}|{_FORMULA}|{_SIGN})[ ]?")


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
