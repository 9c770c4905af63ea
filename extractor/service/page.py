"""The page to try it on: what it is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.pages.render import page
from extractor.service.requests import CHARACTERS, RULES

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds

_EXAMPLES = Path(__file__).resolve().parent / "examples.json"


def try_html(kinds: Kinds) -> str:
    """Renders the page to try it on.

    Args:
        kinds: The kinds of claims.

    Returns:
        The page; it asks nobody but the server that it came from.
    """
    examples = json.loads(_EXAMPLES.read_text(encoding="utf-8"))
    data = {
        "shown": {spec.name: [spec.page.what, spec.page.against] for spec in kinds.specs},
        "linked": [spec.name for spec in kinds.specs if spec.of_tier("linked")],
        "examples": examples["abstracts"],
        "rules": examples["rules"],
    }
    return page(
        "try.html",
        title="Try it on an abstract",
        data=data,
        assets=("page", "dom", "marks", "record", "try"),
        kinds=kinds,
        connect=True,
        examples=examples["abstracts"],
        starts=examples["rules"],
        characters=CHARACTERS,
        rules=RULES,
    )
