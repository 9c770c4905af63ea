"""What the service takes, how long it works on it, and how it says that something is too much."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.errors import ExtractorError


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much; how long texts can be stands in extractor.service.requests.

    Attributes:
        body: Bytes of the body of a request.
        seconds: Seconds of work on one request.
        upload: Seconds in which a request has to arrive, and its answer has to be taken.
        waiting: Requests that are worked on or wait for it; further ones are sent away.
        connections: Open connections.
        answer: Bytes of an answer.
    """

    body: int = 1_000_000
    seconds: float = 10.0
    upload: float = 10.0
    waiting: int = 64
    connections: int = 200
    answer: int = 32_000_000

    def too_slow(self, rule: str | None = None, *, where: str | None = None) -> DenialError:
        """Says that a request took too long, and in which rule and where it was then."""
        within = f", in the pattern of rule {rule}" if rule else ""
        message = f"took longer than {self.seconds:g} s{within}; send less text at once"
        return DenialError(422, "too-slow", message, where=where)


class DenialError(ExtractorError):
    """A request that is not answered, and why.

    Args:
        status: The status of HTTP.
        code: The reason for programs, such as ``too-long``.
        message: The reason for people: what was wrong and what to do.
        where: The place in the request, such as ``papers[3].abstract``.
        again: Seconds after which it may be tried again.
    """

    def __init__(
        self, status: int, code: str, message: str, *, where: str | None = None, again: int | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.where, self.again = status, code, message, where, again

    def __reduce__(self) -> tuple[object, ...]:
        return _denial, (self.status, self.code, self.message, self.where, self.again)

    def to_json(self) -> dict[str, object]:
        """Returns the body of the answer."""
        error = {"code": self.code, "message": self.message, "where": self.where}
        return {"error": {name: value for name, value in error.items() if value is not None}}


def _denial(status: int, code: str, message: str, where: str | None, again: int | None) -> DenialError:
    return DenialError(status, code, message, where=where, again=again)
