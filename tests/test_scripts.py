"""The measuring scripts run, on tiny sizes; what they measure depends on the machine and is not tested."""

from __future__ import annotations

import gzip
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import extractor
from extractor.labels.goldfile import to_line

SCRIPTS = Path(__file__).parents[1] / "scripts"
READ_ONLY = ("rule", "number", "confidence", "link_confidence")
TEXTS = [
    "Our kernel is 2.5x faster than cuBLAS on an A100 GPU.",
    "It cuts latency by 40% and reaches 81.3% accuracy on ImageNet.",
    "A 7B model, trained on 2T tokens, is at https://example.org/model.",
    "Nothing to see here.",
]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.jsonl.gz"
    lines = "".join(json.dumps({"abstract": text}) + "\n" for text in TEXTS)
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return import_module(name)


def test_the_bench_measures_every_section(
    papers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = papers.with_name("bench.json")
    sizes = [
        *("--abstracts", "4", "--repeats", "1", "--warmup", "1", "--slow", "1"),
        *("--starts", "1", "--memory", "2,4", "--rows", "4", "--dense", str(papers)),
    ]
    assert script("bench", monkeypatch).main([str(papers), *sizes, "--json", str(out)]) == 0
    told = json.loads(out.read_text("utf-8"))
    assert {row["section"] for row in told["rows"]} == {
        *("rate", "dense", "first pass", "quantulum3", "start-up", "memory", "processes")
    }
    assert all(row["low"] <= row["median"] <= row["high"] for row in told["rows"])
    assert next(row["median"] for row in told["rows"] if row["what"] == "output identical") == 1
    claims = [row["median"] for row in told["rows"] if row["unit"] == "claims/abstract"]
    assert len(claims) == 2
    assert min(claims) > 0
    assert told["settings"]["memory"] == [2, 4]
    assert "extractor.parse" in capsys.readouterr().out


def test_the_profile_adds_up(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = papers.with_name("profile.json")
    assert script("bench", monkeypatch).main([str(papers), "--profile", "--json", str(out)]) == 0
    share, own, *stages, whole = (row["median"] for row in json.loads(out.read_text("utf-8"))["rows"])
    assert 0 < share < 1.5  # of tiny texts, noise included
    assert own < share
    assert sum(stages) == pytest.approx(whole)
    assert min(stages) >= 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--only", "rate,speed"], "no section 'speed'"),
        (["--memory", "many"], "--memory takes whole numbers"),
        (["--repeats", "0"], "1 or more"),
    ],
)
def test_the_bench_says_what_is_wrong(
    options: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        script("bench", monkeypatch).main(options)
    assert message in capsys.readouterr().err


def test_the_bench_refuses_a_file_without_abstracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text('{"text": "no abstract"}\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="no JSONL file with a field 'abstract'"):
        script("bench", monkeypatch).main([str(path), "--only", "rate"])


def test_samples_share_no_abstract_where_the_file_is_large_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = script("bench", monkeypatch)
    settings = bench.Settings(Path("x"), Path("y"), 12, 3, 5, 1, 1, (1,), 1, 7)
    warm, parts = bench.samples([f"text {number}" for number in range(20)], settings)
    everything = [*warm, *(text for part in parts for text in part)]
    assert len(everything) == len(set(everything)) == 5 + 12
    assert bench.samples([f"text {number}" for number in range(20)], settings) == (warm, parts)
    _, parts = bench.samples(["a", "b"], settings)
    assert [sorted(part) for part in parts] == [["a", "b"]] * 3


def test_the_same_meaning_makes_the_same_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample; scripts/metamorphic.py takes as many abstracts as one likes."""
    ways = script("metamorphic", monkeypatch)
    texts = ways.read(SCRIPTS.parent / "gold" / "dev.jsonl", 150)[::10]
    tried = {name: list(ways.changes(texts, way)) for name, way in ways.WAYS.items()}
    assert [(name, *each[1:]) for name, found in tried.items() for each in found if each[1] or each[2]] == []
    assert sum(map(len, tried.values())) > len(texts) * len(ways.WAYS) / 2
    assert any(lost for _, lost, _ in ways.changes(texts, lambda text: text.replace("0", "")))


WORDS = """
3x | 2.5 times | 90.1% | 5 ms | two hundred | one third | 1,024 | 7B | from 5 to 7 | half | ±0.3 | 1/3 | 0.5pp
8x A100 | GPU hours | NVIDIA | parameters | dataset | points | LumoNet | FooBench | (TessaNet) | on ImageNet
faster than | accuracy of | improves | reduces latency by | compared to | respectively | over the baseline
we introduce | up to | F1 of | outperforms | state-of-the-art | https://lumo.example/a | it's | cost-free
and | the | a | with | of | training
"""
PHRASES = [each.strip() for line in WORDS.strip().splitlines() for each in line.split("|")]


@settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(st.sampled_from(PHRASES), min_size=3, max_size=14))
def test_what_is_made_of_values_cues_and_noise_means_the_same_too(phrases: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        ways = script("metamorphic", patch)
    text = f"LumoNet {' '.join(phrases)}."
    for name, way in ways.WAYS.items():
        assert [(name, lost, new) for _, lost, new in ways.changes([text], way) if lost or new] == []


SLOW_ONCE = [
    "accuracy of 90% ",
    "3x faster than TessaNet, ",
    "LumoNet-{n} is 3x faster than TessaNet on FooBench-{n}, ",
    "LumoNet improves from 40.2% to 45.1% on FooQA, and 50.3% to 65.5% on BarQA ",
    "(5%) ",
    "7B ",
    "FooBench, ",
    "A100 ",
    "FooBench-{n}, ",
    "https://lumo.example/{n} A100 ",
    "We collect a set of signs, called Signpost, in ten cities ",
    "We collect a dataset, called Signpost. ",
]


@pytest.mark.parametrize("phrase", SLOW_ONCE)
def test_steps_grow_with_the_text(phrase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts calls, as seconds hang on the machine."""
    growth = script("growth", monkeypatch)
    extractor.parse(growth.text_of(phrase, 32))  # what is remembered of words, and patterns compiled late
    first, second = (growth.calls(growth.text_of(phrase, size)) for size in (8, 32))
    assert second < growth.GROWTH * 4 * first


@pytest.mark.parametrize(
    ("phrase", "most"),
    [
        ("(5%) ", 60),
        ("7B ", 38),
        ("FooBench, ", 12),
        ("A100 ", 33),
        ("500 H100-", 29),
        ("Its MATH accuracy doubles ", 110),
    ],
)
def test_steps_for_a_text_of_nothing_but_values_or_names(
    phrase: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls for each character; they were 77, 94, 22 and 38 of the first four, and 298 of the last."""
    growth = script("growth", monkeypatch)
    text = growth.text_of(phrase, 8)
    extractor.parse(text)
    assert growth.calls(text) < most * len(text)


def test_growth_counts_calls(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        script("growth", monkeypatch).main(["--calls", "--sizes", "2,6", "Its TessaNet is 3x faster "]) == 0
    )
    assert capsys.readouterr().out.count("calls for each character") == 2


def test_the_readme_has_val_first_where_its_texts_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = script("readme", monkeypatch)
    monkeypatch.delenv("EXTRACTOR_ATTACHED", raising=False)
    (tmp_path / "gold" / "annotators").mkdir(parents=True)
    rows = [json.loads(to_line(extractor.parse(text, id=str(n)))) for n, text in enumerate(TEXTS)]
    for row in rows:
        row["claims"] = [
            {name: value for name, value in claim.items() if name not in READ_ONLY} for claim in row["claims"]
        ]
    rows[0]["claims"].pop()  # a claim that the extractor finds and gold lacks
    _lines(tmp_path / "gold" / "dev.jsonl", rows)
    for name in "ab":
        _lines(tmp_path / "gold" / "annotators" / f"{name}.jsonl", rows)
    attached = _lines(
        tmp_path / "attached.jsonl", [{**row, "id": f"v{row['id']}", "split": "val"} for row in rows]
    )
    page = tmp_path / "README.md"
    blocks = ("val", "splits", "scores")
    page.write_text("".join(f"<!-- {each} -->\nlast\n<!-- /{each} -->\n" for each in blocks), "utf-8")
    assert readme.main([], root=tmp_path) == 0
    assert "no --attached file" in capsys.readouterr().err
    assert "<!-- val -->\nlast\n" in page.read_text("utf-8")
    assert readme.main(["--attached", str(attached)], root=tmp_path) == 0
    val, dev = page.read_text("utf-8").split("<!-- /val -->")
    assert "The errors of val" not in dev
    assert "### F1 on 4 abstracts of val, which no rule was written with (20" in val
    assert "On all 4 abstracts of dev" in dev
    assert "are right; expected calibration error 0." in val
    assert "### F1 on 4 abstracts" in dev
    assert "That is the ceiling." in dev
    page.write_text(page.read_text("utf-8").replace(" of val, ", " of VAL, "), "utf-8")
    (tmp_path / "gold" / "splits.json").write_text('{"val": {"errors_read": "2026-01-02"}}', "utf-8")
    assert readme.main(["--attached", str(attached)], root=tmp_path) == 0
    assert "abstracts of VAL, which no rule" in page.read_text("utf-8")  # the last figures stay
    assert "The errors of val were read on 2026-01-02" in page.read_text("utf-8")


def _lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
