"""An engine that several components share: made, of files read, when it is first asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.engine import Engine
    from extractor.knowledge.kinds import Kinds
    from extractor.knowledge.sources import RuleFile

FILE = "rules.json"
RulesSetting = str | Path | Sequence[str | Path]


class EngineSource:
    """Where a tokenizer and components have their engine from.

    Args:
        rules: A file or folder with a user's own rules, or several. They are read when they are first needed,
            and go along when the pipeline is saved.

    Attributes:
        ahead: Whether a tokenizer reads all of a text at once, which is quicker than step by step; not where
            a component is given names, as it reads anew.
    """

    def __init__(self, rules: RulesSetting = ()) -> None:
        self.ahead = True
        self._paths = rules
        self._files: tuple[RuleFile, ...] | None = None
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            RuleError: The rules cannot be loaded.
        """
        if self._engine is None:
            from extractor.engine import engine_of

            self._engine = engine_of(self.files)
        return self._engine

    @property
    def files(self) -> tuple[RuleFile, ...]:
        """The files of the user's own.

        Raises:
            RuleError: They cannot be read.
        """
        if self._files is None:
            from extractor.knowledge.sources import rule_files

            self._files = rule_files(self._paths)
        return self._files

    @property
    def kinds(self) -> Kinds:
        """The kinds of claims; no engine is made to know them. Of files that cannot be read: the built-in.

        spaCy asks for labels whenever it looks at a pipeline, also before the saved files are there.
        """
        if self._engine is not None:
            return self._engine.ruleset.kinds
        from extractor.errors import RuleError
        from extractor.knowledge.kindfiles import builtin_kinds, load_kinds

        try:
            return load_kinds(self.files) if self.files else builtin_kinds()
        except RuleError:
            return builtin_kinds()

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the engine behind: another process makes its own."""
        return {**self.__dict__, "_engine": None}

    def to_bytes(self) -> bytes:
        """Returns the texts of the user's files."""
        return json.dumps({"files": [{"name": file.name, "text": file.text} for file in self.files]}).encode()

    def from_bytes(self, data: bytes) -> None:
        """Takes the files of a saved pipeline, in place of those of the configured paths."""
        from extractor.knowledge.sources import RuleFile

        saved: Any = json.loads(data)
        self._files = tuple(RuleFile(file["name"], file["text"]) for file in saved["files"])
        self._engine = None


class Saved:
    """What saves the user's files with a pipeline, as tokenizer or as component.

    Attributes:
        source: The files.
    """

    source: EngineSource

    def to_bytes(self, **_options: Any) -> bytes:
        """Returns the texts of the user's files; called when the pipeline is saved."""
        return self.source.to_bytes()

    def from_bytes(self, data: bytes, **_options: Any) -> Any:
        """Takes the files of a saved pipeline, in place of those of the configured paths."""
        self.source.from_bytes(data)
        return self

    def to_disk(self, path: str | Path, **_options: Any) -> None:
        """Writes the user's files into a folder; called when the pipeline is saved."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, **_options: Any) -> Any:
        """Reads what `to_disk` wrote."""
        return self.from_bytes((Path(path) / FILE).read_bytes())
