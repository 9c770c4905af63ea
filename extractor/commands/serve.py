"""``extractor serve``: the claims of abstracts over HTTP, and a page to try it on."""

from __future__ import annotations

from typing import Annotated

import typer

from extractor.commands._console import say
from extractor.commands._options import Rules

_OTHERS = (
    "warning: whoever reaches {host} can use the service: it asks for no password, and nothing is encrypted. "
    "Put a server that does both before it."
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(serve)


def serve(
    rules: Rules = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; another than this machine's own lets others in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any that is free.")] = 8765,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name by which browsers may ask, besides localhost.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that read; else one a core, from 2 to 4.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=300, help="Seconds of work after which a request is given up.")
    ] = 10.0,
) -> None:
    """Answer requests over HTTP, with a page to try it on; needs the extra serve."""
    import os

    from extractor.errors import InputError
    from extractor.knowledge.sources import rule_files

    try:
        from extractor.service import app, gate, limits, server
    except ImportError as error:
        message = f'serve needs {error.name}; install it with: pip install "paperclaims[serve]"'
        raise InputError(message) from error
    alone = server.is_loopback(host)
    bounds = limits.Limits(seconds=timeout)
    made = app.make_app(
        rule_files(rules or ()),
        limits=bounds,
        processes=processes or min(4, max(2, os.cpu_count() or 1)),
        hosts=gate.Hosts([*(allow_host or ()), host], others=not alone),
    )
    opened = server.listen(host, port)
    address = server.address_of(opened)
    if not alone:
        say(_OTHERS.format(host=host), err=True)
    say(f"loading, then {address}", err=True)
    running = server.server_of(
        made, bounds, started=lambda: say(f"ready: {address} (Ctrl-C ends it)", err=True)
    )
    server.run(running, opened)
