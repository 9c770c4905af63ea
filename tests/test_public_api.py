"""The public names: few, listed, and loaded only when they are used."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import extractor

ZIPPY = "The editor shows a 3x zippiness gain."
RULE = """rules:
  - id: relative.zippiness
    kind: relative
    status: stable
    pattern: "{vals} {adv} (cue: zippiness gain|zippiness gains)"
    set: {sense: fast}
    examples:
      - {text: A 3x zippiness gain., expect: [{text: 3x, kind: speedup}]}
    rejects: [A 3x zippiness loss.]
"""

HEAVY = ("spacy", "pandas", "pydantic", "regex", "yaml", "typer", "rich", "numpy", "quantulum3", "pyarrow")


def _run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_every_public_name_exists() -> None:
    assert sorted(extractor.__all__) == extractor.__all__
    assert all(hasattr(extractor, name) for name in extractor.__all__)
    assert set(dir(extractor)) == set(extractor.__all__)


def test_public_names_do_not_change_unnoticed() -> None:
    assert set(extractor.__all__) >= {
        *(
            "parse",
            "parse_many",
            "load",
            "to_frame",
            "json_schema",
            "read_table",
            "read_records",
            "Extractor",
            "Extraction",
            "Claim",
            "Mention",
        ),
        *("Speedup", "Change", "Score", "Parameters", "Quantity", "Hardware", "Dataset", "Url"),
        *("ExtractorError", "InputError", "RuleError", "GoldError"),
    }


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonesuch"):
        _ = extractor.nonesuch


def test_import_loads_nothing_heavy() -> None:
    code = f"import sys, extractor; print([name for name in {HEAVY} if name in sys.modules])"
    assert _run(code) == "[]"


def test_parse_needs_neither_spacy_nor_pandas_nor_quantulum3() -> None:
    code = "import sys, extractor; extractor.parse('It runs 2x faster at 5 kPa.'); "
    code += (
        "print([name for name in ('spacy', 'pandas', 'quantulum3', 'typer', 'rich') if name in sys.modules])"
    )
    assert _run(code) == "[]"


def test_star_import() -> None:
    assert _run("from extractor import *; print(parse('A 2x speedup.').claims[0].kind)") == "speedup"


def test_an_extractor_keeps_its_rules_also_in_another_process(tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text(RULE)
    mine = extractor.Extractor(rules=rules)
    rules.unlink()  # loaded once
    for reader in (mine, pickle.loads(pickle.dumps(mine))):
        assert [claim.rule for claim in reader.parse(ZIPPY).claims] == ["relative.zippiness"]
        assert [each.id for each in reader.parse_many([{"id": "a", "abstract": ZIPPY}])] == ["a"]
        assert reader.parse_frame(pd.DataFrame({"abstract": [ZIPPY]}))["value"].tolist() == [3.0]
    assert extractor.Extractor().parse(ZIPPY, id="x").id == "x"
    with pytest.raises(extractor.RuleError):
        extractor.Extractor(rules=rules)


def test_a_notebook_shows_the_marked_abstract_and_its_table() -> None:
    text = 'It is <b>up to 2x faster</b> than "Foo" & 40% smaller on an A100.'
    html = extractor.parse(text, id="2401.00001", title="<i>T</i>")._repr_html_()
    assert "<b>up" not in html
    assert "<i>" not in html
    shown = re.sub(r"<[^>]+>", "", html.split("<p>")[-1].split("</p>")[0])
    assert unescape(shown) == text
    assert 'href="https://arxiv.org/abs/2401.00001"' in html
    assert '<mark data-k="speedup"' in html
    assert "≤ 2×" in html
    assert "prefers-color-scheme: dark" in html
    assert "<script" not in html
    assert "no claims" in extractor.parse("Nothing.")._repr_html_()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("LumoNet has 7B parameters.", "7B"),
        ("LumoNet has 1.5M parameters.", "1.5M"),
        ("LumoNet has 999,999 parameters.", "999,999"),
        ("LumoNet has 2T parameters.", "2T"),
    ],
)
def test_numbers_of_a_record_in_a_notebook_are_short(text: str, number: str) -> None:
    assert f'<td class="n">{number}</td>' in extractor.parse(text)._repr_html_()


def test_overlapping_claims_are_told_together() -> None:
    claims = [
        {"kind": "dataset", "text": text, "start": start, "end": start + len(text), "name": text,
         "mentions": [{"text": text, "start": start, "end": start + len(text)}]}
        for text, start in (("Foo Bench", 0), ("Bench", 4))
    ]  # fmt: skip
    html = extractor.Extraction.model_validate({"abstract": "Foo Bench", "claims": claims})._repr_html_()
    assert re.findall(r'title="([^"]*)">([^<]*)', html) == [
        ("dataset: name Foo Bench", "Foo "),
        ("dataset: name Foo Bench; dataset: name Bench", "Bench"),
    ]


def test_to_frame_of_one_extraction() -> None:
    record = extractor.parse("It is 2x faster.")
    assert record.to_frame().equals(extractor.to_frame(record))
    assert record.to_frame(wide=True).equals(extractor.to_frame(record, wide=True))


_HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script></mark></style><svg/onload=alert(1)>"


@pytest.mark.parametrize(
    "identity", [_HOSTILE, "2401.00001", "javascript:alert(1)", 'x" autofocus onfocus="alert(1)']
)
def test_a_notebook_runs_nothing_of_an_abstract(identity: str) -> None:
    text = f'{_HOSTILE} is 3x faster than {_HOSTILE} at https://github.com/a/b"onclick="alert(1) on ImageNet.'
    html = extractor.parse(text, id=identity, title=_HOSTILE)._repr_html_()
    tags: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, dict(attrs)))  # type: ignore[method-assign]
    parser.feed(html)
    plain = {
        "style",
        "div",
        "p",
        "small",
        "strong",
        "a",
        "mark",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "b",
    }
    assert {tag for tag, _ in tags} <= plain
    assert {name for _, attrs in tags for name in attrs} <= {
        "class",
        "data-k",
        "title",
        "href",
        "target",
        "rel",
    }
    links = [attrs["href"] for tag, attrs in tags if tag == "a"]
    assert links == (["https://arxiv.org/abs/2401.00001"] if identity == "2401.00001" else [])
    assert "<script" not in html
    assert html.count("<style>") == html.count("</style>") == 1
