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
    return _shipped("rules", "terms/hardware.yaml", "the built-in rules")


def sample_file() -> Path:
    """Returns the labelled abstracts that come with the package.

    Raises:
        ExtractorError: The installation is incomplete.
    """
    return _shipped("gold", "dev.jsonl", "the labelled abstracts") / "dev.jsonl"


def _shipped(folder: str, held: str, what: str) -> Path:
    """Returns a folder that comes with the package, told by a file that it holds."""
    package = Path(__file__).resolve().parent.parent
    for place in (package / f"_{folder}", package.parent / folder):
        if (place / held).is_file():
            return place
    message = f"{what} are missing beside {package}; install paperclaims again"
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
