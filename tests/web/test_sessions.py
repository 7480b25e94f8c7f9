"""Planning sessions, and the kinds of activity."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, queries, staff


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.sign_in(ADMIN)


def _boxes(web: Web, **boxes: str) -> dict[str, str]:
    return {
        "title": "Leaflet group", "activity_type_id": web.community.activity(),
        "starts_on_day": "1", "starts_on_month": "3", "starts_on_year": "2026",
        "starts_at_time": "10:30", "usual_minutes_hours": "1", "usual_minutes_minutes": "30",
        "place": "Library", **boxes,
    }  # fmt: skip


def test_plan_a_session(web: Web) -> None:
    planned = web.post("/sessions/plan", _boxes(web))
    assert planned.status == 303
    words = web.get(planned.location).words
    assert "1 March 2026, 10:30" in words
    assert "1 hour 30 minutes" in words
    assert "Planned by Ada Marsh" in words
    assert "Credit this session" in words


def test_today_is_filled_in(web: Web) -> None:
    page = web.get("/sessions/plan")
    shown = [page.value(f"starts_on_{part}") for part in ("day", "month", "year")]
    assert shown == ["2", "3", "2026"]


def test_errors_keep_what_was_typed(web: Web) -> None:
    boxes = _boxes(web, title="", starts_on_day="31", starts_on_month="2", starts_at_time="late")
    page = web.post("/sessions/plan", {**boxes, "activity_type_id": ""})
    assert page.status == 422
    for name in ("title", "activity_type_id", "starts_on", "starts_at_time"):
        assert f'<a href="#{name}">' in page.html, name
    assert page.value("starts_on_day") == "31"
    assert page.value("starts_at_time") == "late"


def test_each_message_says_what_is_missing(web: Web) -> None:
    page = web.post("/sessions/plan", {"starts_on_day": "", "starts_on_month": "",
                                       "starts_on_year": ""})  # fmt: skip
    assert '<a href="#starts_on">Enter the day of the session.</a>' in page.html
    assert '<a href="#title">Enter a title for the session.</a>' in page.html


def test_lists_by_status(web: Web) -> None:
    anna = web.community.member("Anna Bell")
    done = web.community.session("Done already")
    web.community.credit(done, [anna.member_id])
    web.community.session("Not yet")
    assert "Done already" in web.get("/sessions?status=credited").words
    assert "Not yet" not in web.get("/sessions?status=credited").words
    assert "Not yet" in web.get("/sessions?status=planned").words
    assert web.get("/sessions?status=x&page=99").status == 200


def test_the_same_queries_for_many_people(web: Web) -> None:
    def read(count: int) -> int:
        planned = web.community.session()
        members = [web.community.member(f"{count}-{number}").member_id for number in range(count)]
        web.community.credit(planned, members)
        with queries(web) as sent:
            page = web.get(f"/sessions/{planned}")
        assert f"{count} people are recorded" in page.words
        return len(sent)

    assert read(2) == read(25)


def test_add_a_kind_of_activity(web: Web) -> None:
    page = web.post("/sessions/activities", {"name": "Gardening", "reason": ""})
    assert page.status == 422
    assert '<a href="#reason">' in page.html
    assert page.value("name") == "Gardening"
    # Credited with an answer of no needs a reason; what is social is never credited.
    credited = {"name": "Gardening", "credited": "yes", "takes_time": "yes", "one_team": "yes"}
    page = web.post("/sessions/activities", credited)
    assert page.status == 422
    assert "Say why hours are counted all the same" in page.words
    page = web.post("/sessions/activities", {**credited, "social": "yes", "reason": "For all"})
    assert page.status == 422
    assert "Hours are never counted for what is social" in page.words
    with_reason = {**credited, "reason": "The park needs it"}
    assert web.post("/sessions/activities", with_reason).status == 303
    assert "Gardening Credited? Credited" in web.get("/sessions/activities").words


def test_a_treasurer_looks_and_plans_nothing(web: Web) -> None:
    theo = staff(web, "Theo Ward", "treasurer")
    web.new_browser()
    web.sign_in(theo)
    assert "Plan a session" not in web.get("/sessions").words
    assert web.get("/sessions/plan").status == 403


def test_a_wrong_date_is_put_right(web: Web) -> None:
    path = web.post("/sessions/plan", _boxes(web, starts_on_month="4")).location
    assert "Credit this session" not in web.get(path).words
    assert f'href="{path}/change"' in web.get(path).html
    page = web.get(f"{path}/change")
    assert page.value("title") == "Leaflet group"
    assert page.value("starts_on_month") == "4"
    assert page.value("usual_minutes_minutes") == "30"
    assert page.value("ends_on_day") == ""
    refused = web.post(f"{path}/change", _boxes(web, title=""))
    assert refused.status == 422
    assert refused.value("starts_on_month") == "3"
    assert web.post(f"{path}/change", _boxes(web)).location == path
    words = web.get(path).words
    assert "The session is changed." in words
    assert "1 March 2026" in words
    assert "Credit this session" in words


def test_a_session_is_cancelled_after_a_question(web: Web) -> None:
    path = web.post("/sessions/plan", _boxes(web)).location
    assert "Leaflet group" in web.get("/to-do").words
    asked = web.get(f"{path}/cancel")
    assert "Cancel this session?" in asked.words
    assert web.post(f"{path}/cancel").location == path
    page = web.get(path)
    assert "This session was cancelled." in page.words
    assert "/credit" not in page.html
    assert "Leaflet group" not in web.get("/to-do").words
    assert "Leaflet group" in web.get("/sessions?status=cancelled").words
    assert web.get(f"{path}/credit").location == path
    assert "nothing to change" in web.get(f"{path}/change").words
    again = web.send(f"{path}/cancel", {**asked.hidden, "key": "another-key"})
    assert again.status == 409


def test_somebody_changed_the_session_meanwhile(web: Web) -> None:
    path = web.post("/sessions/plan", _boxes(web)).location
    hidden, credit = web.get(f"{path}/change").hidden, web.get(f"{path}/credit").hidden
    anna = web.community.member("Anna Bell").member_id
    assert web.post(f"{path}/change", _boxes(web, place="Hall")).status == 303
    late = web.send(f"{path}/change", {**hidden, **_boxes(web, title="Leaflets")})
    assert late.status == 409
    assert "Ada Marsh did so on 2 March 2026 at 10:00" in late.words
    assert "Title It is now Leaflet group You typed Leaflets" in late.words
    assert "Place It is now Hall You typed Library" in late.words
    assert "Day It is now" not in late.words
    rows = {"row": anna, f"{anna}-session_minutes": "60m", f"{anna}-capacity": "own_time"}
    times = web.send(f"{path}/credit", {**credit, "member": anna, "do": "times"})
    stale = web.send(f"{path}/credit", {**times.hidden, **rows, "do": "check"})
    assert stale.status == 409
    assert "This session was changed while you had it open" in stale.words


def test_a_credited_session_has_no_such_buttons(web: Web) -> None:
    session_id = web.community.session()
    web.community.credit(session_id, [web.community.member("Anna Bell").member_id])
    page = web.get(f"/sessions/{session_id}")
    assert "/change" not in page.html
    assert "/cancel" not in page.html
    assert "it stays as it is" in web.get(f"/sessions/{session_id}/change").words
