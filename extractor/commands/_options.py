"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

MinConfidence = Annotated[
    float, typer.Option(min=0, max=1, help="Leave out claims that are less sure, from 0 to 1.")
]
OwnKinds = Annotated[
    list[Path] | None,
    typer.Option("--rules", help="A file or folder with kinds of your own that are among the claims."),
]
Rules = Annotated[
    list[Path] | None,
    typer.Option(help="A file or folder with rules of your own, laid over the built-in ones."),
]

Timeout = Annotated[float, typer.Option(min=0.001, help="Seconds after which a text is given up.")]
TIMEOUT = 30.0
