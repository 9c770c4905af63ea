"""Runs commands in processes of their own, forked from one that has loaded all, so that a start costs little.

What a command finds when it begins is what it finds in a shell: its arguments, streams, folder and variables.
Tests of what a start loads, and of streams that are closed or break, start a Python of their own.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import extractor

_LOADED = (
    "extractor.batch.run extractor.tables.frames extractor.workbench.explain extractor.commands.run "
    "extractor.commands.parse extractor.commands.explain pandas pyarrow.parquet rich.table rich.progress"
).split()
_VARIABLES = {"NO_COLOR": "1", "COLUMNS": "120"}


def run_command(
    *arguments: str, given: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs ``extractor`` with some arguments and bytes on its standard input."""
    if not hasattr(os, "fork"):
        command = [sys.executable, "-m", "extractor", *arguments]
        environment = {**os.environ, **_VARIABLES}
        return subprocess.run(
            command, input=given, capture_output=True, check=False, timeout=60, cwd=cwd, env=environment
        )
    with tempfile.TemporaryDirectory() as name:
        streams = [Path(name) / stream for stream in ("in", "out", "err")]
        streams[0].write_bytes(given)
        asked = {"arguments": arguments, "folder": str(cwd or Path.cwd()), "streams": list(map(str, streams))}
        server = _server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, streams[1].read_bytes(), streams[2].read_bytes())


@cache
def _server() -> subprocess.Popen[str]:
    """Starts the process that the others are forked from."""
    environment = {**os.environ, **_VARIABLES}
    server = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    atexit.register(server.kill)
    return server


def serve() -> None:
    """Reads what is asked for line by line, forks, and says how each process ended."""
    for name in _LOADED:
        import_module(name)
    extractor.parse("It is 2x faster.")
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(asked)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(asked: dict[str, Any]) -> None:
    """Makes of a forked process a command, and ends it."""
    os.chdir(asked["folder"])
    for number, (path, flags) in enumerate(
        zip(asked["streams"], (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2), strict=True)
    ):
        os.dup2(os.open(path, flags), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    sys.argv = ["extractor", *asked["arguments"]]
    from extractor.cli import main

    code: Any = 0
    try:
        main()
    except SystemExit as end:
        code = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(code))


if __name__ == "__main__":
    serve()
