"""The page as people see it: in a browser, in three languages, by keyboard, on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import program

LANGUAGES = ("en", "nl", "fr")
WORDS = {"en": "Climate", "nl": "Klimaat", "fr": "Climat"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    chromium = program("chromium")
    with sync_playwright() as playwright:
        # Root has no sandbox; the only page that is opened is our own.
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, browser: Browser, service: str) -> Iterator[Page]:
    """The page in one language; whatever the browser complains of fails the test."""
    context = browser.new_context(locale=request.param, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(f"http://{service}/")
    yield opened
    context.close()
    assert complaints == []


def test_nobody_is_kept_out(page: Page) -> None:
    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_it_speaks_the_readers_language(page: Page) -> None:
    language = page.evaluate("navigator.language")

    assert page.locator("html").get_attribute("lang") == language
    assert WORDS[language].lower() in page.locator("h1").inner_text().lower()


def test_it_fits_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_asks_nobody_else_for_anything(browser: Browser, service: str) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://{service}/")
    page.close()

    assert asked
    assert [url for url in asked if not url.startswith((f"http://{service}/", "data:"))] == []


def test_a_picture_of_it_is_made(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.png"

    page.screenshot(path=path, full_page=True)

    assert path.stat().st_size > 10_000
