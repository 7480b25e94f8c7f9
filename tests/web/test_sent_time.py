"""Time sent in and time added afterwards, on their pages."""

from __future__ import annotations

import pytest

from tests.timebank.test_sent_time import name_approver
from tests.web.conftest import Web
from tests.web.work import ADMIN, staff
from timebank import links, people, sent_lines
from timebank.models import SingleUseLink
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell")


@pytest.fixture
def session_id(web: Web, anna: MemberAdded) -> str:
    """A session at which Anna was for two hours."""
    found = web.community.session("Reading group")
    web.community.credit(found, [anna.member_id])
    return found


def send(web: Web, session_id: str, **boxes: str) -> str:
    """Send preparation in; the address of what was sent."""
    page = web.post(f"/time/send/{session_id}", {"preparation_minutes_minutes": "45", **boxes})
    assert page.status == 303, page.words
    return page.location


def test_a_member_sends_and_a_coordinator_confirms(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    web.sign_in(anna)
    assert "Send in time you gave at home" in web.get("/").words
    page = web.get("/time")
    assert f'href="/time/send/{session_id}"' in page.html
    path = send(web, session_id, words="I read the papers")
    assert "Waits to be looked at" in web.get(path).words
    assert "Reading group" in web.get("/time").words
    assert "Confirm 45 minutes" not in web.get(path).words  # not one's own
    web.new_browser()
    web.sign_in(ADMIN)
    assert "Look at the time sent in for Reading group" in web.get("/to-do").words
    assert f'href="{path}"' in web.get(f"/sessions/{session_id}").html
    page = web.get(path)
    assert "I read the papers" in page.words
    assert web.community.balance(anna.member_id) == 120
    assert web.post(f"{path}/confirm", {}, page=path).status == 303
    assert web.community.balance(anna.member_id) == 165
    assert "Confirmed" in web.get(path).words
    late = web.send(f"{path}/confirm", {**page.hidden})
    assert late.status in (303, 409)
    assert web.community.balance(anna.member_id) == 165


def test_what_was_typed_is_kept_and_named(web: Web, session_id: str, anna: MemberAdded) -> None:
    web.sign_in(anna)
    page = web.post(f"/time/send/{session_id}", {"words": "Papers"})
    assert page.status == 422
    assert "Say how much time it was" in page.words
    assert "Papers" in page.html
    page = web.post(f"/time/send/{session_id}", {"travel_minutes_hours": "two"})
    assert page.status == 422
    assert page.value("travel_minutes_hours") == "two"


def test_a_question_an_answer_and_a_withdrawal(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    web.sign_in(anna)
    path = send(web, session_id)
    web.new_browser()
    web.sign_in(ADMIN)
    empty = web.post(f"{path}/ask", {"question": " "}, page=path)
    assert empty.status == 422
    assert web.post(f"{path}/ask", {"question": "Which papers?"}, page=path).status == 303
    web.new_browser()
    web.sign_in(anna)
    page = web.get(path)
    assert "Which papers?" in page.words
    changed = {"preparation_minutes_minutes": "30", "words": "The budget"}
    assert web.post(f"{path}/change", changed, page=path).status == 303
    [waits] = web.community.read(sent_lines.waiting)
    assert (waits.preparation_minutes, waits.words) == (30, "The budget")
    # The page from before the change withdraws nothing.
    stale = web.send(f"{path}/withdraw", {**page.hidden, "revision": "2"})
    assert stale.status == 409
    assert web.post(f"{path}/withdraw", {}, page=path).status == 303
    assert "Withdrawn" in web.get(path).words


def test_declined_with_a_reason(web: Web, session_id: str, anna: MemberAdded) -> None:
    web.sign_in(anna)
    path = send(web, session_id)
    web.new_browser()
    web.sign_in(ADMIN)
    assert web.post(f"{path}/decline", {"reason": "Counted already"}, page=path).status == 303
    web.new_browser()
    web.sign_in(anna)
    page = web.get(path)
    assert "Why it was not counted" in page.words
    assert "Counted already" in page.words


def test_nobody_elses_and_nobodys_own(web: Web, session_id: str, anna: MemberAdded) -> None:
    web.sign_in(anna)
    path = send(web, session_id)
    bert = web.member("Bert Cole")
    web.new_browser()
    web.sign_in(bert)
    assert web.get(path).status == 404
    assert web.get(f"/time/send/{session_id}").status == 404
    cora = staff(web, "Cora Day")
    web.new_browser()
    web.sign_in(cora)
    own = send(web, session_id)
    page = web.get(own)
    assert "Confirm 45 minutes" not in page.words
    assert web.send(f"{own}/confirm", page.hidden).status == 403
    assert web.community.balance(cora.member_id) == 0


def test_the_second_approver_confirms_by_a_link(web: Web) -> None:
    added = web.community.do(
        people.add_person, people.AddPerson(name="Tess Trust", email="tess@example.org")
    )
    name_approver(web.community, added.person_id)
    admin = web.community.admin.member_id
    web.community.credit(web.community.session("Board"), [admin])
    [link_id] = web.community.read(lambda unit: list(
        unit.db.scalars(SingleUseLink.__table__.select().where(
            SingleUseLink.purpose == "confirm_time"))))  # fmt: skip
    path = f"/link/{web.community.read(links.code_of, link_id)}"
    page = web.get(path)
    assert "Was this time given?" in page.words
    assert "Ada Marsh" in page.words
    assert web.community.balance(admin) == 0  # opening it changes nothing
    assert web.post(path, {"decision": "perhaps"}).status == 422
    done = web.post(path, {"decision": "confirm"})
    assert "You confirmed this time" in done.words
    assert web.community.balance(admin) == 120
    assert web.get(path).status == 409


# --- added by a coordinator -------------------------------------------------------------------


def test_a_coordinator_adds_time_that_was_told_later(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    web.sign_in(ADMIN)
    attendance_id = web.community.attendance_id(session_id, anna.member_id)
    path = f"/attendances/{attendance_id}/add-time"
    assert f'href="{path}"' in web.get(f"/attendances/{attendance_id}").html
    assert web.post(path, {"do": "check"}).status == 422
    page = web.post(path, {"do": "check", "follow_up_minutes_minutes": "30"})
    assert page.status == 200
    assert "2 hours 30 minutes instead of 2 hours" in page.words
    assert web.community.balance(anna.member_id) == 120
    assert web.send(path, {**page.hidden, "do": "confirm"}).status == 303
    assert web.send(path, {**page.hidden, "do": "confirm"}).status == 303  # pressed twice
    assert web.community.balance(anna.member_id) == 150
    assert "Time added" in web.get(f"/sessions/{session_id}").words


def test_when_it_is_too_late_the_page_says_so(web: Web, session_id: str, anna: MemberAdded) -> None:
    web.community.clock.forward(days=29)
    web.sign_in(ADMIN)
    attendance_id = web.community.attendance_id(session_id, anna.member_id)
    page = web.get(f"/attendances/{attendance_id}/add-time")
    assert "Time could be added to this session until 30 March 2026" in page.words
    assert "Check what changes" not in page.words
    web.new_browser()
    web.sign_in(anna)
    assert "There is no session for which time can be sent in now" in web.get("/time").words


def test_somebody_added_before(web: Web, session_id: str, anna: MemberAdded) -> None:
    cora = staff(web, "Cora Day")
    web.sign_in(ADMIN)
    attendance_id = web.community.attendance_id(session_id, anna.member_id)
    path = f"/attendances/{attendance_id}/add-time"
    mine = web.post(path, {"do": "check", "follow_up_minutes_minutes": "30"})
    web.new_browser()
    web.sign_in(cora)
    theirs = web.post(path, {"do": "check", "travel_minutes_minutes": "10"})
    assert web.send(path, {**theirs.hidden, "do": "confirm"}).status == 303
    web.new_browser()
    web.sign_in(ADMIN)
    fresh = web.get(path).hidden["csrf_token"]
    late = web.send(path, {**mine.hidden, "csrf_token": fresh, "do": "confirm"})
    assert late.status == 409
    assert "Cora Day changed this while you had it open" in late.words
    assert late.value("follow_up_minutes_minutes") == "30"
    assert web.community.balance(anna.member_id) == 130
