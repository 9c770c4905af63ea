"""Runs the application on an address of this machine."""

from __future__ import annotations

import gc
import ipaddress
import socket
import sys
from collections.abc import Callable

import uvicorn

from extractor.errors import InputError, cause
from extractor.service.gate import App
from extractor.service.limits import Limits
from extractor.service.protocol import ImpatientProtocol

_BACKLOG = 128
_SWITCH = 0.0005  # seconds that a thread with an answer waits for others; Python's own are ten times as long


def is_loopback(host: str) -> bool:
    """Says whether an address can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """Opens the address.

    Args:
        host: A name or address of this machine.
        port: The port; 0 for any that is free.

    Raises:
        InputError: It cannot be opened.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"--host: {cause(error)}"
        raise InputError(message) from error
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen(_BACKLOG)
    except OSError as error:
        opened.close()
        message = f"port {port} of {host} cannot be opened ({cause(error)}); name another with --port"
        raise InputError(message) from error
    return opened


def address_of(opened: socket.socket) -> str:
    """Returns the address of the page of a service."""
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def server_of(app: App, limits: Limits, *, started: Callable[[], None] | None = None) -> uvicorn.Server:
    """Makes the server of an application.

    Args:
        app: The application.
        limits: What is too much.
        started: Is called when requests are answered.
    """
    protocol = type("_Protocol", (ImpatientProtocol,), {"seconds": limits.upload})
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=16_384,
    )
    return _Server(config, started)


def run(server: uvicorn.Server, opened: socket.socket) -> None:
    """Answers requests until the process is told to end."""
    gc.freeze()  # what is loaded stays: a walk through it would hold every request up
    sys.setswitchinterval(_SWITCH)
    server.run(sockets=[opened])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._told is not None and self.started:
            self._told()
