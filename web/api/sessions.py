"""Sessions: planned, listed, and with who was there."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import activities, sessions
from timebank.models import ActivityType, AttendanceEntry, Session
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.schemas.fields import OneOf
from web.schemas.sessions import (
    AddActivityTypeSchema,
    CancelSessionSchema,
    ChangeActivityTypeSchema,
    ChangeSessionSchema,
    PlanSessionSchema,
)

blp = Blueprint("sessions", __name__, description="Sessions, and who was there")


class ActivityTypeShape(Schema):
    """A kind of activity with its answers to the four questions (null: never asked); ``reason``
    says why it is not credited, or why it is although an answer is no."""

    id = shapes.text()
    name = shapes.text()
    credited = shapes.yes_no()
    reason = shapes.text()
    takes_time = fields.Boolean(required=True, allow_none=True)
    uses_experience = fields.Boolean(required=True, allow_none=True)
    one_team = fields.Boolean(required=True, allow_none=True)
    develops = fields.Boolean(required=True, allow_none=True)
    social = shapes.yes_no()
    revision = shapes.whole()


class ActivityTypesShape(Schema):
    """Every kind of activity."""

    items = fields.List(fields.Nested(ActivityTypeShape), required=True)


class SessionShape(Schema):
    """A session. Send ``revision`` back with a change or a credit: a stale copy is found out."""

    id = shapes.text()
    title = shapes.text()
    activity_type_id = shapes.text()
    activity = shapes.text()
    credited_activity = shapes.yes_no()
    starts_on = shapes.day()
    ends_on = shapes.day()
    starts_at_time = shapes.text()
    ends_at_time = shapes.text()
    place = shapes.text()
    places = shapes.whole_or_none()
    expected_people = shapes.whole_or_none()
    project_id = shapes.text_or_none()
    organisation_id = shapes.text_or_none()
    series_id = shapes.text_or_none()
    usual_minutes = shapes.whole()
    online = shapes.yes_no()
    usual_preparation_minutes = shapes.whole()
    usual_travel_minutes = shapes.whole()
    usual_paperwork_minutes = shapes.whole()
    usual_follow_up_minutes = shapes.whole()
    status = shapes.text()
    revision = shapes.whole()


class FiguresShape(Schema):
    """Minutes by component, as recorded."""

    session_minutes = shapes.whole()
    preparation_minutes = shapes.whole()
    travel_minutes = shapes.whole()
    paperwork_minutes = shapes.whole()
    follow_up_minutes = shapes.whole()


class AttendanceShape(Schema):
    """One member at one session, as recorded now."""

    id = shapes.text()
    session_id = shapes.text()
    member_id = shapes.text()
    member_number = shapes.whole()
    member_name = shapes.text()
    revision = shapes.whole()
    involvement = shapes.text()
    capacity = shapes.text()
    choice = shapes.text()
    pot_minutes = shapes.whole()
    late = shapes.yes_no()
    figures = fields.Nested(FiguresShape, required=True)
    credited_minutes = shapes.whole()


class SessionWithPeopleShape(SessionShape):
    """A session with everybody recorded at it."""

    attendances = fields.List(fields.Nested(AttendanceShape), required=True)


SessionsPage = shapes.listed(SessionShape)


class SessionsQuery(PageQuery):
    """``status`` keeps only planned, only credited or only cancelled sessions."""

    status = OneOf(sessions.STATUSES, load_default=None, allow_none=False)


def session_json(session: Session) -> dict[str, Any]:
    """A session; to be called while the unit is open."""
    kind: ActivityType = session.activity_type
    names = SessionShape().fields.keys() - {"activity", "credited_activity"}
    said = {name: getattr(session, name) for name in names}
    return said | {"activity": kind.name, "credited_activity": kind.credited}


def attendance_json(entry: AttendanceEntry) -> dict[str, Any]:
    """The newest entry of an attendance; to be called while the unit is open."""
    attendance = entry.attendance
    return {
        "id": attendance.id,
        "session_id": attendance.session_id,
        "member_id": attendance.member_id,
        "member_number": attendance.member.number,
        "member_name": attendance.member.person.name,
        "revision": entry.revision,
        "involvement": entry.involvement,
        "capacity": entry.capacity,
        "choice": entry.choice,
        "pot_minutes": entry.pot_minutes,
        "late": entry.late,
        "figures": {name: getattr(entry, name) for name in FiguresShape().fields},
        "credited_minutes": entry.credited_minutes,
    }


@blp.route("/activity-types")
@access("session.view_all")
@blp.response(200, ActivityTypesShape)
def list_activity_types() -> dict[str, Any]:
    """List the kinds of activity."""
    with units.reading() as unit:
        return {"items": list(sessions.activity_types(unit))}


@blp.route("/activity-types", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(AddActivityTypeSchema)
@blp.response(201, shapes.of_result(activities.ActivityTypeAdded))
def add_activity_type(command: activities.AddActivityType) -> activities.ActivityTypeAdded:
    """Add a kind of activity."""
    return run(activities.add_activity_type, command, keyed=False)


@blp.route("/activity-types/<id:activity_type_id>", methods=["PUT"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(ChangeActivityTypeSchema)
@blp.response(200, shapes.of_result(activities.ActivityTypeChanged))
def change_activity_type(
    command: activities.ChangeActivityType, activity_type_id: str
) -> activities.ActivityTypeChanged:
    """Change a kind of activity; what was credited stays as it is."""
    return run(activities.change_activity_type, command, keyed=False)


@blp.route("/sessions")
@access("session.view_all")
@blp.arguments(SessionsQuery, location="query")
@blp.response(200, SessionsPage)
def list_sessions(query: dict[str, Any]) -> dict[str, Any]:
    """List sessions, the newest day first."""
    with units.reading() as unit:
        found = sessions.sessions(
            unit, limit=query["limit"] + 1, offset=query["offset"], status=query["status"]
        )
        return page([session_json(session) for session in found], query)


@blp.route("/sessions", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(PlanSessionSchema)
@blp.response(201, shapes.of_result(sessions.SessionPlanned))
def plan_session(command: sessions.PlanSession) -> sessions.SessionPlanned:
    """Plan a session."""
    return run(sessions.plan_session, command, keyed=False)


@blp.route("/sessions/<id:session_id>")
@access("session.view_all")
@blp.response(200, SessionWithPeopleShape)
def read_session(session_id: str) -> dict[str, Any]:
    """Read a session and who was there."""
    with units.reading() as unit:
        found = session_json(sessions.session(unit, session_id))
        entries = sessions.attendances(unit, session_id)
        return found | {"attendances": [attendance_json(entry) for entry in entries]}


@blp.route("/sessions/<id:session_id>", methods=["PUT"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(ChangeSessionSchema)
@blp.response(200, shapes.of_result(sessions.SessionChanged))
def change_session(command: sessions.ChangeSession, session_id: str) -> sessions.SessionChanged:
    """Put a planned session right, before anybody is credited."""
    return run(sessions.change_session, command, keyed=False)


@blp.route("/sessions/<id:session_id>/cancel", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(CancelSessionSchema)
@blp.response(200, shapes.of_result(sessions.SessionChanged))
def cancel_session(command: sessions.CancelSession, session_id: str) -> sessions.SessionChanged:
    """Cancel a planned session."""
    return run(sessions.cancel_session, command, keyed=False)
