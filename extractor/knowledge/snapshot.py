"""The built-in documents, and what is made of them, as JSON, which loads in a tenth of the time.

Each is known by the hash of what it is made of. A wheel brings them. Elsewhere they are written to the user's
cache when they are first read; where that cannot be, the YAML is read each time. JSON holds data alone:
nothing that is read from a cache can run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from extractor.knowledge.layers import Document, together
from extractor.knowledge.resources import rules_dir
from extractor.knowledge.sources import RULES, RuleFile, builtin_by_sort, builtin_files_of
from extractor.knowledge.strictyaml import parse_yaml

FOLDER = "PAPERCLAIMS_CACHE"
"""The variable of the environment that names the folder of the cache; empty for none."""

SHIPPED = "snapshots"
"""The folder within that of the rules where a wheel has them."""

_LINED = (RULES, "dataset-rules")  # their tests tell of lines, which JSON does not hold
_FORMAT = 1  # of what YAML becomes; part of the hash
_LARGEST = 32 << 20  # bytes of a file


def builtin_document(sort: str) -> Document:
    """Returns what the built-in files of a type hold; read anew, as what is made of it is what stays."""
    files = builtin_files_of(sort)
    if sort in _LINED:
        return _read(files)
    digest = _hash_of(files)
    document = found(sort, digest)
    if document is None:
        document = made = _read(files)
        keep(sort, digest, lambda: made)
    return document


def found(name: str, digest: str) -> Document | None:
    """Returns the document that is kept under a name; None where none is kept of what has that hash."""
    for folder in (rules_dir() / SHIPPED, *_cache()):
        document = _loaded(folder / f"{name}.json", digest)
        if document is not None:
            return document
    return None


def keep(name: str, digest: str, make: Callable[[], Document]) -> None:
    """Keeps a document in the user's cache, if there can be one.

    Args:
        name: Its name.
        digest: The hash of all that it is made of.
        make: Makes it; called where it can be kept.
    """
    for folder in _cache():
        with contextlib.suppress(OSError, ValueError):  # it is only sooner with it
            write(folder, name, digest, make)


def lined_document(sort: str) -> Document:
    """Returns the same with the file and the line of every entry, which takes longer."""
    return _read(builtin_files_of(sort))


def write_snapshots(folder: Path) -> None:
    """Writes those of all built-in documents, for a wheel."""
    for sort, files in builtin_by_sort().items():
        if sort not in _LINED:
            write(folder, sort, _hash_of(files), partial(_read, files))


def _read(files: Iterable[RuleFile]) -> Document:
    return together([parse_yaml(file.text, file.name) or {} for file in files])


def _hash_of(files: Iterable[RuleFile]) -> str:
    """Returns the hash of the texts of files."""
    digest = hashlib.sha256(f"{_FORMAT}".encode())
    for file in files:
        digest.update(b"\0" + file.text.encode())
    return digest.hexdigest()


def _cache() -> Iterator[Path]:
    """Yields the folder of the user's cache for this installation, if there can be one."""
    named = os.environ.get(FOLDER)
    if named == "":
        return
    try:
        base = Path(named) if named else _user_cache() / "paperclaims"
    except RuntimeError:  # nobody's home
        return
    yield base / hashlib.sha256(os.fsencode(rules_dir())).hexdigest()[:12]


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    told = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return told if told.is_absolute() else Path.home() / ".cache"


def _loaded(path: Path, digest: str) -> Document | None:
    """Returns the document of a snapshot; None if there is none of files with that hash."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
        kept = json.loads(data) if len(data) <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or kept.get("of") != digest:
        return None
    document = kept.get("document")
    return document if isinstance(document, dict) else None


def write(folder: Path, name: str, digest: str, make: Callable[[], Document]) -> None:
    """Writes a snapshot into a folder, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=folder, prefix=name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            whole = {"of": digest, "document": make()}
            stream.write(json.dumps(whole, ensure_ascii=False, separators=(",", ":")))
        Path(written).replace(folder / f"{name}.json")
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise
