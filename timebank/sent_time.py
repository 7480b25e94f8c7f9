"""Time that somebody sends in themselves, and that another person confirms before it counts.

A member sends what they prepared or followed up at home; a coordinator's own line of a session is
kept here too. Confirmed, it becomes an attendance, or time added to the one that is there. Nobody
confirms their own. ``time_decisions`` holds what others do with it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from timebank import late_time, member_list, sent_lines, sessions, texts, time_approver, trail
from timebank.credit_checks import AttendanceLine, check_figures
from timebank.errors import Conflict, NotAllowed, RuleBroken
from timebank.figures import Figures, figures_of
from timebank.ids import new_id
from timebank.models import Attendance, SentTime, Session
from timebank.sent_lines import OPEN, sent
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class SendTime:
    """A member sends in time of their own for a session; ``words`` say what it was for."""

    session_id: str
    figures: Figures
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class TimeSent:
    """What was sent in, how it stands, and its revision."""

    sent_time_id: str
    status: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class ChangeSentTime:
    """Other figures or words for what waits, as an answer to a question about it."""

    sent_time_id: str
    revision: int
    figures: Figures
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawTime:
    """Take back what waits; nothing was posted."""

    sent_time_id: str
    revision: int


def send_time(unit: Unit, command: SendTime) -> TimeSent:
    """Send time in.

    Raises what ``late_time.check_open`` raises, ``RuleBroken``: ``activity_not_credited``,
    ``time_missing`` and what ``figures.check`` raises; ``Conflict('already_waiting')``.
    """
    unit.actor.require("time.send_own")
    session = sessions.session(unit, command.session_id)
    late_time.check_open(unit, session)
    if not session.activity_type.credited:
        raise RuleBroken("activity_not_credited", reason=session.activity_type.reason)
    member = member_list.member(unit, _own_member_id(unit))
    line = AttendanceLine(member_id=member.id, figures=command.figures)
    words = _words(command.words)
    if member.id in sent_lines.waiting_at(unit, session.id):
        raise Conflict("already_waiting")
    check_figures(session, _together(unit, session, line), may_be_nothing=False)
    late_time.check_added(command.figures)
    return as_it_stands(keep(unit, session, line, member.choice, words=words))


def change_sent_time(unit: Unit, command: ChangeSentTime) -> TimeSent:
    """Change what waits, or answer a question about it. Raises as ``send_time``, and
    ``Conflict('sent_time_changed')`` when it is not as it was looked at."""
    found = _own_open(unit, command.sent_time_id, command.revision)
    late_time.check_added(command.figures)
    line = AttendanceLine(member_id=found.member_id, figures=command.figures)
    check_figures(found.session, _together(unit, found.session, line), may_be_nothing=False)
    for name, minutes in asdict(command.figures).items():
        setattr(found, name, minutes)
    found.words = _words(command.words)
    move(unit, found, "waiting")
    return as_it_stands(found)


def withdraw_time(unit: Unit, command: WithdrawTime) -> TimeSent:
    """Withdraw what waits."""
    found = _own_open(unit, command.sent_time_id, command.revision)
    move(unit, found, "withdrawn")
    return as_it_stands(found)


def keep(
    unit: Unit, session: Session, line: AttendanceLine, choice: str, *, words: str | None = None
) -> SentTime:
    """Keep a line until somebody else confirms it; for commands that have checked it."""
    found = SentTime(
        id=new_id(),
        session_id=session.id,
        member_id=line.member_id,
        involvement=line.involvement,
        capacity=line.capacity,
        choice=choice,
        pot_minutes=line.pot_minutes,
        **asdict(line.figures),
        status="waiting",
        revision=1,
        words=words,
        sent_by=unit.actor.id,
        sent_at=unit.now,
    )
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "time.sent", "sent_time", found.id, session=session.id)
    time_approver.ask_if_nobody_else_can(unit, found)
    return found


def move(unit: Unit, found: SentTime, status: str, **details: object) -> None:
    """Put it into another status and into the trail."""
    found.status = status
    found.revision += 1
    unit.db.flush()
    trail.record(unit, f"time.{status}", "sent_time", found.id, revision=found.revision, **details)


def as_it_stands(found: SentTime) -> TimeSent:
    """The result of every command about it."""
    return TimeSent(sent_time_id=found.id, status=found.status, revision=found.revision)


def checked_revision(unit: Unit, found: SentTime, revision: int) -> SentTime:
    """``found``, still open and as it was seen; ``Conflict('sent_time_changed')`` otherwise."""
    if found.revision != revision or found.status not in OPEN:
        last = trail.about(unit, found.id)[-1]
        raise Conflict("sent_time_changed", by=last.actor, at=last.at)
    return found


def attendance_of(unit: Unit, session_id: str, member_id: str) -> Attendance | None:
    """What is recorded about a member at a session, whoever asks; None when nothing is."""
    query = select(Attendance).where(
        Attendance.session_id == session_id, Attendance.member_id == member_id
    )
    return unit.db.scalars(query).one_or_none()


def _own_member_id(unit: Unit) -> str:
    if unit.actor.member_id is None:
        raise NotAllowed("role_lacking", action="time.send_own")
    return unit.actor.member_id


def _own_open(unit: Unit, sent_time_id: str, revision: int) -> SentTime:
    unit.actor.require("time.send_own")
    found = sent(unit, sent_time_id)
    if found.member_id != unit.actor.member_id:
        raise NotAllowed("role_lacking", action="time.send_own")
    return checked_revision(unit, found, revision)


def _together(unit: Unit, session: Session, line: AttendanceLine) -> Figures:
    """What would be recorded if it were confirmed now."""
    there = attendance_of(unit, session.id, line.member_id)
    if there is None:
        return line.figures
    return late_time.plus(figures_of(there.entries[-1]), line.figures)


def _words(words: str) -> str | None:
    return texts.optional(words, "words", most=texts.MOST_WORDS, lines=True)
