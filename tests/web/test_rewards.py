"""Using hours: look, check, confirm; and everything that can stand in the way."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from timebank import people, rewards
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, signed in, with 7 hours 30 minutes."""
    added = web.member("Anna Bell", "anna@example.org")
    web.credited(added.member_id, 450)
    web.sign_in(added)
    return added


def test_from_the_catalogue_to_a_confirmation_that_can_be_bookmarked(
    web: Web, anna: MemberAdded
) -> None:
    reward_id = web.reward("Pottery class", 120, places=6)
    assert "Pottery class 2 hours A class in the community, The Old Mill. 6 places left." in (
        web.get("/rewards").words
    )
    assert "It has no money value" in web.get(f"/rewards/{reward_id}").words
    check = web.get(f"/rewards/{reward_id}/redeem")
    assert check.title.startswith("Check before you use your hours")
    assert "You can use 7 hours 30 minutes. After this, you could use 5 hours 30 minutes." in (
        check.words
    )
    assert "Use 2 hours for this class" in check.words
    assert web.community.balance(anna.member_id) == 450  # looking changes nothing
    done = web.post(f"/rewards/{reward_id}/redeem")
    assert done.status == 303
    redemption = web.redemption_of(anna.member_id)
    assert done.location == f"/redemptions/{redemption.id}"
    for _ in range(2):
        page = web.get(done.location)
        assert page.words.startswith(
            f"You asked for Pottery class Your reference {redemption.reference}"
        )
        assert "We have set 2 hours aside for this." in page.words
        assert "You can use 5 hours 30 minutes now." in page.words
        assert "Ask Ada Marsh: 020 7946 0000" in page.words
    assert web.community.balance(anna.member_id) == 330


def test_the_same_form_sent_twice_asks_once(web: Web, anna: MemberAdded) -> None:
    reward_id = web.reward(minutes=120)
    form = web.get(f"/rewards/{reward_id}/redeem").hidden
    first, second = (web.send(f"/rewards/{reward_id}/redeem", form) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert web.community.balance(anna.member_id) == 330


def test_too_few_hours_says_what_can_be_used_and_offers_no_button(
    web: Web, anna: MemberAdded
) -> None:
    reward_id = web.reward(minutes=600)
    words = "You need 10 hours for this. You can use 7 hours 30 minutes."
    assert words in web.get(f"/rewards/{reward_id}").words
    check = web.get(f"/rewards/{reward_id}/redeem")
    assert words in check.words
    assert "<button" not in check.html[check.html.index("<main") : check.html.index("</main")]


def test_hours_that_went_in_the_meantime(web: Web, anna: MemberAdded) -> None:
    first, second = web.reward("Pottery", 300), web.reward("Singing", 300)
    form = web.get(f"/rewards/{second}/redeem").hidden
    web.post(f"/rewards/{first}/redeem")
    page = web.send(f"/rewards/{second}/redeem", form)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "2 hours 30 minutes" in page.words[: page.words.index("Check before")]
    assert web.community.balance(anna.member_id) == 150


def test_the_last_place_went_in_the_meantime(web: Web, anna: MemberAdded) -> None:
    reward_id = web.reward(minutes=60, places=1)
    form = web.get(f"/rewards/{reward_id}/redeem").hidden
    ben = web.member("Ben Okafor")
    web.credited(ben.member_id, 60)
    web.ask(reward_id, ben)
    page = web.send(f"/rewards/{reward_id}/redeem", form)
    assert page.status == 409
    assert "There is a problem" in page.words
    assert "Waiting holds no hours: you can go on using them." in page.words
    waits = web.send(f"/rewards/{reward_id}/wait", page.hidden)
    assert waits.status == 303
    assert "You are next." in web.get(waits.location).words
    assert web.community.balance(anna.member_id) == 450
    assert "All places are taken." in web.get("/rewards").words
    assert "Join the waiting list" not in web.get(f"/rewards/{reward_id}/redeem").words


def test_a_reward_that_changed_is_shown_anew_before_anything_happens(
    web: Web, anna: MemberAdded
) -> None:
    reward_id = web.reward("Pottery class", 120)
    form = web.get(f"/rewards/{reward_id}/redeem").hidden
    change = rewards.ChangeReward(
        reward_id=reward_id, revision=1, kind="class", title="Pottery class", price_minutes=180
    )
    web.community.do(rewards.change_reward, change)
    page = web.send(f"/rewards/{reward_id}/redeem", form)
    assert page.status == 409
    assert "Use 3 hours for this class" in page.words
    assert web.community.balance(anna.member_id) == 450
    again = web.send(f"/rewards/{reward_id}/redeem", {**page.hidden})
    assert again.status == 303
    assert web.community.balance(anna.member_id) == 270


def test_money_value_and_information_stand_on_reward_check_and_confirmation(
    web: Web, anna: MemberAdded
) -> None:
    web.money_rewards_on()
    reward_id = web.reward("High street voucher", 60, kind="voucher", money_pence=2050)
    paths = [f"/rewards/{reward_id}", f"/rewards/{reward_id}/redeem"]
    paths.append(web.post(paths[1]).location)
    for path in paths:
        words = web.get(path).words
        assert "Money value £20.50" in words, path
        assert "may count as income for some benefits. We cannot tell you" in words, path
        assert "Riverside Law Centre last checked this text on 2 March 2026." in words, path
        assert "This is information, not advice. Version 2." in words, path


def test_the_information_is_not_shown_where_there_is_no_money_value(
    web: Web, anna: MemberAdded
) -> None:
    web.money_rewards_on()
    assert "benefits" not in web.get(f"/rewards/{web.reward()}").words


def test_somebody_who_wants_no_money_value_is_shown_none(web: Web, anna: MemberAdded) -> None:
    web.money_rewards_on()
    reward_id = web.reward("High street voucher", 60, kind="voucher", money_pence=2000)
    form = web.get(f"/rewards/{reward_id}/redeem").hidden
    assert "High street voucher" in web.get("/rewards").words
    choice = people.ChangeChoices(
        revision=1, choice="accept", no_money_rewards=True, statement_by="link"
    )
    actor = web.community.actor_of(anna.person_id)
    web.community.do(people.change_choices, choice, actor=actor)
    assert "High street voucher" not in web.get("/rewards").words
    assert web.get(f"/rewards/{reward_id}").status == 404
    refused = web.send(f"/rewards/{reward_id}/redeem", form)
    assert refused.status == 422
    assert "money value" in refused.words
    assert web.community.balance(anna.member_id) == 450


def test_a_form_that_was_tampered_with_is_refused(web: Web, anna: MemberAdded) -> None:
    reward_id = web.reward(minutes=60)
    form = web.get(f"/rewards/{reward_id}/redeem").hidden
    ben = web.member("Ben Okafor")
    web.credited(ben.member_id, 450)
    # Fields that the page decides are not taken from the form.
    web.send(f"/rewards/{reward_id}/redeem", {**form, "member_id": ben.member_id, "how": "phone"})
    assert web.community.balance(ben.member_id) == 450
    assert web.redemption_of(anna.member_id).how == "online"
    page = web.send(f"/rewards/{reward_id}/redeem", {**form, "key": "x", "reward_revision": "one"})
    assert page.status == 422
    assert web.community.balance(anna.member_id) == 390


def test_unknown_rewards_are_not_found(web: Web, anna: MemberAdded) -> None:
    assert web.get(f"/rewards/{'0' * 32}").status == 404
    assert web.get(f"/rewards/{'0' * 32}/redeem").status == 404


def test_the_catalogue_costs_the_same_number_of_queries_whatever_is_offered(
    web: Web, anna: MemberAdded
) -> None:
    from sqlalchemy import event

    web.reward("Pottery")
    counted: list[str] = []
    engine = web.app.extensions["timebank"].engine
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    web.get("/rewards")
    few = len(counted)
    for number in range(10):
        web.reward(f"Class {number}", places=5)
    counted.clear()
    web.get("/rewards")
    assert len(counted) == few
