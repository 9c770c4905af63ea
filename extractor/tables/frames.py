"""The tidy table, one row a claim, and the wide table, one row a paper, as pandas tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from extractor.errors import InputError
from extractor.record.identity import id_text
from extractor.record.models import kinds_of
from extractor.record.schema import Extraction
from extractor.tables.rows import Row, tables_of

if TYPE_CHECKING:
    import pandas as pd

    from extractor.knowledge.kinds import Kinds
    from extractor.knowledge.sources import Layers

_SURROGATE = re.compile("[\ud800-\udfff]")


def to_frame(
    extractions: Extraction | Iterable[Extraction], *, wide: bool = False, kinds: Kinds | None = None
) -> pd.DataFrame:
    """Collects extractions into a pandas table.

    Args:
        extractions: One, or those of any number of papers, also none.
        wide: One row for each paper instead of one for each claim.
        kinds: The kinds of claims that make the columns; if none are given, those of the first extraction.

    Returns:
        A table with the same columns, order and types whatever was found: text as ``string``, ``kind`` as a
        category, whole numbers as ``Int64``, numbers as ``float64``, lists as ``object``.
    """
    if isinstance(extractions, Extraction):
        extractions = (extractions,)
    extractions = iter(extractions)
    if kinds is None and (first := next(extractions, None)) is not None:
        kinds, extractions = kinds_of(first), chain([first], extractions)
    tables = tables_of(kinds)
    if wide:
        rows = [tables.paper_row(extraction) for extraction in extractions]
    else:
        rows = [row for extraction in extractions for row in tables.claim_rows(extraction)]
    return typed(rows, tables.wide if wide else tables.long, tables.kinds)


def parse_frame(
    frame: pd.DataFrame,
    *,
    wide: bool = False,
    rules: Layers = (),
    kinds: str | Sequence[str] = (),
    min_confidence: float = 0.0,
    keep: str | Sequence[str] = (),
) -> pd.DataFrame:
    """Reads the claims of a table of papers: a pure function, picklable, for clusters of any kind.

    Args:
        frame: One row a paper, with the column ``abstract`` and, where known, ``id`` and ``title``. Rows
            without an abstract are passed over. The index is not taken over:
            ``frame.reset_index(names="id")`` makes ids of it.
        wide: One row for each paper instead of one for each claim.
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.
        kinds: Only claims of these kinds, such as ``["speedup", "score"]``; all if none are named.
        min_confidence: Claims that are less sure are left out; from 0 to 1.
        keep: A column of the papers, or several, that stand in the table too, behind the title, as they are.

    Returns:
        The table of :func:`to_frame`.

    Raises:
        InputError: A column is not there, or two have one name, or an id is an infinite number.
        RuleError: The rules cannot be loaded.
        ValueError: ``min_confidence`` is not from 0 to 1, or there is no such kind.
    """
    from extractor.engine import engine_of

    keep = (keep,) if isinstance(keep, str) else keep
    if not hasattr(frame, "columns"):
        message = (
            f"a pandas table is asked for, this is a {type(frame).__name__}; parse_many reads other things"
        )
        raise InputError(message)
    twice = [name for name in ("abstract", "id", "title", *keep) if list(frame.columns).count(name) > 1]
    if twice:
        message = f"two columns {twice[0]!r}; rename one of them"
        raise InputError(message)
    for name in ("abstract", *keep):
        if name not in frame.columns:
            hint = "; rename yours" if name == "abstract" else ""
            message = f"no column {name!r} (columns: {', '.join(map(repr, frame.columns))}){hint}"
            raise InputError(message)

    def texts(name: str) -> list[str | None]:
        if name not in frame.columns:
            return [None] * len(frame)
        column = frame[name]
        return [None if empty else str(value) for value, empty in zip(column, column.isna(), strict=True)]

    ids = [id_text(value) for value in frame["id"]] if "id" in frame.columns else [None] * len(frame)
    papers = zip(texts("abstract"), ids, texts("title"), strict=True)
    engine = engine_of(rules)
    wanted = engine.kinds_named(kinds)
    read = [
        (place, engine.parse(text, id=id_, title=title).sure(min_confidence).of_kinds(wanted))
        for place, (text, id_, title) in enumerate(papers)
        if text
    ]
    found = to_frame((extraction for _, extraction in read), wide=wide)
    return _with_kept(found, frame, read, keep, wide=wide) if keep else found


def _with_kept(
    found: pd.DataFrame,
    frame: pd.DataFrame,
    read: Sequence[tuple[int, Extraction]],
    keep: Sequence[str],
    *,
    wide: bool,
) -> pd.DataFrame:
    """Puts columns of the papers into the table of their claims."""
    places = [place for place, extraction in read for _ in range(1 if wide else len(extraction.claims))]
    for number, name in enumerate(keep, start=2):  # behind id and title
        if name in found.columns:
            message = f"the column to keep {name!r} stands in the table already; rename it"
            raise InputError(message)
        found.insert(number, name, frame[name].iloc[places].reset_index(drop=True))
    return found


def scrub(text: str) -> str:
    """Replaces lone surrogates, which UTF-8, and so most stores of text, cannot hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def typed(rows: list[Row], columns: dict[str, str], kinds: Kinds) -> pd.DataFrame:
    """Builds a pandas table of the given columns and types, also of no rows."""
    import pandas as pd

    dtypes = {"text": "string", "int": "Int64", "float": "float64"}
    table = {}
    for name, type_ in columns.items():
        values = [row[name] for row in rows]
        if name == "kind":
            known = list(dict.fromkeys([*kinds, *(value for value in values if value is not None)]))
            table[name] = pd.Series(pd.Categorical(values, categories=known))
        elif type_ not in (*dtypes, "mentions", "texts", "floats"):
            table[name] = pd.Series(values)
        else:
            if type_ == "text":
                values = [value if value is None else scrub(value) for value in values]
            table[name] = pd.Series(values, dtype=dtypes.get(type_, "object"))
    return pd.DataFrame(table, columns=list(columns))
