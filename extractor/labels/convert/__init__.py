"""Round trip with annotation tools: brat, doccano, Label Studio and spaCy DocBin."""

from __future__ import annotations

from extractor.labels.convert.formats import FORMATS, convert, guess_format, read, write

__all__ = ["FORMATS", "convert", "guess_format", "read", "write"]
