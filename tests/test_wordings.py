"""Wordings: for each kind of wording a table of sentences, with every value claim in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractor import parse
from extractor.knowledge.strictyaml import load_yaml

TABLE: dict[str, list[dict[str, Any]]] = load_yaml(Path(__file__).parent / "data" / "wordings.yaml")
CASES = [
    pytest.param(case["text"], case["claims"], id=f"{group}-{number}")
    for group, cases in TABLE.items()
    for number, case in enumerate(cases)
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_all_values_of_a_wording_are_read(text: str, expected: list[dict[str, Any]]) -> None:
    claims = [claim for claim in parse(text).claims if hasattr(claim, "value")]
    assert [(claim.kind, claim.text) for claim in claims] == [(one["kind"], one["text"]) for one in expected]
    for claim, wanted in zip(claims, expected, strict=True):
        assert {name: getattr(claim, name) for name in wanted} == wanted
