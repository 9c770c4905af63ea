"""The report page, as a reader uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_samples import HOSTILE, evaluation, gold, rated

from extractor.evaluation.run import evaluate
from extractor.pages import report_html

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browser.conftest import Open


@pytest.fixture(scope="module")
def html() -> str:
    return report_html(evaluation(), title=f"All {HOSTILE}")


def badges(page: Page) -> list[str]:
    return page.locator(".error .badge").all_inner_texts()


def test_all_errors_are_listed_in_their_sentences(open_page: Open, html: str) -> None:
    page = open_page(html)
    errors = evaluation().errors
    names = {"miss": "Miss", "false_alarm": "False alarm", "wrong_attribute": "Wrong attribute"}
    assert badges(page) == [names[error.type] for error in errors]
    assert page.locator("[data-role=count]").inner_text() == f"{len(errors)} errors"
    for place, error in enumerate(errors):
        text = page.locator(".error .text").nth(place).evaluate("node => node.textContent")
        assert text == error.sentence


def test_script_in_the_input_stays_text(open_page: Open, html: str) -> None:
    page = open_page(html)
    assert page.evaluate("window.broken") is None
    assert page.locator("#bold").count() == 0
    assert "<script>window.broken = true</script>" in page.locator(".error", has_text="p3").first.inner_text()


def test_predicted_and_labelled_spans_are_told_apart(open_page: Open, html: str) -> None:
    page = open_page(html)
    wrong = page.locator(".error", has=page.locator(".badge.wrong_attribute")).first
    assert wrong.locator("mark.pred.gold").inner_text() == "3.5x"
    miss = page.locator(".error", has=page.locator(".badge.miss")).first
    assert miss.locator("mark.gold:not(.pred)").inner_text() == "cards"
    alarm = page.locator(".error", has=page.locator(".badge.false_alarm")).first
    assert alarm.locator("mark.gold").count() == 0


def test_mark_opens_both_records(open_page: Open, html: str) -> None:
    page = open_page(html, hash="#type=wrong_attribute&kind=speedup")
    mark = page.locator(".error mark").first
    mark.hover()
    record = page.locator("#record")
    assert record.locator("thead th").all_inner_texts() == ["predicted", "labelled"]
    off = record.locator("tr.off").all_inner_texts()
    assert [line.split() for line in off] == [["baseline", "cuPlain", "none"], ["metric", "none", "faster"]]
    mark.focus()
    page.keyboard.press("Enter")
    assert record.evaluate("node => node === document.activeElement")
    page.keyboard.press("Escape")
    assert record.is_hidden()


def test_whole_abstract_shows_all_claims(open_page: Open, html: str) -> None:
    page = open_page(html, hash="#type=wrong_attribute&kind=speedup")
    card = page.locator(".error").first
    assert card.locator("mark").count() == 1
    card.get_by_role("button", name="Show the whole abstract").click()
    assert card.locator("mark").all_inner_texts() == ["3.5x", "M900 GPU", "40%", "ToyNet"]
    assert card.locator("mark.lit").all_inner_texts() == ["3.5x"]
    card.get_by_role("button", name="Show only the sentence").click()
    assert card.locator("mark").count() == 1


def test_filters_change_what_is_shown(open_page: Open, html: str) -> None:
    page = open_page(html)
    everything = page.locator(".error").count()
    page.locator(".toggle", has_text="False alarm").click()
    assert set(badges(page)) == {"False alarm"}
    page.get_by_role("button", name="Clear filters").click()
    assert page.locator(".error").count() == everything
    page.get_by_role("combobox", name="Attribute").select_option("baseline")
    assert badges(page) == ["Wrong attribute"]
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("combobox", name="Rule").select_option("hardware.plain")
    assert set(page.locator(".error code").all_inner_texts()) == {"hardware.plain"}
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("combobox", name="Tier it costs").select_option("detect")
    assert "Wrong attribute" not in badges(page)
    page.get_by_role("button", name="Clear filters").click()
    page.locator("[data-role=kinds]").get_by_role("button", name="hardware").click()
    assert set(page.locator(".error header .chip").all_inner_texts()) == {"hardware"}
    page.get_by_role("searchbox").fill("zebra")
    page.locator(".empty").wait_for()


def test_cell_and_rule_lead_to_their_errors(open_page: Open, html: str) -> None:
    page = open_page(html)
    page.get_by_role("link", name="speedup baseline: ").click()
    page.locator("[data-role=count]:has-text('1 of')").wait_for()
    assert badges(page) == ["Wrong attribute"]
    assert page.locator("#h-errors").evaluate("node => node.getBoundingClientRect().top") < 200
    page.get_by_role("link", name="url.plain").click()
    page.locator(".error code:has-text('url.plain')").wait_for()
    page.go_back()
    page.locator(".error code:has-text('speedup.plain')").wait_for()


def test_hostile_rule_filters_like_any_other(open_page: Open, html: str) -> None:
    page = open_page(html)
    page.locator(".rules th a", has_text="window.broken").click()
    page.locator("[data-role=count]:has-text('1 of')").wait_for()
    assert badges(page) == ["False alarm"]


def test_switches_of_the_charts(open_page: Open, html: str) -> None:
    page = open_page(html)
    cell = page.get_by_role("link", name="speedup baseline: ")
    shown = cell.inner_text()
    page.get_by_role("button", name="Over all").click()
    assert cell.inner_text() != shown
    phone = open_page(html, width=390, touch=True)
    phone.get_by_role("button", name="linked").click()
    assert phone.locator(".scores th.tier:visible").inner_text().split()[0] == "linked"


@pytest.mark.parametrize("dark", [False, True])
def test_phone_has_no_sideways_scroll(open_page: Open, html: str, dark: bool) -> None:
    page = open_page(html, width=390, dark=dark, touch=True)
    for summary in page.locator("summary").all():
        summary.click()
    while (more := page.get_by_role("button", name="Show the whole abstract")).count():
        more.first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [390, 1280])
def test_drawings_of_confidence_fit_their_plot(open_page: Open, width: int) -> None:
    page = open_page(report_html(evaluate(gold(), rated(), resamples=0)), width=width)
    page.get_by_text("Confidence as tables").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for plot in page.locator(".curves > svg").all():
        frame = plot.bounding_box()
        assert frame is not None
        for part in plot.locator("polyline, circle").all():
            box = part.bounding_box()
            assert box is not None
            middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            assert frame["x"] <= middle[0] <= frame["x"] + frame["width"]
            assert frame["y"] - 1 <= middle[1] <= frame["y"] + frame["height"] + 1


def test_record_of_an_error_says_how_sure_it_was(open_page: Open) -> None:
    page = open_page(
        report_html(evaluate(gold(), rated(), resamples=0)), hash="#type=wrong_attribute&kind=speedup"
    )
    page.locator(".error mark").first.hover()
    assert page.locator("#record .sureness").inner_text() == "confidence 0.97, with its links 0.845"


def test_report_without_errors_says_so(open_page: Open) -> None:
    page = open_page(report_html(evaluate(gold(), gold(), resamples=0)))
    assert "No errors" in page.locator(".empty").inner_text()
    assert "No rule made an error" in page.locator("body").inner_text()


def test_report_of_nothing_opens(open_page: Open) -> None:
    page = open_page(report_html(evaluate([], [])))
    assert "0 abstracts" in page.locator(".lede").first.inner_text()
    assert page.locator(".headline").inner_text().count("not defined") == 4
