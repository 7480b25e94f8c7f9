"""A member who reads Welsh: chosen before signing in, kept after it, on a small telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.checks import axe, sideways
from tests.browser.conftest import Visit
from tests.browser.site import Site
from timebank import languages, people
from timebank.models import Person
from timebank.sample_content import PASSWORD
from timebank.unit import NOBODY
from timebank.words import Words

pytestmark = pytest.mark.browser
WELSH = Words("cy")
PAGES = ("/history", "/opportunities", "/rewards", "/statements", "/queries", "/choices")


def passed(site: Site) -> None:
    """The sample's administrator read Welsh and passed it."""
    with site.database.reading(NOBODY) as unit:
        priya = unit.db.scalars(select(Person.id).where(Person.name == "Priya Shah")).one()
        actor = people.actor_for(unit, priya)
    with site.database.unit(actor) as unit:
        command = languages.PassLanguage(
            language="cy", revision=0, passed_by_id=priya, passed_on=unit.today
        )
        languages.pass_language(unit, command)


def test_a_member_reads_everything_in_welsh(sample: Site, visit: Visit) -> None:
    passed(sample)
    page = visit(sample, width=320)
    page.goto("/sign-in")
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    assert page.url.endswith("/sign-in")
    assert axe(page) + sideways(page) == []
    page.get_by_label(WELSH.say("Password"), exact=True).fill(PASSWORD)
    page.get_by_label(WELSH.say("E-mail address or member number")).fill("grace@example.org")
    page.get_by_role("main").get_by_role("button", name=WELSH.say("Sign in")).first.click()
    page.get_by_role("button", name=WELSH.say("Sign out")).wait_for()
    for path in PAGES:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "cy")
        assert axe(page) + sideways(page) == [], path
    page.get_by_role("banner").get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My choices")


def test_the_choice_works_without_javascript(sample: Site, visit: Visit) -> None:
    passed(sample)
    page = visit(sample, java_script_enabled=False)
    page.goto("/how-it-works")
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WELSH.say("How it works"))
