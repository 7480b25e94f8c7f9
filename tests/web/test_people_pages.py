"""Pages that look after people: joining, checks, a break, leaving, and a person on file twice."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, queries, staff
from timebank import joining, people
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell", "anna@example.org")
    web.sign_in(ADMIN)
    return added


def _day(name: str, day: date) -> dict[str, str]:
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}


TODAY = date(2026, 3, 2)


def _form(web: Web, path: str, **boxes: str) -> Page:
    """Send one of the forms of a page: what stands around it, and these boxes."""
    csrf = web.get(path).hidden["csrf_token"]
    return web.send(path, {"csrf_token": csrf, "key": uuid4().hex, **boxes})


def test_somebody_asks_without_signing_in_and_becomes_a_member(web: Web) -> None:
    page = web.post("/join", {"name": "Nia Okoro", "email": "", "phone": ""})
    assert page.status == 422
    assert "Members are 18 or over" in page.words
    assert page.value("name") == "Nia Okoro"
    sent = {"name": "Nia Okoro", "phone": "01632 960009", "heard_from": "friend", "adult": "yes"}
    assert web.post("/join", sent).location == "/join/thank-you"
    assert "within a week" in web.get("/join/thank-you").words
    web.sign_in(ADMIN)
    assert "Answer somebody who asks to join" in web.get("/to-do").words
    (asked,) = web.community.read(joining.applications)
    path = f"/applications/{asked.id}"
    assert "Nia Okoro" in web.get("/applications").words
    assert "First somebody talks with them" in web.get(path).words
    talk = {"how": "phone", "hours_for": "class", "interests_words": "Reading groups"}
    where = f"/people/{asked.person_id}/conversation"
    assert _form(web, where, **talk, **_day("held_on", TODAY)).status == 303
    step = {"do": "step", "step": "conduct", **_day("done_on", TODAY)}
    assert _form(web, where, **step).status == 303
    page = web.get(path)
    assert "Reading groups" in page.words
    assert "Agreed to the code of conduct" in page.words
    boxes = {"statement_by": "link", "choice": "pot", "revision": "1"}
    assert _form(web, path, **boxes).location.startswith("/members/")
    member = web.community.read(people.members, search="Nia")[0]
    assert (member.choice, member.statement_by) == ("pot", "paper")
    assert "Nobody waits for an answer." in web.get("/applications").words


def test_an_application_that_came_to_nothing(web: Web, anna: MemberAdded) -> None:
    sent = {"name": "Rose Hall", "phone": "01632 960008", "came_by": "phone", "adult": "yes"}
    assert web.post("/applications/add", sent).status == 303
    (asked,) = web.community.read(joining.applications)
    path = f"/applications/{asked.id}"
    assert web.post(path, {"do": "close"}).location == "/applications"
    assert "Rose Hall" not in web.get(path).words
    assert "This application is closed." in web.get(path).words


def test_too_many_applications_are_told_when_to_come_back(web: Web) -> None:
    sent = {"name": "Nia Okoro", "phone": "01632 960009", "adult": "yes"}
    for _ in range(joining.MOST_APPLICATIONS):
        assert web.post("/join", sent).status == 303
    refused = web.post("/join", sent)
    assert refused.status == 403
    assert "Try again in 15 minutes" in refused.words
    assert refused.value("name") == "Nia Okoro"


def test_checks_are_shown_to_who_says_that_they_look(web: Web, anna: MemberAdded) -> None:
    path = f"/people/{anna.person_id}/checks"
    record = {"level": "enhanced", "reference": "001234567890", **_day("issued_on", TODAY)}
    assert _form(web, path, **record).status == 303
    page = web.get(path)
    assert "001234567890" not in page.html
    assert _form(web, path, do="look").status == 303
    page = web.get(path)
    assert "Enhanced 2 March 2026" in page.words.replace("Issued on ", "").replace("Level ", "")
    assert "001234567890" in page.words
    assert "Who looked" in page.words
    wrong = _form(web, path, level="", **_day("issued_on", TODAY))
    assert wrong.status == 422
    own = f"/people/{web.community.admin.person_id}/checks"
    assert "Somebody else notes your own check." in web.get(own).words


def test_a_break_and_back(web: Web, anna: MemberAdded) -> None:
    path = f"/members/{anna.member_id}/membership"
    assert _form(web, path, do="pause", revision="1").status == 303
    assert "Taking a break" in web.get(path).words
    assert "Taking a break" in web.get("/members").words
    late = _form(web, path, do="pause", revision="1")
    assert late.status == 409
    assert "Ada Marsh did so on 2 March 2026" in late.words
    assert _form(web, path, do="resume", revision="2").status == 303
    assert "Active" in web.get(path).words


def test_not_reached_takes_three_ways(web: Web, anna: MemberAdded) -> None:
    web.community.clock.forward(days=400)
    web.sign_in(ADMIN)
    assert "Anna Bell" in web.get("/members/dormant").words
    assert "Everybody was seen." in web.get("/members/dormant?months=24").words
    path = f"/members/{anna.member_id}/membership"
    end = {"do": "end", "revision": "1", "reason": "not_reached"}
    refused = _form(web, path, **end)
    assert refused.status == 422
    assert "Try to reach them in 3 different ways first. So far 0 are noted." in refused.words
    for way in ("phone", "post", "visit"):
        tried = {"channel": way, "outcome": "no_answer", **_day("tried_on", date(2027, 4, 1))}
        assert _form(web, path, do="attempt", **tried).status == 303
    assert "Tried in 3 of 3 different ways" in web.get(path).words
    assert _form(web, path, **end).status == 303
    assert "Has left" in web.get(f"/members/{anna.member_id}").words


def test_two_numbers_become_one(web: Web, anna: MemberAdded) -> None:
    again = web.member("Anna B. Bell")
    web.credited(anna.member_id, 90)
    choose = web.get(f"/members/{anna.member_id}/merge?q=Anna")
    assert "Anna B. Bell" in choose.words
    path = f"/members/{anna.member_id}/merge/{again.member_id}"
    assert "This cannot be undone." in web.get(path).words
    assert web.post(path).status == 422
    assert web.community.balance(anna.member_id) == 90
    sent = {**web.get(path).hidden, "confirmed": "yes"}
    assert web.send(path, sent).status == web.send(path, sent).status == 303
    done = web.get(f"/members/{anna.member_id}/merged")
    assert "1 hour 30 minutes moved on 2 March 2026." in done.words
    assert web.community.balance(again.member_id) == 90
    assert "merged into another number" in web.get(f"/members/{anna.member_id}").words
    late = web.get(path)
    assert late.location == f"/members/{anna.member_id}/merge"


def test_what_stands_in_the_way_of_a_merge_is_shown_first(web: Web, anna: MemberAdded) -> None:
    again = web.member("Anna B. Bell")
    session_id = web.community.session("Garden day")
    web.community.credit(session_id, [anna.member_id, again.member_id])
    page = web.get(f"/members/{anna.member_id}/merge/{again.member_id}")
    assert "Both numbers were credited here" in page.words
    assert "Garden day" in page.words
    assert "Put one of the two right first." in page.words
    assert "Make them one" not in page.words


def test_lists_take_the_same_queries_however_long(web: Web, anna: MemberAdded) -> None:
    web.community.clock.forward(days=400)
    web.sign_in(ADMIN)
    command = joining.Apply(name="Ann One", phone="1", adult=True, came_by="phone")
    web.community.do(joining.apply, command)
    paths = ("/members/dormant", "/applications", "/to-do")
    counts = []
    for _ in range(2):
        seen = []
        for path in paths:
            with queries(web) as made:
                assert web.get(path).status == 200
            seen.append(len(made))
        counts.append(seen)
        for number in range(8):
            web.community.member(f"Person {number} {len(counts)}")
            web.community.do(joining.apply, command)
        web.community.clock.forward(days=400)
        web.sign_in(ADMIN)
    assert counts[0] == counts[1]


def test_treasurers_look_after_nobody(web: Web, anna: MemberAdded) -> None:
    web.new_browser()
    web.sign_in(staff(web, "Tom Low", "treasurer"))
    for path in (
        "/applications", "/members/dormant", f"/members/{anna.member_id}/membership",
        f"/members/{anna.member_id}/merge", f"/people/{anna.person_id}/checks",
        f"/people/{anna.person_id}/conversation",
    ):  # fmt: skip
        assert web.get(path).status == 403, path
