"""One set of rules for those who call often: it reads texts, many papers and tables, and can be pickled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extractor.engine import engine_of, parse_many
from extractor.knowledge.sources import rule_files
from extractor.tables.frames import parse_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from extractor.knowledge.sources import RulePaths
    from extractor.record.schema import Extraction


class Extractor:
    """Reads abstracts by the built-in rules and those of a user's own, which are loaded once.

    Args:
        rules: A file or folder with rules, or several, laid over the built-in ones.
        kinds: Only claims of these kinds; all if none are named.
        min_confidence: Leave out claims whose confidence is known to be less.

    Raises:
        RuleError: The rules cannot be loaded.
        ValueError: There is no such kind.
    """

    def __init__(
        self, rules: RulePaths = (), *, kinds: str | Sequence[str] = (), min_confidence: float = 0.0
    ) -> None:
        self._files = rule_files(rules) if rules else ()
        self._least = min_confidence
        self._engine = engine_of(self._files)
        self._kinds = self._engine.kinds_named(kinds)

    def parse(self, text: str, *, id: str | None = None, title: str | None = None) -> Extraction:
        """Reads the claims of one abstract, as :func:`extractor.parse`."""
        return self._engine.parse(text, id=id, title=title).sure(self._least).of_kinds(self._kinds)

    def parse_many(self, papers: Iterable[Any], *, on_error: str = "raise") -> Iterator[Extraction]:
        """Reads many abstracts, lazily and in order, as :func:`extractor.parse_many`."""
        return parse_many(
            papers, rules=self._files, on_error=on_error, kinds=self._kinds, min_confidence=self._least
        )

    def parse_frame(
        self, frame: pd.DataFrame, *, wide: bool = False, keep: str | Sequence[str] = ()
    ) -> pd.DataFrame:
        """Reads the claims of a table of papers, as :func:`extractor.parse_frame`."""
        return parse_frame(
            frame,
            wide=wide,
            rules=self._files,
            kinds=self._kinds,
            min_confidence=self._least,
            keep=keep,
        )

    def __getstate__(self) -> dict[str, Any]:
        return {"files": self._files, "least": self._least, "kinds": self._kinds}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._files, self._least, self._kinds = state["files"], state["least"], state["kinds"]
        self._engine = engine_of(self._files)
