"""Reads one chunk of papers and renders what it found: the work of one process."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from extractor.batch.timeouts import TimeUp
from extractor.engine import engine_of
from extractor.errors import ExtractorError
from extractor.knowledge.kindfiles import load_kinds
from extractor.readers.papers import Item, Paper, Reject, Repeat
from extractor.readers.record import has_own_id
from extractor.record.schema import with_kept
from extractor.rulelang.ruleset import rule_files
from extractor.tables.writers import Layout, render

if TYPE_CHECKING:
    from extractor.batch.timeouts import Guard
    from extractor.record.schema import Extraction
    from extractor.rulelang.ruleset import RuleFile, RulePaths

WARM_UP = "The method is 2x faster than the baseline and reaches 90% accuracy on an A100 GPU."


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to know to read chunks; it crosses to worker processes.

    Attributes:
        layout: How the results are rendered.
        timeout: Seconds a paper may take.
        rules: The texts of a user's own rules, laid over the built-in ones.
        parser: The function that reads an abstract, as ``module:name``, if it is not the engine.
    """

    layout: Layout
    timeout: float = 5.0
    rules: tuple[RuleFile, ...] = ()
    parser: str | None = None

    def make_parser(self) -> Callable[..., Extraction]:
        """Loads what reads an abstract.

        Raises:
            ExtractorError: The rules cannot be loaded.
        """
        if self.parser is None:
            return engine_of(self.rules).parse
        module, _, name = self.parser.partition(":")
        parse: Callable[..., Extraction] = getattr(importlib.import_module(module), name)
        return parse


def make_job(layout: Layout, timeout: float, rules: RulePaths, parser: str | None) -> Job:
    """Makes a job of the paths of rules; a user's own kinds among them have columns in its layout.

    Raises:
        RuleError: The rules cannot be read.
    """
    files = rule_files(rules)
    return Job(with_kinds(layout, files), timeout, files, parser)


def with_kinds(layout: Layout, files: Sequence[RuleFile]) -> Layout:
    """Gives a layout the kinds that some rules know.

    Raises:
        RuleError: A kind is not as it must be.
        InputError: A kind or column that was named is not there.
    """
    layout = replace(layout, kinds=load_kinds(files)) if files else layout
    layout.check()
    return layout


@dataclass(slots=True)
class ChunkResult:
    """What came out of one chunk; results of consecutive chunks are joined by appending.

    Attributes:
        items: Number of items in the chunk.
        table: Rendered rows.
        without: One JSON line for each paper without claims.
        rejects: One JSON line for each row or paper that could not be read.
        papers: One JSON line for each paper with its abstract, where they are asked for.
        counts: See :data:`COUNTS`; and ``claims.<kind>``, ``without_id`` and ``without_title``.
    """

    items: int
    table: bytes = b""
    without: bytes = b""
    rejects: bytes = b""
    papers: bytes = b""
    counts: Counter[str] = field(default_factory=Counter)


# rows = with_claims + without_claims + rejected + repeated; broken: inputs cut short, in rejected.
# Only these are in the manifest.
COUNTS = ("rows", "with_claims", "without_claims", "rejected", "repeated", "broken", "claims")


def _nobody(_index: int) -> None:
    """Nobody watches from outside."""


_REASON_LENGTH = 500  # characters; a row can have columns with very long names


class ChunkReader:
    """Reads chunks one after the other with one parser.

    Args:
        job: What to do.
        guard: Makes the context in which a paper is parsed, which ends it with TimeUp after so many seconds;
            by default another process watches the time.
        all_loaded: A paper whose time is up is not tried again, as nothing is left to load.

    Raises:
        ExtractorError: The rules cannot be loaded.
    """

    def __init__(self, job: Job, *, guard: Guard = nullcontext, all_loaded: bool = False) -> None:
        self._job, self._guard = job, guard
        self._parse = job.make_parser()
        render([self._parse(WARM_UP)], job.layout)  # loads the rules now, not on the clock of the first paper
        self._all_loaded = all_loaded

    def read(self, items: list[Item], watch: Callable[[int], object] = _nobody) -> ChunkResult:
        """Reads the papers of a chunk.

        Args:
            items: Papers, and the rejects and repeats between them.
            watch: Called with the index of each paper before it is read, and with -1 behind the last, for
                another process that watches the time.
        """
        result = ChunkResult(len(items), counts=Counter(rows=len(items)))
        found: list[Extraction] = []
        rejects: list[bytes] = []
        for index, item in enumerate(items):
            reject = item if isinstance(item, Reject) else None
            if isinstance(item, Paper):
                watch(index)
                outcome = self._read_one(item)
                if isinstance(outcome, Reject):
                    reject = outcome
                else:
                    found.append(outcome)
                    result.counts["without_id"] += not has_own_id(item)
                    result.counts["without_title"] += item.title is None
            elif isinstance(item, Repeat):
                result.counts["repeated"] += 1
            if reject:
                rejects.append(_reject_line(reject))
                result.counts["rejected"] += 1
                result.counts["broken"] += reject.broken
        watch(-1)
        result.rejects = b"".join(rejects)
        self._collect(found, result)
        return result

    def _read_one(self, paper: Paper) -> Extraction | Reject:
        try:
            with self._guard(self._job.timeout):
                extraction = self._parse(paper.abstract, id=paper.id, title=paper.title)
            layout = self._job.layout
            chosen = extraction.sure(layout.min_confidence).of_kinds(layout.only_kinds)
            return with_kept(chosen, dict(paper.kept)) if paper.kept else chosen
        except TimeUp:
            if not self._all_loaded:  # the time may have gone into compiling patterns: it gets another chance
                self._all_loaded = True
                return self._read_one(paper)
            return paper_reject(paper, timeout_reason(self._job.timeout))
        except MemoryError:
            return paper_reject(paper, "needs more memory than there is; run fewer processes, or shorten it")
        except Exception as error:  # one paper must not end the run of millions
            kind = "" if isinstance(error, ExtractorError) else f"internal error, {type(error).__name__}: "
            return paper_reject(paper, f"{kind}{error}")

    def _collect(self, found: list[Extraction], result: ChunkResult) -> None:
        result.table = render(found, self._job.layout)
        without = [extraction for extraction in found if not extraction.claims]
        result.without = b"".join(_line({"id": paper.id, "title": paper.title}) for paper in without)
        if self._job.layout.papers:
            result.papers = b"".join(map(_paper_line, found))
        result.counts["without_claims"] = len(without)
        result.counts["with_claims"] = len(found) - len(without)
        for extraction in found:
            for claim in extraction.claims:
                result.counts[f"claims.{claim.kind}"] += 1
            result.counts["claims"] += len(extraction.claims)


def _paper_line(paper: Extraction) -> bytes:
    return _line({"id": paper.id, "title": paper.title, **paper.kept, "abstract": paper.abstract})


def paper_reject(paper: Paper, reason: str) -> Reject:
    """Makes the reject of a paper that was read well but could not be parsed."""
    return Reject(paper.file or "-", paper.row, reason, id=paper.id)


def timeout_reason(seconds: float) -> str:
    """Says that a paper took too long."""
    return f"took longer than {seconds:g} s; raise --timeout to read it"


def _reject_line(reject: Reject) -> bytes:
    return _line(
        {"file": reject.file, "line": reject.row, "id": reject.id, "reason": reject.reason[:_REASON_LENGTH]}
    )


def _line(fields: dict[str, object]) -> bytes:
    return f"{json.dumps(fields)}\n".encode()
