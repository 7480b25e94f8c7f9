"""Rewards: what there is, and keeping it up to date."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import rewards
from timebank.models import Reward
from timebank.unit import Unit
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.filters import words
from web.schemas.rewards import AddRewardSchema, ChangeRewardSchema

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
    offered = shapes.yes_no()
    revision = shapes.whole()


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
@blp.arguments(PageQuery, location="query")
@blp.response(200, RewardsPage)
def list_rewards(paging: dict[str, Any]) -> dict[str, Any]:
    """List the rewards offered to you, by title."""
    with units.reading() as unit:
        start = paging["offset"]
        found = rewards.rewards(unit)[start : start + paging["limit"] + 1]
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
