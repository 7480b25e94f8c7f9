"""Groups that hold hours: themselves, who speaks for them, and what they get and give."""

from __future__ import annotations

from timebank import group_gifts, groups
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, Minutes, Whole, YesNo

_NAME = {"empty": N_("Enter the group's name.")}


class AddGroupSchema(CommandSchema):
    """A group that can hold hours."""

    command = groups.AddGroup

    name = Line(error_messages=_NAME)
    organisation_id = Id(load_default=None)
    two_holders = YesNo(load_default=False)


class ChangeGroupSchema(CommandSchema):
    """A group as it shall be; ``revision`` is as read."""

    command = groups.ChangeGroup

    group_id = Id(from_path=True)
    revision = Whole()
    name = Line(error_messages=_NAME)
    two_holders = YesNo()


class CloseGroupSchema(CommandSchema):
    """Close a group whose account is empty; ``revision`` is as read."""

    command = groups.CloseGroup

    group_id = Id(from_path=True)
    revision = Whole()


class AddHolderSchema(CommandSchema):
    """A member speaks for a group from today."""

    command = groups.AddHolder

    group_id = Id(from_path=True)
    member_id = Id(error_messages={"empty": N_("Choose a member.")})


class EndHolderSchema(AddHolderSchema):
    """A member speaks for a group no more."""

    command = groups.EndHolder


class GiveGroupHoursSchema(CommandSchema):
    """Hours from a member to a group, or with ``to_group`` false from the group to the member."""

    command = group_gifts.GiveGroupHours

    group_id = Id(from_path=True)
    member_id = Id(error_messages={"empty": N_("Choose a member.")})
    to_group = YesNo()
    minutes = Minutes(error_messages={"required": N_("Say how much time it is.")})


class GiveOwnToGroupSchema(GiveGroupHoursSchema):
    """A member's own hours to a group."""

    group_id = Id(error_messages={"empty": N_("Choose a group.")})
    member_id = Id(from_path=True)


class AgreeToGiftSchema(CommandSchema):
    """A holder agrees: whoever asks or, with ``holder_id``, who told them."""

    command = group_gifts.AgreeToGift

    gift_id = Id(from_path=True)
    revision = Whole()
    holder_id = Id(load_default=None)


class RefuseGroupGiftSchema(CommandSchema):
    """The gift does not come to pass; ``revision`` is as read."""

    command = group_gifts.RefuseGroupGift

    gift_id = Id(from_path=True)
    revision = Whole()
