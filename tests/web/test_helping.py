"""Helping somebody use their hours by phone or in person."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, staff
from timebank import people
from timebank.people import MemberAdded

YES = {"how": "phone", "confirmed": "yes"}


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell")
    web.credited(added.member_id, 300)
    web.sign_in(ADMIN)
    return added


def test_read_back_and_ask(web: Web, anna: MemberAdded) -> None:
    reward_id = web.reward()
    page = web.get(f"/members/{anna.member_id}/redeem")
    assert "Anna Bell can use 5 hours." in page.words
    assert "Pottery class" in page.words
    path = f"/members/{anna.member_id}/redeem/{reward_id}"
    words = web.get(path).words
    assert "It uses 2 hours of your time. It is provided by The Old Mill. It has no money" in words
    assert "Afterwards you can use 3 hours." in words
    made = web.post(path, YES)
    assert made.status == 303
    found = web.redemption_of(anna.member_id)
    assert (found.how, found.requested_by) == ("phone", web.community.admin.person_id)
    done = web.get(made.location).words
    assert found.reference in done
    assert "Anna Bell can use 3 hours besides." in done
    assert "By phone on 2 March 2026, recorded by Ada Marsh" in done


def test_whoever_cannot_be_reached_is_pointed_out(web: Web) -> None:
    """Without e-mail nothing is sent before somebody asked how; by post the letters are at hand."""
    bert = web.member("Bert Cole", statement_by="paper")
    web.credited(bert.member_id, 300)
    web.sign_in(ADMIN)
    where = web.post(f"/members/{bert.member_id}/redeem/{web.reward()}", YES).location
    assert "nothing is sent to Bert Cole at the moment" in web.get(where).words
    change = people.ChangeMember(
        member_id=bert.member_id, revision=1, name="Bert Cole", email=None, phone=None,
        address="14 Mill Lane", needs=None, statement_by="paper",
    )  # fmt: skip
    web.community.do(people.change_member, change)
    boxes = {"revision": "0", "channel": "post", "form": "standard"}
    assert web.post(f"/members/{bert.member_id}/contact", boxes).status == 303
    page = web.get(where)
    assert "nothing is sent" not in page.words
    assert 'href="/letters"' in page.html


def test_how_and_the_yes_are_asked_for(web: Web, anna: MemberAdded) -> None:
    path = f"/members/{anna.member_id}/redeem/{web.reward()}"
    assert "checked" not in web.get(path).html  # nothing is chosen for them
    page = web.post(path, {"how": "in_person"})
    assert page.status == 422
    assert '<a href="#confirmed">' in page.html
    assert 'value="in_person" checked' in page.html
    page = web.post(path, {"how": "online", "confirmed": "yes"})
    assert page.status == 422
    assert '<a href="#how">' in page.html
    assert web.community.balance(anna.member_id) == 300


def test_too_few_hours(web: Web, anna: MemberAdded) -> None:
    reward_id = web.reward(minutes=301)
    assert "Not enough hours" in web.get(f"/members/{anna.member_id}/redeem").words
    page = web.get(f"/members/{anna.member_id}/redeem/{reward_id}")
    assert "needs 5 hours 1 minute for this and can use 5 hours" in page.words
    forged = {**web.get("/tokens").hidden, **YES, "reward_revision": "1", "key": "k" * 32,
              "information_version": "1"}  # fmt: skip
    assert web.send(f"/members/{anna.member_id}/redeem/{reward_id}", forged).status == 422


def test_a_money_value_is_read_out_and_decided_by_somebody_else(
    web: Web, anna: MemberAdded
) -> None:
    web.money_rewards_on()
    path = f"/members/{anna.member_id}/redeem/{web.reward(kind='voucher', money_pence=2000)}"
    words = web.get(path).words
    assert "It has a money value of £20." in words
    assert "may count as income for some benefits" in words
    assert "Riverside Law Centre" in words
    made = web.post(path, YES)
    assert "somebody else agrees to it" in web.get(made.location).words
    decide = web.get(f"/redemptions/{web.redemption_of(anna.member_id).id}/decide")
    assert "You asked for this" in decide.words
    assert 'value="approve"' not in decide.html


def test_who_wants_no_money_value_is_offered_none(web: Web) -> None:
    web.money_rewards_on()
    added = web.member("Bert Cole", no_money_rewards=True)
    web.reward("Shop voucher", kind="voucher", money_pence=2000)
    web.sign_in(ADMIN)
    page = web.get(f"/members/{added.member_id}/redeem")
    assert "Shop voucher" not in page.words
    assert "Bert Cole wants none" in page.words


def test_ones_own_hours_are_used_on_ones_own_pages(web: Web, anna: MemberAdded) -> None:
    own = web.community.admin.member_id
    assert web.get(f"/members/{own}/redeem").location == "/rewards"


def test_another_members_redemption_is_not_shown_under_this_one(
    web: Web, anna: MemberAdded
) -> None:
    redemption_id = web.ask(web.reward(), anna)
    own = web.community.admin.member_id
    assert web.get(f"/members/{own}/asked/{redemption_id}").status == 404


def test_a_treasurer_asks_for_nobody(web: Web, anna: MemberAdded) -> None:
    theo = staff(web, "Theo Ward", "treasurer")
    web.new_browser()
    web.sign_in(theo)
    assert web.get(f"/members/{anna.member_id}/redeem").status == 403
