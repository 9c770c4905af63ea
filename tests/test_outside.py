"""Data sets of others: samples of our own in their formats are read, and judged as the docs say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from script_samples import script

ABSTRACT = r"We present LumoNet. It reaches 91.25\% accuracy on FooBench and an F1 of 0.712, with 7 layers."


@pytest.fixture
def outside() -> Any:
    return script("outside")


@pytest.fixture
def data() -> Any:
    return script("outside_data")


def figures(result: Any) -> list[tuple[int, int]]:
    return [(each.right, each.of) for each in result.figures]


def board(dataset: str, metric: str, score: str) -> dict[str, Any]:
    return {"LEADERBOARD": {"Task": "T", "Dataset": dataset, "Metric": metric, "Score": score}}


def _tex(folder: Path) -> None:
    text = rf"\begin{{abstract}} % a comment" f"\n{ABSTRACT}\n" r"\end{abstract}"
    (folder / "p" / "p.tex").write_text(text, "utf-8")


def _tei(folder: Path) -> None:
    text = ABSTRACT.replace("\\", "")
    body = f"<teiHeader><abstract><p>{text}</p></abstract></teiHeader>"
    (folder / "p" / "p.tei.xml").write_text(f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{body}</TEI>', "utf-8")


@pytest.mark.parametrize("write", [_tex, _tei])
def test_scores_of_leaderboards(write: Callable[[Path], None], outside: Any, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    write(tmp_path)
    boards = [
        board("FooBench", "Accuracy", "91.25%"),
        board("FooBench", "Accuracy", "91.25%"),  # listed twice
        board("BarBench", "F1", "0.712"),  # its data set does not stand there
        board("FooBench", "Accuracy", "88.1"),  # stands nowhere
        board("FooBench", "Layers", "7"),  # may be chance
    ]
    (tmp_path / "p" / "annotations.json").write_text(repr(boards), "utf-8")
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "q.tex").write_text(r"\abstract{Nothing {at all}.}", "utf-8")
    (tmp_path / "q" / "annotations.txt").write_text("unanswerable\n", "utf-8")
    result = outside.outcome("clef", tmp_path)
    assert result.texts == 2
    assert figures(result) == [(2, 2), (2, 2), (1, 1)]  # found; metric; data set
    assert list(result.unjudged.values()) == [2]


def conll(rows: list[tuple[str, str]]) -> str:
    lines, place = [], 100
    for word, tag in rows:
        lines.append(f"{word}\t{place}\t{tag}")
        place += len(word) + (word != "(")
    return "\n".join(lines)


SENTENCES = [
    [
        *[("We", "O"), ("train", "O"), ("it", "O"), ("on", "O"), ("the", "O"), ("FooBench", "B-DATASET")],
        *[("dataset", "I-DATASET"), (".", "O")],
    ],
    [
        *[("Accuracy", "B-METRIC"), ("on", "O"), ("MNIST", "O"), ("and", "O"), ("Greek", "B-TASK")],
        *[
            ("news", "I-TASK"),
            ("is", "O"),
            ("low", "O"),
            ("with", "O"),
            ("web", "B-DATASET"),
            ("data", "I-DATASET"),
        ],
    ],
]


def test_mentions_in_conll(outside: Any, data: Any, tmp_path: Path) -> None:
    path = tmp_path / "test.conll"
    path.write_text("\n\n".join(map(conll, SENTENCES)) + "\n", "utf-8")
    first, second = data.read_conll(path)
    assert [first.text[slice(*span)] for span in first.mentions] == ["FooBench dataset"]
    assert [second.text[slice(*span)] for span in second.mentions] == ["web data"]
    result = outside.outcome("tdmsci", path)
    assert figures(result) == [(1, 1), (1, 2)]  # MNIST is no mention to them
    assert result.unjudged["labelled mentions without a name"] == 1


def test_mentions_in_a_table(outside: Any, tmp_path: Path) -> None:
    path = tmp_path / "Test_set.csv"
    lines = [",Sentence #,Word,POS,Tag"]
    for number, sentence in enumerate(SENTENCES):
        for place, (word, tag) in enumerate(sentence):
            short = tag[0] if tag.endswith("DATASET") else "O"
            lines.append(f"{place},Sentence: {number},{word},NN,{short}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert figures(outside.outcome("xjaeh", path)) == [(1, 1), (1, 2)]


@pytest.mark.parametrize("through", [True, False])
def test_mentions_by_tokens(through: bool, outside: Any, data: Any, tmp_path: Path) -> None:
    tokens = [[word for word, _ in sentence] for sentence in SENTENCES]
    base = len(tokens[0]) if through else 0
    ner = [[[5, 6, "Dataset"]], [[base + 2, base + 2, "Dataset"], [base + 4, base + 5, "Task"]]]
    path = tmp_path / "test.jsonl"
    path.write_text(json.dumps({"doc_key": "d", "sentences": tokens, "ner": ner}) + "\n", "utf-8")
    found = [s.text[slice(*span)] for s in data.read_dygie(path, ["Dataset"]) for span in s.mentions]
    assert found == ["FooBench dataset", "MNIST"]
    assert figures(outside.outcome("scier", path)) == [(2, 2), (2, 2)]
    path.write_text(path.read_text("utf-8") * 6, "utf-8")  # twelve sentences of one document
    assert [len(each.mentions) for each in data.read_dygie(path, ["Dataset"])] == [10, 2]
    assert [len(each.mentions) for each in data.read_dygie(path, ["Dataset"], first_only=True)] == [10]
    assert figures(outside.outcome("gsap", path)) == [(10, 10), (10, 10)]


def test_mentions_by_words(outside: Any, tmp_path: Path) -> None:
    path = tmp_path / "test.jsonl"
    record = {"doc_id": "d", "sentence": "We use MNIST.", "ner": [["MNIST", "Dataset"], ["use", "Task"]]}
    path.write_text(json.dumps(record) + "\n", "utf-8")
    assert figures(outside.outcome("scier", path)) == [(1, 1), (1, 1)]


def test_quantities_by_place(outside: Any, tmp_path: Path) -> None:
    text = "The bed holds 13 kg at 21 glorps, and it ran for 20 ms. It has 5 GB."
    rows = [
        ("Quantity", "13 kg"),
        ("MeasuredEntity", "bed"),
        ("Quantity", "21 glorps"),
        ("Quantity", "20 ms"),
    ]
    lines = ["docId\tannotSet\tannotType\tstartOffset\tendOffset\tannotId\ttext\tother"]
    for number, (kind, words) in enumerate(rows):
        start = text.index(words)
        lines.append(f"d\t{number}\t{kind}\t{start}\t{start + len(words)}\tT{number}\t{words}\t{{}}")
    for name, content in (("text/d.txt", text), ("tsv/d.tsv", "\n".join(lines)), ("tsv/e.tsv", lines[0])):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    result = outside.outcome("measeval", tmp_path)
    assert result.texts == 1
    assert figures(result) == [(2, 2), (2, 3)]  # 5 GB is none to them
    assert list(result.unjudged.values()) == [1]


def test_quantities_by_number(outside: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news = [
        {"text": "It weighs 3 to 5 kg.", "quantities": [{"value": "3-5", "unit": "kg", "change": "="}]},
        {"text": "It took 12 ms.", "quantities": [{"value": "13", "unit": "ms", "change": "="}]},
        {"text": "Some 300 glorps.", "quantities": [{"value": "300", "unit": "glorps", "change": "~"}]},
    ]
    path = tmp_path / "NewsQuant.json"
    path.write_text(json.dumps(news), "utf-8")
    assert figures(outside.outcome("newsquant", path)) == [(1, 2), (1, 2)]
    assert outside.main(["newsquant", str(path)]) == 0
    out = capsys.readouterr().out
    assert "| paperclaims: found | 0.500 | 1 | 2 |" in out
    assert "Not judged: 1 quantities in no unit of ours" in out


@pytest.mark.parametrize("name", ["clef", "measeval"])
def test_a_folder_without_the_data_is_told(name: str, outside: Any, tmp_path: Path) -> None:
    with pytest.raises(outside.InputError, match=f"holds nothing in the format of {name}"):
        outside.outcome(name, tmp_path)


def test_f1_stands_beside_recall_and_precision(outside: Any) -> None:
    outcome = outside.Outcome(3, [outside.Figure("recall", 1, 2), outside.Figure("precision", 1, 1)], {})
    assert "| F1 | 0.667 | | |" in outside.report("tdmsci", outcome)
