"""HTTP by uvicorn with less patience: for those who never finish a request, and never take an answer."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class ImpatientProtocol(H11Protocol):
    """Ends a connection that has begun no whole request, or takes no answer, for some seconds."""

    seconds = 10.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for a request."""
        self._waits: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._half_closed = False
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Takes what has come."""
        super().data_received(data)
        self._look()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Answers a client that says no more after a whole request; the others are gone.

        Returns:
            Whether the connection is still needed.
        """
        cycle: Any = self.cycle
        self._half_closed = cycle is not None and not cycle.response_complete and not cycle.more_body
        return self._half_closed

    def on_response_complete(self) -> None:
        """Waits for the next request of the connection; one may have come in part."""
        super().on_response_complete()
        if self._half_closed:
            self.transport.close()
        self._look()

    def pause_writing(self) -> None:
        """Begins to wait for the client to take what was written."""
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Ends that."""
        super().resume_writing()
        self._stuck = _stopped(self._stuck)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no longer."""
        self._waits, self._stuck = _stopped(self._waits), _stopped(self._stuck)
        super().connection_lost(exc)

    def _look(self) -> None:
        """Waits where no request is under way."""
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._waits = _stopped(self._waits)
        elif self._waits is None and not self.transport.is_closing():
            self._waits = self.loop.call_later(self.seconds, self._give_up)

    def _give_up(self) -> None:
        self._waits = None
        self.transport.close()


def _stopped(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Stops a timer; what is left of it is nothing."""
    if timer is not None:
        timer.cancel()
    return None
