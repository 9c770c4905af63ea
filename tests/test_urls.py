"""Web addresses: repair, host, role, mentions; what is none; odd strings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.engine import builtin_engine
from extractor.knowledge.strictyaml import load_yaml

urls = builtin_engine().parts.things.urls
DATA = load_yaml(Path(__file__).parent / "data" / "urls.yaml")


def rendered(text: str) -> list[str]:
    return [f"{item.name} {item.host} {item.role or '-'}" for item in urls.find(text)]


@pytest.mark.parametrize("case", DATA["found"], ids=lambda case: case["text"][:40])
def test_found(case: dict[str, list[str]]) -> None:
    assert rendered(str(case["text"])) == case["urls"]


@pytest.mark.parametrize("text", DATA["none"])
def test_none(text: str) -> None:
    assert rendered(text) == []


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("at https://github.com/a/b{this url}.", ["https://github.com/a/b{this url}"]),
        ("at https://github. com/a/b).", ["https://github. com/a/b"]),
        ("\\href{https://github.com/a/b}{https://github.com/a/b}", ["https://github.com/a/b"] * 2),
    ],
)
def test_mentions(text: str, mentions: list[str]) -> None:
    (item,) = urls.find(text)
    assert [mention.text for mention in item.mentions] == mentions


def test_repository() -> None:
    (item,) = urls.find("at https://github.com/orchard-lab/pear.git")
    assert (item.owner, item.repo) == ("orchard-lab", "pear")


PIECES = st.sampled_from(
    [
        "https://",
        "http:",
        "//",
        "github.com",
        "/",
        "owner",
        ".",
        " ",
        "\n",
        "{this url}",
        "\\_",
        ")",
        "(",
        "www.",
        "a-",
        "hf.co/",
        "\x00",
        "�",
        "é",
        "@",
        "code ",
        "data",
        "$\\sim$",
        "?q=1",
        "#",
        "\\url{",
        "}",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_offsets_hold(text: str) -> None:
    for item in urls.find(text):
        assert item.name.startswith(("https://", "http://"))
        assert not any(c.isspace() for c in item.name)
        for mention in item.mentions:
            assert text[mention.start : mention.end] == mention.text


# no "_" at the end: it is cut as a sign of emphasis
@given(
    st.from_regex(
        r"https://[a-z]{3,9}\.(org|io|com)/[a-z0-9]{1,9}(/[A-Za-z0-9_]{0,8}[A-Za-z0-9])?", fullmatch=True
    )
)
def test_clean_addresses_stay_as_they_are(address: str) -> None:
    (item,) = urls.find(f"It is at {address}.")
    assert item.name == item.text == address


@pytest.mark.parametrize(
    "text", ["http://" * 20_000, "a." * 50_000 + "com", "https://a.io/" + "x" * 300_000, "." * 99_999]
)
def test_long_strings_pass(text: str) -> None:
    assert len(urls.find(text)) <= 1
