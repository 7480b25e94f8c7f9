"""From an empty folder to a restored backup: one hour's whole life in a browser."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from tests.browser.conftest import Visit, fill_in_sign_in, sign_in
from tests.browser.site import Site, link_in
from tests.browser.steps import fine, follow, heading, press, set_up, sign_out, text
from timebank.scheduler import Ticked
from web.command import main

pytestmark = pytest.mark.browser

ADA, GRACE = "ada@example.org", "grace@example.org"
PASSWORD, CHOSEN = "four brown hens here", "a kettle by the window"


def test_from_an_empty_folder_to_a_restored_backup(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    page = visit(site)
    _start(page, site)
    _add_members(page)
    _plan_and_credit(page)
    member = visit(site, width=320)
    _choose_a_password(member, site)
    _offer_a_class(page)
    reference = _redeem(member)
    _fulfil(page, reference)
    member.goto("/")
    assert heading(member) == "You have 1 hour."
    _put_right(page)
    member.goto("/")
    assert heading(member) == "You have 1 hour 30 minutes."
    _month_ends(visit(site), site)
    _restore(site, tmp_path)


def _start(page: Page, site: Site) -> None:
    page.goto("/")
    assert heading(page) == "Set up your time bank"
    fine(page)
    press(page, "Set up the time bank")
    assert page.title().startswith("Error: Set up your time bank")
    fine(page)
    set_up(page, site, PASSWORD)
    assert "Your time bank is ready." in text(page)
    fine(page)


def _add_members(page: Page) -> None:
    page.goto("/members")
    follow(page, "Add a member")
    page.get_by_label("Full name").fill("Grace Okafor")
    page.get_by_label("E-mail address (optional)").fill(GRACE)
    page.get_by_label(re.compile("whole statement")).check()
    press(page, "Add this member")
    page.goto("/members")
    follow(page, "Add a member")
    page.get_by_label("Full name").fill("Dorothy Clarke")
    page.get_by_label("Phone number (optional)").fill("01632 960 131")
    press(page, "Add this member")
    assert "/link/" in text(page)  # to print and hand over
    fine(page)


def _plan_and_credit(page: Page) -> None:
    page.goto("/sessions")
    press(page, "Plan a session")
    page.get_by_label("Title").fill("Community meeting")
    page.get_by_label("Kind of activity").select_option(label="Community meeting")
    day = page.get_by_role("group", name="Day", exact=True)
    for label, number in (("Day", "8"), ("Month", "6"), ("Year", "2026")):
        day.get_by_label(label).fill(number)
    page.get_by_role("group", name=re.compile("Usual time")).get_by_label("Hours").fill("2")
    press(page, "Plan this session")
    press(page, "Credit this session")
    assert heading(page) == "Who came?"
    page.get_by_label("Grace Okafor").check()
    page.get_by_label("Dorothy Clarke").check()
    press(page, "Go on to the time")
    page.get_by_label("Grace Okafor, Preparation").fill("30m")
    page.get_by_label("Grace Okafor, Travel").fill("0:30")
    fine(page)
    page.get_by_label("Dorothy Clarke, Travel").fill("30")
    press(page, "Check the answers")
    assert page.title().startswith("Error: ")  # 30 what?
    fine(page)
    page.get_by_label("Dorothy Clarke, Travel").fill("")
    press(page, "Check the answers")
    assert "Grace Okafor Session 2 hours, Preparation 30 minutes, Travel 30 minutes 3 hours" in (
        text(page)
    )
    fine(page)
    press(page, "Credit 5 hours")
    assert heading(page) == "The hours are credited"
    fine(page)


def _choose_a_password(page: Page, site: Site) -> None:
    """By the link in the mail, on a telephone."""
    assert site.tick().sent == 2
    invitation, credited = site.mails_to(GRACE)
    assert "We have recorded the time you gave." in credited
    page.goto(link_in(invitation))
    fine(page)
    page.get_by_label("New password").fill(CHOSEN)
    press(page, "Save the password")
    assert "Your password is saved." in text(page)
    sign_in(page, GRACE, CHOSEN)
    assert heading(page) == "You have 3 hours."
    fine(page)


def _offer_a_class(page: Page) -> None:
    page.goto("/rewards/add")
    page.get_by_label("A class in the community").check()
    page.get_by_label("Title").fill("Pottery for beginners")
    page.get_by_label("Hours", exact=True).fill("2")
    page.get_by_label("How many can have it? (optional)").fill("6")
    press(page, "Offer this reward")
    fine(page)


def _redeem(page: Page) -> str:
    """Use two hours for the class; returns the reference."""
    press(page, "See what you can use them for")
    follow(page, "Pottery for beginners")
    press(page, "Use hours for this")
    assert "After this, you could use 1 hour." in text(page)
    fine(page)
    press(page, "Use 2 hours for this class")
    fine(page)
    found = re.search(r"You asked for Pottery for beginners Your reference (\S+)", text(page))
    assert found, text(page)
    page.reload()  # the confirmation may be bookmarked
    assert found[1] in text(page)
    return found[1]


def _fulfil(page: Page, reference: str) -> None:
    page.goto("/to-do")
    fine(page)
    follow(page, "Answer the request for Pottery")
    assert reference in text(page)
    press(page, "Agree to this request")
    assert "Agreed. The member is told." in text(page)
    press(page, "It was handed over: use 2 hours")
    assert "Handed over. The hours are used." in text(page)
    fine(page)


def _put_right(page: Page) -> None:
    """Grace's way was an hour, not half of one."""
    page.goto("/sessions")
    follow(page, "Community meeting")
    follow(page, "Grace Okafor")
    press(page, "Put this right")
    page.get_by_label("The time was wrong").check()
    travel = page.get_by_role("group", name="Travel")
    travel.get_by_label("Hours").fill("1")
    travel.get_by_label("Minutes").fill("0")
    press(page, "Check what changes")
    assert "Now they can use 1 hour. Afterwards they can use 1 hour 30 minutes." in text(page)
    fine(page)
    press(page, "Put it right")
    assert "The credit is put right." in text(page)
    fine(page)


def _month_ends(page: Page, site: Site) -> None:
    """The first of July: statements of June, each told as its member chose."""
    site.clock.forward(hours=2)  # what happened within an hour is told together
    site.tick()
    site.clock.set(datetime(2026, 7, 1, 3, 0, tzinfo=UTC))
    assert site.tick() == Ticked(statements=3, sent=2, failed=0)  # Dorothy's waits for paper
    assert site.tick() == Ticked(statements=0, sent=0, failed=0)
    linked, whole = site.mails_to(ADA)[-1], site.mails_to(GRACE)[-1]
    assert "Your statement is ready." in linked
    assert "Community meeting" not in linked
    assert "Community meeting" in whole
    assert "1 hour 30 minutes" in whole
    page.goto(link_in(linked))
    assert heading(page) == "Sign in"  # a statement is its member's alone
    fill_in_sign_in(page, ADA, PASSWORD)
    assert heading(page).endswith("June 2026")
    fine(page)
    page.goto("/to-do")
    assert "Dorothy Clarke" in text(page)
    sign_out(page)
    page.goto(link_in(whole.partition("Here it is")[0]))
    fill_in_sign_in(page, GRACE, CHOSEN)
    assert "On 30 June 2026 you had 1 hour 30 minutes." in text(page)
    fine(page)


def _restore(site: Site, tmp_path: Path) -> None:
    """A backup, restored into a second folder, holds the same books."""
    first = _timebank(site.settings.data, "backup", tmp_path / "june.zip")
    again = _timebank(tmp_path / "second", "restore", tmp_path / "june.zip")
    assert "Ferry Road Time Bank, as it was on" in again
    assert "3 members, 1 session, 2 attendances" in again
    head = re.findall(r"\d+:[0-9a-f]{64}", first)
    assert head == re.findall(r"\d+:[0-9a-f]{64}", again)
    verified = _timebank(tmp_path / "second", "verify", "--against", head[0])
    assert head[0] in verified
    assert "1 hour 30 minutes" in _timebank(tmp_path / "second", "balance", "Grace Okafor")


def _timebank(data: Path, *arguments: object) -> str:
    """What a command on the instance in ``data`` says."""
    named = dict.fromkeys(name for name in os.environ if name.startswith("TIMEBANK_"))
    done = CliRunner().invoke(
        main, [str(each) for each in arguments], env={**named, "TIMEBANK_DATA": str(data)}
    )
    assert done.exit_code == 0, done.output
    return done.output
