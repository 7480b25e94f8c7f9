"""Leaving the group, and erasing somebody's details."""

from __future__ import annotations

from timebank import leaving
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, OneOf, Whole, YesNo

HOW = ("online", "phone", "in_person")


class LeaveGroupSchema(CommandSchema):
    """What happens to the hours, and whether the details go too."""

    command = leaving.LeaveGroup

    member_id = Id(from_path=True)
    revision = Whole()
    hours = OneOf(
        leaving.HOURS,
        error_messages={
            "invalid": N_("Choose what happens to the hours."),
            "required": N_("Choose what happens to the hours."),
        },
    )
    erase = YesNo(load_default=False)
    how = OneOf(HOW, load_default="online")


class ErasePersonSchema(CommandSchema):
    """Whose details are erased."""

    command = leaving.ErasePerson

    person_id = Id(from_path=True)
