"""Single-use links: opened without harm, used once, never in a log."""

from __future__ import annotations

import logging

import pytest

from tests.web.conftest import Web
from timebank import approvals, community, links, people
from timebank.people import MemberAdded

NEW_PASSWORD = "four brown hens here"


def _path(web: Web, link_id: str | None) -> str:
    assert link_id
    address = web.community.read(links.address_of, link_id)
    return str(address).removeprefix(web.base)


def _approver(web: Web) -> people.PersonAdded:
    """Sam, the second approver, who holds no role."""
    sam = web.community.do(
        people.add_person, people.AddPerson(name="Sam Trustee", email="sam@example.org")
    )
    command = community.ChangeCommunity(
        revision=1, name="Riverside Time Bank", brand_colour="#6b3a6e", contact_name="Ada Marsh",
        contact_email="", contact_phone="020 7946 0000", second_approver_id=sam.person_id,
    )  # fmt: skip
    web.community.do(community.change_community, command)
    return sam


def _asked(web: Web, ben: MemberAdded, redemption_id: str) -> str:
    command = approvals.AskSecondApprover(redemption_id=redemption_id)
    return _path(web, web.community.do(approvals.ask_second_approver, command).link_id)


@pytest.fixture
def ben(web: Web) -> MemberAdded:
    """Ben, who has 2 hours and no password."""
    added = web.community.member("Ben Okafor")
    web.credited(added.member_id, 120)
    return added


def test_choosing_a_password_with_an_invitation(web: Web, ben: MemberAdded) -> None:
    path = _path(web, ben.link_id)
    for _ in range(3):  # looking, by whomever, spends nothing
        assert "Choose a password" in web.get(path).words
    done = web.post(path, {"password": NEW_PASSWORD})
    assert (done.status, done.location) == (303, "/sign-in")
    assert "Your password is saved." in web.get("/sign-in").words
    assert web.sign_in(ben, NEW_PASSWORD).status == 303
    used = web.get(path)
    assert used.status == 409
    assert "This link was already used. It works once." in used.words


def test_a_short_password_is_refused_and_the_link_still_works(web: Web, ben: MemberAdded) -> None:
    path = _path(web, ben.link_id)
    for password in ("", "short"):
        page = web.post(path, {"password": password})
        assert page.status == 422
        assert 'href="#password"' in page.html
    assert web.post(path, {"password": NEW_PASSWORD}).status == 303


def test_links_that_do_not_work_say_so_without_saying_whose_they_are(
    web: Web, ben: MemberAdded
) -> None:
    path = _path(web, ben.link_id)
    wrong = path[:-1] + ("a" if path[-1] != "a" else "b")
    for made_up in (wrong, "/link/abc", "/link/%C3%A9-x", f"/link/{'0' * 32}-aaaa"):
        page = web.get(made_up)
        assert page.status == 404
        assert "This link does not work." in page.words
        assert "Ben" not in page.html
    web.community.clock.forward(days=15)
    late = web.get(path)
    assert late.status == 409
    assert "too old" in late.words


def test_a_link_is_never_logged_and_tells_no_other_page(
    web: Web, ben: MemberAdded, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _path(web, ben.link_id)
    page = web.get(path)
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert page.response.headers["Cache-Control"] == "no-store"

    def broken(*_: object, **__: object) -> None:
        raise OSError

    web.app.testing = False
    monkeypatch.setattr("timebank.doors.choose_password", broken)
    with caplog.at_level(logging.DEBUG):
        assert web.post(path, {"password": NEW_PASSWORD}).status == 500
    code = path.removeprefix("/link/")
    assert "/link/<code>" in caplog.text
    assert code not in caplog.text
    assert code.partition("-")[2] not in caplog.text


def test_the_second_approver_agrees_and_hands_over_without_signing_in(
    web: Web, ben: MemberAdded
) -> None:
    _approver(web)
    redemption_id = web.ask(web.reward("Pottery class", 90), ben)
    path = _asked(web, ben, redemption_id)
    page = web.get(path)
    assert "For Ben Okafor Reward Pottery class" in page.words
    assert web.redemption_of(ben.member_id).status == "requested"
    done = web.post(path, {"decision": "approve"})
    assert done.status == 200
    assert "You agreed" in done.words
    assert web.redemption_of(ben.member_id).status == "approved"
    assert web.get(path).status == 409
    path = _asked(web, ben, redemption_id)
    assert "Was this handed over?" in web.get(path).words
    assert web.post(path, {"decision": "approve"}).status == 422
    assert "Recorded as handed over" in web.post(path, {"decision": "hand_over"}).words
    assert web.redemption_of(ben.member_id).status == "fulfilled"


def test_the_second_approver_says_no_and_the_hours_go_back(web: Web, ben: MemberAdded) -> None:
    _approver(web)
    path = _asked(web, ben, web.ask(web.reward(minutes=90), ben))
    form = web.get(path).hidden
    assert web.send(path, form).status == 422  # neither button
    page = web.send(path, {**form, "decision": "decline"})
    assert "You did not agree" in page.words
    assert web.community.balance(ben.member_id) == 120
    assert web.send(path, {**form, "decision": "approve"}).status == 409
    assert web.community.balance(ben.member_id) == 120


def test_a_request_that_was_cancelled_leaves_nothing_to_decide(web: Web, ben: MemberAdded) -> None:
    from timebank import redemptions

    _approver(web)
    redemption_id = web.ask(web.reward(minutes=90), ben)
    path = _asked(web, ben, redemption_id)
    command = redemptions.CancelRedemption(redemption_id=redemption_id, revision=1)
    web.community.do(redemptions.cancel_redemption, command)
    page = web.get(path)
    assert page.status == 409
    assert "This link cannot be used" in page.words
