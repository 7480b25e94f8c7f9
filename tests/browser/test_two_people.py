"""Two people at once: the second approver, a page gone stale, and a finger that presses twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SAM, Visit, sign_in
from tests.browser.site import Site, link_in
from tests.browser.steps import fine, follow, head_seq, heading, leave_by, press, text

pytestmark = pytest.mark.browser

HELEN, PRIYA, GRACE = "helen@example.org", "priya@example.org", "grace@example.org"
PANEL = "Reading panel: papers from the hospital trust"


def to_the_times(page: Page, *names: str) -> None:
    """From the list of sessions to the table of times of the session that waits."""
    page.goto("/sessions")
    follow(page, PANEL)
    press(page, "Credit this session")
    for name in names:
        page.get_by_label(name).check()
    press(page, "Go on to the time")


def test_the_second_approver_agrees_by_a_link_that_works_once(sample: Site, visit: Visit) -> None:
    coordinator = visit(sample)
    sign_in(coordinator, HELEN)
    coordinator.goto("/to-do")
    follow(coordinator, "Answer the request for Watercolour")
    press(coordinator, "Ask Sam Trustee, the second approver, by mail")
    sample.tick()
    link = link_in(sample.mails_to(SAM)[-1])
    approver = visit(sample, width=320)
    approver.goto(link)
    assert heading(approver) == "Do you agree to this?"
    fine(approver)
    press(approver, "Agree")
    assert heading(approver).startswith("You agreed")
    fine(approver)
    approver.goto(link)
    assert "This link was already used. It works once." in text(approver)
    fine(approver)
    coordinator.reload()
    assert "Agreed, waiting to be handed over" in text(coordinator)


def test_a_stale_crediting_page_says_who_was_faster_and_goes_on(sample: Site, visit: Visit) -> None:
    slow, fast = visit(sample), visit(sample)
    sign_in(slow, HELEN)
    sign_in(fast, PRIYA)
    to_the_times(slow, "Grace Okafor", "Dorothy Clarke")
    slow.get_by_label("Grace Okafor, Travel").fill("25m")
    press(slow, "Check the answers")
    to_the_times(fast, "Grace Okafor")
    press(fast, "Check the answers")
    press(fast, "Credit 1 hour")
    before = sample.read(head_seq)
    press(slow, "Credit 2 hours 25 minutes")
    assert sample.read(head_seq) == before
    assert slow.title().startswith("Error: ")
    assert "Priya Shah did so on 10 June 2026" in text(slow)
    assert "Grace Okafor 1 hour Session 1:00, Travel" in text(slow)
    fine(slow)
    press(slow, "Check the answers")  # Dorothy is still to be credited
    press(slow, "Credit 1 hour")
    assert heading(slow) == "The hours are credited"
    assert sample.read(head_seq) == before + 1


def test_a_stale_correction_shows_what_differs(sample: Site, visit: Visit) -> None:
    pages = [visit(sample), visit(sample)]
    for page, name, hours in zip(pages, (HELEN, PRIYA), ("4", "5"), strict=True):
        sign_in(page, name)
        page.goto("/sessions")
        leave_by(page.get_by_role("link", name=re.compile("what did we learn")).first)
        follow(page, "Grace Okafor")
        press(page, "Put this right")
        page.get_by_label("The time was wrong").check()
        session = page.get_by_role("group", name="Session")
        session.get_by_label("Hours").fill(hours)
    slow, fast = pages
    press(fast, "Check what changes")
    press(fast, "Put it right")
    press(slow, "Check what changes")
    assert slow.title().startswith("Error: ")
    assert "Session 5 hours 4 hours" in text(slow)
    fine(slow)
    press(slow, "Check what changes")
    press(slow, "Put it right")
    assert "The credit is put right." in text(slow)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_two_clicks_record_once(sample: Site, visit: Visit, scripts: bool) -> None:
    before = sample.read(head_seq)
    page = visit(sample, java_script_enabled=scripts)
    sign_in(page, HELEN)
    to_the_times(page, "Grace Okafor", "Dorothy Clarke")
    press(page, "Check the answers")
    twice(page, "Credit 2 hours")
    page.get_by_role("heading", name="The hours are credited").wait_for()
    assert sample.read(head_seq) == before + 2
    member = visit(sample, java_script_enabled=scripts)
    sign_in(member, GRACE)
    member.goto("/rewards")
    follow(member, "Watercolour for beginners")
    press(member, "Use hours for this")
    twice(member, "Use 2 hours for this class")
    member.get_by_role("heading", name=re.compile("You asked for")).wait_for()
    assert sample.read(head_seq) == before + 3


def twice(page: Page, name: str) -> None:
    """Press a button as nervous fingers do."""
    page.get_by_role("button", name=name, exact=True).dblclick(no_wait_after=True)


def test_going_back_and_confirming_again_records_once(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, GRACE)
    page.goto("/rewards")
    follow(page, "Watercolour for beginners")
    press(page, "Use hours for this")
    check = page.url
    html = page.content()
    press(page, "Use 2 hours for this class")
    first, before = page.url, sample.read(head_seq)
    page.goto(check)
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert key
    page.locator("main input[name=key]").evaluate("(box, key) => box.value = key", key[1])
    press(page, "Use 2 hours for this class")
    assert page.url == first
    assert sample.read(head_seq) == before
