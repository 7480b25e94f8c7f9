"""What may be credited at a session, and to whom: the checks that a preview and a credit share.

A coordinator's own line is checked like any other; it is kept until somebody else confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from timebank import figures, sent_lines, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken, TimebankError
from timebank.figures import CAPACITIES, CHOICES, Figures
from timebank.involvement import INVOLVEMENTS
from timebank.models import Attendance, Member, Session
from timebank.people import visible_members
from timebank.unit import Unit

MOST_LINES = 5000


@dataclass(frozen=True, kw_only=True)
class AttendanceLine:
    """One person who was there; ``choice`` None means their standing choice.

    ``involvement`` says how they took part and changes no figure; ``pot_minutes`` of accepted hours
    go to the community pot.
    """

    member_id: str
    involvement: str = "took_part"
    capacity: str = "own_time"
    choice: str | None = None
    pot_minutes: int = 0
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
    if session.status == "undone":
        raise RuleBroken("session_undone")
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
    rounding: str,
) -> list[TimebankError]:
    """Every problem of every line, in order, each with ``line`` (from 0) and ``member``."""
    query = select(Attendance.member_id).where(Attendance.session_id == session.id)
    there = set(unit.db.scalars(query))
    waiting = sent_lines.waiting_at(unit, session.id)
    problems: list[TimebankError] = []
    seen: set[str] = set()
    for index, line in enumerate(lines[:MOST_LINES]):
        try:
            member = members.get(line.member_id)
            if member is None:
                raise NotFound("member_unknown")
            if member.status == "merged":
                raise RuleBroken("member_merged")
            if line.member_id in seen:
                raise RuleBroken("line_twice")
            seen.add(line.member_id)
            if line.member_id in there:
                raise Conflict("already_attended")
            if line.member_id in waiting and is_own(unit, member):
                raise Conflict("already_waiting")
            check_line(session, line, line.choice or member.choice, rounding)
        except TimebankError as error:
            error.params.update(line=index, member=line.member_id)
            problems.append(error)
    return problems


def is_own(unit: Unit, member: Member) -> bool:
    """Whether this is the actor, whose time somebody else has to confirm."""
    return unit.actor.person_id is not None and unit.actor.person_id == member.person_id


def check_line(session: Session, line: AttendanceLine, choice: str, rounding: str) -> None:
    """Refuse a line that cannot be; ``choice`` is the one that holds."""
    texts.one_of(line.involvement, INVOLVEMENTS, "involvement")
    texts.one_of(line.capacity, CAPACITIES, "capacity")
    texts.one_of(choice, CHOICES, "choice")
    check_figures(session, line.figures, may_be_nothing=line.capacity == "paid_job")
    minutes = figures.credited_minutes(line.figures, line.capacity, rounding)
    figures.check_part(choice, minutes, line.pot_minutes)


def check_figures(session: Session, given: Figures, *, may_be_nothing: bool) -> None:
    """What ``figures.check`` refuses, and travel to a session on-line."""
    figures.check(given, days=days_of(session), may_be_nothing=may_be_nothing)
    if session.online and given.travel_minutes:
        raise RuleBroken("online_no_travel", field="travel_minutes")
