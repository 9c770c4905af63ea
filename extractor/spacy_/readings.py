"""What an engine read of a text, on its way from component to component; it is never stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import srsly  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from extractor.engine import Engine
    from extractor.reading import Reading
    from extractor.things.given import GivenName

_KEY, _TOKENS = "paperclaims.reading", "paperclaims.tokens"  # how many tokens it was attached with


@srsly.msgpack_encoders("paperclaims.reading")  # type: ignore[untyped-decorator]
def _encode(obj: Any, chain: Callable[[Any], Any] | None = None) -> Any:
    """Stores nothing in the place of a reading: a Doc can be stored, or go to another process, any time."""
    if type(obj).__module__ == "extractor.reading":
        return None
    return obj if chain is None else chain(obj)


def attach(doc: Doc, reading: Reading) -> None:
    """Gives a Doc what was read of it, for the next component."""
    doc.user_data[_KEY] = reading
    doc.user_data[_TOKENS] = len(doc)


def reading_of(doc: Doc, engine: Engine, names: Sequence[GivenName] = ()) -> Reading:
    """Returns what an engine read of a Doc so far, or begins to read it.

    Args:
        doc: The Doc.
        engine: The engine.
        names: Names that the caller knows.
    """
    from extractor.reading import Reading

    data = doc.user_data
    found: Reading | None = data.get(_KEY)
    if (
        found is not None
        and found.engine is engine
        and data.get(_TOKENS) == len(doc)  # a part of a Doc has the data of all
        and (not names or names == found.names)
    ):
        return found
    reading = Reading(engine, doc.text, names)
    attach(doc, reading)
    return reading


def detach(doc: Doc) -> None:
    """Takes from a Doc what was read of it, when all is said."""
    doc.user_data.pop(_KEY, None)
    doc.user_data.pop(_TOKENS, None)
