"""Kinds as data: ours as the schema has them, a user's own, and what their files may not hold."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest

from extractor.errors import RuleError
from extractor.knowledge.kindfiles import builtin_kinds, load_kinds
from extractor.knowledge.kinds import Kinds
from extractor.record.models import extraction_model, field_of, json_schema, kinds_of, model_of
from extractor.record.schema import CLAIM_MODELS, THING_KINDS, VALUE_KINDS, BaseClaim, Extraction
from extractor.rulelang.ruleset import RuleFile

CARBON = """\
type: kind
kind: carbon
family: amount
about: Greenhouse gas that something emits.
color: ['#3d6b1f', '#9ccb6f']
values: [unit]
attributes:
  unit: {type: text, required: true, tier: record}
  scope:
    {type: choice, tier: record, values: [training, inference], near: {training: [trained]}}
  emitter: {type: words, tier: linked, link: subject}
page: {what: scope}
"""
OPTIMIZER = """\
type: kind
kind: optimizer
family: thing
derived: [key]
attributes:
  order: {type: choice, values: [first, second]}
"""


def own(*texts: str) -> Kinds:
    return load_kinds([RuleFile(f"own-{number}.yaml", text) for number, text in enumerate(texts, 1)])


@pytest.mark.parametrize("kind", CLAIM_MODELS)
def test_the_classes_are_what_the_files_say(kind: str) -> None:
    kinds, fields = builtin_kinds(), CLAIM_MODELS[kind].model_fields
    spec = kinds[kind]
    said = {each.name: field_of(each) for each in (*kinds.common, *spec.attributes)}
    assert set(fields) == {*said, "kind"}
    for name, (type_, default) in said.items():
        assert fields[name].annotation == type_, name
        assert fields[name].is_required() == (default is ...), name
        assert fields[name].is_required() or fields[name].default is None
    assert all(isinstance(getattr(CLAIM_MODELS[kind], name), property) for name in spec.derived)
    assert spec.about == (CLAIM_MODELS[kind].__doc__ or "").replace("; ``value`` ", "; the value ").replace(
        "; ``name`` ", "; the name "
    )


def test_order_and_families() -> None:
    kinds = builtin_kinds()
    assert kinds.names == tuple(CLAIM_MODELS)
    assert (kinds.value_names, kinds.thing_names) == (VALUE_KINDS, THING_KINDS)
    assert kinds.rule_kinds == ("relative", "score", "parameters", "quantity")
    assert load_kinds() is kinds


def test_every_kind_has_a_colour_of_its_own() -> None:
    kinds = builtin_kinds()
    assert len({spec.color for spec in kinds.specs}) == len(kinds)


def test_own_kinds_come_last_and_their_rules_first() -> None:
    kinds = own(CARBON, OPTIMIZER)
    assert kinds.names == (*builtin_kinds().names, "carbon", "optimizer")
    assert kinds.rule_kinds == ("carbon", *builtin_kinds().rule_kinds)
    assert [spec.name for spec in kinds.own] == ["carbon", "optimizer"]
    assert kinds["carbon"].columns == ("value", "value_high", "bound", "unit", "scope", "emitter")
    assert kinds["carbon"].by_link == {"subject": ("emitter",)}
    assert kinds["optimizer"].columns == ("name", "order", "key")


def carbon(**fields: Any) -> BaseClaim:
    record = {"text": "9 kg CO2e", "start": 0, "end": 9, "value": 9, "unit": "kg CO2e", **fields}
    return model_of(own(CARBON)["carbon"]).model_validate(record)


def test_a_claim_of_an_own_kind_is_a_record_as_any_other() -> None:
    claim = carbon(scope="training")
    assert list(claim.model_dump()) == [
        *("text", "start", "end", "rule", "confidence", "link_confidence"),
        *("value", "value_high", "bound", "kind", "unit", "scope", "emitter"),
    ]
    assert claim.model_dump()["kind"] == "carbon"
    with pytest.raises(ValueError, match="frozen"):
        claim.value = 3  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="'training' or 'inference'"):
        carbon(scope="transport")
    with pytest.raises(ValueError, match="extra"):
        carbon(colour="red")


@pytest.mark.parametrize("again", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_claims_and_extractions_of_own_kinds_can_be_copied_and_pickled(again: Any) -> None:
    kinds = own(CARBON)
    claim = carbon(scope="training")
    extraction = extraction_model(kinds)(id="a", abstract="9 kg CO2e", claims=(claim,))  # type: ignore[arg-type]
    assert again(claim) == claim
    assert again(extraction) == extraction
    assert kinds_of(again(extraction)) == kinds


def test_an_extraction_reads_its_own_kinds_back() -> None:
    kinds = own(CARBON, OPTIMIZER)
    model = extraction_model(kinds)
    extraction = model(id="a", abstract="9 kg CO2e", claims=(carbon(),))  # type: ignore[arg-type]
    assert isinstance(extraction, Extraction)
    assert model.model_validate_json(extraction.model_dump_json()) == extraction
    with pytest.raises(ValueError, match="carbon"):
        Extraction.model_validate(extraction.model_dump())
    assert extraction_model(builtin_kinds()) is Extraction


def test_json_schema_of_own_kinds() -> None:
    schema = json_schema(own(CARBON, OPTIMIZER))
    assert schema["$id"].endswith("+carbon+optimizer")
    assert schema["properties"]["claims"]["items"]["discriminator"]["mapping"].keys() >= {"carbon", "score"}
    assert schema["$defs"]["Carbon"]["properties"]["scope"]["anyOf"][0]["enum"] == ["training", "inference"]
    assert "carbon" not in str(json_schema())


FAULTS = {
    "family: relative": (
        "family: amount",
        "3: family: a kind of one's own is of the family amount, level, thing",
    ),
    "kind: score": ("kind: carbon", "1: there is a kind 'score' among the built-in ones already"),
    "kind: Carbon": ("kind: carbon", "2: kind: 'Carbon' is not written as it must be"),
    "family: amounts": ("family: amount", "3: family must be 'relative', 'level', 'amount'"),
    "colour: []\nvalues: [unit]": ("values: [unit]", "6: unknown key 'colour'"),
    "values: [units]": ("values: [unit]", "6: values.0 must be 'ratio', 'percent'"),
    "color: [green, '#9ccb6f']": ("color: ['#3d6b1f', '#9ccb6f']", "5: color.0: 'green' is not written as"),
    "unit: {type: choice, ": (
        "unit: {type: text, ",
        "8: attribute 'unit': a choice, and nothing else, has values",
    ),
    "near: {retraining: [": (
        "near: {training: [",
        "9: attribute 'scope': near: 'retraining' is none of its values",
    ),
    "link: subjects": ("link: subject", "11: attributes.emitter.link must be 'metric', 'baseline'"),
    "  value: {type": ("  emitter: {type", "11: attribute 'value': this name belongs to"),
    "  title: {type": ("  emitter: {type", "11: attribute 'title': the table has this column"),
    "  count: {type": ("  emitter: {type", "1: the column 'count' is of type int in hardware"),
    "page: {what: scale}": ("page: {what: scope}", "12: page: 'scale' is no attribute of this kind"),
    "wide: {urls: {take: all, of: value}}": (
        "page: {what: scope}",
        "1: wide: url has a column 'urls' already",
    ),
    "wide: {co2: {take: sum, of: value}}": (
        "page: {what: scope}",
        "12: wide.co2.take must be 'all', 'first'",
    ),
    "wide: {co2: {take: all, of: grams}}": (
        "page: {what: scope}",
        "12: wide: 'grams' is no attribute of this kind",
    ),
    "columns: [unit, grams]": ("page: {what: scope}", "12: columns: 'grams' is no attribute of this kind"),
    "derived: [factor]": ("page: {what: scope}", "12: derived: 'factor' is none of any in this family"),
    "kind: carbon\nkind: carbon": ("kind: carbon", "3: key 'kind' stands twice"),
}


@pytest.mark.parametrize("wrong", FAULTS)
def test_faults_are_told_with_their_line(wrong: str) -> None:
    right, message = FAULTS[wrong]
    assert right in CARBON
    with pytest.raises(RuleError) as caught:
        own(CARBON.replace(right, wrong, 1))
    assert f"own-1.yaml:{message}" in str(caught.value)


def test_every_fault_of_every_file_is_told_at_once() -> None:
    with pytest.raises(RuleError) as caught:
        own(
            CARBON.replace("amount", "amounts").replace("text,", "string,"),
            OPTIMIZER.replace("kind: o", "kind: O"),
        )
    assert [(each.file, each.line) for each in caught.value.problems] == [
        ("own-1.yaml", 3),
        ("own-1.yaml", 8),
        ("own-2.yaml", 2),
    ]


def test_what_is_no_kind_is_left_to_others(tmp_path: Path) -> None:
    assert own("type: rules\nrules: []\n", "rules: []\n# type: kind\n") is builtin_kinds()
