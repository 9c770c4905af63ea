"""The record: frozen, strict about its fields, the same after a round trip through JSON."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from extractor import Claim, Extraction, json_schema, parse
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.labels.goldfile import claim_record
from extractor.record.schema import CLAIM_MODELS, SCHEMA_VERSION, THING_KINDS, VALUE_KINDS, Speedup, trusted

TEXT = (
    "QuuxNet, a 7B model, is 2.5times faster than BarNet on ImageNet, uses 40% less memory and reaches "
    "an accuracy of 81.2%. It needs 3 GB and two A100 GPUs. Code is available at https://github.com/quux/net."
)
SPAN = {"text": "2x", "start": 0, "end": 2}
SMALLEST: dict[str, dict[str, Any]] = {
    "speedup": {**SPAN, "value": 2, "form": "ratio"},
    "change": {**SPAN, "value": 2, "form": "ratio"},
    "score": {**SPAN, "value": 2},
    "parameters": {**SPAN, "value": 2},
    "quantity": {**SPAN, "value": 2, "unit": "s", "dimension": "time"},
    "hardware": {**SPAN, "name": "A100", "mentions": [SPAN], "category": "gpu"},
    "dataset": {**SPAN, "name": "MMLU", "mentions": [SPAN]},
    "url": {**SPAN, "name": "https://a.b", "mentions": [SPAN], "host": "other"},
}
COMMON = {"kind", "text", "start", "end", "rule", "confidence", "link_confidence"}
VALUE = {"value", "value_high", "bound"}
RELATIVE = VALUE | {
    "form",
    "unit",
    "direction",
    "number",
    "metric",
    "baseline",
    "subject",
    "dataset",
    "hardware",
}
THING = {"name", "mentions"}
# The table of the contract: the attributes of each kind.
ATTRIBUTES = {
    "speedup": VALUE
    | {"form", "unit", "direction", "metric", "baseline", "subject", "dataset", "hardware", "number"},
    "change": VALUE
    | {"form", "unit", "direction", "metric", "baseline", "subject", "dataset", "hardware", "number"},
    "score": VALUE | {"metric", "unit", "dataset", "subject", "hardware"},
    "parameters": VALUE | {"model", "role"},
    "quantity": VALUE | {"unit", "dimension", "dataset", "hardware"},
    "hardware": THING | {"category", "count"},
    "dataset": THING,
    "url": THING | {"host", "role"},
}


def test_kinds_and_attributes() -> None:
    assert (*VALUE_KINDS, *THING_KINDS) == tuple(ATTRIBUTES) == tuple(CLAIM_MODELS)
    for kind, model in CLAIM_MODELS.items():
        assert set(model.model_fields) == COMMON | ATTRIBUTES[kind]


def test_round_trip_of_a_real_extraction() -> None:
    extraction = parse(TEXT, id="p1", title="Quux")
    assert {claim.kind for claim in extraction.claims} == set(ATTRIBUTES)
    assert Extraction.model_validate(extraction.model_dump()) == extraction
    assert Extraction.model_validate_json(extraction.model_dump_json()) == extraction
    assert Extraction.model_validate(json.loads(json.dumps(extraction.model_dump(mode="json")))) == extraction


@pytest.mark.parametrize("kind", SMALLEST)
def test_smallest_record(kind: str) -> None:
    adapter: TypeAdapter[Claim] = TypeAdapter(Claim)
    claim = adapter.validate_python({"kind": kind, **SMALLEST[kind]})
    assert type(claim) is CLAIM_MODELS[kind]
    # every attribute is present, null where not given, and what follows from them
    assert set(claim.model_dump()) == COMMON | ATTRIBUTES[kind] | set(builtin_kinds()[kind].derived)
    assert adapter.validate_json(claim.model_dump_json()) == claim
    assert hash(claim) == hash(adapter.validate_json(claim.model_dump_json()))


@pytest.mark.parametrize("kind", SMALLEST)
def test_an_unchecked_record_is_the_checked_one(kind: str) -> None:
    model = CLAIM_MODELS[kind]
    checked = model.model_validate(SMALLEST[kind])
    fields = {name: getattr(checked, name) for name in reversed(SMALLEST[kind])}
    record = trusted(model, **fields)
    assert record == checked
    assert hash(record) == hash(checked)
    assert record.model_fields_set == checked.model_fields_set
    assert record.model_dump_json() == model.model_construct(**fields).model_dump_json()
    assert record.model_copy(update={"rule": "a.b"}) == checked.model_copy(update={"rule": "a.b"})
    assert pickle.loads(pickle.dumps(record)) == checked
    assert trusted(model, **fields).model_dump() == record.model_dump()
    with pytest.raises(ValidationError, match="frozen"):
        record.text = "3x"


@pytest.mark.parametrize("kind", SMALLEST)
def test_records_are_frozen_and_know_all_their_fields(kind: str) -> None:
    claim = CLAIM_MODELS[kind].model_validate(SMALLEST[kind])
    with pytest.raises(ValidationError, match="frozen"):
        claim.text = "3x"
    with pytest.raises(ValidationError, match="colour"):
        CLAIM_MODELS[kind].model_validate(SMALLEST[kind] | {"colour": "red"})


WRONG = [
    ("speedup", {"direction": "increase"}),
    ("change", {"direction": "faster"}),
    ("change", {"form": "times"}),
    ("change", {"unit": "percent"}),
    ("score", {"unit": "point"}),
    ("score", {"value": None}),
    ("score", {"bound": "exact"}),
    ("parameters", {"role": "frozen"}),
    ("quantity", {"dimension": "mass"}),
    ("quantity", {"unit": None}),
    ("hardware", {"category": "toaster"}),
    ("hardware", {"count": 1.5}),
    ("dataset", {"mentions": []}),
    ("url", {"host": "example.org"}),
    ("url", {"role": "paper"}),
    ("url", {"start": -1}),
]


@pytest.mark.parametrize(("kind", "change"), WRONG, ids=[f"{kind}-{change}" for kind, change in WRONG])
def test_wrong_values_are_refused(kind: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CLAIM_MODELS[kind].model_validate(SMALLEST[kind] | change)


def test_spans_must_be_the_text() -> None:
    record = {"kind": "score", "text": "81%", "start": 3, "end": 6, "value": 81}
    assert Extraction.model_validate({"abstract": "is 81%", "claims": [record]}).claims
    with pytest.raises(ValidationError, match=r"abstract\[2:5\] is not '81%'"):
        Extraction.model_validate({"abstract": "is 81%", "claims": [record | {"start": 2, "end": 5}]})
    mention = {"text": "MMLU", "start": 0, "end": 4}
    thing = {
        "kind": "dataset",
        **mention,
        "name": "MMLU",
        "mentions": [mention, mention | {"start": 5, "end": 9}],
    }
    with pytest.raises(ValidationError, match=r"abstract\[5:9\] is not 'MMLU'"):
        Extraction.model_validate({"abstract": "MMLU helps", "claims": [thing]})


def test_lone_surrogates_are_escaped_in_json() -> None:
    record = Extraction(id="a\ud800", abstract="It is \udc80 2x faster.")
    assert json.loads(record.model_dump_json()) == record.model_dump(mode="json")
    assert record.model_dump_json(exclude={"claims"}, exclude_none=True) == (
        '{"id":"a\\ud800","abstract":"It is \\udc80 2x faster."}'
    )
    assert record.model_copy(update={"abstract": "ä", "id": "b"}).model_dump_json().count("ä") == 1


@pytest.mark.parametrize("half", ["\ud800", "x\udbff", "\udc80y", "\udfff z", "\udc00\ud800"])
def test_lone_surrogates_come_back_from_json(half: str) -> None:
    record = parse(f"Lumo{half}Net is 2x faster than Tessa{half}Net.", id=half, title=f"a{half}b")
    assert record.claims
    for written in (record.model_dump_json(), record.model_dump_json(indent=2)):
        assert Extraction.model_validate_json(written) == record
        assert Extraction.model_validate_json(written.encode()) == record
    (claim,) = record.claims
    assert type(claim).model_validate_json(claim.model_dump_json()) == claim


@pytest.mark.parametrize(
    "data", ['{"id": "\\ud800"', '{"abstract": "\\ud800", "claims": 5}', "{", "[" * 99_999]
)
def test_broken_json_is_refused_with_or_without_a_lone_surrogate(data: str) -> None:
    with pytest.raises(ValidationError):
        Extraction.model_validate_json(data)


def test_json_schema_names_every_kind_and_its_version() -> None:
    schema = json_schema()
    assert schema["$id"].endswith(SCHEMA_VERSION)
    kinds = {
        each["properties"]["kind"]["const"]
        for each in schema["$defs"].values()
        if "kind" in each["properties"]
    }
    assert kinds == set(ATTRIBUTES)
    assert all(each["additionalProperties"] is False for each in schema["$defs"].values())
    assert json.loads(json.dumps(schema)) == schema


def test_what_follows_from_a_record_is_written_but_not_read() -> None:
    schema = json_schema()["$defs"]
    for kind, model in CLAIM_MODELS.items():
        derived = set(builtin_kinds()[kind].derived)
        assert set(model.model_computed_fields) == derived
        properties = schema[model.__name__]["properties"]
        assert {name for name, each in properties.items() if each.get("readOnly")} == derived
        assert not derived & set(schema[model.__name__]["required"])
    claim = Speedup.model_validate({**SMALLEST["speedup"], "direction": "faster", "factor": 7.0})
    assert claim.model_dump()["factor"] == 2.0
    assert "factor" not in repr(claim)
    assert "factor" not in claim_record(claim)


def test_claims_by_kind() -> None:
    extraction = parse(TEXT)
    names = "speedups changes scores parameters quantities hardware datasets urls".split()
    for kind, name in zip(CLAIM_MODELS, names, strict=True):
        claims = getattr(extraction, name)
        assert claims
        assert claims == extraction.of(kind) == tuple(each for each in extraction.claims if each.kind == kind)
    assert extraction.of("nothing") == ()


@given(st.text(max_size=30), st.text(max_size=10), st.floats(allow_nan=False, allow_infinity=False))
def test_round_trip_of_any_text(before: str, text: str, value: float) -> None:
    start = len(before)
    record = {"kind": "score", "text": text, "start": start, "end": start + len(text), "value": value}
    extraction = Extraction.model_validate({"abstract": before + text, "claims": [record]})
    assert Extraction.model_validate(json.loads(json.dumps(extraction.model_dump(mode="json")))) == extraction
