"""What comes after a credit, in a browser: corrections, queries, hours from before, follow-up."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site, link_in
from tests.browser.steps import fine, follow, head_seq, heading, leave_by, press, text
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.unit import Unit

pytestmark = pytest.mark.browser

HELEN, PRIYA, GRACE = "helen@example.org", "priya@example.org", "grace@example.org"
GARETH = "gareth@example.org"
PANEL = "Reading panel: papers from the hospital trust"


def credit(page: Page, *names: str) -> None:
    """Credit people for the session that waits, an hour each, on the page that is open."""
    page.goto("/sessions")
    follow(page, PANEL)
    press(page, "Credit this session")
    for name in names:
        page.get_by_label(name).check()
    press(page, "Go on to the time")
    press(page, "Check the answers")
    leave_by(page.get_by_role("button", name=re.compile("^Credit ")))
    assert heading(page) == "The hours are credited"


def limit(unit: Unit, minutes: int) -> None:
    """Corrections of more than `minutes` need two people from now on."""
    now = policy(unit)
    command = AgreePolicy(
        follows_version=now.version, rounding=now.rounding, money_rewards=now.money_rewards,
        advice_contact=now.advice_contact, information_reviewed_by=now.information_reviewed_by,
        information_reviewed_on=now.information_reviewed_on, second_approval_minutes=minutes,
    )  # fmt: skip
    agree_policy(unit, command)


@pytest.mark.parametrize("script", [True, False])
def test_is_this_right_no_and_somebody_else_decides(
    sample: Site, visit: Visit, script: bool
) -> None:
    helen = visit(sample)
    sign_in(helen, HELEN)
    credit(helen, "Grace Okafor")
    sample.clock.forward(hours=2)
    sample.tick()
    mail = next(each for each in sample.mails_to(GRACE) if "whether it is right" in each)
    grace = visit(sample, width=320, java_script_enabled=script)
    grace.goto(link_in(mail))
    assert heading(grace) == "Is this right?"
    if script:
        fine(grace)
    grace.get_by_label("If it is not right").fill("It was an hour and a half.")
    press(grace, "No, something is not right")
    assert "Thank you for telling us" in text(grace)
    if script:
        fine(grace)
    helen.goto("/to-do")
    follow(helen, "Answer query")
    assert "You can explain what happened" in text(helen)
    assert helen.get_by_role("button", name="Decide it").count() == 0
    priya = visit(sample)
    sign_in(priya, PRIYA)
    priya.goto(helen.url)
    if script:
        fine(priya)
    priya.get_by_label("In plain words").fill("You are right; we put it right.")
    priya.get_by_label("It was put right").check()
    press(priya, "Decide it")
    assert "It was put right" in text(priya)
    sign_in(grace, GRACE)
    grace.goto("/queries")
    follow(grace, "Time recorded for a session")
    press(grace, "It is settled: close it")
    assert "Closed" in text(grace)


def test_a_line_opens_and_a_query_begins_there(sample: Site, visit: Visit) -> None:
    grace = visit(sample, width=320)
    sign_in(grace, GRACE)
    grace.goto("/history")
    leave_by(grace.locator("main tbody a").first)
    assert "In the books" in text(grace)
    fine(grace)
    if grace.get_by_role("button", name="This isn’t right").count():
        press(grace, "This isn’t right")
        press(grace, "Send")
        assert grace.title().startswith("Error: ")
        fine(grace)
        grace.get_by_label("In your words").fill("I came by train, an hour more.")
        press(grace, "Send")
        assert "You hear from us by" in text(grace)
        fine(grace)


def test_a_large_correction_waits_for_a_second_person(sample: Site, visit: Visit) -> None:
    with sample.database.reading(sample.read(lambda unit: unit.actor)) as unit:
        console = unit.actor
    with sample.database.unit(console) as unit:
        limit(unit, 30)
    helen = visit(sample)
    sign_in(helen, HELEN)
    credit(helen, "Grace Okafor")
    before = sample.read(head_seq)
    helen.goto("/sessions")
    follow(helen, PANEL)
    follow(helen, "Grace Okafor")
    press(helen, "Put this right")
    helen.get_by_label("The time was wrong").check()
    helen.get_by_role("group", name="Session", exact=True).get_by_label("Hours").fill("3")
    press(helen, "Check what changes")
    assert "somebody else must agree" in text(helen)
    fine(helen)
    press(helen, "Propose it")
    assert "somebody else has to agree" in text(helen)
    assert sample.read(head_seq) == before
    gareth = visit(sample, width=320)
    sign_in(gareth, GARETH)
    gareth.goto(helen.url)
    assert heading(gareth).endswith("Do you agree to this?")
    fine(gareth)
    press(gareth, "Agree: record it")
    assert "It is recorded." in text(gareth)
    assert sample.read(head_seq) == before + 2


def test_a_whole_session_is_undone_and_planned_again(sample: Site, visit: Visit) -> None:
    helen = visit(sample)
    sign_in(helen, HELEN)
    credit(helen, "Grace Okafor", "Dorothy Clarke")
    helen.goto("/sessions")
    follow(helen, PANEL)
    follow(helen, "The whole session is wrong: undo it")
    assert "Grace Okafor" in text(helen)
    fine(helen)
    before = sample.read(head_seq)
    press(helen, "Undo all of it")
    assert sample.read(head_seq) == before + 2
    assert heading(helen).endswith(PANEL)  # the copy, which waits to be credited
    assert helen.get_by_role("button", name="Credit this session").count() == 1


def test_hours_from_before_need_two_people(sample: Site, visit: Visit) -> None:
    helen = visit(sample)
    sign_in(helen, HELEN)
    helen.goto("/openings/enter")
    helen.get_by_label(re.compile("^Grace Okafor")).fill("4:30")
    total = helen.get_by_role("group", name=re.compile("^What does your old record"))
    total.get_by_label("Hours").fill("5")
    press(helen, "Keep the list for somebody else to confirm")
    assert "The lines come to 4 hours 30 minutes, and you gave 5 hours." in text(helen)
    fine(helen)
    total.get_by_label("Hours").fill("4")
    total.get_by_label("Minutes").fill("30")
    press(helen, "Keep the list for somebody else to confirm")
    assert "so somebody else has to check and confirm it" in text(helen)
    gareth = visit(sample, width=320)
    sign_in(gareth, GARETH)
    gareth.goto(helen.url)
    fine(gareth)
    gareth.get_by_label("Hours").fill("4")
    gareth.get_by_label("Minutes").fill("30")
    press(gareth, "Confirm: put the hours in the accounts")
    assert "Confirmed" in text(gareth)


def test_what_follows_a_session(sample: Site, visit: Visit) -> None:
    helen = visit(sample)
    sign_in(helen, HELEN)
    credit(helen, "Grace Okafor")
    helen.goto("/sessions")
    follow(helen, PANEL)
    follow(helen, "What follows this session")
    fine(helen)
    helen.get_by_label("Ask how it was").check()
    helen.get_by_label("Thank everybody who came").check()
    helen.get_by_label("One thing to thank for").fill("You asked about the ward.")
    helen.get_by_label("Who asks afterwards").select_option(label="Helen Marsh")
    press(helen, "Keep this")
    helen.goto("/to-do")
    follow(helen, "Ask how people are")
    waiting = helen.get_by_role("button", name="I have asked").count()
    leave_by(helen.get_by_role("button", name="I have asked").first)
    assert helen.get_by_role("button", name="I have asked").count() == waiting - 1
    sample.clock.forward(hours=2)
    sample.tick()
    mail = next(each for each in sample.mails_to(GRACE) if "how it was" in each)
    grace = visit(sample, width=320)
    grace.goto(re.findall(r"https?://\S*/link/\S+", mail)[0])
    assert heading(grace).endswith("How was it?")
    press(grace, "Send")
    assert grace.title().startswith("Error: ")
    fine(grace)
    grace.get_by_label("Good", exact=True).check()
    press(grace, "Send")
    assert "Thank you" in heading(grace)
    thanks = next(each for each in sample.mails_to(GRACE) if "/thanks/" in each)
    sign_in(grace, GRACE)
    grace.goto(re.findall(r"https?://\S*/thanks/\S+", thanks)[0])
    assert "You asked about the ward." in text(grace)
