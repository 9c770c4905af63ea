"""Cuts requests with many abstracts into pieces that hold no process for long, and joins the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.service.answers import CSV, Answer
from extractor.service.limits import DenialError, Limits

_PAPERS = 4
_CHARACTERS = 8_000  # of a piece, unless it is one abstract

OnePaper = tuple[str, str | None, str | None]  # abstract, id, title


class Piece(NamedTuple):
    """Some of the papers of a request.

    Attributes:
        first: The place of the first of them.
        papers: The papers.
    """

    first: int
    papers: Sequence[OnePaper]


def cut(papers: Sequence[OnePaper]) -> Iterator[Piece]:
    """Yields the papers in pieces that take about as long as one abstract may."""
    first = characters = 0
    for place, (abstract, *_) in enumerate(papers):
        characters += len(abstract)
        if place > first and (place - first == _PAPERS or characters > _CHARACTERS):
            yield Piece(first, papers[first:place])
            first, characters = place, len(abstract)
    yield Piece(first, papers[first:])


def join(answers: Sequence[Answer], limits: Limits) -> Answer:
    """Makes one answer of those of the pieces of a request.

    Raises:
        DenialError: It is too long.
    """
    media = answers[0].media
    bodies = [answer.body for answer in answers]
    body = b"".join(bodies) if media == CSV else b'{"extractions": [' + b", ".join(bodies) + b"]}"
    return within(Answer(body, media), limits)


def within(answer: Answer, limits: Limits) -> Answer:
    """Returns an answer that is not too long.

    Raises:
        DenialError: It is.
    """
    if len(answer.body) > limits.answer:
        message = f"the answer has more than {limits.answer:,} bytes; send less at once"
        raise DenialError(422, "too-large", message)
    return answer
