"""Reading sessions: one function decides who sees which, and every query passes through it.

The functions are reached as ``sessions.session`` and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from timebank import scope
from timebank.errors import NotFound
from timebank.models import Attendance, AttendanceEntry, Member, Person, Session
from timebank.people import visible_ids
from timebank.unit import Unit

STATUSES = ("planned", "credited", "cancelled", "undone")


def visible_sessions(unit: Unit) -> Select[Session]:
    """The sessions this actor may see: all, those of the actor's organisations, or those at which
    they were recorded.
    """
    query = select(Session).options(joinedload(Session.activity_type))
    if unit.actor.may("session.view_all"):
        if (limited := unit.actor.organisations) is not None:
            return query.where(scope.sessions_within(limited))
        return query
    own = select(Attendance.session_id).where(Attendance.member_id == unit.actor.member_id)
    return query.where(Session.id.in_(own))


def session(unit: Unit, session_id: str) -> Session:
    """One session; ``NotFound('session_unknown')`` when there is none in the actor's scope."""
    found = unit.db.scalars(visible_sessions(unit).where(Session.id == session_id)).one_or_none()
    if found is None:
        raise NotFound("session_unknown", session=session_id)
    return found


def sessions(
    unit: Unit, *, limit: int = 50, offset: int = 0, status: str | None = None
) -> Sequence[Session]:
    """Sessions, the newest day first; ``status`` keeps only those of one of ``STATUSES``."""
    query = visible_sessions(unit).order_by(Session.starts_on.desc(), Session.title, Session.id)
    if status is not None:
        query = query.where(Session.status == status)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def visible_session_ids(unit: Unit) -> Select[str]:
    """The ids of ``visible_sessions``, to look into other tables with."""
    return visible_sessions(unit).with_only_columns(Session.id)


def _current_entries(unit: Unit) -> Select[AttendanceEntry]:
    """What is recorded now, one entry for each attendance of the people this actor may see."""
    return (
        select(AttendanceEntry)
        .join(AttendanceEntry.attendance)
        .join(Attendance.member)
        .join(Member.person)
        .where(
            AttendanceEntry.revision == Attendance.revision,
            Member.id.in_(visible_ids(unit)),
            Attendance.session_id.in_(visible_session_ids(unit)),
        )
        .options(
            contains_eager(AttendanceEntry.attendance)
            .contains_eager(Attendance.member)
            .contains_eager(Member.person)
        )
        .execution_options(populate_existing=True)
    )


def attendances(unit: Unit, session_id: str) -> Sequence[AttendanceEntry]:
    """Who was at a session, in one list by name; each entry leads to its attendance and member."""
    query = _current_entries(unit).where(Attendance.session_id == session_id)
    return unit.db.scalars(query.order_by(func.lower(Person.name), Member.number)).all()


def attendance(unit: Unit, attendance_id: str) -> Attendance:
    """One attendance with its session and entries, oldest first.

    Raises ``NotFound('attendance_unknown')``.
    """
    query = (
        select(Attendance)
        .join(Attendance.member)
        .join(Member.person)
        .where(
            Attendance.id == attendance_id,
            Member.id.in_(visible_ids(unit)),
            Attendance.session_id.in_(visible_session_ids(unit)),
        )
        .options(
            contains_eager(Attendance.member).contains_eager(Member.person),
            joinedload(Attendance.session).joinedload(Session.activity_type),
            selectinload(Attendance.entries),
        )
        .execution_options(populate_existing=True)
    )
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("attendance_unknown", attendance=attendance_id)
    return found


# --- finding what an import means -------------------------------------------------------------


def by_import_key(unit: Unit, import_key: str) -> Session | None:
    """The session that an import made, if this actor may see it."""
    query = visible_sessions(unit).where(Session.import_key == import_key)
    return unit.db.scalars(query).one_or_none()


def by_title(unit: Unit, title: str, day: date) -> Sequence[Session]:
    """The sessions of one title that begin on one day and were not cancelled, in scope."""
    query = visible_sessions(unit).where(
        Session.title == title,
        Session.starts_on == day,
        Session.status.not_in(("cancelled", "undone")),
    )
    return unit.db.scalars(query).all()
