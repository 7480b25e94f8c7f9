"""A member lets somebody act for them; that one sees the hours, asks for a reward, and stops."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, heading, leave_by, press, sign_out, text

pytestmark = pytest.mark.browser


def test_naming_acting_asking_and_stopping(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, "grace@example.org")
    page.goto("/choices")
    follow(page, "Who may act for me")
    fine(page)
    press(page, "Let them act for me")
    assert page.title().startswith("Error: ")
    fine(page)
    page.get_by_label("Their name").fill("Helen from the office")
    page.get_by_label("Their e-mail address").fill("helen@example.org")
    page.get_by_label("See hours and statements, and ask for rewards, but no vouchers").check()
    press(page, "Let them act for me")
    assert "Helen from the office" in text(page)
    fine(page)
    sign_out(page)
    sign_in(page, "helen@example.org")
    page.goto("/signing-in")
    follow(page, "Who trusts me")
    fine(page)
    press(page, "Act for Grace Okafor")
    banner = page.get_by_role("region", name="For whom you act")
    assert "You are acting for Grace Okafor." in banner.inner_text()
    fine(page)
    assert page.get_by_role("link", name="To do").count() == 0
    page.goto("/rewards?kind=class")
    fine(page)
    leave_by(page.get_by_role("main").locator(".tb-card a").first)
    press(page, "Use hours for this")
    assert banner.is_visible()
    fine(page)
    leave_by(page.get_by_role("main").get_by_role("button", name="for this class"))
    page.get_by_text("Helen Marsh, for Grace Okafor").wait_for()
    fine(page)
    page.goto("/choices")
    assert "This is not among what you may do" in text(page)
    fine(page)
    leave_by(banner.get_by_role("button", name="Stop"))
    page.get_by_text("You act for yourself again.").wait_for()
    assert heading(page) == "Who trusts me"
    assert banner.count() == 0


def test_a_coordinator_writes_it_down_and_prints_a_card(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, "helen@example.org")
    page.goto("/members?q=dorothy")
    follow(page, "Dorothy Clarke")
    follow(page, "Who may act for them")
    assert "Tom Clarke" in text(page)
    fine(page)
    press(page, "Write it down")
    assert page.title().startswith("Error: ")
    fine(page)
    follow(page, "Sign-in card")
    assert heading(page) == "Sign-in card"
    fine(page)
    page.set_viewport_size({"width": 320, "height": 640})
    fine(page)
