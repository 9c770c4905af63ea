"""The tidy table, one row a claim, and the wide table, one row a paper; always the same columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from extractor.errors import InputError
from extractor.record.identity import id_text
from extractor.record.schema import CLAIM_MODELS, Extraction, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from extractor.rulelang.ruleset import RulePaths

Row = dict[str, Any]
KINDS: tuple[str, ...] = get_args(Kind)

# Types: "text", "float", "int", "mentions" (list of text, start, end), and the lists "texts", "floats".
LONG_COLUMNS: dict[str, str] = {
    "id": "text",
    "title": "text",
    "kind": "text",
    "text": "text",
    "value": "float",
    "value_high": "float",
    "bound": "text",
    "form": "text",
    "unit": "text",
    "direction": "text",
    "metric": "text",
    "baseline": "text",
    "subject": "text",
    "number": "text",
    "factor": "float",
    "factor_high": "float",
    "dataset": "text",
    "model": "text",
    "role": "text",
    "dimension": "text",
    "name": "text",
    "key": "text",
    "category": "text",
    "count": "int",
    "vendor": "text",
    "family": "text",
    "host": "text",
    "owner": "text",
    "repo": "text",
    "mentions": "mentions",
    "start": "int",
    "end": "int",
    "rule": "text",
}
WIDE_COLUMNS: dict[str, str] = {
    "id": "text",
    "title": "text",
    "n_claims": "int",
    **{f"n_{kind}": "int" for kind in KINDS},
    "speedup": "float",
    "speedup_text": "text",
    "speedup_metric": "text",
    "speedup_baseline": "text",
    "parameters": "floats",
    "parameters_max": "float",
    "hardware": "texts",
    "datasets": "texts",
    "code_url": "text",
    "urls": "texts",
}

_PLAIN_FIELDS = {
    kind: tuple(column for column in LONG_COLUMNS if column in model.model_fields and column != "mentions")
    for kind, model in CLAIM_MODELS.items()
}
_DERIVED_FIELDS = {
    kind: tuple(
        column for column in LONG_COLUMNS if column not in model.model_fields and hasattr(model, column)
    )
    for kind, model in CLAIM_MODELS.items()
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK: Row = dict.fromkeys(LONG_COLUMNS)


def claim_rows(extraction: Extraction) -> Iterator[Row]:
    """Yields the rows of the tidy table for one paper, in the order of the text.

    Args:
        extraction: What was read from its abstract.

    Yields:
        A dict with the keys of ``LONG_COLUMNS`` in their order; None where a kind has no such attribute.
    """
    for claim in extraction.claims:
        row = _BLANK.copy()
        for name in _PLAIN_FIELDS[claim.kind]:
            row[name] = getattr(claim, name)
        for name in _DERIVED_FIELDS[claim.kind]:
            row[name] = getattr(claim, name)
        mentions = getattr(claim, "mentions", None)
        if mentions is not None:
            row["mentions"] = [{"text": m.text, "start": m.start, "end": m.end} for m in mentions]
        row["id"], row["title"] = extraction.id, extraction.title
        yield row


def paper_row(extraction: Extraction) -> Row:
    """Returns the row of the wide table for one paper.

    Args:
        extraction: What was read from its abstract.

    Returns:
        A dict with the keys of ``WIDE_COLUMNS`` in their order. ``speedup`` is the largest factor of the
        paper's speed-ups, with its words in the next three columns; ``code_url`` is the first address whose
        role is code.
    """
    row: Row = dict.fromkeys(WIDE_COLUMNS)
    claims: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for claim in extraction.claims:
        claims[claim.kind].append(claim)
    row["id"], row["title"] = extraction.id, extraction.title
    row["n_claims"] = len(extraction.claims)
    row.update({f"n_{kind}": len(found) for kind, found in claims.items()})
    row.update(_largest_speedup(claims["speedup"]))
    sizes = [claim.value for claim in claims["parameters"]]
    row["parameters"], row["parameters_max"] = sizes, max(sizes, default=None)
    row["hardware"] = [claim.name for claim in claims["hardware"]]
    row["datasets"] = [claim.name for claim in claims["dataset"]]
    row["code_url"] = next((claim.name for claim in claims["url"] if claim.role == "code"), None)
    row["urls"] = [claim.name for claim in claims["url"]]
    return row


def _largest_speedup(speedups: list[Any]) -> Row:
    best, best_factor = None, 0.0
    for claim in speedups:
        factor = max(claim.factor or 0.0, claim.factor_high or 0.0)
        if factor > best_factor:
            best, best_factor = claim, factor
    if best is None:
        return {}
    return {
        "speedup": best_factor,
        "speedup_text": best.text,
        "speedup_metric": best.metric,
        "speedup_baseline": best.baseline,
    }


def to_frame(extractions: Extraction | Iterable[Extraction], *, wide: bool = False) -> pd.DataFrame:
    """Collects extractions into a pandas table.

    Args:
        extractions: One, or those of any number of papers, also none.
        wide: One row for each paper instead of one for each claim.

    Returns:
        A table with the columns of ``LONG_COLUMNS`` or ``WIDE_COLUMNS``, the same columns, order and types
        whatever was found: text as ``string``, ``kind`` as a category, whole numbers as ``Int64``, numbers as
        ``float64``, lists as ``object``.
    """
    if isinstance(extractions, Extraction):
        extractions = (extractions,)
    columns = WIDE_COLUMNS if wide else LONG_COLUMNS
    if wide:
        rows = [paper_row(extraction) for extraction in extractions]
    else:
        rows = [row for extraction in extractions for row in claim_rows(extraction)]
    return typed_frame(rows, columns)


def parse_frame(frame: pd.DataFrame, *, wide: bool = False, rules: RulePaths = ()) -> pd.DataFrame:
    """Reads the claims of a table of papers: a pure function, picklable, for clusters of any kind.

    Args:
        frame: One row a paper, with the column ``abstract`` and, where known, ``id`` and ``title``. Rows
            without an abstract are passed over.
        wide: One row for each paper instead of one for each claim.
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.

    Returns:
        The table of :func:`to_frame`.

    Raises:
        InputError: There is no column ``abstract``, or two of one name, or an id is an infinite number.
        RuleError: The rules cannot be loaded.
    """
    from extractor.engine import engine_of

    if not hasattr(frame, "columns"):
        message = (
            f"a pandas table is asked for, this is a {type(frame).__name__}; parse_many reads other things"
        )
        raise InputError(message)
    twice = [name for name in ("abstract", "id", "title") if list(frame.columns).count(name) > 1]
    if twice:
        message = f"two columns {twice[0]!r}; rename one of them"
        raise InputError(message)
    if "abstract" not in frame.columns:
        message = f"no column 'abstract' (columns: {', '.join(map(repr, frame.columns))}); rename yours"
        raise InputError(message)

    def texts(name: str) -> list[str | None]:
        if name not in frame.columns:
            return [None] * len(frame)
        column = frame[name]
        return [None if empty else str(value) for value, empty in zip(column, column.isna(), strict=True)]

    ids = [id_text(value) for value in frame["id"]] if "id" in frame.columns else [None] * len(frame)
    papers = zip(texts("abstract"), ids, texts("title"), strict=True)
    parse = engine_of(rules).parse
    return to_frame((parse(text, id=id_, title=title) for text, id_, title in papers if text), wide=wide)


def scrub(text: str) -> str:
    """Replaces lone surrogates, which UTF-8, and so most stores of text, cannot hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def typed_frame(rows: list[Row], columns: dict[str, str]) -> pd.DataFrame:
    """Builds a pandas table of the given columns and types, also of no rows."""
    import pandas as pd

    dtypes = {"text": "string", "int": "Int64", "float": "float64"}
    table = {}
    for name, kind in columns.items():
        values = [row[name] for row in rows]
        if name == "kind":
            table[name] = pd.Series(pd.Categorical(values, categories=list(KINDS)))
        else:
            if kind == "text":
                values = [value if value is None else scrub(value) for value in values]
            table[name] = pd.Series(values, dtype=dtypes.get(kind, "object"))
    return pd.DataFrame(table, columns=list(columns))
