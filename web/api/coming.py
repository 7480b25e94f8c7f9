"""What is on, the sheet of a session, who is coming, who arrived, and repeating a session."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import arrivals, coming, opportunities, places, planner, series, sessions
from timebank.information import beside_session
from timebank.models import Session, SignUp
from timebank.policies import policy
from timebank.unit import Unit
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.filters import words
from web.schemas.coming import (
    JoinSessionSchema,
    LeaveSessionSchema,
    NoteArrivalSchema,
    NoteCodesSchema,
    PublishSheetSchema,
    SaveSheetSchema,
    UndoArrivalSchema,
    UnpublishSheetSchema,
)
from web.schemas.projects import RepeatSessionSchema

blp = Blueprint("coming", __name__, description="What is on, and who is coming")
_SHEET = (*opportunities.NEEDED, "content_note")


class OpportunityShape(Schema):
    """What a member reads before joining. ``mine`` is ``coming``, ``waiting``, ``withdrawn`` or
    null; show ``information_text`` beside it, and that there is no obligation."""

    session_id = shapes.text()
    title = shapes.text()
    activity = shapes.text()
    credited_activity = shapes.yes_no()
    starts_on = shapes.day()
    ends_on = shapes.day()
    starts_at_time = shapes.text()
    ends_at_time = shapes.text()
    place = shapes.text()
    online = shapes.yes_no()
    usual_total_minutes = shapes.whole()
    places_left = shapes.whole_or_none()
    what = shapes.text()
    preparation = shapes.text()
    travel = shapes.text()
    access = shapes.text()
    rewards = shapes.text()
    content_note = shapes.text()
    published = shapes.yes_no()
    sheet_revision = shapes.whole()
    mine = shapes.text_or_none()
    information_text = shapes.text()


OpportunitiesPage = shapes.listed(OpportunityShape)


class SignUpShape(Schema):
    """One member's place. ``words`` are what would help them to take part."""

    sign_up_id = shapes.text()
    member_id = shapes.text()
    member_number = shapes.whole()
    member_name = shapes.text()
    status = shapes.text()
    code = shapes.text()
    words = shapes.text_or_none()
    arrived = shapes.yes_no()


class ComingShape(Schema):
    """Everybody on the list of a session, by name."""

    items = fields.List(fields.Nested(SignUpShape), required=True)


def _said(unit: Unit, some: list[Session]) -> list[dict[str, Any]]:
    ids = [session.id for session in some]
    own, taken = coming.own(unit, ids), places.taken_at(unit, ids)
    information = beside_session(unit, policy(unit), words())
    return [
        _opportunity(session, own.get(session.id), taken.get(session.id, 0))
        | {"information_text": "\n\n".join(information.paragraphs)}
        for session in some
    ]


def _opportunity(session: Session, own: SignUp | None, taken: int) -> dict[str, Any]:
    sheet = session.sheet
    names = OpportunityShape().fields.keys() & set(Session.__table__.columns.keys())
    return {
        **{name: getattr(session, name) for name in names},
        **{name: getattr(sheet, name) if sheet else "" for name in _SHEET},
        "session_id": session.id,
        "activity": session.activity_type.name,
        "credited_activity": session.activity_type.credited,
        "usual_total_minutes": planner.offered(session).total_minutes,
        "places_left": None if session.places is None else max(0, session.places - taken),
        "published": sheet is not None and sheet.published_at is not None,
        "sheet_revision": sheet.revision if sheet else 0,
        "mine": own.status if own else None,
    }


def _sign_up(row: SignUp) -> dict[str, Any]:
    return {
        "sign_up_id": row.id,
        "member_id": row.member_id,
        "member_number": row.member.number,
        "member_name": row.member.person.name,
        "status": row.status,
        "code": row.code,
        "words": row.words,
        "arrived": row.arrived_at is not None,
    }


# --- what is on -------------------------------------------------------------------------------


@blp.route("/opportunities")
@access("opportunity.view")
@blp.arguments(PageQuery, location="query")
@blp.response(200, OpportunitiesPage)
def list_opportunities(query: dict[str, Any]) -> dict[str, Any]:
    """List what is published and to come, the next first."""
    with units.reading() as unit:
        found = opportunities.whats_on(unit, limit=query["limit"] + 1, offset=query["offset"])
        return page(_said(unit, list(found)), query)


@blp.route("/opportunities/<id:session_id>")
@access("opportunity.view")
@blp.response(200, OpportunityShape)
def read_opportunity(session_id: str) -> dict[str, Any]:
    """Read what to know before joining a session."""
    with units.reading() as unit:
        return _said(unit, [opportunities.opportunity(unit, session_id)])[0]


@blp.route("/opportunities/<id:session_id>/join", methods=["POST"])
@access("opportunity.view")
@blp.may_be_keyed
@blp.arguments(JoinSessionSchema)
@blp.response(200, shapes.of_result(coming.ComingChanged))
def join_session(command: coming.JoinSession, session_id: str) -> coming.ComingChanged:
    """Sign yourself up, or as a coordinator somebody else."""
    return run(coming.join_session, command, keyed=False)


@blp.route("/opportunities/<id:session_id>/leave", methods=["POST"])
@access("opportunity.view")
@blp.may_be_keyed
@blp.arguments(LeaveSessionSchema)
@blp.response(200, shapes.of_result(coming.ComingChanged))
def leave_session(command: coming.LeaveSession, session_id: str) -> coming.ComingChanged:
    """Say that you, or somebody you look after, are not coming after all."""
    return run(coming.leave_session, command, keyed=False)


# --- for those who run sessions ---------------------------------------------------------------


@blp.route("/sessions/<id:session_id>/sheet", methods=["PUT"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(SaveSheetSchema)
@blp.response(200, shapes.of_result(opportunities.SheetKept))
def save_sheet(command: opportunities.SaveSheet, session_id: str) -> opportunities.SheetKept:
    """Save what members read before they join; a draft may have blanks."""
    return run(opportunities.save_sheet, command, keyed=False)


@blp.route("/sessions/<id:session_id>/sheet/publish", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(PublishSheetSchema)
@blp.response(200, shapes.of_result(opportunities.SheetKept))
def publish_sheet(command: opportunities.PublishSheet, session_id: str) -> opportunities.SheetKept:
    """Publish a sheet without blanks: members can join."""
    return run(opportunities.publish_sheet, command, keyed=False)


@blp.route("/sessions/<id:session_id>/sheet/unpublish", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(UnpublishSheetSchema)
@blp.response(200, shapes.of_result(opportunities.SheetKept))
def unpublish_sheet(
    command: opportunities.UnpublishSheet, session_id: str
) -> opportunities.SheetKept:
    """Take a sheet back; who signed up stays signed up."""
    return run(opportunities.unpublish_sheet, command, keyed=False)


@blp.route("/sessions/<id:session_id>/coming")
@access("coming.manage")
@blp.response(200, ComingShape)
def list_coming(session_id: str) -> dict[str, Any]:
    """List who is coming, waits, or is not coming after all."""
    with units.reading() as unit:
        sessions.session(unit, session_id)
        return {"items": [_sign_up(row) for row in coming.signed_up(unit, session_id)]}


@blp.route("/sessions/<id:session_id>/arrivals", methods=["POST"])
@access("coming.manage")
@blp.may_be_keyed
@blp.arguments(NoteArrivalSchema)
@blp.response(200, shapes.of_result(coming.ComingChanged))
def note_arrival(command: arrivals.NoteArrival, session_id: str) -> coming.ComingChanged:
    """Note that somebody is there."""
    return run(arrivals.note_arrival, command, keyed=False)


@blp.route("/sessions/<id:session_id>/arrivals/undo", methods=["POST"])
@access("coming.manage")
@blp.may_be_keyed
@blp.arguments(UndoArrivalSchema)
@blp.response(200, shapes.of_result(coming.ComingChanged))
def undo_arrival(command: arrivals.UndoArrival, session_id: str) -> coming.ComingChanged:
    """Take a noted arrival back."""
    return run(arrivals.undo_arrival, command, keyed=False)


@blp.route("/sessions/<id:session_id>/arrivals/codes", methods=["POST"])
@access("coming.manage")
@blp.may_be_keyed
@blp.arguments(NoteCodesSchema)
@blp.response(200, shapes.of_result(arrivals.ArrivalsNoted))
def note_codes(command: arrivals.NoteCodes, session_id: str) -> arrivals.ArrivalsNoted:
    """Note everybody whose code was ticked on the sheet; with one unknown code, nobody."""
    return run(arrivals.note_codes, command, keyed=False)


@blp.route("/sessions/<id:session_id>/repeat", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(RepeatSessionSchema)
@blp.response(201, shapes.of_result(series.SessionRepeated))
def repeat_session(command: series.RepeatSession, session_id: str) -> series.SessionRepeated:
    """Plan the same on further days, each a session of its own."""
    return run(series.repeat_session, command, keyed=False)
