"""What a worker process of the service does with a request: reads, explains, tries rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.batch.chunks import WARM_UP
from extractor.batch.timeouts import TimeUp, rule_at_work
from extractor.engine import Engine, engine_of
from extractor.errors import RuleError
from extractor.knowledge.sources import RULES, RuleFile
from extractor.pages.documents import document_json, from_extraction
from extractor.service.answers import CSV, Answer, json_answer
from extractor.service.changes import changes
from extractor.service.limits import DenialError, Limits
from extractor.service.pieces import OnePaper, within
from extractor.service.reasons import reasons
from extractor.tables.writers import make_layout, render
from extractor.workbench import rulebench
from extractor.workbench.explain import explain

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from extractor.record.schema import Extraction

RULES_NAME = "rules.yaml"  # what the rules that one tries are called in messages


class Order(NamedTuple):
    """A request for a worker.

    Attributes:
        name: What to do.
        given: With what.
        seconds: How long it may take, if less is left of the time of a request.
        texts: How many texts it is.
    """

    name: str
    given: Mapping[str, Any]
    seconds: float | None = None
    texts: int = 1


class Bench:
    """Does what requests ask for, with one set of rules.

    Args:
        files: A user's own files, laid over the built-in ones.
        limits: What is too much.
    """

    def __init__(self, files: tuple[RuleFile, ...], limits: Limits) -> None:
        self._files, self._limits = files, limits
        self._engine = engine_of(files)
        self._at: str | None = None  # the place in the request that is worked on

    def warm_up(self, *, explaining: bool) -> None:
        """Makes what the first texts need, and the first explanations."""
        self._engine.parse(WARM_UP)
        if explaining:
            explain(WARM_UP, engine=self._engine)

    def do(
        self, order: Order, guard: Callable[[float], AbstractContextManager[object]]
    ) -> Answer | DenialError:
        """Answers a request within the time that it has."""
        self._at = None
        try:
            with guard(self._limits.seconds if order.seconds is None else order.seconds):
                answer: Answer = getattr(self, f"_{order.name}")(**order.given)
            return within(answer, self._limits)
        except TimeUp as end:
            return self._late(end)
        except DenialError as denial:
            return denial
        except MemoryError:
            return DenialError(
                422, "too-large", "this takes too much memory; send less at once", where=self._at
            )

    def _late(self, end: TimeUp) -> DenialError:
        return self._limits.too_slow(rule_at_work(end), where=self._at)

    def _parse(
        self,
        papers: Sequence[OnePaper],
        first: int | None,
        min_confidence: float,
        kinds: tuple[str, ...],
        form: str,
    ) -> Answer:
        """Reads a piece of the papers of a request, of which it is told the first; or the one that it has."""
        read = []
        for number, (abstract, identity, title) in enumerate(papers, start=first or 0):
            self._at = f"papers[{number}]" if first is not None else None
            found = self._engine.parse(abstract, id=identity, title=title).sure(min_confidence)
            read.append(_of_kinds(found, kinds))
        self._at = None
        if form == "csv":
            return _table(read, self._engine, headed=not first)
        return Answer(b", ".join(json_answer(each.model_dump(mode="json")).body for each in read))

    def _explain(self, text: str) -> Answer:
        return json_answer(explain(text, engine=self._engine).to_json())

    def _show(self, text: str, form: str) -> Answer:
        if form != "page":
            return _written(text, self._engine, form)
        return json_answer(self._shown(text, self._engine))

    def _shown(self, text: str, engine: Engine) -> dict[str, Any]:
        """What the page shows of a text: its claims, and why there are these and no others."""
        started = time.perf_counter()
        extraction = engine.parse(text)
        seconds = time.perf_counter() - started
        document = document_json(from_extraction(extraction))
        return {"doc": document, **reasons(explain(text, engine=engine)), "seconds": seconds}

    def _check(self, rules: str) -> Answer:
        engine, problems = self._with(rules)
        return json_answer({"problems": problems, "tests": self._tests(engine) if engine else []})

    def _try(self, rules: str, text: str, form: str) -> Answer:
        engine, problems = self._with(rules)
        if engine is None:
            return json_answer({"problems": problems, "tests": [], "shown": self._shown(text, self._engine)})
        if form != "page":
            return _written(text, engine, form)
        before, after = (from_extraction(each.parse(text)) for each in (self._engine, engine))
        told = {
            "problems": [],
            "tests": self._tests(engine),
            "changes": changes(before, after, text),
            "shown": self._shown(text, engine),
        }
        return json_answer(told)

    def _with(self, rules: str) -> tuple[Engine | None, list[dict[str, Any]]]:
        """Lays rules over those of the service; the second is what is wrong with them."""
        file = RuleFile(RULES_NAME, rules)
        if file.sort != RULES:
            message = (
                f"only rules can be tried here, no {file.sort}; start the service with --rules for those"
            )
            return None, [{"line": 1, "rule": None, "message": message}]
        try:
            return engine_of((*self._files, file)), []
        except RuleError as error:
            return None, [self._problem(problem) for problem in error.problems]

    def _problem(self, problem: Any) -> dict[str, Any]:
        """Tells a problem without the folders in which the files of the service stand."""
        message = problem.message
        for file in self._files:
            message = message.replace(file.name, Path(file.name).name)
        line = problem.line if problem.file == RULES_NAME else None
        return {"line": line, "rule": problem.rule, "message": message}

    @staticmethod
    def _tests(engine: Engine) -> list[dict[str, Any]]:
        """Runs the sentences of the rules that are tried."""
        cases = [case for case in rulebench.cases(engine.ruleset) if case.rule.file == RULES_NAME]
        results = [rulebench.run_case(case, engine) for case in cases]
        names = ("rule", "sort", "text", "ok", "message", "line")
        return [{name: getattr(result, name) for name in names} for result in results]


def _written(text: str, engine: Engine, form: str) -> Answer:
    """Writes the claims of a text as a file to keep."""
    extraction = engine.parse(text)
    return _table([extraction], engine) if form == "csv" else json_answer(extraction.model_dump(mode="json"))


def _table(read: list[Extraction], engine: Engine, *, headed: bool = True) -> Answer:
    layout = make_layout("-", format="csv", kinds=engine.ruleset.kinds)
    rows = render(read, layout)
    return Answer(layout.header + rows if headed else rows, CSV)


def _of_kinds(extraction: Extraction, kinds: tuple[str, ...]) -> Extraction:
    if not kinds:
        return extraction
    kept = tuple(claim for claim in extraction.claims if claim.kind in kinds)
    return extraction.model_copy(update={"claims": kept})
