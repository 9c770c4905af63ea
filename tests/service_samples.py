"""A service that runs in a thread of the test, on a port that is free; and how a test asks it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

LIMITS = {"seconds": 60.0, "upload": 1.0, "waiting": 24, "connections": 60}
HEADERS = {"content-type": "application/json"}
TEXT = "LumoNet is 3x faster than FooBench on an A100 GPU."


class Reply(NamedTuple):
    """What the service answered."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error; all errors have the same shape, and tell nothing of files and traces."""
        assert self.headers["content-type"] == "application/json"
        assert b"Traceback" not in self.body
        assert b".py" not in self.body
        error = self.json["error"]
        assert set(error) <= {"code", "message", "where"}
        code: str = error["code"]
        return code


class Asked(NamedTuple):
    """A running service."""

    host: str
    port: int

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        """Asks once; a body that is no bytes is written as JSON."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {**(HEADERS if body is not None else {}), **(headers or {})}
        try:
            connection.request(method, path, sent, given)
            answer = connection.getresponse()
            got = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, answer.read(), got)
        finally:
            connection.close()

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        """Posts a body."""
        return self.ask(
            "POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def raw(self, sent: bytes, *, half: bool = False) -> bytes:
        """Sends bytes, and reads until the service ends the connection; ``half`` closes our side."""
        with socket.create_connection((self.host, self.port), timeout=15) as connection:
            connection.sendall(sent)
            if half:
                connection.shutdown(socket.SHUT_WR)
            got = b""
            while chunk := connection.recv(65536):
                got += chunk
            return got


@contextmanager
def serving(*, processes: int) -> Iterator[Asked]:
    """Runs a service as `extractor serve` does."""
    for name in ("fastapi", "uvicorn"):
        pytest.importorskip(name, reason=f"{name} is missing: pip install -e '.[serve]'")
    from extractor.service.app import make_app
    from extractor.service.limits import Limits
    from extractor.service.server import listen, server_of

    limits = Limits(**LIMITS)  # type: ignore[arg-type]
    started = threading.Event()
    opened = listen("127.0.0.1", 0)
    server = server_of(make_app(limits=limits, processes=processes), limits, started=started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    try:
        assert started.wait(120), "the service did not start"
        yield Asked(*opened.getsockname()[:2])
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
