"""One result, several renderings: the terminal, Markdown and JSON (the HTML page is in extractor.pages)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from extractor.errors import InputError, cause
from extractor.evaluation.report_tables import (
    TIER_NOTES,
    ErrorText,
    Section,
    Sheet,
    evaluation_sheets,
    sections,
)
from extractor.evaluation.results import Evaluation
from extractor.labels.goldcheck import UNKNOWN
from extractor.labels.goldfile import dump_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


GOLD_MARKS = ("«", "»")
PREDICTED_MARKS = ("‹", "›")
LEGEND = "«…» gold, ‹…› predicted"

_STYLES = {GOLD_MARKS: "bold green", PREDICTED_MARKS: "bold yellow"}
_BLANKS = re.compile(r"\s+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNKNOWN = re.compile(f"{UNKNOWN}+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def to_json(evaluation: Evaluation) -> str:
    """Writes an evaluation as JSON; ``from_json`` reads it back, equal in every part."""
    return dump_json(evaluation.model_dump(mode="json"), indent=1) + "\n"


def from_json(path: str | Path) -> Evaluation:
    """Reads an evaluation that ``extractor evaluate --json`` wrote.

    Raises:
        InputError: The file cannot be read or is no evaluation.
    """
    try:
        return Evaluation.from_data(json.loads(Path(path).read_bytes()))  # pydantic's reader: no surrogates
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        message = f"cannot be read ({cause(error)}); `extractor evaluate --json` writes such a file"
        raise InputError(message, file=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        message = f"is no evaluation ({where}: {first['msg']}); `extractor evaluate --json` writes one"
        raise InputError(message, file=str(path)) from error


def to_markdown(
    evaluation: Evaluation, *, title: str = "Evaluation", by: str = "kind", errors: int | None = None
) -> str:
    """Writes an evaluation as Markdown.

    Args:
        evaluation: The result.
        title: Heading of the page.
        by: How errors are grouped: ``kind`` or ``rule``.
        errors: How many errors to list; None for all.

    Returns:
        The text; everything from the input is escaped.
    """
    parts = [f"# {escape(title)}", ""]
    parts += [line for sheet in evaluation_sheets(evaluation) for line in sheet_markdown(sheet)]
    if evaluation.errors and errors != 0:
        parts += [f"## Errors: {len(evaluation.errors)}", "", f"{LEGEND}.", ""]
        parts += sections_markdown(sections(evaluation.errors, by=by, limit=errors))
    return "\n".join(parts).rstrip("\n") + "\n"


def sheet_markdown(sheet: Sheet, *, level: int = 2) -> list[str]:
    """Writes a table as lines of Markdown, with its title as a heading."""
    rule = ["---"] * sheet.words + ["--:"] * (len(sheet.headings) - sheet.words)
    rows = [sheet.headings, *sheet.rows]
    cells = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    cells.insert(1, "|" + "|".join(rule) + "|")
    note = ["", escape(sheet.note)] if sheet.note else []
    return [f"{'#' * level} {escape(sheet.title)}", "", *cells, *note, ""]


def sections_markdown(found: Iterable[Section]) -> Iterator[str]:
    """Writes groups of errors as lines of Markdown."""
    for section in found:
        yield from (f"### {escape(section.title)}", "")
        for entry in section.entries:
            yield f"- {escape(entry.head)}  "
            pieces = [
                f"<b>{mark[0]}{escape(text)}{mark[1]}</b>" if mark else escape(text)
                for text, mark in marked(entry)
            ]
            yield f"  {''.join(pieces)}"
            yield from (f"  - {escape(line)}" for line in entry.lines)
        yield ""


def printable(text: str) -> str:
    """Puts text on one line, with a replacement for what would steer a terminal or is no character."""
    return _CONTROL.sub("\ufffd", _BLANKS.sub(" ", text))


def escape(text: str) -> str:
    """Makes text stand in Markdown as it is: one line, no markup, no HTML."""
    return _MARKDOWN.sub(r"\\\1", printable(text))


def marked(entry: ErrorText) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """Cuts the sentence of an error where its spans begin and end.

    Returns:
        Pieces of the sentence, each with the marks it stands in; where gold and prediction overlap, gold is
        marked.
    """
    spans = [(GOLD_MARKS, entry.gold), (PREDICTED_MARKS, entry.predicted)]
    cuts = {0, len(entry.sentence), *(cut for _, span in spans if span for cut in span)}
    ordered = sorted(cut for cut in cuts if 0 <= cut <= len(entry.sentence))
    for start, end in pairwise(ordered):
        inside = [marks for marks, span in spans if span and span[0] <= start and end <= span[1]]
        yield _UNKNOWN.sub("…", entry.sentence[start:end]), inside[0] if inside else None


def print_evaluation(
    evaluation: Evaluation, console: Console, *, by: str = "kind", errors: int = 0, details: bool = True
) -> None:
    """Prints an evaluation.

    Args:
        evaluation: The result.
        console: Where to print.
        by: How errors are grouped: ``kind`` or ``rule``; the latter also prints the table of rules.
        errors: How many errors to list.
        details: Whether to print more than the F1 table.
    """
    sheets = evaluation_sheets(evaluation, rules=by == "rule")
    print_sheets(sheets[:1], console)
    if details:
        for tier, note in TIER_NOTES.items():
            console.print(f"[bold]{tier:6}[/bold]  {note}")
        console.print()
        print_sheets(sheets[1:], console)
    if evaluation.ignored:
        console.print(f"{evaluation.ignored} predicted abstracts are not in gold and were left out.")
    if errors:
        count = f"{min(errors, len(evaluation.errors))} of {len(evaluation.errors)}"
        console.print(f"[bold]Errors[/bold]  {count}, {LEGEND}")
        print_sections(sections(evaluation.errors, by=by, limit=errors), console)


def print_sheets(sheets: Sequence[Sheet], console: Console) -> None:
    """Prints tables, each in its narrow form where the terminal is too narrow for the other."""
    from rich.measure import Measurement
    from rich.text import Text

    unbounded = console.options.update(max_width=10_000)
    for sheet in sheets:
        if not sheet.rows:
            continue
        table, note = _table(sheet), sheet.note
        if sheet.narrow and Measurement.get(console, unbounded, table).maximum > console.width:
            table, note = _table(sheet.narrow), sheet.narrow.note
        console.print(table)
        if note:
            console.print(Text(note, style="dim"))
        console.print()


def _table(sheet: Sheet) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=sheet.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for place, heading in enumerate(sheet.headings):
        words = place < sheet.words
        table.add_column(heading, justify="left" if words else "right", overflow="fold", no_wrap=not words)
    for row in sheet.rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def print_sections(found: Iterable[Section], console: Console) -> None:
    """Prints groups of errors, each with its sentence and what is wrong."""
    from rich.padding import Padding
    from rich.text import Text

    for section in found:
        console.print(Text(printable(section.title), style="bold cyan"))
        for entry in section.entries:
            console.print(Padding(Text(printable(entry.head), style="bold"), (0, 0, 0, 2), expand=False))
            console.print(Padding(_sentence(entry), (0, 0, 0, 4), expand=False))
            for line in entry.lines:
                console.print(Padding(Text(printable(line)), (0, 0, 0, 4), expand=False))
        console.print()


def _sentence(entry: ErrorText) -> Text:
    from rich.text import Text

    text = Text(style="dim")
    for piece, marks in marked(entry):
        flat = printable(piece)
        if marks:
            text.append(f"{marks[0]}{flat}{marks[1]}", style=f"not dim {_STYLES[marks]}")
        else:
            text.append(flat)
    return text
