"""Asking to join, conversations, steps on the way in, and checks that were seen."""

from __future__ import annotations

from timebank import figures, joining, people, safety_checks
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Email, Id, Line, OneOf, Paragraph, Whole, YesNo

_NAME = {"empty": N_("Enter a name.")}


class ApplySchema(CommandSchema):
    """Somebody asks to join."""

    command = joining.Apply

    name = Line(error_messages=_NAME)
    email = Email(load_default=None)
    phone = Line(load_default=None, most=50)
    came_by = OneOf(joining.CAME_BY, load_default="online")
    heard_from = OneOf(joining.HEARD_FROM, load_default="")
    adult = YesNo(load_default=False)
    organisation_id = Id(load_default=None)


class AdmitSchema(CommandSchema):
    """The applicant becomes a member; ``revision`` is the application's as read."""

    command = joining.Admit

    application_id = Id(from_path=True)
    revision = Whole()
    statement_by = OneOf(people.STATEMENTS_BY, load_default="link")
    choice = OneOf(figures.CHOICES, load_default="accept")
    no_money_rewards = YesNo(load_default=False)


class CloseApplicationSchema(CommandSchema):
    """An application comes to nothing; ``revision`` is as read."""

    command = joining.CloseApplication

    application_id = Id(from_path=True)
    revision = Whole()


class NoteStepSchema(CommandSchema):
    """A step was taken; ``detail`` says who a reference is from."""

    command = joining.NoteStep

    person_id = Id(from_path=True)
    step = OneOf(joining.STEPS)
    done_on = Day(error_messages={"required": N_("Enter the day.")})
    detail = OneOf(("", *joining.REFERENCE_FROM), load_default="")


class NoteConversationSchema(CommandSchema):
    """What was agreed in a conversation; without ``review_on`` the next is in a year."""

    command = joining.NoteConversation

    person_id = Id(from_path=True)
    held_on = Day(error_messages={"required": N_("Enter the day.")})
    how = OneOf(joining.HOW)
    hours_for = OneOf(joining.HOURS_FOR, load_default="not_said")
    interests_words = Paragraph(load_default="", most=500)
    review_on = Day(load_default=None)


class RecordCheckSchema(CommandSchema):
    """A certificate was seen; what stands in it is not kept."""

    command = safety_checks.RecordCheck

    person_id = Id(from_path=True)
    level = OneOf(safety_checks.LEVELS)
    issued_on = Day(error_messages={"required": N_("Enter the day of the certificate.")})
    reference = Line(load_default="", most=40)
    update_service = YesNo(load_default=False)
    recheck_on = Day(load_default=None)


class LookAtChecksSchema(CommandSchema):
    """Somebody wants to see a person's checks, which is noted."""

    command = safety_checks.LookAtChecks

    person_id = Id(from_path=True)
