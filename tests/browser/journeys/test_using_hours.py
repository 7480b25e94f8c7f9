"""Using hours: find something, look at it, check, ask, change one's mind; and a waiting list."""

from __future__ import annotations

import re

import pytest

from tests.browser.journeys import scene
from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import BREAD, HOLDER, POTTERY, minutes_of
from tests.browser.journeys.ways import Minutes
from tests.browser.site import Site

pytestmark = pytest.mark.browser

GRACE, SIAN = "Grace Okafor", "Siân Pritchard"


def test_a_class_is_chosen_asked_for_and_called_off(come: Come, riverside: Site) -> None:
    before = riverside.read(minutes_of, GRACE)
    grace = come(GRACE)
    grace.press("See what you can use them for")
    grace.reads("£10 supermarket voucher")
    grace.page.get_by_text(grace.say("Show only some"), exact=True).click()
    grace.choose("What I can use now")
    grace.choose("No money value")
    grace.fill("Place or title", "riverside")
    grace.press("Show")
    grace.reads_not("£10 supermarket voucher")
    grace.follow(POTTERY)
    grace.reads("You still pay %(money)s to %(provider)s.", money="£4", provider="Kiln Yard")
    grace.reads("It has no money value")
    grace.press("Use hours for this")
    grace.arrived("Check before you use your hours")
    grace.reads("You can use %(hours)s.", hours=Minutes(before))
    grace.reads("After this, you could use %(hours)s.", hours=Minutes(before - 90))
    assert riverside.read(minutes_of, GRACE) == before
    grace.press("Use %(hours)s for this class", hours=Minutes(90))
    grace.arrived("You asked for %(title)s", title=POTTERY)
    assert riverside.read(minutes_of, GRACE) == before - 90
    kept = grace.page.url
    reference = grace.page.locator(".tb-reference").inner_text()
    later = come(GRACE)
    later.go(kept)
    later.arrived("You asked for %(title)s", title=POTTERY)
    later.reads(reference)
    later.reads("We have set %(hours)s aside for this.", hours=Minutes(90))
    later.follow("I changed my mind: cancel this")
    later.arrived("Cancel %(title)s?", title=POTTERY)
    later.press("Cancel it and give the hours back")
    later.arrived("Cancelled: %(title)s", title=POTTERY)
    later.reads("You have %(hours)s back in your account.", hours=Minutes(90))
    assert riverside.read(minutes_of, GRACE) == before


def test_too_few_hours_are_said_before_anything_is_asked(come: Come, riverside: Site) -> None:
    esther = come("Esther Adeyemi")
    has = riverside.read(minutes_of, "Esther Adeyemi")
    reward = scene.add_class(riverside.database, "A week in the mountains", minutes=has + 5)
    esther.go(f"/rewards/{reward}")
    needs, can = Minutes(has + 5), Minutes(has)
    esther.reads(
        "You need %(needed)s for this. You can use %(available)s.", needed=needs, available=can
    )
    assert esther.button("Use hours for this").count() == 0


def test_a_place_on_the_waiting_list_is_offered_and_taken(come: Come, riverside: Site) -> None:
    sian = come(SIAN)
    before = riverside.read(minutes_of, SIAN)
    sian.go("/rewards")
    sian.follow(BREAD)
    sian.reads("All places are taken.")
    sian.reads("You can wait for a place. Waiting holds no hours: you can go on using them.")
    sian.press("Join the waiting list")
    sian.reads("You are next.")
    assert riverside.read(minutes_of, SIAN) == before
    holder = come(HOLDER)
    holder.go("/redemptions")
    holder.follow(BREAD)
    holder.follow("I changed my mind: cancel this")
    holder.press("Cancel it and give the hours back")
    riverside.tick()
    mail = riverside.mails_to("sian@example.org")[-1]
    assert sian.say("You can take it, or leave it to somebody else, here:") in mail
    path = re.search(r"/rewards/[0-9a-f]{32}", mail)
    assert path
    sian.go(path[0])
    kept = sian.say("A place has come free. We keep it for you until %(day)s.", day="|")
    assert kept.partition("|")[0] in sian.text
    sian.press("Use hours for this")
    sian.press("Use %(hours)s for this class", hours=Minutes(60))
    sian.arrived("You asked for %(title)s", title=BREAD)
    assert riverside.read(minutes_of, SIAN) == before - 60
    sian.reads("Waiting for an answer")
    holder.go(path[0])
    holder.reads("All places are taken.")


def test_without_a_money_value_everywhere(come: Come) -> None:
    """Who wants none is not asked why, and is shown none."""
    joan = come("Joan Atkinson")
    joan.go("/rewards")
    joan.follow(POTTERY)
    joan.go("/rewards?near=voucher")
    joan.reads("Nothing on offer fits this at the moment.")
    joan.reads_not("£10 supermarket voucher")
    grace = come(GRACE)
    grace.go("/rewards?near=voucher")
    grace.follow("£10 supermarket voucher")
    grace.reads("Rewards and benefits")
