"""Issuing statements, finding one, and putting one on paper."""

from __future__ import annotations

from datetime import date

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, queries, staff
from timebank import statements
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, on paper, with 90 minutes of March; now it is April."""
    added = web.member("Anna Bell", address="1 High Street\nTown")
    web.credited(added.member_id, 90)
    web.community.clock.forward(days=31)
    web.sign_in(ADMIN)
    return added


def _issue(web: Web) -> None:
    assert web.post("/statements/issue", {"until_on": "2026-03-31"}).status == 303


def test_issue_what_is_due(web: Web, anna: MemberAdded) -> None:
    page = web.get("/statements/issue")
    assert "March 2026 Statements to issue 2" in page.words
    sent = web.post("/statements/issue", {"until_on": "2026-03-31"})
    assert "2 statements are issued, up to 31 March 2026." in web.get(sent.location).words
    assert "Every statement of the periods that have ended is issued." in web.get(
        "/statements/issue").words  # fmt: skip


def test_no_month_and_a_month_not_ended(web: Web, anna: MemberAdded) -> None:
    page = web.post("/statements/issue", {})
    assert page.status == 422
    assert '<a href="#until_on">' in page.html
    page = web.post("/statements/issue", {"until_on": "2026-04-30"})
    assert page.status == 422
    assert "There is a problem" in page.words
    assert web.post("/statements/issue", {"until_on": "2026-13-01"}).status == 422
    assert web.community.read(statements.of_member, anna.member_id) == []


def test_on_paper_and_off_the_list(web: Web, anna: MemberAdded) -> None:
    _issue(web)
    found = web.community.read(statements.of_member, anna.member_id)[0]
    assert "Anna Bell" in web.get("/to-do").words
    path = f"/statements/{found.id}/paper"
    page = web.get(path)
    assert "1 High Street<br>Town" in page.html
    assert "On 31 March 2026 you had 1 hour 30 minutes." in page.words
    assert found.reference in page.words
    assert web.post(path).location == "/to-do"
    assert found.reference not in web.get("/to-do").words
    assert "take it off the list" not in web.get(path).words


def test_all_that_wait_on_one_page(web: Web, anna: MemberAdded) -> None:
    bert = web.community.member("Bert Cole")
    web.community.clock.forward(days=30)
    web.sign_in(ADMIN)  # a sign-in lasts a fortnight
    assert web.post("/statements/issue", {"until_on": "2026-04-30"}).status == 303
    page = web.get("/statements/paper")
    assert page.words.count("Anna Bell") == 2
    assert page.words.count("Bert Cole") == 1
    # One more is issued while the page is open: it is not taken off the list.
    hidden = {**page.hidden, "statement": [
        each.id for each in web.community.read(statements.to_print)]}  # fmt: skip
    web.community.clock.forward(days=31)
    web.community.do(statements.issue, date(2026, 5, 31))
    web.sign_in(ADMIN)
    hidden |= web.get("/tokens").hidden
    assert web.send("/statements/paper", hidden).status == 303
    left = web.community.read(statements.to_print)
    assert {(each.member_id, each.until_on.month) for each in left} == {
        (anna.member_id, 5), (bert.member_id, 5),
    }  # fmt: skip


def test_find_one_by_its_reference(web: Web, anna: MemberAdded) -> None:
    _issue(web)
    found = web.community.read(statements.of_member, anna.member_id)[0]
    read_out = found.reference.lower().replace("-", " ")
    page = web.get(f"/statements/issued?q={read_out}")
    assert "Anna Bell" in page.words
    assert "Ada Marsh" not in page.words
    assert "No statement was found." in web.get("/statements/issued?q=0000").words


def test_the_same_queries_for_many_statements(web: Web, anna: MemberAdded) -> None:
    _issue(web)
    with queries(web) as few:
        web.get("/statements/issued")
    for number in range(8):
        web.community.member(f"Person {number}")
    web.community.clock.forward(days=30)
    web.sign_in(ADMIN)  # a sign-in lasts a fortnight
    web.post("/statements/issue", {"until_on": "2026-04-30"})
    with queries(web) as many:
        assert "Person 7" in web.get("/statements/issued").words
    assert len(many) == len(few)


def test_a_treasurer_reads_and_does_not_issue(web: Web, anna: MemberAdded) -> None:
    theo = staff(web, "Theo Ward", "treasurer")
    web.new_browser()
    web.sign_in(theo)
    assert web.get("/statements/issued").status == 200
    assert web.get("/statements/issue").status == 403


def test_members_see_only_their_own(web: Web, anna: MemberAdded) -> None:
    _issue(web)
    found = web.community.read(statements.of_member, anna.member_id)[0]
    bert = web.member("Bert Cole")
    web.new_browser()
    web.sign_in(bert)
    for path in ("/statements/issued", "/statements/paper", f"/statements/{found.id}/paper"):
        assert web.get(path).status == 403, path
