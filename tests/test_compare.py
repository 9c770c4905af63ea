"""Others on our gold: values of tools and answers of language models, counted by one rule."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from evaluation_samples import claim, paper
from script_samples import script

from extractor.errors import InputError
from extractor.labels.gold import load_gold
from extractor.labels.goldfile import write_gold

TEXT = (
    "LumoNet needs 40% less memory and 12 ms\nin two of 7 runs, with 2.5 TFLOPS on FooBench and FooBench-XL."
)
GOLD = paper(
    "a",
    TEXT,
    claim(TEXT, "change", "40%", value=40.0, metric="memory", subject="LumoNet"),
    claim(TEXT, "quantity", "12 ms", value=12.0, unit="ms", dimension="time"),
    claim(TEXT, "quantity", "2.5 TFLOPS", value=2.5e12, unit="FLOP/s", dimension="rate"),
    claim(TEXT, "dataset", "FooBench"),
)
ANSWER: list[dict[str, Any]] = [
    {
        "kind": "change",
        "text": "40%",
        "value": 40,
        "form": "percent",
        "direction": "decrease",
        "metric": "memory",
    },
    {"kind": "quantity", "text": "12 ms", "value": 12, "unit": "ms", "dimension": "time"},
    {"kind": "quantity", "text": "99 GB", "value": 99, "unit": "GB", "dimension": "memory"},
    {"kind": "dataset", "text": "FooBench", "name": "FooBench", "mentions": ["FooBench", "FooBench-XL"]},
    {"kind": "rhyme", "text": "runs"},
]


@pytest.fixture
def compare() -> Any:
    return script("compare")


@pytest.fixture
def answers() -> Any:
    return script("answers")


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    write_gold(path, [GOLD])
    return path


def test_a_value_is_found_once_and_right_by_its_number(compare: Any) -> None:
    gold = [compare.gold_values(GOLD)]
    value = compare.Value
    found = [[value(14, 17, (40.0,)), value(14, 16, (40.0,)), value(34, 36, (11.0,)), value(62, 65, (2.5,))]]
    assert compare.count(gold, found, compare.same_place) == (3, 4, 3)
    assert compare.count(gold, found, compare.same_value) == (3, 4, 2)  # TFLOPS by the number as written
    assert compare.count(gold, found, compare.same_value).scores == (0.5, 2 / 3, 4 / 7)
    assert compare.Counts(0, 0, 0).scores == (0, 0, 0)
    assert not compare.same_value(value(14, 17, ()), gold[0][0])


def test_tools_run_in_their_own_python(
    compare: Any, gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, told = tmp_path / "page.md", tmp_path / "answers.jsonl"
    page.write_text("Before\n<!-- others -->\nstale\n<!-- /others -->\nbehind\n", encoding="utf-8")
    told.write_text(json.dumps({"id": "a", "claims": ANSWER}) + "\n", encoding="utf-8")
    options = ["--gold", str(gold), "--page", str(page), "--python", sys.executable]
    options += ["--tools", "quantulum3,CQE", "--answers", f"some model={told}"]
    assert compare.main(options) == 0
    written = page.read_text("utf-8")
    assert "gold.jsonl, 1 abstracts, 3 values:" in written
    assert "| paperclaims " in written
    rows = {line.split(" | ")[0]: line.split(" | ") for line in written.splitlines() if line.startswith("| ")}
    quantulum = next(row for name, row in rows.items() if name.endswith("with a unit only"))
    assert quantulum[3] in ("1.000", "0.667")
    assert rows["| some model"][1:8] == ["3", "0.667", "0.667", "0.667", "0.667", "0.667", "0.667"]
    assert rows["| some model"][8] == "– |"
    assert "stale" not in written
    assert written.startswith("Before\n")
    assert "CQE left out, not installed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        {"claims": ANSWER},
        {"answer": f"Here it is:\n```json\n{json.dumps({'claims': ANSWER})}\n```\nDone."},
        {"answer": json.dumps(ANSWER)},
    ],
)
def test_answers_get_their_places(line: dict[str, Any], answers: Any, gold: Path, tmp_path: Path) -> None:
    told, out = tmp_path / "answers.jsonl", tmp_path / "predictions.jsonl"
    told.write_text(json.dumps({"id": "a", **line}) + "\n", encoding="utf-8")
    assert answers.main(["place", str(gold), str(told), "-o", str(out)]) == 0
    (read,) = load_gold([out])
    assert [(each.kind, each.text, each.start) for each in read.claims] == [
        ("change", "40%", 14),
        ("quantity", "12 ms", 34),
        ("dataset", "FooBench", 77),
    ]
    placed = answers.read_answers(told, [GOLD])[0]
    assert (placed.values_lost, placed.things_lost) == (1, 1)
    mentions = [mention.text for mention in placed.extraction.claims[2].mentions]
    assert mentions == ["FooBench", "FooBench-XL"]


def test_the_same_text_twice_stands_at_two_places(answers: Any) -> None:
    text = "It is 2x faster and needs 2x less memory, on 12\n ms."
    speed = {"kind": "speedup", "text": "2x", "value": 2, "form": "ratio", "direction": "faster"}
    less = {"kind": "change", "text": "2x", "value": 2, "form": "ratio", "direction": "decrease"}
    time = {"kind": "quantity", "text": "12 ms", "value": 12, "unit": "ms", "dimension": "time"}
    found = answers.place(paper("b", text), [speed, less, time]).extraction.claims
    assert [(each.kind, each.start) for each in found] == [("speedup", 6), ("change", 26), ("quantity", 45)]
    assert found[2].text == "12\n ms"


@pytest.mark.parametrize("answer", ["I found nothing.", "{broken", "", '{"claims": 3}', "[1, 2]"])
def test_an_answer_without_json_has_no_claims(answer: str, answers: Any, tmp_path: Path) -> None:
    told = tmp_path / "answers.jsonl"
    told.write_text(json.dumps({"id": "a", "answer": answer}) + "\n", encoding="utf-8")
    assert answers.read_answers(told, [GOLD])[0].extraction.claims == ()
    with pytest.raises(InputError, match="no answer to 1 of 1 abstracts: z"):
        answers.read_answers(told, [paper("z", TEXT)])


def test_prompts_hold_abstract_and_schema(
    answers: Any, gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answers.main(["prompts", str(gold)]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["id"] == "a"
    assert TEXT in line["prompt"]
    assert "{{" not in line["prompt"]
    assert answers.main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert json.dumps(schema) in line["prompt"]
    jsonschema.validate({"claims": ANSWER[:4]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"claims": ANSWER}, schema)


def test_places_are_moved_back_where_a_tool_changes_the_text(compare: Any) -> None:
    back = script("compare_tools")._places
    text, changed = "See https://x.org/a about ½ of 12 ms.", "See  about 0.5 of 12 ms."
    start = changed.index("12 ms")
    assert text[back(changed, text)[start] :].startswith("12 ms")
    assert back(text, text)[7] == 7
