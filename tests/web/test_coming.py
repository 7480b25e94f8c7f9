"""Pages about what is on, who is coming, the sheet on paper, and the page at the door."""

from __future__ import annotations

import html
import itertools
import re

import pytest
import zxingcpp
from icalendar import Calendar

from tests.timebank.pdf_reading import runs_of, words_of
from tests.timebank.test_coming import LATER, SHEET, published
from tests.web.conftest import Web
from tests.web.test_ways_in import _picture
from tests.web.work import ADMIN, queries
from timebank import coming, sign_in_sheet
from timebank.models import SignUp, TrailEvent


@pytest.fixture
def session_id(web: Web) -> str:
    """A published session with one place, eighteen days from now."""
    return published(web.community, places=1)


def on_the_day(web: Web) -> None:
    web.community.clock.forward(days=18)
    assert web.community.clock().date() == LATER


def statuses(web: Web, session_id: str) -> dict[str, str]:
    rows = web.community.read(coming.signed_up, session_id)
    return {row.member.person.name: row.status for row in rows}


# --- the member -------------------------------------------------------------------------------


def test_a_member_reads_the_sheet_and_joins(web: Web, session_id: str) -> None:
    web.sign_in(web.member("Anna Bell"))
    board = web.get("/opportunities")
    assert "Reading panel" in board.words
    assert "1 place is left." in board.words
    sheet = web.get(f"/opportunities/{session_id}")
    for text in SHEET.values():
        assert text in sheet.words
    for needed in (
        "Friday 20 March 2026, 10:30 to 12:30",
        "Usually 2 hours",
        "There is no obligation",
        "Hours in your account are a record of time.",
        "You may need to tell the DWP",
        "Free, independent advice",
    ):
        assert needed in sheet.words, needed
    assert "You can choose this reward" not in sheet.words  # there is none to choose here
    words = {"words": "A seat near the door"}
    joined = web.post(
        f"/opportunities/{session_id}/join", words, page=f"/opportunities/{session_id}"
    )
    assert (joined.status, joined.location) == (303, f"/opportunities/{session_id}")
    after = web.get(f"/opportunities/{session_id}")
    assert "You have a place." in after.words
    with web.community.database.reading(web.community.actor) as unit:
        assert unit.db.query(SignUp).one().code in after.words
    assert "You are coming" in web.get("/opportunities").words
    left = web.post(f"/opportunities/{session_id}/leave", page=f"/opportunities/{session_id}")
    assert left.status == 303
    assert "1 place is left." in web.get("/opportunities").words


def test_the_second_waits_and_moves_up(web: Web, session_id: str) -> None:
    path = f"/opportunities/{session_id}"
    web.sign_in(web.member("Anna Bell"))
    web.post(f"{path}/join", page=path)
    again = web.post(f"{path}/join", page=path)
    assert again.status == 409
    assert "on the list already" in again.words
    web.new_browser()
    web.sign_in(web.member("Bill Moss"))
    assert "Full: waiting list" in web.get("/opportunities").words
    web.post(f"{path}/join", page=path)
    assert "Nobody waits before you." in web.get(path).words
    web.new_browser()
    web.sign_in(102)
    web.post(f"{path}/leave", page=path)
    assert statuses(web, session_id) == {"Anna Bell": "withdrawn", "Bill Moss": "coming"}


def test_a_social_session_says_beforehand_that_nothing_is_credited(web: Web) -> None:
    session_id = published(web.community, credited=False, minutes=0)
    web.sign_in(web.member("Anna Bell"))
    assert "no hours are counted" in web.get("/opportunities").words
    assert "No hours are counted for this." in web.get(f"/opportunities/{session_id}").words


def test_what_was_typed_stays_when_it_is_too_long(web: Web, session_id: str) -> None:
    path = f"/opportunities/{session_id}"
    web.sign_in(web.member("Anna Bell"))
    refused = web.post(f"{path}/join", {"words": "x" * 600}, page=path)
    assert refused.status == 422
    assert refused.title.startswith("Error:")
    assert "x" * 600 in refused.html


def test_no_member_sees_who_is_coming(web: Web, session_id: str) -> None:
    web.sign_in(web.member("Anna Bell"))
    for path in ("coming", "sign-in-sheet.pdf", "check-in", "sheet", "publish", "repeat"):
        assert web.get(f"/sessions/{session_id}/{path}").status == 403, path


def test_one_session_for_the_calendar(web: Web, session_id: str) -> None:
    web.sign_in(web.member("Anna Bell"))
    answer = web.get(f"/opportunities/{session_id}.ics")
    assert answer.response.content_type == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(answer.response.get_data()).walk("VEVENT")
    assert event["summary"] == "Reading panel"


def test_a_calendar_has_an_address_until_it_is_stopped(web: Web, session_id: str) -> None:
    web.sign_in(web.member("Anna Bell"))
    web.post(f"/opportunities/{session_id}/join", page=f"/opportunities/{session_id}")
    web.post("/calendar", page="/calendar")
    [address] = re.findall(r"https://\S+\.ics", web.get("/calendar").words)
    path = address.removeprefix(web.base)
    web.new_browser()
    fetched = web.get(path)
    assert b"SUMMARY:Reading panel" in fetched.response.get_data()
    assert fetched.response.headers["Referrer-Policy"] == "no-referrer"
    assert web.get(path.replace(".ics", "x.ics")).status == 404
    web.sign_in(102)
    web.post("/calendar/stop", page="/calendar")
    web.new_browser()
    assert web.get(path).status == 404


# --- the coordinator --------------------------------------------------------------------------


def test_a_coordinator_signs_people_up_by_name_or_number(web: Web, session_id: str) -> None:
    anna, bill = web.member("Anna Bell"), web.member("Annabel Moss")
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/coming"
    several = web.post(path, {"who": "anna", "do": "join"})
    assert (several.status, "Several are found. Who is it?" in several.words) == (200, True)
    chosen = {**several.hidden, "member_id": anna.member_id, "do": "join"}
    assert web.send(path, chosen).status == 303
    assert web.post(path, {"who": str(bill.number), "do": "join"}).status == 303
    assert statuses(web, session_id) == {"Anna Bell": "coming", "Annabel Moss": "waiting"}
    nobody = web.post(path, {"who": "zzz", "do": "join"})
    assert (nobody.status, nobody.value("who")) == (422, "zzz")
    empty = web.post(path, {"who": "", "do": "join"})
    assert empty.status == 422
    assert web.post(path, {"who": "anna bell", "do": "arrive"}).status == 422  # not its day yet


def test_who_is_here_is_noted_and_taken_back(web: Web, session_id: str) -> None:
    anna, bill = web.member("Anna Bell"), web.member("Bill Moss")
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/coming"
    web.post(path, {"who": "anna", "do": "join"})
    on_the_day(web)
    web.sign_in(ADMIN)
    assert web.post(f"{path}/{anna.member_id}", {"do": "arrive"}, page=path).status == 303
    assert web.post(path, {"who": "bill", "do": "arrive"}).status == 303  # came without a place
    assert "2 are here." in web.get(path).words
    assert web.post(f"{path}/{bill.member_id}", {"do": "undo"}, page=path).status == 303
    assert web.community.read(coming.expected, session_id) == {anna.member_id}
    # Who is here is ticked when the session is credited.
    assert web.post(f"{path}/{bill.member_id}", {"do": "unheard of"}, page=path).status == 200


def test_needs_stand_on_the_hosts_list_and_nowhere_else(web: Web, session_id: str) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    path = f"/opportunities/{session_id}"
    web.post(f"{path}/join", {"words": "A seat near the door"}, page=path)
    web.new_browser()
    web.sign_in(ADMIN)
    assert "A seat near the door" in web.get(f"/sessions/{session_id}/coming").words
    assert "A seat" not in words_of(
        web.get(f"/sessions/{session_id}/sign-in-sheet.pdf").response.data
    )


def test_the_sheet_is_ticked_on_paper_and_entered_once(web: Web, session_id: str) -> None:
    for name in ("Anna Bell", "Bill Moss", "Cat Lee"):
        web.member(name)
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/coming"
    for name in ("anna", "bill"):
        web.post(path, {"who": name, "do": "join"})
    rows = {r.member.person.name: r for r in web.community.read(coming.signed_up, session_id)}
    paper = words_of(web.get(f"/sessions/{session_id}/sign-in-sheet.pdf").response.data)
    assert f"Anna Bell (102) {rows['Anna Bell'].code}" in paper
    assert "Bill Moss" not in paper  # he waits for a place
    on_the_day(web)
    web.sign_in(ADMIN)
    sent = {"codes": f"{rows['Anna Bell'].code} 103 XXXX"}
    wrong = web.post(f"/sessions/{session_id}/codes", sent, page=path)
    assert wrong.status == 422
    assert "XXXX" in wrong.words
    assert "103" in html.unescape(wrong.html)
    right = {"codes": f"{rows['Anna Bell'].code.lower()}, 103"}
    assert web.post(f"/sessions/{session_id}/codes", right, page=path).status == 303
    assert len(web.community.read(coming.expected, session_id)) == 2


@pytest.mark.parametrize(("large", "least", "tall"), [(False, 12.0, 34.0), (True, 16.0, 51.0)])
def test_the_sheet_can_be_read_and_written_on(
    web: Web, session_id: str, large: bool, least: float, tall: float
) -> None:
    members = [web.member(f"Person {n}") for n in range(30)]
    with web.community.unit() as unit:
        coming.sessions.session(unit, session_id).places = None
    for member in members:
        command = coming.JoinSession(session_id=session_id, member_id=member.member_id)
        web.community.do(coming.join_session, command)
    data = web.community.read(sign_in_sheet.pdf, session_id, when="today", large=large)
    runs = runs_of(data)
    assert min(run.points for run in runs) >= least
    names = sorted((run.page, -run.bottom) for run in runs if re.match(r"Person \d+ \(", run.text))
    assert len(names) == 30
    gaps = [b[1] - a[1] for a, b in itertools.pairwise(names) if a[0] == b[0]]
    assert min(gaps) >= tall - 0.5  # points: 12 and 18 millimetres
    assert sum(run.text.startswith("Name") for run in runs) == max(run.page for run in runs)


def test_the_square_on_the_sheet_leads_to_where_codes_are_entered() -> None:
    drawn = sign_in_sheet._square("https://time.example.org/sessions/1/coming")
    found = re.search(r'<svg[^>]*width="(\d+)"[^>]*>.*?<path[^>]* d="([^"]+)"', drawn, re.S)
    assert found
    [read] = zxingcpp.read_barcodes(_picture(found[2], int(found[1]) // 4))
    assert read.text == "https://time.example.org/sessions/1/coming"


def test_the_list_takes_the_same_queries_for_few_and_many(web: Web) -> None:
    session_id = published(web.community)
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/coming"

    def sent() -> int:
        with queries(web) as found:
            assert web.get(path).status == 200
        return len(found)

    def join(n: int) -> None:
        member = web.community.member(f"Person {n}")
        command = coming.JoinSession(session_id=session_id, member_id=member.member_id)
        web.community.do(coming.join_session, command)

    join(0)
    few = sent()
    for n in range(1, 12):
        join(n)
    assert sent() == few


# --- at the door ------------------------------------------------------------------------------


def test_the_door_does_one_thing_and_remembers_nobody(web: Web, session_id: str) -> None:
    anna = web.member("Anna Bell")
    command = coming.JoinSession(session_id=session_id, member_id=anna.member_id)
    web.community.do(coming.join_session, command)
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/check-in"
    assert "on the days of the session" in web.get(path).words
    on_the_day(web)
    web.sign_in(ADMIN)
    opened = web.post(path, {"do": "here"})
    assert opened.status == 303
    door = opened.location
    assert re.fullmatch(r"/check-in/[0-9a-f]{32}-[a-z2-7]+", door)
    # The coordinator is signed out on this device: nobody goes on from here.
    assert web.get("/sessions").status == 303
    page = web.get(door)
    assert 'href="/' not in page.html.replace('href="/static', "").replace('href="/theme', "")
    assert "Anna" not in page.html
    done = web.post(door, {"code": str(anna.number)})
    assert done.location == f"{door}?done=in"
    after = web.get(done.location)
    assert "You are checked in." in after.words
    assert "Anna" not in after.html
    assert str(anna.number) not in after.words
    assert "no-store" in after.response.headers["Cache-Control"]
    assert after.response.headers["Referrer-Policy"] == "no-referrer"
    assert "checked in before" in web.get(web.post(door, {"code": "102"}).location).words
    wrong = web.post(door, {"code": "ZZZZ"})
    assert wrong.status == 422
    assert "ZZZZ" not in wrong.html
    assert web.community.read(coming.expected, session_id) == {anna.member_id}
    with web.community.database.reading(web.community.actor) as unit:
        [noted] = unit.db.query(TrailEvent).filter_by(action="arrival.at_the_door").all()
        assert noted.actor == web.community.admin.person_id


def test_the_door_is_open_for_another_device_until_it_is_closed(web: Web, session_id: str) -> None:
    on_the_day(web)
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/check-in"
    assert web.post(path, {"do": "open"}).status == 303
    shown = web.get(path)
    [address] = re.findall(r"https://\S+/check-in/\S+", shown.words)
    door = address.removeprefix(web.base)
    assert web.get(door).status == 200
    assert "<svg" in shown.html
    assert web.post(path, {"do": "close"}).status == 303
    assert web.get(door).status == 409
    assert "Checking in is closed" in web.get(door).words
    assert web.get(door[:-1]).status == 404
