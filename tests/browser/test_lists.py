"""Lists brought to a session and histories brought over, as coordinators and administrators do."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, heading, press, text
from timebank import people, sessions
from timebank.unit import Unit

pytestmark = pytest.mark.browser


def test_a_spreadsheet_on_a_telephone_without_javascript(
    sample: Site, visit: Visit, tmp_path: Path
) -> None:
    """From the session's page to everybody credited: look, say who is meant, confirm."""
    path = tmp_path / "who came.xlsx"
    book = Workbook()
    for row in (
        ["Member", "Minutes"],
        ["Grace Okafor", 45],
        ["Dorothy Clark", 60],
        ["Gus New", 30],
    ):
        book.active.append(row)
    book.save(path)
    page = visit(sample, width=320, java_script_enabled=False)
    sign_in(page, "helen@example.org")
    session_id = sample.read(_open_session)
    page.goto(f"/sessions/{session_id}")
    follow(page, "Credit from a list or spreadsheet")
    page.get_by_label("A file").set_input_files(path)
    page.get_by_label("Put people on file who are not").check()
    press(page, "Look at it")
    assert "With a problem 1" in text(page)
    page.get_by_role("group", name="Dorothy Clark").get_by_label("Dorothy Clarke, member").check()
    press(page, "Keep these answers")
    assert "To be recorded 3, together 2 hours 15 minutes" in text(page)
    press(page, "Record 3 people: 2 hours 15 minutes")
    assert page.url.endswith(f"/sessions/{session_id}/credited")
    assert "Gus New" in text(page)
    names = {entry.attendance.member.person.name for entry in sample.read(_entries, session_id)}
    assert names >= {"Grace Okafor", "Dorothy Clarke", "Gus New"}


def test_a_history_that_does_not_follow(sample: Site, visit: Visit, tmp_path: Path) -> None:
    """Say what the columns mean, accept the row that is named, bring it over, see it there."""
    path = tmp_path / "old.csv"
    path.write_text("name,when,what,time,then\nIvy Cole,5/1/2020,given,1:30,1:30\n"
                    "Ivy Cole,1/2/2020,used,2:00,0:00\n", encoding="utf-8")  # fmt: skip
    page = visit(sample)
    sign_in(page, "priya@example.org")
    page.goto("/community")
    follow(page, "Hours from an earlier system")
    follow(page, "Bring hours over") if page.get_by_role("link", name="Bring hours over").count() \
        else press(page, "Bring hours over")  # fmt: skip
    page.get_by_label("A file").set_input_files(path)
    press(page, "Look at it")
    fine(page)
    for column, meaning in (("name", "Member"), ("when", "Day"), ("what", "Kind"),
                            ("time", "Amount"), ("then", "Balance afterwards")):  # fmt: skip
        page.get_by_label(f"The column “{column}” is").select_option(meaning)
    page.get_by_label("What are the amounts in?").select_option("Hours and minutes: 1:30")
    page.get_by_label("How are days written in it?").select_option(
        "Day first: 5/1/2026 is 5 January"
    )
    press(page, "Read it again")
    page.get_by_role("group", name="The kind “given”").get_by_label("Adds hours").check()
    page.get_by_role("group", name="The kind “used”").get_by_label("Takes hours off").check()
    press(page, "Read it again")
    fine(page)
    page.get_by_label("Accept row 1 (line 3), Ivy Cole").check()
    press(page, "Keep what is accepted")
    press(page, "Bring 2 rows over")
    assert heading(page) == "The hours are brought over"
    fine(page)
    (ivy,) = sample.read(lambda unit: people.members(unit, search="Ivy Cole"))
    page.goto(f"/members/{ivy.id}")
    assert "From the records before" in text(page)


def _open_session(unit: Unit) -> str:
    """A session that is over and that nobody was credited for yet."""
    found = sessions.sessions(unit, status="planned", limit=50)
    return next(each.id for each in found if each.ends_on <= unit.today
                and each.activity_type.credited)  # fmt: skip


def _entries(unit: Unit, session_id: str) -> object:
    return sessions.attendances(unit, session_id)
