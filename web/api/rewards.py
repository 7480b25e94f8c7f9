"""Rewards: what there is, and keeping it up to date."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import people, reward_waiting, rewards
from timebank.models import Reward
from timebank.texts import MOST_MINUTES
from timebank.unit import Unit
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, InAddress, PageQuery, page, run
from web.filters import words
from web.schemas.fields import Id, Line, OneOf
from web.schemas.rewards import (
    AddRewardSchema,
    ChangeRewardSchema,
    JoinWaitingSchema,
    LeaveWaitingSchema,
)

blp = Blueprint("rewards", __name__, description="Rewards that hours can be used for")


class RewardShape(Schema):
    """A reward. ``money_pence`` null: no money value; ``places_left`` null: no limit.

    ``cost_pence``, what it costs the group, is null for everybody who does not keep rewards.

    Show the information text of ``/policy`` beside a reward with a money value, and send
    ``revision`` back when asking for it or changing it.
    """

    id = shapes.text()
    kind = shapes.text()
    title = shapes.text()
    description = shapes.text()
    provider = shapes.text()
    price_minutes = shapes.whole()
    price_words = shapes.text()
    money_pence = shapes.whole_or_none()
    cost_pence = shapes.whole_or_none()
    places = shapes.whole_or_none()
    places_left = shapes.whole_or_none()
    starts_on = shapes.day_or_none()
    charity_number = shapes.text()
    place = shapes.text()
    online = shapes.yes_no()
    access = shapes.text()
    conditions = shapes.text()
    member_pays_pence = shapes.whole_or_none()
    offered = shapes.yes_no()
    revision = shapes.whole()


class RewardsQuery(PageQuery):
    """What to see; what is left out narrows nothing. ``for_member_id``: as somebody you help may
    have them; without it as you may yourself."""

    kind = OneOf(("", *rewards.KINDS), load_default="")
    most_minutes = InAddress(load_default=None, most=MOST_MINUTES)
    no_money = OneOf(("", "yes"), load_default="")
    online = OneOf(("", "yes"), load_default="")
    near = Line(load_default="", most=100)
    for_member_id = Id(load_default=None, allow_none=False)


RewardsPage = shapes.listed(RewardShape)


def reward_json(unit: Unit, reward: Reward, taken: int) -> dict[str, Any]:
    """A reward with the places that are left, as the actor may see it."""
    names = RewardShape().fields.keys() - {"price_words", "places_left"}
    said = {name: getattr(reward, name) for name in names}
    if not unit.actor.may("rewards.change"):
        said["cost_pence"] = None
    left = None if reward.places is None else max(0, reward.places - taken)
    return said | {"price_words": words().duration(reward.price_minutes), "places_left": left}


@blp.route("/rewards")
@access("rewards.view")
@blp.arguments(RewardsQuery, location="query")
@blp.response(200, RewardsPage)
def list_rewards(paging: dict[str, Any]) -> dict[str, Any]:
    """List the rewards offered to you, by title; with a query only some of them."""
    wanted = rewards.Wanted(
        kind=paging["kind"],
        most_minutes=paging["most_minutes"],
        no_money=bool(paging["no_money"]),
        online=bool(paging["online"]),
        near=paging["near"],
    )
    with units.reading() as unit:
        some = {"limit": paging["limit"] + 1, "offset": paging["offset"]}
        if paging["for_member_id"] is None:
            found = rewards.rewards(unit, wanted, **some)
        else:
            member = people.member(unit, paging["for_member_id"])
            found = rewards.rewards_for(unit, member, wanted, **some)
        taken = rewards.places_taken(unit, found)
        return page([reward_json(unit, reward, taken[reward.id]) for reward in found], paging)


@blp.route("/rewards", methods=["POST"])
@access("rewards.change")
@blp.may_be_keyed
@blp.arguments(AddRewardSchema)
@blp.response(201, shapes.of_result(rewards.RewardAdded))
def add_reward(command: rewards.AddReward) -> rewards.RewardAdded:
    """Offer a new reward."""
    return run(rewards.add_reward, command, keyed=False)


@blp.route("/rewards/<id:reward_id>")
@access("rewards.view")
@blp.response(200, RewardShape)
def read_reward(reward_id: str) -> dict[str, Any]:
    """Read one reward."""
    with units.reading() as unit:
        reward = rewards.reward(unit, reward_id)
        return reward_json(unit, reward, rewards.places_taken(unit, [reward])[reward.id])


@blp.route("/rewards/<id:reward_id>", methods=["PUT"])
@access("rewards.change")
@blp.may_be_keyed
@blp.arguments(ChangeRewardSchema)
@blp.response(200, shapes.of_result(rewards.RewardChanged))
def change_reward(command: rewards.ChangeReward, reward_id: str) -> rewards.RewardChanged:
    """Change a reward, or whether it is offered; what was asked for before stays as it was."""
    return run(rewards.change_reward, command, keyed=False)


@blp.route("/rewards/<id:reward_id>/wait", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(JoinWaitingSchema)
@blp.response(201, shapes.of_result(reward_waiting.WaitingMoved))
def join_waiting(
    command: reward_waiting.JoinWaiting, reward_id: str
) -> reward_waiting.WaitingMoved:
    """Wait for a place of a reward that has none left. It holds no hours."""
    return run(reward_waiting.join_waiting, command, keyed=False)


@blp.route("/waiting/<id:reward_wait_id>/leave", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(LeaveWaitingSchema)
@blp.response(200, shapes.of_result(reward_waiting.WaitingMoved))
def leave_waiting(
    command: reward_waiting.LeaveWaiting, reward_wait_id: str
) -> reward_waiting.WaitingMoved:
    """Leave a waiting list, or say no to the place that was offered."""
    return run(reward_waiting.leave_waiting, command, keyed=False)
