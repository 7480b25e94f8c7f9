"""The directory, what members list, and exchanges between two of them."""

from __future__ import annotations

from timebank import exchanges, listings
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Line, Minutes, OneOf, Paragraph, Whole, YesNo


class KeepEntrySchema(CommandSchema):
    """Being found by other members, or not any more."""

    command = listings.KeepEntry

    member_id = Id(from_path=True)
    shown = YesNo()
    words = Paragraph(load_default="")
    show_phone = YesNo(load_default=False)
    show_email = YesNo(load_default=False)


class AddListingSchema(CommandSchema):
    """Something a member offers or would like."""

    command = listings.AddListing

    member_id = Id(from_path=True)
    kind = OneOf(listings.KINDS, error_messages={"invalid": N_("Choose which of the two it is.")})
    title_words = Line(error_messages={"empty": N_("Say in a few words what it is.")})
    words = Paragraph(load_default="")


class CloseListingSchema(CommandSchema):
    """A listing to take down."""

    command = listings.CloseListing

    listing_id = Id(from_path=True)
    revision = Whole()


class AskExchangeSchema(CommandSchema):
    """Answering a listing."""

    command = exchanges.AskExchange

    member_id = Id()
    listing_id = Id(from_path=True)
    words = Paragraph(load_default="")


class _Moving(CommandSchema):
    """Which exchange, and its revision as read."""

    exchange_id = Id(from_path=True)
    revision = Whole()


class AnswerExchangeSchema(_Moving):
    """Agree, or not."""

    command = exchanges.AnswerExchange

    agree = YesNo()


class ReportExchangeSchema(_Moving):
    """How long it took, and on which day, as one of the two says."""

    command = exchanges.ReportExchange

    member_id = Id()
    minutes = Minutes(error_messages={"required": N_("Enter how long it took.")})
    done_on = Day(error_messages={"required": N_("Enter the day.")})


class CancelExchangeSchema(_Moving):
    """Call it off."""

    command = exchanges.CancelExchange


class UndoExchangeSchema(_Moving):
    """Take the minutes back: it was a mistake."""

    command = exchanges.UndoExchange


class CheckExchangeSchema(_Moving):
    """All went well."""

    command = exchanges.CheckExchange
