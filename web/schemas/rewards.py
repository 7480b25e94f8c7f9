"""Rewards that members can use hours for."""

from __future__ import annotations

from timebank import reward_waiting, rewards
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Line, Minutes, OneOf, Paragraph, Pence, Whole, YesNo

_TITLE = {"empty": N_("Enter a title for the reward.")}
_PRICE = {
    "required": N_("Enter how many hours it uses."),
    "small": N_("Enter how many hours it uses."),
}
_KIND = {"invalid": N_("Choose what kind of reward it is.")}


class AddRewardSchema(CommandSchema):
    """A new reward. ``money_pence`` and ``places`` null: no money value, no limit."""

    command = rewards.AddReward

    kind = OneOf(rewards.KINDS, error_messages=_KIND)
    title = Line(error_messages=_TITLE)
    description = Paragraph(load_default="", most=4000)
    provider = Line(load_default="")
    price_minutes = Minutes(least=1, error_messages=_PRICE)
    money_pence = Pence(load_default=None, least=1)
    cost_pence = Pence(load_default=None)
    places = Whole(load_default=None, least=1, most=rewards.MOST_PLACES)
    starts_on = Day(load_default=None)
    charity_number = Line(load_default="", most=40)
    place = Line(load_default="")
    online = YesNo(load_default=False)
    access = Paragraph(load_default="", most=2000)
    conditions = Paragraph(load_default="", most=2000)
    member_pays_pence = Pence(load_default=None, least=1)


class ChangeRewardSchema(AddRewardSchema):
    """A reward as it shall be; ``revision`` is the reward's as read."""

    command = rewards.ChangeReward

    reward_id = Id(from_path=True)
    revision = Whole()
    offered = YesNo()


class JoinWaitingSchema(CommandSchema):
    """A place on the waiting list of a reward."""

    command = reward_waiting.JoinWaiting

    reward_id = Id(from_path=True)
    member_id = Id()
    how = OneOf(reward_waiting.HOW, load_default="online")


class LeaveWaitingSchema(CommandSchema):
    """Leaving a waiting list, or saying no to the place that was offered."""

    command = reward_waiting.LeaveWaiting

    reward_wait_id = Id(from_path=True)
    revision = Whole()
