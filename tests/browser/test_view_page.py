"""The reader of a batch's results, as a reader uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_samples import HOSTILE, ODD, many, papers, rated

from extractor.pages import view_html

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browser.conftest import Open


def count(page: Page) -> str:
    return page.locator("[data-role=count]").inner_text()


@pytest.fixture(scope="module")
def html() -> str:
    return view_html(papers(), title=f"All {HOSTILE}")


def test_every_claim_is_marked_in_its_abstract(open_page: Open, html: str) -> None:
    page = open_page(html)
    assert count(page) == "12 claims in 3 papers"
    first = page.locator(".card").first
    assert first.locator("mark").all_inner_texts() == ["3.5x", "M900 GPU", "40%", "ToyNet"]
    assert first.locator("mark").first.get_attribute("aria-label") == "3.5x, speedup"


def test_script_in_the_input_stays_text(open_page: Open, html: str) -> None:
    page = open_page(html)
    odd = page.locator(".card").nth(2)
    assert "<script>window.broken = true</script>" in odd.locator(".text").inner_text()
    assert page.evaluate("window.broken") is None
    assert page.locator("#bold").count() == 0
    assert odd.locator(".text").evaluate("node => node.textContent") == ODD
    odd.locator("mark", has_text="</script>").first.click()
    assert "javascript:window.broken=true" in page.locator("#record").inner_text()
    assert page.locator("#record a").count() == 0  # no link to another scheme than http


def test_overlapping_claims_share_a_mark(open_page: Open, html: str) -> None:
    page = open_page(html)
    shared = page.locator("mark.stack")
    assert shared.all_inner_texts() == ["x faster"]
    shared.click()
    quotes = page.locator("#record .quote").all_inner_texts()
    assert sorted(quotes) == ["7x faster", "x faster than quick"]


def test_claim_opens_its_record_on_hover_click_and_keys(open_page: Open, html: str) -> None:
    page = open_page(html)
    record, mark = page.locator("#record"), page.locator("mark").first
    mark.hover()
    record.wait_for(state="visible")
    assert "cuPlain" in record.inner_text()
    assert mark.get_attribute("aria-expanded") == "true"
    page.locator("h1").hover()
    record.wait_for(state="hidden")
    mark.click()
    page.locator("h1").hover()
    page.wait_for_timeout(300)
    assert record.is_visible()
    page.keyboard.press("Escape")
    assert record.is_hidden()
    assert mark.evaluate("node => node === document.activeElement")
    page.keyboard.press("Tab")  # to the next mark, whose record shows at once
    assert "M900" in record.inner_text()
    page.keyboard.press("Enter")
    assert record.evaluate("node => node === document.activeElement")
    page.get_by_role("button", name="Close").click()
    assert record.is_hidden()


def test_filters_change_what_is_shown(open_page: Open, html: str) -> None:
    page = open_page(html)
    page.locator(".toggle", has_text="speedup").click()
    assert count(page) == "2 claims in 2 papers"
    assert set(page.locator("mark").evaluate_all("marks => marks.map((m) => m.dataset.kind)")) == {"speedup"}
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("combobox", name="Hardware").select_option("M900")
    assert count(page) == "8 claims in 2 papers"
    page.get_by_role("combobox", name="Dataset").select_option("<b id=bold>")
    assert count(page) == "0 claims in 0 papers"
    assert "Nothing matches" in page.locator(".empty").inner_text()


def test_search_reads_titles_abstracts_and_records(open_page: Open, html: str) -> None:
    page = open_page(html)
    for words, papers_found in {
        "TINY model": 1,
        "cuplain": 1,
        "toynet": 2,
        "kernel accuracy": 0,
        "p3": 1,
    }.items():
        page.get_by_role("searchbox").fill(words)
        page.locator(f"[data-role=count]:has-text('in {papers_found} paper')").wait_for()


def test_address_keeps_the_view(open_page: Open, html: str) -> None:
    page = open_page(html, hash="#kind=score,quantity&mode=claims&sort=-value")
    assert page.locator("tbody .said").all_inner_texts() == ["88.1%", "6 h"]
    assert page.locator("th.value").get_attribute("aria-sort") == "descending"
    page.locator(".skip").press("Enter")
    assert page.locator("tbody .said").count() == 2
    open_page(html, hash="#kind=none&hardware=none&mode=none&sort=none&page=none")


def test_claims_are_a_table_that_sorts_and_unfolds(open_page: Open, html: str) -> None:
    page = open_page(html)
    page.locator("[data-mode=claims]").click()
    assert page.locator("tbody tr").count() == 12
    page.get_by_role("button", name="Value").click()
    assert page.locator("tbody td.n").first.inner_text() == "Infinity×"
    assert page.locator("tbody td.n").nth(1).inner_text() == "12M"
    page.get_by_role("button", name="40%").press("Enter")
    assert "cuPlain" in page.locator("tr.detail .text").inner_text()
    assert page.locator("tr.detail mark.lit").all_inner_texts() == ["40%"]
    page.locator("tr.detail mark.lit").click()
    assert "decrease" in page.locator("#record").inner_text()
    page.get_by_role("button", name="40%").nth(0).press("Enter")
    assert page.locator("tr.detail").count() == 0


def test_papers_without_claims_can_be_hidden(open_page: Open) -> None:
    bare = papers()[0].model_copy(update={"id": "bare", "claims": ()})
    page = open_page(view_html([bare, *papers()[1:]], title="All"))
    assert page.locator(".card").count() == 3
    page.get_by_role("checkbox", name="Hide papers without claims").check()
    assert page.locator(".card .id").all_inner_texts() == ["p2", "p3"]


@pytest.fixture(scope="module")
def sure() -> str:
    return view_html(rated(), title="Rated")


def test_record_says_how_sure_it_is(open_page: Open, sure: str, html: str) -> None:
    page = open_page(sure)
    page.locator("mark").first.hover()
    assert page.locator("#record .sureness").inner_text() == "confidence 0.97, with its links 0.845"
    page.keyboard.press("Escape")
    page.locator("mark", has_text="M900 GPU").first.hover()
    assert page.locator("#record .sureness").inner_text() == "confidence 0.92"  # hardware has no links
    bare = open_page(html)
    bare.locator("mark").first.hover()
    assert bare.locator("#record").is_visible()
    assert bare.locator("#record .sureness").count() == 0
    assert bare.locator("[name=sure]").is_hidden()


def test_claims_that_are_less_sure_are_left_out(open_page: Open, sure: str) -> None:
    page = open_page(sure)
    choice = page.get_by_role("combobox", name="Confidence, at least")
    assert choice.locator("option").all_inner_texts()[3:5] == ["0.8 (9)", "0.9 (6)"]
    choice.select_option("0.9")
    assert count(page) == "6 claims in 3 papers"
    assert page.locator(".card").first.locator("mark").all_inner_texts() == ["3.5x", "M900 GPU"]
    assert "sure=0.9" in page.url
    page.locator(".toggle", has_text="change").click()
    assert count(page) == "0 claims in 0 papers"
    page.get_by_role("button", name="Clear filters").click()
    assert count(page) == "12 claims in 3 papers"


def test_claims_that_are_not_rated_stay(open_page: Open) -> None:
    first, second, third = rated()
    page = open_page(view_html([papers()[0], second, third], title="Mixed"), hash="#sure=0.95")
    assert count(page) == "6 claims in 3 papers"
    open_page(view_html([first], title="One"), hash="#sure=none")


def test_claims_sort_by_confidence(open_page: Open, sure: str, html: str) -> None:
    page = open_page(sure, hash="#mode=claims&kind=speedup,dataset")
    page.get_by_role("button", name="Sure").click()
    assert page.locator("td.sure-of").all_inner_texts() == ["0.970", "0.970", "0.810", "0.550"]
    assert page.locator("th.sure").get_attribute("aria-sort") == "descending"
    assert open_page(html, hash="#mode=claims").locator(".sure-of").count() == 0


def test_papers_sort(open_page: Open, html: str) -> None:
    page = open_page(html)
    page.get_by_role("combobox", name="Sort").select_option("Largest speed-up")
    assert page.locator(".card .id").all_inner_texts() == ["p3", "p1", "p2"]


def test_table_without_abstracts_lists_its_claims(open_page: Open, html: str) -> None:
    from extractor.pages import PageClaim, PageDocument

    claim = PageClaim("speedup", "3x", attributes={"value": 3, "form": "ratio", "metric": "latency"})
    page = open_page(view_html([PageDocument("a", "A", None, (claim,))], title="Table"))
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("button", name="Papers").click()
    assert page.locator(".listing").inner_text().split() == ["speedup", "3x", "latency"]
    page.locator(".listing mark").click()
    assert page.locator("#record").is_visible()


@pytest.mark.parametrize("mode", ["papers", "claims"])
@pytest.mark.parametrize("dark", [False, True])
def test_phone_has_no_sideways_scroll(open_page: Open, html: str, mode: str, dark: bool) -> None:
    page = open_page(html, width=390, dark=dark, touch=True, hash=f"#mode={mode}")
    page.locator(".card, .claims").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    red, green, blue = map(
        int, page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")
    )
    assert (max(red, green, blue) < 60) == dark


def test_phone_shows_the_record_along_the_lower_edge(open_page: Open, html: str) -> None:
    page = open_page(html, width=390, touch=True)
    mark = page.locator("mark").first
    mark.tap()
    box = page.locator("#record").bounding_box()
    spot = mark.bounding_box()
    assert box is not None
    assert spot is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 800)
    assert spot["y"] + spot["height"] <= box["y"]


def test_five_thousand_papers_are_shown_a_page_at_a_time(open_page: Open) -> None:
    page = open_page(view_html(many(5000), title="Many"))
    assert count(page) == "20,000 claims in 5,000 papers"
    assert page.locator(".card").count() == 20
    page.get_by_role("button", name="Next").click()
    assert page.locator(".card .id").first.inner_text() == "n20"
    page.get_by_role("searchbox").fill("number 4999")
    page.locator("[data-role=count]:has-text('in 1 paper')").wait_for()
    assert page.locator(".pager").is_hidden()
    assert page.evaluate("document.querySelectorAll('*').length") < 2000
