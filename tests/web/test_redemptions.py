"""What a member asked for: where it stands, changing one's mind, and nobody else's business."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.conftest import Web
from timebank import redemptions
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, signed in, with 2 hours."""
    added = web.member("Anna Bell")
    web.credited(added.member_id, 120)
    web.sign_in(added)
    return added


def _move(web: Web, function: Callable[..., object], redemption_id: str, revision: int) -> None:
    kind = {
        redemptions.approve_redemption: redemptions.ApproveRedemption,
        redemptions.fulfil_redemption: redemptions.FulfilRedemption,
    }[function]
    web.community.do(function, kind(redemption_id=redemption_id, revision=revision))


def test_changing_ones_mind_gives_every_minute_back(web: Web, anna: MemberAdded) -> None:
    redemption_id = web.ask(web.reward(minutes=90), anna)
    where = f"/redemptions/{redemption_id}"
    assert f'href="{where}/cancel"' in web.get(where).html
    assert "You get 1 hour 30 minutes back" in web.get(f"{where}/cancel").words
    assert web.community.balance(anna.member_id) == 30
    done = web.post(f"{where}/cancel")
    assert (done.status, done.location) == (303, where)
    page = web.get(where)
    assert page.words.startswith("Done Cancelled. The hours can be used again.")
    assert "You have 1 hour 30 minutes back in your account." in page.words
    assert web.community.balance(anna.member_id) == 120
    assert "This cannot be cancelled any more." in web.get(f"{where}/cancel").words


def test_cancelling_twice_gives_back_once(web: Web, anna: MemberAdded) -> None:
    redemption_id = web.ask(web.reward(minutes=90), anna)
    form = web.get(f"/redemptions/{redemption_id}/cancel").hidden
    answers = [web.send(f"/redemptions/{redemption_id}/cancel", form).status for _ in range(2)]
    assert answers == [303, 303]
    stale = web.send(f"/redemptions/{redemption_id}/cancel", {**form, "key": "0123456789"})
    assert stale.status == 409
    assert web.community.balance(anna.member_id) == 120


def test_what_was_handed_over_cannot_be_cancelled(web: Web, anna: MemberAdded) -> None:
    redemption_id = web.ask(web.reward(minutes=90), anna)
    form = web.get(f"/redemptions/{redemption_id}/cancel").hidden
    _move(web, redemptions.approve_redemption, redemption_id, 1)
    assert "Agreed: Pottery class" in web.get(f"/redemptions/{redemption_id}").words
    _move(web, redemptions.fulfil_redemption, redemption_id, 2)
    page = web.get(f"/redemptions/{redemption_id}")
    assert "You used 1 hour 30 minutes for this." in page.words
    assert "cancel" not in page.words.lower()
    assert web.send(f"/redemptions/{redemption_id}/cancel", form).status == 409
    assert web.community.balance(anna.member_id) == 30


def test_a_no_says_why_and_that_the_hours_are_back(web: Web, anna: MemberAdded) -> None:
    redemption_id = web.ask(web.reward(minutes=90), anna)
    command = redemptions.DeclineRedemption(
        redemption_id=redemption_id, revision=1, reason="not_available", words="Back <in> June."
    )
    web.community.do(redemptions.decline_redemption, command)
    page = web.get(f"/redemptions/{redemption_id}")
    assert "It is not available. You have 1 hour 30 minutes back in your account." in page.words
    assert "Back &lt;in&gt; June." in page.html


def test_the_list_shows_mine_with_where_each_stands(web: Web, anna: MemberAdded) -> None:
    assert "You have not asked for anything yet." in web.get("/redemptions").words
    web.ask(web.reward("Pottery class", 30), anna)
    ben = web.member("Ben Okafor")
    web.credited(ben.member_id, 60)
    web.ask(web.reward("Singing", 30), ben)
    words = web.get("/redemptions").words
    assert "Pottery class Asked on 2 March 2026 Hours 30 minutes" in words
    assert "Waiting for an answer" in words
    assert "Singing" not in words


@pytest.mark.parametrize("below", ["", "/cancel"])
def test_other_peoples_are_not_found(web: Web, anna: MemberAdded, below: str) -> None:
    ben = web.member("Ben Okafor")
    web.credited(ben.member_id, 120)
    theirs = web.ask(web.reward(), ben)
    mine = web.ask(web.reward(), anna)
    form = web.get(f"/redemptions/{mine}/cancel").hidden
    assert web.get(f"/redemptions/{theirs}{below}").status == 404
    assert web.send(f"/redemptions/{theirs}/cancel", form).status == 404
    assert web.get(f"/redemptions/{'0' * 32}{below}").status == 404
    assert web.community.balance(ben.member_id) == 0


def test_a_coordinator_sees_whose_it_is(web: Web, anna: MemberAdded) -> None:
    redemption_id = web.ask(web.reward(), anna)
    web.new_browser()
    web.sign_in("ada@example.org")
    page = web.get(f"/redemptions/{redemption_id}")
    assert "For Anna Bell" in page.words
    assert "Your reference" not in page.words
