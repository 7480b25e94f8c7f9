"""What may be credited at a session, and to whom: the checks that a preview and a credit share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from timebank import figures, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken, TimebankError
from timebank.figures import CAPACITIES, CHOICES, Figures
from timebank.models import Attendance, Member, Session
from timebank.people import visible_members
from timebank.roles import not_for_oneself
from timebank.unit import Unit

MOST_LINES = 5000


@dataclass(frozen=True, kw_only=True)
class AttendanceLine:
    """One person who was there; ``choice`` None means their standing choice."""

    member_id: str
    capacity: str = "own_time"
    choice: str | None = None
    figures: Figures


def members_of(unit: Unit, lines: Sequence[AttendanceLine]) -> dict[str, Member]:
    """The members the lines name, by id, in one query; whoever is unknown is missing."""
    ids = {line.member_id for line in lines[:MOST_LINES]}
    found = unit.db.scalars(visible_members(unit).where(Member.id.in_(ids)))
    return {member.id: member for member in found}


def days_of(session: Session) -> int:
    """How many days a session spans."""
    return (session.ends_on - session.starts_on).days + 1


def check_session(
    unit: Unit, session: Session, revision: int, lines: Sequence[AttendanceLine]
) -> None:
    """Refuse a session that cannot be credited now; see ``crediting.credit_session``."""
    if session.status == "cancelled":
        raise RuleBroken("session_cancelled")
    if session.revision != revision:
        raise trail.changed(unit, session.id, "session_changed")
    if not session.activity_type.credited:
        reason = session.activity_type.reason
        raise RuleBroken("activity_not_credited", reason=reason)
    if session.ends_on > unit.today:
        raise RuleBroken("session_in_future", ends_on=session.ends_on)
    if not lines:
        raise RuleBroken("nobody_chosen", field="lines")
    if len(lines) > MOST_LINES:
        raise RuleBroken("too_many_lines", field="lines", most=MOST_LINES)


def check_lines(
    unit: Unit,
    session: Session,
    lines: Sequence[AttendanceLine],
    members: dict[str, Member],
) -> list[TimebankError]:
    """Every problem of every line, in order, each with ``line`` (from 0) and ``member``."""
    there = set(
        unit.db.scalars(select(Attendance.member_id).where(Attendance.session_id == session.id))
    )
    problems: list[TimebankError] = []
    seen: set[str] = set()
    for index, line in enumerate(lines[:MOST_LINES]):
        try:
            member = members.get(line.member_id)
            if member is None:
                raise NotFound("member_unknown")
            if line.member_id in seen:
                raise RuleBroken("line_twice")
            seen.add(line.member_id)
            if line.member_id in there:
                raise Conflict("already_attended")
            not_for_oneself(unit.actor, member.person_id, "own_credit")
            _check_line(session, line)
        except TimebankError as error:
            error.params.update(line=index, member=line.member_id)
            problems.append(error)
    return problems


def _check_line(session: Session, line: AttendanceLine) -> None:
    texts.one_of(line.capacity, CAPACITIES, "capacity")
    if line.choice is not None:
        texts.one_of(line.choice, CHOICES, "choice")
    figures.check(line.figures, days=days_of(session), may_be_nothing=line.capacity == "paid_job")
