"""What follows a session, and the answers to what was asked by link."""

from __future__ import annotations

from timebank import feedback, follow_up, is_it_right, thanks, wellbeing
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, OneOf, Paragraph, Whole, YesNo


class PlanFollowUpSchema(CommandSchema):
    """What is to follow one session; ``revision`` is 0 when nobody has said anything yet."""

    command = follow_up.PlanFollowUp

    session_id = Id(from_path=True)
    revision = Whole()
    ask_right = YesNo()
    ask_feedback = YesNo()
    thank = YesNo()
    wellbeing_by_id = Id(load_default=None)
    words = Line(load_default="", most=300)


class QueueCardSchema(CommandSchema):
    """A thank-you card for one person who was there."""

    command = thanks.QueueCard

    attendance_id = Id(error_messages={"invalid": N_("Choose who it is for.")})
    words = Line(load_default="", most=300)


class CardSentSchema(CommandSchema):
    """A card was sent, or is not wanted after all."""

    command = thanks.CardSent

    thank_you_id = Id(from_path=True)
    sent = YesNo()


class AskWellbeingSchema(CommandSchema):
    """Remind one person to ask how somebody is."""

    command = wellbeing.AskWellbeing

    attendance_id = Id(error_messages={"invalid": N_("Choose whom to ask after.")})
    for_id = Id(error_messages={"invalid": N_("Choose who asks.")})


class MarkAskedSchema(CommandSchema):
    """The named person has asked."""

    command = wellbeing.MarkAsked

    follow_up_id = Id(from_path=True)


class RightAnswerSchema(CommandSchema):
    """Yes or no to what was credited; no command, the link's code is in the address."""

    answer = OneOf(is_it_right.ANSWERS, error_messages={"invalid": N_("Choose yes or no.")})
    words = Paragraph(load_default="")


class FeedbackSchema(CommandSchema):
    """How it was; no command, the link's code is in the address."""

    answer = OneOf(feedback.ANSWERS, error_messages={"invalid": N_("Choose how it was.")})
    words = Paragraph(load_default="", most=500)
