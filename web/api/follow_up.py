"""What follows a session."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import feedback, follow_up, sessions
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.follow_up import PlanFollowUpSchema

blp = Blueprint("follow-up", __name__, description="What follows a session")


class FeedbackShape(Schema):
    """How it was, together; with few answers only their number is said."""

    count = shapes.whole()
    answers = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    words = fields.List(fields.String(), required=True)


class FollowUpShape(Schema):
    """What is to follow; ``revision`` is 0 when nobody has said anything yet."""

    ask_right = shapes.yes_no()
    ask_feedback = shapes.yes_no()
    thank = shapes.yes_no()
    words = shapes.text_or_none()
    revision = shapes.whole()
    feedback = fields.Nested(FeedbackShape, required=True)


@blp.route("/sessions/<id:session_id>/follow-up")
@access("follow_up.plan")
@blp.response(200, FollowUpShape)
def read_follow_up(session_id: str) -> dict[str, Any]:
    """Read what is to follow a session, and what people said."""
    with units.reading() as unit:
        wanted = follow_up.of_session(unit, sessions.session(unit, session_id).id)
        given = feedback.of_session(unit, session_id)
        said = {name: getattr(wanted, name) for name in FollowUpShape().fields
                if name != "feedback"}  # fmt: skip
        return said | {"feedback": vars(given)}


@blp.route("/sessions/<id:session_id>/follow-up", methods=["POST"])
@access("follow_up.plan")
@blp.may_be_keyed
@blp.arguments(PlanFollowUpSchema)
@blp.response(200, shapes.of_result(follow_up.FollowUpPlanned))
def plan_follow_up(command: follow_up.PlanFollowUp, session_id: str) -> follow_up.FollowUpPlanned:
    """Say what is to follow a session; after it was credited it begins at once."""
    return run(follow_up.plan_follow_up, command, keyed=False)
