"""What somebody sees whose role is limited to organisations: their sessions, and their people.

The two conditions belong to ``people.visible_members`` and ``sessions.visible_sessions``, through
which every query passes; ``actor.organisations`` is None for a role in the whole group.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, or_, select

from timebank.models import Attendance, Member, MemberOrganisation, RoleHeld, Session, SignUp
from timebank.unit import Unit


def sessions_within(organisations: Collection[str]) -> ColumnElement[bool]:
    """Whether a session is one of these organisations'."""
    return Session.organisation_id.in_(organisations)


def members_within(unit: Unit, organisations: Collection[str]) -> ColumnElement[bool]:
    """Whether a member belongs to one of these organisations, or is known from their sessions."""
    return or_(
        *(Member.id.in_(some) for some in _known_to(unit, organisations)),
        Member.id == unit.actor.member_id,
    )


def _known_to(unit: Unit, organisations: Collection[str]) -> list[Select[str]]:
    """The ways in which an organisation comes to know a member, each a query of member ids."""
    belonging = select(MemberOrganisation.member_id).where(
        MemberOrganisation.organisation_id.in_(organisations), belongs_today(unit)
    )
    attended = (
        select(Attendance.member_id)
        .join(Attendance.session)
        .where(Session.organisation_id.in_(organisations))
    )
    signed_up = (
        select(SignUp.member_id)
        .join(SignUp.session)
        .where(Session.organisation_id.in_(organisations))
    )
    return [belonging, attended, signed_up]


def belongs_today(unit: Unit) -> ColumnElement[bool]:
    """Whether a ``MemberOrganisation`` row holds today."""
    return or_(MemberOrganisation.until_on.is_(None), MemberOrganisation.until_on > unit.today)


def reaches(unit: Unit, member_id: str) -> ColumnElement[bool]:
    """Whether a ``RoleHeld`` row is for the whole group, or for an organisation that knows a
    member: so somebody who could act for this member."""
    belonging = select(MemberOrganisation.organisation_id).where(
        MemberOrganisation.member_id == member_id, belongs_today(unit)
    )
    attended = (
        select(Session.organisation_id)
        .join(Attendance, Attendance.session_id == Session.id)
        .where(Attendance.member_id == member_id, Session.organisation_id.is_not(None))
    )
    return or_(
        RoleHeld.organisation_id.is_(None),
        RoleHeld.organisation_id.in_(belonging),
        RoleHeld.organisation_id.in_(attended),
    )
