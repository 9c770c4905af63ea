"""Self-contained HTML pages: the evaluation report and the reader for a batch's results."""

from __future__ import annotations

from extractor.pages.documents import PageClaim, PageDocument
from extractor.pages.inputs import read_documents
from extractor.pages.report import report_html
from extractor.pages.view import view_html

__all__ = ["PageClaim", "PageDocument", "read_documents", "report_html", "view_html"]
