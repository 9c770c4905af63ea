"""Draws the pictures of the pages that the documentation shows: docs/img/*.png, from the labelled abstracts.

usage: python scripts/screenshots.py [CHROMIUM]      needs Playwright and a Chromium
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.engine import parse
from extractor.evaluation.run import evaluate
from extractor.pages import report_html, view_html
from extractor.record.schema import Extraction

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """Returns the HTML of the two pages, made from the labelled abstracts and what is found in them."""
    lines = (ROOT / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [Extraction.model_validate_json(line) for line in lines]
    found = [parse(each.abstract, id=each.id, title=each.title) for each in gold]
    return {
        "report": report_html(evaluate(gold, found)),
        "view": view_html(found, title="The labelled abstracts"),
    }


def draw(browser: Browser, html: str, target: Path, *, dark: bool, height: int, address: str = "") -> None:
    """Writes a picture of a page, 1280 wide; in the reader one record is open."""
    scheme = "dark" if dark else "light"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": 1280, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(file.as_uri() + address)
        mark = page.locator(".card mark[data-kind=speedup]")
        if mark.count():
            mark.first.click()
        page.screenshot(path=target)
        context.close()


def main() -> None:
    """Draws the report and the reader, light and dark."""
    from playwright.sync_api import sync_playwright

    chromium = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    folder = ROOT / "docs" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    html = pages()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        for dark, name in ((False, "light"), (True, "dark")):
            draw(browser, html["report"], folder / f"report-{name}.png", dark=dark, height=1480)
            draw(
                browser,
                html["view"],
                folder / f"view-{name}.png",
                dark=dark,
                height=860,
                address="#sort=claims",
            )
        browser.close()


if __name__ == "__main__":
    main()
