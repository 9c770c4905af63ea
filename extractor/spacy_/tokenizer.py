"""The tokenizer that gives the engine's own tokens: a value is one, a named thing never a part of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry

from extractor.spacy_.readings import attach
from extractor.spacy_.sources import EngineSource, Saved

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

    from extractor.spacy_.words import Pieces

_MOST_WORDS = 100_000  # whose numbers are kept
NAME = "paperclaims.tokenizer.v1"


@registry.tokenizers(NAME)  # type: ignore[untyped-decorator]
def create_tokenizer(rules: str | Sequence[str] = ()) -> Callable[[Language], EngineTokenizer]:
    """Makes what spaCy makes the tokenizer of a pipeline with; see `EngineTokenizer`."""

    def make(nlp: Language) -> EngineTokenizer:
        return EngineTokenizer(nlp.vocab, EngineSource(rules))

    return make


class EngineTokenizer(Saved, DummyTokenizer):
    """Gives the tokens of the engine; what it read of a text on the way stays on the Doc.

    Args:
        vocab: Of the pipeline.
        source: Where the engine is from; the components of the pipeline have it from here.
    """

    def __init__(self, vocab: Vocab, source: EngineSource) -> None:
        self.vocab = vocab
        self.source = source
        self._orths: dict[
            str, int
        ] = {}  # of words, each with the blank behind it: spaCy takes numbers faster

    def __call__(self, text: str) -> Doc:
        """Makes the Doc of a text.

        Raises:
            RuleError: The rules of the user's own cannot be loaded; only with the first text.
        """
        from extractor.reading import Reading
        from extractor.spacy_.cutting import cut

        reading = Reading(self.source.engine, text)
        if self.source.ahead:
            _ = reading.claims
        words = cut(reading)
        try:
            doc = self._doc(words)
        except KeyError:  # the vocabulary has forgotten words, as behind a memory zone
            self._orths.clear()
            doc = self._doc(words)
        attach(doc, reading)
        return doc

    def _doc(self, words: Pieces) -> Doc:
        """Makes the Doc of words.

        Raises:
            KeyError: The vocabulary does not know a number any more.
        """
        known, pieces, spaces = self._orths, words.pieces, words.spaces
        given: list[Any] = list(map(known.get, pieces))
        for number in words.blank:
            given[number] = pieces[number]
        if None not in given:
            return Doc(self.vocab, words=given, spaces=spaces)
        new = [number for number, orth in enumerate(given) if orth is None]
        for number in new:
            given[number] = pieces[number].removesuffix(" ")
        doc = Doc(self.vocab, words=given, spaces=spaces)
        if len(known) < _MOST_WORDS:
            strings = self.vocab.strings
            known |= {pieces[number]: strings[given[number]] for number in new}
        return doc

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the numbers behind: the vocabulary of another process may have less words."""
        return {**self.__dict__, "_orths": {}}
