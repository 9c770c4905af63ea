"""Ends a script as a command ends: with its exit code, or with what was wrong in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

from extractor.errors import ExtractorError


def run(main: Callable[[], int | None]) -> NoReturn:
    """Runs the main function of a script and ends the process."""
    try:
        sys.exit(main())
    except (ExtractorError, OSError) as error:
        sys.exit(f"error: {error}")
