"""The bench of the rules: runs each rule's examples, known failures and rejects; ours and users' alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from extractor.engine import Engine, engine_of
from extractor.errors import RuleError, RuleProblem
from extractor.rulelang.patterns import group_span
from extractor.rulelang.rule import EVIDENCE, SCOPES, VETO
from extractor.rulelang.ruleset import Ruleset, rule_files
from extractor.values.matching import matches
from extractor.workbench.explain import explain

if TYPE_CHECKING:
    from extractor.record.schema import BaseClaim
    from extractor.rulelang.rule import Example, Rule

CaseSort = Literal["example", "known failure", "reject"]
# The attribute that a rule of a scope gives to claims: no claim of a reject has it, from whichever rule.
_GIVES = {name: name for name in SCOPES}
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence of one rule, and what it is there for."""

    rule: Rule
    sort: CaseSort
    example: Example


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went.

    Attributes:
        rule: Id of the rule.
        sort: ``example``, ``known failure`` or ``reject``.
        text: The sentence.
        expected: The records that must be found.
        got: The claims that were found.
        ok: Whether it went as it must; a known failure must fail.
        message: What is wrong, or worth knowing; empty where nothing is.
        file: Where the sentence stands.
        line: Line in that file.
    """

    rule: str
    sort: CaseSort
    text: str
    expected: tuple[Mapping[str, Any], ...]
    got: tuple[Mapping[str, Any], ...]
    ok: bool
    message: str
    file: str
    line: int

    def to_json(self) -> dict[str, Any]:
        """Returns the result as plain data."""
        return asdict(self)


Run = Callable[[Case, Engine], CaseResult]


def check(paths: Sequence[Path]) -> list[RuleProblem]:
    """Loads rules over the built-in ones.

    Args:
        paths: Files or folders; none: the built-in rules alone.

    Returns:
        Every problem that the loader finds; none where the rules can be used.
    """
    try:
        engine_of(paths)
    except RuleError as error:
        return error.problems
    return []


def examine(
    paths: Sequence[Path] = (), *, everything: bool = False, run: Run | None = None
) -> list[CaseResult]:
    """Runs the sentences of rules against the engine with these rules.

    Args:
        paths: Files or folders with rules, laid over the built-in ones; none tests the built-in rules.
        everything: Test the built-in rules too, as they work with the others laid over them.
        run: Runs a case, such as with a limit of time; by default :func:`run_case`.

    Raises:
        RuleError: The rules cannot be loaded.
    """
    engine = engine_of(paths)
    files = {file.name for file in rule_files(paths)}
    chosen = [case for case in cases(engine.ruleset) if everything or not files or case.rule.file in files]
    return [(run or run_case)(case, engine) for case in chosen]


def cases(ruleset: Ruleset) -> list[Case]:
    """Returns the cases of all rules that are in use."""
    return [case for rule in ruleset.tested if rule.status != "deprecated" for case in _cases(rule)]


def _cases(rule: Rule) -> Iterator[Case]:
    for example in rule.examples:
        yield Case(rule, "known failure" if example.known_failure else "example", example)
    for example in rule.rejects:
        yield Case(rule, "reject", example)


def run_case(case: Case, engine: Engine) -> CaseResult:
    """Runs one case.

    Args:
        case: The case.
        engine: An engine whose rules hold the case's rule.
    """
    claims = engine.parse(case.example.text).claims
    if case.sort == "reject":
        message = _rejected(case, claims, engine)
        ok = not message
    else:
        missing = [record for record in case.example.expect if not _finds(record, claims)]
        ok = bool(missing) == (case.sort == "known failure")
        message = _message(case, missing, claims)
        if ok and case.rule.kind == EVIDENCE and not list(_spoken_of(case, engine)):
            ok, message = False, "the rule speaks of no value here that the other rules leave open"
    return _result(case, message, ok=ok, got=tuple(claim.model_dump(mode="json") for claim in claims))


def failed(case: Case, message: str) -> CaseResult:
    """Makes the result of a case that could not be run."""
    return _result(case, message, ok=False, got=())


def _result(case: Case, message: str, *, ok: bool, got: tuple[Mapping[str, Any], ...]) -> CaseResult:
    return CaseResult(
        rule=case.rule.id,
        sort=case.sort,
        text=case.example.text,
        expected=tuple(dict(record) for record in case.example.expect),
        got=got,
        ok=ok,
        message=message,
        file=case.rule.file,
        line=case.example.line,
    )


def _message(case: Case, missing: Sequence[Mapping[str, Any]], claims: Sequence[BaseClaim]) -> str:
    if case.sort == "known failure":
        return "" if missing else "now passes: move it to examples"
    if missing:
        return "; ".join(_difference(record, claims) for record in missing)
    texts = {record["text"] for record in case.example.expect}
    makers = sorted({_maker(claim) for claim in claims if claim.text in texts})
    makes = case.rule.kind not in (VETO, EVIDENCE, *_GIVES)
    if makers and makes and case.rule.id not in makers:
        return f"passes, but by {', '.join(makers)}: this rule is not needed for it"
    return ""


def _rejected(case: Case, claims: Sequence[BaseClaim], engine: Engine) -> str:
    """Says what is wrong with a reject; nothing where all is well."""
    rule = case.rule
    if rule.kind == VETO:
        spans = list(_vetoed(case, engine))
        if not spans:
            return "the veto does not match anything here"
        values = [claim for claim in claims if hasattr(claim, "value")]
        wrong = [
            claim for claim in values if any(claim.start < end and claim.end > start for start, end in spans)
        ]
    elif attribute := _GIVES.get(rule.kind):
        given = rule.settings.get(attribute)
        found = ((claim, getattr(claim, attribute, None)) for claim in claims)
        has = [(claim, value) for claim, value in found if value is not None and given in (None, value)]
        sources = _sources(case, engine, attribute) if has else {}
        return "; ".join(
            f"{claim.text!r} has {attribute} {value!r}, by {sources[claim.start]}" for claim, value in has
        )
    elif rule.kind == EVIDENCE:
        spoken = ", ".join(map(repr, _spoken_of(case, engine)))
        return f"the rule speaks of {spoken}" if spoken else ""
    else:
        wrong = [claim for claim in claims if _maker(claim) == rule.id]
    return "; ".join(f"{claim.text!r} is claimed by {claim.rule}" for claim in wrong)


def _sources(case: Case, engine: Engine, attribute: str) -> dict[int, str]:
    """Returns where the values that have an attribute have it from, by their offsets."""
    sentences = explain(case.example.text, engine=engine).sentences
    traces = (trace for sentence in sentences for trace in sentence.values)
    return {trace.start: trace.sources[attribute] for trace in traces if attribute in trace.sources}


def _vetoed(case: Case, engine: Engine) -> Iterator[tuple[int, int]]:
    """Yields the spans of the values that a veto takes out."""
    rules = [rule for rule in engine.ruleset.of("veto") if rule.rule.id == case.rule.id]
    view = engine.view(case.example.text)
    for sentence in engine.tagged(case.example.text):
        for rule in rules:
            for match in matches(rule, sentence):
                for token in range(*(group_span(match, "vals") or (0, 0))):
                    if mention := sentence.mentions.get(token):
                        yield view.span(mention.start, mention.end)


def _spoken_of(case: Case, engine: Engine) -> Iterator[str]:
    """Yields the values of a case that its rule of evidence speaks of."""
    view = engine.view(case.example.text)
    for sentence, weighed in engine.weighed(view.raw):
        for value in weighed:
            if any(each.rule.id == case.rule.id for each in value.evidence):
                yield view.words(*sentence.tokens[value.token])


def _maker(claim: BaseClaim) -> str:
    return (claim.rule or "").partition("+")[0]  # "+ellipsis": taken over from the value before


def _finds(record: Mapping[str, Any], claims: Sequence[BaseClaim]) -> bool:
    return any(claim.text == record["text"] and not _disagreeing(record, claim) for claim in claims)


def _difference(record: Mapping[str, Any], claims: Sequence[BaseClaim]) -> str:
    same = [claim for claim in claims if claim.text == record["text"]]
    if not same:
        return f"{record['text']!r} is not claimed"
    best = min(same, key=lambda claim: len(_disagreeing(record, claim)))
    parts = [
        f"{name} is {getattr(best, name, None)!r}, not {record[name]!r}"
        for name in _disagreeing(record, best)
    ]
    return f"{record['text']!r}: {', '.join(parts)} (by {best.rule})"


def _disagreeing(record: Mapping[str, Any], claim: BaseClaim) -> list[str]:
    return [name for name, wanted in record.items() if not _equal(wanted, getattr(claim, name, None))]


def _equal(wanted: Any, got: Any) -> bool:
    numbers = (int, float)
    if isinstance(wanted, numbers) and isinstance(got, numbers):
        return math.isclose(wanted, got, rel_tol=_TOLERANCE)
    return bool(wanted == got)
