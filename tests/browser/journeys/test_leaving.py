"""Leaving: a copy of everything, the hours used first, the rest to the pot, the details erased."""

from __future__ import annotations

import zipfile

import pytest
from sqlalchemy import select

from tests.browser.journeys import scene
from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import ADMINISTRATOR, COORDINATOR, WALK, member_id, minutes_of
from tests.browser.journeys.ways import Minutes
from tests.browser.site import Site
from timebank import accounts, audit
from timebank.models import Member, Person
from timebank.unit import Unit

pytestmark = pytest.mark.browser

ESTHER, EMAIL = "Esther Adeyemi", "esther@example.org"


def pot_minutes(unit: Unit) -> int:
    """What is in the community pot."""
    return unit.book.balance(accounts.COMMUNITY_POT)


def named(unit: Unit, who: str) -> str | None:
    """What a member is called now."""
    return unit.db.scalars(select(Person.name).join(Member).where(Member.id == who)).one()


def test_hours_first_then_a_copy_then_gone(come: Come, riverside: Site) -> None:
    who, before = riverside.read(member_id, ESTHER), riverside.read(minutes_of, ESTHER)
    pot = riverside.read(pot_minutes)
    esther = come(ESTHER)
    esther.follow("Get a copy of your data, or leave the group")
    with esther.page.expect_download() as download:
        esther.button("Download a copy of my data").click()
    with zipfile.ZipFile(download.value.path()) as copy:
        assert ESTHER in copy.read("index.html").decode()
        assert sum(name.endswith(".csv") for name in copy.namelist()) > 3
    esther.follow("Leave the group")
    esther.reads("There are %(hours)s to use.", hours=Minutes(before))
    esther.reads("You may want to use them, or give them to somebody, before leaving.")
    esther.go("/rewards")
    esther.follow(WALK)
    esther.press("Use hours for this")
    esther.press("Use %(hours)s for this experience", hours=Minutes(45))
    esther.go(f"/members/{who}/leave")
    esther.reads(
        "%(hours)s is set aside for something that was asked for. It has to be handed over or"
        " cancelled first.",
        hours=Minutes(45),
    )
    scene.by(riverside.database, COORDINATOR, scene.hand_over, who)
    esther.go(f"/members/{who}/leave")
    esther.choose("They go to the community pot")
    esther.choose("Erase my details too")
    esther.press("Continue")
    esther.arrived("Check before you leave")
    rest = before - 45
    esther.reads("%(hours)s go to the community pot.", hours=Minutes(rest))
    assert riverside.read(pot_minutes) == pot
    esther.press("Leave the group")
    assert riverside.read(pot_minutes) == pot + rest
    riverside.clock.forward(days=15)
    priya = come(ADMINISTRATOR)
    priya.go("/to-do")
    priya.follow("Erase the details of somebody who asked for it")
    priya.reads("This cannot be undone.")
    priya.choose("Yes, erase the details of %(name)s", name=ESTHER)
    priya.press("Erase")
    priya.reads("The details are erased.")
    assert not riverside.read(named, who)
    helen = come(COORDINATOR)
    helen.go(f"/members/{who}/history")
    helen.reads_not(ESTHER)
    stranger = come()
    stranger.go("/sign-in/link")
    stranger.fill("E-mail address or member number", EMAIL)
    stranger.press("Send me a link")
    stranger.arrived("Look in your e-mail")
    sent = len(riverside.mails_to(EMAIL))
    riverside.tick()
    assert len(riverside.mails_to(EMAIL)) == sent
    assert riverside.read(audit.verify).findings == ()
