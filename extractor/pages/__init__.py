"""Self-contained HTML pages: the evaluation report, the reader for a batch's results, and the atlas."""

from __future__ import annotations

from extractor.pages.atlas import atlas_html
from extractor.pages.documents import PageClaim, PageDocument
from extractor.pages.inputs import read_documents
from extractor.pages.report import report_html
from extractor.pages.view import view_html

__all__ = ["PageClaim", "PageDocument", "atlas_html", "read_documents", "report_html", "view_html"]
