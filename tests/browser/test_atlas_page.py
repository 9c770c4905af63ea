"""The atlas in a browser: charts under the policy of the page, marks that open claims, filters, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from atlas_samples import HOSTILE, sample

from extractor import parse_many
from extractor.pages import atlas_html
from extractor.pages.documents import from_extraction

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browser.conftest import Open

CHARTS = 7


@pytest.fixture(scope="module")
def html() -> str:
    return atlas_html([from_extraction(each) for each in sample()], title="A literature")


def drawn(page: Page) -> Page:
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS)
    return page


def listed(page: Page, chart: str) -> list[str]:
    return page.locator(f"[data-list={chart}] li").all_text_contents()


def test_charts_are_drawn_and_a_mark_opens_its_claim(open_page: Open, html: str) -> None:
    page = drawn(open_page(html))
    page.locator("#c-speed .points path").first.hover(force=True)
    page.locator("#c-speed .points path").first.click(force=True)
    panel = page.locator("#detail")
    panel.wait_for(state="visible")
    assert panel.locator("mark.lit").inner_text() in ("2x", "3x", "20x")
    page.keyboard.press("Escape")
    assert panel.is_hidden()


def test_lists_lead_to_the_claims_by_keys_and_titles_stay_text(open_page: Open, html: str) -> None:
    page = drawn(open_page(html))
    assert listed(page, "speed") == ["20× TessaNet on an FPGA", f"3× {HOSTILE}", "2× No month"]
    page.locator("[data-list=speed]").evaluate("list => { list.parentElement.open = true; }")
    button = page.locator("[data-list=speed] button").nth(1)
    button.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#detail")
    panel.wait_for(state="visible")
    assert panel.locator("mark.lit").all_inner_texts() == ["3x"]
    assert panel.locator("h3").inner_text() == HOSTILE
    assert panel.locator("a").first.get_attribute("href") == "https://arxiv.org/abs/2401.00001"
    assert "A100" in panel.locator(".facts").inner_text()
    assert page.evaluate("window.broken") is None
    page.keyboard.press("Escape")
    assert button.evaluate("node => node === document.activeElement")


def test_time_and_words_narrow_the_charts(open_page: Open, html: str) -> None:
    page = drawn(open_page(html))
    page.locator("[name=q]").fill("tessanet")
    expect(page.locator("[data-list=speed] li")).to_have_count(1)
    assert listed(page, "speed") == ["20× TessaNet on an FPGA"]
    page.locator("[name=q]").fill("")
    page.locator("[name=from]").select_option("2024-02")
    expect(page.locator("[data-list=devices] li")).to_have_count(1)
    assert listed(page, "devices") == ["1 GPU"]
    expect(page.locator("#c-speed")).to_contain_text("No such claims here")
    page.locator("[name=from]").select_option("2024-01")
    expect(page.locator("#c-speed .points path")).to_have_count(3)


def test_a_phone_in_the_dark_has_no_sideways_scroll(open_page: Open, html: str) -> None:
    page = drawn(open_page(html, width=360, dark=True, touch=True))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Over time").tap()
    page.wait_for_function(
        "document.querySelector('[data-speed=time]').getAttribute('aria-pressed') === 'true'"
    )


def test_long_names_are_cut_short_and_many_dots_thinned(open_page: Open) -> None:
    name = "LumoBench-" + "Extra-" * 12 + "Long"
    papers = [
        {
            "id": f"24{1 + place % 12:02}.{place:05}",
            "title": f"Paper {place}",
            "abstract": f"ZippyNet, a {1 + place}M model, reaches an accuracy of 90% on the {name} dataset.",
        }
        for place in range(2100)
    ]
    page = open_page(atlas_html([from_extraction(each) for each in parse_many(papers)], title="t"))
    expect(page.locator("#c-sizes .points path")).to_have_count(2000)
    assert page.locator("[data-note=sizes]").inner_text().startswith("2,000 of 2,100 claims are drawn")
    page.locator("[name=q]").fill("2099m")
    expect(page.locator("#c-sizes .points path")).to_have_count(1)
    assert page.locator("[data-note=sizes]").inner_text() == ""
    shown = page.locator("#c-sets .yaxislayer-above .ytick text").all_text_contents()
    assert [(text[:10], text[-1]) for text in shown] == [("LumoBench-", "…")]
    edge, label = (page.locator(part).first.bounding_box() for part in ("#c-sets", "#c-sets .ytick text"))
    assert edge
    assert label
    assert label["x"] >= edge["x"]
