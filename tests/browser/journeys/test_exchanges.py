"""Members give one another time: ask, agree, say how long it took, and agree about that too."""

from __future__ import annotations

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import COORDINATOR, minutes_of
from tests.browser.journeys.ways import Minutes, Visitor
from tests.browser.site import START, Site

pytestmark = pytest.mark.browser

SIAN, WINSTON, TITLE = "Siân Pritchard", "Winston Brown", "Help in the garden"


def say_how_long(visitor: Visitor, hours: int, minutes: int) -> None:
    """Fill in the time it took, yesterday."""
    visitor.fill_time("Time", hours, minutes)
    visitor.fill_day("Day", START.date())
    visitor.press("Save")


def test_an_hour_is_agreed_done_and_confirmed_by_both(come: Come, riverside: Site) -> None:
    sians, winstons = (riverside.read(minutes_of, name) for name in (SIAN, WINSTON))
    sian, winston, helen = come(SIAN), come(WINSTON), come(COORDINATOR)
    sian.follow("See what members offer one another")
    sian.follow(TITLE)
    sian.fill("Your message (you can leave this empty)", "Two apple trees to prune.")
    sian.press("Ask")
    sian.reads("Waiting for an answer")
    exchange = sian.page.url
    winston.go(exchange)
    winston.reads("Two apple trees to prune.")
    winston.press("Agree")
    sian.go(exchange)
    say_how_long(sian, 1, 30)
    winston.go(exchange)
    say_how_long(winston, 2, 0)
    winston.reads("How long did it take?")  # different figures go back
    assert riverside.read(minutes_of, WINSTON) == winstons
    sian.go(exchange)
    sian.reads("%(hours)s on %(day)s", hours=Minutes(120), day=START.date())
    say_how_long(sian, 2, 0)
    sian.reads("Done")
    assert riverside.read(minutes_of, SIAN) == sians - 120
    assert riverside.read(minutes_of, WINSTON) == winstons + 120
    helen.go("/exchanges/all")
    helen.follow(TITLE)
    helen.press("I asked, and all went well")
    asked = helen.say("Somebody asked on %(day)s, and all went well.", day="|").partition("|")
    assert asked[0] in helen.text


def test_the_directory_is_entered_and_left_by_choice(come: Come) -> None:
    grace = come("Grace Okafor")
    grace.go("/listings")
    grace.follow("What I offer and would like")
    grace.press("Enter the directory")
    grace.choose("Something I can do for others")
    grace.fill("What is it, in a few words?", "Bicycles mended")
    grace.press("Add")
    joan = come("Joan Atkinson")
    joan.go("/listings")
    joan.follow("Bicycles mended")
    joan.reads("Ask %(name)s", name="Grace Okafor")
    grace.press("Leave the directory")
    joan.go("/listings")
    joan.reads_not("Bicycles mended")
