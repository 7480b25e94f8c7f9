"""Your hours: the sentence, what is set aside, the months as a chart and a table, and by date."""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser.journeys.conftest import Come
from tests.browser.journeys.scene import member_id, minutes_of
from tests.browser.journeys.ways import Minutes
from tests.browser.site import Site
from timebank import statement_lines
from timebank.unit import Unit

pytestmark = pytest.mark.browser

MOHAMMED, GRACE = "Mohammed Iqbal", "Grace Okafor"


def held_minutes(unit: Unit, name: str) -> int:
    """What is set aside for what somebody asked for."""
    return statement_lines.balance(unit, member_id(unit, name)).held_minutes


def test_the_first_sentence_and_what_is_set_aside(come: Come, riverside: Site) -> None:
    available, held = (riverside.read(each, MOHAMMED) for each in (minutes_of, held_minutes))
    assert held == 180
    mohammed = come(MOHAMMED)
    mohammed.arrived("You have %(hours)s.", hours=Minutes(available + held))
    mohammed.reads(
        "You can use %(hours)s of it now. The rest is set aside for what you asked for.",
        hours=Minutes(available),
    )
    mohammed.reads("%(hours)s set aside.", hours=Minutes(180))
    mohammed.reads("What happened last")
    mohammed.reads("%(day)s", day=date(2026, 6, 2))  # the session's own day
    mohammed.follow("Chairing a meeting")
    mohammed.arrived("Agreed: %(title)s", title="Chairing a meeting")


def test_the_months_as_a_chart_and_as_a_table(come: Come, riverside: Site) -> None:
    now = riverside.read(minutes_of, GRACE)
    grace = come(GRACE)
    grace.go("/history")
    grace.follow("See it month by month")
    grace.arrived("Your hours over time")
    chart = grace.page.get_by_role(
        "img", name=grace.say("What could be used at the end of each month")
    )
    assert chart.count() == 1
    table = grace.page.get_by_role("table")
    month = grace.words.month(date(2026, 6, 1))
    row = table.get_by_role("row").filter(has_text=month)
    assert grace.say("%(hours)s", hours=Minutes(now)) in row.inner_text().replace("\xa0", " ")
    for side in ("Given", "Used and received"):
        assert grace.page.get_by_role("heading", name=grace.say(side), exact=True).count() == 1
    grace.follow(month)  # what was recorded up to that month's end
    grace.arrived("Everything that happened to your hours")


def test_the_history_by_date(come: Come) -> None:
    grace = come(GRACE)
    grace.go("/history")
    grace.fill_day("Go to a day", date(2026, 2, 5))
    grace.press("Go to this day")
    grace.reads("Recorded up to %(day)s.", day=date(2026, 2, 5))
    grace.reads("%(day)s", day=date(2026, 2, 3))
    grace.reads_not("%(day)s", day=date(2026, 3, 3))
    grace.follow("Newer")
    grace.reads("%(day)s", day=date(2026, 3, 3))


def test_not_met_by_a_figure_each_time(come: Come, riverside: Site) -> None:
    name = "Chen Mei-Ling"
    has = Minutes(riverside.read(minutes_of, name))
    chen = come(name)
    chen.arrived("You have %(hours)s.", hours=has)
    chen.go("/choices/showing")
    chen.choose("Leave out what I have on my first page")
    chen.press("Save")
    chen.go("/")
    chen.reads_not("%(hours)s", hours=has)
    chen.go("/history")
    chen.reads("You have %(hours)s.", hours=has)
