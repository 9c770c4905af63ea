"""Makes the reading view of a text: the one door to what is read as what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from extractor.text.characters import CharacterReader
from extractor.text.latex import LatexReader
from extractor.text.linebreaks import with_whole_lines
from extractor.text.markup import MarkupReader
from extractor.text.view import View


class TextReader:
    """Makes views.

    Args:
        rules: The parsed rules/view.yaml.
    """

    def __init__(self, rules: dict[str, Any]) -> None:
        self._characters = CharacterReader(rules)
        self._markup = MarkupReader(rules["tags"], self._characters)
        self._latex = LatexReader(rules, self._characters)
        self._joining = frozenset(rules["joining"])

    def view(self, text: str, is_word: Callable[[str], bool]) -> View:
        """Returns a text as the engine reads it.

        Args:
            text: The text as it was given.
            is_word: Tells whether a word is known, to put words together that a line's end has broken.
        """
        view = self._markup.read(self._characters.read(View(text)))
        return with_whole_lines(self._latex.read(view), is_word, self._joining)
