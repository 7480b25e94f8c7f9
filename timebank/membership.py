"""Pausing, taking up again and ending a membership; the hours and the history stay on file.

A member who asks to leave leaves. One who was only not seen for long is not let go before somebody
has tried to reach them in three different ways: see ``dormant``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from timebank import texts, trail
from timebank.dormant import ways_tried
from timebank.errors import RuleBroken
from timebank.holds import held_at
from timebank.member_list import member
from timebank.models import Member
from timebank.unit import Unit

# ``merged``: on file twice; the hours are with the member that was kept, see ``merging``.
STATUSES = ("active", "paused", "left", "merged")
LEAVING = ("asked", "not_reached", "died", "other")
WAYS_NEEDED = 3
# What was asked for at this very instant counts.
_NOW_TOO = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class PauseMembership:
    """A member takes a break; nothing is expected of them, and nothing is lost."""

    member_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class ResumeMembership:
    """A member is back, from a break or after leaving."""

    member_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class EndMembership:
    """A member leaves; ``reason`` is one of ``LEAVING``."""

    member_id: str
    revision: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class MembershipChanged:
    """The member, how they stand now, and the new revision."""

    member_id: str
    status: str
    revision: int


def pause_membership(unit: Unit, command: PauseMembership) -> MembershipChanged:
    """Pause. Raises ``Conflict('changed_meanwhile')``, ``RuleBroken('membership_not_active')``."""
    found = _as_seen(unit, command.member_id, command.revision)
    if found.status != "active":
        raise RuleBroken("membership_not_active")
    return _now(unit, found, "paused", "member.paused")


def resume_membership(unit: Unit, command: ResumeMembership) -> MembershipChanged:
    """Take it up again. Raises as pausing; ``RuleBroken``: ``membership_active``."""
    found = _as_seen(unit, command.member_id, command.revision)
    if found.status == "active":
        raise RuleBroken("membership_active")
    return _now(unit, found, "active", "member.resumed")


def end_membership(unit: Unit, command: EndMembership) -> MembershipChanged:
    """End a membership.

    Raises ``RuleBroken``: ``membership_ended``, ``hours_held`` (a request is not settled),
    ``ways_missing`` (``tried`` of ``needed``) where the reason is that they could not be reached.
    """
    found = _as_seen(unit, command.member_id, command.revision)
    texts.one_of(command.reason, LEAVING, "reason")
    if found.status == "left":
        raise RuleBroken("membership_ended")
    refuse_held(unit, found)
    if command.reason == "not_reached":
        tried = ways_tried(unit, [found.id])[found.id]
        if tried < WAYS_NEEDED:
            raise RuleBroken("ways_missing", field="reason", tried=tried, needed=WAYS_NEEDED)
    return _now(unit, found, "left", "member.left", reason=command.reason)


def refuse_held(unit: Unit, found: Member) -> None:
    """Refuse while hours of the member's are held for a request."""
    held_minutes = held_at(unit, [found.id], unit.now + _NOW_TOO)[found.id]
    if held_minutes:
        raise RuleBroken("hours_held", held_minutes=held_minutes)


def _as_seen(unit: Unit, member_id: str, revision: int) -> Member:
    unit.actor.require("member.change")
    found = member(unit, member_id)
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    if found.status == "merged":
        raise RuleBroken("member_merged")
    return found


def _now(
    unit: Unit, found: Member, status: str, action: str, **details: object
) -> MembershipChanged:
    found.status = status
    found.revision += 1
    trail.record(unit, action, "member", found.id, revision=found.revision, **details)
    return MembershipChanged(member_id=found.id, status=status, revision=found.revision)
