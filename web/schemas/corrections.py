"""Correcting what was recorded about one person at one session."""

from __future__ import annotations

from timebank import corrections
from timebank.corrections import REASONS
from timebank.figures import CAPACITIES, CHOICES
from web.schemas import CommandSchema
from web.schemas.crediting import FiguresSchema, Inside
from web.schemas.fields import N_, Id, Minutes, OneOf, Paragraph, Whole

_WHY = {"invalid": N_("Choose why this is corrected.")}


class CorrectCreditSchema(CommandSchema):
    """What should have been recorded, and why it changes. ``revision`` is the attendance's."""

    command = corrections.CorrectCredit

    attendance_id = Id(from_path=True)
    revision = Whole()
    capacity = OneOf(CAPACITIES)
    choice = OneOf(CHOICES, load_default=None)
    figures = Inside(FiguresSchema)
    reason = OneOf(REASONS, error_messages=_WHY)
    pot_minutes = Minutes(load_default=None, allow_none=True)
    words = Paragraph(load_default="")
