"""The application: what can be asked for, under which address, and how faults are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from extractor import __version__
from extractor.knowledge.sources import RuleFile
from extractor.pages.render import page_policy
from extractor.record.models import json_schema
from extractor.rulelang.ruleset import Ruleset, load_ruleset
from extractor.service.answers import HTML, Answer, json_answer
from extractor.service.gate import App, Gate, Hosts, denial_headers
from extractor.service.limits import DenialError, Limits
from extractor.service.listing import kind_json, rule_json, rule_yaml
from extractor.service.page import try_html
from extractor.service.pieces import cut, join
from extractor.service.pool import Pool, Task, Told
from extractor.service.requests import ErrorBody, OneAbstract, Read, RulesToCheck, TextToExplain, Trial
from extractor.service.work import Order

_CODES = {404: "not-found", 405: "method", 400: "not-json"}
_TOLD = {
    404: "there is nothing under this address; /openapi.json lists what there is",
    405: "ask in another way; /openapi.json says how",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    413: {"model": ErrorBody, "description": "The body is too large"},
    422: {"model": ErrorBody, "description": "Something is not as it must be, or takes too long"},
    429: {"model": ErrorBody, "description": "Too many requests wait; Retry-After says when to try again"},
}
_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; /openapi.json lists what is",
    "model_attributes_type": 'must be an object: to /parse {"abstract": …} or {"papers": [{"abstract": …}]}',
}
_WORDS = (("must be", "Input should be"), ("must have", "List should have"), ("", " after validation"))
_ABOUT = (
    "Reads the claims of paper abstracts by rules. Errors are JSON: `error` with `code`, `message`, `where`."
)


def make_app(
    files: tuple[RuleFile, ...] = (),
    *,
    limits: Limits | None = None,
    processes: int = 2,
    hosts: Hosts | None = None,
) -> App:
    """Makes the application; its processes live from its start to its end.

    Args:
        files: A user's own files, laid over the built-in ones.
        limits: What is too much.
        processes: Worker processes for texts; one more tries rules.
        hosts: The names by which it may be asked.

    Raises:
        RuleError: The files cannot be loaded.
    """
    limits = limits or Limits()
    service = Service(files, limits, processes)
    return Gate(service.app, hosts or Hosts(), limits)


class Service:
    """The addresses of the service, and the processes behind them.

    Args:
        files: A user's own files.
        limits: What is too much.
        processes: Worker processes.
    """

    def __init__(self, files: tuple[RuleFile, ...], limits: Limits, processes: int) -> None:
        self._limits, self._processes = limits, processes
        self._task = Task(files, limits)
        self._rules: Ruleset = load_ruleset(*files)
        self.app = FastAPI(
            title="paperclaims",
            version=__version__,
            description=_ABOUT,
            docs_url=None,  # its page would fetch scripts from elsewhere
            redoc_url=None,
            lifespan=self._life,
            responses=_RESPONSES,
        )
        self._add_errors()
        self._add_lists()
        self._add_work()
        self._add_page()

    @asynccontextmanager
    async def _life(self, _app: FastAPI) -> AsyncIterator[None]:
        self._readers = Pool(self._task, self._processes)
        self._trials = Pool(replace(self._task, strangers=True), 1)
        try:
            await self._readers.start()
            await self._trials.start()
            yield
        finally:
            self._readers.close()
            self._trials.close()

    def _add_lists(self) -> None:
        """Adds what stays the same as long as the service runs."""
        kinds, rules = self._rules.kinds, self._rules.rules
        schema = json_answer(json_schema(kinds))
        known = json_answer([kind_json(spec) for spec in kinds.specs])
        by_id = {rule.id: rule for rule in rules}

        @self.app.get("/schema", summary="The JSON Schema of an extraction")
        async def schema_of_records() -> Response:
            return _response(schema)

        @self.app.get("/kinds", summary="The kinds of claims, their attributes and colours")
        async def list_kinds() -> Response:
            return _response(known)

        @self.app.get("/rules", summary="The rules, in the order in which they are tried")
        async def list_rules(
            kind: Annotated[str | None, Query(max_length=60)] = None,
            status: Literal["stable", "experimental", "deprecated"] | None = None,
        ) -> Response:
            chosen = (rule for rule in rules if kind in (None, rule.kind) and status in (None, rule.status))
            return _response(json_answer([rule_json(rule) for rule in chosen]))

        @self.app.get("/rules/{id}", summary="One rule, and its text to begin another with")
        async def one_rule(id: str) -> Response:
            rule = by_id.get(id.partition("+")[0])
            if rule is None:
                raise DenialError(
                    404, "not-found", "there is no rule of this id; /rules lists them", where="id"
                )
            return _response(json_answer({**rule_json(rule), "yaml": rule_yaml(rule)}))

        @self.app.get("/health", summary="Whether the service works, and what it works with")
        async def health() -> Response:
            told = {
                "status": "ok",
                "version": __version__,
                "rules": self._rules.fingerprint,
                "processes": self._processes,
                "requests": self._readers.admitted + self._trials.admitted,
            }
            return _response(json_answer(told))

    def _add_work(self) -> None:
        """Adds what the processes do."""

        @self.app.post("/parse", summary="Read one abstract, or several")
        async def parse(
            read: Annotated[Read, Body()],
            min_confidence: Annotated[float, Query(ge=0, le=1)] = 0.0,
            kinds: Annotated[list[str] | None, Query(max_length=60)] = None,
            format: Literal["json", "csv"] = "json",
        ) -> Response:
            listed = [read] if isinstance(read, OneAbstract) else read.papers
            papers = [(paper.abstract, paper.id, paper.title) for paper in listed]
            chosen = {"min_confidence": min_confidence, "kinds": self._known(kinds or []), "form": format}
            if isinstance(read, OneAbstract):
                return await self._read(Order("parse", {"papers": papers, "first": None, **chosen}))
            pieces = [
                Order("parse", {**piece._asdict(), **chosen}, texts=len(piece.papers))
                for piece in cut(papers)
            ]
            told = await self._readers.ask(*pieces, heavy=len(papers) > 1)
            return _response(join(told.answers, self._limits), headers=_times(told))

        @self.app.post("/explain", summary="Why values became claims, or did not")
        async def explain(given: TextToExplain) -> Response:
            return await self._read(Order("explain", {"text": given.text}), heavy=True)

        @self.app.post("/rules/check", summary="Load rules and run their sentences")
        async def check(given: RulesToCheck) -> Response:
            return _told(await self._trials.ask(Order("check", {"rules": given.rules})))

        @self.app.post("/try", include_in_schema=False)
        async def trial(given: Trial) -> Response:
            order = {"text": given.text, "form": given.form}
            if not given.rules.strip():
                return await self._read(Order("show", order), heavy=True)
            return _told(await self._trials.ask(Order("try", {**order, "rules": given.rules})))

    async def _read(self, order: Order, *, heavy: bool = False) -> Response:
        return _told(await self._readers.ask(order, heavy=heavy))

    def _known(self, kinds: list[str]) -> tuple[str, ...]:
        for kind in kinds:
            if kind not in self._rules.kinds:
                message = f"there is no such kind; known: {', '.join(self._rules.kinds)}"
                raise DenialError(422, "kind", message, where="kinds")
        return tuple(kinds)

    def _add_page(self) -> None:
        html = try_html(self._rules.kinds)
        answer, policy = Answer(html.encode(), HTML), page_policy(html)
        headers = {"content-security-policy": f"{policy}; frame-ancestors 'none'"}

        @self.app.get("/", include_in_schema=False)
        async def page_to_try() -> Response:
            return _response(answer, headers=headers)

    def _add_errors(self) -> None:
        """Makes every fault an answer of one shape, without what is none of a client's business."""

        def handle(kind: type[Exception], denial_of: Callable[[Any], DenialError]) -> None:
            async def handler(_request: Request, error: Exception) -> Response:
                denial = denial_of(error)
                headers = denial_headers(denial)
                return _response(json_answer(denial.to_json()), status=denial.status, headers=headers)

            self.app.add_exception_handler(kind, handler)

        handle(DenialError, lambda denial: denial)
        handle(RequestValidationError, _invalid)
        handle(HTTPException, _http_fault)
        handle(
            Exception, lambda _: DenialError(500, "fault", "a fault of ours; the log of the service has it")
        )


def _response(answer: Answer, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    given = dict(headers or {})
    if answer.media.startswith("text/csv"):
        given["content-disposition"] = 'attachment; filename="claims.csv"'
    return Response(answer.body, status, given, answer.media)


def _told(told: Told) -> Response:
    """Makes the response to a request that was answered in one piece."""
    return _response(told.answers[0], headers=_times(told))


def _times(told: Told) -> dict[str, str]:
    """Says what took time, as browsers and tools read it; ahead are the texts that went first."""
    waited, worked = (f"{1000 * seconds:.1f}" for seconds in (told.waited, told.worked))
    return {"server-timing": f'queue;dur={waited};desc="{told.ahead} ahead", work;dur={worked}'}


def _invalid(error: RequestValidationError) -> DenialError:
    """Tells the first fault of a request, and not what the request held."""
    faults: Sequence[Mapping[str, Any]] = error.errors()
    first = next(iter(faults), {})
    kind, place = str(first.get("type", "")), first.get("loc", ())
    if kind == "json_invalid":
        return DenialError(400, "not-json", "the body is no valid JSON")
    told = str(first.get("msg", "not as it must be")).removeprefix("Value error, ")
    for ours, theirs in _WORDS:
        told = told.replace(theirs, ours)
    told = _FAULTS.get(kind, told)
    if kind == "missing":  # another name for what is missing, perhaps
        beside = [fault["loc"] for fault in faults if fault["type"] == "extra_forbidden"]
        unknown = [str(loc[-1])[:40] for loc in beside if loc[:-1] == place[:-1]]
        told += f", and {unknown[0]!r} is not known here" if unknown else ""
    return DenialError(422, "invalid", told, where=_place(place))


def _place(parts: tuple[object, ...]) -> str | None:
    """Writes the place of a fault, such as ``papers[3].abstract``, with names of ours only."""
    place = ""
    for part in [part for part in parts if part not in ("body", "query", "one", "path")]:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part != "papers" or not place:
            place += f".{str(part)[:40]}" if place else str(part)[:40]
    return place or None


def _http_fault(error: HTTPException) -> DenialError:
    status = error.status_code
    message = _TOLD.get(status, "the body cannot be read as JSON: it is no UTF-8, or nests too deeply")
    return DenialError(status, _CODES.get(status, "refused"), message)
