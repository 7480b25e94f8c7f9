"""How people hear from us: channels, letters, calls, messages sent again, certificates."""

from __future__ import annotations

from timebank import calls, certificates, communication, delivery, letters
from web.schemas import CommandSchema
from web.schemas.crediting import Several
from web.schemas.fields import (
    N_,
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


class ChangeCommunicationSchema(CommandSchema):
    """How a member wants to hear from us; without ``member_id`` the actor."""

    command = communication.ChangeCommunication

    member_id = Id(load_default=None, from_path=True)
    revision = Whole()
    channel = OneOf(communication.CHANNELS)
    form = OneOf(communication.FORMS)
    language = Line(load_default=None, most=20)
    words = Paragraph(load_default=None, most=500)
    copy_name = Line(load_default=None)
    copy_email = Email(load_default=None)
    copy_agreed = YesNo(load_default=False)
    no_news = YesNo(load_default=False)


class NoteReturnedSchema(CommandSchema):
    """A mail or text to a member came back."""

    command = communication.NoteReturned

    member_id = Id(from_path=True)


class PrintLettersSchema(CommandSchema):
    """Make the letters of today."""

    command = letters.PrintLetters


class PostLettersSchema(CommandSchema):
    """Tick letters that were posted."""

    command = letters.PostLetters

    run_id = Id(from_path=True)
    letter_ids = Several(Id(), most=letters.IN_ONE_FILE)


class ReturnLetterSchema(CommandSchema):
    """A letter came back."""

    command = letters.ReturnLetter

    letter_id = Id(from_path=True)


class ReadOutSchema(CommandSchema):
    """Messages were read out to somebody."""

    command = calls.ReadOut

    person_id = Id(from_path=True)
    message_ids = Several(Id(), most=1000)


class NobodyAnsweredSchema(CommandSchema):
    """Somebody was rung and did not answer."""

    command = calls.NobodyAnswered

    person_id = Id(from_path=True)


class SendAgainSchema(CommandSchema):
    """Try a message again now."""

    command = delivery.SendAgain

    message_id = Id(from_path=True)


class IssueCertificateSchema(CommandSchema):
    """A certificate between two days; without ``member_id`` the actor's own."""

    command = certificates.IssueCertificate

    member_id = Id(load_default=None, from_path=True)
    from_on = Day(error_messages={"required": N_("Enter the first day.")})
    until_on = Day(error_messages={"required": N_("Enter the last day.")})


class CheckCertificateSchema(CommandSchema):
    """What stands on somebody's copy of a certificate."""

    command = certificates.CheckCertificate

    reference = Line(most=40, error_messages={"empty": N_("Enter the reference, like 7KQ4-M2XW.")})
    minutes = Minutes(error_messages={"required": N_("Enter the time in all.")})
    receipt = Line(most=60, error_messages={"empty": N_("Enter the receipt.")})
