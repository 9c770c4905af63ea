"""A parser for the tests of the batch: quick, and slow, hanging or deadly where the text says so."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

from extractor.record.schema import Claim, Extraction, Hardware, Mention, Speedup

_RATIO = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)x")
_ORDER = re.compile(r"\[(\w+)(?: ([^\]]+))?\]")


def parse(text: str, *, id: str | None = None, title: str | None = None) -> Extraction:
    """Reads ``2.5x`` and ``A100``, and obeys orders such as ``[sleep 0.1]`` in the text."""
    for name, argument in _ORDER.findall(text):
        _obey(name, argument)
    claims: list[Claim] = [
        Speedup(
            text=found.group(),
            start=found.start(),
            end=found.end(),
            value=float(found[1]),
            form="ratio",
            direction="faster",
            rule="speedup.fake",
        )
        for found in _RATIO.finditer(text)
    ]
    for found in re.finditer("A100", text):
        span: dict[str, Any] = {"text": found.group(), "start": found.start(), "end": found.end()}
        claims.append(
            Hardware(**span, name="NVIDIA A100", mentions=(Mention(**span),), category="gpu", rule="h.fake")
        )
    claims.sort(key=lambda claim: claim.start)
    return Extraction(id=id, title=title, abstract=text, claims=tuple(claims))


def parse_slowly(text: str, *, id: str | None = None, title: str | None = None) -> Extraction:
    """The same, 1 ms later."""
    time.sleep(0.001)
    return parse(text, id=id, title=title)


def _obey(name: str, argument: str) -> None:
    if name == "sleep":
        time.sleep(float(argument))
    elif name == "spin":
        deadline = time.monotonic() + float(argument)
        while time.monotonic() < deadline:
            pass
    elif name == "search":  # within one call, in which Python takes no other step
        re.match(r"(?:a|aa){20,60}b", "a" * 99)
    elif name == "error":
        raise ValueError(argument)
    elif name == "fill":
        _fill_memory()
    elif name == "sleep_once" and not Path(argument).exists():
        Path(argument).touch()
        time.sleep(60)
    elif name == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "die_once" and not Path(argument).exists():
        Path(argument).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def _fill_memory() -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])  # what is taken already
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (64 << 20), limits[1]))
    try:
        bytearray(1 << 30)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
