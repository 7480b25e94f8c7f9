"""What is allowed but should be looked at again before a session is credited.

Codes: ``time_long`` (more than 12 hours for one thing), ``overlap`` (recorded at another session at
the same time), ``day_long`` (more than 12 hours with the other sessions of that day). One query for
everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from timebank import figures
from timebank.credit_checks import AttendanceLine
from timebank.figures import LONG_MINUTES
from timebank.models import Attendance, AttendanceEntry, Session
from timebank.sessions import visible_session_ids
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class There:
    """When somebody was at a session: its day, its time of day ("" if not known), how long."""

    on: date
    at: str
    minutes: int

    def overlaps(self, other: There) -> bool:
        """Whether both took some of the same time; never where a time of day is not known."""
        mine, theirs = self._span(), other._span()
        if mine is None or theirs is None:
            return False
        return mine[0] < theirs[1] and theirs[0] < mine[1]

    def _span(self) -> tuple[datetime, datetime] | None:
        if not self.at:
            return None
        begins = datetime.combine(self.on, time.fromisoformat(self.at))
        return begins, begins + timedelta(minutes=self.minutes)


def of_lines(
    unit: Unit, session: Session, lines: Sequence[AttendanceLine]
) -> Mapping[str, tuple[str, ...]]:
    """The codes for each member, by member id; those without any are missing."""
    elsewhere = _elsewhere(unit, session, [line.member_id for line in lines])
    found = {
        line.member_id: _codes(session, line, elsewhere.get(line.member_id, ())) for line in lines
    }
    return {member_id: codes for member_id, codes in found.items() if codes}


def _codes(session: Session, line: AttendanceLine, others: Sequence[There]) -> tuple[str, ...]:
    here = There(
        on=session.starts_on, at=session.starts_at_time, minutes=line.figures.session_minutes
    )
    codes = list(figures.warnings(line.figures))
    if any(here.overlaps(other) for other in others):
        codes.append("overlap")
    that_day = [other.minutes for other in others if other.on == here.on]
    one_day = session.starts_on == session.ends_on
    if one_day and that_day and sum(that_day) + here.minutes > LONG_MINUTES:
        codes.append("day_long")
    return tuple(codes)


def _elsewhere(
    unit: Unit, session: Session, member_ids: Sequence[str]
) -> Mapping[str, Sequence[There]]:
    """When each of these members was at other sessions, from a day before until a day after."""
    query = (
        select(
            Attendance.member_id, Session.starts_on, Session.starts_at_time,
            AttendanceEntry.session_minutes,
        )
        .join(Attendance, Attendance.session_id == Session.id)
        .join(
            AttendanceEntry,
            (AttendanceEntry.attendance_id == Attendance.id)
            & (AttendanceEntry.revision == Attendance.revision),
        )
        .where(
            Attendance.member_id.in_(set(member_ids)),
            Session.id != session.id,
            Session.id.in_(visible_session_ids(unit)),
            Session.starts_on >= session.starts_on - timedelta(days=1),
            Session.starts_on <= session.ends_on + timedelta(days=1),
            AttendanceEntry.session_minutes > 0,
        )
    )  # fmt: skip
    found: dict[str, list[There]] = defaultdict(list)
    for member_id, on, at, minutes in unit.db.execute(query):
        found[member_id].append(There(on=on, at=at, minutes=minutes))
    return found
