"""A headless Chromium of the system for the tests of the pages, or a clear reason why there is none.

EXTRACTOR_CHROMIUM names the browser to use; EXTRACTOR_REQUIRE_BROWSER=1 makes its absence a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., "Page"]


def _absent(reason: str) -> None:
    if os.environ.get("EXTRACTOR_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}; EXTRACTOR_REQUIRE_BROWSER=1 requires it")
    pytest.skip(reason)


def _executable() -> str | None:
    named = os.environ.get("EXTRACTOR_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _absent("the page tests need Playwright: pip install playwright")
    executable = _executable()
    if executable is None:
        _absent(f"no Chromium found (looked for EXTRACTOR_CHROMIUM, then {', '.join(NAMES)} on PATH)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens HTML as a file; at the end the page must have logged nothing and asked for nothing but itself."""
    contexts, troubles, requests = [], [], []

    def opener(
        html: str, *, width: int = 1280, dark: bool = False, hash: str = "", touch: bool = False
    ) -> Page:
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.split("#")[0]))
        page.goto(path.as_uri() + hash)
        return page

    yield opener
    asked = set(requests)
    for context in contexts:
        context.close()
    assert troubles == []
    assert asked == {(tmp_path / "page.html").as_uri()}
