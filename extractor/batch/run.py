"""Many papers: reads, parses in one or many processes, and writes in the order of the input."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from extractor.batch.chunks import ChunkReader, ChunkResult, Job, make_job
from extractor.batch.journal import Journal, can_resume, first_rejects
from extractor.batch.manifest import build_manifest, counts_if_done, input_facts, run_settings
from extractor.batch.timeouts import alarm_guard, alarm_works
from extractor.batch.workers import read_in_processes
from extractor.errors import ExtractorError, InputError, one_line
from extractor.outputs import MANIFEST, REJECTS, keep_inputs, keep_to_files, output_files, side_file
from extractor.readers.papers import STDIN, Item, Meter, Paper, ReadOptions, find_inputs, read_papers
from extractor.readers.source import is_address
from extractor.rulelang.ruleset import RulePaths

if TYPE_CHECKING:
    from extractor.tables.writers import Layout

SHOWN_REJECTS = 5


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a run does its work; none of it changes the output.

    Attributes:
        processes: Number of processes that parse.
        chunk: Papers handed to a process at once.
        timeout: Seconds after which a paper is rejected.
        resume: Go on with an earlier run that was cut off.
        commit_seconds: How often what was done is made to last.
    """

    processes: int = 1
    chunk: int = 200
    timeout: float = 5.0
    resume: bool = False
    commit_seconds: float = 2.0


@dataclass
class Progress:
    """How far a run is.

    Attributes:
        counts: The counts so far.
        fraction: Share of the bytes of the inputs that are read, or None for standard input.
    """

    counts: Counter[str]
    fraction: float | None


@dataclass
class Summary:
    """What a run did.

    Attributes:
        counts: ``rows`` is the sum of ``with_claims``, ``without_claims``, ``rejected`` and ``repeated``;
            ``broken`` are the inputs of which a rest could not be read; ``claims`` and ``claims.<kind>``;
            ``without_id`` and ``without_title`` are papers whose input gave none.
        rejects: The first rejects, as in the file of rejects.
        resumed: True if an earlier run was continued.
        rejects_file: Where all rejects stand; None for a run to standard output.
        empty: The columns to keep in which no paper had anything.
        fields: What the first paper without one of them had instead.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    resumed: bool = False
    rejects_file: str | None = None
    empty: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def papers(self) -> int:
        """Papers that were read and parsed."""
        return self.counts["with_claims"] + self.counts["without_claims"]


OnProgress = Callable[[Progress], object]


def run_batch(
    inputs: Iterable[str],
    out: str | Path,
    layout: Layout,
    *,
    read: ReadOptions | None = None,
    options: BatchOptions | None = None,
    rules: RulePaths = (),
    parser: str | None = None,
    on_progress: OnProgress | None = None,
) -> Summary:
    """Reads papers and writes their claims to a file.

    Beside it stand its rejects, the papers without claims and a manifest.
    The output has its name only when it is complete; until then the work stands in ``OUT.partial``. Memory
    does not grow with the inputs. The bytes written depend on the inputs, the rules and the layout only.

    Args:
        inputs: Files, folders and glob patterns; ``-`` is standard input.
        out: The output.
        layout: What it looks like.
        read: Format and columns of the inputs.
        options: Processes, timeout, resuming.
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.
        parser: The function that reads an abstract, as ``module:name``, if it is not the engine.
        on_progress: Called after each chunk.

    Raises:
        InputError: An input does not exist, or nothing could be read from any; then there is no output.
        RuleError: The rules cannot be loaded.
        ExtractorError: The run cannot be resumed, or the disk is full; what was done is kept for resuming.
    """
    read, options = read or ReadOptions(), options or BatchOptions()
    job = make_job(layout, options.timeout, rules, parser)
    layout = job.layout
    if is_address(str(out)):
        message = f"{out} is not on this machine; write a local file, or use --cluster"
        raise InputError(message)
    out = Path(out)
    files = _inputs_besides(inputs, out)
    if options.resume and STDIN in files:
        message = "standard input cannot be read again to resume; put it into a file"
        raise InputError(message)
    with _explained(out):
        facts = input_facts(files)
        settings = run_settings(facts, read, job)
        if options.resume and out.exists() and not can_resume(out):
            done = counts_if_done(side_file(out, MANIFEST), settings)
            if done is not None:
                return _summary(out, done, resumed=True)
        with _journal(out, layout, settings, resume=options.resume) as journal:
            stream = _Stream(files, read, facts)
            complete = journal.state.complete
            if not complete:
                _fill(journal, stream, job, options, on_progress)
            _finish(journal, out, settings, layout)
            summary = _summary(out, journal.state.counts, resumed=journal.resumed)
            return summary if complete else stream.tell(summary)


@contextmanager
def _journal(out: Path, layout: Layout, settings: dict[str, Any], *, resume: bool) -> Iterator[Journal]:
    """Opens the journal; however the run ends, what it holds is kept, and a journal of nothing is not."""
    journal = Journal(out, layout, settings, resume=resume)
    try:
        yield journal
    finally:
        if journal.state.items:
            journal.close()
        else:
            journal.discard()


def _finish(journal: Journal, out: Path, settings: dict[str, Any], layout: Layout) -> None:
    """Gives the output its name, if anything could be read."""
    counts = journal.state.counts
    if not counts["with_claims"] + counts["without_claims"]:
        first = journal.reject_lines(SHOWN_REJECTS)
        journal.discard()
        raise nothing_read(first)
    journal.finish(build_manifest(out, settings, counts, layout.tables.kinds))


def _summary(out: Path, counts: Counter[str], *, resumed: bool) -> Summary:
    rejects = side_file(out, REJECTS)
    return Summary(counts, first_rejects(rejects, SHOWN_REJECTS), resumed, str(rejects))


def stream_batch(
    inputs: Iterable[str],
    out: BinaryIO,
    layout: Layout,
    *,
    read: ReadOptions | None = None,
    options: BatchOptions | None = None,
    rules: RulePaths = (),
    parser: str | None = None,
    on_progress: OnProgress | None = None,
) -> Summary:
    """Reads papers and writes their claims to an open stream; else as :func:`run_batch`.

    Raises:
        InputError: An input does not exist, or nothing could be read from any.
        RuleError: The rules cannot be loaded.
    """
    read, options = read or ReadOptions(), options or BatchOptions()
    job = make_job(layout, options.timeout, rules, parser)
    layout = job.layout
    summary = Summary()
    stream = _Stream(find_inputs(inputs), read, None)
    header = layout.header
    with closing(_results(stream.chunks(options.chunk), job, options.processes)) as results:
        for result in results:
            summary.counts.update(result.counts)
            if summary.papers:
                out.write(header + result.table)
                header = b""
            missing = SHOWN_REJECTS - len(summary.rejects)
            summary.rejects += [json.loads(line) for line in result.rejects.splitlines()[:missing]]
            if on_progress:
                on_progress(Progress(summary.counts, stream.fraction()))
    if not summary.papers:
        raise nothing_read(summary.rejects)
    out.flush()
    return stream.tell(summary)


def nothing_read(rejects: list[dict[str, Any]]) -> InputError:
    """Says that no paper could be read, and why the first rows could not."""
    reasons = "".join(f"\n  {reject_text(reject)}" for reject in rejects)
    return InputError(
        f"nothing could be read from the input{':' if reasons else ': it holds no rows'}{reasons}"
    )


def reject_text(reject: dict[str, Any]) -> str:
    """Writes a line of the rejects for people."""
    place = reject["file"] if reject["line"] is None else f"{reject['file']}:{reject['line']}"
    return one_line(f"{place}: {reject['reason']}")


def _inputs_besides(inputs: Iterable[str], out: Path) -> list[str]:
    """Finds the inputs; the output of an earlier run, in a folder that is read, is none.

    Raises:
        InputError: An input does not exist, or the output or a file beside it is an input or no file.
    """
    named = list(inputs)
    keep_to_files(output_files(out))
    keep_inputs((name for name in named if name != STDIN), output_files(out))
    own = {str(path.resolve()) for path in output_files(out)}
    return [name for name in find_inputs(named) if name == STDIN or str(Path(name).resolve()) not in own]


class _Stream:
    """The items of the inputs in chunks, and how far they are read."""

    def __init__(self, files: list[str], read: ReadOptions, facts: list[dict[str, Any]] | None) -> None:
        self._files, self._read = files, read
        self._meter = Meter()
        sizes = [fact["bytes"] or 0 for fact in facts or []]
        self._total = sum(sizes) if all(sizes) else 0  # 0: not known, as of standard input
        self.empty = set(read.keep)  # columns in which no paper so far had anything
        self.fields: tuple[str, ...] = ()

    def chunks(self, size: int, *, skip: int = 0) -> Iterator[list[Item]]:
        items = read_papers(self._files, self._read, meter=self._meter)
        for item in islice(items, skip):
            self._look(item)
        while chunk := list(islice(items, size)):
            for item in chunk if self.empty else ():
                self._look(item)
            yield chunk

    def _look(self, item: Item) -> None:
        """Notes which of the columns to keep are there."""
        if isinstance(item, Paper):
            self.fields = self.fields or item.fields
            self.empty -= {name for name, value in item.kept if value is not None}

    def tell(self, summary: Summary) -> Summary:
        """Says in a summary which columns to keep were empty."""
        summary.empty = tuple(name for name in self._read.keep if name in self.empty)
        summary.fields = self.fields
        return summary

    def fraction(self) -> float | None:
        return min(1.0, self._meter.read / self._total) if self._total else None


def _fill(
    journal: Journal, stream: _Stream, job: Job, options: BatchOptions, on_progress: OnProgress | None
) -> None:
    chunks = stream.chunks(options.chunk, skip=journal.state.items)
    with closing(_results(chunks, job, options.processes)) as results:
        for result in results:
            journal.append(result, commit_seconds=options.commit_seconds)
            if on_progress:
                on_progress(Progress(journal.state.counts, stream.fraction()))


def _results(chunks: Iterator[list[Item]], job: Job, processes: int) -> Generator[ChunkResult]:
    """Reads in this process where one is enough, for that is quicker; else in worker processes."""
    if processes > 1 or not alarm_works():
        return read_in_processes(chunks, job, processes)
    return _read_here(chunks, job)


def _read_here(chunks: Iterator[list[Item]], job: Job) -> Generator[ChunkResult]:
    with alarm_guard() as guard:
        reader = ChunkReader(job, guard=guard)
        for chunk in chunks:
            yield reader.read(chunk)


@contextmanager
def _explained(out: Path) -> Iterator[None]:
    """Turns an error of the system into one that says what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        kept = "; what was done is kept, continue with --resume" if can_resume(out) else ""
        message = f"{error.filename or out}: {reason}{kept}"
        raise ExtractorError(message) from error
