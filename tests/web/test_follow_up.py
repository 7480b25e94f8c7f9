"""What follows a session, on pages and by links."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.conftest import Web
from tests.web.work import ADMIN, staff
from timebank import links
from timebank.models import SingleUseLink
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell", "anna@example.org")


def link(web: Web, purpose: str) -> str:
    """The path of the newest link of a purpose."""
    query = select(SingleUseLink.id).where(SingleUseLink.purpose == purpose)
    ids = web.community.read(lambda unit: list(unit.db.scalars(query)))
    return str(web.community.read(links.address_of, ids[-1])).removeprefix(web.base)


def test_yes_by_one_button_without_signing_in(web: Web, anna: MemberAdded) -> None:
    web.credited(anna.member_id, 120)
    path = link(web, "is_it_right")
    for _ in range(2):
        page = web.get(path)
        assert "For Anna Bell" in page.words
        assert "Hours credited 2 hours" in page.words
    assert web.post(path, {}).status == 422
    assert "Thank you" in web.post(path, {"answer": "yes"}).words
    assert web.get(path).status == 409


def test_no_opens_a_query_with_a_reference(web: Web, anna: MemberAdded) -> None:
    web.credited(anna.member_id, 120)
    path = link(web, "is_it_right")
    long = web.post(path, {"answer": "no", "words": "x" * 2001})
    assert long.status == 422
    assert 'href="#words"' in long.html
    done = web.post(path, {"answer": "no", "words": "Until four."})
    assert "Thank you for telling us Your reference" in done.words
    web.sign_in(anna)
    assert "Time recorded for a session" in web.get("/queries").words


def test_feedback_by_link(web: Web, anna: MemberAdded) -> None:
    session_id = web.community.session("Leaflet group")
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/follow-up"
    page = web.get(path)
    done = web.send(path, {**page.hidden, "ask_feedback": "yes", "do": "plan"})
    assert done.status == 303
    web.community.credit(session_id, [anna.member_id])
    web.new_browser()
    asked = link(web, "feedback")
    assert "How was it?" in web.get(asked).words
    assert web.post(asked, {"words": "Kind"}).status == 422
    assert "Thank you" in web.post(asked, {"answer": "good", "words": "Kind"}).words
    web.sign_in(ADMIN)
    words = web.get(path).words
    assert "1 person has answered so far." in words
    assert "Kind" not in words


def test_thanks_cards_and_a_word_afterwards(web: Web, anna: MemberAdded) -> None:
    ben = web.member("Ben Okafor")
    cora = staff(web, "Cora Day")
    session_id = web.community.session("Leaflet group")
    web.community.credit(session_id, [anna.member_id, ben.member_id])
    web.sign_in(ADMIN)
    path = f"/sessions/{session_id}/follow-up"
    page = web.get(path)
    boxes = {"thank": "yes", "words": "You found the old map.", "wellbeing_by_id": cora.person_id}
    assert web.send(path, {**page.hidden, **boxes, "ask_right": "yes", "do": "plan"}).status == 303
    cards = web.get("/thank-you-cards")
    assert "Ben Okafor For Leaflet group on 2 March 2026. You found the old map." in cards.words
    assert "Anna" not in cards.words
    action = cards.html.split('action="/thank-you-cards/')[1][:32]
    done = web.post(f"/thank-you-cards/{action}", {"do": "sent"}, page="/thank-you-cards")
    assert done.status == 303
    assert "No card waits" in web.get("/thank-you-cards").words
    assert "Nobody waits to be asked." in web.get("/follow-ups").words
    look_in = f"/sessions/{session_id}/look-in"
    attendance_id = web.community.attendance_id(session_id, anna.member_id)
    assert web.post(look_in, {"attendance_id": attendance_id}).status == 422
    sent = {"attendance_id": attendance_id, "for_id": cora.person_id}
    assert web.post(look_in, sent).status == 303
    web.new_browser()
    web.sign_in(cora)
    page = web.get("/follow-ups")
    assert "Everybody who was there" in page.words
    assert "Anna Bell" in page.words
    reminder = page.html.split('action="/follow-ups/')[1][:32]
    assert web.post(f"/follow-ups/{reminder}/done", {}, page="/follow-ups").status == 303
    web.new_browser()
    web.sign_in(anna)
    assert web.get("/follow-ups").status == 403
