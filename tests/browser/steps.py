"""Steps that several journeys take, as a person takes them: by what stands on the page."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

from tests.browser.checks import problems
from tests.browser.site import Site
from timebank.unit import Unit


def press(page: Page, name: str) -> None:
    """Press the button, or the link that looks like one, and wait for the page after it."""
    leave_by(page.get_by_role("button", name=name, exact=True))


def follow(page: Page, name: str) -> None:
    """Follow the first link that begins with these words."""
    leave_by(page.get_by_role("link", name=re.compile("^" + re.escape(name))).first)


def leave_by(target: Locator) -> None:
    """Click what leads to another page, and wait for that: a click on a page that is still
    coming can miss what it was meant for."""
    with target.page.expect_navigation():
        target.click()


def heading(page: Page) -> str:
    """The page's main heading."""
    return page.get_by_role("heading", level=1).inner_text()


def text(page: Page) -> str:
    """What stands on the page between the menu and the footer, white space made one."""
    return " ".join(page.locator("main").inner_text().split())


def fine(page: Page) -> None:
    """Nothing is wrong with the page that is open: see `checks`."""
    assert problems(page) == []


def sign_out(page: Page) -> None:
    """Sign out by the button at the top."""
    press(page, "Sign out")


def set_up(page: Page, site: Site, password: str) -> None:
    """Set the time bank up in the browser, as its first administrator, who is a member too."""
    page.goto("/")
    page.get_by_label("The code from the terminal").fill(site.setup_code())
    page.get_by_label("Name of the time bank").fill("Ferry Road Time Bank")
    page.get_by_label("Name", exact=True).fill("Ada Marsh")
    page.get_by_label("Phone number (optional)").fill("020 7946 0000")
    page.get_by_label("Your name", exact=True).fill("Ada Marsh")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_label("Choose a password", exact=True).fill(password)
    press(page, "Set up the time bank")


def head_seq(unit: Unit) -> int:
    """The number of the newest transaction in the books."""
    return unit.book.head().seq
