"""Time added to what is recorded about one person at one session."""

from __future__ import annotations

from timebank import late_time
from web.schemas import CommandSchema
from web.schemas.crediting import FiguresSchema, Inside
from web.schemas.fields import Id, Whole


class AddLateTimeSchema(CommandSchema):
    """Minutes to add; ``revision`` is the attendance's as read."""

    command = late_time.AddLateTime

    attendance_id = Id(from_path=True)
    revision = Whole()
    figures = Inside(FiguresSchema)
