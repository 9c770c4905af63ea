"""What a change fixed and what it broke: two evaluations of the same gold, error by error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from extractor.evaluation.alignment import TIERS, Tier
from extractor.evaluation.scoring import Result

if TYPE_CHECKING:
    from extractor.evaluation.results import Error, Evaluation, WrongAttribute
    from extractor.record.schema import BaseClaim


class ScoreChange(Result):
    """An F1 that is not what it was; None where it is not defined."""

    row: str
    tier: Tier
    old: float | None
    new: float | None


class Difference(Result):
    """One error that only one of the evaluations has.

    Attributes:
        id: Id of the abstract.
        kind: Kind of the claim.
        type: Which sort of error.
        rule: Rule of the predicted claim, if there is one.
        text: Words of the gold claim or, for a false alarm, of the predicted one.
        start: Where they begin in the abstract.
        end: Where they end.
        attribute: The wrong attribute, if that is the error.
        predicted: Its predicted value.
        gold: Its gold value.
        sentence: The sentence around it.
    """

    id: str
    kind: str
    type: Literal["miss", "false_alarm", "wrong_attribute"]
    rule: str | None
    text: str
    start: int
    end: int
    attribute: str | None = None
    predicted: str | float | None = None
    gold: str | float | None = None
    sentence: str = ""


class Comparison(Result):
    """What changed from an old evaluation to a new one.

    Attributes:
        scores: Every F1 that differs.
        fixed: Errors of the old one that the new one does not have.
        broken: Errors of the new one that the old one did not have.
        relabelled: Ids whose text or gold claims are not the same in the two; their errors are left out.
        only_old: Ids that only the old one has.
        only_new: Ids that only the new one has.
    """

    scores: tuple[ScoreChange, ...]
    fixed: tuple[Difference, ...]
    broken: tuple[Difference, ...]
    relabelled: tuple[str, ...] = ()
    only_old: tuple[str, ...] = ()
    only_new: tuple[str, ...] = ()


class _Place(NamedTuple):
    """What an error is about: a gold claim or, for a false alarm, a predicted one."""

    id: str
    kind: str
    false_alarm: bool
    start: int
    end: int
    name: str


class _Key(NamedTuple):
    place: _Place
    attribute: str | None


def compare(old: Evaluation, new: Evaluation) -> Comparison:
    """Lists what a change fixed and what it broke.

    A wrong attribute of a claim that is now missed is not fixed, and one of a claim that was missed
    before is not broken: only the miss is listed.

    Args:
        old: The evaluation before the change.
        new: The one after it, on the same gold.

    Returns:
        The differences, in the order of the two lists of errors.
    """
    before, after = ({document.id: document for document in each.documents} for each in (old, new))
    relabelled = tuple(
        id_
        for id_, document in before.items()
        if id_ in after and (document.abstract, document.gold) != (after[id_].abstract, after[id_].gold)
    )
    shared = (before.keys() & after.keys()) - set(relabelled)
    old_errors, new_errors = _differences(old, shared), _differences(new, shared)
    return Comparison(
        scores=tuple(_score_changes(old, new)),
        fixed=_only(old_errors, new_errors),
        broken=_only(new_errors, old_errors),
        relabelled=relabelled,
        only_old=tuple(id_ for id_ in before if id_ not in after),
        only_new=tuple(id_ for id_ in after if id_ not in before),
    )


def _only(ours: dict[_Key, Difference], theirs: dict[_Key, Difference]) -> tuple[Difference, ...]:
    """Returns our errors that they do not have, but no attribute of a claim that they missed altogether."""
    missed = {key.place for key, difference in theirs.items() if difference.type == "miss"}
    return tuple(
        difference
        for key, difference in ours.items()
        if key not in theirs and not (key.attribute is not None and key.place in missed)
    )


def _score_changes(old: Evaluation, new: Evaluation) -> Iterator[ScoreChange]:
    for row in old.rows:
        other = new.row(row.name)
        for tier in TIERS:
            ours, theirs = row.tier(tier).f1.value, other.tier(tier).f1.value
            if ours != theirs:
                yield ScoreChange(row=row.name, tier=tier, old=ours, new=theirs)


def _differences(evaluation: Evaluation, ids: set[str]) -> dict[_Key, Difference]:
    """Lists the errors of some abstracts; a claim with several wrong attributes has one for each."""
    found: dict[_Key, Difference] = {}
    for error in evaluation.errors:
        if error.id not in ids:
            continue
        claim = error.gold or error.predicted
        assert claim is not None  # an error has one of the two
        place = _Place(
            error.id, error.kind, error.gold is None, claim.start, claim.end, getattr(claim, "name", "")
        )
        for wrong in error.attributes or (None,):
            key = _Key(place, wrong.attribute if wrong else None)
            found[key] = _difference(error, claim, wrong)
    return found


def _difference(error: Error, claim: BaseClaim, wrong: WrongAttribute | None) -> Difference:
    return Difference(
        id=error.id,
        kind=error.kind,
        type=error.type,
        rule=error.rule,
        text=claim.text,
        start=claim.start,
        end=claim.end,
        attribute=wrong.attribute if wrong else None,
        predicted=wrong.predicted if wrong else None,
        gold=wrong.gold if wrong else None,
        sentence=error.sentence,
    )
