"""Giving hours: to another member or to the community pot, and out of the pot."""

from __future__ import annotations

from timebank import gifts, pot_grants
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Minutes, OneOf, Paragraph, Whole, YesNo


class GiveHoursSchema(CommandSchema):
    """Hours to a member or, without ``to_member_id``, to the community pot."""

    command = gifts.GiveHours

    member_id = Id()
    to_member_id = Id(load_default=None)
    given_minutes = Minutes(error_messages={"required": N_("Enter how much time to give.")})
    words = Paragraph(load_default="")
    how = OneOf(gifts.HOW, load_default="online")


class _Returning(CommandSchema):
    """Which gift, and its revision as read."""

    gift_id = Id(from_path=True)
    revision = Whole()


class RefuseGiftSchema(_Returning):
    """Give a gift back."""

    command = gifts.RefuseGift


class UndoGiftSchema(_Returning):
    """Take a gift back that was a mistake."""

    command = gifts.UndoGift


class ProposeGrantSchema(CommandSchema):
    """Hours for a member out of the community pot."""

    command = pot_grants.ProposeGrant

    member_id = Id()
    granted_minutes = Minutes(error_messages={"required": N_("Enter how much time it is.")})
    words = Paragraph(load_default="")


class DecideGrantSchema(CommandSchema):
    """Agree to a proposal, or not."""

    command = pot_grants.DecideGrant

    pot_grant_id = Id(from_path=True)
    revision = Whole()
    agree = YesNo(load_default=False)
