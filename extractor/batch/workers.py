"""A pool of worker processes that keeps order, ends papers that hang and survives workers that die."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from extractor.batch.chunks import ChunkReader, ChunkResult, Job, paper_reject, timeout_reason
from extractor.batch.timeouts import alarm_works
from extractor.errors import ExtractorError
from extractor.readers.papers import Item, Paper

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from multiprocessing.context import SpawnProcess

_NO_PAPER = -1
_PATIENCE = 3  # timeouts after which a worker ends itself
_NO_MEMORY = 71  # exit code of a worker
_WINDOW = 16  # chunks in flight or waiting for their turn, for each worker
_TRIES = 2  # of a paper on which a worker died
_MAX_BARREN = 3  # workers that may die in a row without having read a paper


@dataclass(slots=True, eq=False)
class _Task:
    number: int
    items: list[Item]
    deaths: Counter[int] = field(default_factory=Counter)
    slow: set[int] = field(default_factory=set)


class _Worker:
    """One process, the pipe to it, and the clock of the paper it reads."""

    def __init__(self, job: Job, *, all_loaded: bool = False) -> None:
        # Spawned, not forked: the parent may have threads (the progress bar), and forks inherit locks.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.clock = context.RawArray("d", [_NO_PAPER, 0.0])
        self.process: SpawnProcess = context.Process(
            target=_work, args=(theirs, self.clock, job, all_loaded), daemon=True, name="extractor-worker"
        )
        with _children_allowed():
            self.process.start()
        theirs.close()
        self.ready = False
        self.all_loaded = all_loaded
        self.task: _Task | None = None

    def may_read(self, task: _Task) -> bool:
        """Says whether a task is for this worker: a slow paper needs one that has nothing left to load."""
        return self.all_loaded or not task.slow

    def paper(self) -> tuple[int, float]:
        """Returns the index of the paper being read, or -1, and for how many seconds it has been read."""
        started = self.clock[1]
        index = int(self.clock[0])
        if index == _NO_PAPER or self.clock[1] != started:  # just changing: look again later
            return _NO_PAPER if index == _NO_PAPER else index, 0.0
        return index, time.monotonic() - started

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


def _work(connection: Connection[Any, Any], clock: Any, job: Job, all_loaded: bool) -> None:
    """Body of a worker process: chunks in, results out, until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C ends
    longest = _PATIENCE * job.timeout + 10

    def watch(index: int) -> None:
        clock[0], clock[1] = index, time.monotonic()
        if alarm_works():  # the end of a process whose parent was killed, and no longer ends it
            signal.setitimer(signal.ITIMER_REAL, 0 if index == _NO_PAPER else longest)

    with suppress(EOFError, OSError):  # the parent is gone
        try:
            reader = ChunkReader(job, all_loaded=all_loaded)
            gc.freeze()  # what is loaded stays: the collector need not walk through it again and again
            connection.send(None)
            while True:
                connection.send(reader.read(connection.recv(), watch))
        except MemoryError:  # not in a paper: nothing more can be said, a new process begins the chunk again
            os._exit(_NO_MEMORY)
        except Exception as error:
            if isinstance(error, (EOFError, OSError)):
                raise
            kind = "" if isinstance(error, ExtractorError) else f"{type(error).__name__}: "
            connection.send(f"{kind}{error}")


@contextmanager
def _children_allowed() -> Iterator[None]:
    """Lets a worker of a cluster, itself a child that multiprocessing allows none, have one: we end it."""
    config: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = dict(config)
    config["daemon"] = False
    try:
        yield
    finally:
        config.clear()
        config.update(before)


class _Pool:
    """Hands chunks to workers and collects results.

    Args:
        processes: Number of workers.
        job: What they do.
    """

    def __init__(self, processes: int, job: Job) -> None:
        self.job = job
        self._barren = 0
        self._waiting: deque[_Task] = deque()
        self._done: dict[int, ChunkResult] = {}
        self._workers: list[_Worker] = []
        for _ in range(processes):
            self._workers.append(_Worker(job))

    def run(self, chunks: Iterator[list[Item]]) -> Iterator[ChunkResult]:
        """Yields the results of the chunks in their order, reading ahead only as far as the window."""
        taken = given = 0
        more = True
        while True:
            while more and taken - given < _WINDOW * len(self._workers):
                chunk = next(chunks, None)
                more = chunk is not None
                if chunk is not None:
                    self._waiting.append(_Task(taken, chunk))
                    taken += 1
                    self._hand_out()
            self._hand_out()
            while given in self._done:
                yield self._done.pop(given)
                given += 1
                self._collect(0)
            if not more and given == taken:
                return
            if taken - given >= _WINDOW * len(self._workers) or not more:
                self._collect(min(0.1, self.job.timeout / 4))
            self._end_slow_papers()

    def close(self) -> None:
        """Ends every worker."""
        for worker in self._workers:
            worker.stop()

    def _hand_out(self) -> None:
        for worker in self._workers:
            if worker.ready and worker.task is None:
                worker.task = next(filter(worker.may_read, self._waiting), None)
                if worker.task is None:
                    continue
                self._waiting.remove(worker.task)
                try:
                    worker.connection.send(worker.task.items)
                except OSError:
                    self._replace(worker)

    def _collect(self, seconds: float) -> None:
        """Takes what workers sent, waiting up to that long for the first."""
        by_connection = {worker.connection: worker for worker in self._workers}
        for connection in wait(list(by_connection), seconds):
            worker = by_connection[connection]  # type: ignore[index]
            try:
                message = worker.connection.recv()
            except (EOFError, OSError):  # also in the middle of a message
                self._replace(worker)
                continue
            if isinstance(message, str):
                raise ExtractorError(message)
            if worker.task is None:
                worker.ready = True
            else:
                self._barren = 0
                self._done[worker.task.number] = message
                worker.task = None
        self._hand_out()

    def _end_slow_papers(self) -> None:
        for worker in self._workers:
            index, seconds = worker.paper()
            if worker.task is None or seconds <= self.job.timeout:
                continue
            if worker.all_loaded:
                _refuse(worker.task, index, timeout_reason(self.job.timeout))
            else:  # the time may have gone into loading: it gets another chance
                worker.task.slow.add(index)
            self._replace(worker, blame=False)

    def _replace(self, worker: _Worker, *, blame: bool = True) -> None:
        """Starts another worker in place of one that died or must go, and lets its chunk be read again."""
        index, _ = worker.paper()
        worker.stop()
        code = worker.process.exitcode
        task = worker.task
        if blame:
            self._barren += 1
            if self._barren > _MAX_BARREN + len(self._workers):
                message = (
                    f"worker processes die one after the other (exit code {code}); is the memory used up, "
                    'or does the script that starts them lack its if __name__ == "__main__":?'
                )
                raise ExtractorError(message)
        if task is not None:
            if blame and index != _NO_PAPER:
                task.deaths[index] += 1
                if task.deaths[index] >= _TRIES:
                    self._barren = 0
                    _refuse(task, index, f"the worker process died on it {_TRIES} times (exit code {code})")
            self._waiting.appendleft(task)
        all_loaded = worker.all_loaded or (task is not None and bool(task.slow))
        self._workers[self._workers.index(worker)] = _Worker(self.job, all_loaded=all_loaded)


def _refuse(task: _Task, index: int, reason: str) -> None:
    item = task.items[index]
    if isinstance(item, Paper):
        task.items[index] = paper_reject(item, reason)


def read_in_processes(chunks: Iterator[list[Item]], job: Job, processes: int) -> Generator[ChunkResult]:
    """Reads chunks in worker processes.

    A paper that takes longer than the job's timeout twice is rejected; its worker is ended and replaced. A
    worker that dies is replaced and its chunk read again; a paper on which workers died twice is rejected.

    Args:
        chunks: The papers; taken only a little ahead of the results.
        job: What to do.
        processes: Number of worker processes.

    Yields:
        The results in the order of the chunks.

    Raises:
        ExtractorError: The rules cannot be loaded, or no worker lives.
    """
    pool = _Pool(processes, job)
    try:
        yield from pool.run(chunks)
    finally:
        pool.close()


_kept = threading.local()


def read_in_kept_process(chunks: Iterator[list[Item]], job: Job) -> Generator[ChunkResult]:
    """Reads chunks in one process that this thread keeps for the next call with the same job.

    Args:
        chunks: The papers.
        job: What to do.

    Yields:
        As :func:`read_in_processes`.

    Raises:
        ExtractorError: The rules cannot be loaded, or no worker lives.
    """
    pool: _Pool | None = getattr(_kept, "pool", None)
    if pool is None or pool.job != job:
        if pool is not None:
            pool.close()
        pool = _kept.pool = _Pool(1, job)
    try:
        yield from pool.run(chunks)
    except BaseException:  # something of this call is still under way in it
        _kept.pool = None
        pool.close()
        raise
