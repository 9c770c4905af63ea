"""The reader for a batch's results: every claim in its abstract, with filters, sorting and search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from extractor.pages.documents import PageDocument, document_json, from_extraction
from extractor.pages.render import page
from extractor.record.schema import CLAIM_MODELS, Extraction


def view_html(extractions: Iterable[Extraction | PageDocument], *, title: str) -> str:
    """Renders papers and their claims as one self-contained HTML page.

    Args:
        extractions: The papers, as extractions or as :func:`extractor.pages.read_documents` gives them.
        title: Heading of the page.

    Returns:
        The whole page; it works offline and fetches nothing.
    """
    documents = [from_extraction(item) if isinstance(item, Extraction) else item for item in extractions]
    counts = Counter(claim.kind for document in documents for claim in document.claims)
    kinds = [*CLAIM_MODELS, *sorted(counts.keys() - CLAIM_MODELS.keys())]
    data: dict[str, Any] = {
        "kinds": [kind for kind in kinds if counts[kind]],
        "docs": [document_json(document) for document in documents],
    }
    return page(
        "view.html",
        title=title,
        data=data,
        assets=("page", "dom", "marks", "record", "pager", "view"),
        papers=len(documents),
        claims=counts.total(),
    )
