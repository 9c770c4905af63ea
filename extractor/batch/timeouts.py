"""Ends the reading of a paper that takes too long, from within the process that reads it."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

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


@contextmanager
def thread_guard() -> Iterator[Guard]:
    """Lets a second thread interrupt blocks of this one, where signals cannot: in the workers of a cluster.

    Yields:
        As :func:`alarm_guard`; it interrupts between two steps of Python only.
    """
    watch = _ThreadWatch(threading.get_ident())
    thread = threading.Thread(target=watch.run, daemon=True, name="extractor-clock")
    thread.start()
    try:
        yield watch.limit
    finally:
        watch.stop.set()
        thread.join()


class _ThreadWatch:
    """Raises TimeUp in a thread that stays in a block for too long."""

    def __init__(self, thread: int) -> None:
        self._thread = thread
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self.stop = threading.Event()

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Makes the context of one paper."""
        with self._lock:
            self._deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            with self._lock:  # from here on nothing more is sent
                self._deadline = None
            _arrive()

    def run(self) -> None:
        """Body of the second thread."""
        while not self.stop.wait(0.05):
            with self._lock:
                if self._deadline is not None and time.monotonic() > self._deadline:
                    self._deadline = None
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(self._thread), ctypes.py_object(TimeUp)
                    )


def _arrive() -> None:
    """Does nothing: an exception sent to this thread is raised at the latest where a function is entered."""
