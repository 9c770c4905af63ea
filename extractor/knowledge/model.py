"""The one immutable knowledge: all that is data, read from the built-in folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import regex

from extractor.knowledge import hardware_terms
from extractor.knowledge.hardware_terms import Terms
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import load_yaml

_FILES = {
    "view": "view.yaml",
    "numerals": "numerals.yaml",
    "fragments": "fragments.yaml",
    "units": "units.yaml",
    "everyday": "units-quantulum.yaml",
    "unit-vetoes": "unit-vetoes.yaml",
    "urls": "urls.yaml",
    "factor": "terms/factor.yaml",
}


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of English and of the field, as data.

    Attributes:
        folder: Where it is read from.
    """

    folder: Path

    def document(self, sort: str) -> dict[str, Any]:
        """Returns a sort of data, parsed."""
        document: dict[str, Any] = load_yaml(self.folder / _FILES[sort])
        return document

    @cached_property
    def hardware(self) -> Terms:
        """What is known of hardware."""
        return hardware_terms.read(sorted((self.folder / "terms").glob("hardware*.yaml")), check=False)

    @cached_property
    def factor_words(self) -> dict[str, regex.Pattern[str]]:
        """Words of metrics that say which way is better, by group."""
        groups = self.document("factor")
        return {name: regex.compile(rf"(?i)\b(?:{'|'.join(words)})\b") for name, words in groups.items()}

    @cached_property
    def hubs(self) -> dict[str, dict[str, Any]]:
        """Where repositories stand, by host."""
        hubs: dict[str, dict[str, Any]] = self.document("urls")["repositories"]
        return hubs


@cache
def builtin() -> Knowledge:
    """Returns the built-in knowledge, which a record needs for what is worked out from it alone."""
    return Knowledge(rules_dir())
