"""People, their choices and their roles."""

from __future__ import annotations

from timebank import figures, people, roles
from web.schemas import CommandSchema
from web.schemas.fields import N_, Email, Id, Line, OneOf, Paragraph, Whole, YesNo

_NAME = {"empty": N_("Enter the person's name."), "required": N_("Enter the person's name.")}


class AddMemberSchema(CommandSchema):
    """A new member, with or without an e-mail address."""

    command = people.AddMember

    name = Line(error_messages=_NAME)
    email = Email(load_default=None)
    phone = Line(load_default=None, most=50)
    address = Paragraph(load_default=None, most=500)
    statement_by = OneOf(people.STATEMENTS_BY, load_default="link")
    choice = OneOf(figures.CHOICES, load_default="accept")
    no_money_rewards = YesNo(load_default=False)
    organisation_id = Id(load_default=None)


class AddPersonSchema(CommandSchema):
    """Somebody on file who is no member."""

    command = people.AddPerson

    name = Line(error_messages=_NAME)
    email = Email(load_default=None)
    phone = Line(load_default=None, most=50)


class InvitePersonSchema(CommandSchema):
    """A new link to choose a password."""

    command = people.InvitePerson

    person_id = Id(from_path=True)


class ChangeMemberSchema(CommandSchema):
    """Everything a coordinator can change about a member; all of it is given each time.

    ``revision`` is the member's as read.
    """

    command = people.ChangeMember

    member_id = Id(from_path=True)
    revision = Whole()
    name = Line(error_messages=_NAME)
    email = Email(load_default=None)
    phone = Line(load_default=None, most=50)
    address = Paragraph(load_default=None, most=500)
    needs = Paragraph(load_default=None)
    statement_by = OneOf(people.STATEMENTS_BY)


class ChangeChoicesSchema(CommandSchema):
    """A member's standing choices; without ``member_id`` the actor's own.

    ``revision`` is the member's as read.
    """

    command = people.ChangeChoices

    revision = Whole()
    choice = OneOf(figures.CHOICES)
    no_money_rewards = YesNo()
    statement_by = OneOf(people.STATEMENTS_BY)
    member_id = Id(load_default=None, from_path=True)


class GrantRoleSchema(CommandSchema):
    """Give somebody a role from today."""

    command = people.GrantRole

    person_id = Id()
    role = OneOf(roles.GRANTED)
    organisation_id = Id(load_default=None)


class EndRoleSchema(CommandSchema):
    """End somebody's role today."""

    command = people.EndRole

    person_id = Id()
    role = OneOf(roles.GRANTED)
    organisation_id = Id(load_default=None)
