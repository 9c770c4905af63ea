"""Patterns written out again from their syntax trees."""

from __future__ import annotations

from extractor.rulelang.syntax import (
    LITERAL,
    Alternation,
    Atom,
    Boundary,
    Capture,
    Concat,
    Look,
    Missing,
    Node,
    Repetition,
)

_SIGNS = {(0, 1): "?", (0, None): "*", (1, None): "+"}


def written(node: Node) -> str:  # noqa: PLR0911 - one for each sort
    """Returns a pattern that has this tree."""
    match node:
        case Atom(classes, negated):
            word = classes[0].removeprefix(LITERAL)
            alone = len(classes) == 1 and not negated and classes[0].startswith(LITERAL)
            return word if alone else f"<{'!' if negated else ''}{'|'.join(classes)}>"
        case Concat():
            return " ".join(_bracketed(part, Alternation, Concat) for part in node.parts) or "()"
        case Alternation():
            return "|".join(_bracketed(part, Alternation) for part in node.parts)
        case Repetition(least, most, manner):
            (part,) = node.parts
            limits = f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
            return (
                _bracketed(part, Alternation, Concat, Repetition) + _SIGNS.get((least, most), limits) + manner
            )
        case Capture(name):
            return f"({name}: {written(node.parts[0])})"
        case Look(sign):
            return f"(?{sign} {written(node.parts[0])})"
        case Boundary(sign):
            return sign
        case Missing(name):
            return f"{{{name}}}"
    raise TypeError(node)


def _bracketed(node: Node, *sorts: type[Node]) -> str:
    return f"({written(node)})" if isinstance(node, sorts) else written(node)
