"""A passkey from beginning to end, on a device that Chromium plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, copied, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, heading, press, sign_out, text

pytestmark = pytest.mark.browser


@pytest.fixture
def named(sample_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """The sample community at an address that is a name: browsers keep no passkey for a number."""
    yield from copied(sample_folder, tmp_path / "data", host="localhost")


def _lock(page: Page) -> None:
    """Give the browser a device with a lock that opens by itself."""
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_add_a_passkey_sign_in_with_it_and_remove_it(named: Site, visit: Visit) -> None:
    page = visit(named)
    _lock(page)
    sign_in(page, "grace@example.org")
    page.goto("/signing-in")
    follow(page, "My passkeys")
    assert "They need JavaScript" not in text(page)
    assert page.get_by_text("That did not work.").is_hidden()
    fine(page)
    press(page, "Add a passkey")
    assert page.title().startswith("Error: ")
    fine(page)
    page.get_by_label("A name for it").fill("My phone")
    press(page, "Add a passkey")
    assert "The passkey is added." in text(page)
    fine(page)
    page.get_by_label("A name for it").fill("The same again")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("This device has a passkey for us already.")).to_be_visible()
    assert page.get_by_text("No passkey was used.").is_hidden()
    fine(page)
    sign_out(page)
    follow(page, "I have a passkey")
    fine(page)
    press(page, "Sign in with a passkey")
    page.wait_for_url(named.address + "/")
    page.get_by_role("button", name="Sign out").wait_for()
    page.goto("/signing-in/passkeys")
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name="Remove").click()
    assert "You have no passkeys." in text(page)
    sign_out(page)
    page.goto("/sign-in/passkey")
    press(page, "Sign in with a passkey")
    assert "That did not work. Try again, or sign in another way" in text(page)
    fine(page)


def test_without_javascript_the_page_says_what_else_there_is(named: Site, visit: Visit) -> None:
    page = visit(named, java_script_enabled=False)
    page.goto("/sign-in/passkey")
    assert "They need JavaScript and a newer browser." in text(page)
    assert page.get_by_role("main").get_by_role("button").count() == 0
    follow(page, "I have a sign-in card")
    assert heading(page) == "Sign in with a card"
