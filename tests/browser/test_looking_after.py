"""Looking after people, as a coordinator does it: joining, a partner, a group, a break, merging."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site, link_in
from tests.browser.steps import fine, follow, heading, leave_by, press, text
from timebank.sample_content import PASSWORD

pytestmark = pytest.mark.browser
HELEN, PRIYA = "helen@example.org", "priya@example.org"


def _join(page: Page) -> None:
    """On a telephone, without signing in; what is missing is said at its box."""
    page.goto("/join")
    fine(page)
    page.get_by_label("Your name").fill("Tariq Aziz")
    press(page, "Ask to join")
    assert page.title().startswith("Error: ")
    fine(page)
    page.get_by_label("Phone number").fill("01632 960010")
    page.get_by_label("I am 18 or over").check()
    press(page, "Ask to join")
    assert heading(page) == "Thank you for asking"
    fine(page)


def test_somebody_joins_after_a_conversation(sample: Site, visit: Visit) -> None:
    _join(visit(sample, width=320))
    page = visit(sample)
    sign_in(page, HELEN)
    page.goto("/to-do")
    leave_by(page.get_by_role("row").filter(has_text="Tariq Aziz").get_by_role("link"))
    assert heading(page) == "Tariq Aziz asks to join"
    press(page, "Note a conversation or a step")
    page.get_by_label("By phone").check()
    page.get_by_label("What would they like to do? (optional)").fill("Gardening")
    press(page, "Note this conversation")
    page.get_by_label("Agreed to the code of conduct").check()
    press(page, "Note this step")
    fine(page)
    follow(page, "Tariq Aziz")
    assert "Gardening" in text(page)
    press(page, "Make them a member")
    assert "They are on file as member" in text(page)
    fine(page)


def test_a_partners_coordinator_sees_the_partners_people_alone(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, PRIYA)
    page.goto("/people/add")
    page.get_by_label("Full name").fill("Cora Day")
    page.get_by_label("E-mail address (optional)").fill("cora@example.org")
    press(page, "Put them on file")
    page.goto("/roles/grant")
    page.get_by_label("To whom?").select_option(label="Cora Day (cora@example.org)")
    page.get_by_label("Coordinator").check()
    page.get_by_label("Where?").select_option(label="The Old Mill")
    press(page, "Give this role")
    assert "Coordinator (The Old Mill)" in text(page)
    fine(page)
    sample.tick()
    cora = visit(sample)
    cora.goto(link_in(sample.mails_to("cora@example.org")[-1]))
    cora.get_by_label("New password").fill(PASSWORD)
    press(cora, "Save the password")
    sign_in(cora, "cora@example.org")
    cora.goto("/members")
    assert "Grace Okafor" in text(cora)
    assert "Dorothy Clarke" not in text(cora)
    fine(cora)
    follow(cora, "Grace Okafor")
    assert "A session somewhere else in the group" in text(cora)
    assert "Leaving hospital leaflet" not in text(cora)
    fine(cora)


def test_a_group_gives_when_two_holders_agree(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, HELEN)
    page.goto("/groups")
    follow(page, "Walking group")
    assert "30 minutes" in text(page)
    press(page, "The group gives to a member")
    page.get_by_label("To whom?").select_option(label="Dorothy Clarke, member 102")
    page.get_by_label("Minutes", exact=True).fill("20")
    press(page, "Check what happens")
    assert "Nothing moves before two named holders have agreed." in text(page)
    fine(page)
    press(page, "Ask the holders")
    press(page, "Grace Okafor told me that they agree")
    press(page, "Priya Shah told me that they agree")
    assert heading(page) == "The hours are given"
    fine(page)
    page.reload()  # the confirmation may be bookmarked
    assert heading(page) == "The hours are given"


def test_a_break_and_an_attempt_by_keyboard_alone(sample: Site, visit: Visit) -> None:
    page = visit(sample)
    sign_in(page, HELEN)
    page.goto("/members")
    follow(page, "Dorothy Clarke")
    follow(page, "A break, or leaving")
    page.get_by_role("button", name="Pause the membership").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Taking a break" in text(page)
    page.get_by_label("By post").focus()
    page.keyboard.press("Space")
    page.get_by_label("No answer").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Note this attempt").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Tried in 2 of 3 different ways" in text(page)
    fine(page)


def test_two_numbers_of_one_person_become_one(sample: Site, visit: Visit) -> None:
    """Without JavaScript, on a telephone."""
    page = visit(sample, width=320, java_script_enabled=False)
    sign_in(page, HELEN)
    page.goto("/members/add")
    page.get_by_label("Full name").fill("Winnie Brown")
    press(page, "Add this member")
    page.goto("/members?q=Winston")
    follow(page, "Winston Brown")
    follow(page, "On file twice")
    page.get_by_label("Find by name, e-mail address or member number").fill("Winnie")
    press(page, "Find")
    follow(page, "Winnie Brown")
    assert heading(page) == "Make these two numbers one?"
    press(page, "Make them one")
    assert "Tick this when you are sure that they are one person." in text(page)
    page.get_by_label("I am sure that these two are one person").check()
    press(page, "Make them one")
    assert heading(page) == "Two numbers are one"
    page.reload()  # the confirmation may be bookmarked
    assert heading(page) == "Two numbers are one"
    follow(page, "The number that is not used any more")
    assert "merged into another number" in text(page)
