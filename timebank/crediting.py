"""Credit a session: one unit, one transaction per person, all or nothing.

The hours of a credit go from ``hours:issued`` to the member, or to the community pot. Declined
hours and those of a paid job are recorded with the attendance and not posted. However many people
were there, the number of queries is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import insert

from timebank import accounts, community, figures, notices, sessions, trail
from timebank.credit_checks import AttendanceLine, check_lines, check_session, members_of
from timebank.errors import Rejected, TimebankError
from timebank.figures import Figures
from timebank.ids import new_id
from timebank.models import Attendance, AttendanceEntry, Member, Policy, Session
from timebank.unit import Unit

__all__ = [
    "AttendanceLine", "CreditPreview", "CreditSession", "Figures", "PreviewLine",
    "SessionCredited", "credit_movement", "credit_session", "preview_credit",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CreditSession:
    """Credit people who were at a session; ``revision`` is the session's as it was seen."""

    session_id: str
    revision: int
    lines: tuple[AttendanceLine, ...]


@dataclass(frozen=True, kw_only=True)
class SessionCredited:
    """What was recorded: ``people`` in all, ``credited`` of whom got ``credited_minutes``."""

    session_id: str
    people: int
    credited: int
    credited_minutes: int
    pot_minutes: int
    declined_minutes: int
    paid_job: int


@dataclass(frozen=True, kw_only=True)
class PreviewLine:
    """One line as it would be recorded; ``warnings`` are codes of what to look at again."""

    index: int
    member_id: str
    person_id: str
    name: str
    number: int
    capacity: str
    choice: str
    figures: Figures
    credited_minutes: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CreditPreview:
    """What ``credit_session`` would do; with ``problems`` it would record nothing.

    ``lines`` leaves out those with a problem.
    """

    lines: tuple[PreviewLine, ...]
    problems: tuple[TimebankError, ...]
    totals: SessionCredited


def preview_credit(unit: Unit, command: CreditSession) -> CreditPreview:
    """The same checks as crediting, in a unit of any kind; posts nothing."""
    unit.actor.require("session.credit")
    session = sessions.session(unit, command.session_id)
    problems: list[TimebankError] = []
    try:
        check_session(unit, session, command.revision, command.lines)
    except TimebankError as error:
        problems.append(error)
    members = members_of(unit, command.lines)
    problems += check_lines(unit, session, command.lines, members)
    bad = {problem.params.get("line") for problem in problems}
    lines = _plan(unit, command.lines, members, bad)
    return CreditPreview(lines=lines, problems=tuple(problems), totals=_totals(session, lines))


def credit_session(unit: Unit, command: CreditSession) -> SessionCredited:
    """Credit a session.

    Raises ``Conflict('session_changed')`` for a page that somebody else overtook; ``RuleBroken``:
    ``session_in_future``, ``activity_not_credited``, ``nobody_chosen``, ``too_many_lines``; and
    about lines one error (with ``line`` and ``member``), or ``Rejected`` with all of them.
    """
    unit.actor.require("session.credit")
    session = sessions.session(unit, command.session_id)
    check_session(unit, session, command.revision, command.lines)
    members = members_of(unit, command.lines)
    problems = check_lines(unit, session, command.lines, members)
    if problems:
        raise problems[0] if len(problems) == 1 else Rejected(problems)
    lines = _plan(unit, command.lines, members, set())
    _record(unit, session, lines)
    session.revision += 1
    session.status = "credited"
    totals = _totals(session, lines)
    trail.record(
        unit,
        "session.credited",
        "session",
        session.id,
        people=totals.people,
        credited_minutes=totals.credited_minutes,
        revision=session.revision,
    )
    return totals


def _plan(
    unit: Unit,
    lines: Sequence[AttendanceLine],
    members: dict[str, Member],
    left_out: set[object],
) -> tuple[PreviewLine, ...]:
    rounding = community.policy(unit).rounding
    return tuple(
        _plan_line(index, line, members[line.member_id], rounding)
        for index, line in enumerate(lines)
        if index not in left_out
    )


def _plan_line(index: int, line: AttendanceLine, member: Member, rounding: str) -> PreviewLine:
    return PreviewLine(
        index=index,
        member_id=member.id,
        person_id=member.person_id,
        name=member.person.name,
        number=member.number,
        capacity=line.capacity,
        choice=line.choice or member.choice,
        figures=line.figures,
        credited_minutes=figures.credited_minutes(line.figures, line.capacity, rounding),
        warnings=figures.warnings(line.figures),
    )


def _record(unit: Unit, session: Session, lines: Sequence[PreviewLine]) -> None:
    """Post what is posted, then write attendance, entries and notices, each in bulk."""
    policy: Policy = community.policy(unit)
    ids = [new_id() for _ in lines]
    movements = [
        credit_movement(
            attendance_id,
            revision=1,
            member_id=line.member_id,
            choice=line.choice,
            minutes=line.credited_minutes,
            occurred_on=session.starts_on,
            actor=unit.actor.id,
        )
        for attendance_id, line in zip(ids, lines, strict=True)
    ]
    posted = unit.book.post_many(
        [movement for movement in movements if movement is not None], posted_at=unit.posted_at
    )
    seqs = {transaction.reference: transaction.seq for transaction in posted}
    unit.db.execute(
        insert(Attendance),
        [
            {"id": id_, "session_id": session.id, "member_id": line.member_id, "revision": 1}
            for id_, line in zip(ids, lines, strict=True)
        ],
    )
    unit.db.execute(
        insert(AttendanceEntry),
        [
            {
                "attendance_id": id_,
                "revision": 1,
                "capacity": line.capacity,
                "choice": line.choice,
                **asdict(line.figures),
                "credited_minutes": line.credited_minutes,
                "policy_version": policy.version,
                "seq": seqs.get(id_),
                "recorded_by": unit.actor.id,
                "recorded_at": unit.now,
            }
            for id_, line in zip(ids, lines, strict=True)
        ],
    )
    for id_, line in zip(ids, lines, strict=True):
        if id_ in seqs:
            notices.send_later(unit, "hours_credited", line.person_id, id_)


def credit_movement(
    attendance_id: str,
    *,
    revision: int,
    member_id: str,
    choice: str,
    minutes: int,
    occurred_on: date,
    actor: str,
    replaces_seq: int | None = None,
) -> accounts.Movement | None:
    """The transaction of a credit; None when there is nothing to post (declined, or no minutes)."""
    if choice == "decline" or minutes == 0:
        return None
    pot = choice == "pot"
    return accounts.movement(
        "credit",
        key=f"credit:{attendance_id}:{revision}",
        reference=attendance_id,
        occurred_on=occurred_on,
        actor=actor,
        source=accounts.ISSUED,
        target=accounts.COMMUNITY_POT if pot else accounts.member(member_id),
        minutes=minutes,
        replaces_seq=replaces_seq,
    )


def _totals(session: Session, lines: Sequence[PreviewLine]) -> SessionCredited:
    def minutes(choice: str) -> int:
        return sum(line.credited_minutes for line in lines if line.choice == choice)

    return SessionCredited(
        session_id=session.id,
        people=len(lines),
        credited=sum(line.choice == "accept" and line.credited_minutes > 0 for line in lines),
        credited_minutes=minutes("accept"),
        pot_minutes=minutes("pot"),
        declined_minutes=minutes("decline"),
        paid_job=sum(line.capacity == "paid_job" for line in lines),
    )
