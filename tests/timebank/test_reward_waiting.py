"""Waiting lists for rewards, and finding rewards among many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from timebank import accounts, redemptions, reward_waiting, rewards
from timebank.community import policy
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import OutboxMessage, RewardWait
from timebank.redemptions import CancelRedemption, RequestRedemption
from timebank.reward_waiting import JoinWaiting, LeaveWaiting
from timebank.rewards import AddReward, ChangeReward, Wanted


class Class:
    """A class with one place, and members with three hours each."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.people = [community.member(n, f"{n.lower()}@example.org") for n in ("Anna", "Bob")]
        self.people.append(community.member("Cleo"))  # without an e-mail address
        ids = [each.member_id for each in self.people]
        community.credit(community.session(minutes=180), ids, minutes=180)
        added = community.do(
            rewards.add_reward,
            AddReward(kind="class", title="Pottery", price_minutes=60, places=1),
        )
        self.id = added.reward_id

    def ask(self, who):
        command = RequestRedemption(
            reward_id=self.id,
            reward_revision=1,
            member_id=who.member_id,
            information_version=self.community.read(policy).version,
        )
        return self.community.do(
            redemptions.request_redemption, command, actor=self.actor(who)
        ).redemption_id

    def wait(self, who):
        command = JoinWaiting(reward_id=self.id, member_id=who.member_id)
        return self.community.do(reward_waiting.join_waiting, command, actor=self.actor(who))

    def leave(self, who, wait):
        found = self.row(who)
        command = LeaveWaiting(reward_wait_id=wait.reward_wait_id, revision=found.revision)
        return self.community.do(reward_waiting.leave_waiting, command, actor=self.actor(who))

    def cancel(self, who, redemption_id):
        command = CancelRedemption(redemption_id=redemption_id, revision=1)
        self.community.do(redemptions.cancel_redemption, command, actor=self.actor(who))

    def actor(self, who):
        return self.community.actor_of(who.person_id)

    def row(self, who) -> RewardWait:
        query = select(RewardWait).where(RewardWait.member_id == who.member_id)
        return self.community.read(lambda unit: unit.db.scalars(query).all())[-1]

    def told(self, who) -> int:
        query = select(OutboxMessage).where(
            OutboxMessage.person_id == who.person_id, OutboxMessage.kind == "reward_place_offered"
        )
        return len(self.community.read(lambda unit: unit.db.scalars(query).all()))

    def hours(self, who) -> int:
        account = accounts.member(who.member_id)
        return self.community.read(lambda unit: unit.book.balance(account))

    def tick(self) -> int:
        return reward_waiting.move_on(self.community.database, self.community.console)


@pytest.fixture
def pottery(community):
    return Class(community)


def test_waiting_holds_no_hours_and_the_longest_is_offered_what_comes_free(pottery):
    anna, bob, cleo = pottery.people
    asked = pottery.ask(anna)
    assert (pottery.wait(bob).ahead, pottery.wait(cleo).ahead) == (0, 1)
    assert pottery.hours(bob) == 180
    pottery.cancel(anna, asked)
    assert (pottery.row(bob).status, pottery.row(cleo).status) == ("offered", "waiting")
    assert pottery.told(bob) == 1
    with pytest.raises(Conflict, match="places_gone"):
        pottery.ask(anna)  # the place is kept for Bob
    pottery.ask(bob)
    assert (pottery.row(bob).status, pottery.hours(bob)) == ("taken", 120)


def test_saying_no_lets_the_next_one_have_it(pottery):
    anna, bob, cleo = pottery.people
    asked = pottery.ask(anna)
    waiting = pottery.wait(bob)
    pottery.wait(cleo)
    pottery.cancel(anna, asked)
    assert pottery.leave(bob, waiting).status == "passed"
    assert pottery.row(cleo).status == "offered"


def test_who_says_nothing_in_time_lets_it_go(pottery):
    anna, bob, cleo = pottery.people
    asked = pottery.ask(anna)
    pottery.wait(bob)
    pottery.wait(cleo)
    pottery.cancel(anna, asked)
    pottery.community.clock.forward(days=3, minutes=-1)
    assert pottery.tick() == 0
    pottery.community.clock.forward(minutes=1)
    assert pottery.tick() == 1
    assert (pottery.row(bob).status, pottery.row(cleo).status) == ("passed", "offered")
    # Somebody without e-mail hears of it by post or telephone, so it is kept longer.
    kept = pottery.row(cleo).offered_until - pottery.row(cleo).offered_at
    assert kept == timedelta(days=7)
    assert pottery.tick() == 0


def test_more_places_are_offered_by_the_tick(pottery):
    anna, bob, cleo = pottery.people
    pottery.ask(anna)
    pottery.wait(bob)
    pottery.wait(cleo)
    change = ChangeReward(
        reward_id=pottery.id, revision=1, kind="class", title="Pottery", price_minutes=60, places=2
    )
    pottery.community.do(rewards.change_reward, change)
    assert pottery.tick() == 1
    assert (pottery.row(bob).status, pottery.row(cleo).status) == ("offered", "waiting")


def test_nobody_waits_for_what_is_there_or_twice_or_for_somebody_else(pottery):
    anna, bob, cleo = pottery.people
    with pytest.raises(RuleBroken, match="places_there"):
        pottery.wait(bob)
    pottery.ask(anna)
    waiting = pottery.wait(bob)
    with pytest.raises(Conflict, match="waiting_already"):
        pottery.wait(bob)
    with pytest.raises(NotAllowed, match="role_lacking"):
        pottery.community.do(
            reward_waiting.join_waiting,
            JoinWaiting(reward_id=pottery.id, member_id=cleo.member_id, how="phone"),
            actor=pottery.actor(bob),
        )
    with pytest.raises((NotAllowed, NotFound)):
        pottery.community.do(
            reward_waiting.leave_waiting,
            LeaveWaiting(reward_wait_id=waiting.reward_wait_id, revision=1),
            actor=pottery.actor(cleo),
        )


# --- finding rewards ------------------------------------------------------------------------------


def titles(community: Community, **wanted) -> list[str]:
    return [r.title for r in community.read(lambda u: rewards.rewards(u, Wanted(**wanted)))]


def test_rewards_are_narrowed_by_each_wish_and_by_all_together(community):
    for more in (
        {"kind": "class", "title": "Pottery", "place": "The Old Mill, Riverside"},
        {"kind": "class", "title": "Singing", "online": True, "price_minutes": 300},
        {"kind": "experience", "title": "A boat trip", "place": "Riverside"},
        {"kind": "other", "title": "100% cotton bag_"},
    ):
        community.do(rewards.add_reward, AddReward(**{"price_minutes": 60, **more}))
    assert titles(community) == ["100% cotton bag_", "A boat trip", "Pottery", "Singing"]
    assert titles(community, kind="class") == ["Pottery", "Singing"]
    assert titles(community, online=True) == ["Singing"]
    assert titles(community, most_minutes=60, kind="class") == ["Pottery"]
    assert titles(community, near="riverside") == ["A boat trip", "Pottery"]
    assert titles(community, near="RIVERSIDE mill") == ["Pottery"]
    assert titles(community, near="%") == ["100% cotton bag_"]
    assert titles(community, near="_") == ["100% cotton bag_"]
    assert titles(community, near="nowhere") == []
