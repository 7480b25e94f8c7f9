"""Whom to tick at first when a session is credited: who arrived or is coming, or came last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank import coming
from timebank.member_list import visible_ids
from timebank.models import Attendance, Session
from timebank.sessions import visible_sessions
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class LastTime:
    """Who was recorded the last time that a session of this title took place, and when."""

    on: date
    member_ids: frozenset[str]


def expected(unit: Unit, session: Session) -> frozenset[str]:
    """The members whose arrival was noted or, while there is none, who said they would come."""
    return frozenset(coming.expected(unit, session.id))


def last_time(unit: Unit, session: Session) -> LastTime | None:
    """The newest session before this one with the same title at which somebody was recorded."""
    query = (
        visible_sessions(unit)
        .where(
            Session.title == session.title,
            Session.id != session.id,
            Session.status == "credited",
            Session.starts_on <= session.starts_on,
        )
        .order_by(Session.starts_on.desc(), Session.starts_at_time.desc(), Session.id)
        .limit(1)
    )
    found = unit.db.scalars(query).first()
    if found is None:
        return None
    there = select(Attendance.member_id).where(
        Attendance.session_id == found.id, Attendance.member_id.in_(visible_ids(unit))
    )
    return LastTime(on=found.starts_on, member_ids=frozenset(unit.db.scalars(there)))
