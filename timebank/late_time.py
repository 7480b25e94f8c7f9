"""Time added to a session afterwards: the person's whole is rounded anew, the difference is posted.

What was recorded stays; a new entry holds the whole, and one transaction with the session's date
moves only what is more. Within ``late_days`` of the session, by the group's rules.
"""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from datetime import date, timedelta

from timebank import accounts, after_credit, community, figures, merging, sessions, texts, trail
from timebank.credit_checks import check_figures
from timebank.credit_posting import credit_movement
from timebank.errors import Conflict, RuleBroken
from timebank.figures import COMPONENTS, Figures
from timebank.models import Attendance, AttendanceEntry, Policy, Session
from timebank.roles import not_for_oneself
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class AddLateTime:
    """Minutes to add to what is recorded; ``revision`` is the attendance's as it was seen."""

    attendance_id: str
    revision: int
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class LateTimeAdded:
    """The new revision, what is credited in all, how much more that is, and the balance."""

    attendance_id: str
    revision: int
    credited_minutes: int
    added_minutes: int
    balance_minutes: int


@dataclass(frozen=True, kw_only=True)
class LatePreview:
    """What adding would do: the whole time, and what is credited before and after."""

    figures: Figures
    before_minutes: int
    after_minutes: int
    balance_before_minutes: int
    balance_after_minutes: int
    warnings: tuple[str, ...]


def last_day(unit: Unit, session: Session) -> date:
    """The last day on which time may be added to a session."""
    return session.ends_on + timedelta(days=community.policy(unit).late_days)


def check_open(unit: Unit, session: Session) -> None:
    """Refuse a session to which no time can be added now.

    Raises ``RuleBroken``: ``session_cancelled``, ``session_in_future``, ``late_over``.
    """
    if session.status not in ("planned", "credited"):
        raise RuleBroken("session_cancelled")
    if session.ends_on > unit.today:
        raise RuleBroken("session_in_future", ends_on=session.ends_on)
    if (last := last_day(unit, session)) < unit.today:
        raise RuleBroken("late_over", last_on=last)


def preview_late_time(unit: Unit, command: AddLateTime) -> LatePreview:
    """The same checks as adding, raising the same errors; posts nothing."""
    attendance = _checked(unit, command)
    before = attendance.entries[-1]
    whole, after_minutes = _whole(unit, attendance, command.figures)
    balance = unit.book.balance(accounts.member(attendance.member_id))
    more = figures.shares(before.choice, after_minutes - before.credited_minutes)[0]
    return LatePreview(
        figures=whole,
        before_minutes=before.credited_minutes,
        after_minutes=after_minutes,
        balance_before_minutes=balance,
        balance_after_minutes=balance + more,
        warnings=figures.warnings(whole),
    )


def add_late_time(unit: Unit, command: AddLateTime) -> LateTimeAdded:
    """Add time to what is recorded about one person at one session.

    Raises ``NotAllowed('own_credit')``, ``Conflict('credit_changed')`` for a stale page, what
    ``check_open`` and ``figures.check`` raise, ``RuleBroken('time_missing')`` for no time.
    """
    return add(unit, _checked(unit, command), command.figures)


def _checked(unit: Unit, command: AddLateTime) -> Attendance:
    unit.actor.require("session.credit")
    attendance = sessions.attendance(unit, command.attendance_id)
    not_for_oneself(unit.actor, attendance.member.person_id, "own_credit")
    now = attendance.entries[-1]
    if now.revision != command.revision:
        raise Conflict("credit_changed", by=now.recorded_by, at=now.recorded_at)
    check_open(unit, attendance.session)
    return attendance


def add(unit: Unit, attendance: Attendance, added: Figures) -> LateTimeAdded:
    """Write the entry and post the difference; for commands that decided that the actor may."""
    before = attendance.entries[-1]
    whole, credited_minutes = _whole(unit, attendance, added)
    movement = credit_movement(
        attendance.id,
        revision=before.revision + 1,
        member_id=attendance.member_id,
        choice=before.choice,
        minutes=credited_minutes - before.credited_minutes,
        occurred_on=attendance.session.starts_on,
        actor=unit.actor.id,
    )
    seq = None if movement is None else unit.book.post(movement, posted_at=unit.posted_at).seq
    _write(unit, attendance, whole, credited_minutes, seq)
    merging.settle(unit, attendance.member)
    if seq is not None:
        after_credit.tell_more(unit, attendance)
    added_minutes = credited_minutes - before.credited_minutes
    trail.record(
        unit, "credit.time_added", "attendance", attendance.id,
        added_minutes=added_minutes, revision=attendance.revision,
    )  # fmt: skip
    return LateTimeAdded(
        attendance_id=attendance.id,
        revision=attendance.revision,
        credited_minutes=credited_minutes,
        added_minutes=added_minutes,
        balance_minutes=unit.book.balance(accounts.member(attendance.member_id)),
    )


def _whole(unit: Unit, attendance: Attendance, added: Figures) -> tuple[Figures, int]:
    """What was recorded and what is added together, and what that comes to when rounded once."""
    before = attendance.entries[-1]
    check_added(added)
    whole = plus(figures.figures_of(before), added)
    check_figures(attendance.session, whole, may_be_nothing=False)
    # The rounding is the one that held when the session was credited.
    rounding = unit.db.get_one(Policy, before.policy_version).rounding
    return whole, figures.credited_minutes(whole, before.capacity, rounding)


def check_added(added: Figures) -> None:
    """Refuse no time, and minutes that are none; how long it may be is judged with the whole."""
    for name in COMPONENTS:
        texts.whole_minutes(getattr(added, name), name)
    if added.total_minutes == 0:
        raise RuleBroken("time_missing", field="session_minutes")


def plus(one: Figures, other: Figures) -> Figures:
    """Both, component by component."""
    sums = (a + b for a, b in zip(astuple(one), astuple(other), strict=True))
    return Figures(**dict(zip(COMPONENTS, sums, strict=True)))


def _write(
    unit: Unit, attendance: Attendance, whole: Figures, credited_minutes: int, seq: int | None
) -> None:
    before = attendance.entries[-1]
    attendance.revision += 1
    attendance.entries.append(
        AttendanceEntry(
            attendance_id=attendance.id,
            revision=attendance.revision,
            involvement=before.involvement,
            capacity=before.capacity,
            choice=before.choice,
            pot_minutes=before.pot_minutes,
            late=True,
            **asdict(whole),
            credited_minutes=credited_minutes,
            policy_version=before.policy_version,
            seq=seq,
            recorded_by=unit.actor.id,
            recorded_at=unit.now,
        )
    )
    unit.db.flush()
