"""The atlas: what its charts count, what its page holds, and that its marks lead to their claims."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from atlas_samples import PAPERS, sample
from typer.testing import CliRunner

from extractor.cli import build_app
from extractor.errors import ExtractorError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.pages import atlas as pages
from extractor.pages import atlas_html, read_documents
from extractor.pages.atlas import Atlas, compiled_at_once, month_of
from extractor.pages.documents import PageDocument, from_extraction
from extractor.pages.render import page
from extractor.tables.writers import Layout, render


@pytest.fixture(scope="module")
def documents() -> list[PageDocument]:
    return list(map(from_extraction, sample()))


def data_of(documents: list[PageDocument]) -> dict[str, Any]:
    return Atlas(documents, builtin_kinds()).data()


def held_papers(data: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = [json.loads(zlib.decompress(base64.b64decode(block))) for block in data["blocks"]]
    return [paper for block in blocks for paper in block]


def claims_at(data: dict[str, Any], refs: list[list[int]]) -> list[tuple[str, str]]:
    """Returns id of the paper and text of the claim that refs lead to."""
    papers = [
        paper for block in data["blocks"] for paper in json.loads(zlib.decompress(base64.b64decode(block)))
    ]
    return [(papers[paper]["id"], papers[paper]["claims"][claim]["t"]) for paper, claim in refs]


@pytest.mark.parametrize(
    ("identity", "month"),
    [
        ("2605.01234", "2026-05"),
        ("arXiv:0704.0010v2", "2007-04"),
        ("http://arxiv.org/abs/2401.00001", "2024-01"),
        ("cs/9901001", "1999-01"),
        ("https://arxiv.org/abs/hep-th/0112017v1", "2001-12"),
        ("2613.01234", None),
        ("papers.csv:12", None),
        ("10.1000/2605.0123456", None),
        (None, None),
    ],
)
def test_the_month_of_an_id(identity: str | None, month: str | None) -> None:
    assert month_of(identity) == month


def test_claims_are_counted_by_kind_and_month(documents: list[PageDocument]) -> None:
    data = data_of(documents)
    assert data["papers"] == {"2024-01": 2, "2024-02": 1, "2025-03": 1}
    assert {month: count for month, (count, _) in data["kinds"]["speedup"].items()} == {"": 1, "2024-01": 2}
    assert claims_at(data, data["kinds"]["speedup"]["2024-01"][1]) == [
        ("2401.00001", "3x"),
        ("2401.00002", "20x"),
    ]
    total = sum(len(document.claims) for document in documents)
    assert sum(count for cells in data["kinds"].values() for count, _ in cells.values()) == total


def test_each_dot_leads_to_its_claim(documents: list[PageDocument]) -> None:
    data = data_of(documents)
    speed = data["speed"]
    assert (speed["y"], speed["x"]) == ([20.0, 3.0, 2.0], ["2024-01", "2024-01", None])
    assert claims_at(data, speed["r"]) == [("2401.00002", "20x"), ("2401.00001", "3x"), ("no-month", "2x")]
    assert speed["h"] == ["FPGA", "A100", None]  # the only device of the abstract, beside it, none
    sizes = data["sizes"]
    assert claims_at(data, sizes["r"]) == [("2403.00003", "70B"), ("2401.00001", "7B")] or sizes["y"] == [
        7e10,
        7e9,
    ]


def test_boards_are_of_a_dataset_a_metric_and_a_unit_the_best_first(documents: list[PageDocument]) -> None:
    (board,) = data_of(documents)["boards"]
    assert board["set"] == "FooBench"
    boards = {each["metric"]: each for each in board["boards"]}
    assert boards["accuracy"]["y"] == [91.0, 85.5]
    assert not boards["accuracy"]["lower"]


def test_a_paper_counts_once_for_a_name(documents: list[PageDocument]) -> None:
    (first, *_) = data_of(documents)["sets"]
    assert (first["name"], first["papers"]) == ("FooBench", 2)
    assert {month: count for month, (count, _) in first["months"].items()} == {"2024-01": 1, "2024-02": 1}


def test_of_too_many_dots_the_largest_and_an_even_choice_stay(
    documents: list[PageDocument], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_MOST_DOTS", 4)
    many = [documents[0]] * 20 + [documents[1]]
    speed = data_of(many)["speed"]
    assert (speed["of"], speed["y"]) == (21, [20.0, 3.0, 3.0, 3.0])
    assert len({tuple(ref) for ref in speed["r"]}) == 4


def test_the_page_holds_only_papers_that_a_mark_opens(documents: list[PageDocument]) -> None:
    empty = PageDocument("2401.00009", "Nothing", "Nothing is claimed.", ())
    data = data_of([*documents, empty])
    assert {paper["id"] for paper in held_papers(data)} == {document.id for document in documents}
    assert data["papers"]["2024-01"] == 3


def test_the_policy_of_the_page_knows_its_scripts(
    documents: list[PageDocument],
) -> None:
    html = atlas_html(documents, title="A </script><script>alert(1)</script>")
    policy = re.search(r'content="(default-src[^"]+)"', html)
    assert policy
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy[1]
    assert "<script>alert(1)" not in html
    assert len(html) < 6_000_000


def test_the_papers_stand_behind_the_scripts(documents: list[PageDocument]) -> None:
    html = atlas_html(documents, title="t")
    later = html.index('id="later"')
    assert html.index('<script type="application/json" id="data"') < html.rindex("<script>") < later
    (packed,) = re.findall(r'id="later">(.*?)</script>', html, re.DOTALL)
    assert json.loads(packed) == data_of(documents)["blocks"]


def test_a_library_is_compiled_once_where_its_wrapping_is_known() -> None:
    wrapped = "(function(root, make) { root.it = make(); } (this, () => {\nvar a = {};\nreturn a;\n}));\n"
    assert compiled_at_once(wrapped) == wrapped.replace("() => {", "(() => {").replace("}));", "})));")
    assert compiled_at_once("var a = 1;") == "var a = 1;"
    assert compiled_at_once(f"{wrapped}b();") == f"{wrapped}b();"


def test_plotly_is_wrapped_as_we_know_it() -> None:
    """Else the page opens a quarter of a second later; then compiled_at_once has to learn the new way."""
    from plotly.offline import get_plotlyjs

    assert compiled_at_once(get_plotlyjs()) != get_plotlyjs()


@pytest.mark.parametrize("script", ["a </ScRiPt> b", "a <!-- b"])
def test_a_library_that_would_end_its_element_is_refused(script: str) -> None:
    with pytest.raises(ValueError, match="end of its element"):
        page("view.html", title="t", data={}, assets=(), kinds=builtin_kinds(), libraries=(script,))


def test_the_command_reads_records_and_tables(tmp_path: Path) -> None:
    for name, layout in (("r.jsonl", Layout("jsonl", "records")), ("c.csv", Layout("csv"))):
        (tmp_path / name).write_bytes(layout.header + render(sample(), layout))
        out = tmp_path / f"{name}.html"
        done = CliRunner().invoke(build_app(), ["atlas", str(tmp_path / name), "-o", str(out)])
        assert done.exit_code == 0, done.output
        assert f"<h1>{name}</h1>" in out.read_text()
        assert "MB" in done.stderr
        assert ("holds no abstracts" in done.stderr) == (name == "c.csv")


@pytest.mark.parametrize("name", ["c.csv", "c.xlsx", "c.parquet", "c.sqlite"])
@pytest.mark.parametrize("more", [(), ("--papers",)])
def test_papers_without_claims_count_whatever_the_run_wrote(
    tmp_path: Path, name: str, more: tuple[str, ...]
) -> None:
    papers = [*PAPERS, {"id": "2401.00009", "title": "Nothing", "abstract": "Nothing is claimed."}]
    (tmp_path / "p.jsonl").write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    out = tmp_path / name
    done = CliRunner().invoke(build_app(), ["run", str(tmp_path / "p.jsonl"), "-o", str(out), *more])
    assert done.exit_code == 0, done.output
    assert data_of(read_documents(out, without_claims=True))["papers"]["2024-01"] == 3
    page = ["atlas", str(out), "-o", str(tmp_path / "page.html")]
    assert "in 6 papers" in CliRunner().invoke(build_app(), page).stderr


def test_without_plotly_the_extra_is_named(
    documents: list[PageDocument], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(ExtractorError, match=r"paperclaims\[atlas\]"):
        atlas_html(documents, title="t")
