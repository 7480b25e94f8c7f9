"""Credit a session: one unit, one transaction per person, all or nothing.

The rows are written by ``credit_posting``. However many people were there, the number of queries is
the same. A coordinator's own line is kept, and counts once somebody else has confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from timebank import community, credit_warnings, sent_time, sessions, trail
from timebank.credit_checks import AttendanceLine, check_lines, check_session, is_own, members_of
from timebank.credit_posting import PreviewLine, credit_movement, plan_line, record
from timebank.errors import Rejected, TimebankError
from timebank.figures import Figures
from timebank.models import Member, Session
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
    """What was recorded: ``people`` in all, ``credited`` of whom got ``credited_minutes``.

    ``waiting`` is 1 when the actor's own line waits for somebody else.
    """

    session_id: str
    people: int
    credited: int
    credited_minutes: int
    pot_minutes: int
    declined_minutes: int
    paid_job: int
    waiting: int = 0


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
    rounding = community.policy(unit).rounding
    problems += check_lines(unit, session, command.lines, members, rounding)
    bad = {problem.params.get("line") for problem in problems}
    warnings = credit_warnings.of_lines(unit, session, command.lines)
    lines = _plan(unit, command.lines, members, rounding, bad, warnings)
    return CreditPreview(lines=lines, problems=tuple(problems), totals=_totals(session, lines))


def credit_session(unit: Unit, command: CreditSession) -> SessionCredited:
    """Credit a session; the actor's own line waits until somebody else confirms it.

    Raises ``Conflict('session_changed')`` for a page that somebody else overtook; ``RuleBroken``:
    ``session_in_future``, ``activity_not_credited``, ``nobody_chosen``, ``too_many_lines``; and
    about lines one error (with ``line`` and ``member``), or ``Rejected`` with all of them.
    """
    unit.actor.require("session.credit")
    session = sessions.session(unit, command.session_id)
    check_session(unit, session, command.revision, command.lines)
    members = members_of(unit, command.lines)
    policy = community.policy(unit)
    problems = check_lines(unit, session, command.lines, members, policy.rounding)
    if problems:
        raise problems[0] if len(problems) == 1 else Rejected(problems)
    lines = _plan(unit, command.lines, members, policy.rounding)
    recorded = [line for line in lines if not line.waits]
    record(unit, session, recorded, policy.version)
    for line in lines:
        if line.waits:
            sent_time.keep(unit, session, command.lines[line.index], line.choice)
    session.revision += 1
    if recorded:
        session.status = "credited"
    totals = _totals(session, lines)
    trail.record(
        unit,
        "session.credited",
        "session",
        session.id,
        people=totals.people,
        credited_minutes=totals.credited_minutes,
        waiting=totals.waiting,
        revision=session.revision,
    )
    return totals


def _plan(
    unit: Unit,
    lines: Sequence[AttendanceLine],
    members: Mapping[str, Member],
    rounding: str,
    left_out: Set[object] = frozenset(),
    warnings: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[PreviewLine, ...]:
    return tuple(
        plan_line(
            index,
            line,
            members[line.member_id],
            rounding,
            waits=is_own(unit, members[line.member_id]),
            warnings=(warnings or {}).get(line.member_id, ()),
        )
        for index, line in enumerate(lines)
        if index not in left_out
    )


def _totals(session: Session, lines: Sequence[PreviewLine]) -> SessionCredited:
    there = [line for line in lines if not line.waits]
    accounts, pots = zip(*(line.shares for line in there), strict=True) if there else ((), ())
    return SessionCredited(
        session_id=session.id,
        people=len(there),
        credited=sum(minutes > 0 for minutes in accounts),
        credited_minutes=sum(accounts),
        pot_minutes=sum(pots),
        declined_minutes=sum(x.credited_minutes for x in there if x.choice == "decline"),
        paid_job=sum(line.capacity == "paid_job" for line in there),
        waiting=len(lines) - len(there),
    )
