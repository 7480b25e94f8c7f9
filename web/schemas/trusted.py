"""Whom a member trusts to act for them."""

from __future__ import annotations

from timebank import trusted, trusted_cards
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Email, Id, Line, OneOf, Whole


class TrustPersonSchema(CommandSchema):
    """A trusted person, what they may do, and until when.

    ``email`` is theirs; ``number``, their member number, is for coordinators. ``rewards``: "none",
    "no_money" or "all". ``until_on`` is the last day. ``how`` is how the member said so: members
    themselves "online", a coordinator "phone", "in_person" or "paper".
    """

    command = trusted.TrustPerson

    member_id = Id(from_path=True)
    name = Line(error_messages={"empty": N_("Enter their name.")})
    email = Email(load_default=None, allow_none=True)
    number = Whole(load_default=None, allow_none=True, least=1, most=10**9)
    rewards = OneOf(trusted.REWARDS, error_messages={"invalid": N_("Choose what they may do.")})
    until_on = Day(load_default=None, allow_none=True)
    how = OneOf(trusted.HOW, load_default="online")


class EndTrustSchema(CommandSchema):
    """A consent that ends."""

    command = trusted.EndTrust

    trust_id = Id(from_path=True)


class IssueTrustedCardSchema(CommandSchema):
    """A sign-in card for a trusted person."""

    command = trusted_cards.IssueTrustedCard

    trust_id = Id(from_path=True)
