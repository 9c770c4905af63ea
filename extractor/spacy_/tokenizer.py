"""The tokenizer that gives the engine's own tokens: a value is one, a named thing never a part of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry

from extractor.spacy_.readings import attach
from extractor.spacy_.sources import EngineSource, Saved

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

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

    def __call__(self, text: str) -> Doc:
        """Makes the Doc of a text.

        Raises:
            RuleError: The rules of the user's own cannot be loaded; only with the first text.
        """
        from extractor.reading import Reading
        from extractor.spacy_.cutting import cut

        reading = Reading(self.source.engine, text)
        words, spaces = cut(reading)
        doc = Doc(self.vocab, words=words, spaces=spaces)
        attach(doc, reading)
        return doc
