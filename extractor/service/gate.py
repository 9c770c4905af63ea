"""What every request passes before the service looks at it: host, origin, type and size, and its time."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from extractor.service.answers import json_answer
from extractor.service.limits import DenialError, Limits

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The policy of an answer that is no page."""

_DRAINED = 8  # times the limit that is taken from a client who sends too much
_SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Hosts:
    """The names by which the service may be asked, so that no page elsewhere can give it one of its own.

    A name of somebody else's can be made to lead to this machine (DNS rebinding); an address cannot. So names
    are those that are given and ``localhost``, and addresses those of this machine, or any where the service
    is there for others too.

    Args:
        names: Names besides ``localhost``.
        others: Whether the service is there for other machines.
    """

    def __init__(self, names: Iterable[str] = (), *, others: bool = False) -> None:
        self._names = {"localhost", *(name.lower().rstrip(".") for name in names)}
        self._others = others

    def knows(self, authority: str) -> bool:
        """Says whether a Host header, a name with or without a port, is one of ours."""
        try:
            parts = urlsplit(f"//{authority}")
            name, _ = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.path or parts.query or parts.fragment:
            return False
        if name.rstrip(".") in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._others or address.is_loopback


class Gate:
    """Lets a request through to an application when it is whole and within the limits.

    Args:
        app: The application.
        hosts: The names of the service.
        limits: What is too much.
    """

    def __init__(self, app: App, hosts: Hosts, limits: Limits) -> None:
        self._app, self._hosts, self._limits = app, hosts, limits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers a request, or hands it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send)
        try:
            self._check(scope)
            body = await self._body(scope, receive)
        except DenialError as denial:
            await _deny(denial, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    def _check(self, scope: Message) -> None:
        headers: Headers = scope["headers"]
        hosts = _all(headers, b"host")
        if len(hosts) != 1 or not self._hosts.knows(hosts[0]):
            message = "the service is not known by this name; it may be given one by --allow-host"
            raise DenialError(421, "host", message)
        for origin in _all(headers, b"origin"):
            parts = origin.partition("://")
            if origin != "null" and parts[0] in ("http", "https") and self._hosts.knows(parts[2]):
                continue
            raise DenialError(403, "origin", "pages of other sites may not use the service")
        media = (_all(headers, b"content-type") or [""])[0].partition(";")[0].strip().lower()
        if scope["method"] == "POST" and media != "application/json":
            raise DenialError(415, "type", "send JSON, with the header content-type: application/json")

    async def _body(self, scope: Message, receive: Receive) -> bytes | None:
        """Receives the body; None where the client has gone.

        What is beyond the limit is taken from the client, up to a point, and thrown away: one that still
        sends when the connection ends would not read why.
        """
        headers, most = scope["headers"], self._limits.body
        given = (_all(headers, b"content-length") or ["0"])[0]
        length = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else most + 1
        if length > _DRAINED * most or (length > most and _all(headers, b"expect")):
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.upload):
                body = await _received(receive, most)
        except TimeoutError:
            late = f"the request did not arrive within {self._limits.upload:g} s"
            raise DenialError(408, "slow", late) from None
        if body is not None and len(body) > most:
            raise self._too_large()
        return body

    def _too_large(self) -> DenialError:
        message = f"the body has more than {self._limits.body:,} bytes; send the papers in several requests"
        return DenialError(413, "too-large", message)


async def _received(receive: Receive, most: int) -> bytes | None:
    """Takes in a body; of one with more than so many bytes, one byte more than these."""
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        body += chunk[: most + 1 - len(body)]
        if not message.get("more_body", False) or size > _DRAINED * most:
            return bytes(body)


def _all(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for key, value in headers if key == name]


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the application the body that has arrived, and then what the client does."""
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return whole.pop() if whole else await receive()

    return next_message


def _with_headers(send: Send) -> Send:
    """Adds to each answer the headers that keep a browser from doing more with it than it should."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Headers = list(message.get("headers", []))
            there = {name.lower() for name, _ in headers}
            safe = {**_SAFE, "content-security-policy": CLOSED}
            headers += [(n.encode(), v.encode()) for n, v in safe.items() if n.encode() not in there]
            message = {**message, "headers": headers}
        await send(message)

    return sent


def denial_headers(denial: DenialError) -> dict[str, str]:
    """Returns the headers of a denial; where the body was not read, the connection can hold nothing more."""
    headers = {"retry-after": str(denial.again)} if denial.again is not None else {}
    return {**headers, "connection": "close"} if denial.status in (408, 413) else headers


async def _deny(denial: DenialError, send: Send) -> None:
    answer = json_answer(denial.to_json())
    headers = {
        **denial_headers(denial),
        "content-type": answer.media,
        "content-length": str(len(answer.body)),
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": denial.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
