"""Planning a session, joining it, and being there: by coordinators and members in a browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, heading, press, text
from timebank import coming, sessions
from timebank.models import Session
from timebank.unit import Unit

pytestmark = pytest.mark.browser

HELEN, GRACE = "helen@example.org", "grace@example.org"
TITLE = "Ward sounds: what keeps people awake?"
SHEET = {
    "What it is": "We listen to recordings from a ward at night and talk about them.",
    "What to prepare": "Nothing.",
    "Help with travel": "We book a taxi if you need one.",
    "Access and comfort": "Step-free, with a quiet room.",
    "How we say thank you": "Hours in your account, and soup.",
}


def test_from_a_project_to_a_published_series(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, HELEN)
    _add_a_project(page)
    press(page, "Plan a session of this project")
    _plan(page)
    _write_the_sheet(page)
    _repeat(page)
    # A member sees it on a telephone, with all there is to know before.
    member = visit(sample, width=320)
    sign_in(member, GRACE)
    member.goto("/opportunities")
    follow(member, TITLE)
    said = text(member)
    for words in (*SHEET.values(), "Usually 2 hours", "There is no obligation", "DWP"):
        assert words in said, words
    assert "A night nurse" in said  # who is still missing
    fine(member)


def _add_a_project(page: Page) -> None:
    page.goto("/sessions")
    follow(page, "Projects")
    press(page, "Add a project")
    press(page, "Add this project")
    assert page.title().startswith("Error: Add a project")
    fine(page)
    page.get_by_label("Name", exact=True).fill("Quiet nights")
    page.get_by_label("What is it for?").fill("Fewer noises on wards at night.")
    page.get_by_label("On whose behalf are people asked?").fill("Riverside Hospital Trust")
    page.get_by_label("A carer or relative").check()
    press(page, "Add this project")
    page.get_by_label("Add to the list").fill("A night nurse")
    press(page, "Add")
    assert "A night nurse Missing" in text(page)
    fine(page)


def _plan(page: Page) -> None:
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Kind of activity").select_option(label="Community meeting")
    day = page.get_by_role("group", name="Day", exact=True)
    for part, value in (("Day", "24"), ("Month", "6"), ("Year", "2026")):
        day.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Begins at (optional)").fill("14:00")
    page.get_by_label("Ends at (optional)").fill("13:00")
    page.get_by_label("Place (optional)").fill("Riverside Community Hall")
    page.get_by_label("Places (optional)").fill("2")
    press(page, "Plan this session")
    assert "It cannot end before it begins." in text(page)
    fine(page)
    page.get_by_label("Ends at (optional)").fill("16:00")
    press(page, "Plan this session")
    assert "Wednesday 24 June 2026, 14:00 to 16:00" in text(page)
    assert "Project: Quiet nights" in text(page)


def _write_the_sheet(page: Page) -> None:
    follow(page, "What members read before they join")
    for title, words in list(SHEET.items())[:-1]:
        page.get_by_label(title).fill(words)
    press(page, "Save, and look at it")
    assert "It cannot be published yet." in text(page)
    assert page.get_by_role("button", name="Publish it").count() == 0
    fine(page)
    follow(page, "How we say thank you")
    page.get_by_label("How we say thank you").fill(SHEET["How we say thank you"])
    press(page, "Save, and look at it")
    press(page, "Publish it")
    assert "Members can see it now, and join." in text(page)


def _repeat(page: Page) -> None:
    follow(page, "Repeat this session")
    page.get_by_label("Every two weeks").check()
    page.get_by_label("How many more times?").fill("3")
    press(page, "Show me the days")
    fine(page)
    page.get_by_label("Wednesday 22 July 2026").uncheck()
    press(page, "Plan these sessions")
    assert "2 sessions are planned." in text(page)
    page.get_by_text("Sessions that were planned together").click()
    follow(page, "Wednesday 5 August 2026")
    assert "Wednesday 5 August 2026, 14:00 to 16:00" in text(page)


def test_from_signing_up_to_a_ticked_name(sample: Site, visit: Visit) -> None:
    """The drop-in of today is full: one leaves, one moves up, one walks in, all check in."""
    staff = visit(sample)
    sign_in(staff, HELEN)
    session_id = sample.read(_drop_in)
    _grace_leaves(visit(sample, width=320, java_script_enabled=False))
    staff.goto(f"/sessions/{session_id}/coming")
    assert "3 of 3 places are taken. " in text(staff)
    assert "Waiting, longest first" not in text(staff)  # Aidan has the place now
    staff.get_by_label("Add somebody").fill("dorothy")
    press(staff, "Put on the waiting list")
    assert "They are on the waiting list." in text(staff)
    fine(staff)
    codes = sample.read(_codes, session_id)
    _at_the_door(staff, codes["Aidan O'Connor"], "104")
    # The coordinator, on another device, sees who is here; they are ticked when it is credited.
    sample.clock.set(datetime(2026, 6, 10, 16, 0, tzinfo=UTC))
    again = visit(sample)
    sign_in(again, HELEN)
    again.goto(f"/sessions/{session_id}/coming")
    assert "2 are here." in text(again)
    again.goto(f"/sessions/{session_id}/credit")
    ticked = again.get_by_role("checkbox", checked=True)
    names = {
        again.locator(f'label[for="{ticked.nth(n).get_attribute("id")}"]').inner_text()
        for n in range(ticked.count())
    }
    assert len(names) == 2
    assert any(name.startswith("Aidan O'Connor") for name in names)


def _grace_leaves(member: Page) -> None:
    """On a small telephone without scripts."""
    sign_in(member, GRACE)
    member.goto("/opportunities")
    follow(member, "Leaflet drop-in")
    assert "You have a place." in text(member)
    press(member, "I am not coming after all")
    assert "Thank you for telling us." in text(member)
    assert "Every place is taken." in text(member)


def _at_the_door(page: Page, code: str, number: str) -> None:
    """By keyboard alone, on the tablet at the door, where the coordinator is signed out."""
    follow(page, "Check in at the door")
    press(page, "Use this device, and sign me out on it")
    assert heading(page) == "Check in here"
    fine(page)
    for typed in (code.lower(), number, "ZZZZ"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert "Nobody has this code or number." in text(page)
    fine(page)
    door = page.url
    page.goto("/sessions")
    assert heading(page) == "Sign in"
    page.goto(re.sub(r"\?.*", "", door))
    assert "Aidan" not in page.content()


def _drop_in(unit: Unit) -> str:
    query = sessions.visible_sessions(unit).where(Session.title.like("Leaflet drop-in%"))
    return str(unit.db.scalars(query).one().id)


def _codes(unit: Unit, session_id: str) -> dict[str, str]:
    return {row.member.person.name: row.code for row in coming.signed_up(unit, session_id)}
