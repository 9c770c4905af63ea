"""What requests hold: their models, which also make the description of the interface."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

CHARACTERS = 20_000
"""Most characters of one abstract."""
PAPERS = 200
"""Most abstracts in one request."""
RULES = 50_000
"""Most characters of rules that one tries."""
_SHORT = 2_000  # characters of an id or a title

_NAMES = {dict: "an object", list: "a list", int: "a number", float: "a number", bool: "a truth value"}


class _Text:
    """A text of so many characters; halves of characters, which JSON can hold, are let in."""

    def __init__(self, most: int, *, null: bool = False) -> None:
        self._most, self._null = most, null

    def __call__(self, value: Any) -> Any:
        """Checks a value."""
        if value is None and self._null:
            return None
        if not isinstance(value, str):
            message = f"must be a string, not {_NAMES.get(type(value), 'null')}"
            raise ValueError(message)
        if len(value) > self._most:
            message = f"has {len(value):,} characters; at most {self._most:,} are read"
            raise ValueError(message)
        return value


def _schema(most: int, about: str, *, null: bool = False) -> WithJsonSchema:
    kind: Any = ["string", "null"] if null else "string"
    return WithJsonSchema({"type": kind, "maxLength": most, "description": about})


_Abstract = Annotated[
    str, PlainValidator(_Text(CHARACTERS)), _schema(CHARACTERS, "The text; it is never rewritten.")
]
_Kept = Annotated[
    str | None,
    PlainValidator(_Text(_SHORT, null=True)),
    _schema(_SHORT, "Kept in the answer, not read for claims.", null=True),
]
_Rules = Annotated[
    str, PlainValidator(_Text(RULES)), _schema(RULES, "Rules in YAML, laid over those of the service.")
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OneAbstract(_Strict):
    """One abstract."""

    abstract: _Abstract
    id: _Kept = None
    title: _Kept = None


class SeveralAbstracts(_Strict):
    """Several abstracts; the answer has them in the same order."""

    papers: Annotated[list[OneAbstract], Field(min_length=1, max_length=PAPERS)]


class TextToExplain(_Strict):
    """A text whose values are to be explained."""

    text: _Abstract


class RulesToCheck(_Strict):
    """Rules to load and test."""

    rules: _Rules


class Trial(_Strict):
    """A text for the page, and rules to try on it."""

    text: _Abstract
    rules: _Rules = ""
    form: Literal["page", "json", "csv"] = "page"


class ErrorBody(BaseModel):
    """Why a request is not answered."""

    class Reason(BaseModel):
        """The reason for programs and for people, and the place in the request if it has one."""

        code: str
        message: str
        where: str | None = None

    error: Reason


def _which(value: Any) -> str:
    return "papers" if isinstance(value, dict) and "papers" in value else "one"


Read = Annotated[
    Annotated[OneAbstract, Tag("one")] | Annotated[SeveralAbstracts, Tag("papers")], Discriminator(_which)
]
