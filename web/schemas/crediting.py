"""Crediting a session: who came, and for how long, by component."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from timebank import crediting
from timebank.credit_checks import MOST_LINES
from timebank.figures import CAPACITIES, CHOICES, Figures
from timebank.involvement import INVOLVEMENTS
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Minutes, OneOf, Spoken, Whole


class Inside(Spoken, fields.Nested):
    """A schema inside another."""


class Several(Spoken, fields.List):
    """One to ``most`` of the same, loaded as a tuple."""

    default_error_messages = {
        "invalid": N_("This must be a list."),
        "few": N_("Choose at least one person."),
        "many": N_("This has more than %(most)s lines."),
    }

    def __init__(self, inner: Any, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(inner, **kwargs)

    def documented(self) -> dict[str, Any]:
        return {"minItems": 1, "maxItems": self.most}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) and not value:
            raise self.make_error("few")
        if isinstance(value, list) and len(value) > self.most:
            raise self.make_error("many", most=f"{self.most:,}")
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class FiguresSchema(CommandSchema):
    """Minutes by component; what is left out is none."""

    command = Figures

    session_minutes = Minutes(load_default=0)
    preparation_minutes = Minutes(load_default=0)
    travel_minutes = Minutes(load_default=0)
    paperwork_minutes = Minutes(load_default=0)
    follow_up_minutes = Minutes(load_default=0)


class AttendanceLineSchema(CommandSchema):
    """One person who came. ``choice`` null is the member's standing choice; ``pot_minutes`` of
    accepted hours go to the community pot; ``involvement`` changes no figure."""

    command = crediting.AttendanceLine

    member_id = Id()
    involvement = OneOf(INVOLVEMENTS, load_default="took_part")
    capacity = OneOf(CAPACITIES, load_default="own_time")
    choice = OneOf(CHOICES, load_default=None)
    pot_minutes = Minutes(load_default=0)
    figures = Inside(FiguresSchema)


class CreditSessionSchema(CommandSchema):
    """Everybody who is credited for a session, together. ``revision`` is the session's as read."""

    command = crediting.CreditSession

    session_id = Id(from_path=True)
    revision = Whole()
    lines = Several(Inside(AttendanceLineSchema), most=MOST_LINES)
