"""Choices are made, hold, and can be looked back at; a coordinator notes them for who rings up."""

from __future__ import annotations

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import COORDINATOR, member_id
from tests.browser.journeys.ways import Told
from tests.browser.site import Site
from timebank.words import ERRORS

pytestmark = pytest.mark.browser

GRACE, WINSTON = "Grace Okafor", "Winston Brown"


def test_choices_and_when_they_were_made(come: Come) -> None:
    grace = come(GRACE)
    grace.follow("Change your choices")
    grace.choose("Give them to the community pot")
    grace.choose("Do not show me rewards that have a money value")
    grace.press("Save my choices")
    grace.reads("Your choices are saved.")
    grace.go("/rewards?near=voucher")
    grace.reads("Nothing on offer fits this at the moment.")
    grace.go("/choices")
    grace.follow("What matters to me, what I like, and being named")
    grace.choose("A gift to a charity")
    grace.press("Save")
    grace.go("/rewards")
    first = grace.page.locator("main .tb-cards h2").first
    assert "Food Bank" not in first.inner_text()  # it has a money value: that choice is stronger
    grace.go("/choices")
    grace.follow("What I chose, and when")
    grace.reads("To the community pot")
    grace.reads("Into the account")  # what was chosen before
    since = grace.say("Since %(day)s, by %(who)s", day="|", who=Told("you"))
    assert since.partition("|")[0] in grace.text


def test_statements_and_how_to_be_reached(come: Come) -> None:
    sian = come("Siân Pritchard")
    sian.go("/choices")
    sian.follow("Change when they come")
    sian.choose("Every three months")
    sian.press("Save my choice")
    sian.go("/choices")
    sian.follow("How news and statements reach me")
    sian.choose("Large print")
    sian.fill("Their name (optional)", "Mair Pritchard")
    sian.fill("Their e-mail address (optional)", "mair@example.org")
    sian.press("Save")
    sian.refused(ERRORS["copy_needs_consent"])
    assert sian.box("Their name (optional)").input_value() == "Mair Pritchard"
    sian.choose("I agree that they get a copy")
    sian.press("Save")
    sian.reads("This is how we will be in touch.")
    sian.go("/choices/history")
    for said in ("Every three months", "Large print"):
        sian.reads(said)


def test_by_telephone(come: Come, riverside: Site) -> None:
    who = riverside.read(member_id, WINSTON)
    helen = come(COORDINATOR)
    helen.go(f"/members/{who}")
    helen.follow("Change choices")
    helen.choose("Record that they were there, but no hours")
    helen.press("Save the choices")
    helen.go(f"/members/{who}/choices/history")
    helen.arrived("What %(name)s chose, and when", name=WINSTON)
    helen.reads(COORDINATOR)
    winston = come(WINSTON)
    winston.go("/choices/history")
    winston.reads(COORDINATOR)  # a member may know who noted it
