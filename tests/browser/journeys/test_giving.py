"""Giving hours: to a member who would rather not, to a group, to the community pot."""

from __future__ import annotations

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import minutes_of, number_of
from tests.browser.journeys.ways import Minutes, Told, Visitor
from tests.browser.site import Site
from timebank import accounts
from timebank.unit import Unit

pytestmark = pytest.mark.browser

SIAN, JOAN, GRACE = "Siân Pritchard", "Joan Atkinson", "Grace Okafor"
CHEN = "Chen Mei-Ling"


def pot_minutes(unit: Unit) -> int:
    """What is in the community pot."""
    return unit.book.balance(accounts.COMMUNITY_POT)


def fill_in(visitor: Visitor, to: str, *, number: int | None = None, name: str = "") -> None:
    """Whom the hours go to, 1 hour and a quarter of them."""
    visitor.choose(to)
    visitor.fill("Their member number", str(number or ""))
    visitor.fill("Their first name, or whole name", name)
    visitor.fill_time("How much time?", 1, 15)
    visitor.press("Continue")


def test_to_a_member_who_gives_them_back(come: Come, riverside: Site) -> None:
    sians, joans = (riverside.read(minutes_of, name) for name in (SIAN, JOAN))
    number = riverside.read(number_of, JOAN)
    sian = come(SIAN)
    sian.follow("Give hours to somebody else or to the community pot")
    sian.reads("You can give up to %(hours)s.", hours=Minutes(sians))
    fill_in(sian, "Another member", number=number, name="Grace")  # a slip
    assert sian.page.title().startswith(sian.say("Error:"))
    fill_in(sian, "Another member", number=number, name="Joan")
    sian.arrived("Check before you give")
    sian.reads("Nothing has happened yet.")
    assert riverside.read(minutes_of, SIAN) == sians
    sian.press("Give %(hours)s", hours=Minutes(75))
    sian.arrived("%(hours)s given", hours=Minutes(75))
    assert riverside.read(minutes_of, JOAN) == joans + 75
    gift = sian.page.url
    joan = come(JOAN)
    joan.go("/gifts")
    joan.follow("From %(name)s", name=SIAN)
    joan.press("Give %(hours)s back", hours=Minutes(75))
    joan.arrived("%(hours)s given back", hours=Minutes(75))
    assert riverside.read(minutes_of, SIAN) == sians
    assert riverside.read(minutes_of, JOAN) == joans
    sian.go(gift)
    sian.arrived("%(hours)s given back", hours=Minutes(75))
    answer = come(GRACE).page.goto(gift)  # nobody else's business
    assert answer
    assert answer.status == 404


def test_to_the_pot(come: Come, riverside: Site) -> None:
    before, pot = riverside.read(minutes_of, GRACE), riverside.read(pot_minutes)
    grace = come(GRACE)
    grace.go("/gifts/give")
    grace.choose("The community pot")
    grace.fill_time("How much time?", 900, 0)
    grace.press("Continue")
    grace.refused("This is more than can be given.")
    fill_in(grace, "The community pot")
    grace.reads(
        "You are giving %(hours)s to %(to)s.", hours=Minutes(75), to=Told("the community pot")
    )
    grace.press("Give %(hours)s", hours=Minutes(75))
    grace.arrived("%(hours)s given", hours=Minutes(75))
    assert riverside.read(minutes_of, GRACE) == before - 75
    assert riverside.read(pot_minutes) == pot + 75


def test_to_a_group(come: Come, riverside: Site) -> None:
    before = riverside.read(minutes_of, CHEN)
    chen = come(CHEN)
    chen.go("/gifts")
    chen.follow("Give hours to a group")
    chen.fill_time("How much?", 0, 45)
    chen.press("Check what happens")
    chen.refused("Choose a group.")
    chen.choose("Walking group")
    chen.press("Check what happens")
    chen.arrived("Check before you give")
    chen.reads("You are giving %(hours)s to %(to)s.", hours=Minutes(45), to="Walking group")
    assert riverside.read(minutes_of, CHEN) == before
    chen.press("Give %(hours)s", hours=Minutes(45))
    chen.arrived("The hours are given")
    assert riverside.read(minutes_of, CHEN) == before - 45
    chen.go("/gifts")
    chen.follow("Given to %(name)s", name="Walking group")
    chen.arrived("The hours are given")
