"""Who waits for whom in the service: counted in texts, which hang on no clock and on no other work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

pytest.importorskip("fastapi", reason="fastapi is missing: pip install -e '.[serve]'")

from extractor.service import pool as pools
from extractor.service.answers import CSV, Answer
from extractor.service.limits import DenialError, Limits
from extractor.service.pieces import cut, join
from extractor.service.pool import Pool, Task
from extractor.service.turns import Turn, Turns
from extractor.service.work import Order

T = TypeVar("T")


def run(asked: Coroutine[Any, Any, T]) -> T:
    """Runs it in a thread of its own: that of the tests may have a loop that the tests of the pages left."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, asked).result()


class Reader:
    """Stands for a process: notes what it is asked, and answers when it is let."""

    def __init__(self, task: Task) -> None:
        self.asked: list[str] = []
        self.free = threading.Semaphore(0)
        self.task = task

    def wait(self) -> None:
        """Is ready."""

    def ask(self, order: Order) -> Answer | DenialError:
        """Answers."""
        self.asked.append(order.name)
        assert self.free.acquire(timeout=20)
        return order.given.get("answer", Answer(order.name.encode()))  # type: ignore[no-any-return]

    def close(self) -> None:
        """Ends."""


def piece(number: int, **given: Any) -> Order:
    return Order(f"piece {number}", given, texts=4)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.001)


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    made: list[Reader] = []

    def make(task: Task) -> Reader:
        made.append(Reader(task))
        return made[-1]

    monkeypatch.setattr(pools, "_Process", make)
    return made


async def started(processes: int, **limits: Any) -> Pool:
    pool = Pool(Task((), Limits(**limits)), processes)
    await pool.start()
    return pool


def test_one_text_waits_for_no_more_than_a_piece(readers: list[Reader]) -> None:
    async def ask() -> int:
        pool = await started(1)
        (reader,) = readers
        batch = asyncio.create_task(pool.ask(*map(piece, range(50)), heavy=True))
        await until(lambda: len(reader.asked) == 1)
        other = asyncio.create_task(pool.ask(*map(piece, range(100, 150)), heavy=True))
        await asyncio.sleep(0)
        one = asyncio.create_task(pool.ask(Order("one", {})))
        await asyncio.sleep(0)
        reader.free.release(101)
        told = await one
        assert len((await batch).answers) == len((await other).answers) == 50
        assert reader.asked[:2] == ["piece 0", "one"]
        assert reader.asked[2:6] == ["piece 100", "piece 1", "piece 101", "piece 2"]  # batches take turns
        pool.close()
        return told.ahead

    assert run(ask()) == 4


def test_what_is_heavy_leaves_one_process_free(readers: list[Reader]) -> None:
    async def ask() -> list[int]:
        pool = await started(3)
        batches = [asyncio.create_task(pool.ask(*map(piece, range(5)), heavy=True)) for _ in range(4)]
        await until(lambda: sum(len(reader.asked) for reader in readers) == 2)
        ahead = []
        for _ in range(3):
            (free,) = (reader for reader in readers if not reader.asked)
            one = asyncio.create_task(pool.ask(Order("one", {})))
            await until(lambda free=free: len(free.asked) == 1)  # type: ignore[misc]
            free.free.release()
            ahead.append((await one).ahead)
            free.asked.clear()
        for reader in readers:
            reader.free.release(20)
        await asyncio.gather(*batches)
        pool.close()
        return ahead

    assert run(ask()) == [0, 0, 0]


def test_the_rest_of_a_request_that_failed_is_not_read(readers: list[Reader]) -> None:
    async def ask() -> None:
        pool = await started(1)
        denial = DenialError(422, "too-slow", "too slow", where="papers[5]")
        asked = asyncio.create_task(pool.ask(piece(0), piece(1, answer=denial), piece(2), heavy=True))
        await until(lambda: bool(readers))
        readers[0].free.release(3)
        with pytest.raises(DenialError) as caught:
            await asked
        assert caught.value is denial
        assert readers[0].asked == ["piece 0", "piece 1"]
        assert pool.admitted == 0
        pool.close()

    run(ask())


def test_the_pieces_of_a_request_share_its_time(readers: list[Reader]) -> None:
    async def ask() -> None:
        pool = await started(1, seconds=0.05)
        asked = asyncio.create_task(pool.ask(piece(0), piece(1), heavy=True))
        await until(lambda: bool(readers) and bool(readers[0].asked))
        await asyncio.sleep(0.1)
        readers[0].free.release(2)
        with pytest.raises(DenialError) as caught:
            await asked
        assert (caught.value.status, caught.value.code) == (422, "too-slow")
        assert readers[0].asked == ["piece 0"]
        pool.close()

    run(ask())


def test_who_gives_up_holds_nothing(readers: list[Reader]) -> None:
    async def ask() -> None:
        pool = await started(1, seconds=0.1)
        first = asyncio.create_task(pool.ask(Order("first", {})))
        await until(lambda: bool(readers) and bool(readers[0].asked))
        with pytest.raises(DenialError) as caught:  # twice its time has passed
            await pool.ask(Order("second", {}))
        assert caught.value.code == "busy"
        gone = asyncio.create_task(pool.ask(Order("gone", {})))
        await asyncio.sleep(0)
        gone.cancel()
        readers[0].free.release(2)
        await first
        await pool.ask(Order("last", {}))
        assert readers[0].asked == ["first", "last"]
        pool.close()

    run(ask())


def test_a_turn_that_came_too_late_is_passed_on() -> None:
    async def ask() -> Turn[str]:
        turns = Turns[str](1)
        gone = asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        turns.add(["the process"])
        gone.cancel()  # it has its turn, and does not know yet
        with pytest.raises(asyncio.CancelledError):
            await gone
        return await asyncio.wait_for(turns.take(), 5)

    assert run(ask()).process == "the process"


@pytest.mark.parametrize(
    ("lengths", "cuts"),
    [([10], [1]), ([10] * 4, [4]), ([10] * 9, [4, 4, 1]), ([20_000, 10, 7_000, 2_000], [1, 2, 1])],
)
def test_pieces_are_as_long_as_one_text_may_be(lengths: list[int], cuts: list[int]) -> None:
    papers = [("a" * length, None, str(place)) for place, length in enumerate(lengths)]
    pieces = list(cut(papers))
    assert [len(each.papers) for each in pieces] == cuts
    assert [paper for each in pieces for paper in each.papers] == papers
    assert [each.papers[0][2] for each in pieces] == [str(each.first) for each in pieces]


def test_the_whole_answer_has_a_limit() -> None:
    answers = [Answer(b"a,b\n" * 30, CSV)] * 2
    assert join(answers, Limits()).body == b"a,b\n" * 60
    with pytest.raises(DenialError, match="more than 200 bytes"):
        join(answers, Limits(answer=200))
