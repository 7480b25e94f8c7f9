"""Rewards: what members can use hours for, at their simplest.

A reward has a price in minutes. A money value is a property of the reward, never of its kind and
never of an hour; rewards with one are offered only while the policy in force has them switched on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from timebank import choice_notes, trail
from timebank.community import policy
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Member, Redemption, Reward, RewardWait
from timebank.texts import clean
from timebank.unit import Unit

KINDS = (
    "training",
    "class",
    "voucher",
    "experience",
    "staff_time",
    "charity",
    "thanks",
    "other",
)

# A redemption with one of these takes up a place.
TAKING_PLACES = ("requested", "approved", "fulfilled")

MOST_MINUTES = 10**6
MOST_PENCE = 10**8
MOST_PLACES = 10**6
# Words of a search that are looked at.
MOST_WORDS = 10


@dataclass(frozen=True, kw_only=True)
class RewardDetails:
    """What is said about a reward.

    ``price_minutes`` is above 0; ``money_pence`` its money value and ``cost_pence`` what it costs
    the group, each None where there is none; ``places`` None means no limit; ``starts_on`` is the
    local day of a class; ``charity_number`` belongs to a gift to a charity alone.
    ``member_pays_pence`` is what the member still pays the provider; ``place``, ``access`` and
    ``conditions`` are plain facts, ``online`` that nobody has to go anywhere.
    """

    kind: str
    title: str
    description: str = ""
    provider: str = ""
    price_minutes: int
    money_pence: int | None = None
    cost_pence: int | None = None
    places: int | None = None
    starts_on: date | None = None
    charity_number: str = ""
    place: str = ""
    online: bool = False
    access: str = ""
    conditions: str = ""
    member_pays_pence: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rewards somebody would like to see; what is left empty narrows nothing.

    ``most_minutes`` is what they can use now; ``near`` words of a place, or of a title.
    """

    kind: str = ""
    most_minutes: int | None = None
    no_money: bool = False
    online: bool = False
    near: str = ""


EVERYTHING = Wanted()


@dataclass(frozen=True, kw_only=True)
class AddReward(RewardDetails):
    """Offer something new."""


@dataclass(frozen=True, kw_only=True)
class RewardAdded:
    """The new reward's id."""

    reward_id: str


@dataclass(frozen=True, kw_only=True)
class ChangeReward(RewardDetails):
    """Change what is said of a reward, or whether it is ``offered``; older requests stay as asked.

    ``revision`` is the one that was looked at.
    """

    reward_id: str
    revision: int
    offered: bool = True


@dataclass(frozen=True, kw_only=True)
class RewardChanged:
    """The reward and its new revision."""

    reward_id: str
    revision: int


def add_reward(unit: Unit, command: AddReward) -> RewardAdded:
    """Add a reward, offered from now. Raises ``RuleBroken`` at the field that is wrong."""
    unit.actor.require("rewards.change")
    found = Reward(id=new_id(), offered=True, revision=1, **_checked(unit, command))
    unit.db.add(found)
    trail.record(unit, "reward.added", "reward", found.id, price_minutes=found.price_minutes)
    return RewardAdded(reward_id=found.id)


def change_reward(unit: Unit, command: ChangeReward) -> RewardChanged:
    """Change a reward. Raises ``Conflict('reward_changed')`` when it is not as it was looked at."""
    unit.actor.require("rewards.change")
    found = _existing(unit, command.reward_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id, "reward_changed")
    for name, value in _checked(unit, command).items():
        setattr(found, name, value)
    found.offered = command.offered
    found.revision += 1
    trail.record(unit, "reward.changed", "reward", found.id, revision=found.revision)
    return RewardChanged(reward_id=found.id, revision=found.revision)


def rewards(
    unit: Unit, wanted: Wanted = EVERYTHING, *, limit: int | None = None, offset: int = 0
) -> Sequence[Reward]:
    """The rewards offered that the actor may see, as far as they are ``wanted``: the kinds they
    like best first, then by title.

    A member who wants none with a money value sees none, whatever their other roles.
    """
    unit.actor.require("rewards.view")
    query = _narrowed(_offered(unit, _own_member(unit)), wanted)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def rewards_for(
    unit: Unit,
    member: Member,
    wanted: Wanted = EVERYTHING,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Reward]:
    """The rewards offered that somebody who helps this member may choose from, as they see them."""
    unit.actor.require("redemption.request_for")
    query = _narrowed(_offered(unit, member), wanted)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def _narrowed(query: Select[Reward], wanted: Wanted) -> Select[Reward]:
    if wanted.kind:
        query = query.where(Reward.kind == wanted.kind)
    if wanted.most_minutes is not None:
        query = query.where(Reward.price_minutes <= wanted.most_minutes)
    if wanted.no_money:
        query = query.where(Reward.money_pence.is_(None))
    if wanted.online:
        query = query.where(Reward.online.is_(True))
    for word in wanted.near.split()[:MOST_WORDS]:
        query = query.where(
            or_(
                Reward.place.icontains(word, autoescape=True),
                Reward.title.icontains(word, autoescape=True),
            )
        )
    return query


def all_rewards(unit: Unit) -> Sequence[Reward]:
    """Every reward, offered or not, by title; for those who change them."""
    unit.actor.require("rewards.change")
    return unit.db.scalars(select(Reward).order_by(Reward.title, Reward.id)).all()


def reward(unit: Unit, reward_id: str) -> Reward:
    """One reward the actor may see, else ``NotFound('reward_unknown')``.

    Those who change rewards see all of them, and members those that they asked for.
    """
    unit.actor.require("rewards.view")
    if unit.actor.may("rewards.change"):
        return _existing(unit, reward_id)
    asked = select(Redemption.id).where(
        Redemption.reward_id == reward_id, Redemption.member_id == unit.actor.member_id
    )
    offered = unit.db.scalar(_offered(unit, _own_member(unit)).where(Reward.id == reward_id))
    if offered is None and unit.db.scalar(asked.limit(1)) is not None:
        return _existing(unit, reward_id)
    if offered is None:
        raise NotFound("reward_unknown")
    return offered


def places_left(unit: Unit, reward: Reward, member_id: str | None = None) -> int | None:
    """How many places are left (0 at least), or None where there is no limit.

    A place that is kept for ``member_id``, who had waited for one, is there for them.
    """
    if reward.places is None:
        return None
    kept = select(func.count()).where(
        RewardWait.reward_id == reward.id,
        RewardWait.status == "offered",
        RewardWait.member_id == member_id,
    )
    theirs = (unit.db.scalar(kept) or 0) if member_id else 0
    return max(0, reward.places - places_taken(unit, [reward])[reward.id] + theirs)


def places_taken(unit: Unit, rewards: Sequence[Reward]) -> dict[str, int]:
    """How many places of each reward are taken or kept for who waited, by reward id."""
    taken = {reward.id: 0 for reward in rewards}
    if not taken:
        return taken
    query = (
        select(Redemption.reward_id, func.count())
        .where(Redemption.reward_id.in_(taken), Redemption.status.in_(TAKING_PLACES))
        .group_by(Redemption.reward_id)
    )
    kept = (
        select(RewardWait.reward_id, func.count())
        .where(RewardWait.reward_id.in_(taken), RewardWait.status == "offered")
        .group_by(RewardWait.reward_id)
    )
    for reward_id, count in [*unit.db.execute(query), *unit.db.execute(kept)]:
        taken[reward_id] += count
    return taken


def refuse_unless_open_to(unit: Unit, reward: Reward, member: Member) -> None:
    """Refuse a reward that is not offered now, or has a money value where none is wanted."""
    if not reward.offered or (reward.starts_on is not None and reward.starts_on < unit.today):
        raise RuleBroken("reward_not_offered")
    if reward.money_pence is not None:
        if not policy(unit).money_rewards:
            raise RuleBroken("money_rewards_off")
        if member.no_money_rewards:
            raise RuleBroken("money_rewards_unwanted")


def is_wanted_by(reward: Reward, member: Member) -> bool:
    """Whether a member may be told of a reward at all, as far as they chose."""
    return reward.money_pence is None or not member.no_money_rewards


def is_switched_on(unit: Unit, reward: Reward) -> bool:
    """Whether a reward is offered, and the rules in force let it have its money value."""
    return reward.offered and (reward.money_pence is None or policy(unit).money_rewards)


def _offered(unit: Unit, member: Member | None) -> Select[Reward]:
    query = select(Reward).where(
        Reward.offered.is_(True),
        or_(Reward.starts_on.is_(None), Reward.starts_on >= unit.today),
    )
    if not policy(unit).money_rewards or (member is not None and member.no_money_rewards):
        query = query.where(Reward.money_pence.is_(None))
    return query.order_by(*_liked_first(unit, member), Reward.title, Reward.id)


def _liked_first(unit: Unit, member: Member | None) -> list[ColumnElement[int]]:
    """The kinds a member said they like best come first; nothing is hidden by it."""
    liked = choice_notes.said(unit, member.id, "liked") if member is not None else ""
    return [case((Reward.kind.in_(liked.split(",")), 0), else_=1)] if liked else []


def _own_member(unit: Unit) -> Member | None:
    return unit.db.get(Member, unit.actor.member_id) if unit.actor.member_id else None


def _existing(unit: Unit, reward_id: str) -> Reward:
    found = unit.db.get(Reward, reward_id)
    if found is None:
        raise NotFound("reward_unknown")
    return found


def _checked(unit: Unit, details: RewardDetails) -> dict[str, object]:
    if details.kind not in KINDS:
        raise RuleBroken("reward_kind_unknown", field="kind")
    if details.money_pence is not None and not policy(unit).money_rewards:
        raise RuleBroken("money_rewards_off", field="money_pence")
    number = clean(details.charity_number, "charity_number", most=40, required=False)
    if number and details.kind != "charity":
        raise RuleBroken("charity_number_misplaced", field="charity_number")
    return {
        "kind": details.kind,
        "title": clean(details.title, "title", most=200, required=True),
        "description": clean(
            details.description, "description", most=4000, required=False, lines=True
        ),
        "provider": clean(details.provider, "provider", most=200, required=False),
        "price_minutes": _whole(details.price_minutes, "price_minutes", 1, MOST_MINUTES),
        "money_pence": _whole_or_none(details.money_pence, "money_pence", 1, MOST_PENCE),
        "cost_pence": _whole_or_none(details.cost_pence, "cost_pence", 0, MOST_PENCE),
        "places": _whole_or_none(details.places, "places", 1, MOST_PLACES),
        "starts_on": details.starts_on,
        "charity_number": number,
        "place": clean(details.place, "place", most=200, required=False),
        "online": details.online,
        "access": clean(details.access, "access", most=2000, required=False, lines=True),
        "conditions": clean(
            details.conditions, "conditions", most=2000, required=False, lines=True
        ),
        "member_pays_pence": _whole_or_none(
            details.member_pays_pence, "member_pays_pence", 1, MOST_PENCE
        ),
    }


def _whole(value: int, field: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise RuleBroken("number_out_of_range", field=field, least=least, most=most)
    return value


def _whole_or_none(value: int | None, field: str, least: int, most: int) -> int | None:
    return None if value is None else _whole(value, field, least, most)
