"""Files to import on pages: put in, look at every line, decide, confirm; nothing before that."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, staff
from timebank import people, scheduler, sessions
from timebank.accounts import OPENING
from timebank.models import Attendance, HistoryImport, ImportFile, Member


def put_in(web: Web, path: str, content: str | bytes, **more: Any) -> Page:
    """Send a file, as a browser does, and follow to the page that shows it."""
    data = content.encode() if isinstance(content, str) else content
    fields = {**web.get(path).hidden, "file": (io.BytesIO(data), "list.csv"), **more}
    answer = web.send(path, fields)
    assert answer.status == 303, answer.words
    return web.get(answer.location)


def do(web: Web, page: Page, what: str, **more: Any) -> Page:
    """Press a button of the page of a file; what follows."""
    answer = web.send(page.response.request.path, {**page.hidden, **more, "do": what})
    return web.get(answer.location) if answer.status == 303 else answer


def rows_of(web: Web, table: Any) -> int:
    with web.community.unit() as unit:
        return int(unit.db.scalar(select(func.count()).select_from(table)) or 0)


@pytest.fixture
def coordinator(web: Web) -> Web:
    web.sign_in(staff(web, "Cora Lane"))
    return web


@pytest.fixture
def administrator(web: Web) -> Web:
    web.sign_in(ADMIN)
    return web


# --- who was at a session ------------------------------------------------------------------------


def test_a_list_is_looked_at_and_then_recorded(coordinator: Web) -> None:
    web = coordinator
    ann, ben = web.member("Ann Low", "ann@example.org"), web.member("Ben Hart")
    session_id = web.community.session("Reading group", minutes=90)
    page = put_in(
        web,
        f"/sessions/{session_id}/file",
        f"member;minutes;choice\nann@example.org;;\n{ben.number};45;decline\n",
        minutes_hours="1",
        minutes_minutes="30",
    )
    assert "Lines in the list 2" in page.words
    assert "2, together 1 hour 30 minutes" in page.words
    assert "Ben Hart" in page.words
    assert rows_of(web, Attendance) == 0
    done = do(web, page, "confirm")
    assert done.response.request.path == f"/sessions/{session_id}/credited"
    assert "Everybody in the file is recorded." in done.html
    assert [web.community.balance(m.member_id) for m in (ann, ben)] == [90, 0]
    assert (rows_of(web, Attendance), rows_of(web, ImportFile)) == (2, 0)
    # The same list again: nothing to record, and no button for it.
    again = put_in(web, f"/sessions/{session_id}/file", "member\nAnn Low\n")
    assert "already recorded" in again.words.replace("recorded already", "already recorded") or (
        "With a problem 1" in again.words
    )


def test_pasted_lines_and_a_second_click(coordinator: Web) -> None:
    web = coordinator
    ann = web.member("Ann Low")
    session_id = web.community.session("Reading group", minutes=60)
    path = f"/sessions/{session_id}/file"
    answer = web.send(path, {**web.get(path).hidden, "lines": "member\ttravel\r\nAnn Low\t20\r\n",
                             "minutes_hours": "1", "minutes_minutes": ""})  # fmt: skip
    page = web.get(answer.location)
    sent = {**page.hidden, "do": "confirm"}
    first, second = (web.send(answer.location, sent) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert web.community.balance(ann.member_id) == 80


def test_what_is_wrong_is_said_line_by_line_and_may_be_left_out(coordinator: Web) -> None:
    web = coordinator
    ann = web.member("Ann Low")
    session_id = web.community.session("Reading group", minutes=60)
    lines = "member,minutes\nAnn Low,60\nAnn Low,60\nBen Hart,1.5\nCora Lane,60\n999,60\n"
    page = put_in(web, f"/sessions/{session_id}/file", lines)
    assert "With a problem 4" in page.words
    assert "already on line 2" in page.words
    assert 'value="confirm"' not in page.html
    refused = do(web, page, "confirm", digest="0" * 64)
    assert refused.status == 409
    page = do(web, page, "settings", leave_out="yes", minutes_hours="", minutes_minutes="")
    assert "Left out 4" in page.words
    do(web, page, "confirm")
    assert web.community.balance(ann.member_id) == 60
    assert rows_of(web, Attendance) == 1


def test_names_are_asked_about_and_never_guessed(coordinator: Web) -> None:
    web = coordinator
    ann = web.member("Ann Lowe")
    session_id = web.community.session("Reading group", minutes=60)
    lines = "member\nAnn Low\nBen Hart\nLowe Ann\n"
    page = put_in(web, f"/sessions/{session_id}/file", lines, minutes_hours="1")
    assert "Who is meant?" in page.words
    assert f"Ann Lowe, member {ann.number}" in page.words
    page = do(web, page, "decide", **{"who-0": str(ann.number), "who-1": "new", "who-2": "skip"})
    assert ("With a problem" in page.words, "New on file 1" in page.words) == (True, True)
    # What was decided can be taken back.
    page = do(web, page, "decide", **{"who-0": str(ann.number), "who-1": "new", "who-2": ""})
    assert "With a problem 1" in page.words
    page = do(web, page, "decide", **{"who-0": "skip"})
    page = do(web, page, "confirm")
    assert web.community.balance(ann.member_id) == 60
    assert len(web.community.read(people.members, search="Ben Hart")) == 1


def test_a_page_that_is_overtaken_shows_what_would_happen_now(coordinator: Web) -> None:
    web = coordinator
    ann = web.member("Ann Low")
    web.member("Ben Hart")
    session_id = web.community.session("Reading group", minutes=60)
    page = put_in(
        web, f"/sessions/{session_id}/file", "member\nAnn Low\nBen Hart\n", minutes_hours="1"
    )
    web.community.credit(session_id, [ann.member_id], minutes=60)
    answer = do(web, page, "confirm")
    assert answer.status == 409
    assert "Something changed since you looked" in answer.words
    assert "Recorded before 1, left alone" in answer.words
    do(web, answer, "confirm")
    assert (web.community.balance(ann.member_id), rows_of(web, Attendance)) == (60, 2)


def test_a_file_is_its_owners_and_is_forgotten_after_a_day(coordinator: Web) -> None:
    web = coordinator
    session_id = web.community.session("Reading group", minutes=60)
    page = put_in(web, f"/sessions/{session_id}/file", "member\nAnn Low\n", minutes_hours="1")
    path = page.response.request.path
    other = web.community.session("Choir", minutes=60)
    assert web.get(path.replace(session_id, other)).status == 404
    web.new_browser()
    web.sign_in(staff(web, "Dai Price"))
    assert web.get(path).status == 404
    web.new_browser()
    web.sign_in(101 + 1)  # Cora, the second on file
    assert web.get(path).status == 200
    web.community.clock.forward(hours=25)
    assert web.get(path).status == 404
    scheduler.tick(web.community.database)
    assert rows_of(web, ImportFile) == 0


def test_a_file_can_be_deleted_at_once(coordinator: Web) -> None:
    web = coordinator
    session_id = web.community.session("Reading group", minutes=60)
    page = put_in(web, f"/sessions/{session_id}/file", "member\nAnn Low\n", minutes_hours="1")
    after = do(web, page, "discard")
    assert "The file is deleted. Nothing was recorded." in after.html
    assert rows_of(web, ImportFile) == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a file, or paste the lines."),
        ({"lines": "member\nAnn", "file": (io.BytesIO(b"member\nBen"), "x")}, "but not both"),
        ({"lines": "member\nAnn", "minutes_hours": "two"}, "whole"),
        ({"file": (io.BytesIO(b" \n"), "x")}, "Choose a file"),
    ],
)
def test_what_cannot_be_kept(coordinator: Web, fields: dict[str, Any], words: str) -> None:
    path = f"/sessions/{coordinator.community.session()}/file"
    answer = coordinator.send(path, {**coordinator.get(path).hidden, **fields})
    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert words in answer.words
    if "lines" in fields:
        assert "member\nAnn" in answer.html


def test_a_file_that_cannot_be_read_can_be_read_otherwise(coordinator: Web) -> None:
    web = coordinator
    zoe = web.member("Zoë Hart")
    session_id = web.community.session("Reading group", minutes=60)
    lines = "member,date\nZoë Hart,2/3/2026\n".encode("cp1252")
    page = put_in(web, f"/sessions/{session_id}/file", lines, minutes_hours="1")
    assert page.title.startswith("Error: ")
    assert "Windows (Western European)" in page.words
    page = do(web, page, "settings", encoding="cp1252", minutes_hours="1")
    assert "Write a day as year, month and day" in page.words
    page = do(web, page, "settings", encoding="cp1252", dates="dmy", minutes_hours="1")
    do(web, page, "confirm")
    assert web.community.balance(zoe.member_id) == 60


# --- members from a list -------------------------------------------------------------------------


def test_members_from_a_list(coordinator: Web) -> None:
    web = coordinator
    web.member("Ann Low")
    before = rows_of(web, Member)
    lines = "Full name,Mail,Shoe size\nBen Hart,ben@example.org,44\nAnn Low,,38\nBen Hart,,\n"
    page = put_in(web, "/members/import", lines)
    assert "Say what the column Full name means" in page.words
    page = do(web, page, "settings", **{"column-0": "name", "column-1": "email", "column-2": ""})
    assert "To be put on file 2" in page.words  # the second Ben has no address of the first
    page = do(web, page, "settings", **{"column-0": "name", "column-1": "email", "column-2": ""})
    after = do(web, page, "confirm")
    assert "2 members are put on file." in after.html
    assert rows_of(web, Member) == before + 2
    again = put_in(web, "/members/import", lines)
    again = do(web, again, "settings", **{"column-0": "name", "column-1": "email", "column-2": ""})
    assert 'value="confirm"' not in again.html


def test_a_limited_coordinator_is_asked_as_everybody(administrator: Web) -> None:
    """Who may not add members does not import them either."""
    web = administrator
    web.new_browser()
    web.sign_in(staff(web, "Gareth Pugh", "treasurer"))
    assert web.get("/members/import").status == 403


# --- hours from an earlier system ----------------------------------------------------------------

HISTORY = """who,when,what,minutes,then
Ann,2020-01-05,given,120,120
Ann,2020-02-05,used,0,120
Ann,2020-03-05,used,150,0
"""
SAID = {
    "column-0": "member", "column-1": "date", "column-2": "kind", "column-3": "amount",
    "column-4": "balance", "unit": "minutes", "kind-0": "in", "kind-1": "out",
}  # fmt: skip


def test_a_history_is_read_decided_accepted_and_brought_over(administrator: Web) -> None:
    web = administrator
    page = put_in(web, "/histories/bring", HISTORY)
    assert "Say first how the file is read" in page.words
    # Kinds are asked about once the column is known.
    page = do(web, page, "settings", **{k: v for k, v in SAID.items() if "kind" not in v[:4]})
    page = do(web, page, "settings", **SAID)
    page = do(web, page, "settings", **SAID)
    assert "Move hours 2" in page.words
    assert "Move nothing 1" in page.words
    assert "Accept row 2 (line 4), Ann" in page.words
    assert 'value="confirm"' not in page.html
    page = do(web, page, "accept", accept="2")
    assert rows_of(web, HistoryImport) == 0
    done = do(web, page, "confirm")
    assert "The hours are brought over" in done.words
    assert "Differences recorded 1" in done.words
    assert web.get(done.response.request.path).status == 200
    assert web.community.account_balance(OPENING) == 0
    assert "Ann" not in done.response.request.path
    again = put_in(web, "/histories/bring", HISTORY)
    assert "It counts once, and there is nothing to do." in again.words
    assert "Rows" in web.get("/histories").words


def test_only_an_administrator_brings_hours_over(coordinator: Web) -> None:
    assert coordinator.get("/histories").status == 403
    assert coordinator.get("/histories/bring").status == 403


def test_sessions_say_where_to_put_a_list_in(coordinator: Web) -> None:
    session_id = coordinator.community.session()
    assert f'href="/sessions/{session_id}/file"' in coordinator.get(f"/sessions/{session_id}").html
    assert 'href="/members/import"' in coordinator.get("/members").html
    cancelled = coordinator.community.session("Off")
    revision = coordinator.community.read(sessions.session, cancelled).revision
    coordinator.community.do(
        sessions.cancel_session,
        sessions.CancelSession(session_id=cancelled, revision=revision),
    )
    assert coordinator.get(f"/sessions/{cancelled}/file").status == 303
