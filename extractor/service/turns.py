"""Who is next: one text before a piece of many, and always a process that no such piece holds."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Turn(Generic[T]):
    """A process, for one piece of work.

    Attributes:
        process: The process.
        texts: How many texts the work is.
        heavy: Whether it is a piece of many texts, or takes as long.
        ahead: How many texts went first: those that held the process until then, and those that were begun
            since it was asked for.
    """

    process: T
    texts: int
    heavy: bool
    ahead: int


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[T]):
    texts: int
    heavy: bool
    begun: int  # how many texts had been begun when it came
    turn: asyncio.Future[Turn[T]]


class Turns(Generic[T]):
    """Hands out processes; to be used in one event loop.

    Single texts go first, in the order in which they come, and then what is heavy, which keeps to all
    processes but one. A request with many texts asks for a turn for each piece of them, and so waits behind
    what others asked for meanwhile.

    Args:
        processes: How many there will be.
    """

    def __init__(self, processes: int) -> None:
        self._heavy, self._most_heavy = 0, max(1, processes - 1)
        self._begun = 0
        self._idle: deque[tuple[T, int]] = deque()  # each with how many texts held it when somebody waited
        self._single: deque[_Waiting[T]] = deque()
        self._many: deque[_Waiting[T]] = deque()

    def add(self, processes: Iterable[T]) -> None:
        """Adds processes."""
        self._idle.extend((process, 0) for process in processes)
        self._hand_out()

    async def take(self, *, heavy: bool = False, texts: int = 1) -> Turn[T]:
        """Waits for a turn; it has to be given back."""
        future: asyncio.Future[Turn[T]] = asyncio.get_running_loop().create_future()
        waiting = _Waiting(texts, heavy, self._begun, future)
        queue = self._many if heavy else self._single
        queue.append(waiting)
        self._hand_out()
        try:
            return await future
        except asyncio.CancelledError:  # nobody waits for it any more
            if future.done() and not future.cancelled():
                self.give_back(future.result())
            with suppress(ValueError):
                queue.remove(waiting)
            raise

    def give_back(self, turn: Turn[T]) -> None:
        """Takes a process back, for the next."""
        self._heavy -= turn.heavy
        self._idle.append((turn.process, turn.texts))
        self._hand_out()
        self._idle = deque((process, 0) for process, _ in self._idle)  # nobody waited for these

    def _hand_out(self) -> None:
        """Gives processes that are idle to those who wait."""
        while self._idle and (waiting := self._next()):
            if waiting.turn.done():
                continue  # given up
            process, held = self._idle.popleft()
            ahead = held + self._begun - waiting.begun
            self._heavy += waiting.heavy
            self._begun += waiting.texts
            waiting.turn.set_result(Turn(process, waiting.texts, waiting.heavy, ahead))

    def _next(self) -> _Waiting[T] | None:
        if self._single:
            return self._single.popleft()
        return self._many.popleft() if self._many and self._heavy < self._most_heavy else None
