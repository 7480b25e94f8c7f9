"""Hours from before the books: a list, and the second person who confirms it."""

from __future__ import annotations

from timebank import openings
from web.schemas import CommandSchema
from web.schemas.crediting import Inside, Several
from web.schemas.fields import Day, Id, Minutes, Paragraph, Whole


class OpeningLineSchema(CommandSchema):
    """One member's hours from before."""

    command = openings.OpeningLine

    member_id = Id()
    minutes = Minutes()


class EnterOpeningSchema(CommandSchema):
    """A list of hours as people had them on one day; the total is given beside the lines."""

    command = openings.EnterOpening

    as_of_on = Day()
    total_minutes = Minutes(most=10**9)
    lines = Several(Inside(OpeningLineSchema), most=openings.MOST_LINES)
    words = Paragraph(load_default="")


class ConfirmOpeningSchema(CommandSchema):
    """Confirm a list; ``total_minutes`` is the total as it was checked."""

    command = openings.ConfirmOpening

    list_id = Id(from_path=True)
    revision = Whole()
    total_minutes = Minutes(most=10**9)


class WithdrawOpeningSchema(CommandSchema):
    """Take a waiting list back."""

    command = openings.WithdrawOpening

    list_id = Id(from_path=True)
    revision = Whole()
