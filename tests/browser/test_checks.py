"""The checks of every page are seen to fail on a page that deserves it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.checks import Watch, axe, sideways

pytestmark = pytest.mark.browser

PAGE = "<!doctype html><html lang=en><title>Page</title><main><h1>Page</h1>%s</main></html>"


def test_a_good_page_passes(page: Page) -> None:
    page.set_content(PAGE % "<p>Good words.</p>")
    assert axe(page) + sideways(page) == []


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ('<input type="text">', "axe label:"),
        ('<p style="color: #aaa">Pale</p>', "axe color-contrast:"),
        ("<h4>Too deep</h4>", "axe heading-order:"),
        ('<p style="width: 400px">Wide</p>', "at 320 px: the page scrolls sideways"),
    ],
)
def test_a_bad_page_is_named(page: Page, markup: str, rule: str) -> None:
    page.set_content(PAGE % markup)
    assert any(line.startswith(rule) for line in axe(page) + sideways(page))


def test_asking_elsewhere_and_complaining_is_noticed(page: Page) -> None:
    watch = Watch("http://127.0.0.1:1")
    watch.over(page)
    page.set_content(PAGE % '<img src="http://127.0.0.1:2/x.png" alt="">')
    page.evaluate("() => console.error('it hurts')")
    assert "asked elsewhere: http://127.0.0.1:2/x.png" in watch.noticed
    assert "console: it hurts" in watch.noticed
