"""An agreement with one member: proposed, signed by a second person, offered when crediting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, press, text
from timebank.models import Member, Person

pytestmark = pytest.mark.browser

PANEL = "Reading panel: papers from the hospital trust"


def test_a_second_person_signs_and_the_grid_offers_it_with_a_mark(
    sample: Site, visit: Visit
) -> None:
    query = select(Member.id).join(Person).where(Person.name == "Winston Brown")
    winston = sample.read(lambda unit: unit.db.scalars(query).one())
    helen = visit(sample, width=320, java_script_enabled=False)
    sign_in(helen, "helen@example.org")
    helen.goto(f"/members/{winston}")
    follow(helen, "Agreements")
    helen.get_by_role("group", name="More preparation").get_by_label("Minutes").fill("30")
    helen.get_by_label("What is it for?").fill("Reads large print.")
    since = sample.clock.now.date() - timedelta(days=30)  # the session was before today
    for name, value in (("Day", since.day), ("Month", since.month), ("Year", since.year)):
        first = helen.get_by_role("group", name="First day")
        first.get_by_label(name, exact=True).fill(str(value))
    last = helen.get_by_role("group", name="Last day")
    last.get_by_label("Day", exact=True).fill("31")
    press(helen, "Propose it")
    assert helen.title().startswith("Error: ")  # of which month?
    last.get_by_label("Day", exact=True).fill("")
    press(helen, "Propose it")
    assert "Not yet" in text(helen)
    assert helen.get_by_role("button", name="Sign it").count() == 0  # not by who proposed it
    priya = visit(sample)
    sign_in(priya, "priya@example.org")
    priya.goto("/to-do")
    priya.goto(f"/members/{winston}/agreements")
    fine(priya)
    press(priya, "Sign it")
    fine(priya)
    helen = visit(sample)
    sign_in(helen, "helen@example.org")
    helen.goto("/sessions")
    follow(helen, PANEL)
    press(helen, "Credit this session")
    helen.get_by_label("Winston Brown").check()
    press(helen, "Go on to the time")
    fine(helen)
    assert helen.get_by_label("Winston Brown, Preparation").input_value() == "0:30"
    assert "agree" in text(helen).casefold()
