"""Measures how fast an atlas opens in a headless Chromium, and how large it is.

usage: python scripts/bench_atlas.py CLAIMS [--loads N] [--chromium PATH]      needs Playwright and a Chromium

CLAIMS is what `extractor run` wrote. Times are in milliseconds from the opening of the file, medians with the
lowest and highest; the last is processor time of the thread of the page, which a busy machine hardly changes.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.pages import atlas_html, read_documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
_PATIENCE = 600  # looks of 100 ms each


def opened(browser: Browser, file: Path) -> dict[str, float]:
    """Opens the page once in a context of its own and returns its times."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(_WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(file.as_uri())
    state: dict[str, Any] = {}
    for _ in range(_PATIENCE):
        state = page.evaluate(_ASK)
        if state["loaded"] and len(state["charts"]) == state["all"] and all(state["charts"]):
            break
        page.wait_for_timeout(100)
    else:
        message = f"only {len(state['charts'])} of {state['all']} charts came"
        raise SystemExit(message)
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    context.close()
    times = [chart["at"] for chart in state["charts"]]
    return {
        "first chart": min(times),
        "all charts in sight": max(chart["at"] for chart in state["charts"] if chart["sight"]),
        "loaded": state["loaded"],
        "all charts": max(times),
        "processor time": metrics["TaskDuration"] * 1000,
    }


def main() -> None:
    """Renders the page, opens it a few times, and prints what that took."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("claims", type=Path)
    parser.add_argument("--loads", type=int, default=9)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    chosen = parser.parse_args()
    documents = read_documents(chosen.claims, without_claims=True)
    claims = sum(len(document.claims) for document in documents)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "atlas.html"
        file.write_text(atlas_html(documents, title=chosen.claims.name), encoding="utf-8")
        print(f"{claims:,} claims in {len(documents):,} papers, {file.stat().st_size / 1e6:.1f} MB")
        browser = playwright.chromium.launch(
            executable_path=chosen.chromium, args=["--headless", "--no-sandbox"]
        )
        opened(browser, file)  # the first of a browser warms it
        rounds = [opened(browser, file) for _ in range(chosen.loads)]
        browser.close()
    for name in rounds[0]:
        times = [each[name] for each in rounds]
        print(f"{name:20}{statistics.median(times):6.0f} ms ({min(times):.0f}–{max(times):.0f})")


if __name__ == "__main__":
    main()
