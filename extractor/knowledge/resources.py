"""Where the built-in rules and labels stand: in the wheel within the package, in a checkout beside it."""

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


def sample_file() -> Path:
    """Returns the labelled abstracts that come with the package.

    Raises:
        ExtractorError: The installation is incomplete.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_gold", package.parent / "gold"):
        if (folder / "dev.jsonl").is_file():
            return folder / "dev.jsonl"
    message = f"the labelled abstracts are missing beside {package}; install paperclaims again"
    raise ExtractorError(message)


GUIDES = ("rules", "kinds")


def guide(name: str) -> str:
    """Returns a guide that comes with the package: to the language of rules, or to kinds of one's own.

    Args:
        name: One of `GUIDES`.

    Raises:
        ExtractorError: The installation is incomplete.
    """
    folder = rules_dir()
    places = {
        "rules": (folder / "README.md",),
        "kinds": (folder / "own-kinds.md", folder.parent / "docs" / "own-kinds.md"),
    }
    for place in places[name]:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    message = f"the guide is missing in {folder}; install paperclaims again"
    raise ExtractorError(message)
