"""Ends the reading of a paper that takes too long, from within the process that reads it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from extractor.rulelang.ruleset import CompiledRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import FrameType

    Guard = Callable[[float], AbstractContextManager[object]]


class TimeUp(BaseException):
    """A paper took too long; no Exception, so that no handler on the way swallows it."""


def alarm_works() -> bool:
    """Says whether this thread can interrupt itself with a signal."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def guard_here() -> Iterator[Guard]:
    """Gives the guard of this thread; one that never ends anything where no signal can reach it."""
    if alarm_works():
        with alarm_guard() as guard:
            yield guard
    else:
        yield nullcontext


def rule_at_work(end: TimeUp) -> str | None:
    """Returns the id of the rule whose pattern was being searched for when the time was up, if one was."""
    found = None
    trace = end.__traceback__
    while trace is not None:
        for value in trace.tb_frame.f_locals.values():
            if isinstance(value, CompiledRule):
                found = value.rule.id
        trace = trace.tb_next
    return found


@contextmanager
def alarm_guard() -> Iterator[Guard]:
    """Lets SIGALRM interrupt blocks of the main thread while it is open; see :func:`alarm_works`.

    Yields:
        A function that makes a context which raises TimeUp in its block after so many seconds. It reaches
        into the long searches of the regex module, which look for signals.
    """

    def raise_time_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, raise_time_up)
    try:
        yield _alarm
    finally:
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
