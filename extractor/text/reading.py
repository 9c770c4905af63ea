"""Makes the reading view of a text: the one door to what is read as what."""

from __future__ import annotations

from collections.abc import Callable

from extractor.text.characters import with_plain_characters
from extractor.text.latex import without_latex
from extractor.text.linebreaks import with_whole_lines
from extractor.text.markup import without_markup
from extractor.text.view import View


def reading_view(text: str, is_word: Callable[[str], bool]) -> View:
    """Returns a text as the engine reads it.

    Args:
        text: The text as it was given.
        is_word: Tells whether a word is known, to put words together that a line's end has broken.
    """
    view = without_markup(with_plain_characters(View(text)))
    return with_whole_lines(without_latex(view), is_word)
