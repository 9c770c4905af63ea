"""The reading view: what is read as what, that every place maps back, and that noise changes no claim."""

from __future__ import annotations

import html
import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor import parse
from extractor.engine import builtin_engine
from extractor.knowledge.strictyaml import load_yaml
from extractor.text.view import Change, View
from extractor.workbench.explain import explain

DATA = load_yaml(Path(__file__).parent / "data" / "view.yaml")
GOLD = Path(__file__).parent.parent / "gold" / "dev.jsonl"
NOISY = st.text(
    alphabet=st.sampled_from("aZé5.,%x \n\r\t-–\u00ad\u00a0\u2009\u2011\ufb01\uff15\u0301â€“Ã—\\{}$&;<>/~'_^")
    | st.characters(),
    max_size=60,
)


@pytest.mark.parametrize("case", DATA["views"], ids=lambda case: case["raw"][:40])
def test_read_as(case: dict[str, str]) -> None:
    assert builtin_engine().view(case["raw"]).text == case["text"]


@pytest.mark.parametrize("case", DATA["claims"], ids=lambda case: case["text"][:40])
def test_claims(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [claim.model_dump() for claim in parse(text).claims]
    assert [claim["text"] for claim in found] == [wanted["text"] for wanted in case["claims"]]
    for claim, wanted in zip(found, case["claims"], strict=True):
        assert {name: claim[name] for name in wanted} == wanted
        for place in (claim, *claim.get("mentions", ())):
            assert text[place["start"] : place["end"]] == place["text"]


def test_plain_text_is_its_own_view() -> None:
    view = builtin_engine().view("LumoNet is 2.5x faster than Foo – by far.")
    assert view.is_plain
    assert view.span(3, 7) == (3, 7)


def test_explanation_shows_the_raw_words() -> None:
    (sentence,) = explain("Our through-\nput improves by 2\u00a0x over the Foo-\nBar cache.").sentences
    (value,) = sentence.values
    assert value.text == "2\u00a0x"
    assert value.claim is not None
    assert value.claim["metric"] == "through-\nput"
    assert any("through-\nput" in match.words for match in value.rules)


@given(NOISY)
def test_every_place_maps_into_the_text(text: str) -> None:
    view = builtin_engine().view(text)
    ends = [view._raw_end(place) for place in range(1, len(view.text) + 1)]
    starts = [view._raw_start(place) for place in range(len(view.text))]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start <= end <= len(text) for start, end in zip(starts, ends, strict=True))
    for start in range(len(view.text)):
        low, high = view.span(start, start + 1)
        assert 0 <= low <= starts[start] <= ends[start] <= high <= len(text)


@given(
    st.text("abc", max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.text("xy", max_size=3))),
)
def test_an_edited_view_has_the_new_words(text: str, edits: list[tuple[int, int, str]]) -> None:
    view = View(text)
    for start, width, words in edits:
        low = min(start, len(view.text))
        high = min(low + width, len(view.text))
        wanted = view.text[:low] + words + view.text[high:]
        view = view.edited([Change(low, high, words)])
        assert view.text == wanted
        assert view.span(0, len(wanted))[1] <= len(text)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 75, break_long_words=False, break_on_hyphens=False)


VARIANTS: dict[str, Callable[[str], str]] = {
    "wrapped": _wrapped,
    "wrapped by Windows": lambda text: _wrapped(text).replace("\n", "\r\n"),
    "one word a line": lambda text: text.replace(" ", "\n"),
    "no-break blanks": lambda text: text.replace(" ", "\u00a0"),
    "double blanks": lambda text: text.replace(" ", "  "),
    "no-break hyphens": lambda text: text.replace("-", "\u2011"),
    "hyphens": lambda text: text.replace("-", "\u2010"),
    "full-width digits": lambda text: re.sub(r"[0-9]", lambda digit: chr(ord(digit[0]) + 0xFEE0), text),
    "soft hyphens": lambda text: re.sub(r"(?<=[A-Za-z]{2})(?=[a-z]{2})", "\u00ad", text),
    "en dashes in words": lambda text: re.sub(r"(?<=[A-Za-z]{2})-(?=[A-Za-z]{2})", "–", text),
    "entities": lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    "bold numbers": lambda text: re.sub(r"(?<![\w.,^{$/-])\d+\.\d+(?![\w.,^/}-])", r"\\textbf{\g<0>}", text),
    "number formulas": lambda text: re.sub(r"(?<= )\d+(?:\.\d+)?(?= (?!\d))", r"$\g<0>$", text),
    "percent signs": lambda text: re.sub(r"(?<!\\)%", r"\\%", text),
    "escaped percent signs in formulas": lambda text: re.sub(
        r"(?<= )(\d+(?:\.\d+)?)%(?= )", r"$\1\\%$", text
    ),
    "italic tags": lambda text: re.sub(r"(?<= )\w+(?= )", r"<i>\g<0></i>", text),
    "byte order mark": lambda text: "\ufeff" + text,
}


def _claims(text: str) -> list[Any]:
    """What the claims say, in words without the noise of the variants."""
    said = []
    for claim in parse(text).claims:
        record = claim.model_dump(exclude={"start", "end", "mentions"})
        said.append(
            {name: _plain(value) if isinstance(value, str) else value for name, value in record.items()}
        )
    return said


def _plain(words: str) -> str:
    words = html.unescape(re.sub(r"</?i>|\\textbf\{|[{}$\\]", "", words)).replace("–", "-")
    words = re.sub("[\u00ad\ufeff]", "", re.sub("[\u2010\u2011]", "-", words))
    words = re.sub(r"[\uff10-\uff19]", lambda digit: chr(ord(digit[0]) - 0xFEE0), words)
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("name", VARIANTS)
def test_noise_changes_no_claim(name: str) -> None:
    vary = VARIANTS[name]
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        abstract = json.loads(line)["abstract"]
        assert _claims(vary(abstract)) == _claims(abstract)


@pytest.mark.parametrize("name", ["bold numbers", "number formulas", "escaped percent signs in formulas"])
def test_dollars_and_braces_stand_in_pairs(name: str) -> None:
    vary = VARIANTS[name]
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        for claim in parse(vary(json.loads(line)["abstract"])).claims:
            assert claim.text.count("{") == claim.text.count("}")
            assert len(re.findall(r"(?<!\\)\$", claim.text)) % 2 == 0
