"""Measures how fast a page of results opens and answers in a headless Chromium, and how large it is.

usage: python scripts/bench_pages.py {atlas,view} CLAIMS [--loads N] [--chromium PATH]

CLAIMS is what `extractor run` wrote. Times are in milliseconds, medians with the lowest and highest; those of
opening count from the opening of the file. "Processor time" is that of the thread of the page until then,
which a busy machine hardly changes. Needs Playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.pages import atlas_html, read_documents, view_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Notes when each chart is there, from outside: the page knows nothing of it.
_WATCH = """
window.seen = {};
new MutationObserver(() => {
  for (const place of document.querySelectorAll(".chart"))
    if (!(place.id in seen) && place.querySelector(".main-svg, .nothing")) {
      seen[place.id] = 0;
      const sight = place.getBoundingClientRect().top < innerHeight;
      requestAnimationFrame(() => setTimeout(() => { seen[place.id] = { at: performance.now(), sight }; }));
    }
}).observe(document, { subtree: true, childList: true });
"""
_ASK = """() => ({
  charts: Object.values(seen),
  all: document.querySelectorAll(".chart").length,
  loaded: performance.getEntriesByType("navigation")[0].loadEventEnd,
})"""
_NOW = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
_PATIENCE = 600  # looks of 100 ms each
_WAIT = 120  # milliseconds that the reader waits for more letters of a search


def opened(page: Page) -> dict[str, float]:
    """Waits until the page stands, and returns its times."""
    state: dict[str, Any] = {}
    for _ in range(_PATIENCE):
        state = page.evaluate(_ASK)
        if state["loaded"] and len(state["charts"]) == state["all"] and all(state["charts"]):
            break
        page.wait_for_timeout(100)
    else:
        message = f"only {len(state['charts'])} of {state['all']} charts came"
        raise SystemExit(message)
    seen = [chart["at"] for chart in state["charts"] if chart["sight"]]
    charts = {
        "all charts in sight": max(seen, default=0.0),
        "all charts": max((chart["at"] for chart in state["charts"]), default=0.0),
    }
    return {"loaded": state["loaded"], **(charts if state["charts"] else {})}


def answers(page: Page) -> dict[str, float]:
    """Uses the reader: searches, shows claims in place of papers, and takes the search back."""
    search = page.locator("input[type=search]").first

    def seconds(act: Callable[[], object], change: str) -> float:
        before, begin = page.locator(change).inner_text(), page.evaluate(_NOW)
        act()
        while page.locator(change).inner_text() == before:
            page.wait_for_timeout(5)
        return float(page.evaluate(_NOW)) - float(begin)

    count = "[data-role=count]"
    return {
        "search, less its wait": seconds(lambda: search.fill("attention"), count) - _WAIT,
        "all again": seconds(lambda: search.fill(""), count) - _WAIT,
        "claims for papers": seconds(page.get_by_role("button", name="Claims").click, "#results"),
    }


def visit(browser: Browser, file: Path, name: str) -> dict[str, float]:
    """Opens the page once in a context of its own and returns its times."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(_WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(file.as_uri())
    times = opened(page)
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    times["processor time"] = metrics["TaskDuration"] * 1000
    if name == "view":
        times |= answers(page)
    context.close()
    return times


def main() -> None:
    """Renders the page, visits it a few times, and prints what that took."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("page", choices=("atlas", "view"))
    parser.add_argument("claims", type=Path)
    parser.add_argument("--loads", type=int, default=9)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    chosen = parser.parse_args()
    documents = read_documents(chosen.claims, without_claims=chosen.page == "atlas")
    claims = sum(len(document.claims) for document in documents)
    make = atlas_html if chosen.page == "atlas" else view_html
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        file.write_text(make(documents, title=chosen.claims.name), encoding="utf-8")
        print(f"{claims:,} claims in {len(documents):,} papers, {file.stat().st_size / 1e6:.1f} MB")
        browser = playwright.chromium.launch(
            executable_path=chosen.chromium, args=["--headless", "--no-sandbox"]
        )
        visit(browser, file, chosen.page)  # the first of a browser warms it
        rounds = [visit(browser, file, chosen.page) for _ in range(chosen.loads)]
        browser.close()
    for name in rounds[0]:
        times = [each[name] for each in rounds]
        print(f"{name:22}{statistics.median(times):6.0f} ms ({min(times):.0f}–{max(times):.0f})")


if __name__ == "__main__":
    main()
