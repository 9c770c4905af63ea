"""The unfinished output of a run: files that only grow, and a journal that says how much of them counts."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from extractor.errors import ExtractorError
from extractor.outputs import JOURNAL, MANIFEST, PAPERS, REJECTS, WITHOUT_CLAIMS, partial_folder, side_file
from extractor.tables.stores import convert

if TYPE_CHECKING:
    from pathlib import Path

    from extractor.batch.chunks import ChunkResult
    from extractor.tables.writers import Layout

_LOGS = ("table", WITHOUT_CLAIMS, REJECTS, PAPERS)
_RESULT, _LOCK = "result", "lock"
_OWNER = re.compile(r"process \d+ on [\w.-]*")


def can_resume(out: Path) -> bool:
    """Says whether work on an output stands there that was cut off."""
    return (partial_folder(out) / JOURNAL).exists()


def first_rejects(path: Path, limit: int) -> list[dict[str, Any]]:
    """Reads the first lines of a file of rejects."""
    with path.open("rb") as stream:
        return [json.loads(line) for line in islice(stream, limit)]


@dataclass
class State:
    """What the journal remembers.

    Attributes:
        settings: What must be the same for a run to be resumed.
        items: Items of the input that are done.
        sizes: Bytes of each growing file that count.
        counts: Sums of the counts of the chunks.
        complete: True once only the renaming of the files is left.
    """

    settings: dict[str, Any]
    items: int = 0
    sizes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_LOGS, 0))
    counts: Counter[str] = field(default_factory=Counter)
    complete: bool = False


class Journal:
    """Takes results in order and survives the end of the process at any moment.

    Everything behind the last :meth:`commit` is cut off when the run is resumed.

    Args:
        out: The output; the work stands in ``OUT.partial`` beside it.
        layout: What the output looks like.
        settings: See :class:`State`.
        resume: Go on where an earlier run with the same settings stopped; without one, begin.

    Raises:
        ExtractorError: Another run writes the same output, or the earlier run had other settings.
        OSError: The folder cannot be written.
    """

    def __init__(self, out: Path, layout: Layout, settings: dict[str, Any], *, resume: bool) -> None:
        self._out, self._layout = out, layout
        self._folder = partial_folder(out)
        self._files: dict[str, BinaryIO] = {}
        self._lock = _locked(self._folder)
        old = self._load() if resume else None
        if old is not None:
            _compare(old.settings, settings, self._folder)
        self.resumed = old is not None
        self.state = old or State(settings)
        if old is None:  # before any file changes: a journal must never speak of more than there is
            (self._folder / JOURNAL).unlink(missing_ok=True)
        if not self.state.complete:
            self._open_logs()
        self._committed = time.monotonic()

    def append(self, result: ChunkResult, *, commit_seconds: float) -> None:
        """Adds the next chunk, and commits if the last commit is that many seconds ago."""
        added = (result.table, result.without, result.rejects, result.papers)
        for name, data in zip(_LOGS, added, strict=True):
            if data:
                self._files[name].write(data)
                self.state.sizes[name] += len(data)
        self.state.items += result.items
        self.state.counts.update(result.counts)
        if time.monotonic() - self._committed >= commit_seconds:
            self.commit()

    def commit(self) -> None:
        """Makes everything appended so far last."""
        for stream in self._files.values():
            stream.flush()
            os.fsync(stream.fileno())
        state = self.state
        document = {
            "settings": state.settings,
            "items": state.items,
            "sizes": state.sizes,
            "counts": dict(state.counts),
            "complete": state.complete,
        }
        _replace(self._folder / JOURNAL, json.dumps(document, indent=1).encode())
        self._committed = time.monotonic()

    def reject_lines(self, limit: int) -> list[dict[str, Any]]:
        """Returns the first rejects so far."""
        self._files[REJECTS].flush()
        return first_rejects(self._folder / REJECTS, limit)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Makes the output of what was appended and gives every file its final name.

        Args:
            manifest: What was done, written beside the output.
        """
        if not self.state.complete:
            self.commit()
            self._close()
            if not self._layout.is_text:
                convert(self._folder / _LOGS[0], self._folder / _RESULT, self._layout)
            _replace(self._folder / MANIFEST, f"{json.dumps(manifest, indent=2)}\n".encode())
            self.state.complete = True
            self.commit()
        self._publish()

    def _publish(self) -> None:
        """Renames what is still in the folder; a run killed here does the rest when it is resumed."""
        folder, out = self._folder, self._out
        text = self._layout.is_text
        for name in (WITHOUT_CLAIMS, REJECTS):
            _move(folder / name, side_file(out, name))
        if self._layout.papers:
            _move(folder / PAPERS, side_file(out, PAPERS))
        else:  # those of an earlier run are not those of this table
            side_file(out, PAPERS).unlink(missing_ok=True)
        _move(folder / (_LOGS[0] if text else _RESULT), out)
        _move(folder / MANIFEST, side_file(out, MANIFEST))
        self.discard()

    def discard(self) -> None:
        """Removes the folder with all that was done."""
        self._close()
        for name in (*_LOGS, MANIFEST, JOURNAL, *(f"{name}.new" for name in (MANIFEST, JOURNAL))):
            (self._folder / name).unlink(missing_ok=True)
        for path in self._folder.glob(f"{_RESULT}*"):  # with what a database keeps beside it
            path.unlink(missing_ok=True)
        if self._lock is not None:  # first the name, then the lock: see _locked
            (self._folder / _LOCK).unlink(missing_ok=True)
        self._unlock()
        with contextlib.suppress(OSError):  # somebody put a file of their own there, or begins another run
            self._folder.rmdir()

    def close(self) -> None:
        """Keeps what was done, for a later run to resume."""
        self._close()
        self._unlock()

    def _close(self) -> None:
        for stream in self._files.values():
            stream.close()
        self._files = {}

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _load(self) -> State | None:
        try:
            document = json.loads((self._folder / JOURNAL).read_bytes())
        except (OSError, ValueError):
            return None
        try:
            return State(**{**document, "counts": Counter(document["counts"])})
        except (KeyError, TypeError) as error:
            message = f"cannot resume: {self._folder / JOURNAL} is no journal of a run; run without --resume"
            raise ExtractorError(message) from error

    def _open_logs(self) -> None:
        """Opens the growing files, without what was written behind the last commit."""
        for name in _LOGS:
            path = self._folder / name
            stream = _open(path, os.O_RDWR | os.O_CREAT, "r+b")
            if path.stat().st_size < self.state.sizes[name]:
                message = f"cannot resume: {path} is shorter than its journal says; run without --resume"
                raise ExtractorError(message)
            stream.truncate(self.state.sizes[name])
            stream.seek(0, os.SEEK_END)
            self._files[name] = stream
        if self.state.sizes[_LOGS[0]] == 0:
            header = self._layout.header
            self._files[_LOGS[0]].write(header)
            self.state.sizes[_LOGS[0]] = len(header)
        self.commit()


def _open(path: Path, flags: int, mode: str) -> BinaryIO:
    """Opens a file of the folder; a symbolic link in its place is no file of ours, and is not followed."""
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return cast("BinaryIO", os.fdopen(os.open(path, flags, 0o666), mode))


def _locked(folder: Path) -> BinaryIO | None:
    """Makes the folder, and keeps two runs from writing the same output.

    The system lets go of the lock when the process ends, however it ends. A run that is complete removes the
    file, so that only a lock on the file that has the name is one.
    """
    while True:
        if folder.is_symlink():
            message = f"{folder} is a symbolic link; remove it, or choose another output"
            raise ExtractorError(message)
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another run has just removed the folder
            stream = _lock(folder / _LOCK)
            if stream is None or os.path.samestat(os.fstat(stream.fileno()), (folder / _LOCK).stat()):
                return stream
            stream.close()


def _lock(path: Path) -> BinaryIO | None:
    try:
        import fcntl
    except ImportError:  # not on Windows
        return None
    stream = _open(path, os.O_RDWR | os.O_CREAT, "r+b")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = stream.read(200).decode("utf-8", "replace").strip()
        stream.close()
        which = f" ({owner})" if _OWNER.fullmatch(owner) else ""
        message = f"another run{which} is writing to {path.parent}; wait for it or choose another output"
        raise ExtractorError(message) from None
    stream.truncate()
    stream.write(f"process {os.getpid()} on {platform.node()}\n".encode("utf-8", "replace"))
    stream.flush()
    return stream


def _compare(old: dict[str, Any], new: dict[str, Any], folder: Path) -> None:
    changed = sorted(name for name in {*old, *new} if old.get(name) != json.loads(json.dumps(new.get(name))))
    if changed:
        message = (
            f"cannot resume the run in {folder}: {', '.join(changed)} changed since; "
            "run without --resume to begin again"
        )
        raise ExtractorError(message)


def _replace(path: Path, data: bytes) -> None:
    """Writes a small file so that either the old or the new one is there, never half of it."""
    new = path.with_name(path.name + ".new")
    with _open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


def _move(source: Path, target: Path) -> None:
    if source.exists():
        source.replace(target)
