"""Waiting lists for rewards whose places are taken. Waiting holds no hours.

When a place comes free it is offered to whoever has waited longest, for some days, and kept for
them so long. Who does not want it, or says nothing, lets the next one have it; nobody minds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from timebank import asking, notices, people, rewards, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.member_list import TAKING_PART
from timebank.models import Member, Reward, RewardWait
from timebank.roles import Actor
from timebank.unit import Database, Unit

HOW = ("online", "phone", "in_person")
OPEN = ("waiting", "offered")
# How long an offered place is kept; longer for somebody who hears of it by post or telephone.
KEPT = timedelta(days=3)
KEPT_WITHOUT_MAIL = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class JoinWaiting:
    """A member would like a place when one comes free."""

    reward_id: str
    member_id: str
    how: str = "online"


@dataclass(frozen=True, kw_only=True)
class LeaveWaiting:
    """Not any more, or not the place that was offered."""

    reward_wait_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class WaitingMoved:
    """How somebody's waiting stands; ``ahead`` is how many wait before them."""

    reward_wait_id: str
    status: str
    revision: int
    ahead: int


def join_waiting(unit: Unit, command: JoinWaiting) -> WaitingMoved:
    """Wait for a place.

    Raises ``RuleBroken('places_there')`` while there are places, ``Conflict('waiting_already')``,
    and what ``rewards.refuse_unless_open_to`` refuses.
    """
    own = command.member_id == unit.actor.member_id
    unit.actor.require("redemption.request_own" if own else "redemption.request_for")
    if texts.one_of(command.how, HOW, "how") == "online" and not own:
        raise RuleBroken("how_online_for_somebody", field="how")
    member = people.member(unit, command.member_id)
    if member.status not in TAKING_PART:
        raise RuleBroken("member_left")
    reward = unit.db.get(Reward, command.reward_id)
    if reward is None:
        raise NotFound("reward_unknown")
    rewards.refuse_unless_open_to(unit, reward, member)
    asking.require(unit.actor, reward)
    if rewards.places_left(unit, reward) != 0:
        raise RuleBroken("places_there")
    if of_reward(unit, reward.id, member.id) is not None:
        raise Conflict("waiting_already")
    last = unit.db.scalar(
        select(func.max(RewardWait.turn)).where(RewardWait.reward_id == reward.id)
    )
    found = RewardWait(
        id=new_id(),
        reward_id=reward.id,
        member_id=member.id,
        turn=(last or 0) + 1,
        status="waiting",
        revision=1,
        how=asking.noted(unit.actor, command.how),
        asked_by=unit.actor.id,
        asked_at=unit.now,
    )
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "waiting.joined", "waiting", found.id)
    return _moved(unit, found)


def leave_waiting(unit: Unit, command: LeaveWaiting) -> WaitingMoved:
    """Leave the list, or say no to the place that was offered: the next one is asked."""
    found = unit.db.get(RewardWait, command.reward_wait_id)
    own = found is not None and found.member_id == unit.actor.member_id
    unit.actor.require("redemption.request_own" if own else "redemption.request_for")
    if found is None or not (own or people.in_sight(unit, found.member_id)):
        raise NotFound("waiting_unknown")
    if found.revision != command.revision or found.status not in OPEN:
        raise Conflict("waiting_changed")
    found.status = "withdrawn" if found.status == "waiting" else "passed"
    found.revision += 1
    trail.record(unit, "waiting.left", "waiting", found.id)
    unit.db.flush()
    offer_free_places(unit, found.reward_id)
    return _moved(unit, found)


def taken(unit: Unit, reward_id: str, member_id: str) -> None:
    """The member has asked for the reward: their waiting is over."""
    found = of_reward(unit, reward_id, member_id)
    if found is not None:
        found.status = "taken"
        found.revision += 1


def offer_free_places(unit: Unit, reward_id: str) -> int:
    """Offer every place that is free to who has waited longest; returns how many.

    Who has chosen to have no rewards with a money value since then is not asked any more.
    """
    reward = unit.db.get_one(Reward, reward_id)
    unit.db.flush()
    if not rewards.is_switched_on(unit, reward):
        return 0
    if reward.money_pence is not None:
        _let_go(unit, reward_id)
    left = rewards.places_left(unit, reward)
    query = (
        select(RewardWait)
        .join(Member, Member.id == RewardWait.member_id)
        .where(
            RewardWait.reward_id == reward_id,
            RewardWait.status == "waiting",
            Member.status == "active",
        )
        .options(joinedload(RewardWait.member).joinedload(Member.person))
        .order_by(RewardWait.turn)
        .limit(left)
    )
    if left == 0:
        return 0
    found = unit.db.scalars(query).all()
    for each in found:
        kept = KEPT if each.member.person.email else KEPT_WITHOUT_MAIL
        each.status, each.offered_at, each.offered_until = "offered", unit.now, unit.now + kept
        each.revision += 1
        trail.record(unit, "waiting.offered", "waiting", each.id)
        notices.send_later(unit, "reward_place_offered", each.member.person_id, reward_id)
    unit.db.flush()
    return len(found)


def _let_go(unit: Unit, reward_id: str) -> None:
    query = (
        select(RewardWait)
        .join(Member, Member.id == RewardWait.member_id)
        .where(
            RewardWait.reward_id == reward_id,
            RewardWait.status == "waiting",
            Member.no_money_rewards.is_(True),
        )
    )
    for each in unit.db.scalars(query):
        each.status = "withdrawn"
        each.revision += 1
        trail.record(unit, "waiting.left", "waiting", each.id)
    unit.db.flush()


def move_on(database: Database, actor: Actor) -> int:
    """Let go of offers that nobody took in time, and offer what is free; how many were offered.

    For the tick: one cheap look when nobody waits.
    """
    with database.reading(actor) as unit:
        waited_for = unit.db.scalars(
            select(RewardWait.reward_id).where(RewardWait.status.in_(OPEN)).distinct()
        ).all()
        due = [reward_id for reward_id in waited_for if _something_to_do(unit, reward_id)]
    count = 0
    for reward_id in due:
        with database.unit(actor) as unit:
            for each in unit.db.scalars(_lapsed(unit, reward_id)):
                each.status = "passed"
                each.revision += 1
                trail.record(unit, "waiting.passed", "waiting", each.id)
            count += offer_free_places(unit, reward_id)
    return count


def of_reward(unit: Unit, reward_id: str, member_id: str) -> RewardWait | None:
    """A member's open place on the waiting list of a reward."""
    return unit.db.scalar(
        select(RewardWait).where(
            RewardWait.reward_id == reward_id,
            RewardWait.member_id == member_id,
            RewardWait.status.in_(OPEN),
        )
    )


def of_member(unit: Unit, member_id: str) -> Sequence[RewardWait]:
    """What a member waits for or was offered, the longest first; their own, or helped."""
    if member_id != unit.actor.member_id:
        unit.actor.require("redemption.request_for")
        people.member(unit, member_id)
    query = (
        select(RewardWait)
        .where(RewardWait.member_id == member_id, RewardWait.status.in_(OPEN))
        .options(joinedload(RewardWait.reward))
        .order_by(RewardWait.asked_at, RewardWait.id)
    )
    return unit.db.scalars(query).all()


def ahead_of(unit: Unit, found: RewardWait) -> int:
    """How many wait before somebody."""
    query = select(func.count()).where(
        RewardWait.reward_id == found.reward_id,
        RewardWait.status.in_(OPEN),
        RewardWait.turn < found.turn,
    )
    return unit.db.scalar(query) or 0


def _something_to_do(unit: Unit, reward_id: str) -> bool:
    if unit.db.scalars(_lapsed(unit, reward_id)).first() is not None:
        return True
    waiting = select(RewardWait.id).where(
        RewardWait.reward_id == reward_id, RewardWait.status == "waiting"
    )
    reward = unit.db.get_one(Reward, reward_id)
    if not rewards.is_switched_on(unit, reward) or rewards.places_left(unit, reward) == 0:
        return False
    return unit.db.scalars(waiting.limit(1)).first() is not None


def _lapsed(unit: Unit, reward_id: str) -> Select[RewardWait]:
    return select(RewardWait).where(
        RewardWait.reward_id == reward_id,
        RewardWait.status == "offered",
        RewardWait.offered_until <= unit.now,
    )


def _moved(unit: Unit, found: RewardWait) -> WaitingMoved:
    return WaitingMoved(
        reward_wait_id=found.id,
        status=found.status,
        revision=found.revision,
        ahead=ahead_of(unit, found),
    )
