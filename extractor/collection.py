"""Keeps the garbage collector away from what stays: it would walk through all of it and free nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Keeps the garbage collector from running; where it is off already, it stays off."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """Keeps it from running while much is loaded that stays, and from looking for young garbage there."""
    enabled = gc.isenabled()
    with no_collection():
        yield
        if enabled and not gc.get_freeze_count():  # what somebody has frozen stays so
            gc.freeze()  # out of the young objects, which are walked through again and again,
            gc.unfreeze()  # and in among the old ones


def let_go() -> None:
    """Spares a process that ends the last walks of the collector, which take a third of a short run."""
    gc.freeze()
