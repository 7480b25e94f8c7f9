"""Pausing, leaving, and members who were not seen for long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.timebank.builders import Community
from timebank import dormant, membership, people, redemptions, rewards, to_do
from timebank.dormant import NoteAttempt, months_before
from timebank.errors import Conflict, RuleBroken
from timebank.membership import EndMembership, PauseMembership, ResumeMembership


def _tried(
    community: Community, member_id: str, *channels: str, outcome: str = "no_answer"
) -> None:
    for channel in channels:
        command = NoteAttempt(
            member_id=member_id, channel=channel, outcome=outcome, tried_on=community.clock().date()
        )
        community.do(dormant.note_attempt, command)


def _names(community: Community, months: int = 12) -> list[str]:
    return [each.person.name for each in community.read(dormant.dormant, months)]


def test_a_pause_and_back_again(community: Community) -> None:
    anna = community.member("Anna Bell")
    pause = PauseMembership(member_id=anna.member_id, revision=1)
    assert community.do(membership.pause_membership, pause).status == "paused"
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(membership.pause_membership, pause)
    with pytest.raises(RuleBroken, match="membership_not_active"):
        again = PauseMembership(member_id=anna.member_id, revision=2)
        community.do(membership.pause_membership, again)
    back = ResumeMembership(member_id=anna.member_id, revision=2)
    assert community.do(membership.resume_membership, back).status == "active"
    with pytest.raises(RuleBroken, match="membership_active"):
        again = ResumeMembership(member_id=anna.member_id, revision=3)
        community.do(membership.resume_membership, again)


def test_who_is_paused_keeps_hours_and_is_credited(community: Community) -> None:
    anna = community.member("Anna Bell")
    pause = PauseMembership(member_id=anna.member_id, revision=1)
    community.do(membership.pause_membership, pause)
    community.credit(community.session(), [anna.member_id])
    assert community.balance(anna.member_id) == 120


def test_who_asks_to_leave_leaves_and_may_come_back(community: Community) -> None:
    anna = community.member("Anna Bell")
    end = EndMembership(member_id=anna.member_id, revision=1, reason="asked")
    assert community.do(membership.end_membership, end).status == "left"
    with pytest.raises(RuleBroken, match="membership_ended"):
        again = EndMembership(member_id=anna.member_id, revision=2, reason="asked")
        community.do(membership.end_membership, again)
    back = ResumeMembership(member_id=anna.member_id, revision=2)
    community.do(membership.resume_membership, back)
    assert community.read(people.member, anna.member_id).status == "active"


def test_what_was_asked_for_is_settled_first(community: Community) -> None:
    anna = community.member("Anna Bell")
    community.credit(community.session(), [anna.member_id])
    reward = rewards.AddReward(title="Bird walk", kind="class", price_minutes=60)
    reward_id = community.do(rewards.add_reward, reward).reward_id
    community.do(
        redemptions.request_redemption,
        redemptions.RequestRedemption(
            reward_id=reward_id, reward_revision=1, member_id=anna.member_id, information_version=1
        ),
        actor=community.actor_of(anna.person_id),
    )
    with pytest.raises(RuleBroken, match="hours_held") as refused:
        community.clock.forward(minutes=1)
        end = EndMembership(member_id=anna.member_id, revision=1, reason="asked")
        community.do(membership.end_membership, end)
    assert refused.value.params == {"held_minutes": 60}


def test_not_reached_takes_three_different_ways(community: Community) -> None:
    anna = community.member("Anna Bell")
    community.clock.forward(days=400)
    end = EndMembership(member_id=anna.member_id, revision=1, reason="not_reached")
    with pytest.raises(RuleBroken, match="ways_missing") as refused:
        community.do(membership.end_membership, end)
    assert refused.value.params == {"tried": 0, "needed": 3}
    _tried(community, anna.member_id, "phone", "phone", "phone", "mail")
    with pytest.raises(RuleBroken, match="ways_missing") as refused:
        community.do(membership.end_membership, end)
    assert refused.value.params["tried"] == 2
    _tried(community, anna.member_id, "post")
    assert community.do(membership.end_membership, end).status == "left"


def test_ways_tried_before_they_were_seen_again_do_not_count(community: Community) -> None:
    anna = community.member("Anna Bell")
    community.clock.forward(days=400)
    _tried(community, anna.member_id, "phone", "mail", "post")
    community.clock.forward(days=10)
    community.credit(community.session(), [anna.member_id])
    community.clock.forward(days=400)
    end = EndMembership(member_id=anna.member_id, revision=1, reason="not_reached")
    with pytest.raises(RuleBroken, match="ways_missing"):
        community.do(membership.end_membership, end)


def test_the_list_of_who_was_not_seen(community: Community) -> None:
    anna, bert = community.member("Anna Bell"), community.member("Bert Cole")
    community.clock.forward(days=300)
    community.credit(community.session(), [bert.member_id])
    community.clock.forward(days=70)
    assert _names(community) == ["Ada Marsh", "Anna Bell"]
    assert _names(community, 24) == []
    seen = community.read(dormant.last_seen, [anna.member_id, bert.member_id])
    assert seen == {
        anna.member_id: date(2026, 3, 2), bert.member_id: date(2026, 3, 2) + timedelta(days=300),
    }  # fmt: skip
    (task,) = [each for each in community.read(to_do.waiting) if each.verb == "reach_members"]
    assert (task.params, task.path) == ({"count": 2}, "/members/dormant")


def test_whoever_wants_to_stay_was_seen(community: Community) -> None:
    anna = community.member("Anna Bell")
    community.clock.forward(days=400)
    _tried(community, anna.member_id, "phone", outcome="stays")
    assert _names(community) == ["Ada Marsh"]
    community.clock.forward(days=366)
    assert "Anna Bell" in _names(community)
    attempts = community.read(dormant.attempts, anna.member_id)
    assert [(each.channel, each.outcome) for each in attempts] == [("phone", "stays")]


def test_an_attempt_is_not_in_the_future(community: Community) -> None:
    anna = community.member("Anna Bell")
    tomorrow = community.clock().date() + timedelta(days=1)
    command = NoteAttempt(
        member_id=anna.member_id, channel="phone", outcome="no_answer", tried_on=tomorrow
    )
    with pytest.raises(RuleBroken, match="day_in_future"):
        community.do(dormant.note_attempt, command)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
        (date(2026, 12, 31), 24, date(2024, 12, 31)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


def test_a_break_keeps_nobody_from_using_hours(community: Community) -> None:
    anna = community.member("Anna Bell")
    community.credit(community.session(), [anna.member_id])
    pause = PauseMembership(member_id=anna.member_id, revision=1)
    community.do(membership.pause_membership, pause)
    reward = rewards.AddReward(title="Bird walk", kind="class", price_minutes=60)
    reward_id = community.do(rewards.add_reward, reward).reward_id
    request = redemptions.RequestRedemption(
        reward_id=reward_id, reward_revision=1, member_id=anna.member_id, information_version=1
    )
    actor = community.actor_of(anna.person_id)
    assert community.do(redemptions.request_redemption, request, actor=actor).reference
