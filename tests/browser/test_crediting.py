"""Crediting a session: by keyboard with every press counted, without JavaScript, and at 320 px."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.checks import sideways
from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, heading, press, text
from timebank import accounts, community, crediting, member_list, sessions
from timebank.figures import Figures
from timebank.models import Member
from timebank.unit import NOBODY, Unit

pytestmark = pytest.mark.browser

HELEN = "helen@example.org"
USUAL = {
    "usual_minutes": 120, "usual_preparation_minutes": 30, "usual_travel_minutes": 20,
    "usual_follow_up_minutes": 45,
}  # fmt: skip
MOST_PRESSES, MOST_SCREENS = 80, 3


def act(site: Site, function, command):  # type: ignore[no-untyped-def]
    """Carry a command out as the operator."""
    with site.database.reading(NOBODY) as unit:
        console = community.console_actor(unit)
    with site.database.unit(console) as unit:
        return function(unit, command)


def plan(site: Site, *, days_ago: int = 0) -> str:
    """A board meeting, with the time that it usually takes."""

    def kind(unit: Unit) -> str:
        return next(each.id for each in sessions.activity_types(unit) if each.credited)

    command = sessions.PlanSession(
        title="Board meeting", activity_type_id=site.read(kind),
        starts_on=site.clock().date() - timedelta(days=days_ago), **USUAL,
    )  # fmt: skip
    return str(act(site, sessions.plan_session, command).session_id)


def people(site: Site, count: int) -> list[Member]:
    """So many members, in the order of the page."""

    def found(unit: Unit) -> list[Member]:
        return [each for each in member_list.members(unit, limit=200) if each.status == "active"][
            :count
        ]

    members = site.read(found)
    assert len(members) == count
    return list(members)


def credited_before(site: Site, members: list[Member]) -> None:
    """The same meeting a week ago, with these people."""
    session_id = plan(site, days_ago=7)
    lines = tuple(
        crediting.AttendanceLine(member_id=each.id, figures=Figures(session_minutes=120))
        for each in members
    )
    command = crediting.CreditSession(session_id=session_id, revision=1, lines=lines)
    act(site, crediting.credit_session, command)


class Keys:
    """A keyboard whose presses are counted; a key held together with another counts twice."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        """Press one key after another."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1 + key.count("+")

    def type(self, words: str) -> None:
        """Type words, a press for each letter."""
        self.page.keyboard.type(words)
        self.count += len(words)

    def times(self, key: str, often: int) -> None:
        """Press the same key several times."""
        self.press(*[key] * often)

    def go(self, *keys: str) -> None:
        """Press keys of which the last leads to another page."""
        with self.page.expect_navigation():
            self.press(*keys)


def test_fourteen_people_with_five_exceptions_in_eighty_presses(sample: Site, visit: Visit) -> None:
    everybody = people(sample, 15)
    last_time = everybody[:10] + everybody[11:]  # fourteen: all but the eleventh
    credited_before(sample, last_time)
    before = {each.id: balance(sample, each) for each in everybody}
    session_id = plan(sample)
    page = visit(sample)
    sign_in(page, HELEN)
    page.goto(f"/sessions/{session_id}/credit")
    keys = Keys(page)

    # Screen 1: as last time, but the fourth did not come and the eleventh did.
    assert heading(page).endswith("Who came?")
    screens = 1
    keys.press("Tab", "Enter", "Tab")
    keys.go("Enter")
    keys.press("Tab", "Enter", "Tab", "Tab")
    keys.times("ArrowDown", 3)
    keys.press("Space")
    keys.times("ArrowDown", 7)
    keys.press("Space")
    keys.go("Enter")

    # Screen 2: fourteen rows; five people were different.
    assert heading(page).endswith("For how long?")
    screens += 1
    assert page.locator("[data-row]").count() == 14
    keys.press("Tab", "Enter", "Tab", "Enter", "c")  # the second one chaired
    keys.press("ArrowRight")
    keys.times("ArrowDown", 3)
    keys.type("1:30")  # the fifth left early
    keys.times("ArrowRight", 2)
    keys.times("ArrowDown", 2)
    keys.type("40m")  # the seventh came from far
    keys.times("ArrowRight", 3)
    keys.times("ArrowDown", 3)
    keys.press("Space")  # the tenth was there as part of a paid job
    keys.times("ArrowDown", 2)
    keys.press("ArrowRight", "n")  # the twelfth wants no hours this time
    keys.go("Control+Enter")

    # Screen 3: the answers in words.
    assert heading(page).endswith("Check before you credit these hours")
    screens += 1
    fine(page)
    keys.press("Tab", "Enter", "Tab")
    keys.go("Enter")
    assert heading(page) == "The hours are credited"

    came = everybody[:3] + everybody[4:]
    entries = sample.read(sessions.attendances, session_id)
    recorded = {each.attendance.member_id: each for each in entries}
    assert recorded.keys() == {each.id for each in came}
    rows = [recorded[each.id] for each in came]
    # Whoever chaired has preparation and follow-up, which the page filled in.
    exceptions = {1: 120 + 30 + 20 + 45, 4: 90 + 20, 6: 120 + 40, 9: 0}
    assert [each.credited_minutes for each in rows] == [
        exceptions.get(at, 120 + 20) for at in range(14)
    ]
    assert (rows[1].involvement, rows[9].capacity) == ("chaired", "paid_job")
    assert [each.choice for each in rows] == [
        "decline" if at == 11 else each.choice for at, each in enumerate(came)
    ]
    for member, row in zip(came, rows, strict=True):
        kept = row.credited_minutes if row.choice == "accept" else 0
        assert balance(sample, member) - before[member.id] == kept
    assert screens <= MOST_SCREENS
    assert keys.count <= MOST_PRESSES, keys.count
    print(f"{keys.count} presses on {screens} screens")


def balance(site: Site, member: Member) -> int:
    """What a member has in the books, in minutes."""
    return int(site.read(lambda unit: unit.book.balance(accounts.member(member.id))))


def test_without_javascript_a_button_adds_up_and_nothing_is_lost(
    sample: Site, visit: Visit
) -> None:
    session_id = plan(sample)
    ann, bea = people(sample, 2)
    page = visit(sample, java_script_enabled=False)
    sign_in(page, HELEN)
    page.goto(f"/sessions/{session_id}/credit")
    for each in (ann, bea):
        page.get_by_label(each.person.name).check()
    press(page, "Go on to the time")
    page.get_by_label(f"{ann.person.name}, Took part as").select_option("chaired")
    page.get_by_label(f"{bea.person.name}, Session").fill("1:15")
    press(page, "Work out the totals")
    # The one who chaired has what is usual for that; what was typed stays.
    assert page.get_by_label(f"{ann.person.name}, Follow-up").input_value() == "0:45"
    assert "3 hours 35 minutes" in text(page)
    assert "Everybody together 5 hours 10 minutes" in text(page)
    press(page, "Keep as a draft")
    assert "Kept as a draft at" in text(page)
    # The browser is closed, and another is opened.
    page = visit(sample, java_script_enabled=False)
    sign_in(page, HELEN)
    page.goto(f"/sessions/{session_id}/credit")
    assert "It is as you left it" in text(page)
    assert page.get_by_label(f"{bea.person.name}, Session").input_value() == "1:15"
    press(page, "Check the answers")
    press(page, "Credit 5 hours 10 minutes")
    assert heading(page) == "The hours are credited"


def test_what_is_typed_is_kept_and_seen_by_a_colleague(sample: Site, visit: Visit) -> None:
    session_id = plan(sample)
    [ann] = people(sample, 1)
    page = visit(sample)
    page.clock.install()
    sign_in(page, HELEN)
    page.goto(f"/sessions/{session_id}/credit")
    page.get_by_label(ann.person.name).check()
    press(page, "Go on to the time")
    box = page.get_by_label(f"{ann.person.name}, Session")
    box.fill("1:45")
    assert page.locator("[data-total]").inner_text() == "2 hours 5 minutes"
    assert page.locator("[data-together]").inner_text() == "2 hours 5 minutes"
    box.fill("2")
    assert page.locator("[data-total]").inner_text() == "Not clear"
    box.fill("1:45")
    with page.expect_response("**/credit/draft"):
        page.clock.run_for(16_000)
    page.get_by_text("Kept as a draft at").wait_for()
    other = visit(sample)
    sign_in(other, "helen@example.org")
    other.goto(f"/sessions/{session_id}/credit")
    assert other.get_by_label(f"{ann.person.name}, Session").input_value() == "1:45"
    fine(other)


def overlapping(page: Page) -> list[str]:
    """Boxes of the grid that lie over one another."""
    found = page.locator("main .tb-grid :is(input, select)").evaluate_all(
        """boxes => {
          const seen = boxes.map(box => [box.name, box.getBoundingClientRect()]);
          return seen.flatMap(([name, a], i) => seen.slice(i + 1)
            .filter(([, b]) => a.width && b.width && a.left < b.right - 1 && b.left < a.right - 1
              && a.top < b.bottom - 1 && b.top < a.bottom - 1)
            .map(([other]) => `${name} ${other}`));
        }"""
    )
    return list(found)


def test_on_a_small_telephone_every_page_fits(sample: Site, visit: Visit) -> None:
    session_id = plan(sample)
    ann, bea = people(sample, 2)
    page = visit(sample, width=320)
    sign_in(page, HELEN)
    page.goto(f"/sessions/{session_id}/credit")
    assert sideways(page) == []
    for each in (ann, bea):
        page.get_by_label(each.person.name).check()
    press(page, "Go on to the time")
    assert sideways(page) == []
    assert overlapping(page) == []
    page.get_by_label(f"{ann.person.name}, Travel").fill("20")
    press(page, "Check the answers")
    assert "Is 20 minutes or hours?" in text(page)
    fine(page)
    # The summary leads to the box, and the box says what is wrong.
    page.get_by_role("link", name="Is 20 minutes").click()
    box = page.get_by_label(f"{ann.person.name}, Travel")
    assert box.evaluate("box => box === document.activeElement")
    described = box.get_attribute("aria-describedby")
    assert "Is 20 minutes" in page.locator(f"#{described}").inner_text()
    box.fill("20m")
    press(page, "Check the answers")
    assert sideways(page) == []
    press(page, "Credit 4 hours 40 minutes")
    assert sideways(page) == []
    assert heading(page) == "The hours are credited"


def test_a_member_sends_time_in_and_somebody_else_confirms_it(sample: Site, visit: Visit) -> None:
    [grace] = [each for each in people(sample, 12) if each.person.name == "Grace Okafor"]
    credited_before(sample, [grace])
    before = balance(sample, grace)
    page = visit(sample)
    sign_in(page, "grace@example.org")
    follow(page, "Send in time you gave at home")
    fine(page)
    follow(page, "Board meeting")
    page.get_by_role("group", name="Preparation").get_by_label("Minutes").fill("45")
    page.get_by_label("What was it for?").fill("I read the papers")
    fine(page)
    press(page, "Send it in")
    assert "Waits to be looked at" in text(page)
    assert balance(sample, grace) == before
    press(page, "Sign out")
    sign_in(page, HELEN)
    page.goto("/to-do")
    follow(page, "Look at the time sent in for Board meeting")
    fine(page)
    press(page, "Confirm 45 minutes")
    assert "It is confirmed and credited." in text(page)
    assert balance(sample, grace) == before + 45
