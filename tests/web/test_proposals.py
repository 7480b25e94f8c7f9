"""Second looks and undoing a session, on pages."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from tests.web.test_corrections import RIGHT
from tests.web.work import ADMIN, staff
from timebank.community import AgreePolicy, agree_policy
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell")


@pytest.fixture
def session_id(web: Web, anna: MemberAdded) -> str:
    """Anna was credited 2 hours; corrections of more than half an hour need two people."""
    found = web.community.session("Leaflet group", minutes=120)
    web.community.credit(found, [anna.member_id])
    rules = AgreePolicy(
        follows_version=1, rounding="none", money_rewards=False, advice_contact="",
        information_reviewed_by="", information_reviewed_on=None, second_approval_minutes=30,
    )  # fmt: skip
    web.community.do(agree_policy, rules)
    web.sign_in(ADMIN)
    return found


def test_a_large_correction_waits_and_is_agreed_by_somebody_else(
    web: Web, anna: MemberAdded, session_id: str
) -> None:
    path = f"/attendances/{web.community.attendance_id(session_id, anna.member_id)}"
    page = web.get(f"{path}/correct")
    page = web.send(f"{path}/correct", {**page.hidden, **RIGHT, "do": "check"})
    assert "somebody else must agree before it is recorded" in page.words
    done = web.send(f"{path}/correct", {**page.hidden, "do": "confirm"})
    assert done.status == 303
    own = web.get(done.location)
    assert "You proposed this correction, so somebody else has to agree to it." in own.words
    assert 'value="agree"' not in own.html
    assert "waits for a second person" in web.get(path).words
    assert web.community.balance(anna.member_id) == 120
    cora = staff(web, "Cora Day")
    web.new_browser()
    web.sign_in(cora)
    assert "Agree, or not, to a correction of 45 minutes" in web.get("/to-do").words
    page = web.get(done.location)
    assert "Credited now 2 hours Credited afterwards 1 hour 15 minutes" in page.words
    assert web.post(done.location, {}).status == 422
    sent = {**page.hidden, "do": "agree"}
    assert web.send(done.location, sent).status == 303
    assert web.send(done.location, sent).status == 303
    assert web.community.balance(anna.member_id) == 75
    assert "Cora Day agreed" in web.get(done.location).words
    assert web.send(done.location, {**sent, "do": "refuse", "key": "r" * 32}).status == 409


def test_a_session_is_undone_after_a_look_at_everybody(
    web: Web, anna: MemberAdded, session_id: str
) -> None:
    path = f"/sessions/{session_id}/undo"
    assert f'href="{path}"' in web.get(f"/sessions/{session_id}").html
    page = web.get(path)
    assert "Anna Bell Taken back 2 hours Account afterwards 0 minutes" in page.words
    done = web.send(path, {**page.hidden, "plan_again": "yes", "words": "Wrong day"})
    assert done.status == 303
    web.new_browser()
    web.sign_in(staff(web, "Cora Day"))
    assert web.post(done.location, {"do": "agree"}).status == 303
    assert web.community.balance(anna.member_id) == 0
    assert "Everything credited for this session was taken back." in web.get(
        f"/sessions/{session_id}"
    ).words  # fmt: skip
    listed = web.get("/sessions?status=planned").html
    assert listed.count("Leaflet group") == 1
    assert web.get(path).status == 200
    assert web.send(path, {**page.hidden, "csrf_token": web.get("/tokens").hidden["csrf_token"],
                           "key": "u" * 32}).status == 409  # fmt: skip


def test_the_limit_and_the_start_stand_among_the_rules(web: Web, session_id: str) -> None:
    assert "Those of more than 30 minutes" in web.get("/community").words
    page = web.get("/community/policy")
    assert page.value("second_approval_minutes_minutes") == "30"
    boxes = {"rounding": "none", "second_approval_minutes_hours": "",
             "second_approval_minutes_minutes": "", "starting_minutes_hours": "2",
             "starting_minutes_minutes": "0"}  # fmt: skip
    assert web.send("/community/policy", {**page.hidden, **boxes}).status == 303
    words = web.get("/community").words
    assert "Corrections that need two people None" in words
    assert "Hours that everybody starts with 2 hours" in words
    late = web.community.member("Late Comer")
    assert web.community.balance(late.member_id) == 120


def test_members_come_nowhere_near(web: Web, anna: MemberAdded, session_id: str) -> None:
    web.new_browser()
    web.sign_in(anna)
    for path in ("/corrections", f"/corrections/{'0' * 32}", f"/sessions/{session_id}/undo"):
        assert web.get(path).status == 403
