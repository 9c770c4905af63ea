"""Worker processes for requests: what takes too long is ended, and a process that dies is replaced."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from extractor.batch.timeouts import guard_here
from extractor.errors import ExtractorError
from extractor.service.limits import DenialError, Limits
from extractor.service.turns import Turns

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from extractor.knowledge.sources import RuleFile
    from extractor.service.answers import Answer
    from extractor.service.work import Order

_LOADING = 120.0  # seconds in which a process has to be ready
_MEMORY = 2_000_000_000  # bytes of address space of a process that tries rules
_NICE = 5
_PATIENCE = 2  # times its limit that a request waits for a process
_BUSY = "too many requests are waiting; try again in a moment"
_GRACE = 2.0  # seconds beyond the limit before a process is ended from outside


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker process is for.

    Attributes:
        files: A user's own files, laid over the built-in ones.
        limits: What is too much.
        strangers: Whether it tries rules of strangers, in memory that is limited.
    """

    files: tuple[RuleFile, ...]
    limits: Limits
    strangers: bool = False


@dataclass(slots=True)
class Told:
    """What came of a request.

    Attributes:
        answers: The answers to its pieces.
        waited: Seconds for which it waited for a process.
        worked: Seconds for which processes worked on it.
        ahead: How many texts went first meanwhile.
    """

    answers: list[Answer]
    waited: float = 0.0
    worked: float = 0.0
    ahead: int = 0


class _Process:
    """One process and the pipe to it; used by one thread at a time."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._closed = False
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # the server has threads, and forks inherit locks
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=work, args=(theirs, self._task), daemon=True, name="extractor-service"
        )
        self._process.start()
        theirs.close()
        self._ready = False

    def wait(self) -> None:
        """Waits until it is ready.

        Raises:
            ExtractorError: It does not become so; the message says why.
        """
        if self._ready:
            return
        try:
            message = self._pipe.recv() if self._pipe.poll(_LOADING) else "takes too long to load"
        except (EOFError, OSError):
            message = f"ended while it loaded (exit code {self._ended()})"
        if message is not None:
            message = f"a process of the service {message}"
            raise ExtractorError(message)
        self._ready = True

    def ask(self, order: Order) -> Answer | DenialError:
        """Has a request answered; ends the process where that takes too long or it has died."""
        limits = self._task.limits
        try:
            self.wait()
            self._pipe.send(order)
            if self._pipe.poll((limits.seconds if order.seconds is None else order.seconds) + _GRACE):
                answer: Answer | DenialError = self._pipe.recv()
                return answer
            denial = limits.too_slow()
        except (EOFError, OSError, ExtractorError):
            message = "the process that read it has ended; send less at once, or try again"
            denial = DenialError(503, "ended", message, again=5)
        if not self._closed:
            self._ended()
            self._start()
        return denial

    def _ended(self) -> int | None:
        self._process.kill()
        self._process.join()
        self._pipe.close()
        return self._process.exitcode

    def close(self) -> None:
        """Ends the process for good."""
        self._closed = True
        self._ended()


def work(pipe: Connection[Any, Any], task: Task) -> None:
    """Body of a worker process: orders in, answers out, until the server closes the pipe."""
    from extractor.service.work import Bench

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides what Ctrl-C ends
    with suppress(EOFError, OSError), guard_here() as guard:  # the server is gone
        bench = Bench(task.files, task.limits)
        bench.warm_up(explaining=not task.strangers)
        gc.freeze()  # what is loaded stays: the collector need not walk through it again and again
        if task.strangers:
            _give_way()
        pipe.send(None)
        while True:
            order = pipe.recv()
            try:
                answer = bench.do(order, guard)
            except Exception:
                import traceback

                traceback.print_exc()  # for the log of the server; the client is told nothing of it
                answer = DenialError(
                    500, "fault", "a fault of ours, not of the request; the log of the service has it"
                )
            pipe.send(answer)


def _give_way() -> None:
    """Limits the memory of this process, and lets others go first, where the system can."""
    if os.name != "posix":
        return
    import resource

    with suppress(ValueError, OSError):
        os.nice(_NICE)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


class Pool:
    """Hands requests to worker processes: single texts first, then what is heavy, such as pieces of many.

    Args:
        task: What the processes are for.
        processes: How many there are.
    """

    def __init__(self, task: Task, processes: int) -> None:
        self._limits = task.limits
        self._processes = [_Process(task) for _ in range(processes)]
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="extractor-service")
        self._turns = Turns[_Process](processes)
        self._admitted = 0

    @property
    def admitted(self) -> int:
        """Requests that are worked on or wait for it."""
        return self._admitted

    async def start(self) -> None:
        """Waits until every process is ready.

        Raises:
            ExtractorError: One does not become so.
        """
        loop = asyncio.get_running_loop()
        for process in self._processes:
            await loop.run_in_executor(self._threads, process.wait)
        self._turns.add(self._processes)

    async def ask(self, *orders: Order, heavy: bool = False) -> Told:
        """Has a request answered, which may be in several pieces, one after the other.

        Args:
            orders: The pieces.
            heavy: Whether single texts go first.

        Raises:
            DenialError: There is no answer to one of them.
        """
        told = Told([])
        with self._place():
            for order in orders:
                left = self._limits.seconds - told.worked
                if left <= 0:
                    raise self._limits.too_slow()
                await self._hand_over(order._replace(seconds=left), told, heavy=heavy)
        return told

    async def _hand_over(self, order: Order, told: Told, *, heavy: bool) -> None:
        """Has a piece answered, and notes the answer."""
        asked = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE * self._limits.seconds - told.waited):
                turn = await self._turns.take(heavy=heavy, texts=order.texts)
        except TimeoutError:
            raise DenialError(429, "busy", _BUSY, again=5) from None
        begun = time.perf_counter()
        working = asyncio.get_running_loop().run_in_executor(self._threads, turn.process.ask, order)
        # Also when the client has gone and nobody waits any more: the process is free when it has answered.
        working.add_done_callback(lambda _: self._turns.give_back(turn))
        answer = await asyncio.shield(working)
        if isinstance(answer, DenialError):
            raise answer
        told.answers.append(answer)
        told.waited += begun - asked
        told.worked += time.perf_counter() - begun
        told.ahead += turn.ahead

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._admitted >= self._limits.waiting:
            raise DenialError(429, "busy", _BUSY, again=1)
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    def close(self) -> None:
        """Ends every process."""
        for process in self._processes:
            process.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
