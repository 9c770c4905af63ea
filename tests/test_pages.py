"""The HTML of the pages: what is escaped, what is embedded, what is read."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_samples import FASTER, HOSTILE, SCRIPT, evaluation, gold, papers, rated
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.errors import ExtractorError, InputError
from extractor.evaluation.run import evaluate
from extractor.evaluation.scoring import Estimate
from extractor.pages import charts, read_documents, report_html, view_html
from extractor.pages.documents import document_json, from_extraction, utf16_spans
from extractor.pages.render import script_json
from extractor.record.schema import Extraction
from extractor.tables.rows import tables_of

SURROGATES = st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"])
ANY_TEXT = st.text(st.one_of(st.characters(), SURROGATES, st.sampled_from("<>&/!-\u2028\u2029\x00scripT")))
PAGES: dict[str, Callable[[], str]] = {
    "view": lambda: view_html(papers(), title=f"All {HOSTILE}"),
    "report": lambda: report_html(evaluation(), title=f"All {HOSTILE}"),
    "rated view": lambda: view_html(rated(), title="Rated"),
    "rated report": lambda: report_html(evaluate(gold(), rated(), resamples=0)),
    "empty view": lambda: view_html([], title="Nothing"),
    "empty report": lambda: report_html(evaluate([], [])),
    "bare report": lambda: report_html(evaluate(gold(), gold(), resamples=0)),
}


class Reader(HTMLParser):
    """Collects the elements, links and texts of scripts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts.append(data)


@pytest.fixture(params=PAGES, scope="module")
def html(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


def embedded(html: str) -> Any:
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]


def test_page_holds_two_scripts_and_no_other_markup_of_the_input(html: str) -> None:
    tags = Reader(html).tags
    assert [attributes.get("type") for tag, attributes in tags if tag == "script"] == [
        "application/json",
        None,
    ]
    assert not [attributes for _, attributes in tags if attributes.get("id") == "bold"]
    assert SCRIPT not in html
    assert "<!--" not in html


def test_page_names_no_resource_outside_itself(html: str) -> None:
    for tag, attributes in Reader(html).tags:
        assert "src" not in attributes, tag
        href = attributes.get("href") or "#"
        assert href.startswith("#") or href == "data:,"
    assert not re.search(r"@import|url\(", html)


def test_page_can_be_written_whatever_the_input_held(html: str) -> None:
    assert html.encode("utf-8").decode("utf-8") == html


def test_page_allows_its_own_script_only(html: str) -> None:
    [policy] = [
        a["content"] for _, a in Reader(html).tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | ANY_TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
        max_leaves=12,
    )
)
def test_script_json_round_trip_and_safety(data: Any) -> None:
    text = script_json(data)
    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029") & set(text)
    text.encode("utf-8")


@settings(deadline=None)  # a machine at work on other things takes its time
@given(ANY_TEXT, st.data())
def test_utf16_spans_cut_the_same_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    [[left, right]] = utf16_spans(text, [(start, end)])
    units = text.encode("utf-16-le", "surrogatepass")
    assert units[2 * left : 2 * right] == text[start:end].encode("utf-16-le", "surrogatepass")


def test_view_data_has_every_claim_with_its_record() -> None:
    data = embedded(view_html(papers(), title="All"))
    assert [doc["id"] for doc in data["docs"]] == ["p1", "p2", "p3"]
    speedup = data["docs"][0]["claims"][0]
    assert speedup == {
        "k": "speedup",
        "t": "3.5x",
        "s": [[16, 20]],
        "r": "speedup.plain",
        "a": {"value": 3.5, "form": "ratio", "baseline": "cuPlain", "direction": "faster"},
        "d": {"factor": 3.5},
    }
    assert data["docs"][2]["claims"][3]["a"]["value"] == "Infinity"
    assert data["docs"][2]["title"] == f"Odd {HOSTILE}"


def test_report_data_has_every_error_and_only_abstracts_with_errors() -> None:
    result = evaluation()
    data = embedded(report_html(result))
    assert [error["type"] for error in data["errors"]] == [error.type for error in result.errors]
    assert {doc["id"] for doc in data["docs"]} == {error.id for error in result.errors}
    for error, found in zip(result.errors, data["errors"], strict=True):
        start, end = found["around"]
        text = data["docs"][found["doc"]]["text"].encode("utf-16-le", "surrogatepass")
        assert text[2 * start : 2 * end].decode("utf-16-le", "surrogatepass") == error.sentence


def test_confidence_is_data_of_its_own_and_no_attribute() -> None:
    first = embedded(view_html(rated(), title="All"))["docs"][0]["claims"][0]
    assert (first["c"], first["l"]) == (0.97, 0.845)
    assert "confidence" not in first["a"]
    error = embedded(report_html(evaluate(gold(), rated(), resamples=0)))["docs"][0]
    assert [claim["c"] for claim in error["pred"]] == [0.97, 0.92, 0.81, 0.55]
    assert not [claim for claim in error["gold"] if "c" in claim]


def test_report_draws_what_confidence_is_worth() -> None:
    result = evaluate(gold(), rated(), resamples=0)
    assert result.calibration is not None
    html = report_html(result)
    sure = result.calibration.at(0.9)
    assert f"{sure.record.precision:.3f} / {sure.record.recall:.3f}" in html
    for part in result.calibration.reliability:
        assert f"{part.error:.3f}" in html
    labels = [a["aria-label"] or "" for tag, a in Reader(html).tags if tag == "svg" and a.get("aria-label")]
    assert [each.split(" over")[0] for each in labels if "confidence" in each] == [
        "Precision and recall of records",
        "Share of right claims",
    ]


def test_report_of_claims_that_are_not_rated_draws_no_confidence() -> None:
    assert 'id="h-confidence"' not in report_html(evaluation())


def test_report_shows_the_figures_without_scripts() -> None:
    result = evaluation()
    html = report_html(result)
    for row in result.rows:
        if row.record.f1.value is not None:
            assert f"{row.record.f1.value:.3f}" in html
    assert "speedup.plain" in html


# Reading


def write_jsonl(folder: Path) -> Path:
    path = folder / "found.jsonl"
    lines = [json.dumps(each.model_dump(mode="json")) for each in rated()[:2]]
    path.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return path


def write_gzip(folder: Path) -> Path:
    path = folder / "found.jsonl.gz"
    path.write_bytes(gzip.compress(write_jsonl(folder).read_bytes()))
    return path


def tidy_rows() -> list[dict[str, Any]]:
    return [row for each in rated()[:2] for row in tables_of().claim_rows(each)]


def write_tidy_jsonl(folder: Path) -> Path:
    path = folder / "tidy.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in tidy_rows()), encoding="utf-8")
    return path


def write_csv(folder: Path) -> Path:
    import pandas as pd

    path = folder / "tidy.csv"
    frame = pd.DataFrame(tidy_rows(), columns=list(tables_of().long))
    frame["mentions"] = [None if m is None else json.dumps(m) for m in frame["mentions"]]
    frame.to_csv(path, index=False)
    return path


def write_parquet(folder: Path) -> Path:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = folder / "tidy.parquet"
    pq.write_table(pa.Table.from_pylist(tidy_rows()), path)
    return path


@pytest.mark.parametrize("write", [write_jsonl, write_gzip])
def test_jsonl_is_read_as_it_was_found(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    assert read_documents(write(tmp_path)) == [from_extraction(each) for each in rated()[:2]]


@pytest.mark.parametrize("write", [write_tidy_jsonl, write_csv, write_parquet])
def test_table_is_read_with_the_same_records(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    for found, each in zip(read_documents(write(tmp_path)), rated(), strict=False):
        expected = document_json(from_extraction(each))
        assert (found.id, found.title, found.abstract) == (each.id, each.title, None)
        for claim, original in zip(document_json(found)["claims"], expected["claims"], strict=True):
            assert claim == {name: value for name, value in original.items() if name != "s"}


def test_derived_columns_in_jsonl_are_computed_again(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    record = papers()[0].model_dump(mode="json")
    record["claims"][0]["factor"] = 99
    path.write_text(json.dumps(record), encoding="utf-8")
    assert read_documents(path)[0].claims[0].derived["factor"] == 3.5


def test_table_with_abstracts_has_its_claims_placed(tmp_path: Path) -> None:
    path = tmp_path / "tidy.csv"
    head = "id,abstract,kind,text,start,end,value"
    path.write_text(f'{head}\np,"{FASTER}",speedup,3.5x,16,20,3.5\np,"{FASTER}",speedup,3.5x,17,21,3.5\n')
    [document] = read_documents(path)
    assert [claim.spans for claim in document.claims] == [((16, 20),), ()]  # the second does not stand there


def test_spreadsheet_guard_of_csv_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "tidy.csv"
    path.write_text("id,kind,text,value\np,change,'+2.65 points,2.65\np,change,'quoted,1\n")
    assert [claim.text for claim in read_documents(path)[0].claims] == ["+2.65 points", "'quoted"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"abstract": "x", "claims": []}\nno json\n', r"a\.jsonl:2: this line is no JSON"),
        ("a.jsonl", b"[1]\n", r"a\.jsonl:1: expected a JSON object, found list"),
        ("a.jsonl", b'{"title": "x"}\n', r"a\.jsonl:1: is no extraction: abstract: "),
        ("a.jsonl", b'{"abstract": "x", "claims": 3}\n', r"a\.jsonl:1: is no extraction: claims: "),
        ("a.jsonl", b"\xff\xfe\n", r"a\.jsonl: is no UTF-8 text"),
        ("a.jsonl.gz", b"plain", r"a\.jsonl\.gz: cannot be read"),
        ("a.csv", b"id,speedup\np,2\n", r"a\.csv: has no column 'kind' and 'text'.*not the wide one"),
        ("a.csv", b"id,kind,text,value\np,speedup,2x,two\n", r"a\.csv:2: column 'value' holds 'two'"),
        ("a.csv", b"kind,text,confidence\nspeedup,2x,high\n", r"a\.csv:2: column 'confidence' holds 'high'"),
        ("a.csv", b'id,kind,text\n"open,a,b\n', r"a\.csv: is no CSV table"),
        ("a.parquet", b"PAR?", r"a\.parquet: is no Parquet file"),
        ("a.ods", b"", r"a\.ods: cannot tell the format"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_documents(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_documents(tmp_path / "none.jsonl")


@pytest.mark.parametrize("content", ["", "id,kind,text\n"])
def test_empty_table_is_an_empty_page(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tidy.csv"
    path.write_text(content)
    assert read_documents(path) == []


# The command


def test_view_command_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = CliRunner().invoke(build_app(), ["view", str(write_jsonl(tmp_path)), "-o", str(page)])
    assert result.exit_code == 0, result.output
    assert "8 claims in 2 papers" in result.output
    assert "<h1>found.jsonl</h1>" in page.read_text(encoding="utf-8")


def test_view_command_says_that_a_table_has_no_abstracts(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = ["view", str(write_csv(tmp_path)), "-o", str(page), "--title", "Mine"]
    result = CliRunner().invoke(build_app(), arguments)
    assert "holds no abstracts" in result.output
    assert "<h1>Mine</h1>" in page.read_text(encoding="utf-8")


def test_view_command_says_that_it_cannot_write(tmp_path: Path) -> None:
    arguments = ["view", str(write_jsonl(tmp_path)), "-o", str(tmp_path / "none" / "page.html")]
    result = CliRunner().invoke(build_app(), arguments)
    assert isinstance(result.exception, ExtractorError)
    assert "page.html: cannot be written" in str(result.exception)


# Charts


@pytest.mark.parametrize(
    ("lowest", "low"), [(0.99, 0.9), (0.9, 0.9), (0.87, 0.85), (0.62, 0.6), (0.31, 0.2), (0.0, 0.0)]
)
def test_score_axis_starts_at_a_round_number_below(lowest: float, low: float) -> None:
    row = evaluation().row("micro")
    tier = row.record.model_copy(update={"f1": Estimate(value=lowest, low=lowest, high=1.0)})
    row = row.model_copy(update=dict.fromkeys(charts.TIER_ORDER, tier))
    axis = charts.score_axis([row])
    assert axis.low == low
    assert axis.ticks[-1] == 1
    assert 3 <= len(axis.ticks) <= 6
    assert (axis.at(axis.low), axis.at(1)) == (0, 100)


def test_rule_bars_put_false_alarms_first() -> None:
    bars = charts.rule_bars(evaluation().rules)
    alarms = [bar.score.false_alarm for bar in bars]
    assert alarms == sorted(alarms, reverse=True)
    assert [bar.alarms for bar in bars] == [10 * number for number in alarms]  # a full bar is 10 or more


def test_extraction_with_nothing_in_it_makes_a_page() -> None:
    html = view_html([Extraction(abstract="")], title="")
    assert embedded(html)["docs"] == [{"id": None, "title": None, "text": "", "claims": []}]


@pytest.mark.parametrize("name", ["start", "end", "value", "count"])
def test_infinite_numbers_in_a_table_do_no_harm(tmp_path: Path, name: str) -> None:
    row = {"id": "a", "abstract": "It is 2x faster.", "kind": "speedup", "text": "2x", "start": 6, "end": 8}
    (tmp_path / "t.jsonl").write_text(json.dumps({**row, name: float("inf")}))
    [document] = read_documents(tmp_path / "t.jsonl")
    assert document.claims[0].spans == (() if name in ("start", "end") else ((6, 8),))
    assert "Infinity" in view_html([document], title="T") or name in ("start", "end")
    record = {"id": "a", "abstract": "It is 2x faster.", "claims": [{**row, name: float("inf")}]}
    (tmp_path / "r.jsonl").write_text(json.dumps(record))
    with pytest.raises(InputError, match="is no extraction"):
        read_documents(tmp_path / "r.jsonl")
