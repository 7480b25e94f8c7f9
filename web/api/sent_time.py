"""Time that people send in themselves, and time added to what is recorded."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import late_time, sent_lines, sent_time, time_decisions
from timebank.figures import COMPONENTS
from timebank.models import SentTime
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.api.sessions import FiguresShape
from web.schemas.late_time import AddLateTimeSchema
from web.schemas.sent_time import (
    AskAboutTimeSchema,
    ChangeSentTimeSchema,
    ConfirmTimeSchema,
    DeclineTimeSchema,
    SendTimeSchema,
    WithdrawTimeSchema,
)

blp = Blueprint("sent-time", __name__, description="Time sent in, and time added afterwards")


class SentTimeShape(Schema):
    """Time that somebody sent in: ``waiting``, ``asked``, ``confirmed``, ``declined`` or
    ``withdrawn``. ``question_words`` are what was asked, or why it was not counted."""

    id = shapes.text()
    session_id = shapes.text()
    member_id = shapes.text()
    status = shapes.text()
    revision = shapes.whole()
    capacity = shapes.text()
    figures = fields.Nested(FiguresShape, required=True)
    words = shapes.text_or_none()
    question_words = shapes.text_or_none()
    sent_at = shapes.instant()


class SentTimesShape(Schema):
    """Several of them."""

    items = fields.List(fields.Nested(SentTimeShape), required=True)


def _json(found: SentTime) -> dict[str, Any]:
    names = SentTimeShape().fields.keys() - {"figures"}
    said = {name: getattr(found, name) for name in names}
    return said | {"figures": {name: getattr(found, name) for name in COMPONENTS}}


@blp.route("/attendances/<id:attendance_id>/add-time", methods=["POST"])
@access("session.credit")
@blp.keyed
@blp.arguments(AddLateTimeSchema)
@blp.response(200, shapes.of_result(late_time.LateTimeAdded))
def add_late_time(command: late_time.AddLateTime, attendance_id: str) -> late_time.LateTimeAdded:
    """Add time to what is recorded about one person at one session.

    Everything together is rounded once, and only the difference is credited.
    """
    return run(late_time.add_late_time, command)


@blp.route("/time-sent", methods=["POST"])
@access("time.send_own")
@blp.may_be_keyed
@blp.arguments(SendTimeSchema)
@blp.response(201, shapes.of_result(sent_time.TimeSent))
def send_time(command: sent_time.SendTime) -> sent_time.TimeSent:
    """Send in time of one's own for a session; it counts once somebody else confirms it."""
    return run(sent_time.send_time, command, keyed=False)


@blp.route("/time-sent/mine")
@access("time.send_own")
@blp.response(200, SentTimesShape)
def list_own() -> dict[str, Any]:
    """List what one sent in, the newest first."""
    with units.reading() as unit:
        found = sent_lines.of_member(unit, unit.actor.member_id or "")
        return {"items": [_json(each) for each in found]}


@blp.route("/time-sent/waiting")
@access("time.confirm")
@blp.response(200, SentTimesShape)
def list_waiting() -> dict[str, Any]:
    """List what waits to be confirmed, the oldest first."""
    with units.reading() as unit:
        return {"items": [_json(each) for each in sent_lines.waiting(unit)]}


@blp.route("/time-sent/<id:sent_time_id>")
@access(SIGNED_IN)
@blp.response(200, SentTimeShape)
def read_sent_time(sent_time_id: str) -> dict[str, Any]:
    """Read what was sent in, as whoever sent it or may confirm it."""
    with units.reading() as unit:
        return _json(sent_lines.sent(unit, sent_time_id))


@blp.route("/time-sent/<id:sent_time_id>", methods=["PUT"])
@access("time.send_own")
@blp.may_be_keyed
@blp.arguments(ChangeSentTimeSchema)
@blp.response(200, shapes.of_result(sent_time.TimeSent))
def change_sent_time(command: sent_time.ChangeSentTime, sent_time_id: str) -> sent_time.TimeSent:
    """Change what waits, or answer a question about it."""
    return run(sent_time.change_sent_time, command, keyed=False)


@blp.route("/time-sent/<id:sent_time_id>/withdraw", methods=["POST"])
@access("time.send_own")
@blp.may_be_keyed
@blp.arguments(WithdrawTimeSchema)
@blp.response(200, shapes.of_result(sent_time.TimeSent))
def withdraw_time(command: sent_time.WithdrawTime, sent_time_id: str) -> sent_time.TimeSent:
    """Take back what waits."""
    return run(sent_time.withdraw_time, command, keyed=False)


@blp.route("/time-sent/<id:sent_time_id>/confirm", methods=["POST"])
@access("time.confirm")
@blp.keyed
@blp.arguments(ConfirmTimeSchema)
@blp.response(200, shapes.of_result(time_decisions.TimeConfirmed))
def confirm_time(
    command: time_decisions.ConfirmTime, sent_time_id: str
) -> time_decisions.TimeConfirmed:
    """Confirm what somebody else sent in: it is credited. Nobody confirms their own."""
    return run(time_decisions.confirm_time, command)


@blp.route("/time-sent/<id:sent_time_id>/ask", methods=["POST"])
@access("time.confirm")
@blp.may_be_keyed
@blp.arguments(AskAboutTimeSchema)
@blp.response(200, shapes.of_result(sent_time.TimeSent))
def ask_about_time(command: time_decisions.AskAboutTime, sent_time_id: str) -> sent_time.TimeSent:
    """Ask the person about it."""
    return run(time_decisions.ask_about_time, command, keyed=False)


@blp.route("/time-sent/<id:sent_time_id>/decline", methods=["POST"])
@access("time.confirm")
@blp.may_be_keyed
@blp.arguments(DeclineTimeSchema)
@blp.response(200, shapes.of_result(sent_time.TimeSent))
def decline_time(command: time_decisions.DeclineTime, sent_time_id: str) -> sent_time.TimeSent:
    """Do not count it, with a reason that the person can read."""
    return run(time_decisions.decline_time, command, keyed=False)
