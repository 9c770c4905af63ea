"""The files that knowledge is read from, the built-in ones and a user's, and what each says it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from extractor.errors import RuleError, RuleProblem
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.strictyaml import leads_out, read_text

RULES = "rules"  # what a file without `type` is
_TYPE = re.compile(r"^(?:\{[ \t]*)?['\"]?type['\"]?:[ \t]*['\"]?([a-z-]+)", re.MULTILINE)
_FIRST = ("patterns.yaml", "values", "scope")  # the order in which the built-in rules are read


class RuleFile(NamedTuple):
    """The text of one file of knowledge, and its name in messages."""

    name: str
    text: str

    @property
    def sort(self) -> str:
        """What the file says it is: its ``type``, or rules."""
        return file_type(self.text)


def file_type(text: str) -> str:
    """Returns what a file says it is: its ``type``, or rules."""
    found = _TYPE.search(text)
    return found[1] if found else RULES


RulePaths = str | Path | Sequence[str | Path]  # files or folders with a user's own knowledge
Layers = RulePaths | RuleFile | Sequence[RuleFile] | Sequence[str | Path | RuleFile]


def read_layers(layers: Layers) -> tuple[tuple[RuleFile, ...], list[RuleProblem]]:
    """Reads the files of one or several files and folders, or takes their texts.

    Returns:
        The files in order, those of a folder by name; and what could not be read.
    """
    several = [layers] if isinstance(layers, (str, Path, RuleFile)) else layers
    files: list[RuleFile] = []
    problems: list[RuleProblem] = []
    for layer in several:
        if isinstance(layer, RuleFile):
            files.append(layer)
            continue
        folder = Path(layer)
        paths = sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder]
        for path in [path for path in paths if folder.is_dir() and leads_out(path, folder)]:
            message = "is a symbolic link out of the folder; put the file itself there"
            problems.append(RuleProblem(message, file=str(path)))
            paths.remove(path)
        if not paths:
            message = "no rules here: give a YAML file or a folder with some"
            problems.append(RuleProblem(message, file=str(folder)))
        for path in paths:
            try:
                files.append(RuleFile(str(path), read_text(path)))
            except RuleError as error:
                problems += error.problems
    return tuple(files), problems


def rule_files(layers: Layers) -> tuple[RuleFile, ...]:
    """Reads the texts of the files of files and folders.

    Raises:
        RuleError: A folder holds none, or one cannot be read.
    """
    files, problems = read_layers(layers)
    if problems:
        raise RuleError(problems)
    return files


@cache
def builtin_files() -> tuple[RuleFile, ...]:
    """Returns the built-in files, rules in the order in which they are tried."""
    folder = rules_dir()

    def place(path: Path) -> tuple[int, Path]:
        top = path.relative_to(folder).parts[0]
        return _FIRST.index(top) if top in _FIRST else len(_FIRST), path

    return tuple(RuleFile(str(path), read_text(path)) for path in sorted(folder.rglob("*.yaml"), key=place))


def builtin_files_of(sort: str) -> tuple[RuleFile, ...]:
    """Returns the built-in files of a type."""
    return builtin_by_sort().get(sort, ())


@cache
def builtin_by_sort() -> dict[str, tuple[RuleFile, ...]]:
    """Returns the built-in files by type."""
    files = [(file.sort, file) for file in builtin_files()]
    return {sort: tuple(file for own, file in files if own == sort) for sort, _ in files}


def fingerprint(files: Iterable[RuleFile] = ()) -> str:
    """Returns the hash of the built-in knowledge and of what is laid over it, 12 hex digits."""
    digest = _builtin_digest().copy()
    for file in files:
        digest.update(b"\0" + file.text.encode() + b"\0")
    return digest.hexdigest()[:12]


def code_digest(wings: Iterable[str]) -> str | None:
    """Returns the hash of the built-in knowledge and of the code in folders; None where none can be read.

    It tells whether what was made by that code of that knowledge can be taken for what it would make now.
    """
    digest = _builtin_digest().copy()
    modules = [path for wing in wings for path in sorted(Path(wing).rglob("*.py"))]
    try:
        for path in modules:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    except OSError:
        return None
    return digest.hexdigest() if modules else None


@cache
def _builtin_digest() -> hashlib._Hash:
    digest = hashlib.sha256()
    for file in builtin_files():
        digest.update(Path(file.name).name.encode() + b"\0" + file.text.encode() + b"\0")
    return digest
