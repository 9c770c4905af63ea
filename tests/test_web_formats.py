"""What web services send: JSON answers, Atom, OAI-PMH and PubMed XML; hostile XML is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.readers.papers import Item, Paper, ReadOptions, Reject, read_papers

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>query</title><id>q</id>
  <entry><id>http://arxiv.org/2401.00001v1</id><title>LumoNet &amp; more</title>
    <summary>  It is 2x faster.\n  And 3x less.  </summary><author><name>A B</name></author></entry>
  <entry><id>http://arxiv.org/2401.00002v1</id><title>T</title><summary>B &lt; C</summary></entry>
</feed>"""
OAI = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:arXiv.org:0704.0001</identifier></header><metadata>
  <arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>0704.0001</id><title>T</title><abstract>A</abstract></arXiv>
</metadata></record>
<record><header><identifier>oai:x:2</identifier></header><metadata>
  <o:dc xmlns:o="o" xmlns:dc="d"><dc:title>U</dc:title><dc:description>B</dc:description></o:dc>
</metadata></record><resumptionToken>x</resumptionToken></ListRecords></OAI-PMH>"""
PUBMED = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">77</PMID><Article>
<ArticleTitle>On <i>Foo</i></ArticleTitle><Abstract><AbstractText Label="AIMS">One.</AbstractText>
<AbstractText Label="RESULTS">Two <sup>2</sup>.</AbstractText></Abstract></Article>
<OtherAbstract><AbstractText>Autre.</AbstractText></OtherAbstract>
<CommentsCorrections><PMID>5</PMID></CommentsCorrections></MedlineCitation></PubmedArticle></PubmedArticleSet>"""
JATS = (
    "<jats:title>Abstract</jats:title>"
    "<jats:p>It is <jats:italic>2x</jats:italic> faster &amp; at p &lt; 1.</jats:p>"
    "<jats:p>And <jats:inline-formula><jats:alternatives><jats:tex-math>$3x$</jats:tex-math>"
    "<mml:math><mml:mn>3</mml:mn></mml:math></jats:alternatives></jats:inline-formula> smaller.</jats:p>"
)
CROSSREF = {"DOI": "10.1/x", "title": ["T", "Sub"], "abstract": JATS}
OPENREVIEW = [
    {"id": "n1", "forum": "n1", "content": {"title": {"value": "T"}, "abstract": {"value": "A"}}},
    {"id": "n2", "content": {"title": "U", "abstract": "B"}},
]
Expected = list[tuple[str, str | None, str]]
CASES: list[tuple[str, str, Expected]] = [
    ("a.json", json.dumps({"meta": {"count": 1}, "results": [
        {"id": "W1", "display_name": "T", "abstract_inverted_index": {"wins": [1], "It": [0]}}]}),
     [("W1", "T", "It wins")]),
    ("b.json", json.dumps({"total": 1, "data": [{"paperId": "p", "title": "T", "abstract": "A"}]}, indent=1),
     [("p", "T", "A")]),
    ("c.json", json.dumps({"status": "ok", "message": {"items": [CROSSREF]}}),
     [("10.1/x", "T", "It is 2x faster & at p < 1.\nAnd $3x$ smaller.")]),
    ("d.json", json.dumps({"notes": OPENREVIEW, "count": 2}), [("n1", "T", "A"), ("n2", "U", "B")]),
    ("e.jsonl", "".join(f"{json.dumps(note)}\n" for note in OPENREVIEW),
     [("n1", "T", "A"), ("n2", "U", "B")]),
    ("f.json", json.dumps({"id": "x", "title": "T", "abstract": "A"}, indent=2), [("x", "T", "A")]),
    ("g.xml", ATOM, [("http://arxiv.org/2401.00001v1", "LumoNet & more", "It is 2x faster.\n  And 3x less."),
                     ("http://arxiv.org/2401.00002v1", "T", "B < C")]),
    ("h.xml", OAI, [("0704.0001", "T", "A"), ("oai:x:2", "U", "B")]),
    ("i.xml", PUBMED, [("77", "On Foo", "AIMS: One.\nRESULTS: Two 2.")]),
]  # fmt: skip


def read(path: Path, **options: Any) -> list[Item]:
    return list(read_papers([str(path)], ReadOptions(**options)))


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("name", "content", "expected"), CASES, ids=[case[0] for case in CASES])
def test_answers_of_services(
    tmp_path: Path, name: str, content: str, expected: Expected, named: bool
) -> None:
    path = tmp_path / (name if named else "input")
    path.write_text(content)
    items = read(path)
    assert [(item.id, item.title, item.abstract) for item in items if isinstance(item, Paper)] == expected
    assert len(items) == len(expected)


@pytest.mark.parametrize(
    "lines", ['{"count": 1, "abstract": "A"}\n{"count": 2, "abstract": "B"}\n', '{"abs\n{"abstract": "A"}\n']
)
def test_lines_stay_lines(tmp_path: Path, lines: str) -> None:
    (tmp_path / "a.jsonl").write_text(lines)
    assert isinstance(read(tmp_path / "a.jsonl")[-1], Paper)


BOMB = (
    '<!DOCTYPE feed [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><feed><entry><summary>&j;</summary></entry></feed>"
)
FILE = '<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]><feed><entry><summary>&x;</summary></entry></feed>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "declares entities or reads other files"),
        (FILE, "declares entities or reads other files"),
        (ATOM[:-20], "not readable as XML"),
    ],
)
def test_hostile_and_broken_xml_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "a.xml").write_text(content)
    last = read(tmp_path / "a.xml")[-1]
    assert isinstance(last, Reject)
    assert last.broken
    assert reason in last.reason


@pytest.mark.parametrize("content", ['{\n"results": [', '{"data": [{"abstract": "A"}'])
def test_an_answer_cut_short_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    (item,) = read(tmp_path / "a.json")
    assert isinstance(item, Reject)
    assert "the JSON object is cut short or broken" in item.reason
