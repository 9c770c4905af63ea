"""The reader for a batch's results: every claim in its abstract, with filters, sorting and search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import Kinds
from extractor.pages.documents import PageDocument, document_json, from_extraction
from extractor.pages.render import page
from extractor.record.models import kinds_of
from extractor.record.schema import Extraction


def view_html(
    extractions: Iterable[Extraction | PageDocument], *, title: str, kinds: Kinds | None = None
) -> str:
    """Renders papers and their claims as one self-contained HTML page.

    Args:
        extractions: The papers, as extractions or as :func:`extractor.pages.read_documents` gives them.
        title: Heading of the page.
        kinds: The kinds of claims; if none are given, those of the first extraction.

    Returns:
        The whole page; it works offline and fetches nothing.
    """
    extractions = list(extractions)
    if kinds is None:
        kinds = next(
            (kinds_of(item) for item in extractions if isinstance(item, Extraction)), builtin_kinds()
        )
    documents = [from_extraction(item) if isinstance(item, Extraction) else item for item in extractions]
    counts = Counter(claim.kind for document in documents for claim in document.claims)
    names = [*kinds, *sorted(counts.keys() - kinds.keys())]
    filters = [spec for spec in kinds.specs if spec.family == "thing"]
    data: dict[str, Any] = {
        "kinds": [kind for kind in names if counts[kind]],
        "shown": {spec.name: [spec.page.what, spec.page.against] for spec in kinds.specs},
        "linked": [spec.name for spec in kinds.specs if spec.of_tier("linked")],
        "filters": [spec.name for spec in filters],
        "sorts": [
            {"kind": spec.name, "title": spec.page.sort, "of": spec.page.by}
            for spec in kinds.specs
            if spec.page.sort
        ],
        "docs": [document_json(document) for document in documents],
    }
    return page(
        "view.html",
        title=title,
        data=data,
        assets=("page", "dom", "marks", "record", "pager", "view"),
        papers=len(documents),
        kinds=kinds,
        filters=filters,
        claims=counts.total(),
    )
