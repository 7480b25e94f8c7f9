"""Pausing and ending a membership, attempts to reach somebody, and merging two numbers."""

from __future__ import annotations

from timebank import dormant, membership, merging
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, OneOf, Whole


class PauseMembershipSchema(CommandSchema):
    """A member takes a break; ``revision`` is the member's as read."""

    command = membership.PauseMembership

    member_id = Id(from_path=True)
    revision = Whole()


class ResumeMembershipSchema(PauseMembershipSchema):
    """A member is back; ``revision`` is the member's as read."""

    command = membership.ResumeMembership


class EndMembershipSchema(PauseMembershipSchema):
    """A member leaves; ``revision`` is the member's as read."""

    command = membership.EndMembership

    reason = OneOf(membership.LEAVING, error_messages={"invalid": N_("Choose a reason.")})


class NoteAttemptSchema(CommandSchema):
    """Somebody tried to reach a member, and what came of it."""

    command = dormant.NoteAttempt

    member_id = Id(from_path=True)
    channel = OneOf(dormant.CHANNELS, error_messages={"invalid": N_("Choose how you tried.")})
    outcome = OneOf(dormant.OUTCOMES, error_messages={"invalid": N_("Choose what came of it.")})
    tried_on = Day(error_messages={"required": N_("Enter the day.")})


class MergeMembersSchema(CommandSchema):
    """The old number's hours go to the kept one; both revisions are as read."""

    command = merging.MergeMembers

    old_member_id = Id(from_path=True)
    old_revision = Whole()
    kept_member_id = Id()
    kept_revision = Whole()
