"""Where the built-in rules stand: in the wheel beside the package, in a checkout beside it at the top."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from extractor.errors import ExtractorError


@cache
def rules_dir() -> Path:
    """Returns the folder of the built-in rules.

    Raises:
        ExtractorError: The installation is incomplete.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_rules", package.parent / "rules"):
        if (folder / "terms").is_dir():
            return folder
    message = f"the built-in rules are missing beside {package}; install paperclaims again"
    raise ExtractorError(message)
