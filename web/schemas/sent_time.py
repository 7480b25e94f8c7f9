"""Time that somebody sends in themselves, and what others answer."""

from __future__ import annotations

from timebank import sent_time, time_decisions
from timebank.time_by_link import DECISIONS
from web.schemas import CommandSchema
from web.schemas.crediting import FiguresSchema, Inside
from web.schemas.fields import N_, Id, OneOf, Paragraph, Whole


class SendTimeSchema(CommandSchema):
    """One's own time for a session; ``words`` say what it was for."""

    command = sent_time.SendTime

    session_id = Id()
    figures = Inside(FiguresSchema)
    words = Paragraph(load_default="")


class ChangeSentTimeSchema(CommandSchema):
    """Other figures or words for what waits; ``revision`` is as read."""

    command = sent_time.ChangeSentTime

    sent_time_id = Id(from_path=True)
    revision = Whole()
    figures = Inside(FiguresSchema)
    words = Paragraph(load_default="")


class WithdrawTimeSchema(CommandSchema):
    """Take back what waits; ``revision`` is as read."""

    command = sent_time.WithdrawTime

    sent_time_id = Id(from_path=True)
    revision = Whole()


class ConfirmTimeSchema(CommandSchema):
    """Confirm what somebody else sent in; ``revision`` is as read."""

    command = time_decisions.ConfirmTime

    sent_time_id = Id(from_path=True)
    revision = Whole()


class AskAboutTimeSchema(CommandSchema):
    """Ask the person about it; ``revision`` is as read."""

    command = time_decisions.AskAboutTime

    sent_time_id = Id(from_path=True)
    revision = Whole()
    question = Paragraph(error_messages={"empty": N_("Write what you would like to know.")})


class DeclineTimeSchema(CommandSchema):
    """Do not count it; ``revision`` is as read."""

    command = time_decisions.DeclineTime

    sent_time_id = Id(from_path=True)
    revision = Whole()
    reason = Paragraph(error_messages={"empty": N_("Write why it is not counted.")})


class TimeByLinkSchema(CommandSchema):
    """The second approver's answer; the plain answer is loaded."""

    decision = OneOf(DECISIONS)
