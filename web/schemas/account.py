"""What the address asks to see of an account, and how a member's hours are shown to them."""

from __future__ import annotations

from timebank import showing
from web.schemas import CommandSchema
from web.schemas.fields import Day, Id, Whole, YesNo


class GoToDaySchema(CommandSchema):
    """The day up to which the history is shown first."""

    on = Day(required=True)


class OverTimeSchema(CommandSchema):
    """The months of a ``year``, or every year (``by_year``); else the last twelve months."""

    year = Whole(least=1900, most=2199, load_default=None)
    by_year = YesNo(load_default=False)


class ChangeShowingSchema(CommandSchema):
    """How hours are shown; without ``member_id`` the actor's own.

    ``revision`` is the member's as read.
    """

    command = showing.ChangeShowing

    revision = Whole()
    quiet_balance = YesNo()
    member_id = Id(load_default=None, from_path=True)
