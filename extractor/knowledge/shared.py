"""Keeps what was made of knowledge, so that the same knowledge is not worked through twice in a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Shared(Generic[T]):
    """A bounded store that makes what it does not have; safe in threads.

    Args:
        most: How many things are kept; the one that was not asked for the longest goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = RLock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Returns what is kept under a key; it is made, under the lock, where nothing is."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]


_PARTS: Shared[object] = Shared(64)


def shared(name: str, fingerprint: str, make: Callable[[], T]) -> T:
    """Returns the part of a name that was made of files with a fingerprint."""
    return cast("T", _PARTS.get((name, fingerprint), make))
