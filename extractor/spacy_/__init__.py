"""The spaCy side: tokenizer, components, what they leave on a Doc, and examples for ``nlp.evaluate``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.spacy_.codec import examples, to_doc, to_extraction
    from extractor.spacy_.display import displacy_options
    from extractor.spacy_.extensions import register_extensions

__all__ = ["displacy_options", "examples", "register_extensions", "to_doc", "to_extraction"]

_MODULE_OF = {
    "displacy_options": "display",
    "examples": "codec",
    "register_extensions": "extensions",
    "to_doc": "codec",
    "to_extraction": "codec",
}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        message = f"module 'extractor.spacy_' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"extractor.spacy_.{module}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
