"""Queries on pages: from a line of one's account to the last word."""

from __future__ import annotations

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, staff
from timebank import queries, statements
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, with 2 hours credited by the administrator; she is signed in."""
    found = web.member("Anna Bell", "anna@example.org")
    web.credited(found.member_id, 120)
    web.sign_in(found)
    return found


def opened(web: Web, anna: MemberAdded) -> str:
    """A query of Anna's about her first line; its page."""
    done = web.post("/queries/new?posting=1", {"words": "I stayed until four."})
    assert done.status == 303
    return done.location


def step(web: Web, path: str, do: str, **boxes: str) -> Page:
    return web.post(path, {"do": do, **boxes})


def test_a_line_opens_and_leads_to_a_query(web: Web, anna: MemberAdded) -> None:
    history = web.get("/history")
    assert 'href="/postings/1"' in history.html
    line = web.get("/postings/1")
    assert "Session Time 2 hours" in line.words
    assert "by Ada Marsh" in line.words
    assert 'href="/queries/new?posting=1"' in line.html
    page = web.get("/queries/new?posting=1")
    assert "A line in the account" in page.words
    refused = web.post("/queries/new?posting=1", {"words": " "})
    assert refused.status == 422
    assert '<a href="#words">Say it in a few words.</a>' in refused.html
    path = opened(web, anna)
    words = web.get(path).words
    assert "Waiting for an answer You hear from us by 9 March 2026." in words
    assert "I stayed until four." in words
    assert f'href="{path}"' in web.get("/postings/1").html
    assert "Waiting for an answer" in web.get("/queries").words
    again = web.post("/queries/new?posting=1", {"words": "Again"})
    assert again.status == 409
    assert "You have told us about this already." in again.words


def test_from_answer_to_appeal_and_the_last_word(web: Web, anna: MemberAdded) -> None:
    cora, dan = staff(web, "Cora Day"), staff(web, "Dan Kerr", "treasurer")
    path = opened(web, anna)
    web.new_browser()
    web.sign_in(ADMIN)
    page = web.get(path)
    assert "somebody else decides it. You can explain" in page.words
    assert 'value="resolve"' not in page.html
    assert step(web, path, "resolve", words="x", outcome="explained").status == 403
    assert step(web, path, "answer", words="I read the sheet.").status == 303
    web.new_browser()
    web.sign_in(cora)
    assert "To do" in web.get("/to-do").title
    missing = step(web, path, "resolve", words="It says three.")
    assert missing.status == 422
    assert "Choose what was decided." in missing.words
    assert "It says three." in missing.html
    done = step(web, path, "resolve", words="It says three.", outcome="as_recorded")
    assert done.status == 303
    web.new_browser()
    web.sign_in(anna)
    assert "It stays as it was recorded" in web.get(path).words
    assert step(web, path, "appeal", words="Please look again.").status == 303
    web.new_browser()
    web.sign_in(cora)
    assert 'value="resolve"' not in web.get(path).html
    web.new_browser()
    web.sign_in(dan)
    assert "Look again at query" in web.get("/to-do").words
    assert step(web, path, "resolve", words="It was four.", outcome="put_right").status == 303
    assert "Closed" in web.get(path).words


def test_a_stale_page_and_a_double_click(web: Web, anna: MemberAdded) -> None:
    path = opened(web, anna)
    page = web.get(path)
    sent = {**page.hidden, "do": "reply", "words": "One more thing."}
    assert web.send(path, sent).status == 303
    assert web.send(path, sent).status == 303
    late = web.send(path, {**sent, "key": "l" * 32})
    assert late.status == 409
    found = web.community.read(queries.query, path.rpartition("/")[2])
    assert [each.kind for each in found.messages] == ["opened", "reply"]


def test_for_somebody_on_the_phone(web: Web, anna: MemberAdded) -> None:
    cora = staff(web, "Cora Day")
    web.new_browser()
    web.sign_in(cora)
    path = f"/members/{anna.member_id}/queries/new?posting=1"
    assert "What does Anna Bell say is not right?" in web.get(path).words
    assert web.post(path, {"words": "By phone."}).status == 422
    done = web.post(path, {"words": "By phone.", "how": "phone"})
    assert done.status == 303
    assert "from Anna Bell" in web.get(done.location).words


def test_a_complaint_about_somebody_stays_hidden_from_them(web: Web, anna: MemberAdded) -> None:
    cora = staff(web, "Cora Day")
    page = web.get("/queries/new")
    assert "Cora Day" in page.html
    done = web.post("/queries/new", {"subject": "person", "subject_id": cora.person_id,
                                     "words": "She was short with me."})  # fmt: skip
    assert done.status == 303
    web.new_browser()
    web.sign_in(cora)
    assert web.get(done.location).status == 404
    assert "Anna Bell" not in web.get("/queries/all").words
    web.new_browser()
    web.sign_in(ADMIN)
    assert web.get(done.location).status == 200


def test_nobody_reads_what_is_somebody_elses(web: Web, anna: MemberAdded) -> None:
    path = opened(web, anna)
    ben = web.member("Ben Okafor")
    web.new_browser()
    web.sign_in(ben)
    assert web.get(path).status == 404
    assert web.get("/postings/1").status == 404
    assert web.get(f"/members/{anna.member_id}/postings/1").status == 403
    assert web.get("/queries/all").status == 403
    assert web.get("/queries/new?posting=1").status == 200
    assert web.post("/queries/new?posting=1", {"words": "Mine?"}).status == 404
    assert web.get("/queries/new?posting=x").status == 404


def test_small_matters_without_names(web: Web) -> None:
    web.sign_in(ADMIN)
    assert web.post("/minor-issues", {"kind": "place"}).status == 422
    done = web.post("/minor-issues", {"kind": "place", "words": "The hall was locked."})
    assert done.status == 303
    assert "The place Times 1" in web.get("/minor-issues").words
    assert "The hall was locked." in web.get("/minor-issues").words


def test_from_a_request_and_from_a_statement(web: Web, anna: MemberAdded) -> None:
    redemption_id = web.ask(web.reward(minutes=60), anna)
    page = web.get(f"/redemptions/{redemption_id}")
    assert f'href="/queries/new?redemption={redemption_id}"' in page.html
    done = web.post(f"/queries/new?redemption={redemption_id}", {"words": "Another day, please."})
    assert done.status == 303
    assert f'href="/redemptions/{redemption_id}"' in web.get(done.location).html
    web.community.clock.forward(days=40)
    with web.community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    statement_id = web.community.read(statements.of_member, anna.member_id)[0].id
    web.sign_in(anna)
    page = web.get(f"/statements/{statement_id}")
    assert f'href="/queries/new?statement={statement_id}"' in page.html
    done = web.post(f"/queries/new?statement={statement_id}", {"words": "An hour is missing."})
    assert f'href="/statements/{statement_id}"' in web.get(done.location).html
