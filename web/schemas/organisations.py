"""Partner organisations, and who belongs to them."""

from __future__ import annotations

from timebank import organisations
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, Paragraph, Whole

_NAME = {"empty": N_("Enter the organisation's name.")}


class AddOrganisationSchema(CommandSchema):
    """A new partner; ``contact`` is how to reach it."""

    command = organisations.AddOrganisation

    name = Line(error_messages=_NAME)
    contact = Paragraph(load_default="", most=organisations.MOST_CONTACT)


class ChangeOrganisationSchema(AddOrganisationSchema):
    """A partner as it shall be; ``revision`` is as read."""

    command = organisations.ChangeOrganisation

    organisation_id = Id(from_path=True)
    revision = Whole()


class EndOrganisationSchema(CommandSchema):
    """End a partnership; ``revision`` is as read."""

    command = organisations.EndOrganisation

    organisation_id = Id(from_path=True)
    revision = Whole()


class LinkMemberSchema(CommandSchema):
    """A member belongs to an organisation from today."""

    command = organisations.LinkMember

    member_id = Id(from_path=True)
    organisation_id = Id()


class UnlinkMemberSchema(LinkMemberSchema):
    """A member belongs to an organisation no more."""

    command = organisations.UnlinkMember
