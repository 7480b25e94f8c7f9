"""The community itself: its first set-up, its name and contacts, its agreed rules."""

from __future__ import annotations

from timebank import community, figures, policies
from web.schemas import CommandSchema
from web.schemas.fields import (
    N_,
    Colour,
    Day,
    Email,
    Id,
    Line,
    Minutes,
    OneOf,
    Paragraph,
    Whole,
    YesNo,
)

_NAME = {"empty": N_("Enter the name of the time bank.")}
_CONTACT = {"empty": N_("Enter the name of the person whom members can ask.")}


class SetUpSchema(CommandSchema):
    """The first page of an instance; the password and the code go beside it (``doors``)."""

    command = community.SetUp

    name = Line(most=100, error_messages=_NAME)
    brand_colour = Colour()
    contact_name = Line(error_messages=_CONTACT)
    contact_email = Email(load_default="")
    contact_phone = Line(load_default="", most=50)
    admin_name = Line(error_messages={"empty": N_("Enter your name.")})
    admin_email = Email(error_messages={"empty": N_("Enter your e-mail address.")})
    admin_is_member = YesNo(load_default=False)


class ChangeCommunitySchema(CommandSchema):
    """The community's name, colour and who to ask; ``revision`` is the community's as read."""

    command = community.ChangeCommunity

    revision = Whole()
    name = Line(most=100, error_messages=_NAME)
    brand_colour = Colour()
    contact_name = Line(error_messages=_CONTACT)
    contact_email = Email(load_default="")
    contact_phone = Line(load_default="", most=50)
    second_approver_id = Id(load_default=None)


class AgreePolicySchema(CommandSchema):
    """A new version of the agreed rules; ``follows_version`` is the version in force as read."""

    command = community.AgreePolicy

    follows_version = Whole()
    rounding = OneOf(figures.ROUNDINGS)
    money_rewards = YesNo()
    advice_contact = Paragraph(load_default="", most=500)
    information_reviewed_by = Line(load_default="")
    information_reviewed_on = Day(load_default=None)
    # What is left out stays as it was; null means that no correction needs a second person.
    second_approval_minutes = Minutes(allow_none=True, load_default=lambda: policies.AS_BEFORE)
    starting_minutes = Minutes(allow_none=True, load_default=None)
    late_days = Whole(allow_none=True, load_default=None)
