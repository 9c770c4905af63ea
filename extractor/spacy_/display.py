"""The colours of the kinds of claims for displaCy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds


def displacy_options(kinds: Kinds | None = None, *, key: str = "claims") -> dict[str, Any]:
    """Returns the options with which displaCy shows claims, as spans or as entities, in our colours.

    Args:
        kinds: The kinds of claims; the built-in ones if none are given.
        key: Key of ``doc.spans``.
    """
    from extractor.knowledge.kindfiles import builtin_kinds

    colors = {
        spec.name: spec.color[1] for spec in (kinds or builtin_kinds()).specs
    }  # black words stand on them
    return {"spans_key": key, "colors": colors, "ents": list(colors)}
