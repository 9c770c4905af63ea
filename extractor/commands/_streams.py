"""Standard streams that are closed, full or no longer read, and signals: each ends a command in order."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from extractor.errors import ExtractorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
_NOT_HANDLED = (signal.SIG_DFL, signal.default_int_handler)


class ReaderGone(Exception):  # noqa: N818 - it is no error
    """Whoever read the standard output, such as head, has read enough."""


class Interrupted(BaseException):
    """A signal asked the process to end; no Exception, so that no handler on the way swallows it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(str(self))

    def __str__(self) -> str:
        return "interrupted" if self.number == signal.SIGINT else f"ended by {self.signal_name}"

    @property
    def signal_name(self) -> str:
        return signal.Signals(self.number).name

    @property
    def exit_code(self) -> int:
        """The code that shells give to a process which a signal ended."""
        return 128 + self.number


@contextmanager
def signals_raised() -> Iterator[None]:
    """Raises Interrupted for the signals that end a process; those that the caller ignores stay ignored."""

    def raise_it(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(number)

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    changed = {number: handler for number, handler in before.items() if handler in _NOT_HANDLED}
    for number in changed:
        signal.signal(number, raise_it)
    try:
        yield
    finally:
        for number, handler in changed.items():
            signal.signal(number, handler)


def open_closed_streams() -> None:
    """Opens what the caller closed, so that no file we open takes its place.

    Using standard input and output then fails as it must; what is told on standard error is lost. What
    the encoding of the terminal cannot show is escaped.
    """
    for number, (name, flags, mode) in enumerate(
        (("stdin", os.O_WRONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w"))
    ):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free: this one
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def output_told() -> Iterator[None]:
    """Writes out the standard output, and turns errors of the system into ones that are told in a line.

    Raises:
        ReaderGone: Nobody reads the standard output any more.
        ExtractorError: A file, a disk or a stream fails.
    """
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except SystemExit as end:  # so rich ends where it meets one
        if isinstance(end.__context__, BrokenPipeError):
            raise ReaderGone from None
        raise
    except OSError as error:
        is_stream = error.filename is None and error.errno in (errno.ENOSPC, errno.EBADF, errno.EIO)
        place = "standard output" if is_stream else error.filename
        reason = error.strerror or str(error)
        raise ExtractorError(f"{place}: {reason}" if place else reason) from error


def discard_output() -> None:
    """Forgets what could not be written to the standard output: Python would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), cast("TextIO", sys.stdout).fileno())
