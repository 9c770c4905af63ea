"""Gold is checked on load: every problem at once, with file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from evaluation_samples import claim, paper, papers
from hypothesis import given

from extractor.errors import GoldError, InputError
from extractor.labels.gold import has_abstracts, load_gold, load_labels, load_predictions
from extractor.labels.goldcheck import check
from extractor.labels.goldfile import to_line, write_gold

if TYPE_CHECKING:
    from extractor.record.schema import Extraction

TEXT = "Lark runs 2x to 3x faster on a V7 card than Wren; the V7 has 8 GB."
SAMPLE = paper(
    "p1",
    TEXT,
    claim(TEXT, "speedup", "2x to 3x", value_high=3.0, metric="faster", baseline="Wren", subject="Lark"),
    claim(TEXT, "hardware", "V7", "V7"),
    claim(TEXT, "quantity", "8 GB", value=8.0),
    title="Lark",
)


def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_line(SAMPLE))
    return found


def put(key: str, value: Any, place: int | None = None) -> Callable[[dict[str, Any]], Any]:
    """Makes a change of the record: a key of the line, or of a claim."""
    return lambda line: (line if place is None else line["claims"][place]).__setitem__(key, value)


def drop(key: str, place: int | None = None) -> Callable[[dict[str, Any]], Any]:
    return lambda line: (line if place is None else line["claims"][place]).__delitem__(key)


def test_a_valid_line_is_read_and_written_the_same() -> None:
    assert check(record()) == (SAMPLE, [])
    assert list(record()["claims"][0]) == [
        *("kind", "text", "start", "end", "value", "value_high", "bound"),
        *("form", "unit", "direction", "metric", "baseline", "subject", "dataset", "hardware"),
    ]


def test_labels_made_before_an_attribute_leave_it_out() -> None:
    line = record()
    for raw in line["claims"]:
        for name in ("dataset", "hardware"):
            raw.pop(name, None)
    assert check(line) == (SAMPLE, [])
    line["claims"][0]["dataset"] = None  # one that knows the attribute must know it everywhere
    assert any("'hardware' is missing" in fault.message for fault in check(line)[1])


PROBLEMS = [
    (drop("id"), "'id' is missing"),
    (put("id", 7), "'id' is missing"),
    (put("id", ""), "'id' is missing"),
    (drop("abstract"), "'abstract' is missing"),
    (drop("claims"), "'claims' is missing"),
    (put("title", 3), "'title' is not a text"),
    (put("claims", ["2x"]), "claim 1: kind None is none of speedup,"),
    (put("kind", "claim", 0), "claim 1 (claim '2x to 3x'): kind 'claim' is none of"),
    (put("kind", ["speedup"], 0), "kind ['speedup'] is none of"),
    (drop("bound", 0), "claim 1 (speedup '2x to 3x'): 'bound' is missing; write null"),
    (drop("mentions", 1), "'mentions' is missing"),
    (put("colour", "red", 0), "'colour' is no attribute of this kind"),
    (put("bound", "about", 0), "'bound' is 'about': input should be 'upper', 'lower' or 'approx'"),
    (put("value", "2", 0), "'value' is '2': input should be a valid number"),
    (put("value", float("inf"), 2), "'value' is inf; a finite number"),
    (put("count", 1.5, 1), "'count' is 1.5"),
    (put("rule", "speedup.x", 0), "'rule' is given"),
    (put("value_high", 1, 0), "'value_high' 1 is below 'value' 2"),
    (put("start", 11, 0), "abstract[11:18] is 'x to 3x', not '2x to 3x'; it stands at 10:18"),
    (put("text", "4x", 0), "not '4x'; this text is not in the abstract"),
    (put("end", 10, 0), "the span 10:10 is empty"),
    (put("end", -1, 0), "'end' is -1"),
    (put("metric", "speed", 0), "'metric' is 'speed', which are no words of the abstract"),
    (put("metric", "", 0), "'metric' is '', which are no words"),
    (put("name", "", 1), "'name' is empty"),
    (put("mentions", [], 1), "'mentions' is ()"),
    (lambda line: line["claims"][1]["mentions"].reverse(), "not in the order of the text"),
    (lambda line: line["claims"][1]["mentions"].pop(0), "its span is not that of the first mention"),
    (lambda line: line["claims"][1]["mentions"].append({"text": "V7"}), "'mentions.2.start'"),
    (lambda line: line["claims"].reverse(), "the claims are not in the order of the text"),
    (lambda line: line["claims"].insert(0, line["claims"][0]), "two speedup claims at 10:18"),
    (lambda line: line["claims"].insert(1, line["claims"][1]), "two hardware claims named 'V7'"),
]


@pytest.mark.parametrize(("change", "message"), PROBLEMS)
def test_every_breach_is_named(change: Callable[[dict[str, Any]], Any], message: str) -> None:
    line = record()
    change(line)
    extraction, faults = check(line)
    assert extraction is None
    assert message in "\n".join(fault.message for fault in faults)


def test_all_problems_of_all_files_are_raised_at_once(tmp_path: Path) -> None:
    line = record()
    line["claims"][0]["start"] = line["claims"][2]["start"] = 0
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text(f"{to_line(SAMPLE)}\n\n{{\n[1]\n", encoding="utf-8")
    second.write_text(f"{to_line(SAMPLE)}\n{json.dumps({**line, 'id': 'p2'})}\n", encoding="utf-8")
    with pytest.raises(GoldError) as caught:
        load_gold([first, second])
    message = str(caught.value)
    assert message.startswith("6 problems:")
    for expected in (
        f"{first}:3: is no JSON",
        f"{first}:4: is a JSON list",
        f"{second}:1: id 'p1' stands already at {first}:1",
        f"{second}:2: claim 1 (speedup '2x to 3x'): abstract[0:18]",
        f"{second}:2: claim 3 (quantity '8 GB'): abstract[0:",
        f"{second}:2: the claims are not in the order",
    ):
        assert expected in message


def test_one_problem_stands_on_one_line_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n5\n", encoding="utf-8")
    with pytest.raises(GoldError) as caught:
        load_gold([tmp_path / "a.jsonl"])
    assert str(caught.value).startswith(f"{tmp_path / 'a.jsonl'}:2: is a JSON int")


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_what_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        load_gold([tmp_path / "a.jsonl"])


@pytest.mark.parametrize("text", ["[" * 100_000, '{"id": ' + "9" * 10_000 + "}", '"\\ud800"', "NaN"])
def test_odd_json_is_a_problem_and_no_crash(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(GoldError):
        load_gold([tmp_path / "a.jsonl"])


def test_other_keys_of_a_line_are_left_alone() -> None:
    assert check({**record(), "source": "elsewhere"})[0] == SAMPLE


def test_predictions_may_be_bare_and_carry_rules(tmp_path: Path) -> None:
    bare = {"kind": "parameters", "text": "8", "start": 61, "end": 62, "value": 8, "rule": "parameters.x"}
    (tmp_path / "p.jsonl").write_text(json.dumps({"id": "p1", "claims": [bare]}), encoding="utf-8")
    (found,) = load_predictions(tmp_path / "p.jsonl", abstracts={"p1": SAMPLE})
    assert (found.abstract, found.title, found.claims[0].rule) == (TEXT, "Lark", "parameters.x")


def test_labels_without_abstracts_are_put_on_a_patched_text(tmp_path: Path) -> None:
    line = record()
    del line["abstract"], line["title"]
    for name, claims in (("a", line["claims"]), ("b", line["claims"][:1])):
        (tmp_path / name).write_text(json.dumps({"id": "p1", "claims": claims}), encoding="utf-8")
    first, second = load_labels(tmp_path / "a", tmp_path / "b")
    assert first[0].claims == SAMPLE.claims
    assert second[0].abstract == first[0].abstract
    assert not has_abstracts(tmp_path / "a")


def test_labels_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    one = json.loads(to_line(paper("p", "ab", claim("ab", "dataset", "ab"))))
    two = json.loads(to_line(paper("p", "ac", claim("ac", "dataset", "ac"))))
    for name, line in (("a", one), ("b", two)):
        (tmp_path / name).write_text(json.dumps({"id": "p", "claims": line["claims"]}), encoding="utf-8")
    with pytest.raises(GoldError, match="offset 1 is 'b' in one claim and 'c' in another"):
        load_labels(tmp_path / "a", tmp_path / "b")


@given(extraction=papers())
def test_what_is_written_is_read_back(extraction: Extraction) -> None:
    assert check(json.loads(to_line(extraction)), gold=False) == (extraction, [])


def test_the_gold_set_is_valid_and_unchanged_by_writing(tmp_path: Path) -> None:
    path = Path(__file__).parents[1] / "gold" / "dev.jsonl"
    gold = load_gold([path])
    write_gold(tmp_path / "again.jsonl", gold)
    lines = [(tmp_path / "again.jsonl").read_text("utf-8"), path.read_text("utf-8")]
    again, before = ([json.loads(line) for line in text.splitlines()] for text in lines)
    assert again == before
    assert len(gold) == 149


def test_the_annotators_labels_are_valid() -> None:
    folder = Path(__file__).parents[1] / "gold"
    texts = {str(each.id): each for each in load_gold([folder / "dev.jsonl"])}
    for name in ("a", "b"):
        assert len(load_gold([folder / "annotators" / f"{name}.jsonl"], abstracts=texts)) == len(texts)
