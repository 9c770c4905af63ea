"""paperclaims: reads the claims of paper abstracts into a tidy table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from extractor.collection import loading

if TYPE_CHECKING:
    from extractor.engine import parse, parse_many
    from extractor.errors import ExtractorError, GoldError, InputError, RuleError
    from extractor.library import Extractor
    from extractor.record.models import json_schema
    from extractor.record.schema import (
        Change,
        Claim,
        Dataset,
        Extraction,
        Hardware,
        Mention,
        Parameters,
        Quantity,
        Score,
        Speedup,
        Url,
    )
    from extractor.rulelang.ruleset import kinds_of_rules
    from extractor.spacy_.pipeline import load
    from extractor.tables.frames import parse_frame, to_frame
    from extractor.tables.reading import read_records, read_table

__version__ = "0.1.0"
__all__ = [
    "Change",
    "Claim",
    "Dataset",
    "Extraction",
    "Extractor",
    "ExtractorError",
    "GoldError",
    "Hardware",
    "InputError",
    "Mention",
    "Parameters",
    "Quantity",
    "RuleError",
    "Score",
    "Speedup",
    "Url",
    "__version__",
    "json_schema",
    "kinds_of_rules",
    "load",
    "parse",
    "parse_frame",
    "parse_many",
    "read_records",
    "read_table",
    "to_frame",
]

# Where each public name lives. Loaded on first use: importing the package costs nothing.
_HOMES = {
    "engine": ("parse", "parse_many"),
    "errors": ("ExtractorError", "GoldError", "InputError", "RuleError"),
    "spacy_.pipeline": ("load",),
    "rulelang.ruleset": ("kinds_of_rules",),
    "record.models": ("json_schema",),
    "record.schema": (
        *("Change", "Claim", "Dataset", "Extraction", "Hardware", "Mention", "Parameters", "Quantity"),
        *("Score", "Speedup", "Url"),
    ),
    "library": ("Extractor",),
    "tables.frames": ("parse_frame", "to_frame"),
    "tables.reading": ("read_records", "read_table"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        message = f"module 'extractor' has no attribute {name!r}"
        raise AttributeError(message)
    with loading():
        value = getattr(import_module(f"extractor.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
