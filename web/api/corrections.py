"""Attendances one by one: what is recorded, what was before, and putting it right."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import corrections, sessions
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.api.sessions import AttendanceShape, FiguresShape, attendance_json
from web.schemas.corrections import CorrectCreditSchema

blp = Blueprint("attendances", __name__, description="Attendances and their corrections")


class EntryShape(Schema):
    """What was recorded at one time; ``reason`` is null for the first."""

    revision = shapes.whole()
    capacity = shapes.text()
    choice = shapes.text()
    figures = fields.Nested(FiguresShape, required=True)
    credited_minutes = shapes.whole()
    reason = shapes.text_or_none()
    words = shapes.text_or_none()
    recorded_at = shapes.instant()


class AttendanceHistoryShape(AttendanceShape):
    """An attendance and everything that was ever recorded about it, oldest first."""

    entries = fields.List(fields.Nested(EntryShape), required=True)


@blp.route("/attendances/<id:attendance_id>")
@access("session.view_all")
@blp.response(200, AttendanceHistoryShape)
def read_attendance(attendance_id: str) -> dict[str, Any]:
    """Read an attendance and its corrections."""
    with units.reading() as unit:
        found = sessions.attendance(unit, attendance_id)
        entries = []
        for entry in found.entries:
            said = {name: getattr(entry, name) for name in EntryShape().fields if name != "figures"}
            figures = {name: getattr(entry, name) for name in FiguresShape().fields}
            entries.append(said | {"figures": figures})
        return attendance_json(found.entries[-1]) | {"entries": entries}


@blp.route("/attendances/<id:attendance_id>/correct", methods=["POST"])
@access("credit.correct")
@blp.keyed
@blp.arguments(CorrectCreditSchema)
@blp.response(200, shapes.of_result(corrections.CreditCorrected))
def correct_credit(
    command: corrections.CorrectCredit, attendance_id: str
) -> corrections.CreditCorrected:
    """Put right what was recorded about one person; nothing is erased.

    The old credit is reversed and the right one posted. Nobody corrects their own.
    """
    return run(corrections.correct_credit, command)
