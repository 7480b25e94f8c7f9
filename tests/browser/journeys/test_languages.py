"""A language is chosen by whoever reads it, and is off until the group has passed it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.browser.journeys import scene
from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import ADMINISTRATOR
from tests.browser.journeys.ways import Visitor, Way
from tests.browser.site import Site
from timebank import languages
from timebank.models import Person
from timebank.unit import Unit

pytestmark = pytest.mark.browser

JOAN = "Joan Atkinson"


def language_of(unit: Unit, name: str) -> str | None:
    """What somebody chose, from their row."""
    return unit.db.scalars(select(Person.language).where(Person.name == name)).one()


def change_to(visitor: Visitor, code: str) -> Visitor:
    """Press a language's own name at the top of the page, and read on in it."""
    with visitor.page.expect_navigation():
        name = languages.own_name(code)
        visitor.page.get_by_role("banner").get_by_role("button", name=name, exact=True).click()
    now = Visitor(visitor.page, Way(language=code, scripts=visitor.way.scripts))
    now.look()
    return now


def test_each_language_there_is(come: Come, riverside: Site, way: Way) -> None:
    others = [code for code in languages.found() if code != way.language]
    joan = come(JOAN)
    joan.go("/choices")
    offered = joan.page.get_by_role("banner").locator("form.tb-languages button")
    assert offered.count() == len(others)
    for code in others:
        changed = change_to(joan, code)
        changed.arrived("My choices")
        assert riverside.read(language_of, JOAN) == code
        again = come(JOAN, by=Way(language=code, scripts=way.scripts))
        again.go("/history")  # in every browser
        again.arrived("Everything that happened to your hours")
        joan = change_to(changed, way.language)
    stranger = come()
    for code in others:
        change_to(stranger, code).arrived("Sign in")
        stranger = change_to(stranger, way.language)


def test_off_until_it_is_passed(come: Come, riverside: Site, way: Way) -> None:
    for code in languages.found()[1:]:
        scene.by(riverside.database, ADMINISTRATOR, scene.switch_off, code)
        joan = come(JOAN, by=Way(scripts=way.scripts, width=way.width))
        joan.go("/choices")
        assert joan.page.locator("form.tb-languages button").count() == 0
        joan.arrived("My choices")
        priya = come(ADMINISTRATOR, by=Way(scripts=way.scripts, width=way.width))
        priya.go(f"/community/languages/{code}")
        priya.reads("Nobody yet")
        priya.box("Who read the words?").select_option(label="Siân Pritchard (sian@example.org)")
        with priya.page.expect_navigation():
            priya.button("Pass it and switch it on").click()
        priya = Visitor(priya.page, way)  # whose own language it is reads it at once
        priya.look()
        priya.reads("Everybody can read the pages in this language now.")
        priya.reads("In English: nobody has passed them yet")
        joan = Visitor(joan.page, way)
        joan.go("/choices")
        if code != way.language:
            change_to(joan, code).arrived("My choices")
