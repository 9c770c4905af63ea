"""The result of an evaluation as frozen models, which all renderings and the JSON file share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import SerializeAsAny, TypeAdapter, ValidationInfo, WrapValidator

from extractor.evaluation.alignment import Tier
from extractor.evaluation.budget import Cost
from extractor.evaluation.calibration import Calibration
from extractor.evaluation.scoring import LEVEL, Result, Row
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.knowledge.kinds import Kinds, KindSpec, Level
from extractor.record.models import claim_adapter
from extractor.record.schema import BaseClaim, Claim

if TYPE_CHECKING:
    AnyClaim = Claim
else:

    def _claim(value: Any, _handler: Any, info: ValidationInfo) -> BaseClaim:
        """Reads a claim; its kind can be a user's own, which the evaluation names."""
        if isinstance(value, BaseClaim):
            return value
        return claim_adapter((info.context or {}).get(KINDS) or builtin_kinds()).validate_python(value)

    AnyClaim = Annotated[SerializeAsAny[BaseClaim], WrapValidator(_claim)]

KINDS = "kinds"  # in the context of pydantic
NONE = "none"
"""Label of the confusion table for no claim at all."""

EVALUATION_VERSION = "1.1"


class AttributeScore(Result):
    """How often an attribute is right, over the detected claims of one kind.

    Attributes:
        tier: The tier that needs it (``exact``, ``record``, ``linked``), or ``reported`` if none does.
        total: Detected claims.
        right: Those whose attribute is right.
        total_set: Detected claims whose gold has a value for it.
        right_set: Those of them whose attribute is right.
        accuracy: ``right / total``; None without a detected claim.
        accuracy_set: ``right_set / total_set``; None where gold never has one.
    """

    kind: str
    attribute: str
    tier: Level
    total: int
    right: int
    total_set: int
    right_set: int
    accuracy: float | None
    accuracy_set: float | None


class Confusion(Result):
    """How claims of one kind were read as another.

    Attributes:
        labels: The kinds and ``none``, for rows and columns.
        counts: Row: the gold kind (``none``: a false alarm where gold has nothing); column: the predicted
            kind (``none``: missed). The diagonal holds the detected claims.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class RuleScore(Result):
    """What one rule did.

    Attributes:
        rule: Its id; None for predictions that carry none.
        kind: Kind of its claims.
        fired: Claims it made.
        right: Those that reach the record tier.
        wrong_attribute: Those that are detected, but with a wrong core attribute.
        false_alarm: Those that stand for no gold claim.
        sole: Detected gold claims that no prediction of another rule could stand for.
    """

    rule: str | None
    kind: str
    fired: int
    right: int
    wrong_attribute: int
    false_alarm: int
    sole: int

    @property
    def wrong(self) -> int:
        """Claims that do not reach the record tier."""
        return self.fired - self.right


class WrongAttribute(Result):
    """One attribute of a detected claim that is not as in gold."""

    attribute: str
    tier: Level
    predicted: Any = None
    gold: Any = None


class Error(Result):
    """A miss, a false alarm, or a detected claim with wrong attributes.

    Attributes:
        type: Which of the three.
        id: Id of the abstract.
        kind: Kind of the claim.
        rule: Rule of the predicted claim, if there is one.
        gold: The gold claim; None for a false alarm.
        predicted: The predicted claim; None for a miss.
        gold_index: Place of the gold claim in the document's ``gold``.
        predicted_index: Place of the predicted claim in the document's ``predicted``.
        attributes: What is wrong, for a wrong attribute.
        tiers: Tiers that this error costs.
        confused_with: For a miss the kind that was predicted in its place, for a false alarm the kind that
            gold has there.
        sentence_start: Offset in the abstract where the sentences around the claim begin.
        sentence_end: Offset behind them.
        sentence: These sentences, as they stand.
    """

    type: Literal["miss", "false_alarm", "wrong_attribute"]
    id: str
    kind: str
    rule: str | None = None
    gold: AnyClaim | None = None
    predicted: AnyClaim | None = None
    gold_index: int | None = None
    predicted_index: int | None = None
    attributes: tuple[WrongAttribute, ...] = ()
    tiers: tuple[Tier, ...] = ()
    confused_with: str | None = None
    sentence_start: int = 0
    sentence_end: int = 0
    sentence: str = ""


class Document(Result):
    """One abstract with its gold and predicted claims.

    Attributes:
        pairs: Aligned claims as (place in ``gold``, place in ``predicted``).
    """

    id: str
    title: str | None
    abstract: str
    gold: tuple[AnyClaim, ...]
    predicted: tuple[AnyClaim, ...]
    pairs: tuple[tuple[int, int], ...]


class Evaluation(Result):
    """Everything that is said about predictions against gold.

    Attributes:
        version: Version of this shape.
        abstracts: Number of gold abstracts.
        ignored: Predicted abstracts that are not in gold, and were left out.
        seed: Seed of the bootstrap.
        resamples: Number of its resamples.
        level: Level of the intervals.
        rows: The score table: the kinds, ``values``, ``things``, ``micro``, ``macro``.
        attributes: Accuracy of every attribute of every kind.
        confusion: Table between kinds.
        rules: What every rule did, by kind and id.
        calibration: What the confidence of claims is worth; None if they have none.
        budget: What each cause of errors costs, the dearest first.
        errors: Every error, by kind, rule and place.
        documents: Every abstract with both sets of claims.
        own_kinds: A user's own kinds, so that a file of the evaluation can be read without theirs.
    """

    version: str = EVALUATION_VERSION
    abstracts: int
    ignored: int = 0
    seed: int
    resamples: int
    level: float = LEVEL
    rows: tuple[Row, ...]
    attributes: tuple[AttributeScore, ...]
    confusion: Confusion
    rules: tuple[RuleScore, ...]
    calibration: Calibration | None = None
    budget: tuple[Cost, ...] = ()
    errors: tuple[Error, ...]
    documents: tuple[Document, ...]
    own_kinds: tuple[KindSpec, ...] = ()

    @property
    def kinds(self) -> Kinds:
        """The kinds of its claims."""
        return with_own(self.own_kinds)

    @classmethod
    def from_data(cls, data: Any) -> Evaluation:
        """Reads an evaluation back from plain data.

        Raises:
            ValidationError: This is none.
        """
        own = data.get("own_kinds", ()) if isinstance(data, dict) else ()
        kinds = with_own(TypeAdapter(tuple[KindSpec, ...]).validate_python(own))
        return cls.model_validate(data, context={KINDS: kinds})

    def row(self, name: str) -> Row:
        """Returns a row of the score table by its name.

        Raises:
            KeyError: There is no such row.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)


def with_own(own: tuple[KindSpec, ...]) -> Kinds:
    """Returns the built-in kinds with others behind them."""
    builtin = builtin_kinds()
    return Kinds((*builtin.specs, *own), builtin.common) if own else builtin


class Aligned(NamedTuple):
    """A document with the claims that found no partner, and what stands in their places."""

    document: Document
    missed: dict[int, str | None]
    alarms: dict[int, str | None]
