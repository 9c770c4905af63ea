"""The page to try it on, as its readers use it: served by a real service, in a real browser."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_samples import HOSTILE, WRITABLE
from service_samples import Asked, serving

import extractor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TEXT = "LumoNet is 3x faster than TessaTree on an A100 GPU. It leaves FooDB 2x in its dust."
Visit = Callable[..., "Page"]


@pytest.fixture(scope="module")
def service(browser: Browser) -> Iterator[Asked]:
    with serving(processes=1) as asked:
        yield asked


@pytest.fixture
def visit(browser: Browser, service: Asked) -> Iterator[Visit]:
    """Opens the page; at the end it must have logged nothing, and asked nobody but its service."""
    contexts, troubles, requests = [], [], []

    def opener(*, width: int = 1280, dark: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(service.address)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert troubles == []
    assert {url for url in requests if not url.startswith((service.address, "blob:"))} == set()


def part(page: Page, name: str) -> str:
    return page.locator(f"[data-role={name}]").inner_text()


def write(page: Page, text: str, claims: str) -> None:
    page.fill("#text", text)
    page.locator("[data-role=count]", has_text=claims).wait_for()


def test_claims_are_marked_as_one_types_with_the_reasons(visit: Visit) -> None:
    page = visit()
    write(page, TEXT, "2 claims, read in")
    marks = page.locator("[data-role=marked] mark")
    assert marks.all_inner_texts() == ["3x", "A100 GPU", "FooDB", "2x"]
    assert marks.nth(0).get_attribute("aria-label") == "3x, speedup"
    first = page.locator("[data-role=claims] > li").first
    assert "confidence 0." in first.inner_text()
    first.locator("summary").click()
    assert "relative.comparative-alone claims it" in first.locator(".why").inner_text()
    assert "no rule matches" in part(page, "no")
    page.locator("#text").press("Control+A")
    page.keyboard.press("Delete")
    page.locator("[data-role=claims-part]").wait_for(state="hidden")
    assert page.locator("[data-save=csv]").is_disabled()


def test_keys_reach_everything(visit: Visit) -> None:
    page = visit()
    write(page, TEXT, "2 claims")
    page.locator("#text").focus()
    for _ in range(3):  # past the buttons of two files
        page.keyboard.press("Tab")
    mark, record = page.locator("[data-role=marked] mark").first, page.locator("#record")
    assert mark.evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    assert record.evaluate("node => node === document.activeElement")
    page.keyboard.press("Tab")
    while record.evaluate("node => document.activeElement.textContent") != "Change this rule":
        assert record.evaluate("node => node.contains(document.activeElement)")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[data-role=verdict]", has_text="relative.comparative-alone, from").wait_for()
    assert page.locator("#yaml").evaluate("node => node === document.activeElement")
    assert page.locator("#yaml").input_value().startswith("type: rules\nrules:\n- id: relative.compar")
    page.keyboard.press("Control+Enter")
    page.locator(".verdict", has_text="No claim of this text changes").wait_for()
    page.locator(".verdict", has_text="sentences do as they must").wait_for()


def test_hostile_text_stays_text(visit: Visit, service: Asked) -> None:
    policy = service.ask("GET", "/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert policy.endswith("connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    page = visit()
    text = f"{WRITABLE} is 7x faster than quicksort."
    write(page, text, "1 claim")
    assert page.locator("[data-role=marked]").evaluate("node => node.textContent") == text
    page.fill("#yaml", f"rules:\n  - id: {HOSTILE.split()[0]!r}\n")
    page.locator("#yaml").press("Control+Enter")
    page.locator(".verdict.wrong", has_text="problems; the rules are not used").wait_for()
    assert "<script>" in part(page, "verdict")
    assert page.evaluate("window.broken") is None
    assert page.locator("#bold").count() == 0


def test_rules_on_the_side_change_what_is_read(visit: Visit) -> None:
    page = visit()
    write(page, TEXT, "2 claims")
    starts = page.locator("[data-role=starts]")
    starts.select_option(label="a rule")
    page.locator("[data-role=count]", has_text="3 claims with your rules").wait_for()
    changed = page.locator(".verdict", has_text="1 claim of this text changes")
    assert changed.locator("li").inner_text().split()[:3] == ["new", "speedup", "2x"]
    assert page.locator(".verdict", has_text="All 2 sentences do as they must").count() == 1
    starts.select_option(label="a rule that takes one away")
    changed = page.locator(".verdict", has_text="of this text change").locator("li", has_text="3x")
    changed.wait_for()
    starts.select_option(label="a word")
    page.locator(".verdict", has_text="No claim of this text changes").wait_for()
    write(page, "LumoNet is 3x perkier than TessaTree.", "1 claim with your rules")
    page.get_by_role("button", name="Without them").click()
    page.locator("[data-role=count]", has_text="0 claims, read in").wait_for()
    page.fill("#yaml", "type: hardware\ngpu: [A1]")
    page.get_by_role("button", name="Try these rules").click()
    page.locator(".verdict.wrong", has_text="only rules can be tried here").wait_for()


def test_files_to_keep(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    page.locator("[data-role=examples]").select_option(label="A language model")
    page.locator("[data-role=claims] > li", has_text="7B").wait_for()
    with page.expect_download() as table:
        page.get_by_role("button", name="Save CSV").click()
    table.value.save_as(tmp_path / "claims.csv")
    with page.expect_download() as records:
        page.get_by_role("button", name="Save JSON").click()
    records.value.save_as(tmp_path / "claims.json")
    assert (table.value.suggested_filename, records.value.suggested_filename) == ("claims.csv", "claims.json")
    record = json.loads((tmp_path / "claims.json").read_text(encoding="utf-8"))
    assert record == json.loads(json.dumps(extractor.parse(record["abstract"]).model_dump(mode="json")))
    with (tmp_path / "claims.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["text"] for row in csv.DictReader(stream)] == [
            claim["text"] for claim in record["claims"]
        ]


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_has_one_column_and_folded_rules(visit: Visit, dark: bool) -> None:
    page = visit(width=390, dark=dark)
    write(page, TEXT, "2 claims")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.locator("#yaml").is_visible()
    page.locator("[data-role=rules-fold] summary").click()
    assert page.locator("#yaml").is_visible()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 246, 243)"
    assert light is not dark


def test_what_goes_wrong_is_said(browser: Browser, service: Asked) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(service.address)
    write(page, TEXT, "2 claims")
    answers = iter(
        [(429, "busy", "too many requests are waiting"), (422, "too-slow", "took longer than 10 s")]
    )

    def refuse(route: object) -> None:
        status, code, message = next(answers)
        body = json.dumps({"error": {"code": code, "message": message}})
        route.fulfill(status=status, body=body, headers={"retry-after": "1"} if status == 429 else {})  # type: ignore[attr-defined]

    page.route("**/try", refuse)
    page.fill("#text", f"{TEXT} More.")
    page.locator("[data-role=count]", has_text="The service is busy").wait_for()
    page.locator("[data-role=count].wrong", has_text="Not read: took longer than 10 s.").wait_for()
    page.unroute("**/try")
    page.route("**/try", lambda route: route.abort())
    page.fill("#text", f"{TEXT} Still more.")
    page.locator("[data-role=count].wrong", has_text="The service does not answer").wait_for()
    context.close()
