"""The batch on many machines: Dask workers read partitions and write a part of the output for each."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.batch.chunks import Job, make_job
from extractor.batch.manifest import build_manifest, input_facts, run_settings
from extractor.batch.run import SHOWN_REJECTS, Progress, Summary, nothing_read
from extractor.batch.workers import read_in_kept_process
from extractor.errors import ExtractorError, InputError
from extractor.readers.papers import STDIN, ReadOptions, check_options, find_inputs, one_text
from extractor.readers.partitions import (
    Partition,
    Piece,
    count_lines,
    make_partitions,
    number_rows,
    plan_file,
    read_partition,
)
from extractor.readers.source import file_system, is_address
from extractor.rulelang.ruleset import RulePaths
from extractor.tables.stores import convert
from extractor.tables.writers import TEXT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.batch.run import OnProgress
    from extractor.tables.writers import Layout

PARTITION_BYTES = 64 << 20
_CHUNK = 500  # papers held in memory at once
_CONNECT_SECONDS = 20.0
_SIDES = ("_without-claims", "_rejects")
_DONE, _MANIFEST = "_done", "_manifest.json"
_OWN = re.compile(r"part-\d+\.\w+|_without-claims|_rejects|_done|_manifest\.json")  # what a run writes


@dataclass(frozen=True, slots=True)
class Target:
    """Where the parts go: a folder of anything fsspec writes."""

    folder: str

    def open(self) -> tuple[Any, str]:
        """Returns the file system and the path of the folder in it."""
        system, path = file_system(self.folder)
        return system, path.rstrip("/")


def run_on_cluster(
    inputs: Iterable[str],
    out: str,
    layout: Layout,
    *,
    address: str = "local",
    workers: int | None = None,
    read: ReadOptions | None = None,
    timeout: float = 5.0,
    resume: bool = False,
    partition_bytes: int = PARTITION_BYTES,
    rules: RulePaths = (),
    parser: str | None = None,
    on_progress: OnProgress | None = None,
) -> Summary:
    """Reads papers on a Dask cluster and writes a folder of parts, in the order of the inputs.

    The rows of all parts together are those of a run on one machine, whatever the partitions and whichever
    workers are lost. The folder is complete when ``_manifest.json`` stands in it.

    Args:
        inputs: Files, folders, glob patterns and addresses that fsspec reads, such as
            ``s3://bucket/*.parquet``; the workers must be able to read them.
        out: Folder to write, a path that all workers share or an address that fsspec writes.
        layout: What the parts look like; JSON lines, CSV, TSV or Parquet.
        address: Of the scheduler, or ``local`` to start workers on this machine.
        workers: Number of local workers; by default one for each core.
        read: Format and columns of the inputs.
        timeout: Seconds after which a paper is rejected.
        resume: Keep the parts that an earlier run with the same settings completed.
        partition_bytes: Bytes of input for one part.
        rules: A file or folder, on this machine, with rules of the user's own, or several, laid over ours.
        parser: The function that reads an abstract, as ``module:name``, if it is not the engine.
        on_progress: Called after each part.

    Raises:
        InputError: An input does not exist or stands in the output, or nothing could be read from any.
        ExtractorError: Dask is not installed, the scheduler does not answer, the run cannot be resumed, or
            workers die again and again.
    """
    read = read or ReadOptions()
    check_options(read)
    job = make_job(layout, timeout, rules, parser)
    files = find_inputs(inputs)
    if STDIN in files or layout.format not in (*TEXT_FORMATS, "parquet"):
        message = "a cluster reads named inputs and writes Parquet, JSON lines, CSV or TSV"
        raise InputError(message)
    if layout.papers:
        message = "a cluster writes no papers beside the table; --table records has the abstracts"
        raise InputError(message)
    if read.unique:
        message = "a cluster cannot know duplicates, as no worker reads every paper; use one machine"
        raise InputError(message)
    _keep_inputs(files, out)
    settings = run_settings(input_facts(files, digest=False), read, job) | {
        "partition_bytes": partition_bytes
    }
    target = Target(out)
    with _client(address, workers) as client, _explained():
        partitions = _plan(client, files, read, partition_bytes)
        done = _prepare(target, settings, resume=resume)
        summary = _read_all(client, partitions, PartWriter(target, job, read), done, on_progress)
    _close(target, settings, summary, job.layout)
    return summary


def can_resume(out: str) -> bool:
    """Says whether a folder holds complete parts of a run that was cut off."""
    system, folder = Target(out).open()
    return bool(system.glob(f"{folder}/{_DONE}/part-*.json"))


def _keep_inputs(files: list[str], out: str) -> None:
    """Refuses an output folder that an input stands in: beginning a run empties it."""

    def place(name: str) -> str:
        return name if is_address(name) else Path(name).resolve().as_posix()

    folder = f"{place(out).rstrip('/')}/"
    for file in files:
        if place(file).startswith(folder):
            message = f"stands in the output {out}; name another output"
            raise InputError(message, file=file)


def _plan(client: Any, files: list[str], read: ReadOptions, size: int) -> list[Partition]:
    """Cuts the inputs, on the workers: they may be many, and far from here."""
    plan = partial(plan_file, options=read, size=size, alone=one_text(files))
    plans = client.gather(client.map(plan, files, pure=False))
    pieces: list[Piece] = [piece for planned in plans for piece in planned]
    cut = {piece.file for piece in pieces if piece.format == "jsonl" and piece.start}
    counted = [piece for piece in pieces if piece.file in cut]
    lines = dict(zip(counted, client.gather(client.map(count_lines, counted, pure=False)), strict=True))
    return make_partitions(number_rows(pieces, [lines.get(piece, 0) for piece in pieces]))


def _read_all(
    client: Any,
    partitions: list[Partition],
    write: PartWriter,
    done: dict[int, dict[str, int]],
    on_progress: OnProgress | None,
) -> Summary:
    from distributed import as_completed

    missing = [number for number in range(len(partitions)) if number not in done]
    futures = client.map(write, missing, [partitions[number] for number in missing], pure=False)
    summary = Summary(resumed=bool(done), rejects_file=f"{write.target.folder}/{_SIDES[1]}")
    for counts in done.values():
        summary.counts.update(counts)
    completed = len(done)
    for _, counts in as_completed(futures, with_results=True):
        summary.counts.update(counts)
        completed += 1
        if on_progress:
            on_progress(Progress(summary.counts, completed / len(partitions)))
    return summary


@dataclass(frozen=True, slots=True)
class PartWriter:
    """The work of a worker: reads one partition and writes its part.

    Doing it again writes the same, so that a lost worker does no harm.

    Attributes:
        target: Where the parts go.
        job: What to do.
        read: How the partitions are read.
    """

    target: Target
    job: Job
    read: ReadOptions

    def __call__(self, number: int, partition: Partition) -> dict[str, int]:
        """Writes the part of that number and returns its counts."""
        with tempfile.TemporaryDirectory() as name:
            local = Path(name)
            counts = dict(self._fill(local, partition))
            convert(local / "table", local / "part", self.job.layout)
            system, folder = self.target.open()
            system.put_file(str(local / "part"), f"{folder}/{_part(number)}.{self.job.layout.format}")
            for side in _SIDES:
                system.put_file(str(local / side), f"{folder}/{side}/{_part(number)}.jsonl")
            system.pipe_file(f"{folder}/{_DONE}/{_part(number)}.json", json.dumps(counts).encode())
        return counts

    def _fill(self, local: Path, partition: Partition) -> Counter[str]:
        counts: Counter[str] = Counter()
        items = read_partition(partition, self.read)
        chunks = iter(lambda: list(islice(items, _CHUNK)), [])
        with (
            closing(read_in_kept_process(chunks, self.job)) as results,  # its time and memory have limits
            (local / "table").open("wb") as table,
            (local / _SIDES[0]).open("wb") as without,
            (local / _SIDES[1]).open("wb") as rejects,
        ):
            table.write(self.job.layout.header)
            for result in results:
                table.write(result.table)
                without.write(result.without)
                rejects.write(result.rejects)
                counts.update(result.counts)
        return counts


def _part(number: int) -> str:
    return f"part-{number:05d}"


def _prepare(target: Target, settings: dict[str, Any], *, resume: bool) -> dict[int, dict[str, int]]:
    """Empties the folder, or finds what an earlier run completed in it.

    Returns:
        The counts of the complete parts, by number.
    """
    system, folder = target.open()
    known = f"{folder}/{_DONE}/settings.json"
    if resume and system.exists(known):
        old = json.loads(system.cat_file(known))
        if old != json.loads(json.dumps(settings)):
            changed = sorted(name for name in settings if old.get(name) != settings[name])
            message = f"cannot resume {target.folder}: {', '.join(changed)} changed since"
            raise ExtractorError(message)
        names = system.glob(f"{folder}/{_DONE}/part-*.json")
        return {int(name[-10:-5]): json.loads(system.cat_file(name)) for name in names}
    if system.exists(folder):
        if system.find(folder) and not system.exists(known) and not system.exists(f"{folder}/{_MANIFEST}"):
            message = f"{target.folder} holds files that are not of an earlier run; name another folder"
            raise ExtractorError(message)
        strange = [name for name in _names_in(system, folder) if not _OWN.fullmatch(name)]
        if strange:
            message = f"{target.folder} holds {strange[0]}, which no run wrote; name another folder"
            raise ExtractorError(message)
        system.rm(folder, recursive=True)
    for name in (*_SIDES, _DONE):
        system.makedirs(f"{folder}/{name}", exist_ok=True)
    system.pipe_file(known, json.dumps(settings).encode())
    return {}


def _names_in(system: Any, folder: str) -> list[str]:
    names = (str(path).rstrip("/").rpartition("/")[2] for path in system.ls(folder, detail=False))
    return [name for name in names if name != folder.rpartition("/")[2]]  # some stores list the folder itself


def _close(target: Target, settings: dict[str, Any], summary: Summary, layout: Layout) -> None:
    """Writes the manifest, or removes everything where nothing could be read."""
    system, folder = target.open()
    for name in sorted(system.glob(f"{folder}/_rejects/*.jsonl")):
        missing = SHOWN_REJECTS - len(summary.rejects)
        with system.open(name, "rb") as stream:
            summary.rejects += [json.loads(line) for line in islice(stream, missing)]
        if missing <= 0:
            break
    if not summary.papers:
        system.rm(folder, recursive=True)
        raise nothing_read(summary.rejects)
    manifest = build_manifest(Path(folder), settings, summary.counts, layout.tables.kinds)
    system.pipe_file(f"{folder}/{_MANIFEST}", f"{json.dumps(manifest, indent=2)}\n".encode())
    system.rm(f"{folder}/{_DONE}", recursive=True)


@contextmanager
def _client(address: str, workers: int | None) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        message = 'a cluster needs Dask; install it with: pip install "paperclaims[cluster]"'
        raise ExtractorError(message) from None
    if address != "local":
        try:
            client = Client(address, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            message = f"the scheduler at {address} does not answer: {error}"
            raise ExtractorError(message) from error
        with client:
            yield client
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _explained() -> Iterator[None]:
    """Turns errors of the cluster into ones that say what to do."""
    from distributed import KilledWorker

    try:
        yield
    except KilledWorker as error:
        message = f"workers died again and again: {error}; give them more memory, or make the parts smaller"
        raise ExtractorError(message) from error
    except OSError as error:
        message = f"{error}; what was done is kept, continue with --resume"
        raise ExtractorError(message) from error
