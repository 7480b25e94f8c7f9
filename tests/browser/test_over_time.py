"""A member looks at their hours over time on a small telephone, without JavaScript."""

from __future__ import annotations

import pytest

from tests.browser.checks import sideways
from tests.browser.conftest import Visit, sign_in
from tests.browser.places import ROLES
from tests.browser.site import Site
from tests.browser.steps import follow, leave_by, press

pytestmark = pytest.mark.browser


def test_months_lead_to_lines_and_a_day_can_be_gone_to(sample: Site, visit: Visit) -> None:
    page = visit(sample, width=320, java_script_enabled=False)
    sign_in(page, ROLES["member"])
    follow(page, "See it month by month")
    picture = page.get_by_role("img", name="What could be used at the end of each month")
    assert picture.is_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 320
    table = page.get_by_role("table", name="The same in figures")
    months = table.get_by_role("rowheader")
    assert months.count() == page.locator(".tb-chart__bar").count() >= 2
    assert sideways(page) == []
    first = months.first.inner_text()
    leave_by(months.first.get_by_role("link"))
    assert "Recorded up to" in page.locator("main").inner_text()
    assert first.split()[0] in page.locator("main [role=status]").inner_text()
    # By the keyboard alone: into the first box, the day, and send.
    page.goto("/history")
    page.get_by_label("Day", exact=True).focus()
    for text in ("31", "12", "2020"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Nothing had been recorded by then." in page.locator("main").inner_text()
    follow(page, "Back to the newest")
    assert page.get_by_role("table", name="Newest first").get_by_role("rowheader").count() > 2


def test_who_wants_it_quiet_is_not_met_by_a_figure(sample: Site, visit: Visit) -> None:
    page = visit(sample, width=320, java_script_enabled=False)
    sign_in(page, ROLES["member"])
    assert page.locator("h1").inner_text().startswith("You have")
    page.goto("/choices/showing")
    page.get_by_label("Leave out what I have on my first page").check()
    press(page, "Save")
    page.goto("/")
    assert page.locator("h1").inner_text() == "My hours"
    follow(page, "See what you have")
    assert "You have" in page.locator("main").inner_text()
