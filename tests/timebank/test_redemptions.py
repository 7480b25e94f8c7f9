"""Rewards and redemptions: the hours they hold, who may do what, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from timebank import accounts, people, redemptions, rewards, statements
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken, TimebankError
from timebank.models import OutboxMessage, TrailEvent
from timebank.redemptions import (
    ApproveRedemption,
    CancelRedemption,
    DeclineRedemption,
    FulfilRedemption,
    RequestRedemption,
    UndoFulfilment,
)
from timebank.rewards import AddReward, ChangeReward
from timebank.roles import Actor


def add_reward(community: Community, **more: Any) -> str:
    details = {"kind": "class", "title": "Pottery class", "price_minutes": 90, **more}
    return str(community.do(rewards.add_reward, AddReward(**details)).reward_id)


def switch_money_on(community: Community) -> None:
    community.do(
        agree_policy,
        AgreePolicy(
            follows_version=community.read(policy).version,
            rounding="none",
            money_rewards=True,
            advice_contact="Riverside Advice, 020 7946 0001",
            information_reviewed_by="Riverside Advice",
            information_reviewed_on=date(2026, 3, 1),
        ),
    )


def request(community: Community, reward_id: str, member_id: str, actor: Actor, **more: Any) -> Any:
    with community.database.reading(community.actor) as unit:
        revision = rewards.reward(unit, reward_id).revision
        version = policy(unit).version
    command = RequestRedemption(
        reward_id=reward_id,
        reward_revision=revision,
        member_id=member_id,
        information_version=version,
        **more,
    )
    return community.do(redemptions.request_redemption, command, actor=actor)


def step(community: Community, kind: Any, redemption_id: str, actor: Actor, **more: Any) -> Any:
    found = community.read(redemptions.redemption, redemption_id)
    functions = {
        ApproveRedemption: redemptions.approve_redemption,
        DeclineRedemption: redemptions.decline_redemption,
        CancelRedemption: redemptions.cancel_redemption,
        FulfilRedemption: redemptions.fulfil_redemption,
        UndoFulfilment: redemptions.undo_fulfilment,
    }
    command = kind(redemption_id=redemption_id, **{"revision": found.revision, **more})
    return community.do(functions[kind], command, actor=actor)


def refused(error: type[TimebankError], code: str, function: Any, *args: Any, **kw: Any) -> Any:
    with pytest.raises(error) as caught:
        function(*args, **kw)
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def anna(community: Community) -> Actor:
    """A member with three hours."""
    actor = community.member_actor("Anna Bell", "anna@example.org")
    assert actor.member_id is not None
    community.credit(community.session(), [actor.member_id], minutes=180)
    return actor


def held(community: Community) -> int:
    return community.account_balance(accounts.HELD)


def test_from_request_to_fulfilment(community, anna):
    reward_id = add_reward(community)
    asked = request(community, reward_id, anna.member_id, anna)
    assert (asked.price_minutes, asked.balance_minutes) == (90, 90)
    assert held(community) == 90
    balance = community.read(statements.balance, anna.member_id, by=anna)
    assert (balance.available_minutes, balance.held_minutes) == (90, 90)

    approved = step(community, ApproveRedemption, asked.redemption_id, community.actor)
    assert (approved.status, approved.revision) == ("approved", 2)
    done = step(community, FulfilRedemption, asked.redemption_id, community.actor)
    assert (done.status, done.balance_minutes) == ("fulfilled", 90)
    assert held(community) == 0
    assert community.account_balance("hours:redeemed:class") == 90
    assert community.read(statements.balance, anna.member_id, by=anna).held_minutes == 0


def test_each_step_is_in_the_trail_and_told_to_the_member(community, anna):
    asked = request(community, add_reward(community), anna.member_id, anna)
    step(community, ApproveRedemption, asked.redemption_id, community.actor)
    step(community, FulfilRedemption, asked.redemption_id, community.actor)
    with community.database.reading(community.actor) as unit:
        about = TrailEvent.subject_id == asked.redemption_id
        events = unit.db.scalars(select(TrailEvent).where(about).order_by(TrailEvent.id)).all()
        mails = unit.db.scalars(
            select(OutboxMessage.kind).where(OutboxMessage.subject_id == asked.redemption_id)
        ).all()
    assert [(event.action, event.actor) for event in events] == [
        ("redemption.requested", anna.id),
        ("redemption.approved", community.actor.id),
        ("redemption.fulfilled", community.actor.id),
    ]
    assert sorted(mails) == [
        "redemption_approved", "redemption_fulfilled", "redemption_requested",
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["requested", "approved"])
def test_cancelling_gives_the_hours_back(community, anna, status):
    asked = request(community, add_reward(community), anna.member_id, anna)
    if status == "approved":
        step(community, ApproveRedemption, asked.redemption_id, community.actor)
    moved = step(community, CancelRedemption, asked.redemption_id, anna)
    assert (moved.status, moved.balance_minutes, held(community)) == ("cancelled", 180, 0)
    refused(
        Conflict, "redemption_changed", step, community, CancelRedemption, asked.redemption_id, anna
    )


def test_declining_gives_the_hours_back_and_keeps_why(community, anna):
    asked = request(community, add_reward(community), anna.member_id, anna)
    moved = step(
        community, DeclineRedemption, asked.redemption_id, community.actor,
        reason="not_available", words="The class is full after all.",
    )  # fmt: skip
    assert (moved.status, moved.balance_minutes, held(community)) == ("declined", 180, 0)
    found = community.read(redemptions.redemption, asked.redemption_id, by=anna)
    assert (found.reason, found.words) == ("not_available", "The class is full after all.")
    line = community.read(statements.current_lines, anna.member_id, by=anna)[0]
    assert (line.text_code, line.amount_minutes) == ("line_back_declined", 90)


def test_an_undone_fulfilment_is_approved_again_and_can_be_repeated(community, anna):
    asked = request(community, add_reward(community), anna.member_id, anna)
    step(community, ApproveRedemption, asked.redemption_id, community.actor)
    for _ in range(3):
        step(community, FulfilRedemption, asked.redemption_id, community.actor)
        assert held(community) == 0
        moved = step(community, UndoFulfilment, asked.redemption_id, community.actor, words="No")
        assert (moved.status, held(community)) == ("approved", 90)
        assert community.account_balance("hours:redeemed:class") == 0
    step(community, FulfilRedemption, asked.redemption_id, community.actor)
    assert community.account_balance("hours:redeemed:class") == 90
    with community.database.reading(community.actor) as unit:
        keys = [t.key for t in unit.book.transactions() if t.kind == "redemption.fulfil"]
    base = f"fulfil:{asked.redemption_id}"
    assert keys == [base, f"{base}:2", f"{base}:3", f"{base}:4"]


def test_cancelling_after_an_undone_fulfilment(community, anna):
    asked = request(community, add_reward(community), anna.member_id, anna)
    step(community, ApproveRedemption, asked.redemption_id, community.actor)
    step(community, FulfilRedemption, asked.redemption_id, community.actor)
    step(community, UndoFulfilment, asked.redemption_id, community.actor)
    moved = step(community, CancelRedemption, asked.redemption_id, anna)
    assert (moved.balance_minutes, held(community)) == (180, 0)


def test_too_few_hours_says_what_can_be_used(community, anna):
    reward_id = add_reward(community, price_minutes=181)
    error = refused(
        RuleBroken, "hours_insufficient", request, community, reward_id, anna.member_id, anna
    )
    assert error.params == {"available_minutes": 180, "needed_minutes": 181}
    assert held(community) == 0


def test_hours_set_aside_cannot_be_used_twice(community, anna):
    reward_id = add_reward(community, price_minutes=120)
    request(community, reward_id, anna.member_id, anna)
    error = refused(
        RuleBroken, "hours_insufficient", request, community, reward_id, anna.member_id, anna
    )
    assert error.params["available_minutes"] == 60


def test_places_run_out_and_come_back(community, anna):
    reward_id = add_reward(community, places=1, price_minutes=60)
    ben = community.member_actor("Ben Cole")
    community.credit(community.session("Second"), [ben.member_id], minutes=60)
    asked = request(community, reward_id, anna.member_id, anna)
    refused(Conflict, "places_gone", request, community, reward_id, ben.member_id, ben)
    with community.database.reading(ben) as unit:
        assert rewards.places_left(unit, rewards.reward(unit, reward_id)) == 0
    step(community, CancelRedemption, asked.redemption_id, anna)
    assert request(community, reward_id, ben.member_id, ben).balance_minutes == 0


def test_nobody_decides_or_hands_over_for_themselves(community, anna):
    community.do(people.grant_role, people.GrantRole(person_id=anna.person_id, role="coordinator"))
    anna = community.actor_of(anna.person_id)
    asked = request(community, add_reward(community), anna.member_id, anna)
    for kind in (ApproveRedemption, DeclineRedemption):
        refused(NotAllowed, "own_redemption", step, community, kind, asked.redemption_id, anna)
    step(community, ApproveRedemption, asked.redemption_id, community.actor)
    refused(
        NotAllowed, "own_redemption", step, community, FulfilRedemption, asked.redemption_id, anna
    )
    step(community, FulfilRedemption, asked.redemption_id, community.actor)
    refused(
        NotAllowed, "own_redemption", step, community, UndoFulfilment, asked.redemption_id, anna
    )


def test_who_asked_for_somebody_does_not_decide_where_money_counts(community, anna):
    switch_money_on(community)
    cora = community.coordinator("Cora Dunn")
    plain = add_reward(community, price_minutes=30)
    voucher = add_reward(
        community, kind="voucher", title="Voucher", price_minutes=60, money_pence=2000
    )
    by_phone = {"how": "phone"}
    asked = request(community, plain, anna.member_id, cora, **by_phone)
    assert step(community, ApproveRedemption, asked.redemption_id, cora).status == "approved"

    asked = request(community, voucher, anna.member_id, cora, **by_phone)
    refused(
        NotAllowed, "asked_and_approves",
        step, community, ApproveRedemption, asked.redemption_id, cora,
    )  # fmt: skip
    step(community, ApproveRedemption, asked.redemption_id, community.actor)
    refused(
        NotAllowed, "asked_and_approves",
        step, community, FulfilRedemption, asked.redemption_id, cora,
    )  # fmt: skip
    step(community, FulfilRedemption, asked.redemption_id, community.actor)


def test_members_neither_decide_nor_ask_for_others(community, anna):
    ben = community.member_actor("Ben Cole")
    reward_id = add_reward(community)
    refused(NotAllowed, "role_lacking", request, community, reward_id, anna.member_id, ben)
    asked = request(community, reward_id, anna.member_id, anna)
    for kind in (ApproveRedemption, DeclineRedemption, FulfilRedemption, UndoFulfilment):
        refused(NotAllowed, "role_lacking", step, community, kind, asked.redemption_id, ben)
    refused(
        NotFound, "redemption_unknown", step, community, CancelRedemption, asked.redemption_id, ben
    )
    refused(
        NotFound, "redemption_unknown",
        community.read, redemptions.redemption, asked.redemption_id, by=ben,
    )  # fmt: skip
    refused(
        NotAllowed, "role_lacking", community.read, redemptions.of_member, anna.member_id, by=ben
    )
    refused(NotAllowed, "role_lacking", community.read, redemptions.waiting, by=ben)


def test_online_is_for_oneself(community, anna):
    refused(
        RuleBroken, "how_online_for_somebody",
        request, community, add_reward(community), anna.member_id, community.actor,
    )  # fmt: skip


def test_stale_pages(community, anna):
    reward_id = add_reward(community)
    asked = request(community, reward_id, anna.member_id, anna)
    step(community, ApproveRedemption, asked.redemption_id, community.actor)
    for kind in (ApproveRedemption, DeclineRedemption):
        refused(
            Conflict, "redemption_changed",
            step, community, kind, asked.redemption_id, community.actor, revision=1,
        )  # fmt: skip
    with community.database.reading(community.actor) as unit:
        version = policy(unit).version
    command = RequestRedemption(
        reward_id=reward_id, reward_revision=7, member_id=anna.member_id,
        information_version=version,
    )  # fmt: skip
    refused(
        Conflict, "reward_changed",
        community.do, redemptions.request_redemption, command, actor=anna,
    )  # fmt: skip


def test_a_changed_reward_leaves_older_requests_as_asked(community, anna):
    reward_id = add_reward(community)
    asked = request(community, reward_id, anna.member_id, anna)
    change = ChangeReward(
        reward_id=reward_id, revision=1, kind="class", title="Weaving", price_minutes=120
    )
    assert community.do(rewards.change_reward, change).revision == 2
    refused(Conflict, "reward_changed", community.do, rewards.change_reward, change)
    found = community.read(redemptions.redemption, asked.redemption_id, by=anna)
    assert (found.title, found.price_minutes) == ("Pottery class", 90)


def test_what_is_no_longer_offered(community, anna):
    reward_id = add_reward(community)
    gone = ChangeReward(
        reward_id=reward_id, revision=1, kind="class", title="Pottery class", price_minutes=90,
        offered=False,
    )  # fmt: skip
    community.do(rewards.change_reward, gone)
    refused(RuleBroken, "reward_not_offered", request, community, reward_id, anna.member_id, anna)
    over = add_reward(community, title="Last week", starts_on=date(2026, 3, 1))
    today = add_reward(community, title="Today", starts_on=date(2026, 3, 2))
    refused(RuleBroken, "reward_not_offered", request, community, over, anna.member_id, anna)
    assert [r.id for r in community.read(rewards.rewards, by=anna)] == [today]
    refused(NotFound, "reward_unknown", community.read, rewards.reward, over, by=anna)


def test_rewards_with_a_money_value_wait_for_the_switch(community, anna):
    voucher = {
        "kind": "voucher", "title": "Voucher", "price_minutes": 60, "money_pence": 2000,
    }  # fmt: skip
    error = refused(RuleBroken, "money_rewards_off", add_reward, community, **voucher)
    assert error.field == "money_pence"
    switch_money_on(community)
    voucher_id = add_reward(community, **voucher)
    assert voucher_id in [r.id for r in community.read(rewards.rewards, by=anna)]

    off = AgreePolicy(
        follows_version=2, rounding="none", money_rewards=False, advice_contact="",
        information_reviewed_by="", information_reviewed_on=None,
    )  # fmt: skip
    community.do(agree_policy, off)
    assert voucher_id not in [r.id for r in community.read(rewards.rewards, by=anna)]
    refused(RuleBroken, "money_rewards_off", request, community, voucher_id, anna.member_id, anna)


def test_a_member_who_wants_none_with_a_money_value(community, anna):
    switch_money_on(community)
    voucher_id = add_reward(community, kind="voucher", price_minutes=60, money_pence=2000)
    plain_id = add_reward(community)
    choices = people.ChangeChoices(
        revision=1, choice="accept", no_money_rewards=True, statement_by="link"
    )
    community.do(people.change_choices, choices, actor=anna)
    assert [r.id for r in community.read(rewards.rewards, by=anna)] == [plain_id]
    refused(
        RuleBroken, "money_rewards_unwanted", request, community, voucher_id, anna.member_id, anna
    )
    # Nor does somebody who helps them see or ask for it.
    with community.database.reading(community.actor) as unit:
        member = people.member(unit, anna.member_id)
        assert [r.id for r in rewards.rewards_for(unit, member)] == [plain_id]
    refused(
        RuleBroken, "money_rewards_unwanted",
        request, community, voucher_id, anna.member_id, community.actor, how="phone",
    )  # fmt: skip


def test_the_information_shown_must_be_the_one_in_force(community, anna):
    switch_money_on(community)
    voucher_id = add_reward(community, kind="voucher", price_minutes=60, money_pence=2000)
    command = RequestRedemption(
        reward_id=voucher_id, reward_revision=1, member_id=anna.member_id, information_version=1
    )
    refused(
        Conflict, "information_changed",
        community.do, redemptions.request_redemption, command, actor=anna,
    )  # fmt: skip
    asked = community.do(
        redemptions.request_redemption, replace(command, information_version=2), actor=anna
    )
    found = community.read(redemptions.redemption, asked.redemption_id, by=anna)
    assert (found.policy_version, found.money_pence) == (2, 2000)


def test_the_same_key_requests_once(community, anna):
    reward_id = add_reward(community)
    command = RequestRedemption(
        reward_id=reward_id, reward_revision=1, member_id=anna.member_id, information_version=1
    )
    first = community.do(redemptions.request_redemption, command, actor=anna, key="request-1")
    again = community.do(redemptions.request_redemption, command, actor=anna, key="request-1")
    assert first == again
    assert held(community) == 90


def test_who_left_asks_for_nothing(community, anna):
    with community.unit() as unit:
        people.member(unit, anna.member_id).status = "left"
    refused(
        RuleBroken, "member_left", request, community, add_reward(community), anna.member_id, anna
    )


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"kind": "cash"}, "reward_kind_unknown", "kind"),
        ({"title": "  "}, "text_missing", "title"),
        ({"price_minutes": 0}, "number_out_of_range", "price_minutes"),
        ({"price_minutes": 10**6 + 1}, "number_out_of_range", "price_minutes"),
        ({"price_minutes": True}, "number_out_of_range", "price_minutes"),
        ({"price_minutes": 7.5}, "number_out_of_range", "price_minutes"),
        ({"places": 0}, "number_out_of_range", "places"),
        ({"cost_pence": -1}, "number_out_of_range", "cost_pence"),
        ({"charity_number": "1234567"}, "charity_number_misplaced", "charity_number"),
        ({"description": "a\x00b"}, "text_control", "description"),
    ],
)
def test_wrong_rewards(community, wrong, code, field):
    assert refused(RuleBroken, code, add_reward, community, **wrong).field == field


def test_the_list_of_what_waits(community, anna):
    first = request(community, add_reward(community), anna.member_id, anna)
    community.clock.forward(minutes=1)
    second = request(community, add_reward(community, price_minutes=10), anna.member_id, anna)
    step(community, ApproveRedemption, first.redemption_id, community.actor)
    waiting = community.read(redemptions.waiting)
    assert [each.id for each in waiting] == [first.redemption_id, second.redemption_id]
    assert waiting[0].member.person.name == "Anna Bell"
    step(community, FulfilRedemption, first.redemption_id, community.actor)
    assert [each.id for each in community.read(redemptions.waiting)] == [second.redemption_id]
    own = community.read(redemptions.of_member, anna.member_id, by=anna)
    assert [each.id for each in own] == [second.redemption_id, first.redemption_id]
