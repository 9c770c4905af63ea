"""Puts claims on a Doc and takes them from it: one form for component, DocBin, ``convert`` and evaluation.

``doc.spans["claims"]`` holds a span for each claim and ``doc.spans["things"]`` one for each mention of a
named thing: the label is the kind, the id the rule, the kb_id (``claims/3``) the number of the claim. The
records are in ``doc._.claims`` as plain dictionaries; where the words of their links stand is in the user
data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc, Span, SpanGroup

from extractor.spacy_.words import covering, pieces

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import BaseClaim, Extraction

CLAIMS, THINGS = "claims", "things"
EXTENSION = "claims"  # doc._.claims: the plain records
STORE = "paperclaims"
_RECORDS = ("._.", EXTENSION, None, None)  # asked directly: a process may not know the extension
_OWN_KINDS: dict[str, Kinds] = {}  # by what a Doc says of them: a span knows its Doc alone

Record = dict[str, Any]
Place = tuple[int, int]


def put(
    doc: Doc,
    claims: Sequence[BaseClaim],
    *,
    key: str = CLAIMS,
    things: str = THINGS,
    kinds: Kinds | None = None,
) -> None:
    """Puts claims on a Doc.

    Args:
        doc: The Doc.
        claims: Its claims; where a claim or a mention is no whole tokens, its span has all that it touches.
        key: Key of ``doc.spans`` for the claims.
        things: Key of ``doc.spans`` for all mentions of named things.
        kinds: The kinds of claims, if some are a user's own.
    """
    from extractor.record.models import kind_of

    records = [claim.model_dump(mode="json") for claim in claims]  # first, as it looks facts up
    whole, mentions = SpanGroup(doc, name=key), SpanGroup(doc, name=things)
    places: list[dict[str, list[int]]] = []
    facts: dict[str, list[Any]] = {}
    for number, claim in enumerate(claims):
        marks = {"label": kind_of(claim), "span_id": claim.rule or "", "kb_id": f"{key}/{number}"}
        _add(whole, doc, (claim.start, claim.end), marks)
        for mention in getattr(claim, "mentions", ()):
            _add(mentions, doc, (mention.start, mention.end), marks)
        places.append(_listed(claim.spans))
        if (known := claim.__dict__.get("facts")) is not None:
            facts[str(number)] = list(known)
    doc.spans[key], doc.spans[things] = whole, mentions
    entry = _entry(doc, key)
    entry |= {"things": things, "places": places, "facts": facts}
    if kinds is not None and kinds.own:
        entry["kinds"] = ", ".join(kinds)
        _OWN_KINDS[entry["kinds"]] = kinds
    if key == CLAIMS or _RECORDS not in _data(doc):
        _data(doc)[_RECORDS] = records
    if key != CLAIMS:
        entry["records"] = records


def put_places(doc: Doc, key: str, places: Iterable[Mapping[str, Place]]) -> None:
    """Puts on a Doc where the links of the spans of a key stand, in the order of their numbers."""
    _entry(doc, key)["places"] = [_listed(each) for each in places]


def _listed(places: Mapping[str, Place]) -> dict[str, list[int]]:
    """Returns places as they are stored."""
    return {name: list(place) for name, place in places.items()}


def _add(group: SpanGroup, doc: Doc, place: Place, marks: Mapping[str, Any]) -> None:
    span = doc.char_span(*place, alignment_mode="expand", **marks)
    if span is not None:
        group.append(span)


def _data(doc: Doc) -> dict[Any, Any]:
    """Returns the user data of a Doc, whose keys spaCy says are strings; those of extensions are tuples."""
    return doc.user_data


def _entry(doc: Doc, key: str) -> dict[str, Any]:
    """Returns what the store of a Doc holds of a key, to be filled."""
    entry: dict[str, Any] = doc.user_data.setdefault(STORE, {}).setdefault("keys", {}).setdefault(key, {})
    return entry


def _stored(doc: Doc, key: str) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = (doc.user_data.get(STORE) or {}).get("keys", {}).get(key, {})
    return entry


def _records(doc: Doc, key: str) -> list[Record] | None:
    found = _stored(doc, key).get("records")
    records: list[Record] | None = _data(doc).get(_RECORDS) if found is None else found
    return records


def _number(span: Span) -> tuple[str, int]:
    """Returns the key and the number of the claim that a span is of; -1 where it is of none."""
    key, slash, number = span.kb_id_.rpartition("/")
    return (key, int(number)) if slash and number.isdigit() else ("", -1)


def places_of(span: Span) -> Mapping[str, Place]:
    """Returns where the links of a span stand in the text of its Doc."""
    key, number = _number(span)
    places: list[Mapping[str, Place]] = _stored(span.doc, key).get("places") or []
    return places[number] if 0 <= number < len(places) else {}


def claim_of(span: Span) -> BaseClaim | None:
    """Returns the record of the claim that a span is of; None where there is none, or it is not stored.

    Raises:
        InputError: It is of a kind of a user's own that this process has not loaded.
    """
    from extractor.knowledge.hardware_terms import HardwareFacts
    from extractor.record.models import claim_adapter
    from extractor.record.schema import with_facts, with_spans

    key, number = _number(span)
    records = _records(span.doc, key) if number >= 0 else None
    if not records or number >= len(records):
        return None
    stored = _stored(span.doc, key)
    claim: BaseClaim = claim_adapter(_kinds(stored)).validate_python(records[number])
    if facts := (stored.get("facts") or {}).get(str(number)):
        claim = with_facts(claim, HardwareFacts(*facts))  # type: ignore[arg-type]  # only hardware has some
    return with_spans(claim, {name: (first, last) for name, (first, last) in places_of(span).items()})


def _kinds(stored: Mapping[str, Any]) -> Kinds:
    from extractor.errors import InputError
    from extractor.knowledge.kindfiles import builtin_kinds

    name = stored.get("kinds")
    if name is None:
        return builtin_kinds()
    if name not in _OWN_KINDS:
        message = (
            "the claims are of kinds of a user's own that this process does not know: load the pipeline "
        )
        message += "that read them, or give to_extraction their kinds (kinds_of_rules)"
        raise InputError(message)
    return _OWN_KINDS[name]


def take(doc: Doc, key: str = CLAIMS) -> list[Record] | None:
    """Returns the plain records of a Doc as its spans have them now; None if it holds no claims.

    A claim whose span was taken away is gone, one whose span was moved or got another label has that place
    and kind, and a span without number is a claim of which nothing is known but kind and place.

    Args:
        doc: The Doc.
        key: Key of ``doc.spans``.
    """
    records = _records(doc, key)
    if records is None or key not in doc.spans:
        return records
    mentions: dict[str, list[Span]] = {}
    for span in doc.spans.get(_stored(doc, key).get("things", THINGS), ()):
        mentions.setdefault(span.kb_id_, []).append(span)
    taken = [_taken(span, records, mentions.get(span.kb_id_, []), key) for span in doc.spans[key]]
    return sorted(taken, key=lambda record: record["start"])


def _taken(span: Span, records: Sequence[Record], mentions: Sequence[Span], key: str) -> Record:
    of, number = _number(span)
    if of != key or not 0 <= number < len(records):
        return {"kind": span.label_, **_placed(span)}
    record = dict(records[number])
    if record["kind"] != span.label_ or not _stands(span, record):
        record |= {"kind": span.label_, **_placed(span)}
    known = record.get("mentions")
    if known is not None and mentions and not _all_stand(mentions, known):
        moved = [
            next((one for one in known if _stands(each, one)), None) or _placed(each) for each in mentions
        ]
        record["mentions"] = sorted(moved, key=lambda mention: mention["start"])
        record |= record["mentions"][0]
    return record


def _placed(span: Span) -> Record:
    return {"text": span.text, "start": span.start_char, "end": span.end_char}


def _stands(span: Span, record: Mapping[str, Any]) -> bool:
    """Tells whether a span is where the place of a record is, in whole tokens."""
    there = span.doc.char_span(record["start"], record["end"], alignment_mode="expand")
    return there is not None and (there.start, there.end) == (span.start, span.end)


def _all_stand(spans: Sequence[Span], records: Sequence[Record]) -> bool:
    return len(spans) == len(records) and all(
        any(_stands(span, record) for record in records) for span in spans
    )


def to_extraction(
    doc: Doc,
    *,
    id: str | None = None,
    title: str | None = None,
    key: str = CLAIMS,
    kinds: Kinds | None = None,
) -> Extraction:
    """Makes the extraction of a Doc that a component has read, also of one from a ``DocBin``.

    Args:
        doc: The Doc.
        id: Kept in the extraction; if none is given, that of the Doc.
        title: Kept in the extraction; if none is given, that of the Doc.
        key: Key of ``doc.spans``.
        kinds: The kinds of claims; if none are given, those that the Doc was read with.

    Raises:
        InputError: The Doc holds no claims, or claims of kinds that are not known.
    """
    from extractor.errors import InputError
    from extractor.record.models import extraction_model

    records = take(doc, key)
    if records is None:
        message = "the document holds no claims: run a pipeline with the component 'claims' on it, "
        message += "and store its user data (DocBin(store_user_data=True))"
        raise InputError(message)
    paper = paper_of(doc)
    model = extraction_model(kinds or _kinds(_stored(doc, key)))
    return model.model_validate(
        {"id": id or paper["id"], "title": title or paper["title"], "abstract": doc.text, "claims": records}
    )


def paper_of(doc: Doc) -> dict[str, Any]:
    """Returns id and title that a Doc was made with; None where it has none."""
    store = doc.user_data.get(STORE) or {}
    return {"id": store.get("id"), "title": store.get("title")}


def to_doc(extraction: Extraction, nlp: Language, *, key: str = CLAIMS) -> Doc:
    """Makes a Doc of an abstract with its claims, with tokens cut so that every span is exact.

    Args:
        extraction: The abstract, as of a gold file.
        nlp: Gives vocabulary and tokenizer.
        key: Key of ``doc.spans``.
    """
    from extractor.record.models import kinds_of

    text = extraction.abstract
    edges = sorted({edge for claim in extraction.claims for place in _marked(claim) for edge in place})
    nlp.max_length = max(nlp.max_length, len(text) + 1)
    tokens = (
        (token.idx, token.idx + len(token), False) for token in nlp.make_doc(text) if not token.is_space
    )
    cut = pieces(text, covering(text, tokens, edges))
    doc = Doc(nlp.vocab, words=cut.words(), spaces=cut.spaces)
    put(doc, extraction.claims, key=key, kinds=kinds_of(extraction))
    doc.user_data[STORE] |= {"id": extraction.id, "title": extraction.title}
    return doc


def _marked(claim: Any) -> Iterator[Place]:
    yield claim.start, claim.end
    for mention in getattr(claim, "mentions", ()):
        yield mention.start, mention.end


def examples(nlp: Language, extractions: Iterable[Extraction], *, key: str = CLAIMS) -> Iterator[Example]:
    """Yields examples for ``nlp.evaluate`` of labelled abstracts.

    Args:
        nlp: The pipeline that is to be evaluated.
        extractions: The labelled abstracts, as `extractor.labels.gold.load_gold` reads them.
        key: Key of ``doc.spans``: that of the component.
    """
    from spacy.training import Example

    for extraction in extractions:
        reference = to_doc(extraction, nlp, key=key)
        yield Example(nlp.make_doc(extraction.abstract), reference)
