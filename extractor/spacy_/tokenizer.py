"""The tokenizer that gives the engine's own tokens: a value is one, a named thing never a part of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry

from extractor.spacy_.readings import attach
from extractor.spacy_.sources import EngineSource, Saved
from extractor.spacy_.words import covering, words_and_spaces

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

    from extractor.reading import Reading

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

        reading = Reading(self.source.engine, text)
        words, spaces = words_and_spaces(text, places_of(reading))
        doc = Doc(self.vocab, words=words, spaces=spaces)
        attach(doc, reading)
        return doc


def places_of(reading: Reading) -> list[tuple[int, int]]:
    """Returns where the tokens of a text stand in it, cut where the mention of a thing begins or ends."""
    edges = {
        edge
        for claim in reading.things
        for mention in claim.mentions  # type: ignore[attr-defined]  # all named claims have some
        for edge in (mention.start, mention.end)
    }
    if reading.view.is_plain:
        places = [place for sentence in reading.sentences() for place in sentence.tokens]
        if not edges or edges <= {bound for place in places for bound in place}:
            return places  # the usual: nothing is to be cut
    return covering(reading.text, _tokens(reading), sorted(edges))


def _tokens(reading: Reading) -> Iterator[tuple[int, int, bool]]:
    """Yields where the engine's tokens stand in the raw text, and which of them are values."""
    view = reading.view
    for sentence in reading.sentences():
        mentions = sentence.mentions
        for index, (start, end) in enumerate(sentence.tokens):
            place = (start, end) if view.is_plain else view.span(start, end)
            yield *place, index in mentions
