"""The claim record: frozen pydantic models, the contract of library, gold set and table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field, model_validator
from pydantic_core import PydanticSerializationError

from extractor.knowledge.hardware_terms import HardwareFacts
from extractor.knowledge.kinds import Kinds
from extractor.record import derived

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = "1.0"

Kind = Literal["speedup", "change", "score", "parameters", "quantity", "hardware", "dataset", "url"]
Bound = Literal["upper", "lower", "approx"]
Form = Literal["ratio", "percent", "absolute"]
Dimension = Literal[
    "time", "compute", "memory", "data", "rate", "power", "energy", "efficiency", "money", "length", "area",
    "speed", "other"
]  # fmt: skip
Category = Literal[
    "gpu", "cpu", "fpga", "asic", "tpu", "npu", "dsp", "soc", "mcu", "sbc", "neuromorphic", "phone", "system",
    "other"
]  # fmt: skip
Host = Literal["github", "gitlab", "huggingface", "arxiv", "youtube", "github.io", "other"]
UrlRole = Literal["code", "data", "model", "project", "video", "demo"]


class _Record(BaseModel):
    """Common configuration: a record does not change and knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """Writes the record as JSON; lone surrogates, which no UTF-8 text can hold, are escaped."""
        try:
            return super().model_dump_json(indent=indent, **options)
        except PydanticSerializationError:
            options.pop("ensure_ascii", None)
            separators = None if indent is not None else (",", ":")
            return json.dumps(self.model_dump(mode="json", **options), indent=indent, separators=separators)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Reads what `model_dump_json` writes, also lone surrogates, which pydantic's reader refuses."""
        try:
            return super().model_validate_json(json_data, **options)
        except (ValidationError, UnicodeEncodeError):
            data = _with_surrogates(json_data)
            if data is None:
                raise
        return cls.model_validate(data, **options)


RecordT = TypeVar("RecordT", bound=_Record)


def _with_surrogates(json_data: str | bytes | bytearray) -> Any:
    """Reads JSON that holds a lone surrogate; None where it holds none, or is no JSON for Python either."""
    try:
        text = json_data if isinstance(json_data, str) else json_data.decode("utf-8", "surrogatepass")
        data = json.loads(text)
        # As a pair stands for one character, only halves are left among the surrogates of what was read.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return data
    except (ValueError, RecursionError):
        return None
    return None


def trusted(model: type[RecordT], /, **fields: Any) -> RecordT:
    """Makes a record of values that are known to be right.

    It is the record that ``model.model_construct`` makes, which takes four times as long.

    Args:
        model: The sort of record.
        **fields: Every field without default, and any of the others.
    """
    record = model.__new__(model)
    assign = object.__setattr__  # the record is frozen
    assign(record, "__dict__", _defaults(model) | fields)
    assign(record, "__pydantic_fields_set__", set(fields))
    assign(record, "__pydantic_extra__", None)
    assign(record, "__pydantic_private__", None)
    return record


def with_facts(record: Hardware, facts: HardwareFacts) -> Hardware:
    """Tells a device that was read by a user's own gazetteer what that one knows of it."""
    record.__dict__["facts"] = facts
    return record


def with_spans(record: RecordT, spans: Mapping[str, tuple[int, int]]) -> RecordT:
    """Tells a new claim where the words of its attributes stand; see `BaseClaim.spans`."""
    record.__dict__["spans"] = spans
    return record


def with_confidence(record: RecordT, record_chance: float, link_chance: float) -> RecordT:
    """Tells a new claim how sure it is."""
    record.__dict__["confidence"] = record_chance
    record.__dict__["link_confidence"] = link_chance
    return record


def with_kept(extraction: Extraction, kept: Mapping[str, str | None]) -> Extraction:
    """Tells an extraction the columns of its input that are to stand in the table."""
    extraction.__dict__["kept"] = kept
    return extraction


@cache
def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Returns the fields of a model in their order, which is that of its dumps, with their defaults."""
    return {name: field.default for name, field in model.model_fields.items()}


class Mention(_Record):
    """One place where a named thing stands; ``abstract[start:end] == text``."""

    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class BaseClaim(_Record):
    """What every claim has.

    Attributes:
        text: The words of the claim (for named things: of its first mention).
        start: Offset of its first character in the abstract.
        end: Offset behind its last character.
        rule: Id of the rule that found it; None in gold.
        confidence: The chance that the record is right, from 0 to 1; None in gold.
        link_confidence: The chance that the record and what it is linked to are right.
    """

    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    rule: str | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    link_confidence: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _without_derived(cls, data: Any) -> Any:
        """Takes off what a dump holds besides the fields: it follows from them."""
        extra = cls.model_computed_fields.keys() & data.keys() if isinstance(data, dict) else ()
        return {name: value for name, value in data.items() if name not in extra} if extra else data

    @cached_property
    def spans(self) -> Mapping[str, tuple[int, int]]:
        """Where the words of its attributes stand: ``abstract[start:end] == claim.metric`` for ``metric``.

        What is put by its name, as hardware is, has here the mention that names it.

        The engine knows it of the claims that it reads. It is no field: no part of a dump, of a table, or of
        what makes two claims equal.
        """
        return {}


class ValueClaim(BaseClaim):
    """What all kinds with a value share: the number or range and its bound."""

    value: float
    value_high: float | None = None
    bound: Bound | None = None


class _Relative(ValueClaim):
    """What speedup and change share.

    ``number`` says what the value is of the old one: what is ``left`` ("12% of the energy"), what is ``gone``
    ("12% less"), or the ``step`` that it rose by. Where it is missing, as in gold, a percentage is a step, a
    fraction what is left.
    """

    kind: str
    form: Form
    unit: Literal["point", "dB"] | None = None
    metric: str | None = None
    baseline: str | None = None
    subject: str | None = None
    dataset: str | None = None
    hardware: str | None = None
    direction: str | None = None
    number: derived.Number | None = None

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def factor(self) -> float | None:
        """New value over old as one number (a speed-up: old time over new); None where it cannot be told."""
        return self._factor(self.value)

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def factor_high(self) -> float | None:
        """The same for the high end of a range."""
        return None if self.value_high is None else self._factor(self.value_high)

    def _factor(self, value: float) -> float | None:
        relation = derived.Reported(
            self.kind, self.form, direction=self.direction, metric=self.metric, number=self.number
        )
        factor = derived.factor(value, relation)
        return None if factor is None else float(f"{factor:.12g}")  # 0.02, not 0.020000000000000018


class Speedup(_Relative):
    """A relative change in speed."""

    kind: Literal["speedup"] = "speedup"
    direction: Literal["faster", "slower"] | None = None


class Change(_Relative):
    """A relative change, or a difference, in anything but speed."""

    kind: Literal["change"] = "change"
    direction: Literal["increase", "decrease", "better", "worse"] | None = None


class Score(ValueClaim):
    """An absolute result on an evaluation metric of quality."""

    kind: Literal["score"] = "score"
    metric: str | None = None
    unit: Literal["percent", "dB"] | None = None
    dataset: str | None = None
    subject: str | None = None
    hardware: str | None = None


class Parameters(ValueClaim):
    """The size of a model; ``value`` counts parameters."""

    kind: Literal["parameters"] = "parameters"
    model: str | None = None
    role: Literal["total", "active"] | None = None


class Quantity(ValueClaim):
    """An absolute amount with a unit."""

    kind: Literal["quantity"] = "quantity"
    unit: str
    dimension: Dimension
    dataset: str | None = None
    hardware: str | None = None


class NamedClaim(BaseClaim):
    """What all named kinds share: a canonical name and every mention."""

    name: str
    mentions: tuple[Mention, ...] = Field(min_length=1)


class ThingClaim(NamedClaim):
    """A thing that papers spell in many ways."""

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def key(self) -> str:
        """The name without case, blanks, hyphens and underscores: equal for "CIFAR-10" and "Cifar10"."""
        return derived.name_key(self.name)


class Hardware(ThingClaim):
    """A processor or machine that computes."""

    kind: Literal["hardware"] = "hardware"
    category: Category
    count: int | None = None

    @cached_property
    def facts(self) -> HardwareFacts:
        """What the gazetteer that it was read by knows of it, else the built-in one; no field."""
        return derived.hardware_facts(self.name)

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def vendor(self) -> str | None:
        """Who makes it, from the gazetteer; None for a generic class or an unknown name."""
        return self.facts.vendor

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def family(self) -> str | None:
        """The product family or architecture, from the gazetteer."""
        return self.facts.family


class Dataset(ThingClaim):
    """A named dataset, corpus, benchmark or leaderboard."""

    kind: Literal["dataset"] = "dataset"


class Url(NamedClaim):
    """A web address or hub path; ``name`` is the repaired address."""

    kind: Literal["url"] = "url"
    host: Host
    role: UrlRole | None = None

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def owner(self) -> str | None:
        """Owner of a GitHub, GitLab or Hugging Face repository."""
        return derived.repository(self.name, self.host)[0]

    @computed_field(repr=False)  # type: ignore[prop-decorator]
    @property
    def repo(self) -> str | None:
        """Name of a GitHub, GitLab or Hugging Face repository."""
        return derived.repository(self.name, self.host)[1]


Claim = Annotated[
    Speedup | Change | Score | Parameters | Quantity | Hardware | Dataset | Url, Field(discriminator="kind")
]
CLAIM_MODELS: dict[str, type[BaseClaim]] = {
    "speedup": Speedup,
    "change": Change,
    "score": Score,
    "parameters": Parameters,
    "quantity": Quantity,
    "hardware": Hardware,
    "dataset": Dataset,
    "url": Url,
}
VALUE_KINDS = ("speedup", "change", "score", "parameters", "quantity")
THING_KINDS = ("hardware", "dataset", "url")


class Extraction(_Record):
    """One abstract and its claims, in the order of the text."""

    version: ClassVar[str] = SCHEMA_VERSION
    own_kinds: ClassVar[Kinds | None] = None  # where a user's own are among those of its claims
    id: str | None = None
    title: str | None = None
    abstract: str
    claims: tuple[Claim, ...] = ()

    @cached_property
    def kept(self) -> Mapping[str, str | None]:
        """Columns of its input that a run was told to keep; no field, and no part of a dump."""
        return {}

    def of_kinds(self, kinds: Sequence[str]) -> Extraction:
        """Returns the extraction with the claims of some kinds alone; with all if none are named.

        Args:
            kinds: Their names, such as ``speedup``.
        """
        if not kinds:
            return self
        return self.model_copy(update={"claims": tuple(c for c in self.claims if c.kind in kinds)})

    def sure(self, min_confidence: float) -> Extraction:
        """Returns the extraction without the claims that are less sure; labels, which are not rated, stay.

        Args:
            min_confidence: From 0 to 1.

        Raises:
            ValueError: It is not from 0 to 1.
        """
        if not 0 <= min_confidence <= 1:
            message = f"min_confidence is from 0 to 1, not {min_confidence}"
            raise ValueError(message)
        if min_confidence == 0:
            return self
        kept = (c for c in self.claims if c.confidence is None or c.confidence >= min_confidence)
        return self.model_copy(update={"claims": tuple(kept)})

    @model_validator(mode="after")
    def _spans_match(self) -> Extraction:
        for claim in self.claims:
            for span in (claim, *getattr(claim, "mentions", ())):
                if self.abstract[span.start : span.end] != span.text:
                    message = f"abstract[{span.start}:{span.end}] is not {span.text!r}"
                    raise ValueError(message)
        return self

    def of(self, kind: str) -> tuple[BaseClaim, ...]:
        """Returns the claims of a kind, in the order of the text."""
        return tuple(claim for claim in self.claims if claim.kind == kind)

    def to_frame(self, *, wide: bool = False) -> pd.DataFrame:
        """Returns the claims as a pandas table, as :func:`extractor.to_frame`."""
        frame: pd.DataFrame = _above("tables.frames").to_frame(self, wide=wide)
        return frame

    def _repr_html_(self) -> str:
        """Shows the abstract with its claims marked, and the table of them, in a notebook."""
        html: str = _above("pages.notebook").extraction_html(self)
        return html

    @property
    def speedups(self) -> tuple[Speedup, ...]:
        """The claims of the kind ``speedup``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Speedup))

    @property
    def changes(self) -> tuple[Change, ...]:
        """The claims of the kind ``change``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Change))

    @property
    def scores(self) -> tuple[Score, ...]:
        """The claims of the kind ``score``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Score))

    @property
    def parameters(self) -> tuple[Parameters, ...]:
        """The claims of the kind ``parameters``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Parameters))

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The claims of the kind ``quantity``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Quantity))

    @property
    def hardware(self) -> tuple[Hardware, ...]:
        """The claims of the kind ``hardware``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Hardware))

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The claims of the kind ``dataset``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Dataset))

    @property
    def urls(self) -> tuple[Url, ...]:
        """The claims of the kind ``url``."""
        return tuple(claim for claim in self.claims if isinstance(claim, Url))


def _above(module: str) -> Any:
    """Loads what shows a record when it is asked for: it stands above the record, and may take pandas."""
    return import_module(f"extractor.{module}")
