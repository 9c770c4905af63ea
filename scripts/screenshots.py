"""Draws the pictures of the pages: those of the documentation, or all of them, to be looked at.

usage: python scripts/screenshots.py [--all FOLDER] [--claims CLAIMS] [--chromium PATH]

Without --all: docs/img/*.png, of the labelled abstracts. With it: every page and the tutorial as a notebook,
each on a desktop and on a phone, light and dark, in FOLDER. --claims is what `extractor run` wrote, for the
atlas; without it, it is of the labelled abstracts, whose ids tell no month, and docs/img keeps its own.
Needs Playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.engine import parse
from extractor.evaluation.run import evaluate
from extractor.pages import atlas_html, read_documents, report_html, view_html
from extractor.pages.documents import from_extraction
from extractor.record.schema import Extraction

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
WIDTHS = {"desktop": 1280, "phone": 390}
STEP = 600  # pixels that a page is scrolled at once, so that it draws what is drawn when it is seen


def labelled() -> tuple[list[Extraction], list[Extraction]]:
    """Returns the labelled abstracts, and what is found in them."""
    lines = (ROOT / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [Extraction.model_validate_json(line) for line in lines]
    return gold, [parse(each.abstract, id=each.id, title=each.title) for each in gold]


def notebook(*, dark: bool) -> str:
    """Returns the tutorial, run, as Jupyter shows it."""
    import nbformat
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import ExecutePreprocessor

    content = nbformat.read(ROOT / "docs" / "tutorial.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    ExecutePreprocessor(kernel_name="python3").preprocess(content, {})  # type: ignore[no-untyped-call]
    exporter = HTMLExporter(theme="dark" if dark else "light")  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(content)
    return str(html)


@contextmanager
def service() -> Iterator[str]:
    """Starts a service on a free port and gives its address."""
    command = [sys.executable, "-m", "extractor", "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            lines = process.stderr or ()
            found = next(filter(None, (re.match(r"ready: (\S+)", line) for line in lines)), None)
            if found is None:
                message = "the service did not start"
                raise SystemExit(message)
            yield found[1]
        finally:
            process.terminate()


class Camera:
    """Takes pictures with one browser, light and dark."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(
        self,
        name: str,
        address: str,
        act: Callable[[Page], None] | None = None,
        *,
        dark: bool,
        width: int = 1280,
        height: int | None = None,
    ) -> None:
        """Writes a picture of a page: of its upper part, or where no height is given of all of it."""
        scheme = "dark" if dark else "light"
        context = self._browser.new_context(
            viewport={"width": width, "height": height or 900},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        page.goto(address)
        if act:
            act(page)
        if height is None:
            for _ in range(page.evaluate("document.documentElement.scrollHeight") // STEP + 1):
                page.mouse.wheel(0, STEP)
                page.wait_for_timeout(150)
            page.evaluate("scrollTo(0, 0)")
            page.wait_for_timeout(300)
        page.screenshot(path=self._folder / f"{name}-{scheme}.png", full_page=height is None)
        context.close()


def open_record(page: Page) -> None:
    """Opens the record of the first speed-up in the reader."""
    page.locator(".card mark[data-kind=speedup]").first.click()


def open_mark(page: Page) -> None:
    """Opens the claims behind a bar of the atlas, by its list."""
    page.locator(".js-plotly-plot").nth(1).wait_for()
    page.locator("[data-list=kinds]").evaluate("list => { list.parentElement.open = true; }")
    page.locator("[data-list=kinds] button").first.click()
    page.locator("#detail .entry button").first.click()


def try_example(page: Page) -> None:
    """Chooses an example on the page to try it on, opens a record and brings its rule beside it."""
    page.locator("[data-role=examples]").select_option(index=1)
    page.locator("[data-role=marked] mark").first.wait_for()
    page.locator("[data-role=marked] mark[data-kind=speedup]").first.click()
    page.wait_for_timeout(500)


def for_documentation(camera: Camera, files: dict[str, str], try_it: str) -> None:
    """Draws what the documentation shows."""
    for dark in (False, True):
        camera.take("serve", try_it, try_example, dark=dark, height=900)
        if "atlas" in files:
            camera.take("atlas", files["atlas"], dark=dark, height=1150)
        camera.take("report", files["report"], dark=dark, height=1480)
        camera.take("view", f"{files['view']}#sort=claims", open_record, dark=dark, height=860)


def everything(camera: Camera, files: dict[str, str], try_it: str) -> None:
    """Draws every page in every way."""
    for size, width in WIDTHS.items():
        for dark in (False, True):
            book = files["notebook-dark" if dark else "notebook"]
            for name, address in (
                ("report", files["report"]),
                ("view", files["view"]),
                ("atlas", files["atlas"]),
                ("notebook", book),
                ("serve", try_it),
            ):
                camera.take(f"{name}-{size}", address, dark=dark, width=width)
            seen = {"dark": dark, "width": width, "height": 860}
            camera.take(f"view-open-{size}", f"{files['view']}#sort=claims", open_record, **seen)  # type: ignore[arg-type]
            camera.take(f"atlas-open-{size}", files["atlas"], open_mark, **seen)  # type: ignore[arg-type]
            camera.take(f"serve-open-{size}", try_it, try_example, **seen)  # type: ignore[arg-type]


def main() -> None:
    """Makes the pages and draws them."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--all", type=Path)
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    chosen = parser.parse_args()
    gold, found = labelled()
    pages = {
        "report": report_html(evaluate(gold, found)),
        "view": view_html(found, title="The labelled abstracts"),
    }
    if chosen.claims:
        pages["atlas"] = atlas_html(read_documents(chosen.claims, without_claims=True), title="A literature")
    elif chosen.all:
        pages["atlas"] = atlas_html(list(map(from_extraction, found)), title="A literature")
    if chosen.all:
        pages |= {"notebook": notebook(dark=False), "notebook-dark": notebook(dark=True)}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = {name: Path(folder) / f"{name}.html" for name in pages}
        for name, html in pages.items():
            files[name].write_text(html, encoding="utf-8")
        addresses = {name: file.as_uri() for name, file in files.items()}
        browser = playwright.chromium.launch(
            executable_path=chosen.chromium, args=["--headless", "--no-sandbox"]
        )
        with service() as try_it:
            if chosen.all:
                everything(Camera(browser, chosen.all), addresses, try_it)
            else:
                for_documentation(Camera(browser, ROOT / "docs" / "img"), addresses, try_it)
        browser.close()


if __name__ == "__main__":
    main()
