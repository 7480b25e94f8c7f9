"""The sheet of a session, who is coming to it, who arrived, and the page at its door."""

from __future__ import annotations

from timebank import arrivals, check_in, coming, opportunities, projects
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, OneOf, Paragraph, Whole


class SaveSheetSchema(CommandSchema):
    """What members read before they join; a draft may have blanks. ``revision`` is the sheet's as
    read, 0 for one that was not begun."""

    command = opportunities.SaveSheet

    session_id = Id(from_path=True)
    revision = Whole()
    what = Paragraph(load_default="")
    preparation = Paragraph(load_default="")
    travel = Paragraph(load_default="")
    access = Paragraph(load_default="")
    rewards = Paragraph(load_default="")
    content_note = Paragraph(load_default="")


class PublishSheetSchema(CommandSchema):
    """Show the sheet to members; ``revision`` is the sheet's as read."""

    command = opportunities.PublishSheet

    session_id = Id(from_path=True)
    revision = Whole()


class UnpublishSheetSchema(CommandSchema):
    """Take the sheet back; ``revision`` is the sheet's as read."""

    command = opportunities.UnpublishSheet

    session_id = Id(from_path=True)
    revision = Whole()


class JoinSessionSchema(CommandSchema):
    """Sign a member up. ``words`` are what would help them to take part."""

    command = coming.JoinSession

    session_id = Id(from_path=True)
    member_id = Id(error_messages={"empty": N_("Choose a member.")})
    capacity = OneOf(projects.CAPACITIES, load_default=None, allow_none=True)
    words = Paragraph(load_default="", most=coming.MOST_WORDS)


class LeaveSessionSchema(CommandSchema):
    """A member does not come after all."""

    command = coming.LeaveSession

    session_id = Id(from_path=True)
    member_id = Id()


class NoteArrivalSchema(CommandSchema):
    """A member is there."""

    command = arrivals.NoteArrival

    session_id = Id(from_path=True)
    member_id = Id(error_messages={"empty": N_("Choose a member.")})


class UndoArrivalSchema(CommandSchema):
    """A member is not there after all."""

    command = arrivals.UndoArrival

    session_id = Id(from_path=True)
    member_id = Id()


class NoteCodesSchema(CommandSchema):
    """The codes or member numbers that were ticked on paper."""

    command = arrivals.NoteCodes

    session_id = Id(from_path=True)
    codes = Paragraph(
        most=4000, error_messages={"empty": N_("Enter the codes that are ticked on the sheet.")}
    )


class OpenCheckInSchema(CommandSchema):
    """Open the page at the door."""

    command = check_in.OpenCheckIn

    session_id = Id(from_path=True)


class CloseCheckInSchema(CommandSchema):
    """Close it."""

    command = check_in.CloseCheckIn

    session_id = Id(from_path=True)


class DoorSchema(CommandSchema):
    """What somebody types at the door: their code, or their member number."""

    code = Line(most=40, error_messages={"empty": N_("Enter your code or member number.")})
