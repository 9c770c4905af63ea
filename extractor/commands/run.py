"""``extractor run``: papers in, table out."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from extractor.commands import _runoptions as options
from extractor.commands._console import cell, counted, say
from extractor.commands._options import MinConfidence, Rules
from extractor.commands._streams import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from extractor.batch.run import BatchOptions, Progress, Summary
    from extractor.readers.papers import ReadOptions
    from extractor.tables.writers import Layout

# What is not shown of a table at the end; it is in the file.
_LEFT_OUT = frozenset(
    "title start end rule mentions key form subject factor_high vendor family owner repo".split()
)
_NAMED = 5  # files that were passed over
_CELL_WIDTH = 28
_NARROW = 12  # cells up to this width are never shortened


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("run")(run)


def run(
    inputs: options.Inputs,
    out: options.Out,
    table: options.Shape = "long",
    to: options.OutputFormat = None,
    format: options.InputFormat = None,
    text_column: options.TextColumn = None,
    id_column: options.IdColumn = None,
    title_column: options.TitleColumn = None,
    encoding: options.Encoding = "utf-8",
    keep: options.Keep = None,
    kinds: options.OnlyKinds = None,
    papers: options.Papers = False,
    columns: options.OnlyColumns = None,
    skip_duplicates: options.SkipDuplicates = False,
    rules: Rules = None,
    min_confidence: MinConfidence = 0.0,
    processes: options.Processes = None,
    chunk: options.Chunk = 200,
    timeout: options.PaperTimeout = 5.0,
    resume: options.Resume = False,
    formulas: options.KeepFormulas = False,
    bom: options.ByteOrderMark = False,
    cluster: options.Cluster = None,
    show: options.Show = 0,
) -> None:
    """Read the claims of many papers into a table."""
    from extractor.batch.chunks import with_kinds
    from extractor.batch.journal import can_resume
    from extractor.batch.run import BatchOptions
    from extractor.outputs import keep_inputs
    from extractor.readers.papers import ReadOptions, passed_over
    from extractor.rulelang.ruleset import rule_files
    from extractor.tables.writers import has_rows_to_show, make_layout

    kept = _names(keep)
    layout = make_layout(
        out,
        format=to,
        table=table,
        safe=not formulas,
        mark=bom,
        min_confidence=min_confidence,
        only_kinds=_names(kinds),
        only_columns=_names(columns),
        keep=kept,
        papers=papers,
    )
    if show and (out == "-" or cluster is not None or not has_rows_to_show(layout)):
        message = "shows a long or wide table in a CSV, JSON lines or Parquet file, written without --cluster"
        raise typer.BadParameter(message, param_hint="--show")
    own = rules or ()
    keep_inputs(own, [out])
    layout = with_kinds(layout, rule_files(own))
    read = ReadOptions(format, text_column, id_column, title_column, encoding, kept, skip_duplicates)
    batch = BatchOptions(processes=processes or 1, chunk=chunk, timeout=timeout, resume=resume)
    if out != "-" and not resume and can_resume(Path(out)):
        say(f"note: beginning {out} again; --resume would go on with what was done", err=True)
    with _ProgressBar() as bar, _interruptible(out, cluster):
        made = _Made(inputs, out, layout, read, own, bar.update)
        summary = made.in_batches(batch) if cluster is None else made.on_cluster(cluster, processes, batch)
    _tell_passed_over(passed_over(inputs))
    _tell_missing(summary, id=id_column, title=title_column)
    _close(summary)
    if show:
        _show(out, layout, show)
    if summary.counts["broken"]:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Made:
    """A table that is to be made: of what, where, and how it is read."""

    inputs: list[str]
    out: str
    layout: Layout
    read: ReadOptions
    rules: Sequence[Path]
    on_progress: Callable[[Progress], object] | None

    def in_batches(self, options: BatchOptions) -> Summary:
        """Makes it by processes of this machine; standard output by a stream."""
        from extractor.batch.run import run_batch, stream_batch

        how: dict[str, Any] = {"read": self.read, "options": options, "rules": self.rules}
        if self.out == "-":
            stream = sys.stdout.buffer
            return stream_batch(self.inputs, stream, self.layout, **how, on_progress=self.on_progress)
        return run_batch(self.inputs, self.out, self.layout, **how, on_progress=self.on_progress)

    def on_cluster(self, address: str, workers: int | None, options: BatchOptions) -> Summary:
        """Makes it by the workers of a cluster."""
        from extractor.batch.cluster import run_on_cluster

        return run_on_cluster(
            self.inputs,
            self.out,
            self.layout,
            address=address,
            workers=workers,
            read=self.read,
            timeout=options.timeout,
            resume=options.resume,
            rules=self.rules,
            on_progress=self.on_progress,
        )


def _names(options: list[str] | None) -> tuple[str, ...]:
    """Splits names that were given by commas, or one an option."""
    parts = (part.strip() for option in options or () for part in option.split(","))
    return tuple(part for part in parts if part)


@contextmanager
def _interruptible(out: str, cluster: str | None) -> Iterator[None]:
    """Tells after Ctrl-C, or another signal that ends the run, how to go on, where anything was kept."""
    try:
        yield
    except (KeyboardInterrupt, Interrupted) as end:
        from extractor.batch.cluster import can_resume as can_resume_parts
        from extractor.batch.journal import can_resume

        kept = can_resume(Path(out)) if cluster is None else can_resume_parts(out)
        how = "; what was done is kept, continue with --resume" if kept else ""
        ended = end if isinstance(end, Interrupted) else Interrupted(signal.SIGINT)
        say(f"{ended}{how}", err=True)
        raise typer.Exit(ended.exit_code) from None


class _ProgressBar:
    """A bar on standard error where that is a terminal: papers, rate, time left."""

    def __enter__(self) -> _ProgressBar:
        self._bar = None
        if sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            self._bar = progress.Progress(
                progress.TextColumn("{task.fields[papers]:,} papers"),
                progress.BarColumn(),
                progress.TextColumn("{task.fields[rate]:,.0f}/s"),
                progress.TimeElapsedColumn(),
                progress.TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("", total=None, papers=0, rate=0.0)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def update(self) -> Callable[[Progress], object] | None:
        return None if self._bar is None else self._update

    def _update(self, progress: Progress) -> None:
        if self._bar is None:
            return
        rows = progress.counts["rows"]
        elapsed = self._bar.tasks[0].elapsed or 0.0
        total = None if progress.fraction is None else 1.0
        rate = rows / max(elapsed, 0.001)
        self._bar.update(self._task, total=total, completed=progress.fraction, papers=rows, rate=rate)


def _close(summary: Summary) -> None:
    """Prints the closing line, and the first rejects with their places, to standard error."""
    from extractor.batch.run import reject_text

    counts = summary.counts
    for reject in summary.rejects:
        say(f"rejected: {reject_text(reject)}", err=True)
    more = counts["rejected"] - len(summary.rejects)
    if more > 0:
        place = f", all in {summary.rejects_file}" if summary.rejects_file else ""
        say(f"rejected: {more:,} more{place}", err=True)
    repeated = f", {counts['repeated']:,} repeated" if counts["repeated"] else ""
    say(
        f"{counted(summary.papers, 'paper')} read, {counted(counts['claims'], 'claim')} found, "
        f"{counted(counts['rejected'], 'row')} rejected{repeated}",
        err=True,
    )


def _tell_passed_over(files: list[str]) -> None:
    """Names files of the folders that were read which are of no known suffix."""
    if files:
        more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
        say(f"note: passed over, no known suffix: {', '.join(files[:_NAMED])}{more}", err=True)


def _tell_missing(summary: Summary, **columns: str | None) -> None:
    """Says of columns the user named how many papers have nothing in them: in JSON lines it may be a slip."""
    for what, name in columns.items():
        missing = summary.counts[f"without_{what}"]
        if name and missing:
            note = f"note: {missing:,} of {summary.papers:,} papers have no {name!r} (--{what}-column)"
            say(note, err=True)
    if summary.empty:
        names = ", ".join(map(repr, summary.empty))
        others = [name for name in summary.fields if name not in summary.empty]
        there = ", ".join(map(repr, others[:20])) or "none"
        say(f"warning: --keep: no paper has anything in {names} (the first has {there})", err=True)


def _show(out: str, layout: Layout, rows: int) -> None:
    """Prints the main columns of the first rows, without those that are empty in all of them."""
    from rich.console import Console
    from rich.table import Table

    from extractor.tables.writers import first_rows

    found = first_rows(out, layout, rows)
    hidden = {column.name for spec in layout.tables.kinds.specs for column in spec.wide if not column.shown}
    hidden |= _LEFT_OUT | {f"n_{kind}" for kind in layout.tables.kinds}
    shown = [name for name in layout.columns if name not in hidden]
    names = [name for name in shown if any(row[name] for row in found)]
    table = Table(box=None, pad_edge=False)
    cells = [[_short(row[name], layout.columns[name]) for name in names] for row in found]
    for place, name in enumerate(names):
        width = max(len(line[place]) for line in cells)
        table.add_column(name, overflow="ellipsis", no_wrap=True, min_width=min(width, _NARROW))
    for line in cells:
        table.add_row(*map(cell, line))
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def _short(text: str, kind: str) -> str:
    if kind == "float" and text:
        return f"{float(text):.6g}"
    return text if len(text) <= _CELL_WIDTH else f"{text[: _CELL_WIDTH - 1]}…"
