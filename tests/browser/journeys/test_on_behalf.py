"""A member without e-mail rings up: a class is asked for with them, and a letter is printed."""

from __future__ import annotations

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import COORDINATOR, POTTERY, minutes_of
from tests.browser.journeys.ways import Minutes
from tests.browser.site import Site
from tests.timebank.pdf_reading import words_of

pytestmark = pytest.mark.browser

DOROTHY = "Dorothy Clarke"


def test_a_class_by_telephone_ends_in_a_letter(come: Come, riverside: Site) -> None:
    before = riverside.read(minutes_of, DOROTHY)
    helen = come(COORDINATOR)
    helen.go("/members?q=Dorothy")
    helen.follow(DOROTHY)
    helen.press("Help them use hours")
    helen.arrived("Choose a reward")
    helen.follow(POTTERY)
    helen.arrived("Read this to %(name)s", name=DOROTHY)
    helen.reads(
        "“You are asking for: %(title)s. It uses %(hours)s of your time.",
        title=POTTERY, hours=Minutes(90),
    )  # fmt: skip
    helen.press("Use %(hours)s for this class", hours=Minutes(90))
    helen.refused("Choose how they asked you.")
    helen.refused("Read the words to them first, and tick this when they say yes.")
    assert riverside.read(minutes_of, DOROTHY) == before
    helen.choose("By phone")
    helen.choose("I read this out, and %(name)s said yes", name=DOROTHY)
    helen.press("Use %(hours)s for this class", hours=Minutes(90))
    helen.arrived("Asked for: %(title)s", title=POTTERY)
    assert riverside.read(minutes_of, DOROTHY) == before - 90
    reference = helen.page.locator(".tb-reference").inner_text()
    helen.reads(DOROTHY)
    helen.reads(COORDINATOR)  # both stand on the confirmation
    kept = helen.page.url
    helen.follow("Deal with this request")
    helen.press("Agree to this request")
    helen.go(kept)
    helen.follow("Letters")
    helen.reads(DOROTHY)
    helen.press("Make today’s letters")
    pdf = helen.page.request.get(helen.page.url + "/letters.pdf")
    words = words_of(pdf.body())
    assert "14 Mill Lane" in words
    assert helen.say("Your request was agreed.") in words
    assert POTTERY not in words
    assert reference in words
    helen.press("These were posted")
    helen.reads("Posted")
