"""An extraction as a notebook shows it: the abstract with its claims marked, and the table of them."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.pages.documents import PageClaim, from_claim
from extractor.record.identity import paper_address
from extractor.record.models import kinds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction

# The class thrice: Jupyter has tables on the right, in words of more weight than one class.
_STYLE = """
.pcx { max-width: 60rem; line-height: 1.6; overflow-wrap: break-word }
.pcx mark { background: color-mix(in srgb, var(--hue) 20%, transparent); color: inherit;
  border-bottom: 2px solid var(--hue); padding: 0 .1em }
.pcx p { margin: .3em 0; white-space: pre-line }
.pcx div { overflow-x: auto }
.pcx table { border-collapse: collapse; font-size: .9em; margin: .6em 0 0 }
.pcx.pcx.pcx td, .pcx.pcx.pcx th { text-align: left; padding: .15em .8em .15em 0; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
.pcx b { color: var(--hue); font-weight: 600 }
.pcx td:nth-child(2) { overflow-wrap: anywhere; min-width: 6em }
.pcx td:nth-child(4) { overflow-wrap: anywhere; min-width: 16em }
.pcx.pcx.pcx .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.pcx small { opacity: .75 }
"""
_LEFT_OUT = frozenset({"value", "value_high", "bound", "unit", "form", "key", "category"})
_SIGNS = {"upper": "≤ ", "lower": "≥ ", "approx": "≈ "}
_THOUSANDS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))
_UNITS = {"ratio": "×", "percent": "%", "absolute": ""}


def extraction_html(extraction: Extraction) -> str:
    """Renders an extraction as a piece of HTML that takes the colours of the page it stands in.

    Args:
        extraction: What was read from an abstract.

    Returns:
        HTML without scripts; every text of the paper is escaped.
    """
    kinds = kinds_of(extraction)
    claims = [from_claim(claim) for claim in extraction.claims]
    head = _head(extraction)
    table = _table(claims) if claims else "<p><small>no claims</small></p>"
    body = f"{head}<p>{_marked(extraction.abstract, claims)}</p>{table}"
    return f'<style>{_STYLE}{_colors(kinds)}</style><div class="pcx">{body}</div>'


def _head(extraction: Extraction) -> str:
    address = paper_address(extraction.id)
    identity = escape(extraction.id or "")
    if address:
        identity = f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{identity}</a>'
    title = f"<strong>{escape(extraction.title)}</strong>" if extraction.title else ""
    parts = [part for part in (title, f"<small>{identity}</small>" if identity else "") if part]
    return f"<p>{' '.join(parts)}</p>" if parts else ""


def _colors(kinds: Kinds) -> str:
    """Gives each kind its colour; of light and dark, the program that shows the notebook tells which."""
    light, dark = ([(f"[data-k={spec.name}]", spec.color[shade]) for spec in kinds.specs] for shade in (0, 1))

    def rules(place: str, colors: list[tuple[str, str]]) -> str:
        return "".join(f"{place} .pcx {name} {{ --hue: {color} }}\n" for name, color in colors)

    themes = (
        ("[data-jp-theme-light=true]", light),
        ("[data-jp-theme-light=false]", dark),
        (".vscode-light", light),
        (".vscode-dark", dark),
        ("[theme=dark]", dark),
    )
    named = "".join(rules(place, colors) for place, colors in themes)
    return f"{rules('', light)}@media (prefers-color-scheme: dark) {{ {rules('', dark)} }}\n{named}"


def _marked(text: str, claims: Sequence[PageClaim]) -> str:
    """Escapes a text and marks the claims in it; where several overlap, each piece tells all of them."""
    spans = [(start, end, claim) for claim in claims for start, end in claim.spans]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        over = [claim for first, last, claim in spans if first <= start and end <= last]
        piece = escape(text[start:end])
        if over:
            told = escape("; ".join(dict.fromkeys(f"{claim.kind}: {_facts(claim)}" for claim in over)))
            piece = f'<mark data-k="{escape(over[0].kind)}" title="{told}">{piece}</mark>'
        pieces.append(piece)
    return "".join(pieces)


def _table(claims: Sequence[PageClaim]) -> str:
    rows = "".join(
        f'<tr><td data-k="{escape(claim.kind)}"><b>{escape(claim.kind)}</b></td><td>{escape(claim.text)}</td>'
        f'<td class="n">{escape(value_words(claim))}</td><td>{escape(_facts(claim))}</td>'
        f"<td><small>{escape(claim.rule or '')}</small></td></tr>"
        for claim in claims
    )
    names = "".join(f"<th>{name}</th>" for name in ("kind", "text", "value", "details", "rule"))
    head = f"<thead><tr>{names}</tr></thead>"
    return f"<div><table>{head}<tbody>{rows}</tbody></table></div>"  # scrolls where it is narrow


def _facts(claim: PageClaim) -> str:
    return ", ".join(f"{name} {value}" for name, value in claim.attributes.items() if name not in _LEFT_OUT)


def _number(value: float) -> str:
    """Writes a number as one reads it: 7B, not 7e+09."""
    for least, sign in _THOUSANDS:
        if least <= abs(value) < 1000 * least:
            return f"{value / least:.4g}{sign}"
    return f"{value:,.6g}"


def value_words(claim: PageClaim) -> str:
    """Writes value, range, bound and unit of a claim as one short text."""
    attributes = claim.attributes
    ends = [attributes[name] for name in ("value", "value_high") if attributes.get(name) is not None]
    if not ends:
        return ""
    number = "–".join(_number(end) if isinstance(end, (int, float)) else str(end) for end in ends)
    unit = _UNITS.get(attributes.get("form", "")) or attributes.get("unit") or ""
    unit = "%" if unit == "percent" else unit if unit in ("×", "%", "") else f" {unit}"
    return f"{_SIGNS.get(attributes.get('bound', ''), '')}{number}{unit}"
