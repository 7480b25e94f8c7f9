"""Every posting can be opened, and "This isn't right" is followed to its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import ADMINISTRATOR, COORDINATOR
from tests.browser.site import START, Site

pytestmark = pytest.mark.browser

MOHAMMED, SIAN = "Mohammed Iqbal", "Siân Pritchard"
REPLY_BY = (START + timedelta(days=7)).date()


def test_a_posting_is_opened_queried_and_settled(come: Come, riverside: Site) -> None:
    words = "I left at three, not at four."
    mohammed = come(MOHAMMED)
    mohammed.go("/history")
    mohammed.leave_by(mohammed.page.locator("main tbody th a").last)
    for part in (
        "How the time came about",
        "Session",
        "Preparation",
        "Under the rules",
        "Recorded",
    ):
        mohammed.reads(part)
    mohammed.reads(COORDINATOR)  # who recorded it
    mohammed.press("This isn’t right")
    mohammed.arrived("What is not right?")
    mohammed.press("Send")
    assert mohammed.page.title().startswith(mohammed.say("Error:"))
    mohammed.fill("In your words", words)
    mohammed.press("Send")
    mohammed.reads("You hear from us by %(day)s.", day=REPLY_BY)
    query = mohammed.page.url
    helen = come(COORDINATOR)  # she recorded it, so she explains and does not decide
    helen.go("/to-do")
    helen.go("/queries/all")
    helen.follow(MOHAMMED)
    helen.reads(words)
    helen.reads(
        "This is about something you recorded or decided, so somebody else decides it. You can"
        " explain what happened."
    )
    assert helen.button("Decide it").count() == 0
    helen.fill("In plain words, for the member to read", "The list at the door says four.")
    helen.press("Answer, or ask back")
    priya = come(ADMINISTRATOR)
    priya.go(query)
    priya.choose("It was explained")
    priya.fill("In plain words, for the member to read", "We asked the two who sat beside you.")
    priya.press("Decide it")
    mohammed.go(query)
    mohammed.reads("It was explained")
    mohammed.reads("We asked the two who sat beside you.")
    mohammed.press("It is settled: close it")
    mohammed.reads("Thank you. It is closed.")
    mohammed.follow("What you told us")
    mohammed.reads("Closed")


def test_whoever_is_complained_about_neither_sees_nor_closes_it(come: Come) -> None:
    sian = come(SIAN)
    sian.go("/queries")
    sian.press("Say that something is not right")
    sian.choose("How somebody was treated")
    people = sian.box("If it is about how somebody treated you, who?")
    people.select_option(label=COORDINATOR)
    sian.fill("In your words", "Nobody let me finish.")
    sian.press("Send")
    query = sian.page.url
    helen = come(COORDINATOR)
    helen.go("/queries/all")
    helen.reads_not(SIAN)
    answer = helen.page.goto(query)
    assert answer
    assert answer.status == 404
    priya = come(ADMINISTRATOR)
    priya.go("/queries/all")
    priya.follow(SIAN)
    priya.choose("It was put right")
    priya.fill("In plain words, for the member to read", "We are sorry. We talked it over.")
    priya.press("Decide it")
    sian.go(query)
    sian.reads("It was put right")
    sian.fill("Your words", "I would like somebody else to look.")
    sian.press("Ask somebody else to look at it")
    sian.reads("Being looked at again")
    priya.go(query)  # she decided it, so another person has the last word
    assert priya.button("Decide it").count() == 0
