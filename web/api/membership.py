"""Joining, a break, leaving, and two numbers of one person."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import dormant, joining, membership, merging
from timebank.models import Application
from timebank.people import MemberAdded
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.schemas.joining import (
    AdmitSchema,
    ApplySchema,
    CloseApplicationSchema,
    NoteConversationSchema,
    NoteStepSchema,
)
from web.schemas.membership import (
    EndMembershipSchema,
    MergeMembersSchema,
    NoteAttemptSchema,
    PauseMembershipSchema,
    ResumeMembershipSchema,
)

blp = Blueprint("membership", __name__, description="Joining, pausing and leaving")


class ApplicationShape(Schema):
    """Somebody who asks to join. Send ``revision`` back with an answer."""

    id = shapes.text()
    person_id = shapes.text()
    name = shapes.text()
    email = shapes.text_or_none()
    phone = shapes.text_or_none()
    organisation_id = shapes.text_or_none()
    status = shapes.text()
    came_by = shapes.text()
    heard_from = shapes.text()
    applied_at = shapes.instant()
    revision = shapes.whole()


def _application_json(found: Application) -> dict[str, Any]:
    in_person = {"name", "email", "phone"}
    names = ApplicationShape().fields.keys() - in_person
    said = {name: getattr(found, name) for name in names}
    return said | {name: getattr(found.person, name) for name in in_person}


@blp.route("/applications")
@access("member.add")
@blp.arguments(PageQuery, location="query")
@blp.response(200, shapes.listed(ApplicationShape))
def list_applications(query: dict[str, Any]) -> dict[str, Any]:
    """List who asks to join and waits for an answer, the longest first."""
    with units.reading() as unit:
        found = joining.applications(unit, limit=query["limit"] + 1, offset=query["offset"])
        return page([_application_json(each) for each in found], query)


@blp.route("/applications", methods=["POST"])
@access("member.add")
@blp.may_be_keyed
@blp.arguments(ApplySchema)
@blp.response(201, shapes.of_result(joining.Applied))
def add_application(command: joining.Apply) -> joining.Applied:
    """Note somebody who asks to join."""
    return run(joining.apply, command, keyed=False)


@blp.route("/applications/<id:application_id>/admit", methods=["POST"])
@access("member.add")
@blp.may_be_keyed
@blp.arguments(AdmitSchema)
@blp.response(201, shapes.of_result(MemberAdded))
def admit(command: joining.Admit, application_id: str) -> MemberAdded:
    """Make a member of somebody who asked to join."""
    return run(joining.admit, command, keyed=False)


@blp.route("/applications/<id:application_id>/close", methods=["POST"])
@access("member.add")
@blp.may_be_keyed
@blp.arguments(CloseApplicationSchema)
@blp.response(200, shapes.of_result(joining.ApplicationClosed))
def close_application(
    command: joining.CloseApplication, application_id: str
) -> joining.ApplicationClosed:
    """Close an application, and erase what came with it."""
    return run(joining.close_application, command, keyed=False)


@blp.route("/people/<id:person_id>/conversations", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(NoteConversationSchema)
@blp.response(201, shapes.of_result(joining.Noted))
def note_conversation(command: joining.NoteConversation, person_id: str) -> joining.Noted:
    """Note what was agreed in a conversation."""
    return run(joining.note_conversation, command, keyed=False)


@blp.route("/people/<id:person_id>/steps", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(NoteStepSchema)
@blp.response(201, shapes.of_result(joining.Noted))
def note_step(command: joining.NoteStep, person_id: str) -> joining.Noted:
    """Note a step on the way in."""
    return run(joining.note_step, command, keyed=False)


@blp.route("/members/<id:member_id>/pause", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(PauseMembershipSchema)
@blp.response(200, shapes.of_result(membership.MembershipChanged))
def pause(command: membership.PauseMembership, member_id: str) -> membership.MembershipChanged:
    """Pause a membership."""
    return run(membership.pause_membership, command, keyed=False)


@blp.route("/members/<id:member_id>/resume", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ResumeMembershipSchema)
@blp.response(200, shapes.of_result(membership.MembershipChanged))
def resume(command: membership.ResumeMembership, member_id: str) -> membership.MembershipChanged:
    """Take a membership up again."""
    return run(membership.resume_membership, command, keyed=False)


@blp.route("/members/<id:member_id>/end", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(EndMembershipSchema)
@blp.response(200, shapes.of_result(membership.MembershipChanged))
def end(command: membership.EndMembership, member_id: str) -> membership.MembershipChanged:
    """End a membership; the hours and the history stay on file."""
    return run(membership.end_membership, command, keyed=False)


@blp.route("/members/<id:member_id>/contact-attempts", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(NoteAttemptSchema)
@blp.response(201, shapes.of_result(dormant.AttemptNoted))
def note_attempt(command: dormant.NoteAttempt, member_id: str) -> dormant.AttemptNoted:
    """Note an attempt to reach somebody who was not seen for long."""
    return run(dormant.note_attempt, command, keyed=False)


@blp.route("/members/<id:old_member_id>/merge", methods=["POST"])
@access("member.merge")
@blp.keyed
@blp.arguments(MergeMembersSchema)
@blp.response(200, shapes.of_result(merging.MembersMerged))
def merge(command: merging.MergeMembers, old_member_id: str) -> merging.MembersMerged:
    """Join two numbers of one person: the old one's hours go to the kept one, for good."""
    return run(merging.merge_members, command)
