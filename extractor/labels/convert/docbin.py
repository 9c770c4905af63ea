"""spaCy DocBin, as the component leaves it: see `extractor.spacy_.codec`, which both use.

Tokens are those of blank English, cut where a claim or a mention begins or ends, so that every span is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import GoldError, InputError
from extractor.labels.convert.regions import named
from extractor.labels.gold import Problem, gold_error
from extractor.labels.goldcheck import check
from extractor.outputs import unwritable

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction


def write(path: Path, extractions: Iterable[Extraction], _kinds: Kinds) -> None:
    """Writes one Doc for each abstract.

    Raises:
        InputError: A text holds a lone surrogate, which spaCy cannot store.
    """
    from spacy.tokens import DocBin

    from extractor.spacy_.codec import to_doc

    nlp, store = _blank(), DocBin(store_user_data=True)
    for extraction in named(extractions):
        try:
            store.add(to_doc(extraction, nlp))
        except UnicodeEncodeError as error:
            message = f"abstract {extraction.id!r} holds a character that UTF-8 cannot write ({error.reason})"
            raise InputError(message) from error
    try:
        store.to_disk(path)
    except OSError as error:
        raise InputError(unwritable(error), file=str(path)) from error


@cache
def _blank() -> Language:
    import spacy

    return spacy.blank("en")


def read(path: Path, kinds: Kinds) -> Sequence[Extraction]:
    """Reads a DocBin that holds claims.

    Raises:
        InputError: The file is no DocBin.
        GoldError: A Doc has no claims in it, or they are not valid; the row is the number of the Doc, which
            is also its id if it has none.
    """
    from spacy.tokens import DocBin

    try:
        docs = list(DocBin(store_user_data=True).from_disk(path).get_docs(_blank().vocab))
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        message = f"is no spaCy DocBin ({error})"
        raise InputError(message, file=str(path)) from error
    return [_extraction(doc, path, row, kinds) for row, doc in enumerate(docs, 1)]


def _extraction(doc: Doc, path: Path, row: int, kinds: Kinds) -> Extraction:
    from extractor.spacy_.codec import paper_of, take

    records = take(doc)
    if records is None:
        message = "has no claims: they are in doc._.claims, which is stored with the user data"
        raise GoldError(message, file=str(path), row=row)
    claims = [{name: value for name, value in record.items() if value is not None} for record in records]
    paper = paper_of(doc) | {"abstract": doc.text, "claims": claims}
    if paper["id"] is None:  # a Doc that a component has read
        paper["id"] = str(row)
    extraction, faults = check(paper, gold=False, kinds=kinds)
    if extraction is None:
        raise gold_error([Problem(str(path), row, fault.message) for fault in faults])
    return extraction
