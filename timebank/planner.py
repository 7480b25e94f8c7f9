"""What a session will take in hours, reckoned before it, beside what it took.

People times the time each is offered, component by component; the total of one person is rounded
as the group's policy says, once. Afterwards the figures are those that were recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import community, figures, places, sessions
from timebank.figures import Figures
from timebank.models import Attendance, AttendanceEntry, Session
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Line:
    """One component: its name, what each person is offered, and what that makes for all."""

    component: str
    each_minutes: int
    all_minutes: int
    actual_minutes: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """People and hours as reckoned, and as recorded once somebody was credited.

    ``people`` is None while nobody has said how many are expected. ``planned_minutes`` and
    ``actual_minutes`` are what is credited: rounded, and nothing for a paid job.
    """

    people: int | None
    planned_minutes: int
    actual_people: int
    actual_minutes: int
    lines: tuple[Line, ...]


def offered(session: Session) -> Figures:
    """The time that the grid offers each person; nothing for a kind that is not credited."""
    if not session.activity_type.credited:
        return figures.NOTHING
    return Figures(
        session_minutes=session.usual_minutes,
        preparation_minutes=session.usual_preparation_minutes,
        travel_minutes=0 if session.online else session.usual_travel_minutes,
        paperwork_minutes=session.usual_paperwork_minutes,
        follow_up_minutes=session.usual_follow_up_minutes,
    )


def plan(unit: Unit, session: Session, *, people: int | None = None) -> Plan:
    """The plan of one session, for ``people`` or as many as are expected there."""
    return plans(unit, [session], people=people)[session.id]


def plans(unit: Unit, some: Iterable[Session], *, people: int | None = None) -> dict[str, Plan]:
    """The plans of sessions by their ids, in a fixed number of queries."""
    some = list(some)
    recorded = _recorded(unit, [session.id for session in some])
    rounding = community.policy(unit).rounding
    coming = places.taken_at(unit, [session.id for session in some])
    return {
        session.id: _plan(
            session,
            people or session.expected_people or coming.get(session.id) or session.places,
            rounding,
            recorded.get(session.id, _NOTHING),
        )
        for session in some
    }


def _plan(session: Session, people: int | None, rounding: str, actual: dict[str, int]) -> Plan:
    each = offered(session)
    lines = tuple(
        Line(
            component=name,
            each_minutes=getattr(each, name),
            all_minutes=getattr(each, name) * (people or 0),
            actual_minutes=actual[name],
        )
        for name in figures.COMPONENTS
    )
    return Plan(
        people=people,
        planned_minutes=figures.rounded(each.total_minutes, rounding) * (people or 0),
        actual_people=actual["people"],
        actual_minutes=actual["credited_minutes"],
        lines=lines,
    )


_SUMS = (*figures.COMPONENTS, "credited_minutes")
_NOTHING = dict.fromkeys(("people", *_SUMS), 0)


def _recorded(unit: Unit, session_ids: list[str]) -> dict[str, dict[str, int]]:
    """People and sums of minutes, as recorded now, by session id."""
    query = (
        select(
            Attendance.session_id,
            func.count(),
            *(func.coalesce(func.sum(getattr(AttendanceEntry, name)), 0) for name in _SUMS),
        )
        .join(Attendance, Attendance.id == AttendanceEntry.attendance_id)
        .where(
            AttendanceEntry.revision == Attendance.revision,
            Attendance.session_id.in_(session_ids),
            Attendance.session_id.in_(sessions.visible_session_ids(unit)),
        )
        .group_by(Attendance.session_id)
    )
    return {
        session_id: dict(zip(("people", *_SUMS), map(int, numbers), strict=True))
        for session_id, *numbers in unit.db.execute(query)
    }
