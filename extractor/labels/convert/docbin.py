"""spaCy DocBin: the claims as spans of ``doc.spans["claims"]``, every mention in ``doc.spans["mentions"]``.

Tokens are those of blank English, cut where a claim begins or ends, so that every span is exact. A span's
label is the kind, its id the rule; its kb_id finds the attributes in ``doc.user_data["paperclaims"]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.errors import GoldError, InputError
from extractor.labels.convert.regions import Link, Marked, Place, Region, assemble, mark, named

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction

CLAIMS, MENTIONS, STORE = "claims", "mentions", "paperclaims"


def write(path: Path, extractions: Iterable[Extraction], _kinds: Kinds) -> None:
    """Writes one Doc for each abstract.

    Raises:
        InputError: A text holds a lone surrogate, which spaCy cannot store.
    """
    from spacy.tokens import DocBin

    nlp, store = _blank(), DocBin(store_user_data=True)
    for extraction in named(extractions):
        try:
            store.add(to_doc(nlp, extraction))
        except UnicodeEncodeError as error:
            message = f"abstract {extraction.id!r} holds a character that UTF-8 cannot write ({error.reason})"
            raise InputError(message) from error
    try:
        store.to_disk(path)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); the folder must be there"
        raise InputError(message, file=str(path)) from error


@cache
def _blank() -> Language:
    import spacy

    return spacy.blank("en")


def to_doc(nlp: Language, extraction: Extraction) -> Doc:
    """Turns an abstract into a Doc with exact spans.

    Args:
        nlp: Gives vocabulary and tokenizer.
        extraction: The abstract.
    """
    from spacy.tokens import Doc, Span, SpanGroup

    claims = list(mark(extraction))
    words, spaces = _tokens(
        nlp, extraction.abstract, [region for claim in claims for region in _regions(claim)]
    )
    doc = Doc(nlp.vocab, words=words, spaces=spaces)
    starts = {token.idx: token.i for token in doc}
    ends = {token.idx + len(token): token.i + 1 for token in doc}

    def span(region: Region, claim: Marked) -> Span:
        rule = claim.attributes.get("rule", "")
        bounds = (starts[region.start], ends[region.end])
        return Span(doc, *bounds, label=region.kind, kb_id=claim.region.key, span_id=rule)

    doc.spans[CLAIMS] = SpanGroup(doc, name=CLAIMS, spans=[span(claim.region, claim) for claim in claims])
    mentions = [span(region, claim) for claim in claims for region in _regions(claim)]
    doc.spans[MENTIONS] = SpanGroup(doc, name=MENTIONS, spans=mentions)
    attributes = {claim.region.key: claim.attributes for claim in claims}
    doc.user_data[STORE] = {"id": extraction.id, "title": extraction.title, "attributes": attributes}
    return doc


def _regions(claim: Marked) -> tuple[Region, ...]:
    return (claim.region, *claim.mentions)


def _tokens(nlp: Language, text: str, regions: Sequence[Region]) -> tuple[list[str], list[bool]]:
    """Tokenizes a text and cuts the tokens; words and spaces give the text again, character by character."""
    nlp.max_length = max(nlp.max_length, len(text) + 1)
    begins, ends = {region.start for region in regions}, {region.end for region in regions}
    edges = {0, len(text), *begins, *ends}
    for token in nlp.make_doc(text):
        edges |= {token.idx, token.idx + len(token)}
    words: list[str] = []
    spaces: list[bool] = []
    for start, end in pairwise(sorted(edges)):
        piece = text[start:end]
        of_claim = start in begins or end in ends  # such a blank must be a token of its own
        if piece == " " and words and not spaces[-1] and not of_claim:
            spaces[-1] = True
        else:
            words.append(piece)
            spaces.append(False)
    return words, spaces


def read(path: Path, kinds: Kinds) -> Sequence[Extraction]:
    """Reads a DocBin that holds claims.

    Raises:
        InputError: The file is no DocBin.
        GoldError: A Doc has no claims in it, or they are not valid; the row is the number of the Doc.
    """
    from spacy.tokens import DocBin

    try:
        docs = list(DocBin(store_user_data=True).from_disk(path).get_docs(_blank().vocab))
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        message = f"is no spaCy DocBin ({error})"
        raise InputError(message, file=str(path)) from error
    return [_extraction(doc, Place(path, row), kinds) for row, doc in enumerate(docs, 1)]


def _extraction(doc: Doc, place: Place, kinds: Kinds) -> Extraction:
    stored: Any = doc.user_data.get(STORE)
    if not isinstance(stored, dict) or CLAIMS not in doc.spans:
        message = f"has no claims: spans {CLAIMS!r} and user_data {STORE!r} are needed"
        raise GoldError(message, file=str(place.file), row=place.row)
    claims = [
        Region(span.kb_id_ or f"span {number}", span.label_, span.start_char, span.end_char)
        for number, span in enumerate(doc.spans[CLAIMS])
    ]
    regions, links = list(claims), []
    for further in _further(doc, claims):
        links.append(Link(further.key.split(" ")[0], further.key))
        regions.append(further)
    attributes = stored.get("attributes", {})
    paper = {"id": stored.get("id"), "title": stored.get("title"), "abstract": doc.text}
    return assemble(paper, regions, links, attributes, place, kinds=kinds)


def _further(doc: Doc, claims: Sequence[Region]) -> Iterator[Region]:
    """Yields the mentions of named things that are not the span of the claim itself."""
    main = {region.key: (region.start, region.end) for region in claims}
    for number, span in enumerate(doc.spans.get(MENTIONS, ())):
        if main.get(span.kb_id_, (span.start_char, span.end_char)) != (span.start_char, span.end_char):
            yield Region(f"{span.kb_id_} {number}", span.label_, span.start_char, span.end_char)
