"""Putting one credit right: the effect in words first, every version kept to be seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, staff
from timebank import corrections
from timebank.figures import Figures
from timebank.people import MemberAdded

RIGHT = {
    "reason": "wrong_time", "words": "She left at three.", "capacity": "own_time",
    "choice": "accept", "session_minutes_hours": "1", "session_minutes_minutes": "15",
}  # fmt: skip


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell")


@pytest.fixture
def path(web: Web, anna: MemberAdded) -> str:
    """Anna's attendance, credited with 2 hours; the administrator is signed in."""
    session_id = web.community.session("Leaflet group", minutes=120)
    web.community.credit(session_id, [anna.member_id])
    web.sign_in(ADMIN)
    return f"/attendances/{web.community.attendance_id(session_id, anna.member_id)}"


def _send(web: Web, path: str, page: Page, **boxes: str) -> Page:
    return web.send(f"{path}/correct", {**page.hidden, **RIGHT, **boxes})


def test_the_form_shows_what_is_recorded(web: Web, path: str) -> None:
    page = web.get(f"{path}/correct")
    assert page.value("session_minutes_hours") == "2"
    assert page.value("session_minutes_minutes") == "0"
    assert 'value="own_time" checked' in page.html
    for reason in (*corrections.REASONS, "session_undone"):
        assert (f'value="{reason}"' in page.html) is (reason in corrections.REASONS)


def test_check_then_confirm(web: Web, path: str, anna: MemberAdded) -> None:
    page = _send(web, path, web.get(f"{path}/correct"), do="check")
    assert page.status == 200
    assert "45 minutes taken off" in page.words
    assert "Now they can use 2 hours. Afterwards they can use 1 hour 15 minutes." in page.words
    assert web.community.balance(anna.member_id) == 120
    done = web.send(f"{path}/correct", {**page.hidden, "do": "confirm"})
    assert (done.status, done.location) == (303, path)
    assert web.community.balance(anna.member_id) == 75
    words = web.get(path).words
    assert "Why: The time was wrong." in words
    assert "She left at three." in words
    assert words.index("Recorded now") < words.index("Recorded before (version 1)")
    again = web.send(f"{path}/correct", {**page.hidden, "do": "confirm"})
    assert again.status == 303
    assert web.community.balance(anna.member_id) == 75


def test_below_zero_is_said_openly(web: Web, path: str, anna: MemberAdded) -> None:
    web.ask(web.reward(minutes=100), anna)
    page = _send(web, path, web.get(f"{path}/correct"), do="check", session_minutes_hours="0")
    assert "This takes the account below zero." in page.words
    assert "1 hour 25 minutes below zero" in page.words


def test_errors_stand_at_their_boxes_and_keep_what_was_typed(web: Web, path: str) -> None:
    page = _send(web, path, web.get(f"{path}/correct"), do="check", reason="",
                 travel_minutes_minutes="half", words="As typed")  # fmt: skip
    assert page.status == 422
    assert '<a href="#reason">Choose why this is corrected.</a>' in page.html
    assert '<a href="#travel_minutes">' in page.html
    assert page.value("travel_minutes_minutes") == "half"
    assert "As typed" in page.html


def test_nothing_changed_is_said(web: Web, path: str) -> None:
    page = _send(web, path, web.get(f"{path}/correct"), do="check",
                 session_minutes_hours="2", session_minutes_minutes="0")  # fmt: skip
    assert page.status == 422
    assert "There is a problem" in page.words


def test_change_the_answers_goes_back_with_them(web: Web, path: str) -> None:
    page = _send(web, path, web.get(f"{path}/correct"), do="check")
    page = web.send(f"{path}/correct", {**page.hidden, "do": "change"})
    assert page.status == 200
    assert page.value("session_minutes_minutes") == "15"
    assert "She left at three." in page.html


def test_somebody_was_faster(web: Web, path: str, anna: MemberAdded) -> None:
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    page = _send(web, path, web.get(f"{path}/correct"), do="check")
    command: Any = corrections.CorrectCredit(
        attendance_id=path.rpartition("/")[2], revision=1, capacity="own_time", choice="accept",
        figures=Figures(session_minutes=60), reason="wrong_time",
    )  # fmt: skip
    web.community.do(corrections.correct_credit, command, actor=cora)
    late = web.send(f"{path}/correct", {**page.hidden, "do": "confirm"})
    assert late.status == 409
    assert "Cora Day did so on 2 March 2026 at 10:00" in late.words
    assert "Session Recorded now 1 hour You typed 1 hour 15 minutes" in late.words
    assert late.value("session_minutes_minutes") == "15"
    # In the light of that it may be sent again.
    page = _send(web, path, late, do="check")
    assert "15 minutes added" in page.words
    assert web.send(f"{path}/correct", {**page.hidden, "do": "confirm"}).status == 303
    assert web.community.balance(anna.member_id) == 75


def test_nobody_corrects_themselves(web: Web, path: str) -> None:
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    own_id = web.community.admin.member_id or ""
    session_id = web.community.session("Other")
    web.community.credit(session_id, [own_id], actor=cora)
    own = f"/attendances/{web.community.attendance_id(session_id, own_id)}"
    assert "another coordinator puts it right" in web.get(own).words
    assert "another coordinator puts it right" in web.get(f"{own}/correct").words
    data = {**web.get("/tokens").hidden, **RIGHT, "revision": "1", "do": "confirm",
            "key": "k" * 32}  # fmt: skip
    assert web.send(f"{own}/correct", data).status == 403
    assert web.community.balance(own_id) == 120


def test_members_do_not_see_it(web: Web, path: str, anna: MemberAdded) -> None:
    web.new_browser()
    web.sign_in(anna)
    assert web.get(path).status == 403
    assert web.get(f"{path}/correct").status == 403
